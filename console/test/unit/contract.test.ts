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
}
const document = JSON.parse(readFileSync('../internal/serve/api/testdata/openapi.json', 'utf8'))
const resolve = (s: Schema): Schema => (s.$ref ? resolve(document.components.schemas[s.$ref.split('/').pop()!]) : s)

/** What of a value is not as its schema says. */
function problems(value: unknown, schema: Schema, at: string): string[] {
  const s = resolve(schema)
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
})
afterAll(() => server.close())

describe('the test server', () => {
  const id = 'a00014'
  it.each([
    ['/overview', '/overview'], ['/answer', '/answer'], ['/boundary', '/boundary'], ['/boundary/conversations', '/boundary/conversations?limit=20'], ['/model', '/model'], ['/map/difference', '/map/difference?from=2026-11-20&to=2026-11-27'], ['/map', '/map'], ['/assets', '/assets?side=ot&sort=-last_seen&limit=50'], ['/assets/facets', '/assets/facets'], ['/assets/{id}', `/assets/${id}`], ['/assets/{id}/peers', `/assets/${id}/peers`], ['/assets/{id}/operations', `/assets/${id}/operations`],
    ['/conversations', '/conversations?crossing=true'], ['/operations', '/operations?kind=write'], ['/findings', '/findings'], ['/sensors', '/sensors'], ['/captures', '/captures'], ['/history', '/history'],
  ])('answers %s as the document says', async (path, address) => {
    const r = await fetch(server.url + '/api/v1' + address)
    expect(r.status).toBe(200)
    const schema = document.paths['/api/v1' + path].get.responses['200'].content['application/json'].schema
    expect(problems(await r.json(), schema, path)).toEqual([])
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
