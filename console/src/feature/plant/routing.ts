import type { LaidBox, Shelf } from './layout'
import type { PlanLine } from './plan'

/** A line with its way through the picture. */
export interface Routed {
  line: PlanLine
  d: string
  /** Where it passes the corridor beneath each shelf, by shelf. */
  passes: { shelf: number; x: number }[]
  /** Where a crossing that passes no wall is marked. */
  mark?: { x: number; y: number }
}

interface Way {
  line: PlanLine
  upper: LaidBox
  lower: LaidBox
  ax: number
  bx: number
  /** Lanes through the shelves between, from above. */
  lanes: number[]
}

/**
 * Finds every line's way. Lines leave a box at its bottom and enter one at its
 * top, run sideways in corridors only, and pass other shelves through the gaps
 * between boxes: none runs over a box, so what is written there stays legible.
 * Heights are not known yet; draw gives the paths once they are.
 */
export function routeAll(lines: PlanLine[], boxes: LaidBox[], shelves: Shelf[], inner: number, right: number) {
  const byID = new Map(boxes.map((b) => [b.id, b]))
  const ways = lines.flatMap((line) => way(line, byID.get(line.a), byID.get(line.b)))
  ports(ways)
  const used = new Map<string, number>()
  for (const w of ways) w.lanes = lanes(w, shelves, inner, right, used)
  const above = shelves.map(() => 0)
  const below = shelves.map(() => 0)
  const slots = ways.map((w) => runs(w, above, below))
  return {
    runsAbove: above,
    runsBelow: below,
    draw: (): Routed[] => ways.map((w, i) => draw(w, slots[i]!, shelves)),
  }
}

function way(line: PlanLine, a?: LaidBox, b?: LaidBox): Way[] {
  if (!a || !b) return []
  const [upper, lower] = a.shelf < b.shelf || (a.shelf === b.shelf && a.x <= b.x) ? [a, b] : [b, a]
  return [{ line, upper, lower, ax: 0, bx: 0, lanes: [] }]
}

/** Spreads the lines of a box over its edge, in the order of their other ends. */
function ports(ways: Way[]) {
  const edges = new Map<string, { place: (x: number) => void; box: LaidBox; toward: number; id: string }[]>()
  const at = (edge: string, box: LaidBox, toward: LaidBox, id: string, place: (x: number) => void) => {
    const key = edge + box.id
    edges.set(key, [...(edges.get(key) ?? []), { place, box, toward: toward.x + toward.w / 2, id }])
  }
  for (const w of ways) {
    const same = w.upper.shelf === w.lower.shelf
    at('bottom ', w.upper, w.lower, w.line.id, (x) => (w.ax = x))
    at(same ? 'bottom ' : 'top ', w.lower, w.upper, w.line.id, (x) => (w.bx = x))
  }
  for (const list of edges.values()) {
    list.sort((p, q) => p.toward - q.toward || (p.id < q.id ? -1 : 1))
    list.forEach((p, i) => p.place(Math.round(p.box.x + 10 + ((p.box.w - 20) * (i + 1)) / (list.length + 1))))
  }
}

/** The gaps of a shelf through which a line can pass: beside and between boxes. */
function gaps(s: Shelf, inner: number, right: number): [number, number][] {
  const list: [number, number][] = []
  let from = inner - 14
  for (const b of s.boxes) {
    list.push([from, b.x])
    from = b.x + b.w
  }
  list.push([from, Math.max(right + 14, from + 14)])
  return list
}

function lanes(w: Way, shelves: Shelf[], inner: number, right: number, used: Map<string, number>): number[] {
  const list: number[] = []
  let x = w.ax
  for (let s = w.upper.shelf + 1; s < w.lower.shelf; s++) {
    x = lane(s, gaps(shelves[s]!, inner, right), x, w.bx, used)
    list.push(x)
  }
  return list
}

/** The place in the gap that is the least detour, beside the lines already there. */
function lane(shelf: number, list: [number, number][], x: number, target: number, used: Map<string, number>): number {
  let best = 0
  let cost = Infinity
  list.forEach(([from, to], i) => {
    const near = Math.min(to - 5, Math.max(from + 5, x))
    const c = Math.abs(near - x) + Math.abs(near - target)
    if (c < cost) [best, cost] = [i, c]
  })
  const [from, to] = list[best]!
  const room = Math.max(1, Math.floor((to - from - 6) / 4))
  const key = `${shelf}/${best}`
  const k = used.get(key) ?? 0
  used.set(key, k + 1)
  if (room > 12) return Math.round(Math.min(to - 5, Math.max(from + 5, x)))
  return Math.round((from + to) / 2 + ((k % room) - (room - 1) / 2) * 4)
}

/** Takes a place side by side with others in each corridor it runs through. */
function runs(w: Way, above: number[], below: number[]): number[] {
  if (w.upper.shelf === w.lower.shelf) return [above[w.upper.shelf]!++ % 10]
  const xs = [w.ax, ...w.lanes, w.bx]
  return xs.slice(1).map((x, i) => (x === xs[i] ? 0 : below[w.upper.shelf + i]!++ % 12))
}

function draw(w: Way, slots: number[], shelves: Shelf[]): Routed {
  const from = w.upper.y + w.upper.h
  if (w.upper.shelf === w.lower.shelf) return beside(w, slots[0]!, shelves, from)
  const xs = [w.ax, ...w.lanes, w.bx]
  const points: [number, number][] = [[w.ax, from]]
  slots.forEach((slot, i) => {
    const y = shelves[w.upper.shelf + i]!.below + 2 + slot * 5
    if (xs[i] !== xs[i + 1]) points.push([xs[i]!, y], [xs[i + 1]!, y])
  })
  points.push([w.bx, w.lower.y])
  return { line: w.line, d: rounded(points), passes: slots.map((_, i) => ({ shelf: w.upper.shelf + i, x: xs[i]! })) }
}

/** Between two boxes of one shelf: down into the corridor, along and up again. */
function beside(w: Way, slot: number, shelves: Shelf[], from: number): Routed {
  if (w.upper === w.lower) return { line: w.line, d: '', passes: [], mark: { x: w.upper.x + w.upper.w - 2, y: w.upper.y + 2 } }
  const y = shelves[w.upper.shelf]!.corridor + slot * 5
  const d = rounded([[w.ax, from], [w.ax, y], [w.bx, y], [w.bx, w.lower.y + w.lower.h]])
  return { line: w.line, d, passes: [], mark: { x: (w.ax + w.bx) / 2, y } }
}

/** A path through points with rounded corners. */
function rounded(points: [number, number][]): string {
  let d = `M${points[0]![0]} ${points[0]![1]}`
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i]!
    const [px, py] = points[i - 1]!
    const [nx, ny] = points[i + 1]!
    const r = Math.min(5, (Math.abs(px - x) + Math.abs(py - y)) / 2, (Math.abs(nx - x) + Math.abs(ny - y)) / 2)
    d += `L${x + Math.sign(px - x) * r} ${y + Math.sign(py - y) * r}Q${x} ${y} ${x + Math.sign(nx - x) * r} ${y + Math.sign(ny - y) * r}`
  }
  const [x, y] = points[points.length - 1]!
  return `${d}L${x} ${y}`
}
