// The plant's own words in the test server. It knows a few mistakes by their
// form; judging a text is the hub's work and is tested there.
import yaml from 'js-yaml'
import { before } from './plant.mjs'

export const text = `# The plant in our own words.
site: main
name: Main plant
time_zone: Europe/Berlin
currency: EUR

people:
  - { id: anna, name: Anna Weiss, side: it, mail: anna@example.com }
  - { id: bernd, name: Bernd Ott, side: operations }
  - { id: carla, name: Carla Diaz, side: operations }
owners: { it: anna }

lines:
  - id: line-1
    name: Mixing
    owners: { operations: bernd }
    cost: { per_hour: 1300 }
    members: [ { subnet: 10.30.1.0/24 } ]
  - id: line-2
    name: Filling
    cost: { per_hour: 2200 }
    members: [ { subnet: 10.30.2.0/24 } ]

zones:
  - id: internet
    name: Internet
    kind: internet
    members: [ { subnet: 198.51.0.0/16 } ]
  - id: office
    name: Office
    kind: enterprise
    level: 4
    members: [ { subnet: 10.10.0.0/16 } ]
  - id: servers
    name: Servers
    kind: enterprise
    level: 4
    members: [ { subnet: 10.10.200.0/24 } ]
  - id: dmz
    name: Historian mirror, gateway
    kind: dmz
    level: 3.5
    members: [ { subnet: 10.15.0.0/24 } ]
  - id: scada
    name: SCADA and historian
    kind: operations
    level: 3
    members: [ { subnet: 10.20.0.0/16 } ]
  - id: engineering
    name: Engineering
    kind: operations
    level: 3
    members: [ { role: engineering workstation } ]
  - id: line-1
    name: Line 1 · Mixing
    kind: cell
    level: 1
    members: [ { line: line-1 } ]
  - id: line-2
    name: Line 2 · Filling
    kind: cell
    level: 1
    members: [ { line: line-2 } ]
  - id: line-3
    name: Line 3 · Packing
    kind: cell
    level: 1
    members: [ { subnet: 10.30.3.0/24 } ]

conduits:
  - id: mirror
    name: Historian mirror
    from: scada
    to: dmz
    allow: [ { protocol: opcua, verbs: [read] } ]
    reason: The historian is mirrored to where the office may read it.
    owners: { it: anna, operations: bernd }
  - id: scada-1
    from: scada
    to: line-1
    allow: [ { protocol: s7comm, verbs: [read] } ]
    reason: Operators see line 1.
    stage: enforce
    review: 2027-01-31
  - id: engineering-1
    from: engineering
    to: line-1
    allow: [ { protocol: s7comm, verbs: [read, program] } ]
    reason: Programs of line 1 are changed from here, in windows.
    owners: { it: anna, operations: carla }
  - id: vendor
    name: Press vendor
    from: internet
    to: dmz
    allow: [ { protocol: tls, transport: tcp, port: 443 } ]
    reason: The press vendor looks after its machine.
    review: 2026-12-31
boundary:
  stage: shadow
`

/** The versions that a plant begins with. */
export function versions() {
  const first = text.replace('  - { id: carla, name: Carla Diaz, side: operations }\n', '').replace('2200', '1800')
  return [
    { version: 1, text: first, author: 'anna', at: before(86400 * 30), note: 'First words' },
    { version: 2, text: first.replace('1800', '2200'), author: 'bernd', at: before(86400 * 9), note: 'A stop of the filler costs more since the new contract' },
    { version: 3, text, author: 'anna', at: before(86400 * 3), note: 'Carla joins' },
  ]
}

/** A text as what it says; undefined while it is no YAML. */
export function parsed(text) {
  try {
    return yaml.load(text, { schema: yaml.CORE_SCHEMA })
  } catch {
    return undefined
  }
}

const owners = (o) => ({ it: o?.it ?? '', operations: o?.operations ?? '' })
const cost = (c) => ({ per_hour: 0, restart: 0, spoilage: 0, spoils_after: 0, ...c })
const services = (l) => (l ?? []).map((s) => ({ ...s, ...(s.port !== undefined ? { port: String(s.port) } : {}) }))

/** A text as the hub's model. */
function values(text) {
  const d = parsed(text) ?? {}
  return {
    site: 'main',
    name: d.name ?? '',
    time_zone: d.time_zone ?? 'Europe/Berlin',
    currency: d.currency ?? 'EUR',
    people: (d.people ?? []).map((p) => ({ mail: '', phone: '', ...p })),
    teams: [],
    owners: owners(d.owners),
    cost: cost(),
    lines: (d.lines ?? []).map((l) => ({ id: l.id, name: l.name ?? '', note: '', owners: owners(l.owners), cost: cost(l.cost), members: l.members ?? [], cells: [] })),
    zones: (d.zones ?? []).map((z) => ({ note: '', target: 0, level: null, ...z, name: z.name ?? '', owners: owners(z.owners), members: z.members ?? [] })),
    conduits: (d.conduits ?? []).map((c) => ({ name: '', reason: '', ...c, owners: owners(c.owners), allow: services(c.allow) })),
    boundary: d.boundary ?? {},
    windows: [],
  }
}

