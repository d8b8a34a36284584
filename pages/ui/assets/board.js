// The board: a column for each stage, a card for each deal. A card is moved by dragging, by its menu or by keys; several
// that are ticked go together. Every text becomes a text node; cards keep their nodes, so focus and scrolling stay.
const boards = new WeakMap();
const MOVE = 'Move to …';

function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function button(name, text, label, act) {
  const made = element('button', name, text);
  made.type = 'button';
  if (label) { made.setAttribute('aria-label', label); made.title = label; }
  made.addEventListener('click', act);
  return made;
}

function pieces(node, listed) {
  node.replaceChildren(...listed.filter((each) => each[1]).map(([name, text]) => element('span', name, text)));
}

class Card {
  constructor(board, data) {
    this.board = board;
    this.item = element('li', 'place');
    this.node = this.item.appendChild(element('div', 'card'));
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-keyshortcuts', 'Enter x m w l Shift+ArrowLeft Shift+ArrowRight');
    this.node.tabIndex = -1;
    const head = this.node.appendChild(element('div', 'head'));
    this.tick = head.appendChild(element('input', 'tick'));
    this.tick.type = 'checkbox';
    this.tick.addEventListener('change', () => board.toggle(this.id, this.tick.checked));
    this.link = head.appendChild(element('a', 'name'));
    this.link.addEventListener('click', (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      event.preventDefault();
      board.tell('open', this.data.contact);
    });
    this.menu = head.appendChild(button('menu', '⋯', '', () => board.ask([this.id])));
    this.money = this.node.appendChild(element('div', 'line money'));
    this.stay = this.node.appendChild(element('div', 'line stay'));
    this.reason = this.node.appendChild(element('div', 'line reason'));
    this.node.addEventListener('focusin', () => board.step(this.id));
    this.node.addEventListener('dragstart', (event) => board.drag(this, event));
    this.node.addEventListener('dragend', () => board.drop(null));
    this.show(data);
  }

  show(data) {
    const said = JSON.stringify(data);
    if (said === this.said) { return; }
    this.said = said;
    this.data = data;
    this.id = data.id;
    this.link.textContent = data.name;
    this.link.href = data.href;
    this.tick.setAttribute('aria-label', 'Select ' + data.name);
    this.menu.setAttribute('aria-label', 'Move ' + data.name);
    this.menu.title = MOVE;
    this.node.setAttribute('aria-label', data.label);
    this.node.classList.toggle('rotting', Boolean(data.rotting));
    pieces(this.money, [['amount', data.amount], ['none', data.amount ? '' : 'no amount'], ['mark', data.mark], ['owner', data.owner]]);
    pieces(this.stay, [[data.rotting ? 'rot' : 'days', data.days], ['active', data.active]]);
    this.stay.title = data.rotting;
    this.reason.textContent = data.reason;
  }

  allow(may, mayMany) {
    this.node.draggable = may;
    this.menu.hidden = !may;
    this.tick.hidden = !mayMany;
  }

  // One card of each column is a stop of the Tab key, and what is in it; the arrows lead to the others.
  stop(isOn) {
    [this.node, this.tick, this.link, this.menu].forEach((each) => { each.tabIndex = isOn ? 0 : -1; });
  }
}

class Column {
  constructor(board, data) {
    this.board = board;
    this.id = data.id;
    this.node = element('section', 'column');
    const head = this.node.appendChild(element('div', 'title'));
    this.name = head.appendChild(element('h3', ''));
    this.fold = head.appendChild(button('fold', '', '', () => board.tell('fold', this.id)));
    this.all = head.appendChild(button('menu', '⋯', '', () => board.askAll(this)));
    this.figures = this.node.appendChild(element('div', 'figures'));
    this.list = this.node.appendChild(element('ul', 'cards'));
    this.rest = element('li', 'rest');
    this.next = this.rest.appendChild(button('next', '', '', () => { this.asked = -1; this.load(); }));
    this.watch = new IntersectionObserver((seen) => {
      if (seen.some((each) => each.isIntersecting)) { this.load(); }
    }, { root: this.list, rootMargin: '200px' });
    this.watch.observe(this.rest);
    this.node.addEventListener('dragover', (event) => {
      if (board.dragged && this.data.takes) { event.preventDefault(); this.node.classList.add('over'); }
    });
    this.node.addEventListener('dragleave', (event) => {
      if (!this.node.contains(event.relatedTarget)) { this.node.classList.remove('over'); }
    });
    this.node.addEventListener('drop', (event) => { event.preventDefault(); board.drop(this); });
  }

