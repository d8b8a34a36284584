// The messages of one conversation by day, the events between them, and what waits to be sent. Every value becomes a
// text node; a link is only ever made of text that is shown as it is.
const LINK = /https?:\/\/[^\s<>"']+/gi;
const NEAR = 60;

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

// The second press of a double click finds it done, and would be told so.
function once(act) {
  return ({ currentTarget: pressed }) => {
    pressed.disabled = true;
    setTimeout(() => { pressed.disabled = false; }, 2000);
    act();
  };
}

function links(text) {
  return [...text.matchAll(LINK)].map((found) => {
    const shown = found[0].replace(/[.,;:!?)\]}]+$/, '');
    return { from: found.index, to: found.index + shown.length, shown };
  }).filter(({ shown }) => URL.canParse(shown));
}

function piece(text, hit) {
  return hit ? element('mark', '', text) : document.createTextNode(text);
}

// A text in marked parts, with its links; a link that is marked in part is one link still.
function write(target, parts) {
  const found = links(parts.map(([text]) => text).join(''));
  let place = 0;
  let anchor = null;
  parts.forEach(([text, hit]) => {
    let rest = text;
    while (rest) {
      const link = found.find(({ from, to }) => place < to && from < place + rest.length);
      const isInside = link && link.from <= place;
      const length = !link ? rest.length : isInside ? Math.min(rest.length, link.to - place) : link.from - place;
      const made = piece(rest.slice(0, length), hit);
      if (isInside) {
        if (!anchor || anchor.place !== link.from) {
          const a = target.appendChild(element('a', 'link'));
          a.href = link.shown;
          a.target = '_blank';
          a.rel = 'noopener noreferrer';
          anchor = { place: link.from, a };
        }
        anchor.a.append(made);
      } else { target.append(made); }
      place += length;
      rest = rest.slice(length);
    }
  });
  return target;
}

function file(each) {
  const link = element('a', each.width ? 'picture' : 'file', each.width ? '' : '📎 ' + each.words);
  link.href = each.url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  if (each.width) {
    const image = link.appendChild(element('img', ''));
    image.src = each.url + '?small';
    image.alt = 'Picture, ' + each.words;
    image.loading = 'lazy';
    const scale = Math.min(1, 260 / Math.max(each.width, each.height));
    image.width = Math.round(each.width * scale);
    image.height = Math.round(each.height * scale);
    image.addEventListener('error', () => { image.replaceWith(document.createTextNode('📎 ' + each.words + ' (not found)')); });
  }
  return link;
}

function message(data, act) {
  const row = element('li', data.side === 'in' ? 'message in' : 'message out');
  row.dataset.id = data.id;
  data.files.forEach((each) => { row.append(file(each)); });
  if (data.body.length) { write(row.appendChild(element('div', 'body')), data.body); }
  const foot = row.appendChild(element('div', 'foot'));
  const time = foot.appendChild(element('span', 'time', data.time));
  time.title = data.exact;
  if (data.by) { foot.append(element('span', 'by', data.by)); }
  if (data.status) {
    const status = foot.appendChild(element('span', 'status ' + data.state, data.status));
    status.title = data.why;
  }
  if (data.again && act.maySend) { foot.append(button('act', 'Send again', once(() => act.tell('again', data.id)))); }
  return row;
}

function event(data) {
  const row = element('li', 'event');
  const time = row.appendChild(element('span', 'time', data.time));
  time.title = data.exact;
  row.append(' ' + data.text);
  return row;
}

function call(data, act) {
  const row = event(data);
  row.className = 'event call';
  if (act.mayEdit) {
    row.append(' ', button('act', data.isOpen ? 'How did it go?' : 'Change', () => act.tell('call', data.id)));
  }
  return row;
}

const DRAWN = { message, event, call };

function items(list, data, act) {
  let day = '';
  data.items.forEach((each) => {
    if (each.day !== day) {
      day = each.day;
      list.append(element('li', 'day', day));
    }
    if (each.kind === 'message' && each.id === data.firstNew) {
      list.append(element('li', 'new', data.unread === 1 ? '1 new message' : data.unread + ' new messages'));
    }
    list.append(DRAWN[each.kind](each, act));
  });
}

