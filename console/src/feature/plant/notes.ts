import type { PlantModel } from '../../api/model'

/** An amount of money with its currency, short: "€2.2k". */
export function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency: currency || 'EUR', notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1, trailingZeroDisplay: 'stripIfInteger' } as Intl.NumberFormatOptions).format(amount).replace('K', 'k')
  } catch {
    return `${amount.toLocaleString('en')} ${currency}`
  }
}

/** What is said of a production line. */
export interface LineNote {
  name: string
  /** What an hour of its standing costs; empty if nobody said. */
  cost: string
}

/** What is said of every production line, by site and line. */
export function notesOf(models: PlantModel[]): Map<string, LineNote> {
  const notes = new Map<string, LineNote>()
  for (const { site, model: m, version } of models) {
    // Of a proposal nobody has said anything yet.
    if (!m || version === 0) continue
    for (const l of m.lines ?? []) {
      const cost = l.cost?.per_hour || m.cost?.per_hour || 0
      notes.set(`${site}/${l.id}`, { name: l.name, cost: cost ? `${money(cost, m.currency)} an hour standing` : '' })
    }
  }
  return notes
}

/** A line's note on a box: its name too, unless the box is called after it. */
export function noteText(n: LineNote | undefined, box: string): string {
  if (!n) return ''
  return [box.toLowerCase().includes(n.name.toLowerCase()) ? '' : n.name, n.cost].filter(Boolean).join(' · ')
}
