import { send } from '../../api/client'
import type { Simulation } from '../../api/model'
import { Load } from '../../lib/load.svelte'

/** What a text would have done to what was recorded; a newer text makes an older answer void. */
export class Trying {
  load = new Load<Simulation>()
  /** The text that the answer is of. */
  of = $state('')

  constructor(readonly site: string) {}

  /** Tries a text unless it was the last that was tried. */
  async text(text: string) {
    if (this.of === text && (this.load.data || this.load.loading) && !this.load.failure) return
    this.of = text
    await this.load.run((signal) => send('post', '/policy/simulate', { query: { site: this.site }, body: { text }, signal }))
  }

  /** Tries a revision. */
  revision(n: number) {
    void this.load.run((signal) => send('post', '/policy/simulate', { query: { site: this.site }, body: { revision: n }, signal }))
  }
}
