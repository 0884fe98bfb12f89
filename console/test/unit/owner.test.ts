import { describe, expect, it } from 'vitest'
import { ownerPath, slug } from '../../src/feature/asset/owner'

describe('an owner', () => {
  it('is named at the line, or at the zone where there is no line', () => {
    expect(ownerPath('line-1', 'cells', 'it')).toBe('lines[line-1].owners.it')
    expect(ownerPath('', 'cells', 'operations')).toBe('zones[cells].owners.operations')
  })
  it.each([
    ['Anna Weiß', [], 'anna'], ['Anna Weiß', ['anna'], 'anna-weiss'], ['Anna Weiß', ['anna', 'anna-weiss'], 'anna-weiss-2'], ['Anna Weiß', ['anna', 'anna-weiss', 'anna-weiss-2'], 'anna-weiss-3'],
    ['  José Núñez ', [], 'jose'], ['王', [], 'person'], ['', ['person'], 'person-2'], ["O'Hara", [], 'o'],
  ])('%j beside %j is %s', (name, taken, want) => {
    expect(slug(name, new Set(taken))).toBe(want)
  })
})
