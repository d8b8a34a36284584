// Where a text is written. The field owns what is typed: it is told to the server in pauses and on leaving, and a redraw
// never touches it. It is emptied only when the server says that the text is in the outbox.
import { fold, pieces, words } from './sms.js';

const PAUSE = 700;
const LONGEST_WAIT = 1500; // for who types without a pause
const PATIENCE = 15000;
const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"], [role="listbox"], [role="dialog"]';

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function button(name, text, act) {
  const made = element('button', name, text);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

function press() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('');
}

// What is typed, with the browser's own undo kept.
function insert(area, text, from, to) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, from, to, 'end');
    area.dispatchEvent(new Event('input'));
  }
}

function filled(box, template) {
  return pieces(template.body, box.given.values).map((piece) => piece.text).join('');
}

function use(box, template, from, to) {
  insert(box.area, filled(box, template), from, to);
  box.template = template.id;
  typed(box);
}

// The word before the cursor, where it stands at the start or after a blank.
function word(area) {
  if (area.selectionStart !== area.selectionEnd) { return null; }
  const found = /(?:^|\s)(\S+)$/.exec(area.value.slice(0, area.selectionStart));
  return found ? { text: fold(found[1]), from: area.selectionStart - found[1].length, to: area.selectionStart } : null;
}

function expand(box) {
  const typedWord = word(box.area);
  const listed = typedWord && Object.hasOwn(box.given.shortcuts, typedWord.text) ? box.given.shortcuts[typedWord.text] : [];
  const choices = box.given.templates.filter((each) => listed.includes(each.id));
  if (choices.length === 1) { use(box, choices[0], typedWord.from, typedWord.to); }
  if (choices.length > 1) { openPicker(box, choices, typedWord); }
  return choices.length > 0;
}

function openBeside(panel, opener) {
  panel.showPopover();
  const at = opener.getBoundingClientRect();
  panel.style.left = Math.max(8, Math.min(at.left, innerWidth - panel.offsetWidth - 8)) + 'px';
  panel.style.bottom = innerHeight - at.top + 6 + 'px';
}

// The templates, looked for by title, shortcut or text. `replaced`: the word that one of them stands for.
function openPicker(box, choices, replaced) {
  box.choices = choices;
  box.replaced = replaced;
  box.picker.querySelector('.look').value = '';
  list(box);
  openBeside(box.picker, box.templateButton);
  box.picker.querySelector('.look').focus();
}

function pick(box, template) {
  const { from, to } = box.replaced || { from: box.area.selectionStart, to: box.area.selectionEnd };
  box.picker.hidePopover();
  use(box, template, from, to);
}

function list(box) {
  const asked = fold(box.picker.querySelector('.look').value.trim());
  const found = box.choices.filter((each) => fold([each.title, each.shortcut, each.body].join('\n')).includes(asked));
  const rows = found.map((each, n) => {
    const row = element('li', 'choice');
    row.id = 'choice-' + n;
    row.setAttribute('role', 'option');
    const head = row.appendChild(element('div', 'head'));
    head.append(element('span', 'title', each.title));
    if (each.shortcut) { head.append(element('kbd', '', each.shortcut)); }
    const where = [each.folder, each.isOwn ? 'mine' : ''].filter(Boolean).join(' · ');
    if (where) { head.append(element('span', 'where', where)); }
    row.append(element('div', 'text', filled(box, each)));
    row.addEventListener('click', () => pick(box, each));
    return row;
  });
  box.found = found;
  const options = box.picker.querySelector('.choices');
  options.replaceChildren(...rows);
  box.picker.querySelector('.nothing').textContent = found.length ? '' : 'No template here.';
  mark(box, 0);
}

function mark(box, to) {
  const rows = [...box.picker.querySelectorAll('.choice')];
  box.marked = Math.max(0, Math.min(to, rows.length - 1));
  rows.forEach((row, n) => row.setAttribute('aria-selected', String(n === box.marked)));
  const look = box.picker.querySelector('.look');
  if (rows.length) {
    rows[box.marked].scrollIntoView({ block: 'nearest' });
    look.setAttribute('aria-activedescendant', rows[box.marked].id);
  } else { look.removeAttribute('aria-activedescendant'); }
}

function picker(box) {
  const panel = element('div', 'panel');
  panel.popover = 'auto';
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', 'Templates');
  const look = panel.appendChild(element('input', 'look'));
  look.type = 'search';
  look.placeholder = 'Search templates by title, shortcut or text';
  look.setAttribute('role', 'combobox');
  look.setAttribute('aria-label', 'Search templates');
  look.setAttribute('aria-expanded', 'true');
  look.setAttribute('aria-controls', 'choices');
  look.addEventListener('input', () => list(box));
  look.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { mark(box, box.marked + step); }
    else if (event.key === 'Enter' && box.found.length) { pick(box, box.found[box.marked]); }
    else { return; }
    event.preventDefault();
  });
  const options = panel.appendChild(element('ul', 'choices'));
  options.id = 'choices';
  options.setAttribute('role', 'listbox');
  options.setAttribute('aria-label', 'Templates');
  panel.append(element('p', 'nothing'));
  return panel;
}

