// What the grid remembers and does: the ticks and the view come with the rows, every report goes back whole.
(function () {
  const NARROW = 640;
  const styles = document.createElement('style');
  styles.textContent = STYLES;
  document.head.appendChild(styles);
  const kept = { view: null, stamp: '', top: '', isCompact: false, own: '[]', anchor: '', opened: null, sorted: null, columns: null, api: null };
  const BY_PERSON = ['checkboxSelected', 'spaceKey', 'uiSelectAll'];

  // The page's own keys work while the grid has the focus, too; a step and a tick are the grid's while nothing is open.
  document.addEventListener('keydown', function (pressed) {
    const isPlain = !pressed.ctrlKey && !pressed.metaKey && !pressed.altKey;
    const isOurs = (pressed.key.length === 1 && pressed.key !== ' ') || pressed.key === 'Escape';
    if (!isPlain || !isOurs || pressed.target.tagName === 'INPUT') { return; }
    if (own(pressed.key) || pressed.fromPage) {
      pressed.preventDefault();
      return;
    }
    pressed.preventDefault();
    const copy = { key: pressed.key, code: pressed.code, keyCode: pressed.keyCode, bubbles: true, cancelable: true };
    // With its release: a key that the page takes for held would let no other one through.
    ['keydown', 'keyup'].forEach(function (name) {
      const sent = new window.parent.KeyboardEvent(name, copy);
      sent.fromGrid = true;
      window.parent.document.body.dispatchEvent(sent);
    });
  });

  function own(pressed) {
    const api = kept.api;
    if (!api || !kept.view || kept.view.open || !['j', 'k', 'x'].includes(pressed)) { return false; }
    const focused = api.getFocusedCell();
    const column = kept.isCompact ? 'card' : 'name';
    if (pressed !== 'x') {
      const last = api.getDisplayedRowCount() - 1;
      const row = focused ? Math.min(last, Math.max(0, focused.rowIndex + (pressed === 'j' ? 1 : -1))) : 0;
      api.ensureIndexVisible(row);
      api.setFocusedCell(row, column);
      return true;
    }
    if (!focused) { return false; }
    const node = api.getDisplayedRowAtIndex(focused.rowIndex);
    api.setNodesSelected({ nodes: [node], newValue: !node.isSelected(), source: 'spaceKey' });
    return true;
  }

  function event(value) {
    return { n: Date.now(), value: value };
  }

  function key(happened) {
    return happened.event && !happened.event.ctrlKey && !happened.event.metaKey && !happened.event.altKey ? happened.event.key : '';
  }

  function note(name, happened) {
    const source = happened.source || '';
    if (name === 'cellClicked' && happened.column.getColId() !== 'bubble') { kept.opened = event(happened.data.id); }
    if (name === 'cellKeyDown' && key(happened) === 'Enter') { kept.opened = event(happened.data.id); }
    if (name === 'sortChanged' && source === 'uiColumnSorted') {
      const by = happened.api.getColumnState().find(function (column) { return column.sort; });
      if (by) { kept.sorted = event({ column: by.colId, descending: by.sort === 'desc' }); }
    }
    if (name.startsWith('column') && source.startsWith('ui') && !kept.isCompact) {
      const own = happened.api.getColumnState().filter(function (column) { return column.colId !== 'card'; });
      kept.columns = event(own.map(function (column) {
        return { name: column.colId, width: Math.round(column.width), hidden: Boolean(column.hide) };
      }));
    }
  }

  // The columns of fields come with the view: their names are data, which the header writes as text.
  function define(api, columns) {
    const own = columns.filter(function (column) { return 'header' in column; }).map(function (column) {
      return {
        colId: column.name, field: 'own', headerName: column.header, cellRenderer: 'Own',
        type: column.right ? 'rightAligned' : null,
      };
    });
    const stamp = JSON.stringify(own);
    if (stamp === kept.own) { return; }
    kept.own = stamp;
    const fixed = api.getColumnDefs().filter(function (column) { return column.field !== 'own'; });
    api.setGridOption('columnDefs', fixed.concat(own));
  }

  function arrange(api) {
    if (!kept.view) { return; }
    const view = kept.view;
    const compact = view.beside || document.documentElement.clientWidth < NARROW;
    const stamp = JSON.stringify([compact, view.columns, view.sort]);
    if (stamp === kept.stamp) { return; }
    const turned = kept.isCompact !== compact;
    kept.stamp = stamp;
    kept.isCompact = compact;
    define(api, view.columns);
    const state = view.columns.map(function (column) {
      const order = view.sort.descending ? 'desc' : 'asc';
      return {
        colId: column.name,
        width: column.width,
        flex: column.stretches && !compact ? 1 : null,
        hide: column.name !== 'bubble' && (compact || column.hidden),
        sort: view.sort.column === column.name ? order : null,
      };
    });
    state.splice(1, 0, { colId: 'card', hide: !compact, flex: 1 });
    api.applyColumnState({ state: state, applyOrder: true });
    if (turned) { api.resetRowHeights(); }
  }

  return {
    palette: PALETTE,

    isOpen: function (data) { return Boolean(kept.view) && kept.view.open === data.id; },

    height: function () { return kept.isCompact ? 58 : 38; },

    arrange: arrange,

    follow: function (api) {
      kept.api = api;
      const on = [];
      const off = [];
      let view = null;
      api.forEachNode(function (node) {
        if (node.data.view) { view = JSON.parse(node.data.view); }
        if (Boolean(node.data.ticked) !== Boolean(node.isSelected())) { (node.data.ticked ? on : off).push(node); }
      });
      api.setNodesSelected({ nodes: off, newValue: false, source: 'api' });
      api.setNodesSelected({ nodes: on, newValue: true, source: 'api' });
      if (!view) { return; }
      kept.view = view;
      arrange(api);
      api.redrawRows();
      const open = view.open ? api.getRowNode(view.open) : null;
      if (open) {
        api.ensureNodeVisible(open);
      } else if (view.top !== kept.top) {
        api.ensureIndexVisible(0, 'top');
      }
      kept.top = view.top;
    },

    tick: function (api, node, range) {
      const value = !node.isSelected();
      const from = range && kept.anchor ? api.getRowNode(kept.anchor) : null;
      const nodes = [];
      const low = from ? Math.min(from.rowIndex, node.rowIndex) : node.rowIndex;
      const high = from ? Math.max(from.rowIndex, node.rowIndex) : node.rowIndex;
      for (let i = low; i <= high; i += 1) { nodes.push(api.getDisplayedRowAtIndex(i)); }
      kept.anchor = node.id;
      api.setNodesSelected({ nodes: nodes, newValue: value, source: 'checkboxSelected' });
    },

    tickAll: function (api) {
      const nodes = [];
      api.forEachNode(function (node) { nodes.push(node); });
      const all = nodes.every(function (node) { return node.isSelected(); });
      api.setNodesSelected({ nodes: nodes, newValue: !all, source: 'uiSelectAll' });
    },

    // Every report holds all there is to say: a later one may replace an earlier one before the server reads it.
    report: function (name, happened) {
      note(name, happened);
      const shown = [];
      const on = [];
      happened.api.forEachNode(function (node) {
        shown.push(node.id);
        if (node.isSelected()) { on.push(node.id); }
      });
      return {
        n: Date.now(), shown: shown, on: on, version: kept.view ? kept.view.version : -1,
        opened: kept.opened, sorted: kept.sorted, columns: kept.columns,
      };
    },

    // What the page itself did to the grid is not reported back to it.
    isOwn: function (name, happened) {
      const source = happened.source || '';
      if (name === 'cellClicked') { return happened.column.getColId() !== 'bubble'; }
      if (name === 'cellKeyDown') { return key(happened) === 'Enter'; }
      if (name === 'selectionChanged') { return BY_PERSON.includes(source); }
      if (name === 'columnResized' || name === 'columnMoved') { return source.startsWith('ui') && happened.finished; }
      return source.startsWith('ui');
    },
  };
})()
