import type { Component } from 'svelte'
import type { Permission } from '../../lib/session.svelte'

/** One part of the settings. */
export interface Part {
  name: string
  text: string
  says: string
  /** What one must be allowed to do to see it. */
  needs: Permission
  /** It is of the whole program, so that a role on single sites is not enough. */
  whole?: boolean
  load: () => Promise<{ default: Component }>
}

export const parts: Part[] = [
  { name: 'you', text: 'You', says: 'How you sign in, where you are signed in, how it looks', needs: 'self', load: () => import('./You.svelte') },
  { name: 'model', text: 'Plant model', says: 'Lines, zones, conduits, owners, windows and costs in your own words', needs: 'read', load: () => import('../model/ModelPage.svelte') },
  { name: 'people', text: 'People', says: 'Who may sign in, and what they may do where', needs: 'audit', whole: true, load: () => import('./People.svelte') },
  { name: 'tokens', text: 'Tokens', says: 'How other programs get in', needs: 'self', load: () => import('./Tokens.svelte') },
  { name: 'kept', text: 'Kept data', says: 'How long the past is kept', needs: 'read', load: () => import('./KeptPart.svelte') },
  { name: 'ledger', text: 'Ledger', says: 'Who did what, provably', needs: 'audit', whole: true, load: () => import('./Ledger.svelte') },
  { name: 'program', text: 'This program', says: 'Version, certificate, health', needs: 'read', load: () => import('./Program.svelte') },
]
