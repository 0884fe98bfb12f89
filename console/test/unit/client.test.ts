import { afterEach, describe, expect, it, vi } from 'vitest'
import { Failure, get, guard, ready, send, url } from '../../src/api/client'
import { Live, type Change, type Source } from '../../src/api/live.svelte'
import { fill } from '../../src/api/path'
import { Load } from '../../src/lib/load.svelte'
import { Presence } from '../../src/lib/presence'

const answer = (body: unknown, status = 200, type = 'application/json') => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'Content-Type': type } })

describe('a request', () => {
  it('leaves out what is empty and repeats what is a list', () => {
    expect(url('/assets', { q: '', side: 'ot', limit: 5, x: undefined, y: ['a', 'b'] })).toBe('/api/v1/assets?side=ot&limit=5&y=a&y=b')
    expect(fill('/assets/{id}/peers', { id: 'mac:00/1' })).toBe('/assets/mac%3A00%2F1/peers')
  })
  it('returns what is answered', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => answer({ items: [], total: 0 })))
    expect(await get('/assets', { query: { side: 'ot' } })).toEqual({ items: [], total: 0 })
    expect(fetch).toHaveBeenCalledWith('/api/v1/assets?side=ot', expect.objectContaining({ method: 'GET' }))
  })
  it.each([
    ['a problem document', answer({ title: 'Not Found', detail: 'There is no such thing here.', status: 404 }, 404, 'application/problem+json'), { title: 'Not Found', detail: 'There is no such thing here.', status: 404 }],
    ['a problem with fields', answer({ title: 'Unprocessable Entity', errors: [{ message: 'unexpected query parameter' }], status: 422 }, 422, 'application/problem+json'), { title: 'Unprocessable Entity', detail: 'unexpected query parameter', status: 422 }],
    ["a proxy's page", answer('<html>', 502, 'text/html'), { title: 'Status 502', detail: '', status: 502 }],
  ])('throws %s', async (_, response, want) => {
    vi.stubGlobal('fetch', async () => response)
    await expect(get('/overview')).rejects.toMatchObject(want)
  })
  it('says that the hub is away', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch')
    })
    await expect(get('/overview')).rejects.toMatchObject({ title: 'The hub cannot be reached', status: 0 })
  })
})

describe('who is signed in', () => {
  const before = { ...guard }
  afterEach(() => Object.assign(guard, before, { confirm: undefined }))
  const refused = () => answer({ title: 'Unauthorized', status: 401 }, 401)
  const headers = (call: number) => vi.mocked(fetch).mock.calls[call]![1]!.headers as Record<string, string>

  it('is so still when a cookie was renewed while a request was on its way', async () => {
    guard.signedOut = vi.fn()
    // The hub has renewed the session; its answer, which has the new cookie, comes last.
    let proved!: () => void
    const cookie = new Promise<void>((done) => (proved = done))
    let fresh = false
    vi.stubGlobal('fetch', async (address: string) => {
      if (address.endsWith('/session/confirm')) return cookie.then(() => ((fresh = true), answer({})))
      return fresh ? answer({ items: [] }) : refused()
    })
    const proof = send('post', '/session/confirm', { body: { password: 'x', code: '1' } })
    const asked = get('/assets')
    await new Promise((done) => setTimeout(done))
    proved()
    expect(await asked).toEqual({ items: [] })
    await proof
    expect(guard.signedOut).not.toHaveBeenCalled()
  })
  it('is nobody when the hub refuses twice', async () => {
    guard.signedOut = vi.fn()
    vi.stubGlobal('fetch', vi.fn(async () => refused()))
    await expect(get('/assets')).rejects.toMatchObject({ status: 401 })
    expect([vi.mocked(fetch).mock.calls.length, vi.mocked(guard.signedOut).mock.calls.length]).toEqual([2, 1])
  })
  it('is not asked for again when a proof was wrong', async () => {
    guard.signedOut = vi.fn()
    vi.stubGlobal('fetch', vi.fn(async () => refused()))
    await expect(send('post', '/signin/password', { body: { name: 'a', password: 'b', code: 'c' } })).rejects.toMatchObject({ status: 401 })
    await expect(send('post', '/session/confirm', { body: { password: 'b', code: 'c' } })).rejects.toMatchObject({ status: 401 })
    expect([vi.mocked(fetch).mock.calls.length, vi.mocked(guard.signedOut).mock.calls.length]).toEqual([2, 0])
  })
  it('keeps no session by what the page asks for alone', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => answer({ items: [] })))
    guard.asked = vi.fn()
    guard.present = () => false
    await get('/assets')
    expect([headers(0)['Bulkhead-Background'], vi.mocked(guard.asked).mock.calls.length]).toEqual(['1', 0])
    await send('post', '/me/totp')
    expect([headers(1)['Bulkhead-Background'], vi.mocked(guard.asked).mock.calls.length]).toEqual([undefined, 1])
    guard.present = () => true
    await get('/assets')
    expect([headers(2)['Bulkhead-Background'], vi.mocked(guard.asked).mock.calls.length]).toEqual([undefined, 2])
  })
  it('is at the page for half a minute after doing something', () => {
    let now = 1_000_000
    const p = new Presence(() => now)
    expect(p.here).toBe(true)
    now += 30_000
    expect(p.here).toBe(false)
    dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }))
    expect(p.here).toBe(true)
    now += 29_999
    expect(p.here).toBe(true)
    now += 1
    expect(p.here).toBe(false)
  })
})

