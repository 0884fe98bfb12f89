import { describe, expect, it } from 'vitest'
import { edits, merge } from '../../src/feature/model/merge'

const base = 'site: main\nlines:\n  - id: a\n    name: Filling\n  - id: b\n    name: Packing\n'

describe('the changes of a text', () => {
  it('are the stretches that must be replaced', () => {
    expect(edits(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([{ from: 1, to: 2, lines: ['x'] }])
    expect(edits(['a', 'c'], ['a', 'b', 'c'])).toEqual([{ from: 1, to: 1, lines: ['b'] }])
    expect(edits(['a', 'b', 'c'], ['a', 'c'])).toEqual([{ from: 1, to: 2, lines: [] }])
    expect(edits([''], ['a', 'b'])).toEqual([{ from: 0, to: 1, lines: ['a', 'b'] }])
    expect(edits(['a'], ['a'])).toEqual([])
  })
  it('lead from one text to the other, whatever they are', () => {
    let seed = 7
    const next = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n
    for (let round = 0; round < 300; round++) {
      const text = () => Array.from({ length: next(9) }, () => 'abc'[next(3)]!)
      const [a, b] = [text(), text()]
      const out: string[] = []
      let i = 0
      for (const e of edits(a, b)) {
        out.push(...a.slice(i, e.from), ...e.lines)
        i = e.to
      }
      expect([...out, ...a.slice(i)]).toEqual(b)
    }
  })
})

describe('two people who changed one text', () => {
  it('have both changes where these are in different lines', () => {
    const m = merge(base, base.replace('Filling', 'Bottling'), base.replace('Packing', 'Boxing'))
    expect(m).toEqual({ text: base.replace('Filling', 'Bottling').replace('Packing', 'Boxing'), clashes: [] })
  })
  it('are told which lines clash, and ours stands there', () => {
    const m = merge(base, base.replace('Filling', 'Bottling'), base.replace('Filling', 'Filler').replace('Packing', 'Boxing'))
    expect(m).toEqual({ text: base.replace('Filling', 'Bottling').replace('Packing', 'Boxing'), clashes: [4] })
  })
  it('clash where both put something at one place', () => {
    expect(merge('a\nb', 'a\nx\nb', 'a\ny\nb')).toEqual({ text: 'a\nx\nb', clashes: [2] })
  })
  it('do not clash where both did the same, which stands once', () => {
    const same = base.replace('Filling', 'Bottling')
    expect(merge(base, same, same)).toEqual({ text: same, clashes: [] })
  })
  it('clash where one takes away what the other changes', () => {
    const m = merge('a\nb\nc', 'a\nc', 'a\nB\nc')
    expect(m).toEqual({ text: 'a\nc', clashes: [2] })
  })
  it('get the other text where they changed nothing', () => {
    expect(merge(base, base, 'all anew')).toEqual({ text: 'all anew', clashes: [] })
    expect(merge(base, 'all anew', base)).toEqual({ text: 'all anew', clashes: [] })
  })
  it('get an answer also of texts too long to compare line by line', () => {
    const long = (s: string) => Array.from({ length: 2100 }, (_, i) => s + i).join('\n')
    expect(merge(long('a'), long('b'), long('a'))).toEqual({ text: long('b'), clashes: [] })
    expect(merge(long('a'), long('b'), long('c')).clashes).toEqual([1])
  })
})
