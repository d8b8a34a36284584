// A colour of the palette, chosen by name: discs, of which one is on.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.querySelectorAll('.swatches').forEach((old) => old.remove());
  const line = document.createElement('div');
  line.className = 'swatches';
  line.setAttribute('role', 'radiogroup');
  line.setAttribute('aria-label', 'Colour');
  data.palette.forEach(([name, color], place) => {
    const disc = document.createElement('button');
    disc.type = 'button';
    disc.className = 'swatch';
    disc.title = name;
    disc.style.backgroundColor = color;
    disc.textContent = place === data.chosen ? '✓' : '';
    disc.setAttribute('role', 'radio');
    disc.setAttribute('aria-label', name);
    disc.setAttribute('aria-checked', String(place === data.chosen));
    disc.addEventListener('click', () => setTriggerValue('picked', place));
    line.append(disc);
  });
  parentElement.append(line);
}
