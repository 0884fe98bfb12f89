import type { Cells } from './layout'
import type { Plan, PlanLine } from './plan'

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

/**
 * The lines to draw: crossings before all else, then those that carry most. A
 * picture of hundreds of lines shows nothing; what is left out is counted, and
 * shown once its box is chosen.
 */
export function linesShown(p: Plan, show: 'all' | 'crossings', chosen: Choice): { lines: PlanLine[]; more: number } {
  const box = chosen.box ?? (chosen.asset ? p.boxOf.get(chosen.asset) : undefined)
  const wanted = (l: PlanLine) => l.id === chosen.line || (box !== undefined && (l.a === box || l.b === box))
  const most = (list: PlanLine[], n: number) => [...list].sort((a, b) => b.bytes - a.bytes || (a.id < b.id ? -1 : 1)).slice(0, n)
  const crossings = p.lines.filter((l) => l.crossing)
  const others = show === 'all' ? p.lines.filter((l) => !l.crossing) : []
  const keep = new Set([...most(crossings, mostCrossings), ...most(others, mostOthers), ...p.lines.filter(wanted)])
  return { lines: p.lines.filter((l) => keep.has(l)), more: crossings.length + others.length - [...keep].filter((l) => l.crossing || show === 'all').length }
}

/** How assets are drawn when so many are: names only where they can be read. */
export function cellsOf(wished: string, drawn: number): Cells {
  if (wished === 'names' || wished === 'squares') return wished
  return drawn <= 600 ? 'auto' : 'squares'
}
