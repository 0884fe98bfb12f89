import { bandNames, bandOrder, type BandKey, type Plan, type PlanBox, type PlanLine } from './plan'
import { routeAll, type Routed } from './routing'
import { wallAbove, wallsOf, type Wall } from './wall'

/**
 * Lays the plant out: Purdue levels are bands, networks are boxes on shelves in
 * them, assets a grid in the box, lines run in the corridors between shelves.
 * It is pure and the same for the same plant, so today can be held beside
 * yesterday. Lengths are CSS pixels at zoom 1.
 */

/**
 * How assets are drawn: as squares, with their names, or with names where the
 * machines stand and as squares where the office does.
 */
export type Cells = 'auto' | 'names' | 'squares'

export interface Cell {
  w: number
  h: number
  pitchX: number
  pitchY: number
}

const square: Cell = { w: 13, h: 13, pitchX: 18, pitchY: 18 }
const named: Cell = { w: 94, h: 20, pitchX: 98, pitchY: 24 }
/** The room of a box that is only a number. */
const folded = { w: 148, h: 34 }

/** A box of more assets than this is drawn as squares where nobody asks for names. */
const legible = 40

function cellOf(b: PlanBox, cells: Cells): Cell {
  if (cells !== 'auto') return cells === 'names' ? named : square
  return b.band === 'outside' || b.band === 'enterprise' || b.assets.length > legible ? square : named
}

export interface LaidBox extends PlanBox {
  x: number
  y: number
  w: number
  h: number
  columns: number
  cell: Cell
  named: boolean
  /** How high its head is: its name, and what it costs if somebody said so. */
  head: number
  /** Where its first asset stands. */
  cx: number
  cy: number
  shelf: number
}

export interface LaidBand {
  key: BandKey
  name: string
  note: string
  y: number
  h: number
}

/** Boxes side by side, and the corridor beneath them. */
export interface Shelf {
  band: BandKey
  boxes: LaidBox[]
  y: number
  h: number
  /** The wall in the corridor beneath, if there is one. */
  walled: boolean
  /** Where the corridor begins, and where its part below the wall does. */
  corridor: number
  below: number
}

export interface Layout {
  width: number
  height: number
  bands: LaidBand[]
  boxes: LaidBox[]
  walls: Wall[]
  lines: Routed[]
  /** Left edge of the boxes; the bands' names stand before it if there is room. */
  inner: number
  /** Zones are declared: what stands in none is drawn as a stray. */
  declared: boolean
  /** How high each line leaves its upper box, where a mark on it can stand. */
  ends: Map<string, number>
}

export const pad = 11
export const header = 30
/** One more line in the head. */
const noted = 15
export const gap = 22
const run = 5 // between two lines that run side by side

/** Lays the plan out in a width, with the lines that shall be drawn. */
export function layout(p: Plan, lines: PlanLine[], width: number, cells: Cells): Layout {
  const wide = width >= 760
  const inner = wide ? 112 : 16
  const right = width - 16
  const shelves = shelve(p.boxes, cells, inner, right)
  const boxes = shelves.flatMap((s) => s.boxes)
  const routes = routeAll(lines, boxes, shelves, inner, right)
  const { bands, height } = stack(shelves, routes.runsAbove, routes.runsBelow, wide)
  const drawn = routes.draw()
  const ends = new Map(drawn.map((r) => [r.line.id, Number(/^M\S+ (\S+?)L/.exec(r.d)?.[1] ?? 0) + 9]))
  return { width, height, bands, boxes, walls: wallsOf(shelves, drawn, width, !!p.diff), lines: drawn, inner, declared: p.declared, ends }
}

/** Puts boxes on shelves, band by band, in their order. */
function shelve(boxes: PlanBox[], cells: Cells, inner: number, right: number): Shelf[] {
  const shelves: Shelf[] = []
  for (const band of bandOrder) {
    let x = Infinity
    for (const b of boxes.filter((b) => b.band === band)) {
      const size = sizeOf(b, cellOf(b, cells), right - inner)
      if (x + size.w > right) {
        shelves.push({ band, boxes: [], y: 0, h: 0, walled: false, corridor: 0, below: 0 })
        x = inner
      }
      const shelf = shelves[shelves.length - 1]!
      shelf.boxes.push({ ...b, ...size, x, y: 0, cx: x + pad, cy: 0, shelf: shelves.length - 1 })
      shelf.h = Math.max(shelf.h, size.h)
      x += size.w + gap
    }
  }
  shelves.forEach((s, i) => (s.walled = wallAbove(shelves[i + 1]?.band, s.band)))
  return shelves
}

