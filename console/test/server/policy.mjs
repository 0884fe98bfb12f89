// The boundary's policy in the test server: revisions, a box that holds one, a
// trial, proofs and containments. What is judged, compared and compiled is the
// hub's work and is tested there; here every state of the page has to come up.
import { parsed } from './model.mjs'
import { before, ref } from './plant.mjs'
import { judged } from './zones.mjs'

const hash = (n) => n.toString(16).padStart(2, '0').repeat(32)
const list = (items) => ({ items, total: items.length, more: false })
const later = (s) => new Date(Date.now() + s * 1000).toISOString()
const people = { anna: { side: 'it', name: 'Anna Weiss' }, bernd: { side: 'operations', name: 'Bernd Ott' } }

function revision(n, more) {
  return { n, parent: n - 1, hash: hash(n), version: n, author: 'anna', at: before(86400 * (12 - n * 3)), reason: '', approvals: [], changes: [], packets: [], notes: [], text: '', size: { zones: 10, conduits: 14, ranges: 31, matches: 40 }, ...more }
}

const yes = (side, n) => ({ side, person: side === 'it' ? 'anna' : 'bernd', name: side === 'it' ? 'Anna Weiss' : 'Bernd Ott', account: side === 'it' ? 'anna' : 'bernd', at: before(86400 * (11 - n * 3)) })

/** How a boundary begins: two revisions were in force, a third waits. */
export function state() {
  return {
    revisions: [
      revision(1, { reason: 'The office reads reports and nothing else', approvals: [yes('it', 1), yes('operations', 1)], changes: ['10 zones are new', '12 conduits are new', 'what no conduit allows passes and is reported'] }),
      revision(2, { reason: 'Between office and plant only what has a conduit', approvals: [yes('it', 2), yes('operations', 2)], changes: ['Office to SCADA and historian: shadow → enforce', 'conduit mirror: historian mirror, opcua (read) is new'], notes: [note()] }),
      revision(3, { reason: 'Line 1 takes no writes from the office', changes: ['Office to Line 1: shadow → enforce', 'conduit scada-1: s7comm (read, write) → s7comm (read)'], packets: [difference(false, 'office', 'line-1'), difference(true, 'scada', 'dmz')], notes: [note()] }),
    ],
    enforced: { n: 2, at: before(86400 * 4), by: 'anna' },
    applied: { state: 'confirmed', n: 2, by: 'anna', at: before(86400 * 4 + 300), until: null, ended: before(86400 * 4), ended_by: 'anna', forced: false, reason: '', says: 'All 4 conversations that lines live on were seen again.' },
    box: true,
    containments: [],
    marks: new Map(),
    proved: before(3600 * 5),
    texts: new Map(),
  }
}

const note = () => ({ conduit: 'engineering-1', service: 's7comm (program)', kind: 'ports-only', text: 'cannot be held to verbs: S7 programs go the same way as reads; it is allowed by port only' })
const difference = (allows, from, to, more) => ({ change: allows ? 'allowed' : 'stopped', allows, unknown: false, from, to, example: { src: '10.10.0.14', dst: allows ? '10.15.0.60' : '10.30.1.70', proto: 6, port: allows ? 4840 : 102 }, conduit: allows ? 'mirror' : '', says: allows ? 'conduit mirror allows opcua' : 'no conduit goes there', ...more })

const signed = (r) => r.approvals.length === 2

function needs(w, r) {
  const me = w.account.now.account.name
  return ['it', 'operations'].filter((s) => !r.approvals.some((a) => a.side === s)).map((side) => ({ side, owners: side === 'it' ? ['Anna Weiss'] : ['Bernd Ott'], others: side === 'it' ? [] : ['Carla Diaz'], you: people[me]?.side === side && !r.approvals.some((a) => a.account === me) }))
}

function shown(w, r, whole) {
  const { packets, text, ...rest } = r
  const v = { ...rest, needs: needs(w, r), signed: signed(r), signed_at: signed(r) ? r.approvals.at(-1).at : null, packets: whole ? packets : [] }
  return whole ? { ...v, text: text || w.words.at(-1)?.text || 'site: main\n', policy: compiled(w), ...(signed(r) ? { signature: 'bulkhead/main\n' + r.hash + '\n\n— bulkhead/main Az3gYw…\n' } : {}) } : v
}

