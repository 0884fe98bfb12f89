import type { Cells } from './layout'
import { bandOrder, type Plan, type PlanBox, type PlanLine } from './plan'

/** What the address says is chosen. */
export interface Choice {
  box?: string
  asset?: string
  line?: string
}

/** Reads "asset:…", "box:…" or "line:…". */
export function choice(sel: string): Choice {
  const i = sel.indexOf(':')
  const kind = sel.slice(0, i)
  return kind === 'asset' || kind === 'box' || kind === 'line' ? { [kind]: sel.slice(i + 1) } : {}
}

const mostCrossings = 60
const mostOthers = 48
/** Where boxes are numbers there are hundreds of them: few lines can be told apart. */
const mostFolded = 12

/**
 * The lines to draw: crossings before all else, then those that carry most. A
 * picture of hundreds of lines shows nothing; what is left out is counted, and
 * shown once its box is chosen.
 */
export function linesShown(p: Plan, show: 'all' | 'crossings', chosen: Choice): { lines: PlanLine[]; more: number } {
  const box = chosen.box ?? (chosen.asset ? p.boxOf.get(chosen.asset) : undefined)
  const wanted = (l: PlanLine) => l.id === chosen.line || (box !== undefined && (l.a === box || l.b === box))
  const band = new Map(p.boxes.map((b) => [b.id, bandOrder.indexOf(b.band)]))
  // The wall between office and plant matters most.
  const inner = bandOrder.indexOf('dmz')
  const passes = (l: PlanLine) => (band.get(l.a) ?? 0) < inner !== (band.get(l.b) ?? 0) < inner
  const most = (list: PlanLine[], n: number) => [...list].sort((a, b) => Number(passes(b)) - Number(passes(a)) || b.bytes - a.bytes || (a.id < b.id ? -1 : 1)).slice(0, n)
  const crossings = p.lines.filter((l) => l.crossing)
  const others = show === 'all' ? p.lines.filter((l) => !l.crossing) : []
  const few = p.boxes.length > 40 && p.boxes.every((b) => b.folded)
  const keep = new Set([...most(crossings, few ? mostFolded : mostCrossings), ...most(others, few ? mostFolded : mostOthers), ...p.lines.filter(wanted)])
  return { lines: p.lines.filter((l) => keep.has(l)), more: crossings.length + others.length - [...keep].filter((l) => l.crossing || show === 'all').length }
}

/** Above this many assets boxes are numbers, and one is opened to see its assets. */
export const unfolded = 4000

/**
 * What of a plan is drawn: all of it, as numbers if there are too many assets to
 * see any; or one box with its assets and those it has lines with as numbers.
 */
export function folded(p: Plan, within: string, total: number, wished: string): Plan {
  const open = new Map<string, number>()
  for (const l of p.lines) if (l.crossing) for (const b of new Set([l.a, l.b])) open.set(b, (open.get(b) ?? 0) + Math.max(1, l.uncovered))
  const fold = (b: PlanBox): PlanBox => ({ ...b, folded: true, open: open.get(b.id) ?? 0 })
  if (!p.boxes.some((b) => b.id === within)) return (total > unfolded && !wished) || wished === 'counts' ? { ...p, boxes: p.boxes.map(fold) } : p
  const lines = p.lines.filter((l) => l.a === within || l.b === within)
  const near = new Set(lines.flatMap((l) => [l.a, l.b]))
  return { ...p, lines, boxes: p.boxes.filter((b) => b.id === within || near.has(b.id)).map((b) => (b.id === within ? b : fold(b))) }
}

/** How assets are drawn when so many are: names only where they can be read. */
export function cellsOf(wished: string, drawn: number): Cells {
  if (wished === 'names' || wished === 'squares') return wished
  return drawn <= 600 ? 'auto' : 'squares'
}
