// Operations: who did what to whom, grouped by who and by what it does.

let withReads = false, withOffice = false;

function operationGroups() {
  const groups = new Map();
  for (const o of operations) {
    if (!withReads && !changes(o) && o.kind !== 'auth' || !withOffice && o.office) continue;
    const key = `${o.from.label}|${o.kind}|${o.protocol}`;
    if (!groups.has(key)) groups.set(key, { from: o.from, kind: o.kind, protocol: o.protocol, list: [], targets: new Set(), count: 0, accepted: 0, refused: 0, responses: 0, techniques: new Set() });
    const g = groups.get(key);
    g.list.push(o);
    g.targets.add(o.to);
    g.count += o.count;
    g.accepted += o.accepted;
    g.refused += o.refused;
    g.responses += o.responses;
    if (o.technique) g.techniques.add(o.technique);
  }
  return [...groups.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.count - a.count);
}

// result says what became of requests: accepted, refused, or no answer seen.
function result(o) {
  const parts = [];
  if (o.accepted) parts.push(`${count(o.accepted)} accepted`);
  if (o.refused) parts.push(el('span', { class: 'refused' }, `${count(o.refused)} refused`));
  if (!o.accepted && !o.refused) parts.push(o.responses ? 'answered' : 'no answer seen');
  return parts.flatMap((p, i) => i ? [', ', p] : [p]);
}

const technique = t => t && el('span', { class: 'src', title: techniques[t] || '' }, t, techniques[t] ? ` ${techniques[t]}` : '');

function operationColumns(other) {
  const ends = { from: { name: 'By', mid: true, sort: o => o.from.label, cell: o => endLink(o.from) }, to: { name: 'To', mid: true, sort: o => o.to.label, cell: o => endLink(o.to) } };
  return [
    { name: 'What', mid: true, sort: o => kinds.indexOf(o.kind), cell: o => [value(o.name), el('span', { class: 'sub value' }, [o.objects.join(', '), o.more ? ` and ${count(o.more)} more` : '', o.value && o.value.length < 60 ? ` = ${o.value}` : ''].join(''))] },
    ends[other],
    { name: 'Kind', sort: o => kinds.indexOf(o.kind), wide: 2, cell: o => [o.kind, el('span', { class: 'sub' }, `${o.protocol} ${o.code}`)] },
    { name: 'Times', sort: o => o.count, num: true, cell: o => count(o.count) },
    { name: 'Result', sort: o => o.refused, wide: 2, cell: result },
    { name: 'ATT&CK for ICS', sort: o => o.technique, wide: 3, cell: o => technique(o.technique) },
    { name: 'First, last', sort: o => o.first, wide: 2, tight: true, cell: o => [clock(o.first), el('span', { class: 'sub' }, clock(o.last))] },
    { name: 'Packet', sort: o => o.packet, num: true, cell: o => ref(o.packet, o.capture) },
  ];
}

const operationTable = (caption, list, other) => table(caption, operationColumns(other), list, { sorted: 0, shown: 30 });

const groupColumns = [
  { name: 'Who', mid: true, sort: g => g.from.label, cell: g => endLink(g.from) },
  { name: 'Does what', sort: g => kinds.indexOf(g.kind), cell: g => [kindName[g.kind], el('span', { class: 'sub' }, g.protocol)] },
  { name: 'To whom', mid: true, sort: g => g.targets.size, cell: g => el('button', { type: 'button', class: 'link', click: () => go(`#/operation/${encodeURIComponent(groupKey(g))}`) }, g.targets.size === 1 ? [...g.targets][0].label : targetWords(g)) },
  { name: 'Times', sort: g => g.count, num: true, cell: g => count(g.count) },
  { name: 'Result', sort: g => g.refused, wide: 2, cell: result },
  { name: 'An attacker would use it for', wide: 3, cell: g => [...g.techniques].sort().map(t => el('div', {}, technique(t))) },
  { name: 'First packet', num: true, wide: 2, cell: g => ref(g.list[0].packet, g.list[0].capture) },
];

const groupKey = g => `${g.from.label}|${g.kind}|${g.protocol}`;

function targetWords(g) {
  const roles = new Set([...g.targets].map(e => e.role));
  return roles.size === 1 && g.targets.size > 1 ? `${count(g.targets.size)} × ${roleName[[...roles][0]] || [...roles][0]}` : plural(g.targets.size, 'device', 'devices');
}

function operationList() {
  const t = table('Select the targets for the single operations and their packets.', groupColumns, operationGroups(), { shown: 60 });
  const none = el('p', { class: 'why' });
  const update = () => {
    const groups = operationGroups();
    t.update(groups);
    t.hidden = groups.length === 0;
    none.textContent = groups.length ? '' : 'Nobody changed anything on plant devices in what could be read.';
  };
  const check = (text, change) => el('label', { class: 'check' }, el('input', { type: 'checkbox', change: e => { change(e.target.checked); update(); } }), text);
  update();
  return el('div', { class: 'panel' },
    el('div', { class: 'tools' }, check('with reads and identification', v => { withReads = v; }), check('with office protocols', v => { withOffice = v; })),
    data.left.operations > 0 && note(`${count(data.left.operations)} more operations, mostly reads, are left out of this page; messages.csv has them all.`),
    none, t);
}