/** A policy as the page reads it: which stage each pair has. */
function compiled(w) {
  const zones = ['', ...w.model.zones.map((z) => z.id)]
  const at = (id) => zones.indexOf(id)
  const pairs = [['office', 'scada', 'enforce'], ['office', 'line-1', 'shadow'], ['internet', 'dmz', 'enforce-new']].filter(([a, b]) => at(a) > 0 && at(b) > 0)
  return { site: 'main', zones: zones.map((id) => ({ id, name: id, kind: 'cell', ranges: [] })), conduits: [], rest: 'shadow', pairs: pairs.map(([from, to, stage]) => ({ from: at(from), to: at(to), stage })), ethernet: [] }
}

/** The conversations that lines live on, and when each was seen again. */
function critical(w, at) {
  const since = (Date.now() - Date.parse(at)) / 1000
  return w.plant.conversations.filter((c) => c.server.role === 'controller' && c.client.role === 'SCADA server' && c.transport === 'tcp').slice(0, 4).map((c, i) => ({ client: c.client_address, server: c.server_address, proto: 6, port: c.port, period: 1 + i, line: w.plant.assets.find((a) => a.id === c.server.id)?.line ?? '', says: `${c.client.label} polls ${c.server.label} by ${c.protocol}`, last: since > i * 0.4 ? later(-1) : null, ok: since > i * 0.4 }))
}

function pending(w) {
  const p = w.policy
  if (!p.trial) return null
  return { n: p.trial.n, hash: hash(p.trial.n), by: p.trial.by, at: p.trial.at, until: p.trial.until, confirmed: !!p.trial.confirmed, forced: p.trial.forced, reason: p.trial.reason, seen: critical(w, p.trial.at) }
}

/** A trial ends when it was confirmed and all was seen, or when its time is over. */
function settle(w) {
  const t = w.policy.trial
  if (!t) return
  const all = critical(w, t.at).every((c) => c.ok)
  const end = (state, by, says) => {
    w.policy.trial = undefined
    w.policy.applied = { state, n: t.n, by: t.by, at: t.at, until: null, ended: later(0), ended_by: by, forced: t.forced, reason: t.reason, says }
    if (state === 'confirmed') w.policy.enforced = { n: t.n, at: t.at, by: t.by }
  }
  if (t.confirmed && all) end('confirmed', t.confirmed, 'All 4 conversations that lines live on were seen again.')
  else if (Date.now() > Date.parse(t.until)) end('rolled-back', 'the guard', 'Nobody confirmed it in time. What was before holds again.')
}

function standing(w) {
  const p = w.policy
  const empty = !w.plant.assets.length
  const newest = p.revisions.at(-1)
  const trial = pending(w)
  return {
    site: 'main',
    version: w.words.at(-1)?.version ?? 0,
    stage: 'shadow',
    newest: empty || !newest ? null : { n: newest.n, hash: newest.hash, at: newest.at, author: newest.author, signed: signed(newest) },
    enforced: empty || !p.enforced || !p.box ? null : { ...(trial ? { n: trial.n, at: trial.at, by: trial.by } : p.enforced), hash: hash(trial ? trial.n : p.enforced.n), pending: !!trial },
    draft: !empty && !!newest && !signed(newest),
    edited: false,
    changes: [],
    enforcers: empty ? [] : [{ id: 'box-1', mode: 'proxy-arp', ok: p.box, says: p.box ? 'It answers and holds what it was told to.' : 'box-1 does not answer since 06:02. Is it switched on? What it holds goes on without the hub.', last_seen: before(p.box ? 2 : 3600), since: p.box ? null : before(3600) }],
    pending: empty ? null : trial,
    notes: empty ? [] : [note()],
  }
}

const slots = () => ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].flatMap((day, d) => [['early', '06:00', '14:00'], ['late', '14:00', '22:00'], ['night', '22:00', '06:00']].map(([shift, from, to], i) => ({ team: 'shifts', shift, day, from, to, seen: d > 4 && i === 2 ? 0 : 2, passed: 2 })))

