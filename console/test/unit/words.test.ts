import { describe, expect, it } from 'vitest'
import type { AssetRow, HistoryDay, Operation, Overview, Sensor } from '../../src/api/model'
import { byDay, merge, type ChangeItem } from '../../src/feature/change/merge'
import { blind, sentence } from '../../src/feature/overview/answer'
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

const o = (more: Partial<Overview>): Overview => ({ sites: ['s'], assets: { total: 10, unknown: 0, kinds: [{ value: 'external', count: 2 }], sides: [], roles: [] }, conversations: 30, crossings: 0, findings: { high: 0, medium: 0, low: 0, info: 0 }, sensors: { total: 1, ok: 1, not: 0 }, last_observation: null, kept_from: null, kept_to: null, version: '', now: '', ...more })

describe('the sentence on the first page', () => {
  it('claims nothing before anything was seen', () => expect(sentence(o({ assets: { total: 0, unknown: 0, kinds: [], sides: [], roles: [] } })).calm).toBe('Nothing has been seen yet.'))
  it('says what crosses', () => expect(sentence(o({ crossings: 1 })).urgent).toBe('1 conversation crosses the boundary of the plant.'))
  it('counts what is inside only', () => expect(sentence(o({})).calm).toMatch(/^8 assets and 30 conversations/))
  it('does not say that nothing crosses without saying how far one sees', () => {
    const s = sentence(o({ sensors: { total: 2, ok: 1, not: 1 } }))
    expect(s.urgent).toBe('But not everything is seen.')
    expect(s.under).toMatch(/As far as the sensors see/)
  })
  it('tells what cannot be seen', () => {
    const list = blind(o({ assets: { total: 10, unknown: 3, kinds: [{ value: 'external', count: 2 }], sides: [{ value: 'unknown', count: 4 }], roles: [] } }), [{ ...well, dropped: 5 }], now)
    expect(list.map((b) => b.href)).toEqual(['/sensors', '/assets?role=unknown', '/assets?side=unknown&kind=device', '/sensors'])
    expect(blind(o({}), [well, { ...well, name: 'two' }], now)).toEqual([])
  })
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
