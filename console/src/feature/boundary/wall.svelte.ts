import { get, send } from '../../api/client'
import { live } from '../../api/live.svelte'
import type { Flatness, PolicyApplied, PolicyRevision, PolicyState, Stage } from '../../api/model'
import { Load } from '../../lib/load.svelte'
import { held, heldRest } from './wall'
import { session } from '../../lib/session.svelte'

/** How often the page asks how a trial goes, in ms: the one thing that is polled, and only while it runs. */
const trial = 2_000

/** After news of the plant the page asks anew, in ms. */
const settled = 15_000

/**
 * How a site's boundary stands, for the head of the page and all that must know
 * of a trial. It is one for all parts of the page.
 */
export class Wall {
  state = new Load<PolicyState>()
  flatness = new Load<Flatness>()
  applied = new Load<PolicyApplied>()
  /** The revision in force, with its policy; of another one it is void. */
  #force = new Load<PolicyRevision>()
  /** What the hub's clock is ahead of this machine's, in ms. */
  ahead = $state(0)
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly site: string) {}

  get pending(): boolean {
    return !!this.state.data?.pending
  }

  /** How far the boundary goes between two zones by what is in force; undefined while nothing is. */
  stageOf = $derived.by((): ((from: string, to: string) => Stage | undefined) | undefined => {
    const e = this.state.data?.enforced
    return e?.n && this.#force.data?.hash === e.hash ? held(this.#force.data.policy) : undefined
  })

  #rest = $derived(this.stageOf ? heldRest(this.#force.data?.policy) : undefined)

  /** What happens between most zones, by what is in force. */
  get rest(): Stage | undefined {
    return this.#rest?.rest
  }

  /** Pairs of zones that are held more strictly than the rest. */
  get strict(): number {
    return this.#rest?.strict ?? 0
  }

  /** Asks for everything; resolves when the state is there. */
  async refresh(): Promise<void> {
    void this.flatness.run((signal) => get('/policy/flatness', { query: { site: this.site }, signal }))
    await this.look()
  }

  /** Asks how it stands, and while something is on trial again soon. */
  async look(): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.all([
      this.state.run((signal) => get('/policy', { query: { site: this.site }, signal })),
      this.applied.run(async (signal) => {
        const a = await get('/policy/apply', { query: { site: this.site }, signal })
        this.ahead = Date.parse(a.now) - Date.now()
        return a
      }),
    ])
    const e = this.state.data?.enforced
    if (e?.n && this.#force.data?.hash !== e.hash) void this.#force.run((signal) => get('/policy/revisions/{n}', { names: { n: String(e.n) }, query: { site: this.site }, signal }))
    if (this.pending && this.#watched) this.#timer = setTimeout(() => void this.look(), trial)
  }

  async confirm() {
    this.took(await send('post', '/policy/confirm', { query: { site: this.site } }))
  }

  async rollback(reason: string) {
    this.took(await send('post', '/policy/rollback', { query: { site: this.site }, body: { reason } }))
  }

  /** What an act on the boundary answered; the rest is asked for. */
  took(a: PolicyApplied) {
    this.applied.data = a
    void this.look()
  }

  #watched = 0

  /** Keeps it current until the returned function is called. */
  watch(): () => void {
    this.#watched++
    void this.refresh()
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live.watch({ topics: ['overview', 'model', 'policy'], reset: () => void this.refresh(), change: (list) => (list.some((c) => c.topic === 'policy') ? void this.look() : (timer ??= setTimeout(() => ((timer = undefined), void this.refresh()), settled))) })
    return () => {
      this.#watched--
      clearTimeout(timer)
      clearTimeout(this.#timer)
      this.state.stop()
      this.flatness.stop()
      this.applied.stop()
      this.#force.stop()
      stop()
    }
  }
}

const walls = new Map<string, Wall>()

/** The boundary of a site as whoever is signed in sees it. */
export function wall(site: string): Wall {
  const key = `${session.now?.account.id} ${site}`
  if (!walls.has(key)) walls.set(key, new Wall(site))
  return walls.get(key)!
}
