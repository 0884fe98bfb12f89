import type { MapAsset, MapDifference } from '../../api/model'
import { natural, type Diff, type Plan, type PlanLine } from './plan'

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
  return { ...p, boxes: list, lines: linesOf(d, boxOf), diff, boxOf: new Map(list.flatMap((b) => b.assets.map((a) => [a.id, b.id] as const))), assets: new Map(list.flatMap((b) => b.assets.map((a) => [a.id, a] as const))) }
}

function ghost(a: MapDifference['assets']['vanished'][number]): MapAsset {
  return { id: a.id, label: a.label, role: a.role, kind: a.kind || 'device', side: a.side, level: a.level, vendor_known: true, line: '', worst: 'none' }
}

function linesOf(d: MapDifference, boxOf: Map<string, string>): PlanLine[] {
  const found = new Map<string, PlanLine>()
  for (const [kind, edges] of [['new', d.edges.appeared], ['gone', d.edges.vanished], ['changed', d.edges.changed]] as const) {
    for (const e of edges) {
      const [from, to] = [boxOf.get(e.from), boxOf.get(e.to)]
      if (e.between !== 'boxes' || !from || !to || from === to) continue
      const [a, b] = from < to ? [from, to] : [to, from]
      const id = `${a}~${b}${e.crossing ? '!' : ''}`
      const bytes = Math.max(e.bytes_from, e.bytes_to)
      const line = found.get(id)
      if (line) {
        line.bytes += bytes
        if (line.diff !== kind) line.diff = 'changed'
      } else found.set(id, { id, a, b, crossing: e.crossing && kind !== 'gone', conduits: [], uncovered: 0, edges: [], bytes, diff: kind })
    }
  }
  return [...found.values()].sort((x, y) => (x.id < y.id ? -1 : 1))
}

/** How much differs, in a sentence. */
export function differenceText(d: MapDifference): string {
  const n = (list: unknown[], one: string, many: string) => (list.length ? [`${list.length} ${list.length === 1 ? one : many}`] : [])
  const parts = [...n(d.assets.appeared, 'asset appeared', 'assets appeared'), ...n(d.assets.vanished, 'vanished', 'vanished'), ...n(d.edges.appeared, 'way is new', 'ways are new'), ...n(d.edges.vanished, 'is gone', 'are gone'), ...n(d.edges.changed, 'changed much', 'changed much')]
  return parts.length ? parts.join(', ') : 'nothing differs'
}

