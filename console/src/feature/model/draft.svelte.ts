import { Failure, failed, get, send } from '../../api/client'
import type { Model, ModelCheck, ModelDifference, ModelEdit, ModelProblem, PlantModel } from '../../api/model'
import { Load } from '../../lib/load.svelte'
import { session } from '../../lib/session.svelte'
import { merge, type Merged } from './merge'

/** How long typing rests before the text is checked, in ms. */
const rest = 350

/** How many edits can be taken back. */
const steps = 50

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
  /** Whether checks also give what the text says and where every asset would stand. */
  whole = false
  /** What the text says: of the newest text without errors. */
  model = $state.raw<Model>()
  /** In which zone each asset would stand, by identifier. */
  places = $state.raw<Record<string, string>>({})
  /** Texts before single edits, the newest last. */
  past = $state.raw<string[]>([])
  /** Text the check belongs to. */
  #checked = $state.raw('')
  #edits: Promise<unknown> = Promise.resolve()
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

  type(text: string, pause = rest) {
    this.text = text
    this.saved = undefined
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#run(), pause)
  }

  /** Puts another text in the place of this one, as one step that can be taken back. */
  replace(text: string) {
    if (text === this.text) return
    this.past = [...this.past.slice(-steps), this.text]
    this.type(text, 0)
  }

  /** Asks for the check now, with what the text says. */
  async look() {
    this.whole = true
    if (this.base.data && (!this.model || !this.settled)) await this.#run()
  }

  /**
   * Changes single places of the text as the hub does it, comments kept; one
   * edit after the other. It resolves to whether it was done.
   */
  edit(edits: ModelEdit[]): Promise<boolean> {
    const next = this.#edits.then(() => this.#edit(edits))
    this.#edits = next
    return next
  }

  /** Takes the newest edit back. */
  undo() {
    const text = this.past.at(-1)
    if (text === undefined) return
    this.past = this.past.slice(0, -1)
    this.type(text, 0)
  }

  /** Begins anew from the newest version. */
  drop() {
    if (this.base.data) this.type(this.base.data.text)
    this.theirs = undefined
    this.failure = undefined
    this.note = ''
    this.past = []
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

  async #edit(edits: ModelEdit[]): Promise<boolean> {
    const m = this.base.data
    if (!m || !edits.length) return false
    this.#abort?.abort()
    clearTimeout(this.#timer)
    const text = this.text
    this.checking = true
    this.failure = undefined
    try {
      const check = await edited(m.site, text, edits)
      // Somebody who types meanwhile goes on with what they see.
      if (this.text !== text) return false
      if (check.text === undefined) throw new Failure('It was not changed', check.problems.map((p) => p.message).join('. '), 422)
      this.past = [...this.past.slice(-steps), text]
      this.text = check.text
      this.saved = undefined
      this.#understood(check, check.text)
      return true
    } catch (e) {
      this.failure = failed(e, 'It was not changed')
      return false
    } finally {
      this.checking = false
    }
  }

  /** Takes what a check says of a text. */
  #understood(check: ModelCheck, text: string) {
    this.check = check
    this.#checked = text
    if (check.model) this.model = check.model
    if (check.places) this.places = check.places
  }

  async #run() {
    const m = this.base.data
    if (!m) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    const text = this.text
    this.checking = true
    try {
      const check = await send('post', '/model/check', { body: { site: m.site, text, whole: this.whole || undefined }, signal: abort.signal })
      if (abort.signal.aborted) return
      this.#understood(check, text)
      if (this.failure?.title === unchecked) this.failure = undefined
    } catch (e) {
      if (abort.signal.aborted) return
      const f = failed(e, unchecked)
      this.failure = new Failure(unchecked, f.detail || f.title, f.status)
    }
    this.checking = false
  }
}

/** How many edits the hub makes at once. */
const batch = 200

/** What a check says of a text after edits, as many as there are. */
export async function edited(site: string, text: string, edits: ModelEdit[]): Promise<ModelCheck> {
  for (;;) {
    const check = await send('post', '/model/check', { body: { site, text, edits: edits.slice(0, batch), whole: true } })
    edits = edits.slice(batch)
    if (check.text === undefined || !edits.length) return check
    text = check.text
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
