/** The three looks: the system's, light, dark. */
export type Look = 'system' | 'light' | 'dark'

const key = 'bulkhead.theme'

/** Reads the look a person chose on this machine; storage may be forbidden. */
function stored(): Look {
  try {
    const v = localStorage.getItem(key)
    return v === 'light' || v === 'dark' ? v : 'system'
  } catch {
    return 'system'
  }
}

class Theme {
  look = $state<Look>(stored())

  /** Goes on to the next look and remembers it. */
  next() {
    this.choose(this.look === 'system' ? 'light' : this.look === 'light' ? 'dark' : 'system')
  }

  /** Takes a look and remembers it. */
  choose(look: Look) {
    this.look = look
    try {
      localStorage.setItem(key, this.look)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.apply()
  }

  /** Puts the look onto the page. */
  apply() {
    if (this.look === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = this.look
  }
}

export const theme = new Theme()