function later(box) {
  const panel = element('div', 'panel later');
  panel.popover = 'auto';
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', 'Send later');
  const label = panel.appendChild(element('label', '', 'Send at'));
  const at = label.appendChild(element('input', 'at'));
  at.type = 'datetime-local';
  panel.append(element('p', 'zone'));
  panel.append(element('div', 'picks'));
  panel.append(button('main', 'Schedule', () => {
    if (!at.value) { at.focus(); return; }
    panel.hidePopover();
    send(box, at.value);
  }));
  return panel;
}

function openLater(box) {
  const picks = box.later.querySelector('.picks');
  const at = box.later.querySelector('.at');
  picks.replaceChildren(...box.given.picks.map((each) => button('', each.words, () => { at.value = each.at; })));
  box.later.querySelector('.zone').textContent = 'By the clocks of ' + box.given.zone;
  at.value = at.value || box.given.picks[1].at;
  openBeside(box.later, box.laterButton);
  at.focus();
}

function send(box, at) {
  const body = box.area.value;
  if (!body.trim() || box.pending || missing(box).length) {
    box.area.focus();
    return;
  }
  const isSame = box.tried && box.tried.body === body && box.tried.at === at;
  box.pending = { press: isSame ? box.tried.press : press(), body, at };
  box.tried = box.pending;
  clearTimeout(box.timer);
  say(box, '');
  const told = { contact: box.contact, body, at, template: box.template, press: box.pending.press };
  box.saving.then(() => box.tell('send', told)); // a draft that is still on its way would come back to life
  box.patience = setTimeout(() => {
    box.pending = null;
    say(box, 'No answer yet. The text is kept here; try again.');
    draw(box);
  }, PATIENCE);
  draw(box);
}

function answered(box, answer) {
  if (!box.pending || !answer || answer.press !== box.pending.press) { return; }
  clearTimeout(box.patience);
  box.pending = null;
  say(box, answer.error);
  if (!answer.error) {
    box.area.value = '';
    box.told = '';
    box.template = null;
    box.tried = null;
  }
  draw(box);
}

function say(box, error) {
  box.error.textContent = error;
}

function missing(box) {
  const found = pieces(box.area.value, box.given.values).filter((piece) => piece.kind === 'missing');
  return [...new Set(found.map((piece) => piece.text))];
}

function draw(box) {
  const text = box.area.value;
  const found = pieces(text, box.given.values);
  const lacks = missing(box);
  const whole = found.map((piece) => piece.text).join('');
  const isTooLong = whole.length > box.given.longest;
  box.area.readOnly = Boolean(box.pending);
  box.area.setAttribute('aria-invalid', String(isTooLong || lacks.length > 0));
  box.cost.textContent = text ? words(whole) : '';
  box.cost.classList.toggle('too', isTooLong);
  const reads = found.some((piece) => piece.kind !== 'plain');
  box.preview.replaceChildren(...(reads ? found.map((piece) => element('span', piece.kind, piece.text)) : []));
  box.lacks.textContent = lacks.length ? lacks.join(', ') + ' has no value here: write it in, or give a fallback.'
    : isTooLong ? 'At most ' + box.given.longest.toLocaleString('en-US') + ' letters can be sent.' : '';
  box.sendButton.textContent = box.pending ? 'Sending …' : 'Send';
  const isOff = !text.trim() || Boolean(box.pending) || lacks.length > 0 || isTooLong;
  [box.sendButton, box.laterButton].forEach((each) => { each.disabled = isOff; });
}

// What the server said about the draft. Only what was lost is sent again by itself; what was refused would be again.
function kept(box, said) {
  if (said.refused || box.unkept) { say(box, said.refused || ''); }
  box.unkept = said.refused;
  if (!said.refused) { return; }
  box.told = null;
  if (said.is_lost) { box.timer = setTimeout(() => keep(box), PAUSE * 4); }
}

// One save after the other, so that an older one never lands on a newer.
function keep(box) {
  clearTimeout(box.timer);
  box.since = 0;
  if (box.area.value === box.told || box.pending) { return; }
  box.told = box.area.value;
  const body = JSON.stringify({ text: box.told, template: box.template });
  const save = () => fetch('/drafts/' + box.contact, { method: 'POST', body, keepalive: true })
    .then((answer) => answer.json())
    .catch(() => ({ refused: 'Not saved yet: no connection. It is tried again.', is_lost: true }))
    .then((said) => kept(box, said));
  box.saving = document.visibilityState === 'hidden' ? save() : box.saving.then(save);
}