function waiting(each, act) {
  const row = element('li', 'message out waits');
  row.append(element('div', 'body', each.body));
  const foot = row.appendChild(element('div', 'foot'));
  if (each.by) { foot.append(element('span', 'by', each.by)); }
  const said = foot.appendChild(element('span', 'said', each.said));
  if (each.isSoon) { said.dataset.due = each.due; }
  if (each.isOpen && act.maySend) {
    if (!each.isSoon) { foot.append(button('act', 'Send now', once(() => act.tell('hurry', each.id)))); }
    foot.append(button('act', each.isSoon ? 'Undo' : 'Cancel', once(() => act.tell('cancel', each.id))));
  }
  return row;
}

function count(pane, offset) {
  pane.querySelectorAll('[data-due]').forEach((said) => {
    const left = Math.ceil(Number(said.dataset.due) - Date.now() / 1000 + offset);
    said.textContent = left > 0 ? 'sending in ' + left + ' s' : 'sending …';
  });
}

function draw(data, act) {
  const pane = element('section', 'thread');
  pane.tabIndex = 0;
  pane.setAttribute('aria-label', 'Messages');
  pane.dataset.contact = data.contact;
  if (data.earlier) { pane.append(button('earlier', data.earlier, () => act.tell('earlier', Date.now()))); }
  if (!data.items.length && !data.waiting.length) { pane.append(element('p', 'none', 'No messages yet.')); }
  const list = pane.appendChild(element('ol', 'messages'));
  items(list, data, act);
  data.waiting.forEach((each) => { list.append(waiting(each, act)); });
  return pane;
}

// The line over the messages: search in this thread, and whether events are shown.
function tools(act) {
  const bar = element('div', 'tools');
  const field = bar.appendChild(element('input', 'find'));
  field.type = 'search';
  field.placeholder = 'Search in this conversation';
  field.setAttribute('aria-label', 'Search in this conversation');
  field.addEventListener('keydown', (pressed) => {
    if (pressed.key === 'Enter' && field.value.trim() === bar.asked) { bar.step(pressed.shiftKey ? 1 : -1); }
    else if (pressed.key === 'Enter') { act.tell('search', field.value.trim()); }
    if (pressed.key === 'Escape' && field.value) {
      pressed.stopPropagation();
      field.value = '';
      act.tell('search', '');
    }
  });
  field.addEventListener('search', () => { if (!field.value && bar.asked) { act.tell('search', ''); } });
  const said = bar.appendChild(element('span', 'hits'));
  said.setAttribute('role', 'status');
  const older = bar.appendChild(button('step', '▲', () => bar.step(-1)));
  older.setAttribute('aria-label', 'Earlier hit');
  const newer = bar.appendChild(button('step', '▼', () => bar.step(1)));
  newer.setAttribute('aria-label', 'Later hit');
  const label = bar.appendChild(element('label', 'switch'));
  const box = label.appendChild(element('input', ''));
  box.type = 'checkbox';
  box.addEventListener('change', () => act.tell('events', box.checked));
  label.append(' Events');
  return bar;
}

function found(root) {
  return [...root.querySelectorAll('.message')].filter((each) => each.querySelector('mark'));
}

// Marks the hit that is looked at, and returns it; `to` counts from the newest.
function mark(root, bar, to) {
  const hits = found(root);
  bar.at = Math.max(0, Math.min(to, hits.length - 1));
  hits.forEach((each) => each.classList.remove('current'));
  const shown = hits[hits.length - 1 - bar.at];
  bar.querySelector('.hits').textContent = hits.length ? hits.length - bar.at + ' of ' + hits.length : 'not found';
  if (shown) { shown.classList.add('current'); }
  return shown;
}

function look(root, bar, to) {
  const shown = mark(root, bar, to);
  const pane = root.querySelector('.thread');
  if (shown) { pane.scrollTop = shown.offsetTop - pane.clientHeight / 3; }
}