function coverage() {
  return { enough: false, says: '19 of 21 shifts of a week: 2 night shifts missing, 1 month-end, 0 changeovers', missing: ['the night from Saturday to Sunday was not recorded', 'no changeover was recorded'], from: before(86400 * 15), to: before(60), watched: 342, longest_gap: 3.5, shifts: 19, shifts_of: 21, assumed: false, weeks: 2, weekends: 2, month_ends: 1, changeovers: 0, windows: 2, weekly_jobs: 3, slots: slots() }
}

/** What a text would stop: what the plant's conduits do not cover, and none of the text's does. */
function blocked(w, text) {
  const rows = new Map()
  const conduits = (text && parsed(text)?.conduits) || []
  for (const t of judged(w)) {
    if (t.state !== 'uncovered' && t.state !== 'attempt') continue
    if (conduits.some((c) => c.from === t.from_zone && c.to === t.to_zone && c.allow?.some((s) => s.any || s.protocol === t.protocol))) continue
    const key = [t.from_zone, t.to_zone, t.protocol, t.port].join(' ')
    const line = w.model.lines.find((l) => l.id === t.to_zone)
    if (!rows.has(key)) rows.set(key, { key, clients: [], servers: [], client_count: 0, server_count: 0, from_zone: t.from_zone, to_zone: t.to_zone, protocol: t.protocol, transport: t.transport, port: t.port, kinds: t.kinds, conversations: 0, count: 0, first: t.first, last: t.last, days: 6, line: line?.id ?? '', cost_per_hour: line?.cost.per_hour ?? 0, cost_restart: 0, conduit: '', stage: 'shadow', answered: t.answered, why: t.why, link: `/boundary?from=${t.from_zone}&to=${t.to_zone}`, mark: w.policy.marks.get(key) ?? null })
    const r = rows.get(key)
    r.conversations++
    r.count += t.flows
    if (t.last > r.last) r.last = t.last
    for (const [refs, x] of [[r.clients, t.client], [r.servers, t.server]]) if (refs.length < 20 && !refs.some((y) => y.id === x.id)) refs.push(x)
    Object.assign(r, { client_count: r.clients.length, server_count: r.servers.length })
  }
  return [...rows.values()].sort((a, b) => b.cost_per_hour - a.cost_per_hour || b.conversations - a.conversations)
}

function lines(w, rows) {
  const m = new Map()
  for (const r of rows) {
    const l = m.get(r.line) ?? { line: r.line, name: w.model.lines.find((x) => x.id === r.line)?.name ?? '', blocked: 0, refused: 0, count: 0, last: r.last, cost_per_hour: r.cost_per_hour }
    Object.assign(l, { blocked: l.blocked + 1, count: l.count + r.count })
    m.set(r.line, l)
  }
  return [...m.values()].sort((a, b) => b.cost_per_hour - a.cost_per_hour)
}

function simulation(w, b, problems) {
  const bad = problems.some((p) => p.severity === 'error')
  const rows = bad ? [] : blocked(w, b.text)
  const total = w.plant.conversations.length
  const n = rows.reduce((s, r) => s + r.conversations, 0)
  const shadow = rows.slice(0, 1).map((r) => ({ kind: 'shadow', client: r.clients[0], server: r.servers[0], client_address: '10.10.0.14', server_address: '10.30.1.70', client_mac: '00:1b:1b:00:00:04', proto: 6, port: r.port, ethernet: 0, interface: 'enp2s0', operation: '', why: '', count: 14, first: before(7200), last: before(600) }))
  return { revision: b.revision ?? 0, hash: hash(9), problems, coverage: coverage(), from: before(86400 * 15), to: before(60), total, passes: total - n, inspected: 12, local: 40, blocked: rows, refused: [], beyond: [], aside: [], attempts: [], frames: [], unjudged: 0, open: rows.filter((r) => !r.mark).length, approximate: false, lines: lines(w, rows), enforced: w.policy.enforced?.n ?? 0, difference: bad || !rows.length ? [] : [difference(false, 'office', 'line-1'), difference(true, 'scada', 'dmz', { example: { src: '2001:db8:20::5', dst: '2001:db8:15::9', proto: 6, port: 4840 } })], read_back: [], read_back_at: before(300), shadow, notes: rows.length ? [note()] : [], unmatched: ['3 conversations by their MAC only: nobody knows their address.'], took: 0.084 }
}

