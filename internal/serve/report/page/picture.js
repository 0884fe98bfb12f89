// The picture: Purdue levels as bands, roles as boxes, assets as tiles, and the
// wall between office and plant floor with every place where it is broken. The
// layout follows from the data and the width alone: it is the same every time.

const bands = [
  { key: 'outside', title: 'Outside', text: 'the internet' },
  { key: '4', title: 'Enterprise', text: 'levels 4 and 5' },
  { key: '3.5', title: 'DMZ', text: 'level 3.5' },
  { key: '3', title: 'Operations', text: 'level 3', wall: true },
  { key: '2', title: 'Supervision', text: 'level 2' },
  { key: '1', title: 'Control', text: 'level 1' },
  { key: '0', title: 'Process', text: 'level 0' },
  { key: 'floor', title: 'Plant floor', text: 'level not known' },
  { key: 'lost', title: 'Not placed', text: 'on neither side' },
];

const labelledUpTo = 80;  // assets: tiles carry names
const tilesUpTo = 120;    // assets in a box: a tile each; beyond, one for each network

function bandOf(a) {
  if (a.kind === 'external') return 'outside';
  if (a.level === undefined) return a.side === 'ot' ? 'floor' : a.side === 'it' ? '4' : 'lost';
  return a.level >= 4 ? '4' : a.level > 3 ? '3.5' : String(Math.floor(a.level));
}

// zones are the boxes of a band: one for each role.
function zonesOf(key) {
  const byRole = new Map();
  for (const a of data.assets) {
    if (bandOf(a) !== key) continue;
    if (!byRole.has(a.role)) byRole.set(a.role, []);
    byRole.get(a.role).push(a);
  }
  return [...byRole].sort((x, y) => roleRank(x[0]) - roleRank(y[0]) || compare(x[0], y[0]))
    .map(([role, assets]) => ({ key, role, title: roleName[role] || role, tiles: tilesOf(role, assets), n: assets.length, assets }));
}

// isUnknown: nothing tells what it is, or where it belongs.
const isUnknown = a => a.role === 'unknown' || a.side === 'unknown' && a.level === undefined;

function tilesOf(role, assets) {
  const sorted = assets.slice().sort((a, b) => compare(a.short, b.short));
  if (assets.length <= tilesUpTo && role !== 'external peer' || assets.length <= 12) {
    const named = data.assets.length <= labelledUpTo;
    return sorted.map(a => ({ asset: a, text: named ? a.short : '', title: `${a.label}, ${a.role}${a.what ? ', ' + a.what : ''}${a.worst ? `, finding: ${a.worst}` : ''}`, worst: a.worst, unknown: isUnknown(a), go: `#/asset/${encodeURIComponent(a.id)}` }));
  }
  const nets = new Map();
  for (const a of sorted) {
    const net = network((a.ips || a.macs || [''])[0]);
    if (!nets.has(net)) nets.set(net, []);
    nets.get(net).push(a);
  }
  const list = [...nets].sort((x, y) => y[1].length - x[1].length || compare(x[0], y[0]));
  const tile = (net, members, search) => {
    const worst = levelWords.find(l => members.some(a => a.worst === l)) || '';
    return { text: `${net}  ${count(members.length)}`, title: `${net}  ${plural(members.length, 'asset', 'assets')} with role ${role}`, worst, unknown: role === 'unknown', filter: { role, search } };
  };
  const shown = list.slice(0, 12).map(([net, members]) => tile(net, members, net.endsWith('.0/24') ? net.replace('0/24', '') : ''));
  const rest = list.slice(12).flatMap(x => x[1]);
  return rest.length ? [...shown, tile('other networks', rest, '')] : shown;
}

// measure gives a zone its columns and size for a given room.
function measure(z, room) {
  const named = z.tiles.some(t => t.text);
  z.tw = named ? Math.min(data.assets.length > labelledUpTo ? 150 : 132, room - 20) : 18;
  z.th = named ? 24 : 18;
  z.step = named ? z.tw + 6 : 24;
  z.rowStep = named ? 30 : 24;
  const most = Math.max(1, Math.floor((room - 14) / z.step));
  z.cols = Math.min(z.tiles.length, most, Math.max(named ? 2 : 6, Math.ceil(Math.sqrt(z.tiles.length * (named ? 2.2 : 4)))));
  const title = 24 + z.title.length * 7.2 + String(z.n).length * 8 + 24;
  z.w = Math.min(room, Math.max(z.cols * z.step + 14, title));
  z.h = 34 + Math.ceil(z.tiles.length / z.cols) * z.rowStep + 4;
}

