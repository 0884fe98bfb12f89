import type { Blocked, Conduit, Model, ModelEdit, Service, Stage } from '../../api/model'
import { restOf } from './wall'

/*
 * What a person does to a boundary, as edits of plant.yaml: the hub makes them
 * and keeps the text's comments and order.
 */

/** Kinds of operation that a service can be held to, in the order of their weight. */
export const verbs = ['identify', 'read', 'auth', 'write', 'config', 'program', 'mode', 'firmware', 'other']

/** Whether a member names this asset and nothing else: such a one was put there by hand. */
const pins = (m: Model['zones'][number]['members'][number], asset: string) => m.asset === asset && Object.keys(m).length === 1

/** In which zone an asset is put by hand; empty if nothing but a rule places it. */
export function pinned(m: Model, asset: string): string {
  return m.zones.find((z) => z.members?.some((x) => pins(x, asset)))?.id ?? ''
}

/** Puts assets into a zone by hand; with an empty zone each goes where the rules of the zones put it. */
export function moveEdits(m: Model, assets: string[], zone: string): ModelEdit[] {
  const out: ModelEdit[] = []
  for (const z of m.zones) {
    const members = z.members ?? []
    // From the end, so that what is left keeps its number.
    for (let i = members.length - 1; i >= 0; i--) {
      if (z.id !== zone && assets.some((a) => pins(members[i]!, a))) out.push({ op: 'remove', path: `zones[${z.id}].members[${i}]` })
    }
  }
  const target = m.zones.find((z) => z.id === zone)
  if (!target) return out
  const fresh = assets.filter((a) => !target.members?.some((x) => pins(x, a)))
  if (!target.members?.length && fresh.length) return [...out, { op: 'set', path: `zones[${zone}].members`, value: fresh.map((asset) => ({ asset })) }]
  return [...out, ...fresh.map((asset): ModelEdit => ({ op: 'add', path: `zones[${zone}].members`, value: { asset } }))]
}

/** A conduit as a form holds it: nothing is undefined. */
export interface ConduitForm {
  id: string
  name: string
  from: string
  to: string
  allow: ServiceForm[]
  reason: string
  it: string
  operations: string
  stage: Stage | ''
  review: string
  expires: string
}

export interface ServiceForm {
  any: boolean
  protocol: string
  transport: NonNullable<Service['transport']> | ''
  port: string
  objects: string
  verbs: string[]
}

export const emptyService = (): ServiceForm => ({ any: false, protocol: '', transport: '', port: '', objects: '', verbs: [] })

/** A conduit of the model in a form; without one an empty form between two zones. */
export function toForm(c?: Conduit, between: { from?: string; to?: string } = {}): ConduitForm {
  if (!c) return { id: '', name: '', from: between.from ?? '', to: between.to ?? '', allow: [emptyService()], reason: '', it: '', operations: '', stage: '', review: '', expires: '' }
  return {
    id: c.id,
    name: c.name,
    from: c.from,
    to: c.to,
    allow: c.allow.map((s) => ({ any: s.any ?? false, protocol: s.protocol ?? '', transport: s.transport ?? '', port: s.port ?? '', objects: (s.objects ?? []).join(', '), verbs: s.verbs ?? [] })),
    reason: c.reason,
    it: c.owners.it,
    operations: c.owners.operations,
    stage: c.stage ?? '',
    review: c.review ?? '',
    expires: c.expires ?? '',
  }
}

/** A service as plant.yaml has it: only what it names. */
export function service(s: ServiceForm): Record<string, unknown> {
  if (s.any) return { any: true }
  const objects = s.objects.split(',').map((x) => x.trim()).filter(Boolean)
  return {
    ...(s.protocol.trim() ? { protocol: s.protocol.trim() } : {}),
    ...(s.transport ? { transport: s.transport } : {}),
    ...(s.port.trim() ? { port: portValue(s.port) } : {}),
    ...(s.verbs.length ? { verbs: verbs.filter((v) => s.verbs.includes(v)) } : {}),
    ...(objects.length ? { objects } : {}),
  }
}

/** Ports as YAML likes them: one number, a range, or a list of these. */
function portValue(text: string): unknown {
  const parts = text.split(',').map((x) => x.trim()).filter(Boolean).map((x) => (/^\d+$/.test(x) ? Number(x) : x))
  return parts.length === 1 ? parts[0] : parts
}

