import { describe, expect, it } from 'vitest'
import * as f from '../../src/lib/format'

describe('numbers', () => {
  it.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [1500, '1.5 kB'], [999_499, '999 kB'], [999_600, '1.0 MB'], [12_345_678, '12 MB'], [2e12, '2.0 TB'], [undefined, '–'], [NaN, '–']])('%s bytes are %s', (n, want) => expect(f.bytes(n as number)).toBe(want))
  it.each([[125, '1.0 kbit/s'], [0, '0 bit/s'], [125_000_000, '1.0 Gbit/s']])('%s B/s are %s', (n, want) => expect(f.bitrate(n)).toBe(want))
  it.each([[0, '0/s'], [0.25, '0.3/s'], [12.4, '12/s'], [200_000, '200,000/s'], [undefined, '–']])('a rate of %s is %s', (n, want) => expect(f.rate(n as number)).toBe(want))
  it.each([[0, '0 %'], [0.00001, '< 0.1 %'], [0.031, '3.1 %'], [0.5, '50 %'], [0.99999, '> 99.9 %'], [1, '100 %']])('%s is %s', (n, want) => expect(f.percent(n)).toBe(want))
  it('agrees with its noun', () => {
    expect(f.plural(1, 'asset')).toBe('1 asset')
    expect(f.plural(2500, 'asset')).toBe('2,500 assets')
    expect(f.plural(0, 'batch', 'batches')).toBe('0 batches')
  })
})

describe('time', () => {
  const now = Date.parse('2026-03-05T06:00:00Z')
  it.each([[0.4, '400 ms'], [59, '59 s'], [60, '1 min'], [3600, '1 h'], [13_200, '3 h 40 min'], [86_400, '1 day'], [90_000, '1 day 1 h'], [86_400 * 30, '30 days']])('%s s last %s', (s, want) => expect(f.duration(s)).toBe(want))
  it.each([['2026-03-05T05:59:58Z', 'now'], ['2026-03-05T05:56:00Z', '4 min ago'], ['2026-03-05T02:20:00Z', '3 h ago'], ['2026-03-03T02:00:00Z', '2 days ago'], ['2026-03-05T06:02:00Z', 'in 2 min'], ['0001-01-01T00:00:00Z', 'never'], [null, 'never'], ['', 'never']])('%s was %s', (t, want) => expect(f.ago(t, now)).toBe(want))
  it('says less the nearer a time is', () => {
    const at = (d: Date) => f.clock(d.toISOString(), now)
    const local = new Date(now)
    expect(at(local)).toMatch(/^\d\d:\d\d$/)
    expect(at(new Date(now - 3 * 86400e3))).toMatch(/^Mon \d\d:\d\d$/)
    expect(at(new Date(now - 30 * 86400e3))).toMatch(/^\d+ Feb \d\d:\d\d$/)
    expect(at(new Date(now - 400 * 86400e3))).toMatch(/ 2025[ ,]+\d\d:\d\d$/)
    expect(f.clock(undefined, now)).toBe('–')
  })
  it('keeps days of the history in UTC', () => expect(f.day('2026-03-05')).toBe('5 Mar 2026'))
})

describe('words', () => {
  it.each([[null, 'level unknown'], [-1, 'level unknown'], [0, 'level 0'], [3.5, 'level 3.5']])('level %s', (l, want) => expect(f.level(l as number)).toBe(want))
})
