import { describe, expect, it } from 'vitest'
import type { MapDifference, PlantModel } from '../../src/api/model'
import { compared, dayBefore, daysOf, differenceText } from '../../src/feature/plant/compare'
import { inside } from '../../src/feature/plant/inside'
import { layout } from '../../src/feature/plant/layout'
import { money, notesOf, noteText } from '../../src/feature/plant/notes'
import { breaks, plan } from '../../src/feature/plant/plan'
import { folded, linesShown } from '../../src/feature/plant/shown'
import * as server from '../server/answer.mjs'
import { plant } from '../server/plant.mjs'
import { declare, difference } from '../server/zones.mjs'

function world(n: number) {
  const p = plant(n)
  const w = { plant: p, model: declare(p) }
  return { w, map: server.map(w) as never, difference: difference(w, new URLSearchParams('from=2026-11-20&to=2026-11-27'), server.boxes(w)) as unknown as MapDifference }
}

describe('zones on the map', () => {
  const p = plan(world(120).map)
  it('are boxes with their own names, in the band of their level', () => {
    expect(p.declared).toBe(true)
    expect(p.boxes.filter((b) => b.zone).map((b) => [b.band, b.name])).toEqual([['outside', 'Internet'], ['enterprise', 'Office'], ['enterprise', 'Servers'], ['dmz', 'Historian mirror, gateway'], ['operations', 'Engineering'], ['operations', 'SCADA and historian'], ['cells', 'Line 1 · Mixing'], ['cells', 'Line 2 · Filling'], ['cells', 'Line 3 · Packing']])
    expect(p.boxes.filter((b) => !b.zone).map((b) => b.band)).toEqual(['unplaced'])
  })
  it('have a door for what a conduit covers and a break for the rest, also between the same two', () => {
    const between = p.lines.filter((l) => [l.a, l.b].sort().join() === 'main/zone/dmz,main/zone/office')
    expect(between.map((l) => [l.crossing, l.conduits, l.uncovered])).toEqual([[false, ['office-reports'], 0], [true, [], 8]])
    const l = layout(p, linesShown(p, 'all', {}).lines, 900, 'auto')
    const wall = l.walls.find((w) => w.name === 'IT / OT')!
    expect([wall.doors.length > 0, wall.breaks.length > 0]).toEqual([true, true])
  })
  it.each([[{ uncovered: 1, crossing: false, conduits: [] }, true], [{ uncovered: 0, crossing: true, conduits: [] }, true], [{ uncovered: 0, crossing: true, conduits: ['a'] }, false], [{ uncovered: 0, crossing: false, conduits: [] }, false]])('%j breaks the wall: %s', (e, want) => expect(breaks(e as never)).toBe(want))
})

describe('a large plant', () => {
  const p = plan(world(6000).map)
  it('is drawn as numbers, and one box with its neighbours when it is opened', () => {
    const all = folded(p, '', 6000, '')
    expect(all.boxes.every((b) => b.folded)).toBe(true)
    const l = layout(all, linesShown(all, 'all', {}).lines, 1400, 'squares')
    for (const b of l.boxes) expect(b.h).toBeLessThan(90)
    const one = folded(p, 'main/zone/line-3', 6000, '')
    expect(one.boxes.filter((b) => !b.folded).map((b) => b.id)).toEqual(['main/zone/line-3'])
    expect(one.boxes.length).toBeLessThan(8)
    expect(one.lines.every((x) => x.a === 'main/zone/line-3' || x.b === 'main/zone/line-3')).toBe(true)
  })
  it('is drawn whole where somebody wishes so', () => expect(folded(p, '', 6000, 'squares')).toBe(p))
  it('gets the assets that the map left out', () => {
    const one = folded(p, 'main/zone/office', 6000, '')
    const full = inside(one, { id: 'main/zone/office', assets: [{ id: 'b', label: 'PC 10' }, { id: 'a', label: 'PC 9' }] as never })
    expect(full.boxes.find((b) => b.id === 'main/zone/office')!.assets.map((a) => a.id)).toEqual(['a', 'b'])
    expect(full.boxOf.get('a')).toBe('main/zone/office')
    expect(inside(one, undefined)).toBe(one)
  })
})