  load() {
    if (!this.data.more || this.asked === this.data.cards.length) { return; }
    this.asked = this.data.cards.length;
    this.board.tell('more', this.id);
  }

  show(data) {
    if (!this.data || data.cards.length !== this.data.cards.length) { this.asked = -1; }
    this.data = data;
    this.name.textContent = data.name;
    this.node.setAttribute('aria-label', data.label);
    this.node.className = 'column ' + data.kind + (data.folded ? ' folded' : '');
    pieces(this.figures, [['count', data.count], ['sum', data.sum], ['faint', data.unquoted], ['rot', data.rotting], ['faint', data.otherwise]]);
    this.fold.textContent = data.folded ? '▸' : '▾';
    const label = (data.folded ? 'Show ' : 'Hide ') + data.name;
    this.fold.setAttribute('aria-label', label);
    this.fold.setAttribute('aria-expanded', String(!data.folded));
    this.fold.title = label;
    this.all.hidden = !data.all;
    this.all.setAttribute('aria-label', data.all);
    this.all.title = data.all;
    this.next.textContent = data.more;
    const wanted = data.cards.map((each) => this.board.card(each).item);
    if (!wanted.length && !data.folded) { wanted.push(this.empty || (this.empty = element('li', 'empty', 'No deals'))); }
    if (data.more) { wanted.push(this.rest); }
    Array.from(this.list.children).filter((each) => !wanted.includes(each)).forEach((each) => each.remove());
    wanted.forEach((item, n) => {
      if (this.list.children[n] !== item) { this.list.insertBefore(item, this.list.children[n] || null); }
    });
    this.list.setAttribute('aria-label', data.name);
  }
}

class Board {
  constructor(parent) {
    this.root = parent.appendChild(element('div', 'board'));
    this.bar = this.root.appendChild(element('div', 'bar'));
    this.bar.setAttribute('role', 'group');
    this.bar.setAttribute('aria-label', 'Selected deals');
    this.columnsNode = this.root.appendChild(element('div', 'columns'));
    this.status = this.root.appendChild(element('div', 'status'));
    this.status.setAttribute('role', 'status');
    this.columns = new Map();
    this.cards = new Map();
    this.ticked = new Set();
    this.current = null;
    this.turn = 0;
    this.root.addEventListener('keydown', (event) => this.key(event));
  }

  tell(name, value) { this.set(name, value); }

  show(data, set) {
    this.set = set;
    this.data = data;
    const focused = this.focused();
    this.seen = new Set();
    const order = data.columns.map((each) => {
      const column = this.columns.get(each.id) || new Column(this, each);
      this.columns.set(each.id, column);
      column.show(each);
      return column.node;
    });
    Array.from(this.columns.keys()).filter((id) => !data.columns.some((each) => each.id === id)).forEach((id) => {
      this.columns.get(id).node.remove();
      this.columns.delete(id);
    });
    order.forEach((node, n) => {
      if (this.columnsNode.children[n] !== node) { this.columnsNode.insertBefore(node, this.columnsNode.children[n] || null); }
    });
    Array.from(this.cards.keys()).filter((id) => !this.seen.has(id)).forEach((id) => { this.cards.delete(id); this.ticked.delete(id); });
    this.settle();
    if (focused && this.cards.has(focused) && this.focused() !== focused) { this.cards.get(focused).node.focus(); }
  }