describe('whether the hub is ready', () => {
  it('is said in its own words', async () => {
    vi.stubGlobal('fetch', async () => answer({ status: 'not ready', checks: [{ name: 'store', ok: false, problem: 'The database does not answer.' }, { name: 'packets', ok: true, problem: '' }] }, 503))
    expect(await ready()).toEqual({ ok: false, problems: ['The database does not answer.'] })
  })
  it('is not known where something else answers', async () => {
    vi.stubGlobal('fetch', async () => answer('<html>', 502, 'text/html'))
    await expect(ready()).rejects.toMatchObject({ status: 502 })
  })
})

describe('loading', () => {
  it('keeps what is there while a failure is shown, and loads again', async () => {
    const l = new Load<number>()
    await l.run(async () => 1)
    await l.run(async () => {
      throw new Failure('No', '', 500)
    })
    expect([l.data, l.failure?.title, l.loading]).toEqual([1, 'No', false])
    await l.run(async () => 2)
    expect([l.data, l.failure]).toEqual([2, undefined])
  })
  it('takes the newest answer, whichever comes last', async () => {
    const l = new Load<string>()
    let first!: (v: string) => void
    const slow = l.run(() => new Promise((r) => (first = r)))
    await l.run(async () => 'new')
    first('old')
    await slow
    expect(l.data).toBe('new')
  })
  it('tells the one who asked that nobody waits any more', async () => {
    const l = new Load<string>()
    let signal: AbortSignal | undefined
    void l.run((s) => new Promise(() => (signal = s)))
    l.stop()
    expect([signal?.aborted, l.loading]).toEqual([true, false])
  })
  it('is quiet for 200 ms', async () => {
    vi.useFakeTimers()
    const l = new Load<string>()
    void l.run(() => new Promise(() => {}))
    await vi.advanceTimersByTimeAsync(190)
    expect(l.slow).toBe(false)
    await vi.advanceTimersByTimeAsync(20)
    expect(l.slow).toBe(true)
    vi.useRealTimers()
  })
})

class Fake implements Source {
  static all: Fake[] = []
  onopen: ((e: Event) => void) | null = null
  onerror: ((e: Event) => void) | null = null
  readyState = 0
  closed = false
  #on = new Map<string, (e: MessageEvent<string>) => void>()
  constructor(readonly url: string) {
    Fake.all.push(this)
  }
  addEventListener(type: string, f: (e: MessageEvent<string>) => void) {
    this.#on.set(type, f)
  }
  close() {
    this.closed = true
  }
  say(type: string, data: unknown = {}) {
    this.raw(type, JSON.stringify(data))
  }
  raw(type: string, data: string) {
    this.#on.get(type)?.({ data } as MessageEvent<string>)
  }
  fail(state: number) {
    this.readyState = state
    this.onerror?.(new Event('error'))
  }
}

