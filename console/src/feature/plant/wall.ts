import type { Shelf } from './layout'
import type { BandKey } from './plan'
import type { Routed } from './routing'

/** A wall with its doors, and the places where something breaks it. */
export interface Wall {
  name: string
  y: number
  /** What stands of it: from, to. */
  pieces: [number, number][]
  doors: number[]
  breaks: Break[]
}

export interface Break {
  x: number
  lines: string[]
}

const inside: readonly BandKey[] = ['dmz', 'operations', 'cells']
const names: Partial<Record<BandKey, string>> = { dmz: 'IT / OT', operations: 'above operations', cells: 'above the cells' }

/** Whether a wall belongs between a band and the one above it. */
export function wallAbove(band: BandKey | undefined, above: BandKey): boolean {
  return band !== undefined && band !== above && inside.includes(band)
}

const door = 8 // half of a door's width
const broken = 12 // half of the hole that a crossing leaves

/**
 * Builds the walls: solid but for a door where a line goes and a hole where a
 * crossing does. When days are compared the lines only say what differs, and
 * nothing is said about the wall.
 */
export function wallsOf(shelves: Shelf[], lines: Routed[], width: number, compared = false): Wall[] {
  const walls: Wall[] = []
  let first = true
  shelves.forEach((s, i) => {
    if (!s.walled) return
    const through = lines.flatMap((l) => l.passes.filter((p) => p.shelf === i).map((p) => ({ x: p.x, line: l.line })))
    const breaks = compared ? [] : together(through.filter((t) => t.line.crossing))
    const doors = [...new Set(through.filter((t) => compared || !t.line.crossing).map((t) => t.x))].sort((a, b) => a - b)
    const holes = [...breaks.map((b) => [b.x - broken, b.x + broken]), ...doors.map((x) => [x - door, x + door])] as [number, number][]
    const below = shelves[i + 1]!.band
    const name = first && (s.band === 'enterprise' || s.band === 'outside') ? 'IT / OT' : below === 'dmz' ? 'IT / OT' : below === 'operations' ? (s.band === 'dmz' ? 'DMZ / operations' : names.operations!) : names[below]!
    walls.push({ name, y: s.below - 15, pieces: pieces(width, holes), doors, breaks })
    first = false
  })
  return walls
}

/** Crossings that pass the wall side by side break it in one place. */
function together(through: { x: number; line: { id: string } }[]): Break[] {
  const list: Break[] = []
  for (const t of [...through].sort((a, b) => a.x - b.x)) {
    const last = list[list.length - 1]
    if (last && t.x - last.x < 2 * broken) last.lines.push(t.line.id)
    else list.push({ x: t.x, lines: [t.line.id] })
  }
  return list
}

/** What is left of a wall of that width between its holes. */
export function pieces(width: number, holes: [number, number][]): [number, number][] {
  const list: [number, number][] = []
  let from = 0
  for (const [a, b] of [...holes].sort((p, q) => p[0] - q[0])) {
    if (a > from) list.push([from, a])
    from = Math.max(from, b)
  }
  if (from < width) list.push([from, width])
  return list
}