// layout places bands and zones and returns the height. Lines across the wall run
// in lanes of their own beside the zones, so that none passes behind a box.
function layout(rows, width, narrow, lanes) {
  const left = narrow ? 8 : 126 + lanes * laneWidth;
  const right = width - (narrow ? lanes * laneWidth : 0);
  let y = 0;
  for (const b of rows) {
    if (b.wall) y += 30;
    b.y = y;
    b.left = left;
    let x = left, top = y + (narrow ? 31 : 8), line = [];
    const finish = () => { const h = Math.max(...line.map(z => z.h)); line.forEach(z => { z.h = h; }); top += h + 8; x = left; line = []; };
    for (const z of b.zones) {
      measure(z, right - left - 8);
      if (line.length && x + z.w > right - 8) finish();
      z.x = x;
      z.y = top;
      x += z.w + 8;
      line.push(z);
    }
    if (line.length) finish();
    b.h = b.zones.length ? top - y : narrow ? 26 : 30;
    y += b.h + (b.key === '3.5' ? 4 : 8);
  }
  return y;
}

function picture(host) {
  const rows = bands.map(b => ({ ...b, zones: zonesOf(b.key) })).filter(b => b.zones.length || ['4', '3.5', '3', '2', '1', '0'].includes(b.key));
  const crossings = crossingsBetween(rows);
  const draw = () => {
    const width = Math.max(300, Math.min(1400, host.clientWidth - 24));
    host.replaceChildren(drawing(rows, crossings, width), legend(crossings), ...[crossingList(crossings)].flat().filter(Boolean));
  };
  let drawn = 0;
  new ResizeObserver(() => {
    if (host.clientWidth && host.clientWidth !== drawn) { drawn = host.clientWidth; draw(); }
  }).observe(host);
}

// crossingsBetween adds up conversations that pass the wall, by zone.
function crossingsBetween(rows) {
  const zoneOf = new Map(rows.flatMap(b => b.zones).flatMap(z => z.assets.map(a => [a, z])));
  const pairs = new Map();
  for (const t of talks) {
    if (!(t.flags & (OFFICE | OUTSIDE))) continue;
    const a = zoneOf.get(t.client.asset), b = zoneOf.get(t.server.asset);
    if (!a || !b) continue;
    const upper = t.client.asset.side === 'ot' && t.client.asset.kind !== 'external' ? b : a;
    const lower = upper === a ? b : a;
    const key = `${upper.key}/${upper.role}|${lower.key}/${lower.role}|${t.crosses}`;
    if (!pairs.has(key)) pairs.set(key, { key, upper, lower, bad: t.crosses, talks: [] });
    pairs.get(key).talks.push(t);
  }
  return [...pairs.values()].sort((x, y) => y.bad - x.bad || y.talks.length - x.talks.length || compare(x.key, y.key));
}

const laneWidth = 30;

function drawing(rows, crossings, width) {
  const narrow = width < 620;
  const lines = crossings.slice(0, narrow ? 3 : 8);
  const height = layout(rows, width, narrow, lines.length);
  const wallY = rows.find(b => b.wall).y - 14;
  place(lines, narrow ? width - lines.length * laneWidth : 126);
  const summary = `${plural(data.assets.length, 'asset', 'assets')} in Purdue levels; ${plural(crossings.filter(c => c.bad).length, 'place', 'places')} where conversations break the wall between office and plant floor. Arrow keys move between assets, Enter opens one.`;
  const node = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': summary, keydown: walk },
    hatch(), rows.map(b => bandDrawing(b, width, narrow)), wall(lines, wallY, width),
    rows.flatMap(b => b.zones).map(zoneDrawing), lines.map(line), lines.filter(c => c.bad).map(c => breach(c, wallY)));
  const first = node.querySelector('.tile');
  if (first) first.setAttribute('tabindex', '0');
  return node;
}