describe('the event stream', () => {
  afterEach(() => {
    Fake.all = []
    vi.useRealTimers()
  })
  const start = () => {
    vi.useFakeTimers()
    return new Live((u) => new Fake(u), () => 42, (f) => setTimeout(f, 100))
  }
  const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
  const watch = (topics: string[]) => ({ topics, change: vi.fn<(c: Change[]) => void>(), reset: vi.fn() })

  it('is one for all that watch, and opened anew only for other topics', async () => {
    const live = start()
    const [a, b] = [watch(['overview']), watch(['assets'])]
    const leave = [live.watch(a), live.watch(b)]
    await tick()
    expect(Fake.all.map((f) => f.url)).toEqual(['/api/v1/events?topics=assets,overview'])
    leave[1]!()
    const again = live.watch(watch(['assets']))
    await tick()
    expect(Fake.all).toHaveLength(1)
    again()
    leave[0]!()
    await tick()
    expect([Fake.all[0]!.closed, live.state]).toEqual([true, 'off'])
  })
  it('hands on changes together, to those that asked for the topic', async () => {
    const live = start()
    const [a, b] = [watch(['overview']), watch(['assets'])]
    live.watch(a)
    live.watch(b)
    await tick()
    const s = Fake.all[0]!
    s.say('state')
    for (const id of ['1', '2']) s.say('change', { topic: 'assets', op: 'put', id })
    expect(b.change).not.toHaveBeenCalled()
    await tick(100)
    expect(b.change).toHaveBeenCalledTimes(1)
    expect(b.change.mock.calls[0]![0].map((c) => c.id)).toEqual(['1', '2'])
    expect(a.change).not.toHaveBeenCalled()
  })
  it('hands on how small topics stand when it begins', async () => {
    const live = start()
    const [a, b] = [watch(['sensors', 'overview']), watch(['assets'])]
    live.watch(a)
    live.watch(b)
    await tick()
    Fake.all[0]!.say('state', { topic: 'sensors', value: { items: [{ name: 's1' }] } })
    Fake.all[0]!.say('state', { topic: 'overview', value: { crossings: 1 } })
    Fake.all[0]!.say('state', { topic: 'assets', value: { total: 3 } })
    await tick(100)
    expect(a.change.mock.calls[0]![0].map((c) => [c.topic, c.id])).toEqual([['sensors', 's1'], ['overview', 'overview']])
    expect(b.change).not.toHaveBeenCalled()
  })
  it('says since when it is not live, and lets the browser try', async () => {
    const live = start()
    live.watch(watch(['assets']))
    await tick()
    Fake.all[0]!.onopen?.(new Event('open'))
    expect(live.state).toBe('live')
    Fake.all[0]!.fail(0)
    expect([live.state, live.since]).toEqual(['lost', 42])
    await tick(60_000)
    expect(Fake.all).toHaveLength(1)
    Fake.all[0]!.say('resume')
    expect(live.state).toBe('live')
  })
  it('takes silence for a dead connection, and a heartbeat for a living one', async () => {
    const live = start()
    live.watch(watch(['assets']))
    await tick()
    Fake.all[0]!.onopen?.(new Event('open'))
    for (let i = 0; i < 4; i++) {
      await tick(30_000)
      Fake.all[0]!.say('heartbeat')
    }
    expect([live.state, Fake.all.length]).toEqual(['live', 1])
    await tick(41_000)
    expect([live.state, Fake.all.length, Fake.all[0]!.closed]).toEqual(['lost', 2, true])
  })
  it('opens anew with growing pauses where the browser gave up', async () => {
    const live = start()
    live.watch(watch(['assets']))
    await tick()
    for (let i = 0; i < 8; i++) {
      Fake.all.at(-1)!.fail(2)
      await tick(37_600)
    }
    expect(Fake.all.length).toBe(9)
    Fake.all.at(-1)!.fail(2)
    await tick(20_000)
    expect(Fake.all.length).toBe(9)
    live.retry()
    expect(Fake.all.length).toBe(10)
  })
  it('has the page load anew after an opening of our own, not after the browser\'s', async () => {
    const live = start()
    const a = watch(['assets'])
    live.watch(a)
    await tick()
    Fake.all[0]!.onopen?.(new Event('open'))
    Fake.all[0]!.fail(0)
    Fake.all[0]!.onopen?.(new Event('open'))
    expect(a.reset).not.toHaveBeenCalled()
    Fake.all[0]!.fail(2)
    await tick(2000)
    Fake.all[1]!.onopen?.(new Event('open'))
    Fake.all[1]!.say('state')
    expect([a.reset.mock.calls.length, live.state]).toEqual([1, 'live'])
  })
  it('has the page load anew when changes were missed, not the first time', async () => {
    const live = start()
    const a = watch(['assets'])
    live.watch(a)
    await tick()
    Fake.all[0]!.say('reset')
    expect(a.reset).not.toHaveBeenCalled()
    Fake.all[0]!.say('reset')
    expect(a.reset).toHaveBeenCalledTimes(1)
  })
  it('does not mind what it cannot read', async () => {
    const live = start()
    const a = watch(['assets'])
    live.watch(a)
    await tick()
    Fake.all[0]!.raw('change', '{"topic":')
    Fake.all[0]!.say('change', { topic: 'assets', op: 'put', id: 'after' })
    await tick(100)
    expect(a.change.mock.calls[0]![0].map((c) => c.id)).toEqual(['after'])
  })
})
