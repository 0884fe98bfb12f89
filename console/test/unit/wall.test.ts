import { describe, expect, it } from 'vitest'
import type { Blocked, Model, PolicyState } from '../../src/api/model'
import { addConduit, allEdits, allowing, blockedByPair, conduitEdits, freshID, moveEdits, pairEdits, pinned, service, toForm } from '../../src/feature/boundary/edits'
import { held, heldRest, heldText, left, packetText, pairStages, perHour, standing, whoCan } from '../../src/feature/boundary/wall'

const zone = (id: string, members: object[] = []) => ({ id, name: id, kind: 'cell' as const, level: null, target: 0, note: '', owners: { it: '', operations: '' }, members })
const conduit = (id: string, from: string, to: string, more: object = {}) => ({ id, name: '', from, to, allow: [{ protocol: 's7comm', verbs: ['read'] }], reason: 'r', owners: { it: '', operations: '' }, ...more })
const model = (more: Partial<Model> = {}) => ({ zones: [zone('a', [{ subnet: '10.0.0.0/24' }, { asset: 'x' }, { asset: 'y' }]), zone('b', [{ asset: 'z' }]), zone('c')], conduits: [conduit('ab', 'a', 'b'), conduit('ab2', 'a', 'b', { stage: 'enforce' }), conduit('bc', 'b', 'c', { stage: 'shadow' })], boundary: { stage: 'observe' }, ...more }) as unknown as Model

describe('moving machines', () => {
  it('takes them out of where they were put by hand, from the end, and puts them there', () =>
    expect(moveEdits(model(), ['x', 'y'], 'b')).toEqual([
      { op: 'remove', path: 'zones[a].members[2]' },
      { op: 'remove', path: 'zones[a].members[1]' },
      { op: 'add', path: 'zones[b].members', value: { asset: 'x' } },
      { op: 'add', path: 'zones[b].members', value: { asset: 'y' } },
    ]))
  it('gives a zone without members a list', () => expect(moveEdits(model(), ['q'], 'c')).toEqual([{ op: 'set', path: 'zones[c].members', value: [{ asset: 'q' }] }]))
  it('only takes them out where the rules are to decide', () => expect(moveEdits(model(), ['z', 'q'], '')).toEqual([{ op: 'remove', path: 'zones[b].members[0]' }]))
  it('does nothing twice', () => expect(moveEdits(model(), ['z'], 'b')).toEqual([]))
  it('keeps a rule that names more than the machine', () => expect(pinned(model({ zones: [zone('a', [{ asset: 'x', vlan: 3 }])] as never }), 'x')).toBe(''))
})

describe('a conduit in a form', () => {
  const c = model().conduits[0]!
  it('changes only what was changed', () => {
    const f = { ...toForm(c), reason: 'better', stage: 'shadow' as const, it: 'anna' }
    expect(conduitEdits(toForm(c), f)).toEqual([
      { op: 'set', path: 'conduits[ab].reason', value: 'better' },
      { op: 'set', path: 'conduits[ab].stage', value: 'shadow' },
      { op: 'set', path: 'conduits[ab].owners.it', value: 'anna' },
    ])
    expect(conduitEdits(toForm(c), toForm(c))).toEqual([])
  })
  it('takes away what is emptied', () => expect(conduitEdits({ ...toForm(c), review: '2027-01-31' }, toForm(c))).toEqual([{ op: 'remove', path: 'conduits[ab].review' }]))
  it.each([
    [{ protocol: 'modbus', verbs: ['write', 'read'] }, { protocol: 'modbus', verbs: ['read', 'write'] }],
    [{ transport: 'tcp' as const, port: '443' }, { transport: 'tcp', port: 443 }],
    [{ transport: 'tcp' as const, port: '443, 8000-8010' }, { transport: 'tcp', port: [443, '8000-8010'] }],
    [{ protocol: 's7comm', objects: 'DB1, DB2 ' }, { protocol: 's7comm', objects: ['DB1', 'DB2'] }],
    [{ any: true, protocol: 'x' }, { any: true }],
  ])('writes a service as plant.yaml has it: %j', (s, want) => expect(service({ any: false, protocol: '', transport: '', port: '', objects: '', verbs: [], ...s })).toEqual(want))
  it('writes a new one with what it names only', () => expect(addConduit({ ...toForm(undefined, { from: 'a', to: 'c' }), id: 'n', reason: 'r', allow: [{ any: true, protocol: '', transport: '', port: '', objects: '', verbs: [] }] }).value).toEqual({ id: 'n', from: 'a', to: 'c', allow: [{ any: true }], reason: 'r' }))
  it.each([['Größe & Form', [], 'gro-e-form'], ['office', ['office', 'office-2'], 'office-3'], ['→', [], 'conduit']])('is named %s', (name, taken, want) => expect(freshID(name, taken)).toBe(want))
})

