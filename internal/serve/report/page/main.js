// The page: fills its parts, and shows what the address names.

const sheet = byId('sheet');

function go(hash) { location.hash = hash; }

// openSheet shows a panel beside the page; Escape closes it.
function openSheet(title, lead, content) {
  const close = el('button', { class: 'plain', type: 'button', click: () => sheet.close() }, 'Close');
  const head = el('div', { class: 'sheet-head' }, el('div', {}, el('h2', { id: 'sheet-title', tabindex: '-1' }, value(title)), el('p', { class: 'why' }, lead)), close);
  sheet.replaceChildren(head, el('div', { class: 'sheet-body' }, content));
  sheet.scrollTop = 0;
  if (!sheet.open) sheet.showModal();
  byId('sheet-title').focus({ preventScroll: true });
}

sheet.addEventListener('close', () => { if (location.hash.startsWith('#/')) history.pushState(null, '', location.pathname + location.search); });
sheet.addEventListener('click', e => { if (e.target === sheet) sheet.close(); });

// route shows what the address names: #/asset/ID, #/talk/…, #/crossing/…, or a part
// of the page. A sheet's address can be sent to a colleague with the file.
function route() {
  const [what, ...rest] = location.hash.slice(2).split('/').map(part);
  const sheets = new Map([['asset', routeAsset], ['talk', routeTalk], ['crossing', routeCrossing], ['operation', routeOperation]]);
  if (sheets.has(what) && rest.length > 0 && sheets.get(what)(...rest)) return;
  if (sheet.open) sheet.close();
  const target = byId(location.hash.slice(1));
  if (target && target.tagName === 'DETAILS') {
    target.open = true;
    target.scrollIntoView();
    target.querySelector('summary').focus();
  }
}

// part is one part of the address; one that was cut on its way stays as it is.
function part(s) {
  try { return decodeURIComponent(s); } catch { return s; }
}

function routeAsset(id) {
  const a = assetById.get(id);
  if (!a) return false;
  const lead = [roleName[a.role] || a.role, a.place, a.level === undefined ? 'level not known' : `level ${a.level}`, a.what].filter(Boolean).join(' · ');
  openSheet(a.label, value(lead), assetSheet(a));
  return true;
}

function routeTalk(by, which, key) {
  if (!Object.hasOwn(groupings, by)) return false;
  grouping = by;
  quiet = which !== 'all';
  const c = cells().get(key);
  if (!c) return false;
  const name = groupings[by].name;
  openSheet(`${name(c.from)} → ${name(c.to)}`, `${plural(c.talks.length, 'conversation', 'conversations')}, ${bytes(c.bytes)}`, [el('p', {}), talkTable('Conversations, the largest first', c.talks)]);
  return true;
}

function routeCrossing(...parts) {
  const [upper, lower, bad] = parts.join('/').split('|');
  const list = talks.filter(t => {
    if (!(t.flags & (OFFICE | OUTSIDE)) || String(t.crosses) !== bad) return false;
    const zone = e => `${bandOf(e.asset)}/${e.role}`;
    const ends = [zone(t.client), zone(t.server)];
    return ends.includes(upper) && ends.includes(lower);
  });
  if (list.length === 0) return false;
  openSheet('What breaks the wall', 'A conversation between plant floor and office or internet that passes no door you watch', [el('p', {}), talkTable('Conversations, the largest first', list)]);
  return true;
}

function routeOperation(...parts) {
  const key = parts.join('/');
  const list = operations.filter(o => `${o.from.label}|${o.kind}|${o.protocol}` === key);
  if (list.length === 0) return false;
  const o = list[0];
  openSheet(`${o.from.label}: ${kindName[o.kind].toLowerCase()}`, `in ${o.protocol}, ${plural(new Set(list.map(x => x.to)).size, 'device', 'devices')}`, [el('p', {}), operationTable('Operations', list, 'to')]);
  return true;
}

function sides() {
  const parts = [['ot', 'on the plant floor (OT)', a => a.side === 'ot' && a.kind !== 'external'], ['it', 'in the office (IT)', a => a.side === 'it' && a.kind !== 'external'],
    ['out', 'outside the site', a => a.kind === 'external'], ['hatched', 'not placed', a => a.side === 'unknown' && a.kind !== 'external']]
    .map(([cls, text, test]) => ({ cls, text, n: data.assets.filter(test).length }));
  if (data.assets.length === 0) return [];
  const bar = el('div', { class: 'bar', role: 'img', 'aria-label': 'Assets: ' + parts.map(p => `${p.n} ${p.text}`).join(', ') }, parts.filter(p => p.n).map(p => { const i = el('i', { class: p.cls }); i.style.flex = p.n; return i; }));
  return [bar, el('div', { class: 'keys' }, parts.map(p => el('span', {}, el('span', { class: `dot ${p.cls}`, 'aria-hidden': 'true' }), el('b', {}, count(p.n)), p.text)))];
}

