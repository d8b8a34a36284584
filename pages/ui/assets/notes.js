// The note of one contact, saved while it is typed. The text on screen is the person's own: what comes from the server
// replaces it only while nothing is unsaved. It is sent over a request of its own, which a closed page leaves behind and
// which no rerun holds up; a copy of what is unsaved lies in this browser until the answer has come.
const PAUSE = 400;  // after the last key
const LONGEST_WAIT = 800;  // since the first unsaved key
const AGAIN = 3000;  // after a failed request
const ABANDONED = 8000;  // a copy so old belongs to no window that still saves
const MOST_KEPT_ALIVE = 60000;  // bytes that a browser sends for a page that is gone
const PREFIX = 'talkdeck.note.';
const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"], [role="listbox"], [role="dialog"]';

const editors = new WeakMap();

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

// A browser may forbid the storage; then there is only what the server has.
const store = {
  put(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { return; } },
  drop(key) { try { localStorage.removeItem(key); } catch { return; } },
  abandoned(contact) {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX + contact + '.'))
        .map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) }))
        .filter((kept) => Date.now() - kept.at > ABANDONED);
    } catch { return []; }
  },
};

// Whether every letter of a former text still stands in its order.
function holds(text, former) {
  let at = 0;
  for (const letter of text) { if (letter === former[at]) { at += 1; } }
  return at >= former.length;
}

// The text of one contact on its way to the server. `saved`: what the server has; `base`: the version it has there.
class Draft {
  constructor(contact, text, base, say) {
    this.contact = contact;
    this.key = PREFIX + contact + '.' + Math.random().toString(36).slice(2);
    this.text = this.saved = text;
    this.base = base;
    this.say = say;
    this.under = null;
  }

  get isSaved() { return this.text === this.saved && !this.under; }

  typed(text) {
    this.text = text;
    if (this.text === this.saved && !this.under) { store.drop(this.key); return; }
    store.put(this.key, { text, base: this.base, at: Date.now() });
    this.say('typing …');
    this.since = this.since || Date.now();
    this.wait(Math.max(0, Math.min(PAUSE, this.since + LONGEST_WAIT - Date.now())));
  }

  wait(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), time);
  }

  // One request after the other, each on the version of the one before; who leaves cannot wait for that.
  flush(isLeaving) {
    clearTimeout(this.timer);
    this.since = 0;
    if (this.text === this.saved || (this.under && !isLeaving) || (this.under && this.sending === this.text)) { return this.under; }
    this.under = this.send(this.text);
    return this.under;
  }

  async send(text) {
    this.sending = text;
    this.say('saving …');
    const body = JSON.stringify({ text, base: this.base });
    const keepalive = new TextEncoder().encode(body).length < MOST_KEPT_ALIVE;
    let said = {};
    try {
      const answer = await fetch('/notes/' + this.contact, {
        method: 'POST', body, keepalive, headers: { 'Content-Type': 'application/json' },
      });
      said = await answer.json();
    } catch {
      said = { is_lost: true };
    }
    this.under = null;
    this.answer(said, text);
  }

  answer(said, text) {
    if (said.is_lost || said.refused) {
      this.say(said.refused || 'Not saved yet: no connection. It is tried again.', true);
      if (said.is_lost) { this.wait(AGAIN); }
      return;
    }
    this.base = said.version;
    this.saved = text;
    if (this.text === text) {
      store.drop(this.key);
      this.say(said.said);
    } else {
      this.wait(0);
    }
    if (said.version < 0) { this.clashed(); }
  }
}

