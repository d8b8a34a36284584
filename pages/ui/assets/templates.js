// Templates as a table: title, shortcut and text, where each lies, how often it was used, and a way to change it.
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.querySelectorAll('table').forEach((old) => old.remove());
  const table = element('table', 'templates');
  const head = table.createTHead().insertRow();
  ['Template', 'Shortcut', 'Folder', 'Used', ''].forEach((title) => { head.append(element(title ? 'th' : 'td', '', title)); });
  const body = table.createTBody();
  data.templates.forEach((each) => {
    const row = body.insertRow();
    const name = row.insertCell();
    const title = name.appendChild(element('div', 'title', each.title));
    each.marks.forEach((mark) => { title.append(element('span', 'mark', mark)); });
    name.append(element('div', 'text', each.body));
    row.insertCell().append(element('span', 'shortcut', each.shortcut));
    row.insertCell().textContent = each.folder;
    const used = row.insertCell();
    used.textContent = each.used;
    used.title = each.last;
    const button = element('button', 'edit', data.verb);
    button.type = 'button';
    button.setAttribute('aria-label', data.verb + ' ' + each.title);
    button.addEventListener('click', () => setTriggerValue('edit', each.id));
    row.insertCell().append(button);
  });
  parentElement.append(table);
}
