// The made-up plant's own words: zones, lines, conduits, and what they make of
// its conversations. The judging is the hub's and is tested there; here every
// state of a cell, a conduit and a conversation only has to come up.
import { before, ref } from './plant.mjs'

const owners = (it, operations) => ({ it: { id: it, name: { anna: 'Anna Weiss', net: 'Network team' }[it] ?? '', from: 'site' }, operations: { id: operations, name: { bernd: 'Bernd Ott', carla: 'Carla Diaz' }[operations] ?? '', from: operations ? 'site' : '' } })
const lineNames = ['Mixing', 'Filling', 'Packing', 'Labelling', 'Palletising', 'Cleaning']

/** Puts every asset into its zone and line; gives the model. */
export function declare(plant) {
  const lines = new Map()
  for (const a of plant.assets) {
    Object.assign(a, { zone: zoneOf(a), line: '', cell: '', owners: owners('anna', a.side === 'ot' ? 'bernd' : '') })
    const m = /^line-(\d+)$/.exec(a.zone)
    if (!m) continue
    a.line = a.zone
    lines.set(a.zone, Number(m[1]))
  }
  const numbers = [...new Set(lines.values())].sort((a, b) => a - b)
  const zones = [
    zone('internet', 'Internet', 'internet', null),
    zone('office', 'Office', 'enterprise', 4),
    zone('servers', 'Servers', 'enterprise', 4),
    zone('dmz', 'Historian mirror, gateway', 'dmz', 3.5),
    zone('scada', 'SCADA and historian', 'operations', 3),
    zone('engineering', 'Engineering', 'operations', 3),
    ...numbers.map((n) => zone(`line-${n}`, `Line ${n} · ${lineNames[(n - 1) % lineNames.length]}`, 'cell', 1, 2)),
  ]
  const conduits = [
    conduit('office-files', 'office', 'servers', ['smb', 'kerberos'], 'People work on shared files.'),
    conduit('office-web', 'office', 'internet', ['tls'], 'The web and mail.', { owners: owners('net', '') }),
    conduit('office-reports', 'office', 'dmz', ['tls'], 'The office plans by what the lines made.'),
    conduit('mirror', 'scada', 'dmz', ['opcua'], 'The historian is mirrored to where the office may read it.', { review: '2026-08-31', overdue: true }),
    ...numbers.slice(0, 40).flatMap((n) => [
      conduit(`scada-${n}`, 'scada', `line-${n}`, ['s7comm', 'cip', 'modbus', 'fins', 'ads'], `Operators see and steer line ${n}.`),
      ...(n % 3 ? [conduit(`engineering-${n}`, 'engineering', `line-${n}`, ['s7comm'], `Programs of line ${n} are changed from here, in windows.`)] : []),
    ]),
    conduit('vendor', 'internet', 'dmz', ['tls'], 'The press vendor looks after its machine.', { review: '2026-12-31' }),
  ]
  return { declared: true, version: 3, zones, conduits, lines: numbers.map((n) => ({ id: `line-${n}`, name: lineNames[(n - 1) % lineNames.length], note: '', owners: { it: '', operations: n % 2 ? 'bernd' : '' }, cost: { per_hour: [1300, 2200, 0, 1200][n % 4], restart: 0, spoilage: 0, spoils_after: 0 }, members: [], cells: [] })) }
}

/** Without a model the networks stand for zones, and nothing is covered. */
export function undeclared(plant) {
  const networks = [...new Set(plant.assets.map((a) => a.network))]
  for (const a of plant.assets) Object.assign(a, { zone: '', line: '', cell: '', owners: owners('', '') })
  return { declared: false, version: 0, zones: networks.map((n) => zone(n, n, 'network', null)), conduits: [], lines: [] }
}

const zone = (id, name, kind, level, target = 0) => ({ id, name, kind, level, target, owners: owners('anna', kind === 'cell' ? 'bernd' : '') })
const conduit = (id, from, to, protocols, reason, more = {}) => ({ id, name: '', from, to, protocols, reason, owners: owners('anna', 'bernd'), review: '2027-01-31', overdue: false, expires: '', expired: false, ...more })