function numbers() {
  const serious = data.findings.filter(f => f.level === 'high' || f.level === 'medium').length;
  const crossing = talks.filter(t => t.crosses).length;
  const changed = new Set(operations.filter(o => changes(o) && !o.office).map(o => o.to));
  const from = new Set(operations.filter(o => changes(o) && !o.office).map(o => o.from));
  const controllers = data.assets.filter(a => a.role === 'controller' || a.role === 'safety controller').length;
  const item = (href, n, text, bad) => el('a', { href }, el('b', { class: bad ? 'stop' : undefined }, n), el('span', {}, text));
  return [
    item('#findings', serious ? `${serious} of ${data.findings.length}` : String(data.findings.length), serious ? 'findings are high or medium' : data.findings.length === 1 ? 'finding' : 'findings', data.findings.some(f => f.level === 'high')),
    item('#plant', count(crossing), 'conversations cross the boundary', crossing > 0),
    item('#operations', count(changed.size), changed.size ? `devices changed or written to, by ${from.size}` : 'devices written to'),
    item('#assets', count(controllers), controllers === 1 ? 'controller' : 'controllers'),
    item('#blind', String(data.unseen.length), 'things this capture cannot show'),
  ];
}

function captures() {
  const t = table('Captures', [
    { name: 'File', cell: c => [value(baseName(c.file)), el('span', { class: 'sub' }, [c.input, ...c.link_types].join(', '))] },
    { name: 'Packets', num: true, cell: c => count(c.packets) },
    { name: 'Bytes', num: true, wide: 2, cell: c => bytes(c.bytes) },
    { name: 'First, last (UTC)', wide: 2, cell: c => [(c.first || '').slice(0, 19).replace('T', ' '), el('span', { class: 'sub' }, (c.last || '').slice(0, 19).replace('T', ' '))] },
    { name: 'Notes', cell: c => [c.duplicates > 0 && `${plural(c.duplicates, 'copy', 'copies')} left out`, c.undecoded > 0 && `${count(c.undecoded)} not read`, c.truncated && 'cut short', c.problem].filter(Boolean).join('; ') },
  ], data.captures);
  const protocols = table('Protocols', [
    { name: 'Protocol', sort: p => p[0], cell: p => [value(p[0]), !p[4] && el('span', { class: 'sub' }, 'told by the port only')] },
    { name: 'Conversations', sort: p => p[1], num: true, cell: p => count(p[1]) },
    { name: 'Packets', sort: p => p[2], num: true, wide: 2, cell: p => count(p[2]) },
    { name: 'Bytes', sort: p => p[3], num: true, cell: p => bytes(p[3]) },
  ], data.protocols, { sorted: 3, up: false, shown: 20 });
  const anomalies = data.anomalies.length > 0 && table('Bytes that break a protocol, gaps, and conflicts', [
    { name: 'Kind', sort: a => a[0], cell: a => [a[0], el('span', { class: 'sub' }, a[1])] },
    { name: 'Example', cell: a => [value(a[4]), el('span', { class: 'sub value' }, `${a[2]} → ${a[3]}`)] },
    { name: 'Times', sort: a => a[5], num: true, cell: a => count(a[5]) },
    { name: 'Packet', num: true, cell: a => ref(a[6], a[7]) },
  ], data.anomalies, { shown: 20 });
  return el('div', { class: 'stack' }, el('div', { class: 'panel' }, t), el('div', { class: 'panel' }, protocols), anomalies && el('div', { class: 'panel' }, anomalies));
}

const blind = () => el('div', { class: 'panel' }, data.unseen.length ? el('ul', { class: 'plain-list' }, data.unseen.map(u => el('li', {}, u[0]))) : el('p', { class: 'why' }, 'Nothing was found that limits what the capture shows.'));

// mark shows in the navigation which part is in view.
function mark() {
  const links = [...document.querySelectorAll('nav a')];
  const parts = links.map(l => byId(l.hash.slice(1)));
  const at = parts.findLastIndex(p => p.getBoundingClientRect().top < innerHeight / 3);
  links.forEach((l, i) => i === Math.max(at, 0) ? l.setAttribute('aria-current', 'true') : l.removeAttribute('aria-current'));
}

// unfold shows on paper what is folded on the screen.
function unfold() {
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  for (const t of tables) t.deref()?.print();
}

function start() {
  const fill = (id, ...nodes) => byId(id).replaceChildren(...nodes.flat().filter(Boolean));
  fill('sides', sides());
  fill('numbers', numbers());
  fill('finding-list', findings());
  picture(byId('picture'));
  fill('asset-table', assetTable());
  fill('matrix', matrix());
  fill('operation-list', operationList());
  fill('blind-list', blind());
  fill('capture-list', captures());
  byId('n-assets').textContent = count(data.assets.length + data.left.assets);
  byId('n-findings').textContent = data.findings.length || '';
  if (data.findings.some(f => f.level === 'high')) byId('n-findings').className = 'n stop';
  addEventListener('hashchange', route);
  addEventListener('scroll', mark, { passive: true });
  addEventListener('beforeprint', unfold);
  document.documentElement.dataset.ready = 'true';
  mark();
  route();
}

try {
  start();
} catch (e) {
  byId('broken').hidden = false;
  byId('broken').textContent = `This report could not be drawn (${e.message}). The same data is in the output of bulkhead analyze --csv and --json. Please report it.`;
  throw e;
}