describe('two days', () => {
  it.each([['2026-11-20..2026-11-27', { from: '2026-11-20', to: '2026-11-27' }], ['2026-11-27..2026-11-20', undefined], ['2026-11-27..2026-11-27', undefined], ['..2026-11-27', undefined], ['2026-13-40..2026-14-01', undefined], ['', undefined]])('of %j', (text, want) => expect(daysOf(text)).toEqual(want))
  it('are counted back by the calendar', () => expect(dayBefore(new Date(2026, 2, 1, 12).getTime(), 1)).toBe('2026-02-28'))
  it('show what came, what went and what changed, and nothing that stayed', () => {
    const { map, difference: d } = world(120)
    const p = plan(map)
    const c = compared(p, d)
    expect([...c.diff!.values()].sort()).toEqual(['gone', 'gone', 'new', 'new', 'new'])
    for (const a of d.assets.vanished) expect(c.boxes.find((b) => b.id === c.boxOf.get(a.id))!.assets.map((x) => x.id)).toContain(a.id)
    expect(c.lines.map((l) => l.diff).sort()).toEqual(['changed', 'gone', 'new', 'new'])
    expect(c.lines.filter((l) => l.crossing).every((l) => l.diff === 'new')).toBe(true)
    expect(p.boxes.some((b) => b.assets.some((a) => a.id === d.assets.vanished[0]!.id)), 'the plan it began with is as it was').toBe(false)
    expect(differenceText(d)).toBe('3 assets appeared, 2 vanished, 2 ways are new, 1 is gone, 1 changed much')
  })
  it('between which only single assets differ are changed, but for a new crossing', () => {
    const { w, map, difference: d } = world(120)
    const p = plan(map)
    const at = (role: string) => w.plant.assets.find((a) => a.role === role)!.id
    const edge = (from: string, to: string, crossing: boolean) => ({ ...d.edges.appeared[0]!, between: 'assets' as const, from, to, crossing })
    const c = compared(p, { ...d, edges: { appeared: [edge(at('SCADA server'), at('HMI'), false), edge(at('PC'), at('HMI'), true)], vanished: [], changed: [], more: 0 } })
    expect(c.lines.map((l) => [l.crossing, l.diff]).sort()).toEqual([[false, 'changed'], [true, 'new']])
  })
  it('that are alike say so', () => expect(differenceText({ assets: { appeared: [], vanished: [] }, edges: { appeared: [], vanished: [], changed: [] } } as never)).toBe('nothing differs'))
})

describe('what a line costs', () => {
  const model = (version: number, per_hour: number) => ({ site: 's', version, model: { currency: 'EUR', cost: { per_hour: 900 }, lines: [{ id: 'l', name: 'Filling', cost: { per_hour } }] } }) as unknown as PlantModel
  it.each([[2200, '€2.2k an hour standing'], [0, '€900 an hour standing']])('%s an hour, or what the site says', (n, want) => expect(notesOf([model(1, n)]).get('s/l')).toEqual({ name: 'Filling', cost: want }))
  it('is not said by a proposal', () => expect(notesOf([model(0, 2200)]).size).toBe(0))
  it('names the line unless the box does', () => {
    expect(noteText({ name: 'Filling', cost: '€1' }, 'Line 2 · Filling')).toBe('€1')
    expect(noteText({ name: 'Filling', cost: '' }, 'Cell 7')).toBe('Filling')
    expect(noteText(undefined, 'x')).toBe('')
  })
  it('is written in any currency', () => expect([money(52_000, 'USD'), money(5, 'nonsense')]).toEqual(['$52k', '5 nonsense']))
})
