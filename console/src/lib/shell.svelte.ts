import { get } from '../api/client'
import type { Overview } from '../api/model'
import { live } from '../api/live.svelte'
import { Load } from './load.svelte'

/** What stands around every page: the counts of the plant, kept live. */
class Shell {
  overview = new Load<Overview>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Loads the counts and keeps them; returns how to stop. */
  start(): () => void {
    const load = () => void this.overview.run((signal) => get('/overview', { signal }))
    load()
    const stop = live.watch({
      topics: ['overview'],
      reset: load,
      change: (changes) => {
        const value = changes.at(-1)?.value as Overview | undefined
        if (value) this.overview.data = value
        else if (!this.#timer) this.#timer = setTimeout(() => ((this.#timer = undefined), load()), 2000)
      },
    })
    return () => {
      clearTimeout(this.#timer)
      stop()
    }
  }
}

export const shell = new Shell()
