// Elements. Everything that came from the capture goes in as text: there is no
// place in this script where a string becomes markup.

const byId = id => document.getElementById(id);

function make(node, attributes, children) {
  for (const [k, v] of Object.entries(attributes || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (typeof v === 'function') node.addEventListener(k, v);
    else node.setAttribute(k, v === true ? '' : v);
  }
  for (const c of children.flat(Infinity)) {
    if (c !== undefined && c !== null && c !== false && c !== '') node.append(c);
  }
  return node;
}

const el = (tag, attributes, ...children) => make(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => make(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
const value = text => el('span', { class: 'value' }, text);

const count = n => n.toLocaleString('en-US');
const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

function bytes(n) {
  if (n < 1000) return `${n} B`;
  if (n < 1e6) return `${Math.round(n / 1e3)} kB`;
  return n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(1)} GB`;
}

// clock shows a time in UTC, as the capture has it; with the date where the
// captures last longer than a day.
function clock(ms) {
  if (ms === null || ms === undefined) return '';
  const t = new Date(data.start + ms).toISOString();
  return longCapture ? t.slice(0, 16).replace('T', ' ') : t.slice(11, 19);
}

// ref names a packet so that it can be found in any analyser.
function ref(number, capture) {
  if (!number) return '';
  const file = data.captures[capture] ? baseName(data.captures[capture].file) : '';
  const name = data.captures.length > 1 ? `${file} #${number}` : `#${number}`;
  return el('span', { class: 'ref', title: `packet ${number} of ${file}; in Wireshark: frame.number == ${number}` }, name);
}

const baseName = path => path === '-' ? 'standard input' : path.split(/[\\/]/).pop();

const chip = level => el('span', { class: `chip ${level}` }, level);
