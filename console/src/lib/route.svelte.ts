import { tick } from 'svelte'

/**
 * The address of the page: every filter, selection and sort stands in it, so
 * that it can be sent to a colleague.
 */

/** What stays in the address from page to page until it is changed: the site. */
const sticky = 'site'

/** An address with the site of the present one, unless it names one itself. */
export function kept(url: string, query: URLSearchParams, base: string): string {
  const site = query.get(sticky)
  const to = new URL(url, base)
  if (!site || to.searchParams.has(sticky)) return url
  to.searchParams.set(sticky, site)
  return to.pathname + to.search + to.hash
}

class Route {
  path = $state(location.pathname)
  query = $state(new URLSearchParams(location.search))

  constructor() {
    addEventListener('popstate', () => this.#read())
    document.addEventListener('click', (e) => this.#click(e))
  }

  /** One value of the query, "" if it is not there. */
  get(name: string): string {
    return this.query.get(name) ?? ''
  }

  /** All values of the query under one name. */
  all(name: string): string[] {
    return this.query.getAll(name)
  }

  /** Goes to another address of the console. */
  go(url: string, replace = false) {
    if (url === location.pathname + location.search + location.hash) return
    const page = new URL(url, location.href)
    const moved = page.pathname !== location.pathname
    if (moved) url = kept(url, this.query, location.href)
    history[replace ? 'replaceState' : 'pushState'](null, '', url)
    this.#read()
    if (moved) void this.#arrive(page.hash)
  }

  /**
   * Changes parts of the query and keeps the others. An empty value takes the
   * name away. Typing replaces the address instead of filling the history.
   */
  set(patch: Record<string, string | string[] | undefined>, replace = false) {
    this.go(this.with(patch), replace)
  }

  /** The present address with parts of the query changed. */
  with(patch: Record<string, string | string[] | undefined>): string {
    const q = new URLSearchParams(this.query)
    for (const [name, value] of Object.entries(patch)) {
      q.delete(name)
      for (const v of Array.isArray(value) ? value : value ? [value] : []) q.append(name, v)
    }
    const s = q.toString()
    return this.path + (s ? '?' + s : '')
  }

  #read() {
    this.path = location.pathname
    this.query = new URLSearchParams(location.search)
  }

  /** Begins a page at its top, with the focus where a reader of it begins. */
  async #arrive(hash: string) {
    await tick()
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView()
    else scrollTo(0, 0)
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
  }

  #click(e: MouseEvent) {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
    const a = (e.target as Element | null)?.closest?.('a')
    if (!a || a.target || a.hasAttribute('download') || a.origin !== location.origin) return
    if (a.pathname.startsWith('/api/') || (a.hash && a.pathname === location.pathname && a.search === location.search)) return
    e.preventDefault()
    this.go(kept(a.pathname + a.search + a.hash, this.query, location.href))
  }
}

export const route = new Route()

/** The address of an asset's page. */
export function assetURL(id: string): string {
  return '/assets/' + encodeURIComponent(id)
}
