import { route } from '../../lib/route.svelte'

const key = 'bulkhead.returning'

/** Remembers where someone was while an identity provider has the browser. */
export const returning = {
  keep() {
    try {
      sessionStorage.setItem(key, location.pathname + location.search)
    } catch {
      // Without storage the way leads to the first page.
    }
  },
  /** Goes back there, once, from the first page or the door. */
  go() {
    try {
      const to = sessionStorage.getItem(key)
      sessionStorage.removeItem(key)
      if (to?.startsWith('/') && !to.startsWith('//') && ['/', '/signin'].includes(location.pathname)) route.go(to, true)
    } catch {
      // Without storage there is nothing to go back to.
    }
  },
}