const hatch = () => svg('defs', {}, svg('pattern', { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
  svg('rect', { class: 'hatch-bg', width: 6, height: 6 }), svg('line', { class: 'hatch-line', x1: 0, y1: 0, x2: 0, y2: 6 })));

function bandDrawing(b, width, narrow) {
  const empty = b.zones.length === 0, words = empty ? `${b.text}: nothing seen` : b.text;
  const text = narrow || empty
    ? svg('text', { x: narrow ? 10 : 12, y: b.y + (narrow ? 17 : 19) }, svg('tspan', { class: 'bt' }, b.title), narrow ? svg('tspan', { dx: 8 }, words) : svg('tspan', { x: b.left + 2 }, words))
    : [svg('text', { class: 'bt', x: 12, y: b.y + 24 }, b.title), svg('text', { x: 12, y: b.y + 41 }, b.text)];
  return svg('g', { class: b.key === 'lost' ? 'band lost' : 'band' }, svg('rect', { x: 0.5, y: b.y, width: width - 1, height: b.h, rx: 8 }), text);
}

// place gives each line its lane and the points where it leaves the upper zone
// and enters the lower one. What goes furthest to the right has the innermost
// lane: lines then cross each other least.
function place(lines, left) {
  const order = lines.slice().sort((a, b) => Math.max(b.upper.x, b.lower.x) - Math.max(a.upper.x, a.lower.x) || b.lower.y - a.lower.y);
  const used = new Map();
  const spot = z => {
    const n = used.get(z) || 0;
    used.set(z, n + 1);
    return z.x + 16 + (n * 14) % Math.max(z.w - 32, 14);
  };
  order.forEach((c, i) => {
    c.x = left + i * laneWidth + laneWidth / 2;
    c.out = { x: spot(c.upper), y: c.upper.y + c.upper.h, turn: 3 + (i % 3) * 1.5 };
    c.in = { x: spot(c.lower), y: c.lower.y, turn: -3 - (i % 3) * 1.5 };
  });
}

function line(c) {
  const kind = c.bad ? 'con bad' : 'con';
  return [svg('path', { class: kind, d: `M${c.out.x} ${c.out.y} v${c.out.turn} H${c.x} V${c.in.y + c.in.turn} H${c.in.x} v${-c.in.turn}` }),
    [c.out, c.in].map(p => svg('circle', { class: c.bad ? 'end bad' : 'end', cx: p.x, cy: p.y, r: 4 }))];
}

function wall(lines, y, width) {
  const pieces = [];
  let x = 0;
  for (const c of lines.slice().sort((a, b) => a.x - b.x)) {
    if (c.x - 9 > x) pieces.push([x, c.x - 9 - x]);
    x = c.x + 9;
  }
  pieces.push([x, width - x]);
  return [pieces.map(([at, w]) => svg('rect', { class: 'wall', x: at, y: y - 3, width: Math.max(w, 0), height: 6, rx: 2 })), svg('text', { class: 'wl', x: 4, y: y - 7 }, 'IT / OT boundary')];
}

function zoneDrawing(z) {
  return svg('g', { class: 'zone', role: 'group', 'aria-label': `${z.title}: ${plural(z.n, 'asset', 'assets')}` },
    svg('rect', { x: z.x, y: z.y, width: z.w, height: z.h, rx: 8 }),
    svg('text', { class: 'zn', x: z.x + 10, y: z.y + 20 }, z.title), svg('text', { class: 'zs', x: z.x + z.w - 10, y: z.y + 20, 'text-anchor': 'end' }, count(z.n)),
    z.tiles.map((t, i) => tileDrawing(t, z, z.x + 10 + (i % z.cols) * z.step, z.y + 32 + Math.floor(i / z.cols) * z.rowStep)));
}

function tileDrawing(t, z, x, y) {
  const mark = t.worst === 'high' ? '!!' : t.worst === 'medium' ? '!' : '';
  const open = () => t.filter ? showAssets(t.filter) : go(t.go);
  return svg('g', { class: `tile ${t.worst} ${t.unknown ? 'unk' : ''}`, role: 'button', tabindex: '-1', 'aria-label': t.title, click: open, keydown: e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); open(); } } },
    svg('title', {}, t.title), svg('rect', { x, y, width: z.tw, height: z.th, rx: 4 }),
    t.text && tileText(t.text, x + 6, y, z.tw - 12 - (mark ? 14 : 0)),
    mark && svg('text', { class: 'mark', x: x + z.tw - (t.text ? 9 : z.tw / 2), y: y + (t.text ? 16 : 14), 'text-anchor': 'middle', 'font-size': 12 }, mark));
}

