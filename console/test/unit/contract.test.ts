// @vitest-environment node
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../server/server.mjs'

/*
 * The test server answers as the hub's OpenAPI document says. Without this the
 * other tests could pass against an API that does not exist.
 */
interface Schema {
  $ref?: string
  type?: string | string[]
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  enum?: unknown[]
  anyOf?: Schema[]
}
const document = JSON.parse(readFileSync('../internal/serve/api/testdata/openapi.json', 'utf8'))
const resolve = (s: Schema): Schema => (s.$ref ? resolve(document.components.schemas[s.$ref.split('/').pop()!]) : s)

/** What of a value is not as its schema says. */
function problems(value: unknown, schema: Schema, at: string): string[] {
  const s = resolve(schema)
  // One of several: what the nearest of them says is wrong, if none fits.
  if (s.anyOf) return s.anyOf.map((o) => problems(value, o, at)).sort((a, b) => a.length - b.length)[0]!
  const types = [s.type ?? []].flat()
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value
  if (types.length && !types.includes(type) && !(type === 'integer' && types.includes('number'))) return [`${at} is ${type}, not ${types}`]
  if (s.enum && value !== null && !s.enum.includes(value)) return [`${at} is ${value}`]
  if (type === 'array') return (value as unknown[]).slice(0, 20).flatMap((v, i) => problems(v, s.items ?? {}, `${at}[${i}]`))
  if (type !== 'object') return []
  const o = value as Record<string, unknown>
  const missing = (s.required ?? []).filter((k) => !(k in o) && k !== '$schema').map((k) => `${at}.${k} is missing`)
  const strange = s.properties ? Object.keys(o).filter((k) => !(k in s.properties!)).map((k) => `${at}.${k} is not in the document`) : []
  return [...missing, ...strange, ...Object.entries(s.properties ?? {}).flatMap(([k, p]) => (k in o ? problems(o[k], p, `${at}.${k}`) : []))]
}

let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve({ assets: 120, ticks: false })
  names['/findings/{id}'] = server.w.plant.findings[0].id
  names['/assets/{id}/operations'] = server.w.plant.operations[0].responder.id
  // A decision, taken back so that the plant is as it was.
  const { items } = await (await fetch(server.url + '/api/v1/assets?limit=2')).json()
  const body = JSON.stringify({ assets: items.map((a: { id: string }) => a.id), reason: 'two cards' })
  const { id } = await (await fetch(server.url + '/api/v1/assets/merge', { method: 'POST', body })).json()
  await fetch(server.url + '/api/v1/decisions/' + id, { method: 'DELETE' })
  // And something that is contained.
  await fetch(server.url + '/api/v1/policy/containments', { method: 'POST', body: JSON.stringify({ conduit: 'mirror', until: new Date(Date.now() + 3600e3).toISOString(), reason: 'drill' }) })
})
afterAll(() => server.close())

interface Route {
  path: string
  at: string
  schema: Schema
}

/** Names in paths, and queries without which a route has no answer. */
const names: Record<string, string> = { '/assets/{id}': 'a00014', '/assets/{id}/peers': 'a00014', '/captures/{id}': 'c1', '/findings/{id}': '', '/model/versions/{n}': '1', '/policy/revisions/{n}': '2' }
const queries: Record<string, string> = { '/map/difference': 'from=2026-11-20&to=2026-11-27', '/model/difference': 'from=1&to=2', '/assets': 'side=ot&sort=-last_seen&limit=50', '/conversations': 'crossing=true', '/operations': 'kind=write', '/boundary/conversations': 'limit=20' }

/** Routes that answer JSON and that the console never asks for: the test server has none of them. */
const absent = ['/packets/kept', '/sensors/{name}', '/settings', '/traffic']

/** Everything that can be asked for, of the document. */
const routes: Route[] = Object.entries(document.paths as Record<string, { get?: { responses: Record<string, { content?: Record<string, { schema: Schema }> }> } }>).flatMap(([at, methods]) => {
  const schema = methods.get?.responses['200']?.content?.['application/json']?.schema
  if (!schema || !(at.startsWith('/api/v1/') || at === '/readyz')) return []
  return [{ path: at.replace('/api/v1', ''), at, schema }]
})

