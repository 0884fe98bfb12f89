// The hub's API over a made-up plant, and the built console beside it under
// the policy that the program sets. For tests and for working on the console:
//   node test/server/server.mjs --assets 120 --port 8470
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as account from './account.mjs'
import * as answer from './answer.mjs'
import * as curate from './curate.mjs'
import * as ledger from './ledger.mjs'
import * as model from './model.mjs'
import { before, plant } from './plant.mjs'
import * as boundary from './policy.mjs'
import { protection } from './protection.mjs'
import * as zones from './zones.mjs'

export const policy = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

const document = JSON.parse(readFileSync(new URL('../../../internal/serve/api/testdata/openapi.json', import.meta.url), 'utf8'))
const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }

/** Starts the server; its address is in url, and close ends it. */
export async function serve({ assets = 120, port = 0, ticks = true, seed = 1, role = '', declared = true } = {}) {
  const w = { plant: plant(assets, seed), sensors: answer.sensors(assets === 0), captures: [], kept: [], retention: { minute_days: 2, hour_days: 60, day_days: 3650, max_bytes: 0 }, clients: new Set(), event: 0, broken: false, hung: false, account: account.state(role), ledger: assets ? ledger.rows(340) : [], words: assets ? model.versions() : [], views: assets ? curate.views() : [], decisions: [], policy: boundary.state() }
  w.model = declared && assets ? zones.declare(w.plant) : zones.undeclared(w.plant)
  if (assets === 0) w.plant = { assets: [], conversations: [], operations: [], findings: [] }
  else w.captures.push({ id: 'c1', site: 'main', sensor: 'file monday.pcapng', sha256: '9f'.repeat(32), name: 'monday.pcapng', state: 'done', problem: '', bytes: 48_120_000, bytes_read: 48_120_000, packets: 220_145, created: before(7200), started: before(7199), ended: before(7190) })
  const server = createServer((req, res) => handle(w, req, res))
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready))
  const timer = ticks ? setInterval(() => tick(w), 1000) : undefined
  const beat = setInterval(() => w.clients.forEach((c) => c.res.write(`event: heartbeat\nid: ${w.event}\ndata: {}\n\n`)), 15_000)
  return {
    w,
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      clearInterval(timer)
      clearInterval(beat)
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}

function handle(w, req, res) {
  const url = new URL(req.url, 'http://hub')
  if (url.pathname === '/readyz') return json(res, ...readiness(w))
  if (!url.pathname.startsWith('/api/')) return file(url.pathname, res)
  // Who is signed in is known also when the rest hangs: else there is only the door.
  const door = /^\/api\/v1\/(session|signin)$/.test(url.pathname)
  if (w.hung && !door) return
  if (w.broken && !door) return problem(res, 503, 'The hub is starting', 'Its store is not open yet.')
  const wrong = refused(req.method, url)
  if (wrong) return problem(res, 422, 'Unprocessable Entity', wrong)
  const path = url.pathname.slice('/api/v1'.length).split('/').slice(1).map(decodeURIComponent)
  if (people(w, path, url.searchParams, req, res)) return
  if (path[0] === 'events') return events(w, url, req, res)
  if (path[0] === 'captures') return captures(w, path, url, req, res)
  if (path[0] === 'packets' && !path[1]) return packets(res, url)
  if (path[0] === 'history' && req.method === 'PUT') return body(req, (b) => json(res, (w.retention = JSON.parse(b))))
  const value = route(w, path, url.searchParams)
  if (value?.redirect) return res.writeHead(307, { Location: value.redirect }).end()
  return value === undefined ? problem(res, 404, 'Not found', `There is nothing at ${url.pathname}.`) : json(res, value)
}

/** What the hub says of itself; broken it lacks its store. */
function readiness(w) {
  const store = { name: 'store', ok: !w.broken, problem: w.broken ? 'The database does not answer or cannot be written.' : '' }
  return [{ status: store.ok ? 'ok' : 'not ready', checks: [store] }, store.ok ? 200 : 503]
}

