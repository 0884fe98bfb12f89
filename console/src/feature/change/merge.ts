import type { AssetRow, Operation } from '../../api/model'

/** One thing that changed on the machines or in the network. */
export type ChangeItem = { at: string; operation: Operation; asset?: undefined } | { at: string; asset: AssetRow; operation?: undefined }

/** A list, newest first, of which older items may exist. */
export interface Part {
  items: ChangeItem[]
  more: boolean
}

/**
 * Merges lists into one, newest first, back to the time up to which all of them
 * are whole: before that, something of one list could be missing between items
 * of another. The time is empty if nothing is left out.
 */
export function merge(parts: Part[]): { items: ChangeItem[]; since: string } {
  let since = ''
  for (const p of parts) {
    const last = p.items.at(-1)?.at ?? ''
    if (p.more && last > since) since = last
  }
  const items = parts.flatMap((p) => p.items).filter((i) => i.at >= since)
  return { items: items.sort((a, b) => (a.at > b.at ? -1 : a.at < b.at ? 1 : 0)), since }
}

/** Items of one day, and many new assets at once as one. */
export interface Day {
  day: string
  items: ChangeItem[]
  /** New assets that came in such numbers that naming each would bury the rest. */
  crowd: number
}

/** More new assets in a day than this are counted instead of named: a sensor was just switched on. */
const crowd = 12

/** Puts items under their days, in this machine's time. */
export function byDay(items: ChangeItem[]): Day[] {
  const days = new Map<string, ChangeItem[]>()
  for (const i of items) {
    const day = new Date(i.at).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
    days.set(day, [...(days.get(day) ?? []), i])
  }
  return [...days].map(([day, list]) => {
    const fresh = list.filter((i) => i.asset).length
    return fresh > crowd ? { day, items: list.filter((i) => !i.asset), crowd: fresh } : { day, items: list, crowd: 0 }
  })
}
