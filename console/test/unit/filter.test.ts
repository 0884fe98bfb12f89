import { describe, expect, it } from 'vitest'
import { address, isUnknown, what, worst } from '../../src/lib/asset'
import { bestFacts, byField, sureness } from '../../src/lib/fact'
import { assetQuery, valueText } from '../../src/lib/filter'
import type { Fact } from '../../src/api/model'

describe('the query of the asset list', () => {
  const q = (s: string) => assetQuery(new URLSearchParams(s))
  it('hands on filters and words', () => expect(q('q=plc+6ES7&side=ot&level=3.5')).toEqual({ q: 'plc 6ES7', side: 'ot', level: '3.5' }))
  it('leaves out what the API does not know, which would refuse it', () => expect(q('utm=1&sel=x&sort=firmware')).toEqual({}))
  it('keeps the order, down too', () => expect(q('sort=-last_seen')).toEqual({ sort: '-last_seen' }))
  it('leaves out empty values', () => expect(q('q=&role=')).toEqual({}))
})

describe('an asset in words', () => {
  it('does not say the vendor twice', () => {
    expect(what({ vendor: 'Siemens', product: 'SIEMENS CPU 315' })).toBe('Siemens CPU 315')
    expect(what({ vendor: '', product: 'Box' })).toBe('Box')
  })
  it('is unknown without role and vendor, but not if it is outside', () => {
    expect(isUnknown({ role: 'unknown', vendor: '', kind: 'device' })).toBe(true)
    expect(isUnknown({ role: 'unknown', vendor: 'Siemens', kind: 'device' })).toBe(false)
    expect(isUnknown({ role: '', vendor: '', kind: 'external' })).toBe(false)
  })
  it('shows the worst findings', () => {
    expect(worst({ high: 0, medium: 2, low: 5, info: 1 })).toEqual(['medium', 2])
    expect(worst({ high: 0, medium: 0, low: 0, info: 0 })).toBeUndefined()
  })
  it('has an address', () => expect(address({ ips: [], macs: ['00:1b:1b:00:00:01'] })).toBe('00:1b:1b:00:00:01'))
  it.each([['side', 'ot', 'OT'], ['level', '3.5', 'level 3.5'], ['level', 'unknown', 'unknown'], ['vendor', 'ABB', 'ABB'], ['finding', 'any', 'any finding']] as const)('%s %s reads %s', (f, v, want) => expect(valueText(f, v)).toBe(want))
})

describe('facts', () => {
  const fact = (field: string, value: string, confidence: number, count = 1): Fact => ({ field, value, source: 's', confidence, count, first: null, last: null })
  const facts = [fact('zzz', 'z', 1), fact('firmware', 'old', 0.5), fact('firmware', 'new', 0.9), fact('vendor', 'V', 0.4), fact('firmware', 'often', 0.5, 9)]
  it('stand in reading order, the most trusted first', () => {
    expect(byField(facts).map(([f, l]) => [f, l.map((x) => x.value)])).toEqual([['vendor', ['V']], ['firmware', ['new', 'often', 'old']], ['zzz', ['z']]])
  })
  it('are the best of those asked for', () => expect(bestFacts(facts, ['firmware']).map((f) => f.value)).toEqual(['new']))
  it.each([[0.95, 'sure (95 %)'], [0.7, 'likely (70 %)'], [0.4, 'possible (40 %)'], [0.1, 'a hint (10 %)']])('confidence %s is %s', (c, want) => expect(sureness(c)).toBe(want))
})
