import type { Box, Edge, Map as PlantMap, MapAsset } from '../../api/model'
import { noteText, type LineNote } from './notes'

/** The bands of the picture, from the outside to the process. */
export const bandOrder = ['outside', 'enterprise', 'dmz', 'operations', 'cells', 'unplaced'] as const
export type BandKey = (typeof bandOrder)[number]

export const bandNames: Record<BandKey, [name: string, note: string]> = {
  outside: ['Outside', 'beyond the site'],
  enterprise: ['Enterprise', 'levels 5 and 4'],
  dmz: ['DMZ', 'level 3.5'],
  operations: ['Operations', 'level 3'],
  cells: ['Cells', 'levels 2 to 0'],
  unplaced: ['Not placed', 'no level known'],
}

/** A box as it is drawn: a zone, or one network in one band. */
export interface PlanBox {
  id: string
  /** Its identifiers on the API's map. */
  ids: string[]
  site: string
  band: BandKey
  name: string
  /** The zone's identifier; empty for a network. */
  zone: string
  network: string
  kind: string
  /** The line that stops with it and what that costs; empty if nobody said. */
  note: string
  side: Box['side']
  /** Assets in it, drawn or not. */
  total: number
  assets: MapAsset[]
  /** Drawn as a number instead of its assets. */
  folded: boolean
  /** Of a folded box: what comes or goes without a conduit. */
  open?: number
}

/** What passes between two boxes, both directions added up. */
export interface PlanLine {
  id: string
  a: string
  b: string
  /** No conduit covers it, or it crosses and nobody said that it may. */
  crossing: boolean
  /** Conduits that it goes through. */
  conduits: string[]
  /** Conversations that no conduit covers. */
  uncovered: number
  edges: Edge[]
  bytes: number
  /** How it differs between two days that are compared. */
  diff?: Diff
}

/** What became of something from one day to another. */
export type Diff = 'new' | 'gone' | 'changed'

/** The map's boxes and lines in the picture's terms. */
export interface Plan {
  boxes: PlanBox[]
  lines: PlanLine[]
  /** Crossings between single assets, by asset. */
  crossings: Edge[]
  /** The box each asset stands in. */
  boxOf: Map<string, string>
  assets: Map<string, MapAsset>
  /** Whether zones are declared: then a crossing is what no conduit covers. */
  declared: boolean
  /** How assets differ between two days that are compared; undefined if none are. */
  diff?: Map<string, Diff>
}

const kinds: Partial<Record<string, BandKey>> = { internet: 'outside', enterprise: 'enterprise', vendor: 'dmz', dmz: 'dmz', operations: 'operations', cell: 'cells', safety: 'cells' }

/** The band a box belongs to: its level's, else its kind's. Peers outside the site have no level. */
export function bandOf(box: Pick<Box, 'level' | 'assets'> & { kind?: string }): BandKey {
  const l = box.level
  const kind = kinds[box.kind ?? '']
  if (kind === 'outside' || (!kind && box.assets.length && box.assets.every((a) => a.kind === 'external'))) return 'outside'
  if (l === null || l === undefined || l < 0) return kind ?? 'unplaced'
  if (l >= 4) return 'enterprise'
  if (l > 3) return 'dmz'
  return l === 3 ? 'operations' : 'cells'
}

/** Whether an edge breaks the boundary: no conduit covers it, and it is more than names and time. */
export function breaks(e: Edge): boolean {
  return e.uncovered > 0 || (e.crossing && e.conduits.length === 0)
}

/** Text compared as people order it: 10.2.0.0 before 10.10.0.0, PLC 9 before PLC 10. */
export const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare

/** Identifiers of the picture: a zone keeps its own, networks of one band become one. */
function idOf(box: Box, band: BandKey): string {
  return box.zone ? box.id : [box.site, band, box.network].join('/')
}

/**
 * Turns the API's map into the picture's plan: levels 0 to 2 of one network
 * become one box, as a cell is one thing to those who run it. The order is by
 * name, so that the picture looks the same every day. Notes are what is said of
 * production lines, by site and line.
 */
