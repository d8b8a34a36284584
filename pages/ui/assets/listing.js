// What is listed, in words, with one removable chip for each part of the filter; and the keys to the search box (/) and back.
const SEARCH = '.st-key-conversations-search input';

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function focusSearch(event) {
  const [target] = event.composedPath(); // also where a component of ours is typed into
  if (event.key === 'Escape' && target.matches && target.matches(SEARCH)) { target.blur(); }
  const typing = target.closest && target.closest('input, textarea, [contenteditable], [role="combobox"]');
  const box = document.querySelector(SEARCH);
  if (event.key !== '/' || typing || !box || event.ctrlKey || event.metaKey || event.altKey) { return; }
  event.preventDefault();
  box.focus();
  box.select();
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.querySelectorAll('.listing').forEach((old) => old.remove());
  const line = element('div', 'listing', '');
  line.setAttribute('role', 'status');
  line.append(element('span', 'said', data.said));
  data.parts.forEach(([name, words]) => {
    const chip = element('span', 'chip', words);
    const drop = element('button', 'drop', '✕');
    drop.type = 'button';
    drop.title = 'Remove this filter';
    drop.setAttribute('aria-label', 'Remove filter: ' + words);
    drop.addEventListener('click', () => setTriggerValue('drop', name));
    chip.append(drop);
    line.append(chip);
  });
  if (data.parts.length > 1) {
    const all = element('button', 'all', 'Remove all');
    all.type = 'button';
    all.addEventListener('click', () => setTriggerValue('drop', '*'));
    line.append(all);
  }
  parentElement.append(line);
  document.addEventListener('keydown', focusSearch);
  return () => document.removeEventListener('keydown', focusSearch);
}
