import { describe, expect, it } from 'vitest'
import type { Box, Edge, MapAsset } from '../../src/api/model'
import { at, cellPath, corner, layout, type Layout } from '../../src/feature/plant/layout'
import { bandOf, fits, markOf, plan, shortName, wordsOf } from '../../src/feature/plant/plan'
import { cellsOf, choice, linesShown } from '../../src/feature/plant/shown'
import { pieces } from '../../src/feature/plant/wall'
import { centred, held, zoomAt } from '../../src/feature/plant/view.svelte'
import { plan as of } from '../../src/feature/plant/plan'
import * as server from '../server/answer.mjs'
import { plant } from '../server/plant.mjs'
import { declare, undeclared } from '../server/zones.mjs'

const asset = (id: string, more: Partial<MapAsset> = {}): MapAsset => ({ id, label: id.toUpperCase(), role: 'PC', kind: 'device', side: 'it', level: 4, vendor_known: true, line: '', worst: 'none', ...more })
const box = (id: string, level: number | null, network: string, assets: MapAsset[], side: Box['side'] = 'ot'): Box => ({ id, site: 's', network, zone: '', name: network, kind: 'network', line: '', level, side, total: assets.length, assets })
const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge => ({ between: 'boxes', from, to, protocols: ['modbus'], packets: 1, bytes: 10, last: null, crossing: false, operations: [], conduits: [], uncovered: 0, ...more })

/** What the test server says of a plant of so many assets, with zones or without. */
function mapOf(n: number, zones = false) {
  const p = plant(n)
  return server.map({ plant: p, model: zones ? declare(p) : undeclared(p) }) as never
}

const small = {
  boxes: [box('o', 4, '10.1.0.0/24', [asset('pc1'), asset('pc2')], 'it'), box('s', 3, '10.2.0.0/24', [asset('scada', { level: 3 })]), box('c1', 1, '10.3.0.0/24', [asset('plc10', { level: 1 })]), box('c2', 2, '10.3.0.0/24', [asset('plc9', { level: 2 })]), box('x', null, 'outside', [asset('x', { kind: 'external', level: null })])],
  edges: [edge('o', 's', { crossing: true }), edge('s', 'c1'), edge('s', 'c2', { bytes: 5 }), edge('c1', 'c2'), edge('pc1', 'scada', { between: 'assets', crossing: true })],
}

describe('the plan', () => {
  const p = plan(small)
  it('joins the levels of a cell into one box, its assets as people order them', () => {
    expect(p.boxes.map((b) => [b.band, b.name, b.total])).toEqual([['outside', 'outside', 1], ['enterprise', '10.1.0.0/24', 2], ['operations', '10.2.0.0/24', 1], ['cells', '10.3.0.0/24', 2]])
    expect(p.boxes[3]!.assets.map((a) => a.id)).toEqual(['plc9', 'plc10'])
  })
  it('adds up lines, keeps crossings apart and drops what stays in a box', () => {
    expect(p.lines.map((l) => [l.crossing, l.bytes, l.edges.length])).toEqual([[false, 15, 2], [true, 10, 1]])
    expect(p.crossings.map((e) => e.from)).toEqual(['pc1'])
  })
  it('orders networks by number', () => {
    const q = of({ boxes: [box('a', 4, '10.10.0.0/24', [asset('a')]), box('b', 4, '10.9.0.0/24', [asset('b')])], edges: [] })
    expect(q.boxes.map((b) => b.name)).toEqual(['10.9.0.0/24', '10.10.0.0/24'])
  })
  it.each([[5, 'enterprise'], [4, 'enterprise'], [3.5, 'dmz'], [3, 'operations'], [2, 'cells'], [0, 'cells'], [null, 'unplaced'], [-1, 'unplaced']])('level %s stands in %s', (level, band) => expect(bandOf({ level, assets: [asset('a')] })).toBe(band))
  it('marks what needs someone', () => {
    expect(markOf(asset('a', { worst: 'high' }), true)).toBe('high')
    expect(markOf(asset('a', { worst: 'low' }), true)).toBe('plain')
    expect(markOf(asset('a', { role: 'unknown', vendor_known: false }), true)).toBe('unknown')
    expect(markOf(asset('a', { worst: 'high' }), false)).toBe('off')
  })
  it.each([['plc-l3-scale.ot.alder.local', 'plc-l3-scale'], ['10.21.3.251', '10.21.3.251'], ['fe80::1.2', 'fe80::1.2'], ['WWWWWWWWWWWWWWWWWWWW', 'WWWW…WWWW'], ['SCADA-200-059', 'SCADA-2…-059'], ['x', 'x']])('writes %s as %s', (name, want) => expect(shortName(name, 85)).toBe(want))
  it('fits when every word occurs', () => {
    expect(fits(asset('plc-7', { role: 'controller' }), '10.3.0.0/24', wordsOf(' PLC  10.3 '))).toBe(true)
    expect(fits(asset('plc-7'), '10.3.0.0/24', wordsOf('plc drive'))).toBe(false)
    expect(fits(asset('a'), '', [])).toBe(true)
  })
})