/** Answers what is about people: accounts, the ledger, the plant's words, decisions and views. */
function people(w, path, query, req, res) {
  const read = (done) => body(req, (b) => done(b.length ? JSON.parse(b) : {}))
  const reply = { json: (v, status, headers) => json(res, v, status, headers), problem: (status, title, detail, more, headers) => problem(res, status, title, detail, more, headers), text: (t, type, name) => res.writeHead(200, { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` }).end(t), match: req.headers['if-match'] }
  if (account.handle(w, path, req.method, read, reply)) return true
  if (path[0] === 'ledger') return (reply.json(path[1] ? ledger.checkpoint(w) : ledger.list(w, query)), true)
  if (path[0] === 'model') return (model.handle(w, path, req.method, query, read, reply), true)
  if (path[0] === 'policy') return (boundary.handle(w, path, req.method, query, read, reply, model.problems), true)
  return curate.handle(w, path, req.method, query, read, reply)
}

/** What the hub would refuse in a query: names and values that its document lacks. */
function refused(method, url) {
  const path = Object.keys(document.paths).find((p) => new RegExp('^' + p.replace(/\{\w+\}/g, '[^/]+') + '$').test(url.pathname) && !(p.includes('{') && document.paths[url.pathname]))
  const known = document.paths[path]?.[method.toLowerCase()]?.parameters ?? []
  for (const [name, value] of url.searchParams) {
    const p = known.find((k) => k.name === name && k.in === 'query')
    if (!p) return `unexpected query parameter ${name}`
    if (p.schema.enum && !p.schema.enum.includes(value)) return `${name} can not be ${value}`
    if (p.schema.maximum !== undefined && Number(value) > p.schema.maximum) return `${name} is too large`
  }
  return ''
}

function route(w, [name, id, part], query) {
  switch (name) {
    case 'overview':
      return answer.overview(w)
    case 'answer':
      return protection(w)
    case 'map':
      return id === 'difference' ? zones.difference(w, query, answer.boxes(w)) : answer.map(w)
    case 'boundary':
      return id === 'conversations' ? answer.boundaryTalks(w, query) : zones.boundary(w)
    case 'assets':
      return id === undefined ? answer.assets(w, query) : id === 'facets' ? answer.facets(w, query) : one(w, id, part, query)
    case 'operations':
      return answer.operations(w, query)
    case 'conversations':
      return answer.conversations(w, query)
    case 'findings':
      return id === undefined ? answer.findings(w, query) : w.plant.findings.find((f) => f.id === id)
    case 'sensors':
      return id === undefined ? { items: w.sensors, total: w.sensors.length, more: false } : undefined
    case 'certificate':
      return { mode: 'own', names: ['bulkhead.plant.example', 'localhost'], issuer: 'Bulkhead authority of main', until: new Date(Date.now() + 300 * 86400e3).toISOString(), fingerprint: '4A:91:0C:'.repeat(10) + '7F:22', authority_fingerprint: '9B:03:EE:'.repeat(10) + '51:C8', problem: '' }
    case 'history':
      return answer.history(w)
  }
  return undefined
}

function one(w, id, part, query) {
  const former = w.plant.assets.find((a) => a.aliases.includes(id))
  if (former) return { redirect: `/api/v1/assets/${former.id}${part ? '/' + part : ''}` }
  const a = w.plant.assets.find((x) => x.id === id)
  if (!a) return undefined
  if (part === 'peers') return answer.peers(w, id, query)
  if (part === 'operations') return answer.operations(w, query, id)
  const endpoints = a.macs.length ? a.macs.flatMap((mac) => a.ips.map((ip) => ({ mac, ip, vlan: a.vlans[0] ?? 0 }))) : a.ips.map((ip) => ({ mac: '', ip, vlan: 0 }))
  return { ...a, endpoints, placed_by: { zone: a.zone ? `subnet ${a.network}` : '', line: a.line ? `subnet ${a.network}` : '' }, words: undefined }
}

function captures(w, [, id], url, req, res) {
  if (req.method === 'POST') {
    const job = { site: 'main', sensor: `file ${url.searchParams.get('name')}`, sha256: '', id: `c${w.captures.length + 1}`, name: url.searchParams.get('name') ?? 'capture', state: 'queued', problem: '', bytes: 0, bytes_read: 0, packets: 0, created: new Date().toISOString(), started: null, ended: null }
    return body(req, (b) => {
      job.bytes = b.length
      w.captures.unshift(job)
      send(w, 'captures', 'put', job.id, job)
      json(res, job, 202)
    })
  }
  const job = w.captures.find((c) => c.id === id)
  if (id && !job) return problem(res, 404, 'Not found', 'No such capture.')
  if (req.method === 'DELETE') {
    Object.assign(job, { state: 'cancelled', ended: new Date().toISOString() })
    send(w, 'captures', 'put', job.id, job)
    return json(res, job)
  }
  return json(res, job ?? { items: w.captures, total: w.captures.length, more: false })
}

function packets(res, url) {
  res.writeHead(200, { 'Content-Type': 'application/vnd.tcpdump.pcap', 'Content-Disposition': `attachment; filename="packet-${url.searchParams.get('number')}.pcapng"` })
  res.end(Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex'))
}

function events(w, url, req, res) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  const topics = (url.searchParams.get('topics') ?? '').split(',')
  const client = { topics, res }
  w.clients.add(client)
  if (req.headers['last-event-id']) res.write(`id: ${w.event}\nevent: resume\ndata: {}\n\n`)
  else for (const topic of topics) res.write(`id: ${w.event}\nevent: state\ndata: ${JSON.stringify({ topic, value: topic === 'assets' ? { total: w.plant.assets.length } : topic === 'overview' ? answer.overview(w) : topic === 'sensors' || topic === 'captures' ? { items: w[topic] } : answer.findings(w, new URLSearchParams()) })}\n\n`)
  req.on('close', () => w.clients.delete(client))
}

/** Tells every page that asked for the topic. */
export function send(w, topic, op, id, value) {
  w.event++
  for (const c of w.clients) if (c.topics.includes(topic)) c.res.write(`id: ${w.event}\nevent: change\ndata: ${JSON.stringify({ topic, op, id, value })}\n\n`)
}

/** A second of the plant's life: rates, a few assets seen anew, imports going on. */
function tick(w) {
  const now = new Date().toISOString()
  for (const s of w.sensors.filter((x) => x.ok)) {
    Object.assign(s, { packets: s.packets + 800, packets_per_second: 780 + 90 * Math.sin(w.event / 5), bytes_per_second: 170_000 + 30_000 * Math.sin(w.event / 5), heard: now, seen: now, sequence: s.sequence + 1 })
    send(w, 'sensors', 'put', s.name, s)
  }
  for (let i = 0; i < Math.min(5, w.plant.assets.length); i++) {
    const a = w.plant.assets[(w.event * 7 + i * 13) % w.plant.assets.length]
    send(w, 'assets', 'put', a.id, answer.row(a))
  }
  for (const c of w.captures.filter((x) => x.state === 'queued' || x.state === 'reading')) {
    const read = Math.min(c.bytes, c.bytes_read + Math.ceil(c.bytes / 4))
    Object.assign(c, { state: read === c.bytes ? 'done' : 'reading', bytes_read: read, packets: Math.floor(read / 200), started: c.started ?? now, ended: read === c.bytes ? now : null })
    send(w, 'captures', 'put', c.id, c)
  }
}

function body(req, done) {
  const parts = []
  req.on('data', (p) => parts.push(p))
  req.on('end', () => done(Buffer.concat(parts)))
}

function json(res, value, status = 200, headers = {}) {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value))
}

function problem(res, status, title, detail, more = {}, headers = {}) {
  res.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers }).end(JSON.stringify({ type: 'about:blank', title, detail, status, ...more }))
}

function file(path, res) {
  let name = join(dist, normalize(path))
  if (!existsSync(name) || statSync(name).isDirectory()) name = join(dist, 'index.html')
  if (!existsSync(name)) return problem(res, 404, 'The console is not built', 'npm run build')
  res.writeHead(200, { 'Content-Type': types[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' })
  createReadStream(name).pipe(res)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const arg = (name, other) => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] && process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : other)
  const s = await serve({ assets: arg('assets', 120), port: arg('port', 8470), declared: !process.argv.includes('--undeclared') })
  console.log(`a made-up plant at ${s.url}`)
}
