import { base } from './client'

/** One event of the stream: a thing that is new or other than before, or gone. */
export interface Change<T = unknown> {
  topic: string
  op: 'put' | 'remove'
  id: string
  value?: T
}

export type LiveState = 'connecting' | 'live' | 'lost' | 'off'

/** What a page wants to know. Reset means that changes were missed: load anew. */
export interface Watch {
  topics: string[]
  change(changes: Change[]): void
  reset(): void
}

/** The part of EventSource that is used, so that tests can stand in for it. */
export interface Source {
  onopen: ((e: Event) => void) | null
  onerror: ((e: Event) => void) | null
  readonly readyState: number
  addEventListener(type: string, f: (e: MessageEvent<string>) => void): void
  close(): void
}

const firstRetry = 1_000
const lastRetry = 30_000

/** The hub says every 15 s that it is there; after this without a word it is not. */
const patience = 40_000

/**
 * The one event stream of a page, shared by all that watch. The browser resumes
 * it by itself after a broken connection, with the last event's id; when the hub
 * refuses, it is opened anew with growing pauses. Changes are handed on ten times a
 * second at most, so that a busy plant cannot keep the page from painting.
 */
export class Live {
  state = $state<LiveState>('off')
  /** When the page was last known to be current, in ms; 0 before the first time. */
  since = $state(0)
  #watches = new Set<Watch>()
  #topics = ''
  #source: Source | undefined
  #fresh: Source | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #pause = firstRetry
  #waiting: Change[] = []
  #frame = false
  #settling = false
  #opened = false
  #watchdog: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly open: (url: string) => Source = (u) => new EventSource(u),
    private readonly now: () => number = Date.now,
    private readonly later: (f: () => void) => unknown = (f) => setTimeout(f, document.hidden ? 1000 : 100),
  ) {}

  /** Watches topics until the returned function is called. */
  watch(w: Watch): () => void {
    this.#watches.add(w)
    this.#settle()
    return () => {
      this.#watches.delete(w)
      this.#settle()
    }
  }

  /** Opens the stream now instead of at the next try. */
  retry() {
    if (this.#watches.size && this.state !== 'live') this.#connect()
  }

  /** Going from page to page changes the watches several times: settle once. */
  #settle() {
    if (this.#settling) return
    this.#settling = true
    queueMicrotask(() => {
      this.#settling = false
      const topics = [...new Set([...this.#watches].flatMap((w) => w.topics))].sort().join(',')
      if (topics === this.#topics) return
      this.#topics = topics
      this.#opened = false
      this.#waiting = []
      if (topics) this.#connect()
      else this.#stop()
    })
  }

  #stop() {
    clearTimeout(this.#timer)
    clearTimeout(this.#watchdog)
    this.#source?.close()
    this.#source = undefined
    this.#pause = firstRetry
    this.state = 'off'
  }

  #connect() {
    clearTimeout(this.#timer)
    this.#source?.close()
    if (this.state === 'off') this.state = 'connecting'
    const source = this.open(`${base}/events?topics=${this.#topics}`)
    this.#source = source
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#dead(), patience)
    const mine = () => this.#source === source
    // A source of ours does not tell the last event's id, as the browser's own
    // second try does: what came in between is unknown, so pages load anew.
    const again = this.#opened
    source.onopen = () => {
      if (!mine()) return
      if (again && source === this.#fresh) this.#reset()
      else this.#alive()
      this.#fresh = undefined
    }
    this.#fresh = source
    source.onerror = () => mine() && this.#lost(source)
    source.addEventListener('change', (e) => mine() && this.#take(e.data))
    source.addEventListener('state', (e) => mine() && this.#began(e.data))
    source.addEventListener('resume', () => mine() && this.#alive())
    source.addEventListener('reset', () => mine() && this.#reset())
    source.addEventListener('heartbeat', () => mine() && this.#alive())
  }

  #alive() {
    this.#pause = firstRetry
    this.since = this.now()
    this.state = 'live'
    this.#opened = true
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.#dead(), patience)
  }

  /** A connection can be dead long before the browser notices: a pulled cable says nothing. */
  #dead() {
    this.state = 'lost'
    this.#connect()
  }

  /** The hub cannot say what happened in between: what is shown is loaded anew. */
  #reset() {
    const again = this.#opened
    this.#alive()
    this.#waiting = []
    if (again) for (const w of this.#watches) w.reset()
  }

  #lost(source: Source) {
    clearTimeout(this.#watchdog)
    this.state = 'lost'
    if (source.readyState !== 2) return // the browser tries again by itself
    this.#timer = setTimeout(() => this.#connect(), this.#pause * (0.75 + Math.random() / 2))
    this.#pause = Math.min(this.#pause * 2, lastRetry)
  }

  /**
   * How a small topic stands when the stream begins. It is handed on as changes:
   * what happened between a page's first answer and now is not missed.
   */
  #began(data: string) {
    this.#alive()
    const s = parse<{ topic: string; value: unknown }>(data)
    if (s?.topic === 'overview') this.#queue([{ topic: s.topic, op: 'put', id: s.topic, value: s.value }])
    const items = (s?.value as { items?: { id?: string; name?: string }[] } | undefined)?.items
    if (items && (s!.topic === 'sensors' || s!.topic === 'captures')) this.#queue(items.map((value) => ({ topic: s!.topic, op: 'put', id: value.id ?? value.name ?? '', value })))
  }

  #take(data: string) {
    this.#alive()
    const c = parse<Change>(data)
    if (c) this.#queue([c])
  }

  #queue(changes: Change[]) {
    this.#waiting.push(...changes)
    if (this.#frame || !changes.length) return
    this.#frame = true
    this.later(() => this.#hand())
  }

  #hand() {
    this.#frame = false
    const batch = this.#waiting
    this.#waiting = []
    for (const w of this.#watches) {
      const own = batch.filter((c) => w.topics.includes(c.topic))
      if (own.length) w.change(own)
    }
  }
}

/** What a message says; undefined if it is cut off. */
function parse<T>(data: string): T | undefined {
  try {
    return JSON.parse(data) as T
  } catch {
    return undefined
  }
}

export const live = new Live()