  card(data) {
    this.seen.add(data.id);
    const card = this.cards.get(data.id) || new Card(this, data);
    this.cards.set(data.id, card);
    card.show(data);
    card.allow(this.data.may, this.data.mayMany);
    card.node.classList.remove('pending');
    return card;
  }

  // The ticks and the bar say what is selected.
  settle() {
    this.columns.forEach((column) => {
      const listed = column.data.cards.map((each) => each.id);
      if (!listed.includes(column.current)) { column.current = listed[0]; }
      listed.forEach((id) => this.cards.get(id).stop(id === column.current));
    });
    this.cards.forEach((card) => {
      card.tick.checked = this.ticked.has(card.id);
      card.node.classList.toggle('ticked', card.tick.checked);
    });
    const n = this.ticked.size;
    if (!n) { this.bar.replaceChildren(); return; }
    const parts = [element('span', 'said', n === 1 ? '1 deal selected' : n + ' deals selected')];
    parts.push(button('act', MOVE, '', () => this.ask(Array.from(this.ticked))));
    parts.push(button('act', 'Clear', '', () => this.clear()));
    this.bar.replaceChildren(...parts);
  }

  of(node) { return Array.from(this.cards.values()).find((card) => card.node === node); }

  focused() {
    const active = this.root.getRootNode().activeElement;
    const node = active && active.closest ? active.closest('.card') : null;
    const card = node && this.of(node);
    return card ? card.id : null;
  }

  step(id) {
    const column = this.columnOf(id);
    this.current = id;
    if (!column || id === column.current) { return; }
    if (this.cards.has(column.current)) { this.cards.get(column.current).stop(false); }
    column.current = id;
    this.cards.get(id).stop(true);
  }

  toggle(id, isOn) {
    if (isOn) { this.ticked.add(id); } else { this.ticked.delete(id); }
    this.status.textContent = this.cards.get(id).data.name + (isOn ? ' selected, ' : ' no longer selected, ') + this.ticked.size + ' in all';
    this.settle();
  }

  clear() {
    this.ticked.clear();
    this.settle();
    const card = this.cards.get(this.current);
    if (card) { card.node.focus(); }
  }

  columnOf(id) { return Array.from(this.columns.values()).find((column) => column.data.cards.some((card) => card.id === id)); }

  drag(card, event) {
    this.dragged = this.ticked.has(card.id) ? Array.from(this.ticked) : [card.id];
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', card.data.name);
    card.node.classList.add('dragged');
  }

  drop(column) {
    const ids = this.dragged;
    this.dragged = null;
    this.root.querySelectorAll('.dragged, .over').forEach((each) => each.classList.remove('dragged', 'over'));
    if (column && ids) { this.move(ids, column.id); }
  }

  // The card goes at once; the page answers with the board as it is then.
  move(ids, stage) {
    const moved = ids.filter((id) => this.cards.has(id) && this.columnOf(id).id !== stage);
    const target = this.data.targets.find((each) => each.id === stage);
    if (!moved.length || !target || !this.data.may) { return; }
    this.status.textContent = this.named(moved) + ' to ' + target.name;
    if (target.kind === 'open') {
      moved.forEach((id) => {
        const { item, node } = this.cards.get(id);
        const hadFocus = this.focused() === id;
        node.classList.add('pending');
        this.columns.get(stage).list.prepend(item);
        if (hadFocus) { node.focus(); }
      });
    }
    moved.forEach((id) => this.ticked.delete(id));
    this.settle();
    this.turn += 1;
    this.tell('move', { deals: moved.map((id) => [this.cards.get(id).data.contact, id]), stage, turn: this.turn });
  }

  named(ids) { return ids.length === 1 ? this.cards.get(ids[0]).data.name : ids.length + ' deals'; }

  ask(ids) {
    if (!this.data.may) { return; }
    const stages = new Set(ids.map((id) => this.columnOf(id).id));
    this.choose(this.named(ids), stages, (stage) => this.move(ids, stage));
  }

