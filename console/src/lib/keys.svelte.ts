/**
 * Keys that work on every page. Single letters can be switched off, because
 * speech input types them by accident (WCAG 2.2, 2.1.4).
 */

const key = 'bulkhead.keys'

/** Whether keys pressed here are text. */
export function typing(t: EventTarget | null): boolean {
  const e = t as HTMLElement | null
  return !!e && (e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName ?? ''))
}

/** How long g waits for its letter, in ms. */
const patience = 1500

export type Wish = { go: string } | { open: 'palette' | 'keys' } | undefined

/** What a key asks for, in the light of the one before. */
export class Keys {
  on = $state(stored())
  #after = 0

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Reads one key; what it returns is to be done and the key is then used up. */
  read(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>): Wish {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === 'k') return { open: 'palette' }
    if (!this.on || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return undefined
    const second = this.now() < this.#after
    this.#after = 0
    if (second && /^[a-z]$/.test(e.key)) return { go: e.key }
    if (e.key === '?') return { open: 'keys' }
    if (e.key === 'g') this.#after = this.now() + patience
    return undefined
  }

  /** Switches single letters on or off and remembers it on this machine. */
  set(on: boolean) {
    this.on = on
    try {
      localStorage.setItem(key, on ? 'on' : 'off')
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}

function stored(): boolean {
  try {
    return localStorage.getItem(key) !== 'off'
  } catch {
    return true
  }
}

export const keys = new Keys()
