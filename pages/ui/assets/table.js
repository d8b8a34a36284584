// A table of texts; the first cell of a row may open what the row is about, and other cells what they count, as links
// that also open in a new tab.
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function link(text, href, open) {
  const made = element('a', 'open', text);
  made.href = href;
  made.addEventListener('click', (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    open();
  });
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const given = JSON.stringify(data);
  const old = parentElement.querySelector('table');
  if (old && old.given === given) { return; } // it is looked at again and again: what has the focus keeps it
  const table = element('table', 'table');
  table.given = given;
  table.setAttribute('aria-label', data.label);
  const head = table.createTHead().insertRow();
  data.heads.forEach((title, n) => { head.append(element('th', data.numbers.includes(n) ? 'number' : '', title)); });
  const body = table.createTBody();
  data.rows.forEach((row, place) => {
    const line = body.insertRow();
    row.cells.forEach((text, n) => {
      const cell = line.insertCell();
      cell.className = (data.numbers.includes(n) ? 'number' : '') + (text && text !== '0' ? '' : ' blank');
      cell.dataset.head = data.heads[n];
      const href = row.links[n] || (n === 0 ? row.href : '');
      const what = row.links[n] ? [place, n] : row.id;
      cell.append(href ? link(text, href, () => setTriggerValue('open', what)) : element('div', 'text', text));
    });
  });
  if (old) { old.replaceWith(table); } else { parentElement.append(table); }
}