/** A box's size: wide rather than high, with room for its name. */
function sizeOf(b: PlanBox, cell: Cell, room: number) {
  const head = header + (b.note ? noted : 0)
  const words = Math.max((b.name.length + (b.open ? 5 + String(b.open).length : 5)) * 7.1, b.note.length * 6) + 2 * pad
  if (b.folded) return { w: Math.round(Math.min(room, Math.max(folded.w, words))), h: head + folded.h, columns: 1, cell, named: false, head }
  const n = Math.max(1, b.assets.length)
  const most = Math.max(1, Math.floor((room - 2 * pad + cell.pitchX - cell.w) / cell.pitchX))
  // Cells stand side by side, as lines do; what is above them lies flat.
  const ratio = cell === square ? 5 : b.band === 'cells' ? 0.2 : 0.7
  const columns = Math.min(most, Math.max(1, Math.ceil(Math.sqrt(n * ratio))))
  const rows = Math.ceil(n / columns)
  const w = Math.min(room, Math.max(words, columns * cell.pitchX - (cell.pitchX - cell.w) + 2 * pad))
  return { w: Math.round(w), h: head + rows * cell.pitchY - (cell.pitchY - cell.h) + pad, columns, cell, named: cell === named, head }
}

/** Gives shelves and boxes their height on the page, and bands around them. */
function stack(shelves: Shelf[], above: number[], below: number[], wide: boolean): { bands: LaidBand[]; height: number } {
  const bands: LaidBand[] = []
  const top = wide ? 10 : 26 // a narrow picture has the band's name above its boxes
  let y = 0
  shelves.forEach((s, i) => {
    if (shelves[i - 1]?.band !== s.band) {
      bands.push({ key: s.band, name: bandNames[s.band][0], note: bandNames[s.band][1], y, h: 0 })
      y += top
    }
    s.y = y
    for (const b of s.boxes) {
      b.y = y
      b.cy = y + b.head
    }
    const next = shelves[i + 1]?.band
    const last = next !== s.band
    s.corridor = y + s.h + 7
    const upper = 7 + run * Math.min(10, above[i] ?? 0) + (last ? 3 : 0)
    y += s.h + upper
    if (last) bands[bands.length - 1]!.h = y - bands[bands.length - 1]!.y
    if (last && next) y += s.walled ? 32 : 8
    s.below = y + 3
    const lower = run * Math.min(12, below[i] ?? 0)
    y += next ? lower + (last ? 0 : 5) + (s.walled ? 4 : 0) : lower
  })
  return { bands, height: y }
}

/** What stands at a place of the picture. */
export function at(l: Layout, x: number, y: number): { box: LaidBox; index: number } | undefined {
  const box = l.boxes.find((b) => x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + b.h)
  if (!box) return undefined
  const column = Math.floor((x - box.cx + (box.cell.pitchX - box.cell.w) / 2) / box.cell.pitchX)
  const row = Math.floor((y - box.cy + (box.cell.pitchY - box.cell.h) / 2) / box.cell.pitchY)
  const index = row * box.columns + column
  const inside = !box.folded && column >= 0 && column < box.columns && row >= 0 && index < box.assets.length
  return { box, index: inside ? index : -1 }
}

/** The corner of a box's asset. */
export function corner(box: LaidBox, index: number): { x: number; y: number } {
  return { x: box.cx + (index % box.columns) * box.cell.pitchX, y: box.cy + Math.floor(index / box.columns) * box.cell.pitchY }
}

/** One path for many assets of a box: 3,000 assets are then some dozens of shapes. */
export function cellPath(box: LaidBox, indexes: number[]): string {
  const { w, h } = box.cell
  let d = ''
  for (const i of indexes) {
    const { x, y } = corner(box, i)
    d += `M${x + 3} ${y}h${w - 6}a3 3 0 0 1 3 3v${h - 6}a3 3 0 0 1 -3 3h${6 - w}a3 3 0 0 1 -3 -3v${6 - h}a3 3 0 0 1 3 -3z`
  }
  return d
}
