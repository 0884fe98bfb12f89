// Assets: the table, and everything known of one.

const assetColumns = [
  { name: 'Asset', mid: true, sort: a => a.name, cell: a => [assetLink(a, a.name), el('span', { class: 'sub value' }, a.address)] },
  { name: 'Role', sort: a => roleRank(a.role), cell: a => [roleName[a.role] || a.role, a.worst && el('div', {}, chip(a.worst))] },
  { name: 'Vendor and product', sort: a => a.what, cell: a => [value(a.what), el('span', { class: 'sub value' }, a.order && a.order !== a.product ? a.order : '')] },
  { name: 'Firmware', sort: a => a.firmware || '', wide: 2, cell: a => value(a.firmware || '') },
  { name: 'Serial', sort: a => a.serial || '', wide: 3, cell: a => value(a.serial || '') },
  { name: 'Place', sort: a => a.place, wide: 2, tight: true, cell: a => a.place },
  { name: 'Level', sort: a => a.level ?? 9, num: true, wide: 3, cell: a => a.level === undefined ? '' : String(a.level) },
  { name: 'Speaks', sort: a => (a.protocols || []).join(), wide: 3, cell: a => value(shortList(a.protocols || [], 6)) },
  { name: 'Peers', sort: a => peersOf(a).size, num: true, wide: 3, cell: a => count(peersOf(a).size) },
];

const shortList = (list, n) => list.slice(0, n).join(', ') + (list.length > n ? ` and ${list.length - n} more` : '');

function peersOf(a) {
  if (!a.peers) a.peers = new Set(a.talks.map(t => t.client.asset === a ? t.server : t.client));
  return a.peers;
}

const filter = { search: '', role: '', place: '', level: '', vendor: '' };
const filterControls = {};

function matches(a) {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every(w => a.haystack.includes(w)) && (!filter.role || a.role === filter.role) && (!filter.place || a.place === filter.place) &&
    (!filter.level || String(a.level ?? '') === filter.level.replace('none', '')) && (!filter.vendor || a.vendor === filter.vendor);
}

const values = (key, rank) => [...new Set(data.assets.map(key).filter(v => v !== undefined && v !== ''))].sort((x, y) => rank ? rank(x) - rank(y) : compare(x, y));

function assetTable() {
  const t = table('Assets. Select a row for its identity, peers and what was done to it.', assetColumns, data.assets, { sorted: 1, shown: 25, open: a => go(`#/asset/${encodeURIComponent(a.id)}`) });
  const shown = el('span', { class: 'push', role: 'status' });
  const update = () => {
    const list = data.assets.filter(matches);
    t.update(list);
    shown.textContent = list.length === data.assets.length ? plural(list.length, 'asset', 'assets') : `${count(list.length)} of ${plural(data.assets.length, 'asset', 'assets')}`;
  };
  const pick = (label, key, list) => {
    const c = choose(label, [['', 'all'], ...list], v => { filter[key] = v; update(); });
    filterControls[key] = c.select;
    return c;
  };
  const search = el('input', { type: 'search', placeholder: 'plc, 6ES7, 10.2., V3.2 …', input: () => { filter.search = search.value; update(); } });
  filterControls.search = search;
  filterControls.update = update;
  update();
  return el('div', { class: 'panel' },
    el('div', { class: 'tools' }, el('label', {}, 'Find', search),
      pick('Role', 'role', values(a => a.role, roleRank).map(r => [r, roleName[r] || r])), pick('Place', 'place', values(a => a.place).map(v => [v, v])),
      pick('Level', 'level', [...values(a => a.level).map(v => [String(v), `level ${v}`]), ['none', 'not known']]), pick('Vendor', 'vendor', values(a => a.vendor).map(v => [v, v])), shown),
    data.left.assets > 0 && note(`${count(data.left.assets)} more assets, mostly outside the site, are left out of this page; assets.csv has them all.`),
    t);
}

// showAssets filters the table and goes there.
function showAssets(want) {
  for (const k of ['search', 'role', 'place', 'level', 'vendor']) {
    filter[k] = want[k] || '';
    filterControls[k].value = filter[k];
  }
  filterControls.update();
  byId('assets').scrollIntoView();
  filterControls.search.focus({ preventScroll: true });
}

const identity = [['vendor', 'Vendor', 'vendor'], ['product', 'Product', 'product'], ['order', 'Order number', 'order-number'], ['firmware', 'Firmware', 'firmware'],
  ['hardware', 'Hardware', 'hardware'], ['serial', 'Serial number', 'serial'], ['os', 'System', 'os']];

// source says which message showed a value, and in which packet.
function source(a, field, text) {
  const facts = [a.facts, ...(a.modules || []).map(m => m.facts || [])].flat().filter(f => f[0] === field && f[1]);
  const f = facts.find(x => x[1] === text) || facts.find(x => text.includes(x[1]) || x[1].includes(text));
  if (f) return el('span', { class: 'src' }, ` ${f[2]}, ${f[3]} % sure `, ref(f[7], f[8]));
  const r = (a.reasons || []).find(x => x[0] === field);
  return r ? el('span', { class: 'src' }, ` ${r[1]} `, ref(r[2], r[3])) : '';
}

