import { Failure, failed, get, send } from '../../api/client'
import type { ModelCheck, ModelDifference, ModelProblem, PlantModel } from '../../api/model'
import { Load } from '../../lib/load.svelte'
import { session } from '../../lib/session.svelte'
import { merge, type Merged } from './merge'

/** How long typing rests before the text is checked, in ms. */
const rest = 350

/** What somebody else saved while this text was being written. */
export interface Theirs {
  now: PlantModel
  difference?: ModelDifference
  merged: Merged
}

/**
 * The plant model of a site as it is being written. It stays when the page is
 * left for another and is gone when the console is closed.
 */
export class Draft {
  base = new Load<PlantModel>()
  text = $state('')
  note = $state('')
  check = $state.raw<ModelCheck>()
  checking = $state(false)
  failure = $state<Failure>()
  saving = $state(false)
  saved = $state<number>()
  theirs = $state.raw<Theirs>()
  /** Text the check belongs to. */
  #checked = $state.raw('')
  #timer: ReturnType<typeof setTimeout> | undefined
  #abort: AbortController | undefined

  constructor(readonly site: string) {}

  get changed(): boolean {
    return !!this.base.data && this.text !== this.base.data.text
  }

  /** There is something to save: the text is other, or it is a proposal that nobody took yet. */
  get worth(): boolean {
    return this.changed || this.base.data?.version === 0
  }

  get problems(): ModelProblem[] {
    return this.check?.problems ?? (this.changed ? [] : (this.base.data?.problems ?? []))
  }

  get errors(): number {
    return this.problems.filter((p) => p.severity === 'error').length
  }

  /** The check is of this very text. */
  get settled(): boolean {
    return this.#checked === this.text && !this.checking
  }

  /**
   * Loads the newest version; what is being written stays. It was written of the
   * version before: one that somebody saved meanwhile is put to the person, as
   * when saving, and not taken as what they saw.
   */
  async load(edit: boolean) {
    let wrote = false
    let newer: PlantModel | undefined
    let loaded = false
    await this.base.run(async (signal) => {
      const m = await get('/model', { query: { site: this.site }, signal })
      const base = this.base.data
      loaded = true
      wrote = this.changed
      if (!base || !wrote || m.version === base.version) return m
      newer = m
      return base
    })
    if (newer) return this.#overtaken(newer)
    if (!loaded || wrote || !this.base.data) return
    this.text = this.base.data.text
    if (edit) void this.#run()
  }

  type(text: string) {
    this.text = text
    this.saved = undefined
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#run(), rest)
  }

  /** Begins anew from the newest version. */
  drop() {
    if (this.base.data) this.type(this.base.data.text)
    this.theirs = undefined
    this.failure = undefined
    this.note = ''
  }

  async save() {
    const m = this.base.data
    if (!m || this.saving) return
    this.saving = true
    this.failure = undefined
    try {
      this.#took(await send('put', '/model', { body: { site: m.site, text: this.text, note: this.note.trim() }, match: `"v${m.version}"` }))
    } catch (e) {
      const f = failed(e, 'The model was not saved')
      const b = f.body as (Partial<PlantModel> & { problems?: ModelProblem[] }) | undefined
      if (f.status === 412 && b?.text !== undefined) await this.#overtaken(b as PlantModel)
      else if (f.status === 422 && b?.problems?.length) this.check = { problems: b.problems, changes: [], effect: undefined as never }
      else this.failure = f
    }
    this.saving = false
  }

  /** Goes on with a text that is to follow what the other one saved. */
  follow(text: string) {
    const t = this.theirs
    if (!t) return
    this.base.data = t.now
    this.theirs = undefined
    this.type(text)
  }

  #took(m: PlantModel) {
    this.base.data = m
    this.text = m.text
    this.note = ''
    this.theirs = undefined
    this.saved = m.version
    void this.#run()
  }

  async #overtaken(now: PlantModel) {
    const base = this.base.data!
    this.theirs = { now, merged: merge(base.text, this.text, now.text) }
    try {
      const difference = await get('/model/difference', { query: { site: base.site, from: base.version, to: now.version } })
      if (this.theirs?.now === now) this.theirs = { ...this.theirs, difference }
    } catch {
      // Without it the choice is still there; only what they changed is not listed.
    }
  }

  async #run() {
    const m = this.base.data
    if (!m) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    const text = this.text
    this.checking = true
    try {
      const check = await send('post', '/model/check', { body: { site: m.site, text }, signal: abort.signal })
      if (abort.signal.aborted) return
      this.check = check
      this.#checked = text
      if (this.failure?.title === unchecked) this.failure = undefined
    } catch (e) {
      if (abort.signal.aborted) return
      const f = failed(e, unchecked)
      this.failure = new Failure(unchecked, f.detail || f.title, f.status)
    }
    this.checking = false
  }
}

const unchecked = 'The text could not be checked'

const drafts = new Map<string, Draft>()

/** The draft of a site by whoever is signed in: what one wrote the next at this page does not see. */
export function draft(site: string): Draft {
  const key = `${session.now?.account.id} ${site}`
  if (!drafts.has(key)) drafts.set(key, new Draft(site))
  return drafts.get(key)!
}
