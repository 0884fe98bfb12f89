// Accounts of the test server: who is signed in, and what they may do. It
// verifies nothing: what a passkey or a code is worth the program itself shows
// (test/browser/person.mjs).
import { before } from './plant.mjs'

const may = { viewer: ['read'], operator: ['read', 'operate'], engineer: ['read', 'operate', 'edit'], auditor: ['read', 'audit'], administrator: ['read', 'audit', 'operate', 'edit', 'administer'] }
const later = (seconds) => new Date(Date.now() + seconds * 1000).toISOString()
const png = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKAQAAAAClSfIQAAAAHElEQVR42mP4z8DwnwEI/jMwMPxnAIL/DIz/GQCcDwb6TyVNnwAAAABJRU5ErkJggg=='
const codes = () => Array.from({ length: 10 }, (_, i) => `${(41871 * (i + 3)).toString(36).padStart(5, 'k').slice(0, 5)}-${(90317 * (i + 7)).toString(36).padStart(5, 'w').slice(0, 5)}`)

/** The accounts that a plant begins with. */
export function accounts() {
  const one = (id, name, display, grants, more) => ({ id, name, display, mail: `${name}@example.com`, grants, passkeys: 1, password: false, provider: '', link: '', locked: false, created: before(86400 * 90), seen: before(3600), etag: '"1"', ...more })
  return [
    one('u1', 'anna', 'Anna Weiss', [{ site: '*', role: 'administrator' }], { passkeys: 2, password: true, seen: before(30) }),
    one('u2', 'bernd', 'Bernd Ott', [{ site: 'main', role: 'engineer' }], { locked: true }),
    one('u3', 'carla', 'Carla Diaz', [{ site: '*', role: 'auditor' }], { passkeys: 0, provider: 'Company login' }),
    one('u4', 'dieter', 'Dieter Lang', [{ site: 'main', role: 'viewer' }, { site: 'north', role: 'operator' }], { passkeys: 0, link: 'invite', seen: null }),
  ]
}

/** A session of an account. */
export function signed(a, via = 'passkey') {
  const permissions = ['self', ...new Set(a.grants.flatMap((g) => may[g.role]))]
  return { account: { id: a.id, name: a.name, display: a.display, grants: a.grants }, permissions, sites: a.grants.some((g) => g.site === '*') ? ['*'] : a.grants.map((g) => g.site), fresh_until: later(600), expires: later(12 * 3600), idle: 3600, via }
}