function flatness(w) {
  if (!w.plant.assets.length || !w.model.declared) return { number: null, says: 'Nothing can be said before zones are declared and something was seen.', derivation: [], next: null, others: [], enforced: false }
  const name = (id) => w.model.zones.find((z) => z.id === id)?.name ?? id
  const term = (from, to, reaches, contribution, why) => ({ from, to, from_name: name(from), to_name: name(to), assets_from: 54, assets_to: 12, reaches, weight: 0.12, contribution, why })
  const next = (from, to, gains, number, blocked) => ({ conduit: '', from, to, gains, number, risk: blocked * 0.2, blocked, lines: blocked ? ['line-1'] : [], cost_per_hour: blocked ? 2200 : 0, last: blocked ? before(7200) : null, says: `Enforce ${name(from)} → ${name(to)}: nothing that a line lives on passes there.` })
  return { number: 34.2, says: 'A third of the plant’s controllers can be reached from where they need not be.', derivation: [term('office', 'line-1', 0.9, 14.1, 'nothing is stopped there yet'), term('scada', 'line-2', 0.5, 9.6, 'conduit scada-2 allows everything of s7comm'), term('internet', 'dmz', 0.1, 4.4, 'conduit vendor allows tls')], next: next('office', 'line-1', 14.1, 20.1, 1), others: [next('servers', 'scada', 5.2, 14.9, 0), next('internet', 'dmz', 4.4, 10.5, 0)], enforced: !!w.policy.enforced }
}

function proposal(w) {
  const zones = w.model.zones.map((z, i) => {
    const all = w.plant.assets.filter((a) => a.zone === z.id || (!w.model.declared && a.network === z.id))
    return { id: z.id.replace(/\W+/g, '-'), name: z.name, kind: z.kind === 'network' ? 'cell' : z.kind, level: z.level, members: [`subnet ${all[0]?.network ?? '10.0.0.0/24'}`], assets: all.slice(0, 200).map(ref), total: all.length, why: i % 2 ? 'these machines share a subnet and talk to each other more than to anybody else' : 'an office network: its machines speak office protocols only', kept: i % 3 !== 0 }
  })
  const conduits = w.model.conduits.slice(0, 9).map((c, i) => ({ id: c.id, name: c.name, from: c.from, to: c.to, allow: c.protocols.map((p) => `${p} (read)`), reason: c.reason, conversations: 12 + i, clients: 2, servers: 3, last: before(60 * i), forbids: ['s7comm program and mode: nobody asked for them in 15 days', 'every other protocol, in both directions'], open: i % 4 === 3 ? ['tls to the internet is everything: what is in it nobody sees'] : [], link: `/boundary?from=${c.from}&to=${c.to}`, kept: i % 2 === 0 }))
  const wrong = w.plant.conversations.filter((c) => c.crossing).slice(0, 8).map((c, i) => ({ rule: i ? 'crossing' : 'control', client: c.client, server: c.server, from_zone: 'office', to_zone: 'line-1', protocol: c.protocol, transport: c.transport, port: c.port, kinds: i ? [] : ['write'], conversations: 1, count: c.flows, first: c.first, last: c.last, why: i ? 'office and plant talk directly; what is needed goes through the DMZ' : 'an office computer writes to a controller', link: `/boundary?from=office&to=line-1` }))
  const text = textOf(w)
  return { site: 'main', version: w.words.at(-1)?.version ?? 0, zones, conduits, wrong, changes: [], notes: zones.length ? ['The press vendor’s way in has no owner in operations: name one.'] : [], text }
}

