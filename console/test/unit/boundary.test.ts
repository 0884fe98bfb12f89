import { describe, expect, it } from 'vitest'
import type { Boundary, BoundaryCell, BoundaryZone } from '../../src/api/model'
import { busiest, cellNumber, cellState, cellText, shownZones, step, summary, wallBefore } from '../../src/feature/boundary/matrix'

const nobody = { it: { id: '', name: '', from: '' }, operations: { id: '', name: '', from: '' } }
const zone = (id: string, kind: BoundaryZone['kind'], level: number | null = null): BoundaryZone => ({ id, name: id, kind, level, target: 0, assets: 1, owners: nobody })
const cell = (more: Partial<BoundaryCell>): BoundaryCell => ({ from: 'office', to: 'line', conversations: 1, covered: 0, uncovered: 0, attempts: 0, aside: 0, packets: 0, bytes: 0, first: null, last: null, protocols: ['smb'], kinds: [], conduits: [], ...more })
const boundary = (more: Partial<Boundary>): Boundary => ({ declared: true, version: 1, at: '', zones: [zone('line', 'cell', 1), zone('office', 'enterprise', 4), zone('scada', 'operations', 3), zone('spare', 'cell', 1)], cells: [cell({ uncovered: 1 })], conduits: [], unplaced: 0, unknown: 0, ...more }) as Boundary

describe('the zones of the matrix', () => {
  it('stand from the outside to the process, those without a conversation only if asked for', () => {
    expect(shownZones(boundary({}), true).map((z) => z.id)).toEqual(['office', 'scada', 'line', 'spare'])
    expect(shownZones(boundary({}), false).map((z) => z.id)).toEqual(['office', 'line'])
  })
  it('are those that need someone where there are too many, in their order', () => {
    const zones = ['a', 'b', 'c', 'd'].map((id) => zone(id, 'cell'))
    const cells = [cell({ from: 'd', to: 'b', uncovered: 1 }), cell({ from: 'a', to: 'c', conversations: 900, covered: 900 })]
    expect(busiest(zones, cells, 3).map((z) => z.id)).toEqual(['a', 'b', 'd'])
    expect(busiest(zones, cells, 4)).toBe(zones)
  })
  it('have a wall between office, operations and cells, none between two cells', () => {
    const zones = shownZones(boundary({}), true)
    expect(zones.map((_, i) => wallBefore(zones, i))).toEqual([false, true, true, false])
  })
})

describe('a cell', () => {
  it.each<[string, Partial<BoundaryCell> | undefined, string, number]>([
    ['says what no conduit covers before all else', { conversations: 9, covered: 5, uncovered: 2, attempts: 2 }, 'uncovered', 2],
    ['says what was only tried', { conversations: 3, covered: 1, attempts: 2 }, 'attempt', 2],
    ['says what is covered', { conversations: 4, covered: 3, aside: 1 }, 'covered', 3],
    ['says that names and time are nobody\'s business', { aside: 1 }, 'aside', 1],
    ['is empty where nothing was seen', { conversations: 0 }, 'none', 0],
  ])('%s', (_, c, state, n) => {
    expect(cellState(c && cell(c))).toBe(state)
    if (c) expect(cellNumber(cell(c))).toBe(n)
  })
  it('cries for nobody where nothing is declared', () => expect(cellState(cell({ uncovered: 1 }), false)).toBe('seen'))
  it('is told in words', () => {
    expect(cellText(cell({ conversations: 3, covered: 1, uncovered: 2, kinds: ['write', 'read'] }), 'Office', 'Line 1')).toBe('Office to Line 1: 3 conversations, 2 that no conduit covers, 1 covered; smb, write and read')
    expect(cellText(undefined, 'A', 'B')).toBe('A to B: nothing seen')
    expect(cellText(cell({ uncovered: 1 }), 'A', 'B', false)).toBe('A to B: 1 conversation; smb')
  })
})

describe('keys in the matrix', () => {
  const from = { row: 1, column: 1 }
  it.each<[string, boolean, { row: number; column: number } | undefined]>([
    ['ArrowRight', false, { row: 1, column: 2 }], ['ArrowLeft', false, { row: 1, column: 0 }], ['ArrowDown', false, { row: 2, column: 1 }], ['ArrowUp', false, { row: 0, column: 1 }],
    ['Home', false, { row: 1, column: 0 }], ['End', false, { row: 1, column: 3 }], ['Home', true, { row: 0, column: 0 }], ['End', true, { row: 3, column: 3 }], ['PageDown', false, { row: 3, column: 1 }], ['PageUp', false, { row: 0, column: 1 }], ['x', false, undefined],
  ])('%s (Ctrl: %s)', (key, ctrlKey, want) => expect(step({ key, ctrlKey, metaKey: false }, from, 4)).toEqual(want))
  it('stay at the edge', () => expect(step({ key: 'ArrowRight', ctrlKey: false, metaKey: false }, { row: 0, column: 3 }, 4)).toEqual({ row: 0, column: 3 }))
})

describe('the boundary in a sentence', () => {
  it('says what has no conduit', () => expect(summary(boundary({})).urgent).toBe('1 conversation passes between zones without a conduit.'))
  it('says that all has one', () => expect(summary(boundary({ cells: [cell({ covered: 1 })] })).say).toMatch(/^All that passes/))
  it('claims nothing where nothing is declared', () => expect(summary(boundary({ declared: false }))).toEqual({ say: '', urgent: '' }))
  it('says how far it knows where nothing was seen', () => expect(summary(boundary({ cells: [] })).say).toMatch(/as far as the sensors see/))
})
