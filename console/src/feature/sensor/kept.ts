import type { HistoryDay } from '../../api/model'

/** What is kept of one kind at one step, over all days. */
export interface Kept {
  kind: HistoryDay['kind']
  step: HistoryDay['step']
  from: string
  to: string
  days: number
  rows: number
  bytes: number
}

const steps: HistoryDay['step'][] = ['minute', 'hour', 'day']

/** Adds days up by kind and step, the finest step first. */
export function kept(days: HistoryDay[]): Kept[] {
  const m = new Map<string, Kept>()
  for (const d of days) {
    const k = m.get(d.kind + d.step)
    if (!k) {
      m.set(d.kind + d.step, { kind: d.kind, step: d.step, from: d.day, to: d.day, days: 1, rows: d.rows, bytes: d.bytes })
      continue
    }
    k.from = d.day < k.from ? d.day : k.from
    k.to = d.day > k.to ? d.day : k.to
    k.days++
    k.rows += d.rows
    k.bytes += d.bytes
  }
  return [...m.values()].sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : steps.indexOf(a.step) - steps.indexOf(b.step)))
}
