import { afterEach, describe, expect, it, vi } from 'vitest'
import { Draft } from '../../src/feature/model/draft.svelte'

afterEach(() => vi.unstubAllGlobals())

/** A hub whose model somebody else can save; sent says what was put. */
function hub() {
  const h = { version: 1, text: 'a: 1\nb: 2\n', down: false, puts: [] as (string | null)[] }
  vi.stubGlobal('fetch', async (address: string, init: { method: string; headers: Record<string, string> }) => {
    if (h.down) throw new TypeError('Failed to fetch')
    if (init.method === 'PUT') h.puts.push(init.headers['If-Match'] ?? null)
    const model = { site: 'main', version: h.version, text: h.text, author: 'bernd', problems: [] }
    const body = address.includes('/model/check') ? { problems: [], changes: [], effect: null } : address.includes('/difference') ? { from: 1, to: 2, changes: [], diff: '' } : model
    return new Response(JSON.stringify(body), { status: 200 })
  })
  return h
}

describe('a model that is being written', () => {
  it('is put beside what somebody else saved while one was on another page', async () => {
    const h = hub()
    const d = new Draft('main')
    await d.load(true)
    d.type('a: 1\nb: 3\n')
    Object.assign(h, { version: 2, text: 'a: 9\nb: 2\n' })
    await d.load(true)
    expect([d.text, d.theirs?.now.version, d.theirs?.merged]).toEqual(['a: 1\nb: 3\n', 2, { text: 'a: 9\nb: 3\n', clashes: [] }])
    d.follow(d.theirs!.merged.text)
    await d.save()
    expect(h.puts).toEqual(['"v2"'])
  })
  it('is what the hub has where nothing was written', async () => {
    const h = hub()
    const d = new Draft('main')
    await d.load(true)
    Object.assign(h, { version: 2, text: 'a: 9\nb: 2\n' })
    await d.load(true)
    expect([d.text, d.changed, d.theirs]).toEqual(['a: 9\nb: 2\n', false, undefined])
  })
  it('stays when the hub cannot be reached', async () => {
    const h = hub()
    const d = new Draft('main')
    await d.load(true)
    d.type('a: 5\n')
    h.down = true
    await d.load(true)
    expect([d.text, d.changed, d.base.failure?.status]).toEqual(['a: 5\n', true, 0])
  })
})
