import { get } from '../../api/client'
import type { PlantModel } from '../../api/model'
import { Load } from '../../lib/load.svelte'
import { session } from '../../lib/session.svelte'
import { zoneName } from './wall'

/** What a site's people call things: zones, lines, conduits, their currency. */
export class Names {
  load = new Load<PlantModel>()
  #asked = false

  constructor(readonly site: string) {}

  get model() {
    return this.load.data?.model
  }

  get currency(): string {
    return this.model?.currency ?? ''
  }

  zone(id: string): string {
    return zoneName(this.model?.zones ?? [], id)
  }

  line(id: string): string {
    return this.model?.lines.find((l) => l.id === id)?.name || id
  }

  conduit(id: string): string {
    return this.model?.conduits.find((c) => c.id === id)?.name || id
  }

  /** Asks once, or again. */
  ask(again = false) {
    if (this.#asked && !again) return
    this.#asked = true
    void this.load.run((signal) => get('/model', { query: { site: this.site }, signal }))
  }
}

const all = new Map<string, Names>()

/** The names of a site, asked for when they are first wanted. */
export function names(site: string): Names {
  const key = `${session.now?.account.id} ${site}`
  if (!all.has(key)) all.set(key, new Names(site))
  const n = all.get(key)!
  queueMicrotask(() => n.ask())
  return n
}