  askAll(column) {
    const open = button('target', 'Open in Conversations', '', () => this.tell('inbox', column.id));
    this.choose(column.data.all, new Set([column.id]), (stage) => {
      this.turn += 1;
      this.tell('all', { from: column.id, stage, turn: this.turn });
    }, open);
  }

  // The stages to choose from, over the page; Esc closes it.
  choose(what, from, act, first) {
    const back = this.current;
    const dialog = element('dialog', 'choice');
    dialog.setAttribute('aria-label', MOVE);
    dialog.append(element('p', 'what', what));
    if (first) {
      first.addEventListener('click', () => dialog.close());
      dialog.append(first);
    }
    const may = first ? this.data.mayMany : this.data.may;
    if (may) { dialog.append(element('p', 'faint', MOVE)); }
    (may ? this.data.targets : []).forEach((each) => {
      const made = button('target ' + each.kind, each.name, '', () => { dialog.close(); act(each.id); });
      made.disabled = from.size === 1 && from.has(each.id);
      dialog.append(made);
    });
    dialog.append(button('cancel', 'Cancel', '', () => dialog.close()));
    dialog.addEventListener('keydown', (event) => event.stopPropagation()); // no key of the page acts meanwhile
    dialog.addEventListener('close', () => {
      dialog.remove();
      const card = this.cards.get(back);
      if (card && from.size) { card.node.focus(); }
    });
    this.root.append(dialog);
    dialog.showModal();
  }

  key(event) {
    const id = this.focused();
    if (event.ctrlKey || event.metaKey || event.altKey || id === null || event.target.closest('dialog')) { return; }
    const act = this.keys(id, event)[event.shiftKey && event.key.startsWith('Arrow') ? 'Shift' + event.key : event.key];
    const inside = event.target !== this.cards.get(id).node;
    if (!act || (inside && (event.key === 'Enter' || event.key === ' '))) { return; }
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  keys(id) {
    const closing = (kind) => () => {
      const target = this.data.targets.find((each) => each.kind === kind);
      if (target) { this.move([id], target.id); }
    };
    return {
      ArrowUp: () => this.go(id, 0, -1), ArrowDown: () => this.go(id, 0, 1),
      ArrowLeft: () => this.go(id, -1, 0), ArrowRight: () => this.go(id, 1, 0),
      k: () => this.go(id, 0, -1), j: () => this.go(id, 0, 1),
      Home: () => this.go(id, 0, -Infinity), End: () => this.go(id, 0, Infinity),
      ShiftArrowLeft: () => this.shift(id, -1), ShiftArrowRight: () => this.shift(id, 1),
      Enter: () => this.tell('open', this.cards.get(id).data.contact),
      x: () => this.pick(id), ' ': () => this.pick(id), m: () => this.ask(this.ticked.has(id) ? Array.from(this.ticked) : [id]),
      w: closing('won'), l: closing('lost'), Escape: () => this.clear(),
    };
  }

  pick(id) { if (this.data.mayMany) { this.toggle(id, !this.ticked.has(id)); } }

  shown() { return this.data.columns.map((each) => Array.from(this.columns.get(each.id).list.querySelectorAll('.card'))); }

  go(id, across, down) {
    const columns = this.shown();
    const { node } = this.cards.get(id);
    let x = columns.findIndex((each) => each.includes(node));
    let y = columns[x].indexOf(node);
    if (across) {
      do { x += across; } while (columns[x] && !columns[x].length);
      if (!columns[x]) { return; }
    }
    y = Math.max(0, Math.min(columns[x].length - 1, y + down));
    const next = columns[x][y];
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  shift(id, by) {
    const at = this.data.targets.findIndex((each) => each.id === this.columnOf(id).id);
    const target = this.data.targets[at + by];
    if (target) { this.move([id], target.id); }
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!boards.has(parentElement) || !boards.get(parentElement).root.isConnected) {
    parentElement.querySelectorAll('.board').forEach((old) => old.remove());
    boards.set(parentElement, new Board(parentElement));
  }
  boards.get(parentElement).show(data, setTriggerValue);
}