// What came in meanwhile draws the thread anew; whoever steps through the hits stays where they are.
function stay(root, bar, id) {
  const at = found(root).reverse().findIndex((each) => each.dataset.id === id);
  mark(root, bar, at < 0 ? bar.at : at);
}

function set(root, bar, data, current) {
  const isNew = bar.dataset.contact !== String(data.contact);
  bar.dataset.contact = data.contact;
  const field = bar.querySelector('.find');
  if (isNew || (data.search !== bar.asked && bar.getRootNode().activeElement !== field)) { field.value = data.search; }
  const isOther = isNew || bar.asked !== data.search;
  bar.asked = data.search;
  bar.classList.toggle('asking', Boolean(data.search));
  bar.querySelector('.switch input').checked = data.events;
  bar.step = (by) => look(root, bar, bar.at - by);
  if (data.search && isOther) { look(root, bar, 0); } else if (data.search) { stay(root, bar, current); }
  return data.search ? isOther : false;
}

function tellNews(root, data) {
  const last = data.items.filter((each) => each.side === 'in').pop();
  let said = root.querySelector('.heard');
  if (!said) {
    said = root.appendChild(element('div', 'heard'));
    said.setAttribute('role', 'status');
  }
  const isSame = said.dataset.contact === String(data.contact);
  if (isSame && last && Number(said.dataset.last) < last.id) {
    said.textContent = 'New message: ' + last.body.map(([text]) => text).join('');
  }
  said.dataset.contact = data.contact;
  said.dataset.last = last ? last.id : 0;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const act = { tell: (name, value) => setTriggerValue(name, value), maySend: data.maySend, mayEdit: data.mayEdit };
  let root = parentElement.querySelector('.talk');
  if (!root) {
    root = parentElement.appendChild(element('div', 'talk'));
    root.append(tools(act));
  }
  const bar = root.querySelector('.tools');
  const before = root.querySelector('.thread');
  const was = before && before.dataset.contact === String(data.contact) ? before : null;
  const kept = was ? {
    top: was.scrollTop,
    height: was.scrollHeight,
    isAtEnd: was.scrollHeight - was.scrollTop - was.clientHeight < NEAR,
    oldest: was.dataset.oldest,
    hadFocus: was.getRootNode().activeElement === was,
  } : null;
  const current = was ? was.querySelector('.message.current') : null;
  const pane = draw(data, act);
  const first = data.items.find((each) => each.kind === 'message');
  pane.dataset.oldest = first ? first.id : 0;
  if (before) { before.replaceWith(pane); } else { bar.after(pane); }
  if (kept && kept.hadFocus) { pane.focus({ preventScroll: true }); }
  const hit = found(root).pop(); // the newest one, as the list says
  const news = pane.querySelector('.new');
  function place() {
    if (kept && kept.oldest !== pane.dataset.oldest) {
      pane.scrollTop = pane.scrollHeight - kept.height + kept.top;
    } else if (kept && !kept.isAtEnd) {
      pane.scrollTop = kept.top;
    } else {
      pane.scrollTop = pane.scrollHeight;
      const aim = kept ? null : hit || news;
      if (aim) { pane.scrollTop = Math.min(pane.scrollTop, aim.offsetTop - pane.clientHeight / 3); }
    }
  }
  // The style may come later than the text, and only then does the pane have its height.
  const settling = new ResizeObserver(place);
  ['wheel', 'touchstart', 'pointerdown', 'keydown'].forEach((name) => {
    pane.addEventListener(name, () => settling.disconnect(), { passive: true });
  });
  settling.observe(pane);
  place();
  if (set(root, bar, data, current ? current.dataset.id : '')) { settling.disconnect(); }
  tellNews(root, data);
  const offset = Date.now() / 1000 - data.now;
  count(pane, offset);
  const clock = setInterval(() => count(pane, offset), 500);
  return () => {
    settling.disconnect();
    clearInterval(clock);
  };
}
