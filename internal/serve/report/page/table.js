// Tables that sort, show more on demand, and drop columns on small screens.

const rowsAtFirst = 100, rowsPerStep = 500;
const tables = []; // all that were drawn, for printing

// table draws rows. columns: { name, cell(row), sort(row), num, mid, tight, wide }.
// mid keeps a column from being squeezed, tight its text from being broken. A
// column with wide 2 is dropped on a phone, 3 on a tablet.
function table(caption, columns, rows, options = {}) {
  const state = { rows, sorted: options.sorted, up: options.up !== false, shown: options.shown || rowsAtFirst };
  const body = el('tbody');
  const more = el('p', { class: 'why', hidden: true });
  const heads = columns.map((c, i) => el('th', { scope: 'col', class: classes(c) },
    c.sort ? el('button', { type: 'button', click: () => sortBy(i) }, c.name) : c.name));
  const node = el('div', {},
    el('div', { class: 'scroll' }, el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, heads)), body)), more);

  function sortBy(i) {
    state.up = state.sorted === i ? !state.up : !columns[i].num;
    state.sorted = i;
    draw();
  }

  function draw() {
    let list = state.rows;
    if (state.sorted !== undefined) {
      const key = columns[state.sorted].sort;
      const tie = columns[0].sort || (() => 0);
      list = list.map(r => [key(r), tie(r), r]).sort((a, b) => compare(a[0], b[0]) * (state.up ? 1 : -1) || compare(a[1], b[1])).map(x => x[2]);
    }
    heads.forEach((h, i) => i === state.sorted ? h.setAttribute('aria-sort', state.up ? 'ascending' : 'descending') : h.removeAttribute('aria-sort'));
    body.replaceChildren(...list.slice(0, state.shown).map(draft));
    const hidden = list.length - Math.min(list.length, state.shown);
    more.hidden = hidden === 0;
    const step = Math.min(hidden, rowsPerStep);
    more.replaceChildren(el('button', { class: 'plain', type: 'button', click: () => { state.shown += step; draw(); } }, step < hidden ? `Show ${count(step)} of the other ${count(hidden)}` : `Show the other ${count(hidden)}`));
  }

  function draft(r) {
    const cells = columns.map((c, i) => el(i === 0 ? 'th' : 'td', { class: classes(c), scope: i === 0 ? 'row' : undefined }, c.cell(r)));
    return el('tr', options.open && { class: 'open-row', click: e => { if (!e.target.closest('a, button')) options.open(r); } }, cells);
  }

  draw();
  node.update = list => { state.rows = list; state.shown = options.shown || rowsAtFirst; draw(); };
  node.print = () => { state.shown = Math.max(state.shown, rowsPerStep); draw(); };
  tables.push(new WeakRef(node));
  return node;
}

const classes = c => [c.num ? 'num' : '', c.wide ? `w${c.wide}` : '', c.tight ? 'tight' : '', c.mid ? 'mid' : ''].join(' ').trim() || undefined;

// compare sorts numbers as numbers and text as people expect: .9 before .10,
// empty last.
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
function compare(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if ((a === '' || a === undefined) !== (b === '' || b === undefined)) return a === '' || a === undefined ? 1 : -1;
  return collator.compare(a, b);
}

// choose is a labelled select; values are [value, text].
function choose(label, values, change) {
  const s = el('select', { change: () => change(s.value) }, values.map(([v, text]) => el('option', { value: v }, text)));
  const l = el('label', {}, label, s);
  l.select = s;
  return l;
}

const note = text => el('p', { class: 'why' }, text);