function assetSheet(a) {
  const rows = identity.filter(([k]) => a[k]).map(([k, title, field]) => [el('dt', {}, title), el('dd', {}, value(a[k]), source(a, field, a[k]))]);
  const names = (a.names || []).map(n => el('div', {}, value(n), source(a, 'name', n)));
  const addresses = (a.ips || []).map(ip => el('div', {}, value(ip), source(a, 'address', ip)));
  const missing = identity.filter(([k]) => !a[k] && k !== 'hardware' && k !== 'os').map(([, t]) => t.toLowerCase());
  return [
    section('Identity', el('dl', {}, rows, names.length > 0 && [el('dt', {}, 'Name'), el('dd', {}, names)],
      el('dt', {}, 'Addresses'), el('dd', {}, addresses, (a.macs || []).map(m => el('div', {}, value(m))), a.more_addresses && note(`and ${count(a.more_addresses)} more`)),
      a.vlans && [el('dt', {}, 'VLAN'), el('dd', {}, a.vlans.join(', '))],
      el('dt', {}, 'Seen'), el('dd', {}, `${clock(a.seen[0])} to ${clock(a.seen[1])} UTC`)),
    missing.length > 0 && a.kind !== 'external' && note(`Not said in this capture: ${missing.join(', ')}.`)),
    a.findings.length > 0 && section('Findings', el('ul', { class: 'plain-list' }, a.findings.map(f => el('li', {}, chip(f.level), ' ', el('a', { href: `#finding-${f.number}` }, f.title), about(a, f))))),
    a.modules && section('Rack', table('Modules, by slot', moduleColumns, a.modules, {})),
    a.conflicts && section('Claims that cannot all be true', el('ul', { class: 'plain-list' }, a.conflicts.map(c => el('li', {}, el('b', {}, c.field), ': ', value(c.why),
      el('ul', { class: 'plain-list' }, (c.facts || []).map(f => el('li', {}, value(f[1]), el('span', { class: 'src' }, ` ${f[2]}, ${f[3]} % sure `, ref(f[7], f[8])))))))) ),
    a.reasons && section('Why it is shown like this', el('dl', {}, a.reasons.map((r, i) => [(i === 0 || a.reasons[i - 1][0] !== r[0]) && el('dt', {}, r[0]), el('dd', {}, value(r[1]), ' ', ref(r[2], r[3]))]))),
    a.done.length > 0 && section('Done to it', operationTable('Operations on this asset', a.done, 'from')),
    a.did.length > 0 && section('Done by it', operationTable('Operations by this asset', a.did, 'to')),
    a.talks.length > 0 && section('Peers', talkTable('Conversations of this asset', a.talks)),
    section('Every fact and its packet', table('Facts', factColumns, a.facts, { shown: 40 }), a.more_facts && note(`${count(a.more_facts)} more facts are in facts.csv.`)),
  ];
}

const section = (title, ...content) => el('section', {}, el('h3', {}, title), content);

// about picks a finding's lines that name the asset.
const linesShown = 3;

function about(a, f) {
  const lines = f.details.map((d, i) => [d, f.evidence[i]]).filter(([d]) => [a.name, ...(a.ips || []), ...(a.macs || [])].some(n => n && d.includes(n)));
  return lines.length > 0 && el('ul', { class: 'plain-list' }, lines.slice(0, linesShown).map(([d, e]) => el('li', {}, value(d), ' ', ref(...packetOf(e)))), lines.length > linesShown && el('li', {}, `and ${count(lines.length - linesShown)} more`));
}

const moduleColumns = [
  { name: 'Slot', sort: m => m.slot, num: true, cell: m => String(m.slot) },
  { name: 'Product', cell: m => [value([m.vendor, m.product].filter(Boolean).join(' ')), el('span', { class: 'sub value' }, m.order || '')] },
  { name: 'Firmware', cell: m => value(m.firmware || '') },
  { name: 'Serial', wide: 2, cell: m => value(m.serial || '') },
  { name: 'Packet', num: true, cell: m => { const f = (m.facts || []).find(x => x[7]); return f ? ref(f[7], f[8]) : ''; } },
];

const factColumns = [
  { name: 'Field', sort: f => f[0], cell: f => f[0] },
  { name: 'Value', sort: f => f[1], cell: f => value(f[1]) },
  { name: 'Shown by', sort: f => f[2], cell: f => el('span', { class: 'value' }, f[2]) },
  { name: 'Sure', sort: f => f[3], num: true, cell: f => `${f[3]} %` },
  { name: 'Times', sort: f => f[4], num: true, wide: 2, cell: f => count(f[4]) },
  { name: 'First, last', sort: f => f[5] ?? f[6] ?? 0, wide: 2, tight: true, cell: f => [clock(f[5]), f[6] !== f[5] && el('span', { class: 'sub' }, clock(f[6]))] },
  { name: 'Packet', sort: f => f[7], num: true, cell: f => ref(f[7], f[8]) },
];