/** A route's address; a name is known when it is asked for. */
const address = ({ path, at }: Route) => server.url + at.replace(/\{\w+\}/, () => encodeURIComponent(names[path] ?? '')) + (queries[path] ? '?' + queries[path] : '')

describe('the test server', () => {
  it.each(routes.filter((r) => !absent.includes(r.path)))('answers $path as the document says', async (route) => {
    const { path, schema } = route
    const r = await fetch(address(route))
    expect(r.status).toBe(200)
    const answer = await r.json()
    expect(problems(answer, schema, path)).toEqual([])
    // An empty list would say nothing about its rows.
    if (Array.isArray(answer.items)) expect(answer.items.length).toBeGreaterThan(0)
  })
  /** What is done to a boundary, in the order of its life. */
  const acts: [path: string, body: unknown, status?: number][] = [
    ['/model/check', { site: 'main', text: 'site: main\nzones:\n  - { id: a, name: A, kind: cell }\n', edits: [{ op: 'add', path: 'zones[a].members', value: { asset: 'a00014' } }], whole: true }],
    ['/policy/simulate', {}],
    ['/policy/marks', { row: 'office line-1 modbus 502', says: 'accept', reason: 'old' }],
    ['/policy/revisions', { reason: 'drill' }],
    ['/policy/revisions/{n}/approve', { side: 'it' }],
    ['/policy/prove', undefined],
    ['/policy/import', { brand: 'ios', text: 'route-map x\nhostname y\n' }],
    ['/policy/containments/preview', { island: true }],
  ]
  it.each(acts)('answers what is done at %s as the document says', async (path, body) => {
    const at = `/api/v1${path}`
    const r = await fetch(server.url + at.replace('{n}', '3'), { method: 'POST', body: body ? JSON.stringify(body) : undefined })
    const schema = document.paths[at].post.responses[r.status].content['application/json'].schema
    expect(problems(await r.json(), schema, path)).toEqual([])
  })
  it('puts a revision into force on trial, and back', async () => {
    const post = async (path: string, body?: unknown) => {
      const r = await fetch(server.url + '/api/v1/policy/' + path, { method: 'POST', body: body ? JSON.stringify(body) : undefined })
      const schema = document.paths['/api/v1/policy/apply'].get.responses['200'].content['application/json'].schema
      const answer = await r.json()
      if (r.ok) expect(problems(answer, schema, path)).toEqual([])
      return [r.status, answer.state]
    }
    expect(await post('revisions/2/apply', {})).toEqual([409, undefined])
    expect(await post('revisions/2/apply', { force: true, reason: 'drill', confirm_within: 60 })).toEqual([200, 'pending'])
    const state = await (await fetch(server.url + '/api/v1/policy')).json()
    expect(problems(state, document.paths['/api/v1/policy'].get.responses['200'].content['application/json'].schema, '/policy')).toEqual([])
    expect(state.pending.n).toBe(2)
    expect(await post('rollback', { reason: 'drill' })).toEqual([200, 'rolled-back'])
  })
  it.each(absent)('has no %s', async (path) => {
    expect((await fetch(server.url + '/api/v1' + path)).status).toBe(404)
  })
  it('refuses a query that the hub would refuse', async () => {
    expect((await fetch(server.url + '/api/v1/assets?firmware=1')).status).toBe(422)
    expect((await fetch(server.url + '/api/v1/assets?sort=firmware')).status).toBe(422)
  })
  it('pages through all, each once', async () => {
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const p = await (await fetch(`${server.url}/api/v1/assets?limit=50&sort=-vendor&cursor=${cursor}`)).json()
      seen.push(...p.items.map((a: { id: string }) => a.id))
      if (!p.next) break
      cursor = p.next
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120])
  })
})
