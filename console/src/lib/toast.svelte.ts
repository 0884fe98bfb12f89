import { failed } from '../api/client'

/** A word about what was just done, with a way to take it back. */
export interface Toast {
  id: number
  text: string
  undo?: () => void | Promise<void>
}

/** How long a word stays, in ms; one that can be undone stays longer. */
const stay = 6_000
const stayUndo = 20_000

class Toasts {
  list = $state<Toast[]>([])
  #next = 1

  /** Says something for a while. */
  say(text: string, undo?: () => void | Promise<void>) {
    const id = this.#next++
    this.list = [...this.list.slice(-2), { id, text, undo }]
    setTimeout(() => this.drop(id), undo ? stayUndo : stay)
  }

  drop(id: number) {
    this.list = this.list.filter((t) => t.id !== id)
  }

  async undo(t: Toast) {
    this.drop(t.id)
    try {
      await t.undo?.()
    } catch (e) {
      this.say(failed(e, 'It could not be taken back').message)
    }
  }
}

export const toasts = new Toasts()
