import type { Boundary, BoundaryCell, BoundaryTalk, BoundaryZone } from '../../api/model'
import { plural } from '../../lib/format'

/** Zones from the outside to the process; zones of one rank stand side by side. */
const ranks: Record<string, number> = { internet: 0, vendor: 1, enterprise: 2, wireless: 2, network: 2, dmz: 3, operations: 4, cell: 5, safety: 6 }

/** What a wall of the picture stands between: outside and office, DMZ, operations, cells. */
const walls: Record<string, number> = { internet: 0, vendor: 0, enterprise: 1, wireless: 1, network: 1, dmz: 2, operations: 3, cell: 4, safety: 4 }

/** Which zones are shown: all, or those that something passes to or from. */
export function shownZones(b: Boundary, all: boolean): BoundaryZone[] {
  const used = new Set(b.cells.flatMap((c) => [c.from, c.to]))
  return b.zones
    .map((z, i) => ({ z, i }))
    .filter(({ z }) => all || used.has(z.id))
    .sort((x, y) => (ranks[x.z.kind] ?? 2) - (ranks[y.z.kind] ?? 2) || (y.z.level ?? 9) - (x.z.level ?? 9) || x.i - y.i)
    .map(({ z }) => z)
}

/** Rows and columns that a matrix can have: 340 × 340 cells take a browser half a minute. */
export const mostZones = 44

/** Of too many zones those with most that no conduit covers, then with most conversations; in their order. */
export function busiest(zones: BoundaryZone[], cells: BoundaryCell[], most = mostZones): BoundaryZone[] {
  if (zones.length <= most) return zones
  const weight = new Map<string, number>()
  for (const c of cells) for (const z of [c.from, c.to]) weight.set(z, (weight.get(z) ?? 0) + c.uncovered * 1e6 + c.conversations)
  const kept = new Set([...zones].sort((a, b) => (weight.get(b.id) ?? 0) - (weight.get(a.id) ?? 0)).slice(0, most))
  return zones.filter((z) => kept.has(z))
}

/** Whether a wall stands before a zone in the order of the matrix. */
export function wallBefore(zones: BoundaryZone[], i: number): boolean {
  const kind = (n: number) => walls[zones[n]?.kind ?? ''] ?? 1
  return i > 0 && kind(i) !== kind(i - 1)
}

/**
 * What a cell is, by what matters most in it. Where nothing is declared nothing
 * is covered, and nothing is wrong either: it is only seen.
 */
export type CellState = 'uncovered' | 'attempt' | 'covered' | 'aside' | 'seen' | 'none'

export function cellState(c: BoundaryCell | undefined, declared = true): CellState {
  if (!c || !c.conversations) return 'none'
  if (!declared) return 'seen'
  return c.uncovered ? 'uncovered' : c.attempts ? 'attempt' : c.covered ? 'covered' : 'aside'
}

/** The number in a cell: of what its state says. */
export function cellNumber(c: BoundaryCell, declared = true): number {
  return { uncovered: c.uncovered, attempt: c.attempts, covered: c.covered, aside: c.aside, seen: c.conversations, none: 0 }[cellState(c, declared)]
}

/** What was asked for in a cell, the most consequential first; without what has no name. */
export const deeds = (c: Pick<BoundaryCell, 'kinds'>): string[] => c.kinds.filter((k) => k !== 'other')

/** A cell in words. */
export function cellText(c: BoundaryCell | undefined, from: string, to: string, declared = true): string {
  if (!c || !c.conversations) return `${from} to ${to}: nothing seen`
  const parts = [
    c.uncovered && declared ? `${c.uncovered} that no conduit covers` : '',
    c.covered ? `${c.covered} covered` : '',
    c.attempts ? `${plural(c.attempts, 'attempt')} that nobody answered` : '',
    c.aside ? `${c.aside} for names and time` : '',
  ].filter(Boolean)
  return `${from} to ${to}: ${plural(c.conversations, 'conversation')}${parts.map((p) => ', ' + p).join('')}; ${[...c.protocols.slice(0, 4), ...(deeds(c).length ? [deeds(c).slice(0, 3).join(' and ')] : [])].join(', ')}`
}

/** Cells by row and column. */
export function byPair(cells: BoundaryCell[]): Map<string, BoundaryCell> {
  return new Map(cells.map((c) => [pair(c.from, c.to), c]))
}

export const pair = (from: string, to: string) => `${from}\n${to}`

export interface At {
  row: number
  column: number
}

/** Where a key leads in a matrix of so many zones; undefined if it leads nowhere. */
export function step(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>, at: At, size: number): At | undefined {
  const far = e.ctrlKey || e.metaKey
  const held = (n: number) => Math.max(0, Math.min(size - 1, n))
  switch (e.key) {
    case 'ArrowRight':
      return { row: at.row, column: held(at.column + 1) }
    case 'ArrowLeft':
      return { row: at.row, column: held(at.column - 1) }
    case 'ArrowDown':
      return { row: held(at.row + 1), column: at.column }
    case 'ArrowUp':
      return { row: held(at.row - 1), column: at.column }
    case 'Home':
      return { row: far ? 0 : at.row, column: 0 }
    case 'End':
      return { row: far ? size - 1 : at.row, column: size - 1 }
    case 'PageDown':
      return { row: held(at.row + 8), column: at.column }
    case 'PageUp':
      return { row: held(at.row - 8), column: at.column }
  }
  return undefined
}

/** What a conversation's state is called. */
export const talkStates: Record<BoundaryTalk['state'], string> = { covered: 'covered', uncovered: 'no conduit', attempt: 'only tried', aside: 'names and time', within: 'within a zone', unknown: 'zone unknown' }

/** The boundary in a sentence. */
export function summary(b: Boundary): { say: string; urgent: string } {
  const uncovered = b.cells.reduce((n, c) => n + c.uncovered, 0)
  const overdue = b.conduits.filter((c) => c.overdue).length
  if (!b.cells.length) return { say: 'Nothing passes between zones, as far as the sensors see.', urgent: '' }
  if (!b.declared) return { say: '', urgent: '' }
  if (uncovered) return { say: '', urgent: `${plural(uncovered, 'conversation')} ${uncovered === 1 ? 'passes' : 'pass'} between zones without a conduit.` }
  return { say: `All that passes between zones has a conduit.${overdue ? ` ${plural(overdue, 'conduit')} should have been looked at again by now.` : ''}`, urgent: '' }
}