/** The plant.yaml that the proposal would make: what is there, and the conduits that are new. */
function textOf(w) {
  const base = w.words.at(-1)?.text ?? 'site: main\nname: Main\nzones:\nconduits:\n'
  return base.replace(/\nboundary:[^]*$/, '').trimEnd() + '\n  - id: office-reports\n    from: office\n    to: dmz\n    allow: [ { protocol: tls } ]\n    reason: The office plans by what the lines made.\n    stage: shadow\n' + (/\nboundary:[^]*$/.exec(base)?.[0] ?? '')
}

function proofs(w) {
  const p = w.policy
  if (!w.plant.assets.length) return { revision: 0, proofs: [] }
  const stray = w.plant.conversations.find((c) => c.crossing)
  return {
    revision: p.enforced?.n ?? 0,
    proofs: [
      { kind: 'readback', status: 'proven', at: p.proved, says: 'What box-1 holds equals revision 2, packet for packet.', evidence: [{ text: 'SHA-256 ' + hash(2).slice(0, 24) + '… read back', link: '/boundary/revisions?n=2' }] },
      { kind: 'contradiction', status: 'contradicted', at: before(1200), says: '1 conversation passed that the wall stops: there is a way around it.', evidence: [{ text: `${stray?.client.label} → ${stray?.server.label}: MAC 00:1b:1b:00:00:04 at switch SW-3012, port 7, and 00:1b:1b:00:00:5a at port 12`, link: stray ? `/assets/${stray.client.id}` : '' }] },
      { kind: 'canary', status: 'stale', at: p.probed ?? before(86400 * 3), says: 'The probe was counted and did not arrive, three days ago.', evidence: [{ text: 'sent 10.20.0.2 → 10.30.0.250 tcp 9, counter +1, nothing arrived', link: '' }] },
      { kind: 'unused', status: 'unknown', at: null, says: 'Nobody can say before 30 days are recorded; there are 15.', evidence: [] },
    ],
  }
}

const configuration = (brand, n) => ({ fortigate: `config firewall policy\n    edit 1\n        set name "office-reports"\n        set srcintf "office"\n        set dstintf "dmz"\n        set srcaddr "zone-office"\n        set dstaddr "zone-dmz"\n        set service "tcp-443"\n        set action accept\n        set logtraffic all\n        set comments "revision ${n}"\n    next\nend\n`, mikrotik: `/ip firewall filter\nadd chain=forward action=accept src-address-list=zone-office dst-address-list=zone-dmz protocol=tcp dst-port=443 comment="office-reports"\nadd chain=forward action=drop comment="revision ${n}"\n` })[brand] ?? `! revision ${n}\n`

function compare(b) {
  const unknown = b.text.split('\n').map((text, i) => ({ line: i + 1, text, why: 'a route map, which decides elsewhere', harmless: /^(!|hostname)/.test(text) })).filter((l) => /route-map|hostname/.test(l.text))
  const deciding = unknown.filter((l) => !l.harmless).length
  const equal = /revision/.test(b.text)
  const verdict = deciding ? 'unknown' : equal ? 'equal' : 'differs'
  return { verdict, revision: b.revision ?? 2, rules: [{ name: 'office-reports', conduit: 'office-reports', allow: true, from: ['10.10.0.0/16'], to: ['10.15.0.0/24'], matches: ['tcp 443'], line: 2 }], rules_all: 1, unknown, difference: verdict === 'equal' ? [] : [difference(true, 'office', 'line-1')], findings: verdict === 'equal' ? [] : ['rule any-any in line 9 allows everything and is above the rest'], says: { equal: 'It lets through exactly what the revision allows.', differs: 'It lets through more than the revision allows.', unknown: `${deciding} line was not understood: what it lets through is not known.` }[verdict] }
}

function preview(w, b) {
  const rows = blocked(w).concat(judgedRows(w, b)).slice(0, 6)
  const touched = lines(w, rows).filter((l) => l.line)
  const me = people[w.account.now.account.name]
  return { stops: rows, lines: touched, addrs: b.asset ? (w.plant.assets.find((a) => a.id === b.asset)?.ips ?? []) : [], pairs: b.pair ? [b.pair] : b.island ? [['office', 'scada'], ['servers', 'scada']] : [], needs: touched.length > 0, you: me?.side === 'operations', rehearsed: b.island ? (w.policy.rehearsed ?? null) : null, says: `${rows.reduce((n, r) => n + r.conversations, 0)} recorded conversations would stop${touched.length ? `, on ${touched.map((l) => l.name || l.line).join(' and ')}` : ''}.`, unenforced: b.asset ? 'What it says within its own zone does not cross the boundary and goes on.' : '' }
}

