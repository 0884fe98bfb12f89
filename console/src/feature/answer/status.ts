import type { Statement, StatusCounts } from '../../api/model'

/** How a statement can stand, in the order in which it is shown everywhere. */
export const statuses = ['proven', 'contradicted', 'stale', 'attested', 'unknown'] as const
export type Status = (typeof statuses)[number]

export const statusNames: Record<Status, string> = { proven: 'proven', contradicted: 'contradicted', stale: 'stale', attested: "somebody's word", unknown: 'unknown' }

/** What each of them means, for the legend. */
export const statusNotes: Record<Status, string> = {
  proven: 'watched for, long enough and without gaps, and it holds',
  contradicted: 'something was seen that says otherwise',
  stale: 'it was so, too long ago to speak for today',
  attested: 'a person signed for it',
  unknown: 'nobody can say; it is not taken for safe',
}

/** Counts in the order of the bar, those that are 0 left out. */
export function parts(counts: StatusCounts): { status: Status; n: number }[] {
  return statuses.map((status) => ({ status, n: counts[status] })).filter((p) => p.n > 0)
}

/** The bar in words. */
export function partsText(counts: StatusCounts): string {
  return parts(counts).map((p) => `${p.n} ${statusNames[p.status]}`).join(', ') || 'no statements'
}

const urgency: Record<Status, number> = { contradicted: 0, stale: 1, unknown: 2, attested: 3, proven: 4 }

/** Statements by status, what needs someone first, each group in the order of its weight. */
export function groups(list: Statement[]): { status: Status; list: Statement[] }[] {
  return [...statuses]
    .sort((a, b) => urgency[a] - urgency[b])
    .map((status) => ({ status, list: list.filter((s) => s.status === status) }))
    .filter((g) => g.list.length)
}

/** How much is not as claimed: "3 of 62 machines"; empty where nothing was counted. */
export function amount(s: Pick<Statement, 'missing' | 'of' | 'unit' | 'status'>): string {
  const units = (n: number) => (n === 1 ? s.unit : s.unit + 's')
  const n = (x: number) => x.toLocaleString('en')
  if (s.missing > 0) return s.of > 0 ? `${n(s.missing)} of ${n(s.of)} ${units(s.of)}` : `${n(s.missing)} ${units(s.missing)}`
  return s.of > 0 && s.status === 'proven' ? `${s.of === 1 ? 'the one' : `all ${n(s.of)}`} ${units(s.of)}` : ''
}

const sides: Record<string, string> = { it: 'IT', operations: 'Operations' }

/** Who has to act: "IT, Operations". */
export function ownersText(owners: string[]): string {
  return owners.map((o) => sides[o] ?? o).join(', ')
}

/** A sentence that ends the reasons of at least three statements: said once, it need not stand in each. */
export function shared(list: Statement[]): string {
  const found = new Map<string, number>()
  for (const s of list) {
    const last = s.why.split(/(?<=\.) (?=[A-Z])/).at(-1) ?? ''
    found.set(last, (found.get(last) ?? 0) + 1)
  }
  const [text = '', n = 0] = [...found].sort((a, b) => b[1] - a[1])[0] ?? []
  return n >= 3 ? text : ''
}

/** A reason without what was said for all. */
export function own(why: string, said: string): string {
  return said && why.endsWith(said) ? why.slice(0, -said.length).trim() : why
}
