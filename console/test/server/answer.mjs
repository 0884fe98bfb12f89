// What the test server answers: the hub's API over a made-up plant.
import { before, ref } from './plant.mjs'
import { judged, talks } from './zones.mjs'

const worst = { high: 0, medium: 1, low: 2, info: 3, none: 4 }

function tally(list, f) {
  const m = new Map()
  for (const x of list) for (const v of [f(x)].flat()) if (v !== '') m.set(v, (m.get(v) ?? 0) + 1)
  return [...m].map(([value, count]) => ({ value: String(value), count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

const levelOf = (a) => (a.level === null ? 'unknown' : String(a.level))
const filters = { site: (a) => a.site, kind: (a) => a.kind, side: (a) => a.side, role: (a) => a.role, level: levelOf, vendor: (a) => a.vendor, protocol: (a) => a.protocols, network: (a) => a.network, zone: (a) => a.zone, line: (a) => a.line, cell: (a) => a.cell, owner: (a) => [a.owners.it.id, a.owners.operations.id].filter(Boolean) }

export function findingCounts(list) {
  const n = { high: 0, medium: 0, low: 0, info: 0 }
  for (const f of list) n[f.level]++
  return n
}

/** An asset as a row of a list. */
export function row(a) {
  const { facts, modules, reasons, conflicts, changes, aliases, findings, ...rest } = a
  const owner = { it: rest.owners.it.id, operations: rest.owners.operations.id }
  return { ...rest, owners: owner, facts: facts.length, modules: modules.length, conflicts: conflicts.length, findings: findingCounts(findings) }
}

function words(a) {
  return (a.words ??= [a.label, ...a.names, ...a.ips, ...a.macs, a.vendor, a.product, a.order_number, a.firmware, a.serial, a.role, ...a.protocols].join(' ').toLowerCase())
}

/** The assets that fit the query, without one of its filters if so wished. */
export function select(assets, query, except) {
  const q = query.get('q')?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
  const wanted = Object.entries(filters).filter(([name]) => name !== except && query.getAll(name).length)
  const first = Date.parse(query.get('first_since') ?? '')
  return assets.filter((a) => q.every((w) => words(a).includes(w)) && wanted.every(([name, f]) => query.getAll(name).some((v) => [f(a)].flat().includes(v))) && !(Date.parse(a.first_seen) < first))
}

const sortKeys = { name: (a) => a.label.toLowerCase(), label: (a) => a.label.toLowerCase(), last_seen: (a) => a.last_seen, first_seen: (a) => a.first_seen, vendor: (a) => a.vendor.toLowerCase(), role: (a) => a.role, level: (a) => (a.level ?? -1) + 10, firmware: (a) => a.firmware, ip: (a) => a.ips[0], findings: (a) => -Math.min(9, ...a.findings.map((f) => worst[f.level])) }

/** One page of a list by keyset: the cursor is the last row's key and id. */
export function page(list, query, key, id, down) {
  const limit = Number(query.get('limit') ?? 100)
  const compare = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)
  const keyed = list.map((x) => [key(x), id(x), x]).sort((a, b) => (down ? -compare(a, b) : compare(a, b)))
  const cursor = query.get('cursor') ? JSON.parse(Buffer.from(query.get('cursor'), 'base64url').toString()) : undefined
  let from = 0
  if (cursor) while (from < keyed.length && (down ? -compare(keyed[from], cursor) : compare(keyed[from], cursor)) <= 0) from++
  const items = keyed.slice(from, from + limit)
  const last = items.at(-1)
  const next = from + limit < keyed.length ? Buffer.from(JSON.stringify([last[0], last[1]])).toString('base64url') : undefined
  return { items: items.map((k) => k[2]), ...(next ? { next } : {}), total: list.length, more: false }
}

export function assets(w, query) {
  const sort = query.get('sort') || 'name'
  const down = sort.startsWith('-')
  const p = page(select(w.plant.assets, query), query, sortKeys[sort.replace('-', '')] ?? sortKeys.name, (a) => a.id, down)
  return { ...p, items: p.items.map(row) }
}

export function facets(w, query) {
  const of = (name) => tally(select(w.plant.assets, query, name), filters[name])
  return { total: select(w.plant.assets, query).length, vendors: of('vendor'), roles: of('role'), kinds: of('kind'), sides: of('side'), levels: of('level'), protocols: of('protocol'), networks: of('network'), zones: of('zone'), lines: of('line'), cells: of('cell'), owners: of('owner'), sites: of('site') }
}

export function overview(w) {
  const a = w.plant.assets
  return {
    sites: w.sites ?? ['main'],
    assets: { total: a.length, unknown: a.filter((x) => x.role === 'unknown').length, kinds: tally(a, (x) => x.kind), sides: tally(a, (x) => x.side), roles: tally(a, (x) => x.role) },
    conversations: w.plant.conversations.length,
    crossings: w.plant.conversations.filter((c) => c.crossing).length,
    findings: findingCounts(w.plant.findings),
    sensors: { total: w.sensors.length, ok: w.sensors.filter((s) => s.ok).length, not: w.sensors.filter((s) => !s.ok).length },
    last_observation: a.length ? before(1) : null,
    kept_from: a.length ? before(86400 * 7) : null,
    kept_to: a.length ? before(1) : null,
    version: 'test',
    now: before(0),
  }
}

export function peers(w, id, query) {
  const rows = w.plant.conversations
    .filter((c) => c.client.id === id || c.server.id === id)
    .map((c) => {
      const out = c.client.id === id
      return { asset: out ? c.server : c.client, address: out ? c.server_address : c.client_address, direction: out ? 'out' : 'in', transport: c.transport, protocol: c.protocol, port: c.port, packets: c.packets, bytes: c.bytes, bytes_day: c.bytes >> 3, first: c.first, last: c.last, crossing: c.crossing }
    })
  return page(rows, query, (r) => r.bytes, (r) => r.address + r.protocol + r.transport, true)
}

export function operations(w, query, id) {
  const asset = id ?? query.get('asset')
  const kinds = query.getAll('kind')
  const crossing = query.get('crossing')
  const rows = w.plant.operations.filter((o) => (!crossing || String(o.crossing) === crossing) && (!asset || o.requester.id === asset || o.responder.id === asset) && (!kinds.length || kinds.includes(o.kind)))
  return page(rows, query, (o) => o.last, (o) => o.requester.id + o.responder.id + o.code + o.object + o.value, true)
}

export function conversations(w, query) {
  const crossing = query.get('crossing')
  const rows = w.plant.conversations.filter((c) => (!crossing || String(c.crossing) === crossing) && (!query.get('asset') || [c.client.id, c.server.id].includes(query.get('asset'))))
  return page(rows, query, (c) => c.last, (c) => c.client.id + c.server.id + c.protocol + c.transport, true)
}

export function findings(w, query) {
  const levels = query.getAll('level')
  return page(w.plant.findings.filter((f) => (!levels.length || levels.includes(f.level)) && (!query.get('asset') || f.assets.some((a) => a.id === query.get('asset')))), query, (f) => worst[f.level] + f.id, (f) => f.id, false)
}

const bandNames = { 4: 'Enterprise', 3.5: 'DMZ', 3: 'Operations', 2: 'Supervision', 1: 'Control', 0: 'Process' }

/** The box of every asset: its zone, or its network where it stands in none. */
export function boxes(w) {
  return new Map(w.plant.assets.map((a) => [a.id, a.zone ? `${a.site}/zone/${a.zone}` : `${a.site}/${a.network}`]))
}

/** Assets on a map, at most; of a larger plant only as many are drawn. */
const most = 5000

export function map(w) {
  const boxOf = boxes(w)
  const list = new Map()
  for (const a of w.plant.assets) {
    const id = boxOf.get(a.id)
    const z = w.model.zones.find((x) => x.id === a.zone)
    if (!list.has(id)) list.set(id, { id, site: a.site, network: a.zone ? '' : a.network, zone: a.zone, name: z?.name ?? a.network, kind: z?.kind ?? 'network', line: a.line, level: z ? z.level : a.level, side: a.side, total: 0, assets: [] })
    const b = list.get(id)
    b.total++
    b.assets.push({ id: a.id, label: a.label, role: a.role, kind: a.kind, side: a.side, level: a.level, vendor_known: a.vendor !== '', line: a.line, worst: a.findings.map((f) => f.level).sort((x, y) => worst[x] - worst[y])[0] ?? 'none' })
  }
  const edges = new Map()
  const join = (between, from, to, c) => {
    if (from === to) return
    const k = `${between} ${from} ${to} ${c.crossing}`
    if (!edges.has(k)) edges.set(k, { between, from, to, protocols: [], packets: 0, bytes: 0, last: c.last, crossing: c.crossing, operations: [], conduits: [], uncovered: 0 })
    const e = edges.get(k)
    if (!e.protocols.includes(c.protocol)) e.protocols.push(c.protocol)
    e.packets += c.packets
    e.bytes += c.bytes
    if (c.last > e.last) e.last = c.last
    for (const o of c.kinds) if (!e.operations.includes(o)) e.operations.push(o)
    if (w.model.declared && c.state === 'uncovered') e.uncovered++
    if (c.conduit && !e.conduits.includes(c.conduit)) e.conduits.push(c.conduit)
  }
  for (const c of judged(w)) {
    join('boxes', boxOf.get(c.client.id), boxOf.get(c.server.id), c)
    if (c.crossing || (w.model.declared && c.state === 'uncovered')) join('assets', c.client.id, c.server.id, c)
  }
  const levels = [...new Set(w.plant.assets.map((a) => a.level))].sort((a, b) => (b ?? -1) - (a ?? -1))
  let room = most
  let more = 0
  const drawn = [...list.values()].sort((a, b) => a.total - b.total)
  for (const b of drawn) {
    b.assets.sort((x, y) => worst[x.worst] - worst[y.worst] || (x.label < y.label ? -1 : 1))
    more += Math.max(0, b.assets.length - room)
    b.assets = b.assets.slice(0, room)
    room -= b.assets.length
  }
  return { at: before(0), from: null, bands: levels.map((level) => ({ level, name: level === null ? 'Level unknown' : (bandNames[level] ?? '') })), boxes: drawn, edges: [...edges.values()], more }
}

export function boundaryTalks(w, query) {
  const sort = query.get('sort') || '-bytes'
  const field = { bytes: 'bytes', packets: 'packets', last_seen: 'last', first_seen: 'first' }[sort.replace('-', '')]
  return page(talks(w, query), query, (c) => c[field], (c) => c.client.id + c.server.id + c.protocol + c.transport, sort.startsWith('-'))
}

export function history(w) {
  const days = []
  for (let d = 0; d < 9 && w.plant.assets.length; d++) for (const kind of ['conversations', 'operations']) days.push({ site: 'main', day: before(86400 * d).slice(0, 10), kind, step: d < 2 ? 'minute' : 'hour', segments: d < 2 ? 24 : 1, rows: (d < 2 ? 180000 : 9000) + d, bytes: (d < 2 ? 4_100_000 : 240_000) + d })
  return { days, rows: days.reduce((n, d) => n + d.rows, 0), bytes: days.reduce((n, d) => n + d.bytes, 0), oldest: days.length ? before(86400 * 9) : null, newest: days.length ? before(3600) : null, retention: w.retention }
}

export function sensors(empty) {
  if (empty) return []
  const good = { name: 'sensor-1', site: 'main', state: 'watching', ok: true, problem: '', version: 'test', source: 'eth1', started: before(86400 * 6), heard: before(2), applied: before(1), batches: 51840, seen: before(1), lag: 0.4, epoch: 'e1', sequence: 51840, missing: 0, one_sided: 3, packets: 418_203_944, bytes: 92_004_112_000, dropped: 0, duplicates: 12_011, undecoded: 804, sampled: 301_000_000, failures: 0, lost: 0, flows: 1204, packets_per_second: 812.5, bytes_per_second: 180_000, drops_per_second: 0, ring_bytes: 21_400_000_000, ring_oldest: before(86400 * 2.2) }
  const bad = { ...good, name: 'sensor-line-3', source: 'eth2', state: 'silent', ok: false, problem: 'The link is up, but no packet has come for 14 minutes. Is the mirror port still configured on the switch?', heard: before(40), seen: before(840), missing: 2, one_sided: 214, dropped: 9120, packets: 88_100_120, packets_per_second: 0, bytes_per_second: 0, drops_per_second: 0, lag: 1.2, ring_oldest: before(86400) }
  return [good, bad]
}

export { ref }