/** Conversations that pass now and that a containment would stop. */
function judgedRows(w, b) {
  const mine = judged(w).filter((t) => t.state === 'covered' && (b.asset ? t.client.id === b.asset || t.server.id === b.asset : b.conduit ? t.conduit === b.conduit : b.pair ? b.pair.includes(t.from_zone) && b.pair.includes(t.to_zone) : t.from_zone === 'office')).slice(0, 4)
  return mine.map((t, i) => ({ key: `c${i}`, clients: [t.client], servers: [t.server], client_count: 1, server_count: 1, from_zone: t.from_zone, to_zone: t.to_zone, protocol: t.protocol, transport: t.transport, port: t.port, kinds: t.kinds, conversations: 1, count: t.flows, first: t.first, last: t.last, days: 6, line: w.plant.assets.find((a) => a.id === t.server.id)?.line ?? '', cost_per_hour: 2200, cost_restart: 0, conduit: t.conduit, stage: 'shadow', answered: t.answered, why: t.why, link: '', mark: null }))
}

function contain(w, b) {
  const p = preview(w, b)
  const asset = w.plant.assets.find((a) => a.id === b.asset)
  const me = w.account.now.account.name
  const given = b.consent && p.you ? { person: me, name: people[me].name, account: me, at: later(0) } : null
  const c = { id: `k${w.policy.containments.length + 1}`, state: p.needs && !given ? 'waiting' : 'active', asset: asset ? ref(asset) : null, addrs: p.addrs, conduit: b.conduit ?? '', pair: b.pair ?? [], island: b.island ?? false, until: b.until, reason: b.reason, by: me, at: later(0), lines: p.lines.map((l) => l.line), consent: given, needs: p.needs, you: p.you, ended: null, ended_by: '', enforced: !p.needs || !!given, says: '' }
  w.policy.containments.unshift(c)
  return c
}

/** Answers the routes below /policy. */
export function handle(w, [, part, id, act], method, query, read, { json, problem, text }, check) {
  const p = w.policy
  settle(w)
  const post = method === 'POST'
  const applied = () => json({ ...(p.trial ? { state: 'pending', n: p.trial.n, by: p.trial.by, at: p.trial.at, until: p.trial.until, ended: null, ended_by: '', forced: p.trial.forced, reason: p.trial.reason, says: 'It is on trial.' } : p.applied), confirmed: !!p.trial?.confirmed, hash: hash(p.trial?.n ?? p.applied.n), seen: p.trial ? critical(w, p.trial.at) : [], now: later(0) })
  if (!part) return json(standing(w))
  if (part === 'proposal') return json(proposal(w))
  if (part === 'simulate') return read((b) => json(simulation(w, b, b.text ? check(b.text) : [])))
  if (part === 'marks') return read((b) => (b.says === 'none' ? p.marks.delete(b.row) : p.marks.set(b.row, { row: b.row, says: b.says, until: b.until ?? null, by: w.account.now.account.name, at: later(0), reason: b.reason }), json({ row: b.row, says: b.says === 'none' ? 'fix' : b.says, until: b.until ?? null, by: w.account.now.account.name, at: later(0), reason: b.reason })))
  if (part === 'flatness') return json(flatness(w))
  if (part === 'coverage') return json(coverage())
  if (part === 'proofs') return json(proofs(w))
  if (part === 'prove') return (p.proved = p.probed = later(0)), json(proofs(w))
  if (part === 'grants') return json(list([{ id: 'g1', src: '10.20.0.5', dst: '10.30.1.7', proto: 6, port: 102, until: later(3600), why: 'Service of the press', approved: ['anna', 'bernd'] }]))
  if (part === 'export' && query.get('brand') === 'asa') return problem(409, 'Conflict', 'It cannot be exported for Cisco ASA 9: conduit "scada-1": it holds s7comm to certain operations, and this device filters by address and port only.')
  if (part === 'export') return text(configuration(query.get('brand'), query.get('revision')), 'text/plain', 'main.conf')
  if (part === 'import') return read((b) => json(compare(b)))
  if (part === 'apply') return applied()
  if (part === 'confirm') return p.trial ? ((p.trial.confirmed = w.account.now.account.name), settle(w), applied()) : problem(409, 'Conflict', 'Nothing is on trial.')
  if (part === 'rollback')
    return read((b) => {
      if (!p.trial) return problem(409, 'Conflict', 'Nothing is on trial.')
      p.applied = { state: 'rolled-back', n: p.trial.n, by: p.trial.by, at: p.trial.at, until: null, ended: later(0), ended_by: w.account.now.account.name, forced: p.trial.forced, reason: p.trial.reason, says: `Taken back: ${b.reason}. What was before holds again.` }
      p.trial = undefined
      applied()
    })
  if (part === 'revisions') return revisions(w, id, act, post, read, { json, problem }, applied, check)
  if (part === 'containments') return containments(w, id, act, method, read, { json, problem })
  return problem(404, 'Not Found', 'The policy has no such part.')
}