/** The state of accounts in a test server. */
export function state(role) {
  const list = accounts()
  if (role) list[0].grants = [{ site: '*', role }]
  return {
    list,
    now: signed(list[0]),
    confirm: false,
    oidc: [{ id: 'company', name: 'Company login' }],
    passkeys: [
      { id: 'k1', name: 'Chrome on Linux', site: 'localhost', created: before(86400 * 60), used: before(30), warning: '' },
      { id: 'k2', name: 'Security key', site: 'localhost', created: before(86400 * 58), used: before(86400 * 40), warning: '' },
    ],
    sessions: [
      { id: 's1', current: true, via: 'passkey', from: '127.0.0.1', agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36', created: before(3600), used: before(30), expires: later(39600) },
      { id: 's2', current: false, via: 'password', from: '10.10.0.31', agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1', created: before(86400), used: before(7200), expires: later(3600) },
    ],
    tokens: [{ id: 't1', name: 'CMDB export', account: 'anna', mine: true, role: 'viewer', site: '*', created: before(86400 * 20), expires: later(86400 * 120), used: before(600) }],
    recovery: 8,
  }
}

const uniform = 'The name, the password or the code is wrong.'

/** Answers routes of identity and accounts; false if the path is none of them. */
export function handle(w, [name, id, part], method, read, reply) {
  const s = w.account
  const { json, problem } = reply
  const signedIn = (a, via) => ((s.now = signed(a, via)), s.now)
  if (name === 'signin') return signin(w, id, part, method, read, reply, signedIn), true
  if (name === 'enrol') return enrol(s, id, part, read, reply, signedIn), true
  if (!s.now) return problem(401, 'Unauthorized', 'Nobody is signed in.'), true
  const fresh = () => !s.confirm || (problem(403, 'Forbidden', 'Confirm who you are.', { type: 'https://bulkhead.example/problems/confirm' }), false)
  if (name === 'session') {
    if (method === 'DELETE') return (s.now = null), json({ done: true }), true
    if (id === 'confirm' && part === 'begin') return json(options(s)), true
    if (id === 'confirm') return read((b) => (b.credential || b.code === '123456' ? ((s.confirm = false), json(signedIn(s.list[0]))) : problem(401, 'Unauthorized', uniform))), true
    return json(s.now), true
  }
  if (name === 'me') return me(s, id, part, method, read, reply, fresh), true
  if (name === 'accounts') return people(s, id, part, method, read, reply, fresh), true
  if (name === 'tokens') {
    if (method === 'POST') return read((b) => fresh() && (s.tokens.unshift({ id: `t${s.tokens.length + 1}`, account: s.now.account.name, mine: true, created: before(0), used: null, ...b }), json({ token: s.tokens[0], secret: 'bh_0123456789abcdefghijklmnopqrstuvwxyzABCDEF' }, 201))), true
    if (method === 'DELETE') return (s.tokens = s.tokens.filter((t) => t.id !== id)), json({ done: true }), true
    return json(list(s.tokens)), true
  }
  return false
}

const list = (items) => ({ items, total: items.length, more: false })
const options = (s) => ({ publicKey: { challenge: 'AAAAAAAAAAAAAAAAAAAAAA', rpId: 'localhost', allowCredentials: [], userVerification: 'preferred', timeout: 60000, s: undefined } })
const creation = (s) => ({ publicKey: { challenge: 'AAAAAAAAAAAAAAAAAAAAAA', rp: { id: 'localhost', name: 'Bulkhead' }, user: { id: 'dTE', name: s.list[0].name, displayName: s.list[0].display }, pubKeyCredParams: [{ type: 'public-key', alg: -7 }], excludeCredentials: [], authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, timeout: 60000 } })

function signin(w, id, part, method, read, { json, problem }, signedIn) {
  const s = w.account
  if (!id) return json({ setup: !s.list.length, methods: { passkey: true, password: true, oidc: s.oidc }, version: 'test' })
  if (id === 'passkey' && part === 'begin') return json(options(s))
  if (id === 'passkey') return json(signedIn(s.list[0]))
  if (id === 'password')
    return read((b) => {
      const a = s.list.find((x) => x.name === b.name)
      if (b.name === 'locked') return problem(429, 'Too Many Requests', 'Too many tries.', {}, { 'Retry-After': '45' })
      return a && b.code === '123456' ? json(signedIn(a, 'password')) : problem(401, 'Unauthorized', uniform)
    })
  if (id === 'link')
    return read(({ token }) => {
      const kind = token.split('-')[0]
      if (!['setup', 'invite', 'recover', 'enter'].includes(kind)) return problem(404, 'Not Found', 'This link was used, has expired or was replaced by a newer one. Ask for a new one.')
      const a = kind === 'setup' ? { name: '', display: '' } : s.list[kind === 'invite' ? 3 : 0]
      json({ kind, name: a.name, display: a.display, expires: later(600), session: kind === 'enter' ? signedIn(s.list[0], 'link') : null })
    })
  problem(404, 'Not Found', 'No such way to sign in.')
}

function enrol(s, id, part, read, { json, problem }, signedIn) {
  if (id === 'account') return read((b) => (b.name === 'root' ? problem(422, 'Unprocessable Entity', 'Choose another name: everybody tries root.') : json({ done: true })))
  if (id === 'passkey' && part === 'begin') return json(creation(s))
  if (id === 'passkey') return json({ session: signedIn(s.list[0]), recovery_codes: [] })
  if (id === 'password') return read((b) => (/bulkhead|password/i.test(b.password) ? problem(422, 'Unprocessable Entity', 'This password is among those that are tried first. Choose another.') : json({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Bulkhead', qr: png })))
  if (id === 'totp') return read((b) => (b.code.replace(' ', '') === '123456' ? json({ session: signedIn(s.list[0], 'password'), recovery_codes: codes() }) : problem(422, 'Unprocessable Entity', 'The code is not the one that the app shows now. Is the phone’s clock right?')))
}

function me(s, id, part, method, read, { json }, fresh) {
  const a = s.list.find((x) => x.id === s.now.account.id)
  if (!id) return json({ ...s.now.account, mail: a.mail, passkeys: s.passkeys, password: a.password, codes: a.password, recovery_codes: s.recovery })
  if (id === 'passkeys' && part === 'begin') return fresh() && json(creation(s))
  if (id === 'passkeys' && method === 'POST') return read((b) => (s.passkeys.push({ id: `k${s.passkeys.length + 1}`, name: b.name, site: 'localhost', created: before(0), used: null, warning: '' }), json(s.passkeys.at(-1))))
  if (id === 'passkeys' && method === 'DELETE') return (s.passkeys = s.passkeys.filter((k) => k.id !== part)), json({ done: true })
  if (id === 'passkeys') return json(list(s.passkeys))
  if (id === 'sessions' && method === 'DELETE') return (s.sessions = s.sessions.filter((x) => x.id !== part)), json({ done: true })
  if (id === 'sessions') return json(list(s.sessions))
  if (id === 'password') return fresh() && json({ done: true })
  if (id === 'totp' && part === 'confirm') return json({ recovery_codes: codes() })
  if (id === 'totp') return fresh() && json({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Bulkhead', qr: png })
  return fresh() && ((s.recovery = 10), json({ recovery_codes: codes() }))
}

function people(s, id, part, method, read, { json, problem, match }, fresh) {
  const a = s.list.find((x) => x.id === id)
  if (!id && method === 'GET') return json(list(s.list))
  if (!fresh()) return
  const link = (kind) => ({ kind, path: `/setup#${kind}-0123456789abcdef0123456789abcdef`, expires: later(86400 * 3) })
  if (!id) return read((b) => (s.list.push({ id: `u${s.list.length + 1}`, display: b.name, mail: '', passkeys: 0, password: false, provider: '', link: 'invite', locked: false, created: before(0), seen: null, etag: '"1"', ...b }), json({ account: s.list.at(-1), link: link('invite') }, 201)))
  if (!a) return problem(404, 'Not Found', 'There is no such account.')
  if (part === 'link') return (a.link = 'recover'), json(link(a.seen ? 'recover' : 'invite'))
  if (part === 'unlock') return (a.locked = false), json({ done: true })
  if (method === 'DELETE') return a.id === 'u1' ? problem(409, 'Conflict', 'This is the last administrator of all sites. Make another one first.') : ((s.list = s.list.filter((x) => x !== a)), json({ done: true }))
  read((b) => {
    if (match !== a.etag) return json(a, 412)
    Object.assign(a, b, { etag: `"${Number(a.etag.slice(1, -1)) + 1}"` })
    json(a)
  })
}
