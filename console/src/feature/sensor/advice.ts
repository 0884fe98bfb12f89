import type { Sensor } from '../../api/model'
import { count, duration, percent, plural } from '../../lib/format'

/** Something about a sensor that a person should know, and what to do. */
export interface Advice {
  what: string
  todo: string
}

/**
 * What a sensor's numbers mean for the picture: each thing that makes it less
 * than whole, in words, the worst first. The sensor's own problem stands first.
 */
export function advice(s: Sensor, now: number): Advice[] {
  const list: Advice[] = []
  const add = (when: boolean, what: string, todo: string) => when && list.push({ what, todo })
  add(s.problem !== '', s.problem, '')
  const silent = s.heard ? (now - Date.parse(s.heard)) / 1000 : 0
  add(s.problem === '' && s.state !== 'ended' && silent > 300, `It has not been heard of for ${duration(silent)}.`, 'See that its program runs and that it reaches the hub; what it saw meanwhile waits on its disk.')
  add(s.missing > 0, `${plural(s.missing, 'batch', 'batches')} of what it saw never came.`, 'If its data folder was deleted, those are gone and the numbers of that time are too low. Otherwise they come by themselves.')
  const lost = s.packets + s.dropped > 0 ? s.dropped / (s.packets + s.dropped) : 0
  add(s.dropped > 0, `${plural(s.dropped, 'packet')} (${percent(lost)}) came too fast and were dropped by the kernel.`, 'Give the sensor more cores, or mirror fewer ports to it.')
  // Some are always there: requests that nobody answers, multicast that was taken for talk.
  add(s.one_sided >= 10 && s.one_sided > s.flows / 50, `Of ${plural(s.one_sided, 'conversation')} only one side is seen.`, 'Set the mirror port to both directions, or tap the port that the answers take.')
  add((s.lag ?? 0) > 60, `The hub is ${duration(s.lag ?? 0)} behind it.`, 'It catches up by itself. If it stays, the hub lacks disk or processor time.')
  add(s.lost > 0, `${plural(s.lost, 'observation')} found no room in its memory.`, 'Start it with more --memory.')
  add(s.failures > 0, `A decoder failed ${count(s.failures)} times.`, 'The conversations concerned were left out. Please report it with the packets.')
  return list
}

/** The state in words, and how much it should catch the eye. */
export function stateOf(s: Sensor): [text: string, tone: 'good' | 'warn' | 'stop' | 'unk'] {
  if (!s.ok) return [s.state === 'watching' || s.state === 'reading' ? 'has a problem' : s.state, 'stop']
  if (s.state === 'ended') return ['ended', 'unk']
  return [s.state, 'good']
}
