import { get } from '../api/client'
import type { Overview } from '../api/model'
import { live } from '../api/live.svelte'
import { Load } from './load.svelte'
import { route } from './route.svelte'

/** What stands around every page: the counts of the plant, kept live. */
class Shell {
  overview = new Load<Overview>()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** All sites, also while the counts are those of one. */
  sites = $state.raw<string[]>([])
  /** The site that is looked at; all of them if it is empty. */
  site = $derived(route.get('site'))

  /** Loads the counts and keeps them; returns how to stop. */
  start(): () => void {
    const site = this.site
    const load = () => void this.overview.run((signal) => this.#ask(site, signal))
    load()
    const stop = live.watch({
      topics: ['overview'],
      reset: load,
      change: (changes) => {
        const value = changes.at(-1)?.value as Overview | undefined
        // What the stream tells is of all sites.
        if (value && !site) {
          this.overview.data = value
          this.sites = value.sites
        } else if (!this.#timer) this.#timer = setTimeout(() => ((this.#timer = undefined), load()), 2000)
      },
    })
    return () => {
      clearTimeout(this.#timer)
      this.#timer = undefined
      stop()
    }
  }

  async #ask(site: string, signal: AbortSignal): Promise<Overview> {
    const o = await get('/overview', { query: { site }, signal })
    if (!site) this.sites = o.sites
    else if (!this.sites.length) this.sites = (await get('/overview', { signal })).sites
    return o
  }
}

export const shell = new Shell()
