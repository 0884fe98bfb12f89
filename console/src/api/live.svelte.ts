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
  #timer: ReturnType<typeof setTimeout> | undefined
  #pause = firstRetry
  #waiting: Change[] = []
  #frame = false
  #settling = false
  #opened = false

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
    const mine = () => this.#source === source
    source.onopen = () => mine() && this.#alive()
    source.onerror = () => mine() && this.#lost(source)
    source.addEventListener('change', (e) => mine() && this.#take(e.data))
    source.addEventListener('state', () => mine() && this.#alive())
    source.addEventListener('resume', () => mine() && this.#alive())
    source.addEventListener('reset', () => mine() && this.#reset())
    source.addEventListener('heartbeat', () => mine() && this.#alive())
  }

  #alive() {
    this.#pause = firstRetry
    this.since = this.now()
    this.state = 'live'
    this.#opened = true
  }

  /** The hub cannot say what happened in between: what is shown is loaded anew. */
  #reset() {
    const again = this.#opened
    this.#alive()
    this.#waiting = []
    if (again) for (const w of this.#watches) w.reset()
  }

  #lost(source: Source) {
    this.state = 'lost'
    if (source.readyState !== 2) return // the browser tries again by itself
    this.#timer = setTimeout(() => this.#connect(), this.#pause * (0.75 + Math.random() / 2))
    this.#pause = Math.min(this.#pause * 2, lastRetry)
  }

  #take(data: string) {
    this.#alive()
    let c: Change
    try {
      c = JSON.parse(data) as Change
    } catch {
      return
    }
    this.#waiting.push(c)
    if (this.#frame) return
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

export const live = new Live()
