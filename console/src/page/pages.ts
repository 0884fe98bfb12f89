import type { Component } from 'svelte'

/** A page of the console: where it is, the question it answers, and how it comes. */
export interface Page {
  path: string
  name: string
  /** The letter that follows g. */
  key: string
  says: string
  /** Its code comes when it is first wanted, so that the first page is small. */
  load: () => Promise<{ default: Component<any> }>
}

export const pages: Page[] = [
  { path: '/', name: 'Answer', key: 'a', says: 'Are we protected, and what comes next?', load: () => import('./Answer.svelte') },
  { path: '/plant', name: 'Plant', key: 'p', says: 'What is connected to what?', load: () => import('./Plant.svelte') },
  { path: '/assets', name: 'Assets', key: 't', says: 'What do we have?', load: () => import('./Assets.svelte') },
  { path: '/boundary', name: 'Boundary', key: 'b', says: 'What crosses, and should it?', load: () => import('./Boundary.svelte') },
  { path: '/findings', name: 'Findings', key: 'f', says: 'What needs someone now?', load: () => import('./Findings.svelte') },
  { path: '/changes', name: 'Changes', key: 'c', says: 'What changed on the machines?', load: () => import('./Changes.svelte') },
  { path: '/sensors', name: 'Sensors', key: 's', says: 'Can we trust the picture?', load: () => import('./Sensors.svelte') },
  { path: '/settings', name: 'Settings', key: 'e', says: 'Who may do what, and what do we call our own?', load: () => import('./Settings.svelte') },
]

/** Pages that stand below one of the above, by the form of their path. */
const details: { path: RegExp; under: string; props: (m: RegExpExecArray) => Record<string, string>; load: Page['load'] }[] = [
  { path: /^\/assets\/(.+)$/, under: '/assets', props: (m) => ({ id: decoded(m[1]!) }), load: () => import('./Asset.svelte') },
  { path: /^\/boundary\/(\w+)$/, under: '/boundary', props: (m) => ({ part: m[1]! }), load: () => import('./Boundary.svelte') },
  { path: /^\/settings\/(\w+)$/, under: '/settings', props: (m) => ({ part: m[1]! }), load: () => import('./Settings.svelte') },
]

/** What stands at a path: its code, what it is told, and the page it belongs to in the navigation. */
export interface Place {
  under: string
  props: Record<string, string>
  load: Page['load']
}

export function place(path: string): Place {
  const page = pages.find((p) => p.path === path)
  if (page) return { under: page.path, props: {}, load: page.load }
  for (const d of details) {
    const m = d.path.exec(path)
    if (m) return { under: d.under, props: d.props(m), load: d.load }
  }
  return { under: '', props: {}, load: () => import('./Missing.svelte') }
}

/** A part of a path as it was meant; a broken escape stays as it is. */
function decoded(s: string): string {
  try {
    return decodeURIComponent(s)
  } catch {
    return s
  }
}