/** Makes edits to a text as the hub does, though without its comments; a sentence where one cannot be made. */
export function change(text, edits) {
  const d = parsed(text)
  if (!d) return { problem: 'The text is no YAML.' }
  for (const e of edits) {
    const steps = e.path.split(/\.|(?=\[)/).map((s) => s.replace(/[[\]]/g, ''))
    let at = d
    for (const s of steps.slice(0, -1)) at = Array.isArray(at) ? (at.find((x) => x.id === s) ?? at[Number(s)]) : (at[s] ??= {})
    const last = steps.at(-1)
    const index = Array.isArray(at) ? (at.findIndex((x) => x.id === last) >= 0 ? at.findIndex((x) => x.id === last) : Number(last)) : last
    if (at === undefined || (e.op === 'remove' && at[index] === undefined)) return { problem: `There is no ${e.path}.` }
    if (e.op === 'add') (at[index] ??= []).push(e.value)
    else if (e.op === 'set') at[index] = e.value
    else if (Array.isArray(at)) at.splice(index, 1)
    else delete at[index]
  }
  return { text: yaml.dump(d, { schema: yaml.CORE_SCHEMA, flowLevel: 4, lineWidth: 200 }) }
}

/** Where every asset would stand: in the zone of the made-up plant unless the text puts it somewhere by hand. */
function places(w, m) {
  const zones = new Set(m.zones.map((z) => z.id))
  const hand = new Map(m.zones.flatMap((z) => z.members.filter((x) => x.asset).map((x) => [x.asset, z.id])))
  return Object.fromEntries(w.plant.assets.map((a) => [a.id, hand.get(a.id) ?? (zones.has(a.zone) ? a.zone : '')]))
}

/** What is wrong with a text, as far as this server knows. */
export function problems(text) {
  const out = []
  const people = new Set((parsed(text)?.people ?? []).map((p) => p.id))
  const say = (line, column, length, path, message, hint, severity = 'error') => out.push({ severity, line, column, length, path, message, hint })
  text.split('\n').forEach((l, i) => {
    const tab = l.indexOf('\t')
    if (tab >= 0) say(i + 1, tab + 1, 1, '', 'A tab stands here.', 'YAML is indented with spaces.')
    for (const m of l.matchAll(/\b(per_houre|nmae|reasn)\b/g)) say(i + 1, m.index + 1, m[0].length, m[0], `There is no ${m[0]}.`, `Did you mean ${{ per_houre: 'per_hour', nmae: 'name', reasn: 'reason' }[m[0]]}?`)
    for (const m of l.matchAll(/\b(?:operations|it): (\w+)/g)) if (!people.has(m[1])) say(i + 1, m.index + m[0].length - m[1].length + 1, m[1].length, 'lines[line-2].owners', `Nobody is called ${m[1]}.`, `People are ${[...people].join(', ')}.`)
    const day = /review: (2025-\d\d-\d\d)/.exec(l)
    if (day) say(i + 1, day.index + 9, 10, 'conduits[scada-1].review', 'The review was due.', 'Look at it again and set the next day.', 'warning')
  })
  return out
}

/** How two texts differ, line by line. */
function changes(a, b) {
  const [x, y] = [a.split('\n'), b.split('\n')]
  const gone = x.filter((l) => !y.includes(l))
  const came = y.filter((l) => !x.includes(l))
  const out = []
  for (let i = 0; i < Math.max(gone.length, came.length); i++) {
    const [old, now] = [gone[i]?.trim() ?? '', came[i]?.trim() ?? '']
    out.push({ path: 'lines[line-2]', op: !old ? 'add' : !now ? 'remove' : 'change', old, new: now, says: !old ? `${now} is new` : !now ? `${old} is gone` : `${old} → ${now}` })
  }
  return out
}

function unified(a, b) {
  const [x, y] = [a.split('\n'), b.split('\n')]
  const body = []
  let i = 0
  let j = 0
  while (i < x.length || j < y.length) {
    if (x[i] === y[j]) (body.push(' ' + x[i]), i++, j++)
    else if (i < x.length && !y.includes(x[i], j)) body.push('-' + x[i++])
    else body.push('+' + y[j++])
  }
  const near = body.filter((l, k) => body.slice(Math.max(0, k - 3), k + 4).some((m) => m[0] !== ' '))
  return `--- version\n+++ version\n@@ -1,${x.length} +1,${y.length} @@\n${near.join('\n')}\n`
}

const shown = (v) => ({ site: 'main', version: v.version, text: v.text, model: values(v.text), author: v.author, at: v.at, note: v.note, problems: problems(v.text).filter((p) => p.severity === 'warning') })

function proposal(w) {
  const nets = [...new Set(w.plant.assets.filter((a) => a.kind === 'device').map((a) => a.network))]
  const t = `# Proposed from what was seen. Nothing of it holds until you save it.\nsite: main\nname: Main\n\nzones:\n${nets.map((n) => `  - { id: net-${n.replace(/\W+/g, '-')}, name: "${n}", kind: cell, members: [ { subnet: ${n} } ] }`).join('\n')}\n`
  return { site: 'main', version: 0, text: t, model: values(t), author: '', at: null, note: '', problems: [] }
}

/** What a text would do, after edits. */
function checked(w, b, last) {
  const done = b.edits?.length ? change(b.text, b.edits) : { text: b.text }
  if (done.problem) return { problems: [{ severity: 'error', line: 1, column: 1, length: 1, path: '', message: done.problem, hint: '' }], changes: [] }
  const found = problems(done.text)
  if (!parsed(done.text)) found.push({ severity: 'error', line: 1, column: 1, length: 1, path: '', message: 'This is no YAML.', hint: '' })
  const bad = found.some((p) => p.severity === 'error')
  const same = done.text === last?.text
  const model = bad ? undefined : values(done.text)
  const effect = bad ? undefined : { placed: 96, unplaced: 24, moved: same ? 0 : 6, covered: 41, uncovered: 12, per_zone: [{ zone: 'office', assets: 54, before: 54 }, { zone: 'scada', assets: 10, before: 10 }, { zone: 'line-1', assets: 32, before: same ? 32 : 26 }] }
  return { problems: found, changes: bad || same ? [] : changes(last?.text ?? '', done.text), ...(effect ? { effect } : {}), ...(b.whole ? { text: done.text, ...(model ? { model, places: places(w, model) } : {}) } : {}) }
}

/** Answers the routes below /model. */
export function handle(w, [, part, n], method, query, read, { json, problem, match }) {
  const last = w.words.at(-1)
  const tag = (v) => ({ ETag: `"v${v}"` })
  if (!part && method === 'GET') return last ? json(shown(last), 200, tag(last.version)) : json(proposal(w), 200, tag(0))
  const at = (v) => w.words.find((x) => x.version === Number(v))
  const who = w.account.now.account.name
  const save = (text, note) => {
    if (!match) return problem(428, 'Precondition Required', 'Send the entity tag of what you saw as If-Match.')
    if (match !== `"v${last?.version ?? 0}"`) return json(shown(last), 412, tag(last.version))
    const list = problems(text)
    if (list.some((p) => p.severity === 'error')) return problem(422, 'Unprocessable Entity', 'The text has mistakes.', { problems: list })
    w.words.push({ version: (last?.version ?? 0) + 1, text, author: who, at: new Date().toISOString(), note: note ?? '' })
    json(shown(w.words.at(-1)), 200, tag(w.words.at(-1).version))
  }
  if (!part) return read((b) => save(b.text, b.note))
  if (part === 'check') return read((b) => json(checked(w, b, last)))
  if (part === 'edit')
    return read((b) => {
      let t = last?.text ?? proposal(w).text
      for (const e of b.edits) {
        const m = /^lines\[(.+?)\]\.owners\.operations$/.exec(e.path)
        if (!m) {
          const done = change(t, [e])
          if (done.problem) return problem(422, 'Unprocessable Entity', done.problem)
          t = done.text
          continue
        }
        t = t.replace(new RegExp(`(- id: ${m[1]}\\n    name: .*\\n)(    owners: .*\\n)?`), `$1    owners: { operations: ${e.value} }\n`)
        w.plant.assets.filter((a) => a.line === m[1]).forEach((a) => a.owners && Object.assign(a.owners, { operations: { id: e.value, name: values(t).people.find((p) => p.id === e.value)?.name ?? e.value, from: `line ${m[1]}` } }))
      }
      save(t, b.note)
    })
  if (part === 'versions' && n) return at(n) ? json(shown(at(n))) : problem(404, 'Not Found', 'There is no such version.')
  if (part === 'versions') return json({ items: w.words.map(({ text: _, ...v }) => v).reverse(), total: w.words.length, more: false })
  if (part === 'difference') {
    const to = at(query.get('to') ?? last.version)
    const from = at(query.get('from') ?? to.version - 1)
    return json({ from: from?.version ?? 0, to: to.version, changes: changes(from?.text ?? '', to.text), diff: unified(from?.text ?? '', to.text) })
  }
  return problem(404, 'Not Found', 'No such part of the model.')
}
