import { get } from '../../api/client'
import type { Change } from '../../api/live.svelte'
import type { AssetRow } from '../../api/model'
import { Load } from '../../lib/load.svelte'

const firstPage = 200
const nextPage = 1000

/** How long after a change a filtered list is asked for anew, in ms. */
const pause = 4000

/** The assets that fit, as far as they were scrolled to. */
export class AssetList {
  rows = $state.raw<AssetRow[]>([])
  total = $state(0)
  /** Assets that came since the list was loaded. */
  fresh = $state(0)
  load = new Load<true>()
  #query: Record<string, string> = {}
  #next: string | undefined
  #asking = false
  #index = new Map<string, number>()
  #newcomers = new Set<string>()
  #again: ReturnType<typeof setTimeout> | undefined

  /** Loads the list for a query from its beginning. */
  async open(query: Record<string, string>) {
    clearTimeout(this.#again)
    this.#again = undefined
    this.#query = query
    await this.load.run(async (signal) => {
      const page = await get('/assets', { query: { ...query, limit: firstPage }, signal })
      this.rows = page.items
      this.total = page.total
      this.#next = page.next
      this.#asking = false
      this.#newcomers.clear()
      this.fresh = 0
      this.#index = new Map(page.items.map((r, i) => [r.id, i]))
      return true
    })
  }

  /** Loads what comes after the rows that are there. */
  async more() {
    if (!this.#next || this.#asking || this.load.loading) return
    this.#asking = true
    const query = this.#query
    await this.load.run(async (signal) => {
      const page = await get('/assets', { query: { ...query, limit: nextPage, cursor: this.#next }, signal })
      // An asset that moved in the order while pages were asked for may come twice.
      const added = page.items.filter((r) => !this.#index.has(r.id))
      added.forEach((r, i) => this.#index.set(r.id, this.rows.length + i))
      this.rows = [...this.rows, ...added]
      this.total = page.total
      this.#next = page.next
      return true
    })
    this.#asking = false
  }

  /** Asks for nothing any more. */
  stop() {
    clearTimeout(this.#again)
    this.#again = undefined
    this.load.stop()
  }

  /** Takes what the event stream says. Rows stay where they are until loaded anew. */
  change(changes: Change[]) {
    let rows: AssetRow[] | undefined
    for (const c of changes) {
      const i = this.#index.get(c.id)
      if (i === undefined) {
        if (c.op === 'put') this.#newcomers.add(c.id)
      } else if (c.op === 'put' && c.value) (rows ??= [...this.rows])[i] = c.value as AssetRow
    }
    if (rows) this.rows = rows
    // Until all rows are here a stranger may just be further down.
    if (this.#next) return
    const filtered = Object.keys(this.#query).some((k) => k !== 'sort')
    this.fresh = filtered ? 0 : this.#newcomers.size
    // Whether a stranger fits the filter only the hub can say: ask again, not at once.
    if (filtered && this.#newcomers.size && this.rows.length <= firstPage) this.#again ??= setTimeout(() => ((this.#again = undefined), void this.open(this.#query)), pause)
  }
}
