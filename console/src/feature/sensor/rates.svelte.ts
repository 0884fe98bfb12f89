import type { Sensor } from '../../api/model'

const kept = 120

/**
 * The packet rates that came while the console was open, by sensor: what the
 * small lines are drawn of. The hub keeps no rates; this page remembers them.
 */
class Rates {
  #of = $state<Record<string, number[]>>({})

  add(s: Sensor) {
    if (s.packets_per_second === null) return
    const key = s.site + '/' + s.name
    this.#of[key] = [...(this.#of[key] ?? []), s.packets_per_second].slice(-kept)
  }

  of(s: Sensor): number[] {
    return this.#of[s.site + '/' + s.name] ?? []
  }
}

export const rates = new Rates()
