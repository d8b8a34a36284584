// What is known about one contact: fields edited in place, tags, sales. A field on which somebody types, or whose answer
// has not come, keeps its text whatever arrives. Every value becomes a text node or the value of a field.
const cards = new WeakMap();

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
  made.title = label;
  made.addEventListener('click', act);
  return made;
}

// Over plain http on a host name there is no clipboard to write to; a selection can still be copied.
async function copied(text) {
  if (window.isSecureContext && navigator.clipboard) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: the old way */ }
  }
  const held = document.body.appendChild(element('textarea', ''));
  held.value = text;
  held.style.cssText = 'position:fixed;opacity:0';
  const focused = document.activeElement;
  held.select();
  const done = document.execCommand('copy');
  held.remove();
  if (focused && focused.focus) { focused.focus(); }
  return done;
}

function copier(text, label) {
  const made = button('copy', '⧉', 'Copy ' + label, async () => {
    const done = await copied(text);
    made.textContent = done ? '✓' : '✗';
    made.classList.toggle('done', done);
    said.textContent = done ? 'copied' : 'not copied';
    setTimeout(() => { made.textContent = '⧉'; made.classList.remove('done'); said.textContent = ''; }, 3000);
  });
  const said = element('span', 'said');
  said.setAttribute('role', 'status');
  const both = element('span', 'copying');
  both.append(said, made);
  return both;
}

// One field: its text, what the person saw there before, and what became of the last save.
class Field {
  constructor(card, data) {
    this.card = card;
    this.name = data.name;
    this.seq = 0;
    this.acked = 0;
    this.row = element('div', 'field');
    const label = this.row.appendChild(element('label', '', data.label));
    this.place = this.row.appendChild(element('div', 'place'));
    this.input = this.place.appendChild(document.createElement(data.options ? 'select' : 'input'));
    this.input.id = label.htmlFor = 'field-' + data.name;
    this.input.autocomplete = 'off';
    this.input.placeholder = 'not given';
    this.input.spellcheck = false;
    this.extra = this.place.appendChild(element('span', 'extra'));
    this.hint = this.row.appendChild(element('div', 'hint'));
    this.news = this.row.appendChild(element('div', 'news'));
    this.news.setAttribute('role', 'status');
    this.input.addEventListener('change', () => this.save());
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') { this.save(); }
      if (event.key === 'Escape') { this.isRefused = false; this.input.value = this.stored; this.say(''); }
    });
  }

  get isOwn() { return this.seq > this.acked || this.isRefused || this.input.value !== this.stored; }

  say(words, isWrong) {
    this.news.replaceChildren();
    this.news.textContent = words;
    this.news.classList.toggle('wrong', Boolean(isWrong));
    this.input.setAttribute('aria-invalid', String(Boolean(isWrong)));
    clearTimeout(this.fading);
    if (isWrong) { requestAnimationFrame(() => this.row.scrollIntoView({ block: 'nearest' })); }
  }

  show(data, answer) {
    this.data = data;
    if (answer && answer.seq > this.acked && answer.card === this.card.id) { this.answer(answer); }
    if (!this.isOwn || this.stored === undefined) { this.take(data.value); }
    this.input.disabled = Boolean(data.options) && !data.may;
    this.input.readOnly = !data.may;
    if (data.list) { this.input.setAttribute('list', data.list); }
    this.hint.textContent = data.hint || '';
    this.hint.classList.toggle('asked', Boolean(data.isAsked));
    this.extra.replaceChildren();
    if (data.copy) { this.extra.append(copier(data.copy, data.label.toLowerCase())); }
  }

  take(value) {
    if (this.data.options) {
      this.input.replaceChildren(...this.data.options.map(([id, words]) => {
        const option = element('option', '', words);
        option.value = id;
        return option;
      }));
    }
    this.input.value = value;
    this.stored = value;
  }

  answer(answer) {
    this.acked = answer.seq;
    if (this.seq > this.acked) { return; }
    this.isRefused = answer.state !== 'saved';
    if (answer.state === 'saved') {
      if (this.input.value === this.sent) { this.take(this.data.value); }
      this.stored = this.data.value;
      this.say('saved');
      this.fading = setTimeout(() => this.say(''), 2500);
    } else if (answer.state === 'stale') {
      this.offer(answer);
    } else {
      this.say(answer.words, true);
    }
    if (this.waits) { this.save(); }
  }

  offer(answer) {
    this.say(answer.words, true);
    const option = (this.data.options || []).find(([id]) => id === answer.stored);
    const theirs = 'Keep “' + ((option ? option[1] : answer.stored) || 'nothing') + '”';
    const choices = this.news.appendChild(element('div', 'choices'));
    choices.append(
      button('choice', theirs, theirs + ', which somebody else wrote', () => {
        this.isRefused = false;
        this.take(this.data.value);
        this.say('');
      }),
      button('choice', 'Save mine', 'Save mine, over what somebody else wrote', () => {
        this.isRefused = false;
        this.stored = answer.stored;
        this.save(true);
      }),
    );
  }

  save(isMeant) {
    this.waits = this.seq > this.acked;  // one after the other: each is written on the answer to the one before
    if (this.waits || (!isMeant && this.input.value === this.stored)) { return; }
    this.isRefused = false;
    this.seq = this.card.number();
    this.sent = this.input.value;
    this.say('saving …');
    this.card.tell();
  }
}