function revisions(w, id, act, post, read, { json, problem }, applied, check) {
  const p = w.policy
  const r = p.revisions.find((x) => x.n === Number(id))
  if (!id && post)
    return read((b) => {
      const n = p.revisions.length + 1
      const wrong = b.text ? check(b.text) : []
      if (wrong.some((x) => x.severity === 'error')) return problem(422, 'Unprocessable Entity', 'The text has mistakes.', { problems: wrong })
      p.revisions.push(revision(n, { at: later(0), author: w.account.now.account.name, version: b.text ? 0 : (w.words.at(-1)?.version ?? 0), reason: b.reason, text: b.text ?? '', changes: ['conduit office-reports from Office to SCADA and historian is new'] }))
      json(shown(w, p.revisions.at(-1), true), 201)
    })
  if (!id) return json(list(w.plant.assets.length ? p.revisions.map((x) => shown(w, x)).reverse() : []))
  if (!r) return problem(404, 'Not Found', 'There is no such revision.')
  if (act === 'approve')
    return read((b) => {
      const me = w.account.now.account.name
      if (!needs(w, r).find((x) => x.side === b.side)?.you) return problem(403, 'Forbidden', `${me} speaks for nobody of that side.`)
      if (b.hash && b.hash !== r.hash) return problem(409, 'Conflict', 'This is another revision than the one that was shown.')
      r.approvals.push({ side: b.side, person: me, name: people[me].name, account: me, at: later(0) })
      json(shown(w, r, true))
    })
  if (act === 'apply')
    return read((b) => {
      if (!signed(r)) return problem(409, 'Conflict', 'It is not approved by both sides.')
      if (!b.force) return problem(409, 'Conflict', 'Line 1 may be touched on Saturday from 06:00 to 10:00. Outside a window it takes force and a reason.')
      p.trial = { n: r.n, by: w.account.now.account.name, at: later(0), until: later(b.confirm_within || 300), confirmed: '', forced: b.force, reason: b.reason }
      applied()
    })
  return json(shown(w, r, true))
}

function containments(w, id, act, method, read, { json, problem }) {
  const p = w.policy
  if (id === 'preview') return read((b) => (b.island && (p.rehearsed ??= later(-5)), json(preview(w, b))))
  if (!id && method === 'POST') return read((b) => json(contain(w, b), 201))
  if (!id) return json(list(p.containments))
  const c = p.containments.find((x) => x.id === id)
  if (!c) return problem(404, 'Not Found', 'There is no such containment.')
  const me = w.account.now.account.name
  if (act === 'consent') Object.assign(c, { state: 'active', enforced: true, consent: { person: me, name: people[me]?.name ?? me, account: me, at: later(0) } })
  else Object.assign(c, { state: 'ended', ended: later(0), ended_by: me })
  return json(c)
}