function typed(box) {
  if (!box.area.value) { box.template = null; }
  say(box, '');
  draw(box);
  box.since = box.since || Date.now();
  clearTimeout(box.timer);
  box.timer = setTimeout(() => keep(box), Math.max(0, Math.min(PAUSE, box.since + LONGEST_WAIT - Date.now())));
}

function hear(box, event) {
  if (event.isComposing) { return; }
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send(box, '');
  } else if ([' ', 'Tab', 'Enter'].includes(event.key) && !event.shiftKey && !event.ctrlKey && expand(box)) {
    event.preventDefault();
  } else if (event.key === 'Escape') {
    event.stopPropagation();
    box.area.blur();
  }
}

function build(contact) {
  const box = element('div', 'composer');
  box.contact = contact;
  box.saving = Promise.resolve();
  box.setAttribute('role', 'group');
  box.append(element('div', 'notice'));
  box.area = box.appendChild(element('textarea', 'area'));
  box.area.addEventListener('input', () => typed(box));
  box.area.addEventListener('keydown', (event) => hear(box, event));
  box.area.addEventListener('blur', () => keep(box));
  box.preview = box.appendChild(element('p', 'preview'));
  const bar = box.appendChild(element('div', 'bar'));
  box.templateButton = bar.appendChild(button('', 'Template', () => openPicker(box, box.given.templates, null)));
  box.templateButton.setAttribute('aria-haspopup', 'dialog');
  box.laterButton = bar.appendChild(button('', 'Later', () => openLater(box)));
  box.laterButton.setAttribute('aria-haspopup', 'dialog');
  const said = bar.appendChild(element('div', 'said'));
  box.lacks = said.appendChild(element('span', 'lacks'));
  box.error = said.appendChild(element('span', 'error'));
  box.cost = said.appendChild(element('span', 'cost'));
  [box.lacks, box.error].forEach((each) => each.setAttribute('role', 'status'));
  box.sendButton = bar.appendChild(button('main', 'Send', () => send(box, '')));
  box.sendButton.title = 'Ctrl+Enter';
  box.picker = box.appendChild(picker(box));
  box.later = box.appendChild(later(box));
  return box;
}

function notice(box, data) {
  const said = box.querySelector('.notice');
  const lines = data.refusal ? [data.refusal] : data.warnings;
  said.replaceChildren(...lines.map((line) => {
    const made = element('p', '', line);
    if (line === data.asked) {
      made.append(' ', button('', 'Record the opt-out', (event) => {
        const isSure = event.currentTarget.dataset.asked;
        event.currentTarget.dataset.asked = 'yes';
        event.currentTarget.textContent = 'Yes: no texts any more. This cannot be undone';
        if (isSure) { box.tell('out', { contact: box.contact, n: Date.now() }); }
      }));
    }
    return made;
  }));
  box.classList.toggle('refused', Boolean(data.refusal));
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let box = parentElement.querySelector('.composer');
  if (!box || box.contact !== data.contact) {
    const fresh = build(data.contact);
    fresh.area.value = data.body.body;
    fresh.told = data.body.body;
    fresh.template = data.body.template_id;
    fresh.taken = data.given ? data.given.n : 0;
    if (box) {
      keep(box);
      box.replaceWith(fresh);
    } else { parentElement.append(fresh); }
    box = fresh;
  }
  box.given = data;
  box.tell = setTriggerValue;
  box.setAttribute('aria-label', 'Write to ' + data.name);
  box.area.setAttribute('aria-label', 'Text to ' + data.name);
  box.area.placeholder = 'Text to ' + data.name;
  notice(box, data);
  answered(box, data.answer);
  if (data.given && data.given.n !== box.taken) {
    box.taken = data.given.n;
    if (data.given.contact === data.contact) {
      box.area.value = box.area.value ? data.given.body + '\n' + box.area.value : data.given.body;
      box.told = data.body.body; // what was begun meanwhile may not be there yet
    }
  }
  draw(box);
  const hidden = () => { if (document.visibilityState === 'hidden') { keep(box); } };
  const gone = () => keep(box);
  const begin = (event) => {
    const target = event.composedPath()[0];
    const isTyping = target && target.closest && target.closest(TYPING);
    if (event.key === 'r' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && !data.refusal) {
      event.preventDefault();
      box.area.focus();
    }
  };
  document.addEventListener('visibilitychange', hidden);
  window.addEventListener('pagehide', gone);
  document.addEventListener('keydown', begin);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    window.removeEventListener('pagehide', gone);
    document.removeEventListener('keydown', begin);
  };
}