/** What makes one conduit of another: single keys, so that comments stay. */
export function conduitEdits(before: ConduitForm, after: ConduitForm): ModelEdit[] {
  const at = `conduits[${before.id}].`
  const out: ModelEdit[] = []
  const put = (key: string, was: string, now: string) => {
    if (was === now) return
    out.push(now ? { op: 'set', path: at + key, value: now } : { op: 'remove', path: at + key })
  }
  for (const key of ['name', 'from', 'to', 'reason', 'stage', 'review', 'expires'] as const) put(key, before[key], after[key])
  put('owners.it', before.it, after.it)
  put('owners.operations', before.operations, after.operations)
  const [was, now] = [before.allow.map(service), after.allow.map(service)]
  if (JSON.stringify(was) !== JSON.stringify(now)) out.push({ op: 'set', path: at + 'allow', value: now })
  return out
}

/** A new conduit. */
export function addConduit(f: ConduitForm): ModelEdit {
  const owners = { ...(f.it ? { it: f.it } : {}), ...(f.operations ? { operations: f.operations } : {}) }
  return {
    op: 'add',
    path: 'conduits',
    value: { id: f.id, ...(f.name ? { name: f.name } : {}), from: f.from, to: f.to, allow: f.allow.map(service), reason: f.reason, ...(Object.keys(owners).length ? { owners } : {}), ...(f.stage ? { stage: f.stage } : {}), ...(f.review ? { review: f.review } : {}), ...(f.expires ? { expires: f.expires } : {}) },
  }
}

/** How far the boundary goes from one zone to another: every conduit between them says the same. */
export function pairEdits(m: Model, from: string, to: string, stage: Stage): ModelEdit[] {
  return m.conduits.filter((c) => c.from === from && c.to === to && c.stage !== stage).map((c) => ({ op: 'set', path: `conduits[${c.id}].stage`, value: stage }))
}

/** How far it goes everywhere: pairs without conduits, and every conduit that says otherwise. */
export function allEdits(m: Model, stage: Stage): ModelEdit[] {
  const own = m.conduits.filter((c) => c.stage && c.stage !== stage).map((c): ModelEdit => ({ op: 'set', path: `conduits[${c.id}].stage`, value: stage }))
  return restOf(m) === stage ? own : [{ op: 'set', path: 'boundary.stage', value: stage }, ...own]
}

/** A form with what a blocked conversation needs, in a conduit that is there between the two zones, or in a new one. */
export function allowing(m: Model, b: Blocked): { form: ConduitForm; of?: Conduit } {
  const of = m.conduits.find((c) => c.from === b.from_zone && c.to === b.to_zone)
  const form = toForm(of, { from: b.from_zone, to: b.to_zone })
  const kinds = b.kinds.filter((k) => k !== 'other' && k !== 'identify')
  const known = b.protocol !== '' && b.protocol !== 'unknown'
  const wish: ServiceForm = { ...emptyService(), protocol: known ? b.protocol : '', transport: known ? '' : b.transport === 'eth' ? '' : b.transport, port: known || !b.port ? '' : String(b.port), verbs: known ? kinds : [] }
  const same = of && form.allow.find((s) => s.protocol && s.protocol === wish.protocol)
  if (same) same.verbs = same.verbs.length ? [...new Set([...same.verbs, ...kinds])] : []
  else form.allow = of ? [...form.allow, wish] : [wish]
  return { form, of }
}

/** An identifier made of a name that no other has. */
export function freshID(name: string, taken: Iterable<string>): string {
  const all = new Set(taken)
  const id = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 50) || 'conduit'
  for (let n = 1; ; n++) {
    const tried = n === 1 ? id : `${id}-${n}`
    if (!all.has(tried)) return tried
  }
}

/** How many conversations that would be stopped go from each zone to each other, by pair. */
export function blockedByPair(blocked: Blocked[]): Map<string, number> {
  const m = new Map<string, number>()
  for (const b of blocked) m.set(`${b.from_zone}\n${b.to_zone}`, (m.get(`${b.from_zone}\n${b.to_zone}`) ?? 0) + b.conversations)
  return m
}