/** Boxes of a layout do not overlap and stand inside their bands and the picture. */
function sound(l: Layout) {
  for (const b of l.boxes) {
    const band = l.bands.find((x) => x.key === b.band)!
    expect(b.x).toBeGreaterThanOrEqual(0)
    expect(b.x + b.w).toBeLessThanOrEqual(l.width)
    expect(b.y).toBeGreaterThanOrEqual(band.y)
    expect(b.y + b.h).toBeLessThanOrEqual(band.y + band.h)
    const last = corner(b, b.assets.length - 1)
    expect(last.x + b.cell.w).toBeLessThanOrEqual(b.x + b.w)
    expect(last.y + b.cell.h).toBeLessThanOrEqual(b.y + b.h)
  }
  const byShelf = new Map<number, typeof l.boxes>()
  for (const b of l.boxes) byShelf.set(b.shelf, [...(byShelf.get(b.shelf) ?? []), b])
  for (const list of byShelf.values()) list.slice(1).forEach((b, i) => expect(b.x).toBeGreaterThan(list[i]!.x + list[i]!.w))
  for (let i = 1; i < l.bands.length; i++) expect(l.bands[i]!.y).toBeGreaterThanOrEqual(l.bands[i - 1]!.y + l.bands[i - 1]!.h)
  for (const w of l.walls) for (const b of l.bands) expect(w.y + 6 <= b.y || w.y >= b.y + b.h).toBe(true)
}

/** The straight pieces of a path, with its rounded corners made sharp. */
function pieces2(d: string): [number, number, number, number][] {
  const n = d.match(/-?[\d.]+/g)!.map(Number)
  const points: [number, number][] = []
  const commands = d.match(/[MLQ]/g)!
  let i = 0
  for (const c of commands) {
    if (c === 'Q') {
      points.push([n[i]!, n[i + 1]!])
      i += 2
    }
    points.push([n[i]!, n[i + 1]!])
    i += 2
  }
  return points.slice(1).map((p, k) => [points[k]![0], points[k]![1], p[0], p[1]])
}

