// Tags as a table: each as a chip in its colour, with how many contacts carry it and a way to change it.
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function button(name, text, label, act) {
  const made = element('button', name, text);
  made.type = 'button';
  made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.querySelectorAll('table').forEach((old) => old.remove());
  const table = element('table', 'tags');
  const head = table.createTHead().insertRow();
  ['Tag', 'Contacts', 'Priority', ''].forEach((title) => { head.append(element(title ? 'th' : 'td', '', title)); });
  const body = table.createTBody();
  data.tags.forEach((tag) => {
    const row = body.insertRow();
    const name = row.insertCell();
    const chip = name.appendChild(element('span', 'chip', tag.name));
    chip.style.setProperty('--tag', data.palette[tag.color % data.palette.length]);
    if (tag.retired) { name.append(element('span', 'retired', 'retired')); }
    const count = tag.count.toLocaleString('en-US');
    const open = button('open', count, count + ' contacts carry ' + tag.name + ': show', () => setTriggerValue('open', tag.id));
    open.disabled = !tag.count;
    row.insertCell().append(open);
    row.insertCell().textContent = String(tag.priority);
    row.insertCell().append(button('edit', 'Change', 'Change ' + tag.name, () => setTriggerValue('edit', tag.id)));
  });
  parentElement.append(table);
}
