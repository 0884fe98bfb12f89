/*
 * Three versions of a text put together line by line: what two people changed
 * of the same base. Where both changed the same lines it is for a person.
 */

/** A stretch of the base that one side replaced. */
interface Edit {
  /** First line of the base, and the line after the last. */
  from: number
  to: number
  lines: string[]
}

/** Lines of a and b that are the same, in order: the longest such row (LCS) where the texts are small enough. */
function common(a: string[], b: string[]): [number, number][] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) endA--, endB--
  const [n, m] = [endA - start, endB - start]
  const pairs: [number, number][] = Array.from({ length: start }, (_, i) => [i, i])
  // What lies between is compared in full up to a square of four million; beyond it is one change.
  if (n * m > 0 && n * m <= 4_000_000) {
    const w = m + 1
    const len = new Uint32Array((n + 1) * w)
    for (let i = n - 1; i >= 0; i--) for (let j = m - 1; j >= 0; j--) len[i * w + j] = a[start + i] === b[start + j] ? len[(i + 1) * w + j + 1]! + 1 : Math.max(len[(i + 1) * w + j]!, len[i * w + j + 1]!)
    for (let i = 0, j = 0; i < n && j < m; ) {
      if (a[start + i] === b[start + j]) pairs.push([start + i++, start + j++])
      else if (len[(i + 1) * w + j]! >= len[i * w + j + 1]!) i++
      else j++
    }
  }
  for (let i = endA, j = endB; i < a.length; i++, j++) pairs.push([i, j])
  return pairs
}

/** What must be replaced in a to have b. */
export function edits(a: string[], b: string[]): Edit[] {
  const out: Edit[] = []
  let [i, j] = [0, 0]
  for (const [x, y] of [...common(a, b), [a.length, b.length] as [number, number]]) {
    if (x > i || y > j) out.push({ from: i, to: x, lines: b.slice(j, y) })
    ;[i, j] = [x + 1, y + 1]
  }
  return out
}

export interface Merged {
  text: string
  /** Lines of the base that both changed, from 1; empty if both fit together. */
  clashes: number[]
}

/** Puts the changes of both sides into one text. Where they clash, ours stands. */
export function merge(base: string, ours: string, theirs: string): Merged {
  const b = base.split('\n')
  const [mine, other] = [edits(b, ours.split('\n')), edits(b, theirs.split('\n'))]
  const touches = (x: Edit, y: Edit) => (x.from < y.to && y.from < x.to) || (x.from === y.from && (x.from === x.to || y.from === y.to))
  const same = (x: Edit, y: Edit) => x.from === y.from && x.to === y.to && x.lines.join('\n') === y.lines.join('\n')
  const clashes = mine.filter((x) => other.some((y) => touches(x, y) && !same(x, y))).map((x) => x.from + 1)
  const kept = [...mine, ...other.filter((y) => !mine.some((x) => touches(x, y)))].sort((x, y) => x.from - y.from || x.to - y.to)
  const out: string[] = []
  let i = 0
  for (const e of kept) {
    out.push(...b.slice(i, e.from), ...e.lines)
    i = Math.max(i, e.to)
  }
  out.push(...b.slice(i))
  return { text: out.join('\n'), clashes }
}
