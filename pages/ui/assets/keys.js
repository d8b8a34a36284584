// Keys of a page: each presses the first of its buttons that can be seen and used; none works while somebody types.
const GRID = 'iframe[title="st_aggrid.AgGrid.agGrid"]';
const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"], [role="listbox"]';
const MOST = 20;
const OVER = '[role="dialog"], [data-testid="stPopoverBody"], [role="menu"]';

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function isTyping(event) {
  const target = event.composedPath ? event.composedPath()[0] : event.target;
  return Boolean(target && target.closest && target.closest(TYPING));
}

function isSeen(node) {
  return node.getClientRects().length > 0;
}

function press(selectors) {
  const found = selectors
    .flatMap((selector) => Array.from(document.querySelectorAll(selector)))
    .find((button) => isSeen(button) && !button.disabled);
  if (found) { found.click(); }
  return Boolean(found);
}

// What no button answers is the list's own: a step up or down, a tick.
function hand(event) {
  const frame = Array.from(document.querySelectorAll(GRID)).find(isSeen);
  if (!frame || !frame.contentDocument || event.fromGrid) { return; }
  const copy = new frame.contentWindow.KeyboardEvent('keydown', { key: event.key, bubbles: true, cancelable: true });
  copy.fromPage = true;
  frame.contentDocument.dispatchEvent(copy);
}

function isBusy() {
  const app = document.querySelector('[data-testid="stApp"]');
  return Boolean(app) && app.getAttribute('data-test-script-state') !== 'notRunning';
}

// Keys wait until the page has answered the one before: three presses in a row are three conversations, not one.
const waiting = [];
let timer = null;

function work() {
  timer = null;
  if (!waiting.length) { return; }
  if (isBusy()) {
    timer = setTimeout(work, 30);
    return;
  }
  const { wanted, event } = waiting.shift();
  if (document.querySelector(OVER)) {
    waiting.length = 0;
    return;
  }
  const pressed = press(wanted.buttons);
  if (!pressed && wanted.inList) { hand(event); }
  timer = setTimeout(work, pressed ? 100 : 0);  // a click takes a moment to make the page busy
}

function overlay(keys) {
  const dialog = element('dialog', 'help');
  dialog.setAttribute('aria-label', 'Keys');
  dialog.append(element('h2', '', 'Keys'));
  const list = dialog.appendChild(element('dl', ''));
  keys.forEach((each) => {
    const term = list.appendChild(element('dt', ''));
    term.append(element('kbd', '', each.shown));
    list.append(element('dd', '', each.words));
  });
  dialog.append(element('p', '', 'No key acts while you type or while a dialog is open.'));
  const close = dialog.appendChild(element('button', 'close', 'Close'));
  close.type = 'button';
  close.addEventListener('click', () => dialog.close());
  return dialog;
}

export default function (component) {
  const { data, parentElement } = component;
  parentElement.querySelectorAll('.keys, .help').forEach((old) => old.remove());
  const dialog = overlay(data.keys);
  const opener = element('button', 'keys', 'Keys ');
  opener.type = 'button';
  opener.title = 'Keys of this page (?)';
  opener.append(element('kbd', '', '?'));
  opener.addEventListener('click', () => dialog.showModal());
  parentElement.append(opener, dialog);

  function listen(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) { return; }
    if (isTyping(event) || document.querySelector(OVER)) { return; }
    if (dialog.open) { return; }
    if (event.key === '?') {
      event.preventDefault();
      dialog.showModal();
      return;
    }
    const wanted = data.keys.find((each) => each.key === event.key);
    if (!wanted || !wanted.buttons.length) { return; }
    event.preventDefault();
    if (waiting.length < MOST) { waiting.push({ wanted, event }); }
    if (timer === null) { work(); }
  }

  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}
