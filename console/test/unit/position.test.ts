import { describe, expect, it } from 'vitest'
import { indent, offset, place } from '../../src/feature/model/position'

const text = 'site: main\n  — 🏭 x\n\nend'

describe('a place in a text', () => {
  it.each([
    [1, 1, 0], [1, 5, 4], [2, 1, 11], [2, 6, 17], [3, 1, 20], [4, 3, 23],
  ])('line %i, column %i is there and back', (line, column, at) => {
    expect(offset(text, line, column)).toBe(at)
    expect(place(text, at)).toEqual({ line, column })
  })
  it('is the end of the line, or of the text, beyond them', () => {
    expect(offset(text, 1, 99)).toBe(10)
    expect(offset(text, 9, 1)).toBe(text.length)
    expect(offset('', 1, 1)).toBe(0)
  })
})

describe('the blanks of a new line', () => {
  it.each([
    ['lines:', '  '], ['  name: Filling', '  '], ['  - id: a', '    '], ['- members:', '    '], ['', ''], ['top', ''],
  ])('after %j are %j', (line, blanks) => {
    const before = 'x: 1\n' + line
    expect(indent(before + '\nmore', before.length)).toBe(blanks)
  })
  it('are those of what stands before the cursor', () => {
    expect(indent('  a: b', 1)).toBe(' ')
  })
})