export function plan(map: Pick<PlantMap, 'boxes' | 'edges'>, notes: Map<string, LineNote> = new Map()): Plan {
  const boxes = new Map<string, PlanBox>()
  const renamed = new Map<string, string>()
  for (const box of map.boxes) {
    const band = bandOf(box)
    const id = idOf(box, band)
    renamed.set(box.id, id)
    const b = boxes.get(id)
    if (!b) boxes.set(id, { id, ids: [box.id], site: box.site, band, name: box.name || box.network || (band === 'outside' ? 'outside' : 'no network'), zone: box.zone, network: box.network, kind: box.kind, note: noteText(notes.get(box.site + '/' + box.line), box.name), side: box.side, total: box.total, assets: [...box.assets], folded: false })
    else {
      b.side = b.total >= box.total ? b.side : box.side
      b.ids.push(box.id)
      b.total += box.total
      b.assets.push(...box.assets)
    }
  }
  const list = [...boxes.values()].sort((x, y) => bandOrder.indexOf(x.band) - bandOrder.indexOf(y.band) || Number(!x.zone) - Number(!y.zone) || natural(x.zone ? x.name : x.id, y.zone ? y.name : y.id) || natural(x.id, y.id))
  const boxOf = new Map<string, string>()
  const assets = new Map<string, MapAsset>()
  for (const b of list) {
    b.assets.sort((x, y) => natural(x.label, y.label) || natural(x.id, y.id))
    for (const a of b.assets) {
      boxOf.set(a.id, b.id)
      assets.set(a.id, a)
    }
  }
  return { boxes: list, lines: lines(map.edges, renamed), crossings: map.edges.filter((e) => e.between === 'assets' && breaks(e)), boxOf, assets, declared: list.some((b) => b.zone) }
}

function lines(edges: Edge[], renamed: Map<string, string>): PlanLine[] {
  const found = new Map<string, PlanLine>()
  const add = (e: Edge, from: string, to: string, crossing: boolean) => {
    const [a, b] = from < to ? [from, to] : [to, from]
    const id = `${a}~${b}${crossing ? '!' : ''}`
    const line = found.get(id) ?? { id, a, b, crossing, conduits: [], uncovered: 0, edges: [], bytes: 0 }
    found.set(id, line)
    line.edges.push(e)
    line.bytes += e.bytes
    if (crossing) line.uncovered += e.uncovered
    else line.conduits = [...new Set([...line.conduits, ...e.conduits])]
  }
  for (const e of edges) {
    const from = renamed.get(e.from)
    const to = renamed.get(e.to)
    const bad = breaks(e)
    if (e.between !== 'boxes' || !from || !to || (from === to && !bad)) continue
    if (bad) add(e, from, to, true)
    // What has a conduit goes through its door, also where something else goes beside it.
    if (!bad || e.conduits.length) add(e, from, to, false)
  }
  return [...found.values()].sort((x, y) => (x.id < y.id ? -1 : 1))
}

/** How an asset is drawn. Unknown is somebody without role and vendor. */
export type Mark = 'plain' | 'unknown' | 'high' | 'medium' | 'off' | 'new' | 'gone'

export function markOf(a: MapAsset, fits: boolean): Mark {
  if (!fits) return 'off'
  if (a.worst === 'high' || a.worst === 'medium') return a.worst
  return !a.vendor_known && (a.role === '' || a.role === 'unknown') ? 'unknown' : 'plain'
}

/** Whether an asset fits what was typed: every word in its name, role or network. */
export function fits(a: MapAsset, box: string, words: string[]): boolean {
  if (!words.length) return true
  const text = `${a.label} ${a.role} ${a.id} ${a.side} ${a.line} ${box}`.toLowerCase()
  return words.every((w) => text.includes(w))
}

/** What was typed, as words. */
export function wordsOf(q: string): string[] {
  return q.toLowerCase().split(/\s+/).filter(Boolean)
}

/** About how wide a letter of Inter is at 10.5 px. */
function widthOf(letter: string): number {
  if (/[A-Z0-9_]/.test(letter)) return /[MW]/.test(letter) ? 9.4 : 7
  return /[mw]/.test(letter) ? 8.6 : /[.ilj:]/.test(letter) ? 3 : 5.9
}

/**
 * A name as it fits into so many pixels: without its domain, which all of a
 * network share, and shortened in its middle, because names differ at their end.
 */
export function shortName(label: string, room: number): string {
  const host = /[a-z]/i.test(label) && !label.includes(':') ? label.split('.')[0]! : label
  const width = (s: string) => [...s].reduce((n, c) => n + widthOf(c), 0)
  if (width(host) <= room) return host
  const tail = host.slice(-4)
  let head = host.slice(0, -4)
  while (head.length > 1 && width(head) + 9 + width(tail) > room) head = head.slice(0, -1)
  return `${head}…${tail}`
}