describe('letting through what would stop', () => {
  const b = (more: object) => ({ from_zone: 'a', to_zone: 'b', protocol: 's7comm', transport: 'tcp', port: 102, kinds: ['write', 'other'], conversations: 3, ...more }) as unknown as Blocked
  it('adds the verbs to the service that is there', () => {
    const { form, of } = allowing(model(), b({}))
    expect([of?.id, form.allow.map((s) => [s.protocol, s.verbs])]).toEqual(['ab', [['s7comm', ['read', 'write']]]])
  })
  it('adds a service to a conduit that has another', () => expect(allowing(model(), b({ protocol: 'modbus' })).form.allow.map((s) => s.protocol)).toEqual(['s7comm', 'modbus']))
  it('makes a conduit where none leads, by port where the protocol is not known', () => {
    const { form, of } = allowing(model(), b({ from_zone: 'c', to_zone: 'a', protocol: '' }))
    expect([of, form.from, form.to, form.allow]).toEqual([undefined, 'c', 'a', [{ any: false, protocol: '', transport: 'tcp', port: '102', objects: '', verbs: [] }]])
  })
  it('counts by pair', () => expect([...blockedByPair([b({}), b({ conversations: 4 })])]).toEqual([['a\nb', 7]]))
})

describe('how far the boundary goes', () => {
  it('is the strictest of a pair of zones', () => expect(pairStages(model()).map((p) => [p.from, p.to, p.stage])).toEqual([['a', 'b', 'enforce'], ['b', 'c', 'shadow']]))
  it('is set on every conduit of a pair that says otherwise', () => expect(pairEdits(model(), 'a', 'b', 'enforce')).toEqual([{ op: 'set', path: 'conduits[ab].stage', value: 'enforce' }]))
  it('is set everywhere', () => expect(allEdits(model(), 'shadow').map((e) => e.path)).toEqual(['boundary.stage', 'conduits[ab2].stage']))
  const policy = { zones: [{ id: '' }, { id: 'a' }, { id: 'b' }], rest: 'shadow', pairs: [{ from: 1, to: 2, stage: 'enforce' }] }
  it('is read of the policy in force', () => {
    const of = held(policy)!
    expect([of('a', 'b'), of('b', 'a'), of('a', 'new')]).toEqual(['enforce', 'shadow', undefined])
    expect(held(undefined)).toBeUndefined()
  })
  it('is told in words', () => {
    const { rest, strict } = heldRest(policy)!
    expect(heldText(rest, strict)).toBe('passes and is reported; on one way from zone to zone it is stopped')
  })
})

describe('how the wall stands', () => {
  const state = (more: Partial<PolicyState>) => ({ site: 's', version: 1, stage: 'shadow', newest: null, enforced: null, draft: false, edited: false, changes: [], enforcers: [], pending: null, notes: [], ...more }) as unknown as PolicyState
  const box = (ok: boolean) => [{ id: 'box', mode: 'bridge', ok, says: 'box does not answer.', last_seen: null, since: null }]
  const say = (more: object) => Object.values(standing(state(more), 0)).filter(Boolean).join(' ')
  it.each<[string, object, RegExp]>([
    ['nothing is there', {}, /^No wall stands yet/],
    ['a revision without a box', { newest: { n: 2, signed: true } }, /no boundary box is connected, and revision 2 is ready/],
    ['a box that holds nothing', { enforcers: box(true) }, /holds nothing yet: everything passes/],
    ['a box that holds something else', { enforcers: box(true), enforced: { n: 0, at: null } }, /Nobody here approved it/],
    ['a revision in force', { enforcers: box(true), enforced: { n: 3, at: null } }, /^Revision 3 holds the boundary\.$/],
    ['one on trial', { enforcers: box(true), enforced: { n: 3 }, pending: { n: 3 } }, /on trial and goes back by itself/],
    ['a box that is silent is not taken for safe', { enforcers: box(false), enforced: { n: 3 } }, /whether it holds is not known: box does not answer/],
  ])('%s', (_, more, want) => expect(say(more)).toMatch(want))
  it.each([[[ 'Anna'], [], 'Anna'], [[], ['Bo', 'Cy'], 'Bo or Cy'], [[], [], 'nobody: the plant model names nobody in IT']])('says who can approve', (owners, others, want) => expect(whoCan({ side: 'it', owners, others })).toBe(want))
})

describe('small words', () => {
  it.each([[0, '0:00'], [59_100, '1:00'], [247_000, '4:07'], [3_729_000, '1:02:09'], [-5, '0:00']])('%i ms left are %s', (ms, want) => expect(left(new Date(1e12 + ms).toISOString(), 1e12)).toBe(want))
  it('a packet', () => expect(packetText({ src: '10.0.0.1', dst: '2001:db8::1', proto: 6, port: 502 })).toBe('10.0.0.1 → [2001:db8::1]:502 tcp'))
  it('money', () => expect([perHour(2200, 'EUR'), perHour(0, 'EUR')]).toEqual(['2,200 EUR an hour', '']))
})
