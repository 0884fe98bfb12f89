import type { Model, PacketExample, PolicyState, Stage, Zone } from '../../api/model'
import { clock, duration, plural } from '../../lib/format'

/** How far a boundary goes with what no conduit allows, from the one that does nothing. */
export const stages: Stage[] = ['observe', 'shadow', 'enforce-new', 'enforce']

/** What a stage is called, and what happens at it to what no conduit allows. */
export const stageNames: Record<Stage, string> = { observe: 'Observe', shadow: 'Shadow', 'enforce-new': 'Enforce new', enforce: 'Enforce' }
export const stageSays: Record<Stage, string> = {
  observe: 'passes',
  shadow: 'passes and is reported',
  'enforce-new': 'is stopped, except what already stands',
  enforce: 'is stopped',
}

/** The stricter of two stages. */
export function stricter(a: Stage, b: Stage): Stage {
  return stages.indexOf(b) > stages.indexOf(a) ? b : a
}

/** One zone to another, and how far the boundary goes there. */
export interface PairStage {
  from: string
  to: string
  stage: Stage
  conduits: string[]
}

/** The stage of pairs that no conduit joins. */
export const restOf = (m: Pick<Model, 'boundary'>): Stage => m.boundary?.stage || 'observe'

/** The pairs that conduits join, with the strictest of their stages; in the order of the model. */
export function pairStages(m: Pick<Model, 'conduits' | 'boundary'>): PairStage[] {
  const pairs = new Map<string, PairStage>()
  for (const c of m.conduits) {
    const key = `${c.from}\n${c.to}`
    const own = c.stage || restOf(m)
    const p = pairs.get(key)
    if (!p) pairs.set(key, { from: c.from, to: c.to, stage: own, conduits: [c.id] })
    else {
      p.stage = stricter(p.stage, own)
      p.conduits.push(c.id)
    }
  }
  return [...pairs.values()]
}

/** What of a compiled policy the page reads: its zones by number, and the stages of pairs. */
interface Compiled {
  zones: { id: string }[]
  rest: Stage
  pairs: { from: number; to: number; stage: Stage }[] | null
}

/** How far the boundary goes from one zone to another by a revision's policy; undefined if it has none of the zones. */
export function held(policy: unknown): ((from: string, to: string) => Stage | undefined) | undefined {
  const p = policy as Compiled | undefined
  if (!p?.zones) return undefined
  const zones = new Set(p.zones.map((z) => z.id))
  const pairs = new Map((p.pairs ?? []).map((x) => [`${p.zones[x.from]?.id}\n${p.zones[x.to]?.id}`, x.stage]))
  return (from, to) => (zones.has(from) && zones.has(to) ? (pairs.get(`${from}\n${to}`) ?? p.rest) : undefined)
}

/** How far a revision's policy goes: what holds for the most, and how many pairs are held more strictly. */
export function heldRest(policy: unknown): { rest: Stage; strict: number } | undefined {
  const p = policy as Compiled | undefined
  if (!p?.zones) return undefined
  return { rest: p.rest, strict: (p.pairs ?? []).filter((x) => stages.indexOf(x.stage) >= 2 && stages.indexOf(x.stage) > stages.indexOf(p.rest)).length }
}

/** That in words: "passes and is reported; on 3 ways from zone to zone it is stopped". */
export function heldText(rest: Stage, strict: number): string {
  return stageSays[rest] + (strict ? `; on ${strict === 1 ? 'one way' : `${strict} ways`} from zone to zone it is stopped` : '')
}

/** How the wall stands in a sentence; urgent is what somebody has to see to. */
export interface Standing {
  say: string
  urgent: string
  rest: string
}

export function standing(p: PolicyState, now: number): Standing {
  const silent = p.enforcers.filter((e) => !e.ok)
  const newest = p.newest
  if (silent.length) return { say: p.enforced && p.enforced.n ? `Revision ${p.enforced.n} was put into force, but whether it holds is not known:` : 'Whether anything is stopped is not known:', urgent: silent.map((e) => e.says).join(' '), rest: '' }
  if (!p.enforcers.length) {
    if (!newest) return { say: 'No wall stands yet.', urgent: '', rest: 'What crosses the boundary is only watched.' }
    return { say: 'Nothing holds the boundary:', urgent: '', rest: `no boundary box is connected${newest.signed ? `, and revision ${newest.n} is ready for one` : ''}.` }
  }
  if (p.pending) return { say: `Revision ${p.pending.n} is on trial`, urgent: '', rest: p.pending.confirmed ? 'and holds once every critical conversation was seen again.' : 'and goes back by itself unless it is confirmed.' }
  if (!p.enforced) return { say: 'The boundary box is there and holds nothing yet:', urgent: '', rest: 'everything passes.' }
  if (!p.enforced.n) return { say: 'The boundary box holds a policy that is none of this site’s revisions.', urgent: 'Nobody here approved it.', rest: '' }
  return { say: `Revision ${p.enforced.n} holds the boundary${p.enforced.at ? ` since ${clock(p.enforced.at, now)}` : ''}.`, urgent: '', rest: '' }
}

/** The people who can say yes for a side, in words. */
export function whoCan(n: { side: string; owners: string[]; others: string[] }): string {
  const side = sideNames[n.side] ?? n.side
  if (n.owners.length) return n.owners.join(' or ')
  return n.others.length ? n.others.join(' or ') : `nobody: the plant model names nobody in ${side}`
}

export const sideNames: Record<string, string> = { it: 'IT', operations: 'operations' }

/** How long there is until a time, as a clock: "4:07", "1:02:09"; "0:00" when it is over. */
export function left(until: string | null | undefined, now: number): string {
  const s = Math.max(0, Math.ceil((Date.parse(until ?? '') - now) / 1000) || 0)
  const two = (n: number) => String(n).padStart(2, '0')
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}

/** A time still to come in words: "in 3 h 20 min". */
export function until(t: string | null | undefined, now: number): string {
  const s = (Date.parse(t ?? '') - now) / 1000
  return s > 0 ? `${duration(s)} left` : 'over'
}

const protocols: Record<number, string> = { 0: 'any', 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' }

/** The name of an IP protocol by its number. */
export const protoName = (n: number): string => protocols[n] ?? `protocol ${n}`

/** An address with its port; an IPv6 address in brackets. */
const endpoint = (a: string, port: number) => (port ? `${a.includes(':') ? `[${a}]` : a}:${port}` : a)

/** A packet in a line: "10.10.0.14 → 10.30.2.7:502 tcp". */
export function packetText(p: PacketExample): string {
  return `${p.src} → ${endpoint(p.dst, p.port)} ${protoName(p.proto)}`
}

/** Money an hour in the site's currency; empty where it is not known. */
export function perHour(n: number, currency: string): string {
  if (!n) return ''
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(n)} ${currency || ''}`.trim() + ' an hour'
}

/** The name of a zone of a model; nowhere has none. */
export function zoneName(zones: Pick<Zone, 'id' | 'name'>[], id: string): string {
  return id === '' ? 'no zone' : (zones.find((z) => z.id === id)?.name ?? id)
}

/** Conversations in words that fit a sentence. */
export const talks = (n: number): string => plural(n, 'conversation')
