import { failed, type Failure } from '../api/client'

/** Nothing is said of loading before this: most answers are there by then. */
const quiet = 200

/**
 * Something a page loads. Data that is there stays while it is loaded anew; a
 * newer request makes an older answer void.
 */
export class Load<T> {
  data = $state.raw<T>()
  failure = $state<Failure>()
  /** Loading, and for long enough to say so. */
  slow = $state(false)
  loading = $state(false)
  #abort: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #last: ((signal: AbortSignal) => Promise<T>) | undefined

  /** Loads by asking; resolves when the answer is there, whatever it is. */
  async run(asking: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort()
    clearTimeout(this.#timer)
    const abort = new AbortController()
    this.#abort = abort
    this.#last = asking
    this.loading = true
    this.#timer = setTimeout(() => (this.slow = this.loading), quiet)
    try {
      const data = await asking(abort.signal)
      if (this.#abort !== abort) return
      this.data = data
      this.failure = undefined
    } catch (e) {
      if (this.#abort !== abort || abort.signal.aborted) return
      this.failure = failed(e, 'Something in this page went wrong')
    }
    this.#done()
  }

  /** Loads once more what was loaded last. */
  again(): Promise<void> {
    return this.#last ? this.run(this.#last) : Promise.resolve()
  }

  /** Stops waiting for an answer. */
  stop() {
    this.#abort?.abort()
    this.#abort = undefined
    this.#done()
  }

  #done() {
    clearTimeout(this.#timer)
    this.loading = false
    this.slow = false
  }
}