function zoneOf(a) {
  if (a.kind === 'external') return 'internet'
  if (a.role === 'unknown' && a.level === null) return ''
  const n = a.network.split('.').map(Number)
  if (n[1] === 10) return n[2] >= 200 ? 'servers' : 'office'
  if (n[1] === 15) return 'dmz'
  if (n[1] === 20) return a.role === 'engineering workstation' ? 'engineering' : 'scada'
  return `line-${(n[1] - 30) * 200 + n[2]}`
}

const aside = new Set(['arp', 'dns', 'ntp', 'icmp'])

/** What a conversation is to the model. */
function judge(w, c) {
  const place = (id) => w.zoneOf.get(id) ?? ''
  const [from, to] = [place(c.client.id), place(c.server.id)]
  const name = (id) => w.model.zones.find((z) => z.id === id)?.name ?? id
  const done = (state, conduit, why) => ({ from_zone: from, to_zone: to, state, conduit, why })
  if (!from || !to) return done('unknown', '', 'One end stands in no zone, so nobody can say whether this crosses.')
  if (from === to) return done('within', '', 'Both ends stand in the same zone.')
  const between = w.model.conduits.filter((k) => k.from === from && k.to === to)
  const covering = between.find((k) => k.protocols.includes(c.protocol))
  if (covering) return done('covered', covering.id, `Conduit ${covering.id} allows ${c.protocol} from ${name(from)} to ${name(to)}.`)
  if (aside.has(c.protocol)) return done('aside', '', 'Names and time: nobody has to decide about them.')
  const why = !w.model.declared ? 'No conduits are declared yet.' : between.length ? `Conduit ${between[0].id} goes from ${name(from)} to ${name(to)} and allows ${between[0].protocols.join(', ')}, but not ${c.protocol}.` : `No conduit goes from ${name(from)} to ${name(to)}.`
  return done(c.answered ? 'uncovered' : 'attempt', '', why)
}

/** Every conversation with what the model makes of it; kept, because it is asked for often. */
export function judged(w) {
  if (w.judged) return w.judged
  w.zoneOf = new Map(w.plant.assets.map((a) => [a.id, a.zone || (w.model.declared ? '' : a.network)]))
  const kinds = new Map()
  for (const o of w.plant.operations) {
    const k = o.requester.id + ' ' + o.responder.id
    if (!kinds.has(k)) kinds.set(k, new Set())
    kinds.get(k).add(o.kind)
  }
  w.judged = w.plant.conversations.map((c) => ({ ...c, ...judge(w, c), kinds: [...(kinds.get(c.client.id + ' ' + c.server.id) ?? [])] }))
  return w.judged
}

export function boundary(w) {
  const cells = new Map()
  for (const t of judged(w)) {
    if (t.state === 'within' || t.state === 'unknown') continue
    const key = t.from_zone + ' ' + t.to_zone
    if (!cells.has(key)) cells.set(key, { from: t.from_zone, to: t.to_zone, conversations: 0, covered: 0, uncovered: 0, attempts: 0, aside: 0, packets: 0, bytes: 0, first: t.first, last: t.last, protocols: [], kinds: [], conduits: [] })
    const c = cells.get(key)
    c.conversations++
    c[t.state === 'attempt' ? 'attempts' : t.state]++
    c.packets += t.packets
    c.bytes += t.bytes
    if (t.last > c.last) c.last = t.last
    for (const [list, x] of [[c.protocols, t.protocol], [c.conduits, t.conduit], ...t.kinds.map((k) => [c.kinds, k])]) if (x && !list.includes(x)) list.push(x)
  }
  const counts = new Map()
  for (const z of w.zoneOf.values()) counts.set(z, (counts.get(z) ?? 0) + 1)
  const used = new Map()
  for (const t of judged(w)) if (t.conduit) used.set(t.conduit, [...(used.get(t.conduit) ?? []), t.last])
  return {
    declared: w.model.declared,
    version: w.model.version,
    at: before(0),
    zones: w.model.zones.map((z) => ({ ...z, assets: counts.get(z.id) ?? 0 })),
    cells: [...cells.values()].sort((a, b) => b.uncovered - a.uncovered || b.conversations - a.conversations),
    conduits: w.model.conduits.map(({ protocols, ...k }) => ({ ...k, allow: protocols.map((p) => (p === 'opcua' ? 'opcua (read)' : p)), used: used.get(k.id)?.length ?? 0, last: used.get(k.id)?.sort().at(-1) ?? null })),
    unplaced: counts.get('') ?? 0,
    unknown: judged(w).filter((t) => t.state === 'unknown').length,
  }
}

