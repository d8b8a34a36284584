// A text with fields: typed here, with what it costs and how it reads for one contact, both while it is typed.
import { pieces, words } from './sms.js';

const PAUSE = 400;

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function build(data, change) {
  const box = element('div', 'wording');
  box.dataset.about = data.about;
  const label = box.appendChild(element('label', 'label', data.label));
  const area = label.appendChild(element('textarea', 'area'));
  area.value = data.body;
  area.rows = 5;
  area.maxLength = data.longest;
  const line = box.appendChild(element('div', 'fields'));
  line.setAttribute('role', 'group');
  line.setAttribute('aria-label', 'Insert a field');
  data.fields.forEach(([name, said]) => {
    const button = line.appendChild(element('button', 'field', said));
    button.type = 'button';
    button.title = 'Insert {' + name + '}';
    button.addEventListener('click', () => {
      area.setRangeText('{' + name + '}', area.selectionStart, area.selectionEnd, 'end');
      area.focus();
      area.dispatchEvent(new Event('input'));
    });
  });
  const cost = box.appendChild(element('p', 'cost'));
  cost.setAttribute('aria-live', 'polite');
  box.append(element('p', 'for'), element('p', 'preview'), element('p', 'lacks'));
  area.addEventListener('input', () => { draw(box); change(area.value); });
  area.addEventListener('blur', () => change(area.value, true));
  return box;
}

function draw(box) {
  const text = box.querySelector('.area').value;
  const found = pieces(text, box.given.values);
  box.querySelector('.cost').textContent = words(found.map((piece) => piece.text).join(''));
  box.querySelector('.for').textContent = box.given.name ? 'As ' + box.given.name + ' would read it:' : '';
  const preview = box.querySelector('.preview');
  preview.replaceChildren(...found.map((piece) => element('span', piece.kind, piece.text)));
  const missing = [...new Set(found.filter((piece) => piece.kind === 'missing').map((piece) => piece.text))];
  box.querySelector('.lacks').textContent = missing.length
    ? missing.join(', ') + ' has no value here. Such a text is not sent: give a fallback, as in {first_name|there}.' : '';
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let box = parentElement.querySelector('.wording');
  if (!box || box.dataset.about !== data.about) {
    const fresh = build(data, (text, now) => {
      clearTimeout(fresh.timer);
      if (now) { fresh.send(text); } else { fresh.timer = setTimeout(() => fresh.send(text), PAUSE); }
    });
    fresh.sent = data.body;
    if (box) { box.replaceWith(fresh); } else { parentElement.append(fresh); }
    box = fresh;
  }
  box.send = (text) => {
    clearTimeout(box.timer);
    if (text !== box.sent) {
      box.sent = text;
      setStateValue('body', text);
    }
  };
  box.given = { values: data.values, name: data.name };
  draw(box);
}
