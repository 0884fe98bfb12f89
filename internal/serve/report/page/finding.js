// Findings, the most serious first.

const detailsAtFirst = 20;

function finding(f) {
  return el('details', { class: 'panel', id: `finding-${f.number}` },
    el('summary', {}, chip(f.level), el('div', {}, el('b', {}, f.title), hint(f)), el('span', { class: 'open', 'aria-hidden': 'true' })),
    el('div', { class: 'body' },
      el('p', {}, f.why),
      f.next.length > 0 && [el('h3', {}, 'What to do'), el('ol', {}, f.next.map(n => el('li', {}, n)))],
      f.details.length > 0 && [el('h3', {}, 'What was seen'), evidence(f)],
      f.assets.length > 0 && [el('h3', {}, 'Assets'), assetLinks(f.assets)]));
}

// hint is the first thing that was seen, for those who do not open it.
function hint(f) {
  if (f.details.length === 0) return null;
  const rest = f.details.length - 1;
  return el('span', { class: 'sub hint' }, value(f.details[0]), rest > 0 && el('span', { class: 'more' }, ` and ${count(rest)} more`));
}

function evidence(f) {
  const lines = f.details.map((d, i) => el('tr', {}, el('td', { class: 'value' }, d), el('td', { class: 'num' }, ref(...packetOf(f.evidence[i])))));
  const body = el('tbody', {}, lines.slice(0, detailsAtFirst));
  const rest = lines.length - detailsAtFirst;
  const button = rest > 0 && el('button', { class: 'plain', type: 'button', click: () => { body.replaceChildren(...lines); button.remove(); } }, `Show the other ${count(rest)}`);
  return [el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'What'), el('th', { scope: 'col', class: 'num' }, 'Packet'))), body), button];
}

const packetOf = e => e && e.packet ? [e.packet, e.capture || 0] : [0, 0];

function assetLinks(ids) {
  const known = ids.filter(id => assetById.has(id));
  return el('div', { class: 'links' }, known.slice(0, 40).map(id => assetLink(assetById.get(id))), known.length > 40 && el('span', { class: 'ref' }, `and ${count(known.length - 40)} more`));
}

const assetLink = (a, text) => el('a', { href: `#/asset/${encodeURIComponent(a.id)}`, class: 'value' }, text || a.label);
const endLink = e => e.asset ? assetLink(e.asset) : value(e.label);

function findings() {
  if (data.findings.length === 0) return el('p', { class: 'panel' }, 'Nothing looked wrong in what could be read. What could not be read stands under ', el('a', { href: '#blind' }, 'blind spots'), '.');
  return el('div', { class: 'stack' }, data.findings.map(finding));
}
