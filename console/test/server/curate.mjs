// Decisions about assets, saved views and exports of the test server.
import { before } from './plant.mjs'
import { select } from './answer.mjs'

export function views() {
  const v = (id, name, query, owner, mine, shared) => ({ id, page: 'assets', name, query, shared, owner, mine, changed: before(86400), etag: '"1"' })
  return [v('v1', 'Controllers', 'role=controller&sort=vendor', 'anna', true, false), v('v2', 'Not identified', 'role=unknown', 'bernd', false, true)]
}

const list = (items) => ({ items, total: items.length, more: false })

/** Answers merge, split, decisions, views and exports; false if the path is none of them. */
export function handle(w, [name, id], method, query, read, reply) {
  const { json, problem, match } = reply
  const who = w.account.now?.account.name ?? ''
  if (name === 'assets' && id === 'merge' && method === 'POST') return read((b) => merge(w, b, who, reply)), true
  if (name === 'assets' && id === 'split' && method === 'POST') return read((b) => split(w, b, who, reply)), true
  if (name === 'decisions') {
    const d = w.decisions.find((x) => x.id === id)
    if (method === 'DELETE') return d ? (Object.assign(d, { undone: { by: who, at: before(0) } }), d.undo?.(), json(plain(d))) : problem(404, 'Not Found', 'There is no such decision.'), true
    const asset = query.get('asset')
    return json(list(w.decisions.filter((x) => !asset || x.assets.some((a) => a.id === asset)).map(plain))), true
  }
  if (name === 'views') {
    const v = w.views.find((x) => x.id === id)
    if (method === 'POST') return read((b) => (w.views.push({ id: `v${w.views.length + 1}`, owner: who, mine: true, changed: before(0), etag: '"1"', ...b }), json(w.views.at(-1), 201))), true
    if (!id) return json(list(w.views.filter((x) => (!query.get('page') || x.page === query.get('page')) && (x.mine || x.shared)))), true
    if (!v) return problem(404, 'Not Found', 'There is no such view.'), true
    if (match !== v.etag) return json(v, 412), true
    if (method === 'DELETE') return (w.views = w.views.filter((x) => x !== v)), json({ done: true }), true
    return read((b) => json(Object.assign(v, b, { etag: `"${Number(v.etag.slice(1, -1)) + 1}"` }))), true
  }
  if (name === 'export') {
    const rows = select(w.plant.assets, query)
    reply.text(`name,address,role,vendor\n${rows.map((a) => [a.label, a.ips[0], a.role, a.vendor].join()).join('\n')}\n`, query.get('format') === 'xlsx' ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' : 'text/csv', `${id}.${query.get('format') || 'csv'}`)
    return true
  }
  return false
}

const plain = ({ undo, ...d }) => d
const decided = (w, d) => (w.decisions.unshift({ id: `d${w.decisions.length + 1}`, site: 'main', at: before(0), followed: null, ...d }), plain(w.decisions[0]))

function merge(w, b, by, { json, problem }) {
  const assets = b.assets.map((id) => w.plant.assets.find((a) => a.id === id))
  if (assets.some((a) => !a)) return problem(404, 'Not Found', 'One of these assets is not here any more.')
  const [first, ...rest] = assets
  const kept = { ips: first.ips, macs: first.macs, aliases: first.aliases }
  const all = w.plant.assets
  Object.assign(first, { ips: assets.flatMap((a) => a.ips), macs: assets.flatMap((a) => a.macs), aliases: [...first.aliases, ...rest.map((a) => a.id)], words: undefined })
  w.plant.assets = all.filter((a) => !rest.includes(a))
  json(decided(w, { kind: 'merge', reason: b.reason, by, assets: assets.map((a) => ({ id: a.id, label: a.label })), endpoints: assets.map((a, part) => ({ mac: a.macs[0] ?? '', ip: a.ips[0] ?? '', vlan: 0, part })), undo: () => ((w.plant.assets = all), Object.assign(first, kept, { words: undefined })) }))
}

function split(w, b, by, { json, problem }) {
  const a = w.plant.assets.find((x) => x.id === b.asset)
  if (!a) return problem(404, 'Not Found', 'This asset is not here any more.')
  json(decided(w, { kind: 'split', reason: b.reason, by, assets: [{ id: a.id, label: a.label }], endpoints: b.endpoints.map((e) => ({ ...e, part: 0 })) }))
}