// tileText is a tile's name, clipped where the tile ends and marked as clipped.
function tileText(text, x, y, room) {
  const cut = text.length * 6.9 > room + 6;
  return [svg('svg', { x, y, width: cut ? room - 9 : room + 4, height: 24 }, svg('text', { x: 0, y: 16 }, text)), cut && svg('text', { x: x + room - 8, y: y + 16 }, '…')];
}

// walk moves the focus between tiles and breaches with the arrow keys.
function walk(e) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
  if (!step) return;
  const all = [...e.currentTarget.querySelectorAll('.tile, .breach')];
  const next = all[all.indexOf(document.activeElement) + step];
  if (!next) return;
  e.preventDefault();
  all.forEach(t => { if (t.classList.contains('tile')) t.setAttribute('tabindex', '-1'); });
  next.setAttribute('tabindex', '0');
  next.focus();
}

const crossingText = c => `${c.upper.title} and ${c.lower.title}: ${plural(c.talks.length, 'conversation', 'conversations')} in ${[...new Set(c.talks.map(t => t.protocol))].sort().join(', ')}`;

function breach(c, wallY) {
  const open = () => go(`#/crossing/${encodeURIComponent(c.key)}`);
  return svg('g', { class: 'breach', role: 'button', tabindex: '0', 'aria-label': `The wall is broken here. ${crossingText(c)}`, click: open, keydown: e => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); open(); } } },
    svg('title', {}, crossingText(c)), svg('circle', { cx: c.x, cy: wallY, r: 12 }), svg('text', { x: c.x, y: wallY + 5 }, '!'));
}

function legend(crossings) {
  const sample = (...shapes) => svg('svg', { viewBox: '0 0 16 12', 'aria-hidden': 'true' }, ...shapes);
  const tile = (name, text) => el('span', {}, sample(svg('g', { class: `tile ${name}` }, svg('rect', { x: 1, y: 0.5, width: 14, height: 11, rx: 3 }))), text);
  const has = test => data.assets.some(test);
  return el('div', { class: 'legend' },
    el('span', {}, sample(svg('rect', { class: 'wall', x: 0, y: 3, width: 16, height: 6, rx: 2 })), 'boundary between office and plant floor'),
    crossings.some(c => c.bad) && el('span', {}, sample(svg('path', { class: 'con bad', d: 'M0 6 H16' })), 'crosses the boundary'),
    crossings.some(c => !c.bad) && el('span', {}, sample(svg('path', { class: 'con', d: 'M0 6 H16' })), 'only names, time and the like cross'),
    has(a => a.worst === 'high') && tile('high', 'high finding (!!)'), has(a => a.worst === 'medium') && tile('medium', 'medium finding (!)'),
    tile('', 'asset'), has(isUnknown) && tile('unk', 'not identified or not placed'));
}

function crossingList(crossings) {
  const bad = crossings.filter(c => c.bad);
  if (bad.length === 0) {
    const office = data.assets.some(a => a.side === 'it' && a.kind !== 'external');
    return el('p', { class: 'why' }, office ? 'No conversation between office and plant floor was seen, apart from names, time and the like.' : 'No office device was seen: this picture cannot show whether the wall holds.');
  }
  return [el('ul', { class: 'crossings' }, bad.slice(0, 20).map(c => el('li', {}, el('a', { href: `#/crossing/${encodeURIComponent(c.key)}` }, crossingText(c))))), bad.length > 20 && note(`and ${count(bad.length - 20)} more pairs of groups`)];
}
