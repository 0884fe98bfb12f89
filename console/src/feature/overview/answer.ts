import type { Overview, Sensor } from '../../api/model'
import { count, plural } from '../../lib/format'
import { advice } from '../sensor/advice'

/** One sentence about how things stand: what is good to know, and what is not. */
export interface Sentence {
  calm: string
  /** The part that needs someone; empty if nothing does. */
  urgent: string
  under: string
}

/**
 * Says how things stand from what was counted, and no more than that: no claim
 * of protection is made, because nothing here proves one.
 */
export function sentence(o: Overview): Sentence {
  if (o.assets.total === 0) return { calm: 'Nothing has been seen yet.', urgent: '', under: o.sensors.total ? 'A sensor is there; as soon as it sees packets, the plant appears.' : 'No sensor has said anything. Start one, or import a capture.' }
  const inside = o.assets.total - (o.assets.kinds.find((k) => k.value === 'external')?.count ?? 0)
  const seen = `${plural(inside, 'asset')} and ${plural(o.conversations, 'conversation')} seen`
  if (o.crossings > 0) return { calm: `${plural(inside, 'asset')} seen.`, urgent: `${plural(o.crossings, 'conversation')} ${o.crossings === 1 ? 'crosses' : 'cross'} the boundary of the plant.`, under: o.crossings === 1 ? 'Nobody has said yet that it may. It is a way from one side to the other.' : 'Nobody has said yet that they may. Each is a way from one side to the other.' }
  return { calm: `${seen}. None crosses the boundary of the plant.`, urgent: o.sensors.not > 0 ? 'But not everything is seen.' : '', under: 'As far as the sensors see: what passes elsewhere does not count here.' }
}

/** Something that the picture lacks. */
export interface Blind {
  what: string
  todo: string
  href: string
}

/** What cannot be seen, or is not known, and where to look. */
export function blind(o: Overview, sensors: Sensor[], now: number): Blind[] {
  const list: Blind[] = []
  for (const s of sensors) for (const a of advice(s, now)) list.push({ what: `${s.name}: ${a.what}`, todo: a.todo, href: '/sensors' })
  if (o.assets.unknown > 0) list.push({ what: `${plural(o.assets.unknown, 'asset')} inside the site that nothing identifies.`, todo: 'Ask who put them there, or tap a port on which they say more.', href: '/assets?role=unknown' })
  const unplaced = o.assets.sides.find((s) => s.value === 'unknown')?.count ?? 0
  const outside = o.assets.kinds.find((k) => k.value === 'external')?.count ?? 0
  if (unplaced > outside) list.push({ what: `${count(unplaced - outside)} of which nobody can say whether they belong to office or plant.`, todo: 'What they cross is not counted as a crossing.', href: '/assets?side=unknown&kind=device' })
  if (sensors.filter((s) => s.state !== 'ended').length === 1 && o.assets.total > 0) list.push({ what: 'One sensor sees one place of the network.', todo: 'Conversations that stay within another switch do not come by.', href: '/sensors' })
  return list
}