class Card {
  constructor(parent) {
    this.root = parent.appendChild(element('aside', 'card'));
    this.fields = new Map();
    this.count = 0;
  }

  number() { this.count += 1; return this.count; }

  // All that waits for an answer: of two tellings in a row the server may hear the second one alone.
  tell() {
    const waiting = [...this.fields.values()].filter((field) => field.seq > field.acked);
    const wanted = waiting.map((field) => ({ name: field.name, value: field.sent, seen: field.stored, seq: field.seq }));
    this.send('save', { contact: this.data.contact, card: this.id, fields: wanted });
  }

  hear(data, send) {
    this.send = send;
    const isOther = !this.data || this.data.contact !== data.contact;
    if (isOther) {
      this.id = Math.random().toString(36).slice(2);
      this.fields.clear();
    }
    this.data = data;
    this.root.setAttribute('aria-label', data.parts.map((part) => part.title).join(', '));
    // What stays in place keeps its focus.
    const kept = new Map([...this.root.children].map((child) => [child.dataset.part, child]));
    const parts = data.parts.map((part) => {
      const old = part.fields && !isOther ? kept.get(part.title) : null;
      const section = old || element('section', 'part ' + (part.kind || ''));
      section.dataset.part = part.title;
      if (part.fields) { this.drawFields(section, part, Boolean(old)); } else { this.draw(section, part); }
      return section;
    });
    const isSame = parts.length === this.root.children.length && parts.every((part, n) => part === this.root.children[n]);
    if (isSame) { return; }
    [...this.root.children].filter((child) => !parts.includes(child)).forEach((child) => child.remove());
    parts.forEach((part, n) => { if (this.root.children[n] !== part) { this.root.insertBefore(part, this.root.children[n] || null); } });
  }

  drawFields(section, part, isKept) {
    if (!isKept) { section.append(element('h3', '', part.title)); }
    const names = part.fields.map((each) => each.name);
    this.fields.forEach((field, name) => {
      if (field.row.parentElement === section && !names.includes(name)) { field.row.remove(); this.fields.delete(name); }
    });
    part.fields.forEach((each) => {
      if (!this.fields.has(each.name)) {
        const field = new Field(this, each);
        this.fields.set(each.name, field);
        section.append(field.row);
      }
      this.fields.get(each.name).show(each, this.data.answers[each.name]);
    });
    (part.lists || []).forEach(([id, values]) => {
      const old = section.querySelector('datalist');
      const list = old || section.appendChild(document.createElement('datalist'));
      list.id = id;
      list.replaceChildren(...values.map((value) => { const option = document.createElement('option'); option.value = value; return option; }));
    });
  }

  draw(section, part) {
    const head = section.appendChild(element('div', 'head'));
    head.append(element('h3', '', part.title));
    if (part.add) {
      const [name, words] = part.add;
      head.append(button('add', '+', words, () => this.send(name, { contact: this.data.contact })));
    }
    if (part.tags) { section.append(this.chips(part.tags)); }
    (part.items || []).forEach((item) => section.append(this.item(item)));
    const list = element('dl', '');
    (part.rows || []).forEach(([label, value]) => list.append(element('dt', '', label), element('dd', value ? '' : 'blank', value || 'not given')));
    if (list.children.length) { section.append(list); }
    if (part.none) { section.append(element('p', 'none', part.none)); }
  }

  chips(tags) {
    const line = element('div', 'tags');
    tags.forEach((tag) => {
      const chip = line.appendChild(element('span', 'chip'));
      chip.append(element('span', 'name', tag.name));
      chip.style.setProperty('--tag', this.data.palette[tag.color % this.data.palette.length]);
      if (tag.off) { chip.append(button('off', '×', 'Remove the tag ' + tag.name, () => this.send('untag', { contact: this.data.contact, id: tag.id }))); }
    });
    return line;
  }

  item(item) {
    const box = element('div', 'item');
    const text = box.appendChild(element('div', 'text'));
    if (item.opens) {
      text.append(button('what', item.what, 'Open ' + item.what, () => this.send('open', { contact: item.opens })));
    } else {
      text.append(element('span', 'what', item.what));
    }
    if (item.mark) { text.append(element('span', 'mark', item.mark)); }
    (item.lines || []).forEach((line) => text.append(element('div', 'line', line)));
    if (item.act) {
      const [name, shown, words, id] = item.act;
      box.append(button('act', shown, words, () => this.send(name, { contact: this.data.contact, id })));
    }
    return box;
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let card = cards.get(parentElement);
  if (!card) {
    card = new Card(parentElement);
    cards.set(parentElement, card);
  }
  card.hear(data, (what, words) => setTriggerValue(what, { ...words, at: Date.now() }));
}