/** The conversations of a cell, those that no conduit covers first. */
export function talks(w, q) {
  const is = (name, f) => !q.get(name) || f(q.get(name))
  return judged(w).filter((t) => is('from_zone', (v) => t.from_zone === v) && is('to_zone', (v) => t.to_zone === v) && is('state', (v) => t.state === v) && is('conduit', (v) => t.conduit === v) && is('covered', (v) => (v === 'true') === (t.state === 'covered')) && (q.get('state') || (t.state !== 'within' && t.state !== 'unknown')))
}

/** Two days of the plant: a few assets and ways came, others went. */
export function difference(w, q, boxOf) {
  const day = (d) => ({ day: d, begins: d + 'T00:00:00Z', ends: d + 'T23:59:59Z', kept: 'whole', hours: 24, step: 'hour', says: '', first: d + 'T00:00:00Z', last: d + 'T23:59:59Z' })
  const asset = (a, proven) => ({ ...ref(a), box: boxOf.get(a.id), first_seen: a.first_seen, last_seen: a.last_seen, proven })
  const inner = w.plant.assets.filter((a) => a.kind === 'device')
  const came = [inner[2], inner.at(-3), inner.at(-9)].filter(Boolean)
  const went = [6, 12].flatMap((n) => (inner.at(-n) ? [{ ...inner.at(-n), id: 'gone' + n, label: inner.at(-n).label.replace(/\d+$/, '9' + n), role: 'HMI' }] : []))
  for (const a of went) boxOf.set(a.id, boxOf.get(inner.at(-Number(a.id.slice(4))).id))
  const pairs = [...new Map(w.plant.conversations.map((c) => [boxOf.get(c.client.id) + ' ' + boxOf.get(c.server.id), c])).values()].filter((c) => boxOf.get(c.client.id) !== boxOf.get(c.server.id))
  const name = (id) => w.model.zones.find((z) => z.id === id.split('/').at(-1))?.name ?? id
  const edge = (c, from, to) => ({ between: 'boxes', from: boxOf.get(c.client.id), to: boxOf.get(c.server.id), from_label: name(boxOf.get(c.client.id)), to_label: name(boxOf.get(c.server.id)), protocols: [c.protocol], new: from ? [] : [c.protocol], gone: to ? [] : [c.protocol], bytes_from: from, bytes_to: to, packets: Math.round(to / 100), crossing: c.crossing, unproven: false })
  return {
    site: 'main', time_zone: 'Europe/Berlin', from: day(q.get('from')), to: day(q.get('to')),
    assets: { appeared: came.map((a) => asset(a, true)), vanished: went.map((a, i) => asset(a, i === 0)), more: 0, unknown: 0 },
    edges: { appeared: pairs.filter((c) => c.crossing).slice(0, 2).map((c) => edge(c, 0, c.bytes)), vanished: pairs.filter((c) => !c.crossing).slice(2, 3).map((c) => edge(c, c.bytes, 0)), changed: pairs.filter((c) => !c.crossing).slice(3, 4).map((c) => edge(c, Math.round(c.bytes / 9), c.bytes)), more: 0 },
  }
}
