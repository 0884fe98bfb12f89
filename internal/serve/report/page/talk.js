// Conversations: a matrix of groups, and what stands behind a cell.

const groupings = {
  role: { title: 'role', of: e => e.role, rank: (a, b) => roleRank(a) - roleRank(b) || compare(a, b), name: r => roleName[r] || r },
  level: { title: 'Purdue level', of: e => !e.asset ? e.role : e.asset.kind === 'external' ? 'outside' : e.level === undefined ? 'level not known' : `level ${e.level}`, rank: compare, name: r => roleName[r] || r },
  network: { title: 'network', of: e => !e.asset ? e.role : e.asset.kind === 'external' ? 'outside' : network(e.address), rank: compare, name: r => roleName[r] || r },
};

let grouping = 'role';
let quiet = true; // leave out housekeeping

const isQuiet = t => !(t.flags & HOUSEKEEPING);

function cells() {
  const g = groupings[grouping], result = new Map();
  for (const t of talks) {
    if (quiet && !isQuiet(t)) continue;
    const key = `${g.of(t.client)}→${g.of(t.server)}`;
    if (!result.has(key)) result.set(key, { key, from: g.of(t.client), to: g.of(t.server), talks: [], bytes: 0, crosses: false });
    const c = result.get(key);
    c.talks.push(t);
    c.bytes += t.bytes;
    c.crosses = c.crosses || t.crosses;
  }
  return result;
}

const cellLink = c => `#/talk/${grouping}/${quiet ? 'some' : 'all'}/${encodeURIComponent(c.key)}`;

function matrix() {
  const host = el('div', { class: 'sides' });
  const draw = () => host.replaceChildren(...matrixParts().filter(Boolean));
  draw();
  return el('div', { class: 'panel' },
    el('div', { class: 'tools' }, choose('Group by', Object.entries(groupings).map(([k, g]) => [k, g.title]), v => { grouping = v; draw(); }),
      el('label', { class: 'check' }, el('input', { type: 'checkbox', change: e => { quiet = !e.target.checked; draw(); } }), 'with names, time and announcements')),
    data.left.conversations > 0 && note(`${count(data.left.conversations)} small conversations that cross no boundary are left out of this page; conversations.csv has them all.`),
    host);
}

const mostGroups = 24;

function matrixParts() {
  const g = groupings[grouping], all = cells(), name = g.name;
  if (all.size === 0) return [note('No conversation was seen.')];
  const froms = [...new Set([...all.values()].map(c => c.from))].sort(g.rank), tos = [...new Set([...all.values()].map(c => c.to))].sort(g.rank);
  const largest = [...all.values()].sort((a, b) => b.crosses - a.crosses || b.bytes - a.bytes);
  const asList = table('The same as a list', [
    { name: 'From', sort: c => name(c.from), cell: c => value(name(c.from)) },
    { name: 'To', sort: c => name(c.to), cell: c => [value(name(c.to)), c.crosses && [' ', el('span', { class: 'chip bad' }, 'crosses')]] },
    { name: 'Protocols', wide: 2, cell: c => value(shortList([...new Set(c.talks.map(t => t.protocol))].sort(), 6)) },
    { name: 'Conversations', sort: c => c.talks.length, num: true, cell: c => el('a', { href: cellLink(c), 'aria-label': `${count(c.talks.length)} from ${name(c.from)} to ${name(c.to)}` }, count(c.talks.length)) },
    { name: 'Bytes', sort: c => c.bytes, num: true, cell: c => bytes(c.bytes) },
  ], largest, { shown: 12 });
  const fits = froms.length <= mostGroups && tos.length <= mostGroups;
  return [fits && el('div', { class: 'scroll w2', tabindex: '0', role: 'region', 'aria-label': 'Matrix of conversations' }, grid(all, froms, tos, name)), asList];
}

function grid(all, froms, tos, name) {
  return el('table', { class: 'matrix' }, el('caption', {}, 'Conversations, from the left to the top'),
    el('thead', {}, el('tr', {}, el('td', {}), tos.map(to => el('th', { scope: 'col' }, el('span', {}, name(to)))))),
    el('tbody', {}, froms.map(from => el('tr', {}, el('th', { scope: 'row' }, name(from)), tos.map(to => {
      const c = all.get(`${from}→${to}`);
      if (!c) return el('td', {});
      return el('td', { class: c.crosses ? 'cross' : undefined }, el('button', { type: 'button', title: `${name(from)} → ${name(to)}: ${bytes(c.bytes)}`, 'aria-label': `${count(c.talks.length)} from ${name(from)} to ${name(to)}${c.crosses ? ', crosses the boundary' : ''}`, click: () => go(cellLink(c)) }, c.crosses ? '! ' : '', count(c.talks.length)));
    })))));
}

const talkColumns = [
  { name: 'Client', mid: true, sort: t => t.client.label, cell: t => endLink(t.client) },
  { name: 'Server', mid: true, sort: t => t.server.label, cell: t => endLink(t.server) },
  { name: 'Protocol', sort: t => t.protocol, cell: t => [value(t.protocol), el('span', { class: 'sub' }, t.port ? `${t.transport} ${t.port}` : ''), talkNotes(t)] },
  { name: 'Packets', sort: t => t.packets, num: true, wide: 2, cell: t => count(t.packets) },
  { name: 'Bytes', sort: t => t.bytes, num: true, cell: t => bytes(t.bytes) },
  { name: 'First, last', sort: t => t.first, wide: 2, tight: true, cell: t => [clock(t.first), el('span', { class: 'sub' }, clock(t.last))] },
  { name: 'Packet', sort: t => t.packet, num: true, cell: t => ref(t.packet, t.capture) },
];

function talkNotes(t) {
  const notes = [t.crosses && (t.flags & OUTSIDE ? 'crosses to the outside' : 'crosses to the office'), !(t.flags & ANSWERED) && 'no answer seen', !(t.flags & CONFIRMED) && 'told by the port', t.lost > 0 && `${bytes(t.lost)} missing`].filter(Boolean);
  return notes.length > 0 && el('span', { class: t.crosses ? 'sub stop' : 'sub' }, notes.join(', '));
}

const talkTable = (caption, list) => table(caption, talkColumns, list, { sorted: 4, up: false, shown: 50 });