class Editor {
  constructor(parent) {
    this.root = parent.appendChild(element('section', 'note'));
    const head = this.root.appendChild(element('div', 'head'));
    const title = head.appendChild(element('label', 'title', 'Notes'));
    this.status = head.appendChild(element('span', 'status'));
    this.status.setAttribute('role', 'status');
    this.area = this.root.appendChild(element('textarea', 'text'));
    this.area.id = title.htmlFor = 'note-text';
    this.area.placeholder = 'Write a note. It is saved while you type.';
    this.area.rows = 4;
    this.beside = this.root.appendChild(element('div', 'beside'));
    this.history = this.root.appendChild(element('div', 'history'));
    this.area.addEventListener('input', () => { this.grow(); this.draft.typed(this.area.value); });
    this.area.addEventListener('blur', () => this.draft && this.draft.flush());
    this.area.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing) { return; }
      event.stopPropagation();
      this.area.blur();
    });
    const leaving = () => { if (this.draft && this.root.isConnected) { this.draft.flush(true); } };
    document.addEventListener('visibilitychange', leaving);
    ['pagehide', 'beforeunload'].forEach((name) => window.addEventListener(name, leaving));
  }

  say(words, isWrong) {
    this.status.textContent = words;
    this.status.classList.toggle('wrong', Boolean(isWrong));
  }

  grow() {
    this.area.style.height = 'auto';
    this.area.style.height = Math.min(this.area.scrollHeight + 2, 420) + 'px';
  }

  hear(data, tell) {
    this.tell = tell;
    const isOther = !this.data || this.data.contact !== data.contact;
    this.data = data;
    this.area.readOnly = !data.may;
    if (isOther) { this.open(); } else { this.follow(); }
    this.drawBeside();
    this.drawHistory();
  }

  open() {
    if (this.draft) { this.draft.flush(); }
    const draft = new Draft(this.data.contact, this.data.body, this.data.version, (words, isWrong) => {
      if (this.draft === draft) { this.say(words, isWrong); }
    });
    draft.clashed = () => this.tell('look', { at: Date.now() });
    this.draft = draft;
    this.sawClash = false;
    this.show(this.data.body);
    this.say(this.data.saved);
    clearTimeout(this.search);
    this.search = setTimeout(() => this.recover(draft), ABANDONED);
  }

  show(text) {
    if (this.area.value !== text) {
      const at = this.area.selectionStart;
      this.area.value = text;
      if (this.root.getRootNode().activeElement === this.area) { this.area.setSelectionRange(at, at); }
    }
    this.grow();
  }

  // What others wrote is shown while nothing here is unsaved; what this page was told may be older than what it saved.
  follow() {
    const { draft, data } = this;
    if (data.refused && data.refused.at !== this.refusedAt) {
      this.refusedAt = data.refused.at;
      this.say(data.refused.words, true);
      return;
    }
    const isBeside = data.clashes.some((each) => each.version === draft.base);
    const isSettled = draft.base < 0 && !isBeside && this.sawClash;
    this.sawClash = this.sawClash || isBeside;
    if (!draft.isSaved || !(isSettled || (draft.base >= 0 && data.version > draft.base))) { return; }
    draft.text = draft.saved = data.body;
    draft.base = data.version;
    this.sawClash = false;
    this.show(data.body);
    this.say(data.saved);
  }

  // What a window that was killed, or lost its server, had not saved.
  recover(draft) {
    if (draft !== this.draft || !this.data.may || !this.root.isConnected) { return; }
    const [kept] = store.abandoned(draft.contact).filter((each) => each.key !== draft.key);
    if (!kept) { return; }
    this.search = setTimeout(() => this.recover(draft), ABANDONED);
    if (!draft.isSaved) { return; }
    store.drop(kept.key);
    if (holds(draft.text, kept.text)) { return; }
    draft.base = kept.base;
    this.show(kept.text);
    draft.typed(kept.text);
  }

  drawBeside() {
    this.beside.replaceChildren();
    const own = this.data.clashes.find((each) => each.version === this.draft.base);
    const clash = own || this.data.clashes[0];
    if (!clash || !this.data.may) { return; }
    const other = own ? { body: this.data.body, by: this.data.by } : clash;
    const settle = (choose) => async () => {
      const text = choose(this.area.value);
      await this.draft.flush();
      this.tell('settle', { contact: this.data.contact, version: own ? this.draft.base : clash.version, text, on: this.data.version });
    };
    this.beside.append(
      element('p', 'why', 'Two people wrote at the same time. Both texts are kept; this is what ' + (other.by || 'somebody') + ' wrote:'),
      element('blockquote', 'other', other.body || '(nothing)'),
    );
    const choices = this.beside.appendChild(element('div', 'choices'));
    choices.append(
      button('', 'Keep both', settle((mine) => mine + '\n\n' + other.body)),
      button('', 'Keep what is above', settle((mine) => mine)),
      button('', 'Take this one', settle(() => other.body)),
    );
  }

  drawHistory() {
    this.history.replaceChildren();
    const { contact, versions, hasVersions, may } = this.data;
    if (!versions && !hasVersions) { return; }
    const toggle = button('toggle', versions ? 'Hide earlier versions' : 'Earlier versions', () => this.tell('versions', { contact }));
    toggle.setAttribute('aria-expanded', String(Boolean(versions)));
    this.history.append(toggle);
    (versions || []).forEach((each) => {
      const entry = this.history.appendChild(element('div', 'version'));
      const line = entry.appendChild(element('div', 'line'));
      line.append(element('span', '', each.said));
      if (may) {
        const restore = button('', 'Restore', async () => {
          await this.draft.flush();
          this.tell('restore', { contact, version: each.version, on: this.draft.base });
        });
        restore.setAttribute('aria-label', 'Restore the version of ' + each.said);
        line.append(restore);
      }
      entry.append(element('div', 'former', each.body));
    });
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let editor = editors.get(parentElement);
  if (!editor) {
    editor = new Editor(parentElement);
    editors.set(parentElement, editor);
  }
  editor.hear(data, setTriggerValue);
  const begin = (event) => {
    const target = event.composedPath()[0];
    const isTyping = target && target.closest && target.closest(TYPING);
    if (event.key !== 'n' || isTyping || event.ctrlKey || event.metaKey || event.altKey) { return; }
    event.preventDefault();
    editor.area.focus();
    editor.area.setSelectionRange(editor.area.value.length, editor.area.value.length);
  };
  document.addEventListener('keydown', begin);
  return () => document.removeEventListener('keydown', begin);
}
