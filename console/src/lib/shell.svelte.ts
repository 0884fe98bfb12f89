import { get } from '../api/client'
import type { Overview, Protection } from '../api/model'
import { live } from '../api/live.svelte'
import { Load } from './load.svelte'
import { route } from './route.svelte'

/** After news the counts are asked for at once, the answer when it has settled. */
const soon = 2_000
const settled = 10_000

/**
 * What stands around every page, kept live: the counts of the plant, and the
 * answer, whose numbers stand in the navigation and which is the first page.
 */
class Shell {
  overview = new Load<Overview>()
  answer = new Load<Protection>()
  /** All sites, also while the counts are those of one. */
  sites = $state.raw<string[]>([])
  /** The site that is looked at; all of them if it is empty. */
  site = $derived(route.get('site'))
  #timers = new Map<number, ReturnType<typeof setTimeout>>()

  /** What needs someone, by page: the number and what it counts. */
  urgent = $derived.by((): Record<string, { n: number; what: string }> => {
    const o = this.overview.data
    const conduits = this.answer.data?.statements.find((s) => s.id === 'conduits')
    return {
      '/': { n: this.answer.data?.counts.contradicted ?? 0, what: 'statements contradicted' },
      '/boundary': { n: conduits?.status === 'contradicted' ? conduits.missing : 0, what: 'conversations without a conduit' },
      '/findings': { n: o?.findings.high ?? 0, what: 'of level high' },
      '/sensors': { n: o?.sensors.not ?? 0, what: 'with a problem' },
    }
  })

  /** Loads the counts and keeps them; returns how to stop. */
  start(): () => void {
    const site = this.site
    const counts = () => void this.overview.run((signal) => this.#ask(site, signal))
    const answer = () => void this.answer.run((signal) => get('/answer', { query: { site }, signal }))
    counts()
    answer()
    const stop = live.watch({
      topics: ['overview', 'findings', 'sensors'],
      reset: () => (counts(), answer()),
      change: (changes) => {
        const value = changes.findLast((c) => c.topic === 'overview')?.value as Overview | undefined
        // What the stream tells is of all sites.
        if (value && !site) {
          this.overview.data = value
          this.sites = value.sites
        } else this.#later(soon, counts)
        this.#later(settled, answer)
      },
    })
    return () => {
      this.#timers.forEach(clearTimeout)
      this.#timers.clear()
      stop()
    }
  }

  /** Does something after a pause, once for all that was said meanwhile. */
  #later(pause: number, f: () => void) {
    if (this.#timers.has(pause)) return
    this.#timers.set(
      pause,
      setTimeout(() => {
        this.#timers.delete(pause)
        f()
      }, pause),
    )
  }

  async #ask(site: string, signal: AbortSignal): Promise<Overview> {
    const o = await get('/overview', { query: { site }, signal })
    if (!site) this.sites = o.sites
    else if (!this.sites.length) this.sites = (await get('/overview', { signal })).sites
    return o
  }
}

export const shell = new Shell()
