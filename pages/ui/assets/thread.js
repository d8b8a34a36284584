// The messages of one conversation, by day. Every value becomes a text node.
function element(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) { made.textContent = text; }
  return made;
}

function marked(target, parts) {
  parts.forEach(([text, hit]) => {
    if (hit) { target.append(element('mark', '', text)); } else { target.append(text); }
  });
  return target;
}

function message(data) {
  const row = element('li', data.side === 'in' ? 'message in' : 'message out');
  marked(row.appendChild(element('div', 'body')), data.body);
  const foot = row.appendChild(element('div', 'foot'));
  const time = foot.appendChild(element('span', 'time', data.time));
  time.title = data.exact;
  if (data.by) { foot.append(element('span', 'by', data.by)); }
  if (data.status) { foot.append(element('span', 'status ' + data.state, data.status)); }
  return row;
}

function thread(data, setTriggerValue) {
  const pane = element('section', 'thread');
  pane.tabIndex = 0;
  pane.setAttribute('aria-label', 'Messages');
  if (data.earlier) {
    const more = element('button', 'earlier', data.earlier);
    more.type = 'button';
    more.addEventListener('click', () => setTriggerValue('earlier', Date.now()));
    pane.append(more);
  }
  if (!data.messages.length) { pane.append(element('p', 'none', 'No messages yet.')); }
  const list = pane.appendChild(element('ol', 'messages'));
  let day = '';
  data.messages.forEach((each) => {
    if (each.day !== day) {
      day = each.day;
      list.append(element('li', 'day', day));
    }
    list.append(message(each));
  });
  return pane;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const before = parentElement.querySelector('.thread');
  const was = before && before.dataset.contact === String(data.contact) ? before : null;
  const kept = was ? { top: was.scrollTop, height: was.scrollHeight, count: was.querySelectorAll('.message').length } : null;
  const pane = thread(data, setTriggerValue);
  pane.dataset.contact = data.contact;
  if (before) { before.replaceWith(pane); } else { parentElement.append(pane); }
  const hit = [...pane.querySelectorAll('mark')].pop(); // the newest one, as the list says
  function place() {
    if (kept && data.messages.length > kept.count) {
      pane.scrollTop = pane.scrollHeight - kept.height + kept.top;
    } else if (kept) {
      pane.scrollTop = kept.top;
    } else {
      pane.scrollTop = pane.scrollHeight;
      if (hit) { pane.scrollTop = hit.closest('.message').offsetTop - pane.clientHeight / 3; }
    }
  }
  // The style may come later than the text, and only then does the pane have its height.
  const settling = new ResizeObserver(place);
  ['wheel', 'touchstart', 'pointerdown', 'keydown'].forEach((name) => {
    pane.addEventListener(name, () => settling.disconnect(), { passive: true });
  });
  settling.observe(pane);
  place();
  return () => settling.disconnect();
}
