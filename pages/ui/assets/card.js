// What is known about one contact. Every value becomes a text node.
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function facts(data) {
  const pane = element('aside', 'card');
  data.sections.forEach((section) => {
    pane.append(element('h3', '', section.title));
    if (section.tags) {
      const line = pane.appendChild(element('div', 'tags'));
      section.tags.forEach(([name, color]) => {
        const chip = element('span', 'chip', name);
        chip.style.setProperty('--tag', data.palette[color % data.palette.length]);
        line.append(chip);
      });
    }
    const list = pane.appendChild(element('dl', ''));
    (section.rows || []).forEach(([label, value]) => {
      list.append(element('dt', '', label), element('dd', value ? '' : 'blank', value || 'not given'));
    });
    if (section.none) { pane.append(element('p', 'none', section.none)); }
  });
  return pane;
}

export default function (component) {
  const { data, parentElement } = component;
  const before = parentElement.querySelector('.card');
  const pane = facts(data);
  if (before) { before.replaceWith(pane); } else { parentElement.append(pane); }
}
