// The plant's own words in the test server. It knows a few mistakes by their
// form; judging a text is the hub's work and is tested there.
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
  - id: office
    name: Office
    kind: enterprise
    level: 4
    members: [ { subnet: 10.10.0.0/16 } ]
  - id: operations
    name: SCADA and historian
    kind: operations
    level: 3
    members: [ { subnet: 10.20.0.0/16 } ]
  - id: line-1
    name: Mixing
    kind: cell
    level: 1
    members: [ { line: line-1 } ]

conduits:
  - id: scada-1
    from: operations
    to: line-1
    allow: [ { protocol: s7comm, verbs: [read] } ]
    reason: Operators see line 1.
    review: 2027-01-31
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

const empty = (site, name) => ({ site, name, time_zone: 'Europe/Berlin', currency: 'EUR', people: [], teams: [], owners: { it: '', operations: '' }, cost: { per_hour: 0, restart: 0, spoilage: 0, spoils_after: 0 }, lines: [], zones: [], conduits: [], windows: [] })

function values(text) {
  const m = empty('main', /^name: (.*)$/m.exec(text)?.[1] ?? '')
  for (const x of text.matchAll(/\{ id: (\w+), name: ([^,]+), side: (\w+)/g)) m.people.push({ id: x[1], name: x[2], side: x[3], mail: '', phone: '' })
  const lines = text.slice(text.indexOf('\nlines:'), text.indexOf('\nzones:'))
  for (const x of lines.split(/^ {2}- id: /m).slice(1)) m.lines.push({ id: x.split('\n')[0], name: /name: (.*)/.exec(x)?.[1] ?? '', note: '', owners: { it: '', operations: /operations: (\w+)/.exec(x)?.[1] ?? '' }, cost: { per_hour: Number(/per_hour: (\d+)/.exec(x)?.[1] ?? 0), restart: 0, spoilage: 0, spoils_after: 0 }, members: [], cells: [] })
  return m
}

/** What is wrong with a text, as far as this server knows. */
export function problems(text) {
  const out = []
  const people = new Set([...text.matchAll(/\bid: (\w+), name/g)].map((m) => m[1]))
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
  if (part === 'check')
    return read((b) => {
      const list = problems(b.text)
      const bad = list.some((p) => p.severity === 'error')
      json({ problems: list, changes: bad ? [] : changes(last?.text ?? '', b.text), effect: bad ? null : { placed: 96, unplaced: 24, moved: b.text === last?.text ? 0 : 6, covered: 41, uncovered: 12, per_zone: [{ zone: 'office', assets: 54, before: 54 }, { zone: 'operations', assets: 10, before: 10 }, { zone: 'line-1', assets: 32, before: b.text === last?.text ? 32 : 26 }] } })
    })
  if (part === 'edit')
    return read((b) => {
      let t = last?.text ?? proposal(w).text
      for (const e of b.edits) {
        const m = /^lines\[(.+?)\]\.owners\.operations$/.exec(e.path)
        if (!m) return problem(422, 'Unprocessable Entity', `This server cannot edit ${e.path}.`)
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
