import type { MapAsset, MapDifference } from '../../api/model'
import { natural, type Diff, type Plan, type PlanLine } from './plan'

type DayEdge = MapDifference['edges']['appeared'][number]

/** Two days, as they stand in the address: "2026-11-20..2026-11-27". */
export interface Days {
  from: string
  to: string
}

const form = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/

/** Reads two days; undefined if the text is no two days in order. */
export function daysOf(text: string): Days | undefined {
  const m = form.exec(text)
  if (!m || Number.isNaN(Date.parse(m[1]!)) || Number.isNaN(Date.parse(m[2]!)) || m[1]! >= m[2]!) return undefined
  return { from: m[1]!, to: m[2]! }
}

/** A day of this machine's calendar, so many days before now. */
export function dayBefore(now: number, days: number): string {
  const d = new Date(now - days * 86400e3)
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
}

/**
 * The plan of the second day with what became of it: assets that are gone stand
 * in their boxes again, lines that are gone are drawn, and what is other is
 * marked. Lines that are the same are left out, or nothing could be seen.
 */
export function compared(p: Plan, d: MapDifference): Plan {
  const boxOf = new Map(p.boxes.flatMap((b) => b.ids.map((id) => [id, b.id] as const)))
  const boxes = new Map(p.boxes.map((b) => [b.id, { ...b, assets: [...b.assets] }]))
  const diff = new Map<string, Diff>(d.assets.appeared.map((a) => [a.id, 'new'] as const))
  for (const a of d.assets.vanished) {
    diff.set(a.id, 'gone')
    const box = boxes.get(boxOf.get(a.box) ?? '')
    if (box && !box.assets.some((x) => x.id === a.id)) box.assets.push(ghost(a))
  }
  for (const b of boxes.values()) b.assets.sort((x, y) => natural(x.label, y.label) || natural(x.id, y.id))
  const list = [...boxes.values()]
  const standsIn = new Map(list.flatMap((b) => b.assets.map((a) => [a.id, b.id] as const)))
  return { ...p, boxes: list, lines: linesOf(d, boxOf, standsIn), diff, boxOf: standsIn, assets: new Map(list.flatMap((b) => b.assets.map((a) => [a.id, a] as const))) }
}

function ghost(a: MapDifference['assets']['vanished'][number]): MapAsset {
  return { id: a.id, label: a.label, role: a.role, kind: a.kind || 'device', side: a.side, level: a.level, vendor_known: true, line: '', worst: 'none' }
}

/**
 * The lines of a difference. What differs between two boxes as a whole is said
 * first; a pair of boxes between which only single assets differ is changed.
 */
function linesOf(d: MapDifference, boxOf: Map<string, string>, standsIn: Map<string, string>): PlanLine[] {
  const found = new Map<string, PlanLine>()
  const add = (between: 'boxes' | 'assets', kind: Diff, e: DayEdge) => {
    if (e.between !== between) return
    const at = between === 'boxes' ? boxOf : standsIn
    const [from, to] = [at.get(e.from), at.get(e.to)]
    if (!from || !to || from === to) return
    const [a, b] = from < to ? [from, to] : [to, from]
    const crossing = e.crossing && kind === 'new'
    const id = `${a}~${b}${crossing ? '!' : ''}`
    const bytes = Math.max(e.bytes_from, e.bytes_to)
    const line = found.get(id)
    if (!line) found.set(id, { id, a, b, crossing, conduits: [], uncovered: 0, edges: [], bytes, diff: between === 'boxes' || crossing ? kind : 'changed' })
    else if (between === 'boxes') {
      line.bytes += bytes
      if (line.diff !== kind) line.diff = 'changed'
    }
  }
  for (const between of ['boxes', 'assets'] as const) {
    for (const e of d.edges.appeared) add(between, 'new', e)
    for (const e of d.edges.vanished) add(between, 'gone', e)
    for (const e of d.edges.changed) add(between, 'changed', e)
  }
  return [...found.values()].sort((x, y) => (x.id < y.id ? -1 : 1))
}

/** How much differs, in a sentence. */
export function differenceText(d: MapDifference): string {
  const n = (list: unknown[], one: string, many: string) => (list.length ? [`${list.length} ${list.length === 1 ? one : many}`] : [])
  const parts = [...n(d.assets.appeared, 'asset appeared', 'assets appeared'), ...n(d.assets.vanished, 'vanished', 'vanished'), ...n(d.edges.appeared, 'way is new', 'ways are new'), ...n(d.edges.vanished, 'is gone', 'are gone'), ...n(d.edges.changed, 'changed much', 'changed much')]
  return parts.length ? parts.join(', ') : 'nothing differs'
}

