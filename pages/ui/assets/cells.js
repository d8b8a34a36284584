// What the grid's cells draw. Values from data become text nodes and nothing else; colours come from the palette below by number.
(function () {
  const LETTERS = 20;
  const SVG = 'http://www.w3.org/2000/svg';
  const MARKS = {
    due: ['Follow-up due', 'M12 2a6 6 0 0 0-6 6v5l-2 4h16l-2-4V8a6 6 0 0 0-6-6zm-2 17a2 2 0 0 0 4 0z'],
    planned: ['Follow-up planned', 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 4h2v5.5l4 2.5-1 1.7-5-3.2z'],
    hot: ['Hot lead', 'M12 2c1 4 6 6 6 12a6 6 0 0 1-12 0c0-3 2-4 2-7 2 1 3 2 3 4 1-2 1-5 1-9z'],
    archived: ['Archived', 'M3 4h18v4H3zM5 10h14v10H5zm4 3h6v2H9z'],
    stopped: ['Opted out', 'M8 2h8l6 6v8l-6 6H8l-6-6V8zm-1 9v2h10v-2z'],
  };

  function element(tag, name, text) {
    const made = document.createElement(tag);
    made.className = name;
    if (text) { made.textContent = text; }
    return made;
  }

  function icon(kind) {
    const svg = document.createElementNS(SVG, 'svg');
    const label = document.createElementNS(SVG, 'title');
    const path = document.createElementNS(SVG, 'path');
    label.textContent = MARKS[kind][0];
    path.setAttribute('d', MARKS[kind][1]);
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('class', 'sign ' + kind);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', MARKS[kind][0]);
    svg.append(label, path);
    return svg;
  }

  // Parts are [text, 1 where it matched the search].
  function parts(target, json) {
    JSON.parse(json || '[]').forEach(function (part) {
      if (part[1]) { target.appendChild(element('mark', '', part[0])); } else { target.append(part[0]); }
    });
    return target;
  }

  function tags(data) {
    return JSON.parse(data.tags || '[]');
  }

  function ago(data) {
    if (!data.activity) { return ''; }
    const seconds = Math.max(0, Date.now() / 1000 - data.activity);
    if (seconds < 60) { return 'now'; }
    if (seconds < 3600) { return Math.floor(seconds / 60) + ' min'; }
    if (seconds < 86400) { return Math.floor(seconds / 3600) + ' h'; }
    if (seconds < 604800) { return Math.floor(seconds / 86400) + ' d'; }
    return data.day;
  }

  function who(data) {
    const line = element('span', data.unread ? 'who unread' : 'who');
    if (data.unread) {
      const dot = element('span', 'dot');
      dot.title = data.unread;
      dot.setAttribute('role', 'img');
      dot.setAttribute('aria-label', data.unread);
      line.appendChild(dot);
    }
    parts(line.appendChild(element('span', 'text')), data.name).title = data.title;
    data.marks.split(' ').forEach(function (kind) { if (kind in MARKS) { line.appendChild(icon(kind)); } });
    return line;
  }

  function said(target, data) {
    if (data.why) { target.appendChild(element('span', 'why', data.why)); }
    if (data.from) { target.appendChild(element('span', 'from', data.from)); }
    parts(target, data.snippet);
    target.title = target.textContent;
    return target;
  }

  function chips(target, data, palette) {
    const found = tags(data);
    let letters = 0;
    const fitting = found.filter(function (tag, place) {
      letters += Math.min(tag[0].length, 16) + 2;
      return place === 0 || letters <= LETTERS;
    });
    fitting.forEach(function (tag) {
      const chip = element('span', 'chip', tag[0]);
      chip.style.setProperty('--tag', palette[tag[1] % palette.length]);
      target.appendChild(chip);
    });
    if (found.length > fitting.length) { target.appendChild(element('span', 'rest', '+' + (found.length - fitting.length))); }
    target.title = found.map(function (tag) { return tag[0]; }).join(', ');
    return target;
  }

  function cell(draw) {
    return class {
      init(params) { this.gui = draw(params.data, params); }
      getGui() { return this.gui; }
      refresh() { return false; }
    };
  }

  function ring(colors) {
    const share = 100 / colors.length;
    return 'conic-gradient(' + colors.map(function (color, i) {
      return color + ' ' + i * share + '% ' + (i + 1) * share + '%';
    }).join(',') + ')';
  }

  // The action bubble: tick and tag colour in one mark.
  class Bubble {
    init(params) {
      const self = this;
      const found = tags(params.data);
      const colors = found.map(function (tag) { return params.context.palette[tag[1] % params.context.palette.length]; });
      const names = found.map(function (tag) { return tag[0]; }).join(', ') || 'no tags';
      this.node = params.node;
      this.data = params.data;
      this.gui = element('button', 'bubble');
      this.gui.type = 'button';
      this.gui.tabIndex = -1;
      this.gui.setAttribute('role', 'checkbox');
      this.gui.title = this.data.title + ' · ' + names + ' · click to tick';
      this.disc = this.gui.appendChild(element('span', colors.length ? 'disc' : 'disc plain'));
      if (colors.length) {
        this.disc.style.backgroundColor = colors[0];
        this.gui.style.backgroundImage = ring(colors.slice(0, 3));
      }
      if (colors.length > 3) { this.gui.appendChild(element('span', 'more', '+' + (colors.length - 3))); }
      this.gui.addEventListener('click', function (event) {
        event.stopPropagation();
        params.context.tick(params.api, self.node, event.shiftKey);
      });
      this.follow = function () { self.paint(); };
      this.node.addEventListener('rowSelected', this.follow);
      this.paint();
    }

    paint() {
      const on = Boolean(this.node.isSelected());
      this.disc.textContent = on ? '\u2713' : this.data.initials;
      this.gui.setAttribute('aria-checked', String(on));
      this.gui.setAttribute('aria-label', (on ? 'Ticked: ' : 'Tick ') + this.data.title);
      this.gui.classList.toggle('on', on);
    }

    getGui() { return this.gui; }
    refresh() { return false; }
    destroy() { this.node.removeEventListener('rowSelected', this.follow); }
  }

  // The bubble in the header ticks the page that is shown.
  class TickPage {
    init(params) {
      const self = this;
      this.api = params.api;
      this.gui = element('button', 'bubble');
      this.gui.type = 'button';
      this.gui.setAttribute('role', 'checkbox');
      this.disc = this.gui.appendChild(element('span', 'disc plain'));
      this.gui.addEventListener('click', function (event) {
        event.stopPropagation();
        params.context.tickAll(self.api);
      });
      this.follow = function () { self.paint(); };
      this.api.addEventListener('selectionChanged', this.follow);
      this.api.addEventListener('modelUpdated', this.follow);
      this.paint();
    }

    paint() {
      let all = 0;
      let on = 0;
      this.api.forEachNode(function (node) { all += 1; on += node.isSelected() ? 1 : 0; });
      const full = all > 0 && on === all;
      this.disc.textContent = full ? '\u2713' : (on ? '\u2013' : '');
      this.gui.classList.toggle('on', on > 0);
      this.gui.setAttribute('aria-checked', full ? 'true' : (on ? 'mixed' : 'false'));
      this.gui.title = full ? 'Untick this page' : 'Tick this page';
      this.gui.setAttribute('aria-label', this.gui.title);
    }

    getGui() { return this.gui; }
    refresh() { return true; }

    destroy() {
      this.api.removeEventListener('selectionChanged', this.follow);
      this.api.removeEventListener('modelUpdated', this.follow);
    }
  }

  return {
    Bubble: Bubble,
    TickPage: TickPage,
    Name: cell(who),
    Snippet: cell(function (data) { return said(element('span', 'snippet'), data); }),
    Tags: cell(function (data, params) { return chips(element('span', 'chips'), data, params.context.palette); }),
    Parts: cell(function (data, params) { return parts(element('span', 'text'), params.value); }),
    Own: cell(function (data, params) {
      const line = element('span', 'text', JSON.parse(data.own || '{}')[params.colDef.colId]);
      line.title = line.textContent;
      return line;
    }),
    Activity: cell(function (data) {
      const time = element('span', 'time', ago(data));
      time.title = data.exact;
      return time;
    }),
    Card: cell(function (data, params) {
      const entry = element('span', 'entry');
      const top = entry.appendChild(element('span', 'top'));
      const time = element('span', 'time', ago(data));
      time.title = data.exact;
      top.append(who(data), time);
      entry.appendChild(said(element('span', 'snippet'), data));
      return entry;
    }),
  };
})()
