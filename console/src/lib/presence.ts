/** How long after a person did something what the page asks for is still theirs, in ms. */
const lately = 30_000

/**
 * Whether a person is at the page. It asks for much by itself as the plant
 * changes: that must not keep the session of somebody who went away.
 */
export class Presence {
  #last: number

  constructor(private readonly now: () => number = Date.now) {
    this.#last = now()
    for (const e of ['pointerdown', 'keydown', 'wheel', 'popstate']) addEventListener(e, () => (this.#last = this.now()), { capture: true, passive: true })
  }

  get here(): boolean {
    return this.now() - this.#last < lately
  }
}