describe('the layout', () => {
  const p = plan(small)
  it('is the same every time', () => expect(layout(plan(small), p.lines, 900, 'auto')).toEqual(layout(p, p.lines, 900, 'auto')))
  it.each([120, 800, 3000])('of %s assets is sound at every width and in every drawing', (n) => {
    const big = plan(mapOf(n))
    const { lines } = linesShown(big, 'all', {})
    for (const width of [340, 366, 823, 1400]) for (const cells of ['auto', 'names', 'squares'] as const) sound(layout(big, lines, width, cells))
  })
  it('draws no line over a box', () => {
    const big = plan(mapOf(3000))
    const l = layout(big, linesShown(big, 'all', {}).lines, 823, 'auto')
    expect(l.lines.length).toBeGreaterThan(20)
    for (const r of l.lines) for (const [x1, y1, x2, y2] of r.d ? pieces2(r.d) : []) {
      for (const b of l.boxes) {
        const inside = Math.max(x1, x2) > b.x + 1 && Math.min(x1, x2) < b.x + b.w - 1 && Math.max(y1, y2) > b.y + 1 && Math.min(y1, y2) < b.y + b.h - 1
        expect(inside, `${r.line.id} over ${b.name}`).toBe(false)
      }
    }
  })
  it('breaks a wall where a crossing passes and leaves a door where a line does', () => {
    const l = layout(p, p.lines, 900, 'auto')
    expect(l.walls.map((w) => [w.name, w.breaks.length, w.doors.length])).toEqual([['IT / OT', 1, 0], ['above the cells', 0, 1]])
    const [wall] = l.walls
    const x = wall!.breaks[0]!.x
    expect(wall!.pieces.some(([a, b]) => a < x && x < b)).toBe(false)
    expect(wall!.breaks[0]!.lines).toEqual([p.lines.find((q) => q.crossing)!.id])
  })
  it('marks a crossing that passes no wall where it is', () => {
    const flat = plan({ boxes: [box('a', 4, '10.1.0.0/24', [asset('a')]), box('b', 4, '10.2.0.0/24', [asset('b')])], edges: [edge('a', 'b', { crossing: true }), edge('a', 'a', { crossing: true })] })
    const l = layout(flat, flat.lines, 900, 'auto')
    expect(l.lines.filter((r) => r.mark)).toHaveLength(2)
    expect(l.walls).toHaveLength(0)
  })
  it('finds what stands at a place', () => {
    const l = layout(p, p.lines, 900, 'names')
    for (const b of l.boxes) b.assets.forEach((_, i) => {
      const c = corner(b, i)
      expect(at(l, c.x + b.cell.w / 2, c.y + b.cell.h / 2)).toEqual({ box: b, index: i })
    })
    expect(at(l, l.boxes[0]!.x + 4, l.boxes[0]!.y + 4)?.index).toBe(-1)
    expect(at(l, 2, 2)).toBeUndefined()
  })
  it('draws a box of assets as one path', () => expect(cellPath(layout(p, [], 900, 'squares').boxes[1]!, [0, 1]).match(/M/g)).toHaveLength(2))
})

describe('what of a wall is left', () => {
  it.each([['nothing taken', [], [[0, 100]]], ['a hole', [[40, 60]], [[0, 40], [60, 100]]], ['holes that overlap', [[40, 60], [50, 70]], [[0, 40], [70, 100]]], ['one within another', [[10, 90], [20, 30]], [[0, 10], [90, 100]]], ['at the ends', [[-5, 5], [95, 105]], [[5, 95]]]])('%s', (_, holes, want) => expect(pieces(100, holes as [number, number][])).toEqual(want))
})

describe('what is shown', () => {
  it.each([['asset:a:b', { asset: 'a:b' }], ['line:x~y!', { line: 'x~y!' }], ['', {}], ['nonsense', {}], ['other:1', {}]])('%s is a choice', (s, want) => expect(choice(s)).toEqual(want))
  it('leaves out quiet lines, never the chosen box', () => {
    const boxes = Array.from({ length: 80 }, (_, i) => box('c' + i, 1, `10.3.${i}.0/24`, [asset('a' + i)]))
    const p = plan({ boxes: [...boxes, box('s', 3, '10.2.0.0/24', [asset('s')])], edges: boxes.map((b, i) => edge('s', b.id, { bytes: i })) })
    const quiet = linesShown(p, 'all', {})
    expect([quiet.lines.length, quiet.more]).toEqual([48, 32])
    const id = p.boxes.find((b) => b.name === '10.3.0.0/24')!.id
    expect(linesShown(p, 'all', { box: id }).lines.some((l) => l.a === id || l.b === id)).toBe(true)
    expect(linesShown(p, 'crossings', {}).lines).toHaveLength(0)
  })
  it('writes names only where they can be read', () => expect([cellsOf('', 120), cellsOf('', 3000), cellsOf('names', 3000)]).toEqual(['auto', 'squares', 'names']))
})

describe('the view', () => {
  it('zooms about the point under the hand', () => {
    const v = zoomAt({ x: 10, y: 20, z: 1 }, 2, 100, 100)
    expect([(100 - v.x) / v.z, (100 - v.y) / v.z]).toEqual([90, 80])
  })
  it('keeps the picture in the window', () => {
    expect(held({ x: 500, y: -9000, z: 2 }, 800, 1000, 800, 600)).toEqual({ x: 0, y: -1400, z: 2 })
    expect(held({ x: -50, y: 0, z: 0.5 }, 800, 1000, 800, 600)).toEqual({ x: 0, y: 0, z: 0.5 })
  })
  it('centres', () => expect(centred({ x: 0, y: 0, z: 2 }, 100, 50, 800, 600)).toEqual({ x: 200, y: 200, z: 2 }))
})
