import type { Component } from 'svelte'
import type { Permission } from '../../lib/session.svelte'

/** A part of the Boundary page: its code comes when it is first wanted. */
export interface Part {
  name: string
  text: string
  says: string
  needs: Permission
  load: () => Promise<{ default: Component }>
}

export const parts: Part[] = [
  { name: 'crossing', text: 'What crosses', says: 'from zone to zone, and whether it should', needs: 'read', load: () => import('./Crossing.svelte') },
  { name: 'proposal', text: 'Proposal', says: 'zones and conduits from what was seen', needs: 'read', load: () => import('./Proposal.svelte') },
  { name: 'draft', text: 'Draft', says: 'change it, and see at once what would have stopped', needs: 'edit', load: () => import('./Sketching.svelte') },
  { name: 'revisions', text: 'Revisions', says: 'approved by both sides, put into force, taken back', needs: 'read', load: () => import('./Revisions.svelte') },
  { name: 'proofs', text: 'Proofs', says: 'how we know that the wall stands', needs: 'read', load: () => import('./Proofs.svelte') },
  { name: 'containment', text: 'Containment', says: 'stop a machine or a way for a time', needs: 'read', load: () => import('./Containments.svelte') },
  { name: 'devices', text: 'Firewalls', says: 'the same policy in other people’s words', needs: 'read', load: () => import('./Devices.svelte') },
]

/** The address of a part. */
export const partURL = (name: string): string => (name === 'crossing' ? '/boundary' : `/boundary/${name}`)
