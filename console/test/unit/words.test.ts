import { describe, expect, it } from 'vitest'
import type { AssetRow, HistoryDay, Operation, Sensor, Statement } from '../../src/api/model'
import { byDay, merge, type ChangeItem } from '../../src/feature/change/merge'
import { amount, groups, own, parts, partsText, shared } from '../../src/feature/answer/status'
import { advice, stateOf } from '../../src/feature/sensor/advice'
import { kept } from '../../src/feature/sensor/kept'
import * as server from '../server/answer.mjs'

const now = Date.parse('2026-03-05T06:00:00Z')
const well = { ...(server.sensors(false) as unknown as Sensor[])[0]!, heard: '2026-03-05T05:59:58Z', one_sided: 0 }

describe('what a sensor means for the picture', () => {
  it('is silent when all is well', () => expect(advice(well, now)).toEqual([]))
  it.each<[string, Partial<Sensor>, RegExp]>([
    ['its own problem', { problem: 'No link.', ok: false }, /^No link\.$/],
    ['not heard of', { heard: '2026-03-05T05:00:00Z' }, /not been heard of for 1 h/],
    ['a batch missing', { missing: 1 }, /^1 batch of/],
    ['drops', { packets: 900, dropped: 100 }, /100 packets \(10 %\)/],
    ['one side only', { one_sided: 400, flows: 1000 }, /400 conversations only one side/],
    ['behind', { lag: 600 }, /10 min behind/],
    ['no room', { lost: 5 }, /5 observations/],
    ['a decoder that failed', { failures: 2 }, /failed 2 times/],
  ])('tells of %s', (_, s, want) => {
    const list = advice({ ...well, ...s }, now)
    expect(list).toHaveLength(1)
    expect(list[0]!.what).toMatch(want)
  })
  it('does not cry for a few requests that nobody answered', () => expect(advice({ ...well, one_sided: 12, flows: 5000 }, now)).toEqual([]))
  it('has a state in a word', () => {
    expect(stateOf(well)).toEqual(['watching', 'good'])
    expect(stateOf({ ...well, ok: false, state: 'silent' })).toEqual(['silent', 'stop'])
    expect(stateOf({ ...well, ok: false })).toEqual(['has a problem', 'stop'])
    expect(stateOf({ ...well, state: 'ended' })).toEqual(['ended', 'unk'])
  })
})

const statement = (more: Partial<Statement>): Statement => ({ id: 'x', check: 1, says: '', status: 'unknown', missing: 0, of: 0, unit: 'machine', why: '', link: '', owners: [], as_of: null, evidence: [], ...more })

describe('statements', () => {
  it('stand with what needs someone first, in their own order within a status', () => {
    const list = (['proven', 'unknown', 'attested', 'contradicted', 'stale', 'unknown'] as const).map((status, i) => statement({ id: String(i), status }))
    expect(groups(list).map((g) => [g.status, ...g.list.map((s) => s.id)])).toEqual([['contradicted', '3'], ['stale', '4'], ['unknown', '1', '5'], ['attested', '2'], ['proven', '0']])
  })
  it('are counted in the same order everywhere, also in words', () => {
    const counts = { unknown: 5, proven: 17, stale: 0, contradicted: 2, attested: 4 }
    expect(parts(counts).map((p) => p.status)).toEqual(['proven', 'contradicted', 'attested', 'unknown'])
    expect(partsText(counts)).toBe("17 proven, 2 contradicted, 4 somebody's word, 5 unknown")
    expect(partsText({ unknown: 0, proven: 0, stale: 0, contradicted: 0, attested: 0 })).toBe('no statements')
  })
  it('say once what is said of several', () => {
    const list = ['Not seen. A week is needed.', 'All is known. A week is needed.', 'A week is needed.', 'No owners yet.'].map((why) => statement({ why }))
    expect(shared(list)).toBe('A week is needed.')
    expect(list.map((s) => own(s.why, shared(list)))).toEqual(['Not seen.', 'All is known.', '', 'No owners yet.'])
    expect(shared(list.slice(2))).toBe('')
  })
  it.each<[Partial<Statement>, string]>([
    [{ status: 'contradicted', missing: 3, of: 62 }, '3 of 62 machines'],
    [{ status: 'contradicted', missing: 1, of: 1 }, '1 of 1 machine'],
    [{ status: 'contradicted', missing: 1, unit: 'conversation' }, '1 conversation'],
    [{ status: 'contradicted', missing: 4100, unit: 'conversation' }, '4,100 conversations'],
    [{ status: 'proven', of: 62 }, 'all 62 machines'],
    [{ status: 'proven', of: 1, unit: 'sensor' }, 'the one sensor'],
    [{ status: 'unknown', of: 62 }, ''],
  ])('say how much is not as claimed: %j', (s, want) => expect(amount(statement(s))).toBe(want))
})

describe('changes', () => {
  const op = (at: string): ChangeItem => ({ at, operation: { last: at } as Operation })
  const fresh = (at: string): ChangeItem => ({ at, asset: { id: at } as AssetRow })
  it('are whole back to the time up to which every list is', () => {
    const m = merge([{ items: [op('2026-03-05'), op('2026-03-01')], more: true }, { items: [fresh('2026-03-04'), fresh('2026-02-01')], more: false }])
    expect(m.items.map((i) => i.at)).toEqual(['2026-03-05', '2026-03-04', '2026-03-01'])
    expect(m.since).toBe('2026-03-01')
  })
  it('leave nothing out when all lists are whole', () => expect(merge([{ items: [op('b')], more: false }, { items: [fresh('a')], more: false }])).toMatchObject({ since: '', items: [{ at: 'b' }, { at: 'a' }] }))
  it('stand under their days; a crowd of new assets is counted', () => {
    const days = byDay([op('2026-03-05T10:00:00'), ...Array.from({ length: 13 }, (_, i) => fresh(`2026-03-05T09:${10 + i}:00`)), fresh('2026-03-04T09:00:00')])
    expect(days.map((d) => [d.day, d.items.length, d.crowd])).toEqual([['Thursday, 5 March 2026', 1, 13], ['Wednesday, 4 March 2026', 1, 0]].map(([d, ...r]) => [expect.stringContaining((d as string).split(',')[0]!), ...r]))
  })
})

describe('what is kept', () => {
  it('is added up by kind and step, the finest first', () => {
    const day = (d: string, step: HistoryDay['step'], kind: HistoryDay['kind'] = 'conversations'): HistoryDay => ({ site: 's', day: d, kind, step, segments: 1, rows: 10, bytes: 100 })
    expect(kept([day('2026-03-02', 'minute'), day('2026-02-01', 'hour'), day('2026-03-01', 'minute'), day('2026-03-01', 'hour', 'operations')])).toEqual([
      { kind: 'conversations', step: 'minute', from: '2026-03-01', to: '2026-03-02', days: 2, rows: 20, bytes: 200 },
      { kind: 'conversations', step: 'hour', from: '2026-02-01', to: '2026-02-01', days: 1, rows: 10, bytes: 100 },
      { kind: 'operations', step: 'hour', from: '2026-03-01', to: '2026-03-01', days: 1, rows: 10, bytes: 100 },
    ])
  })
})
