import type { MapAsset } from '../../api/model'
import { natural, type Plan } from './plan'

/** A plan whose opened box has all its assets, also those that the map left out. */
export function inside(p: Plan, opened: { id: string; assets: MapAsset[] } | undefined): Plan {
  if (!opened || !p.boxes.some((b) => b.id === opened.id && !b.folded)) return p
  const sorted = [...opened.assets].sort((x, y) => natural(x.label, y.label) || natural(x.id, y.id))
  return {
    ...p,
    boxes: p.boxes.map((b) => (b.id === opened.id ? { ...b, assets: sorted } : b)),
    boxOf: new Map([...p.boxOf, ...sorted.map((a) => [a.id, opened.id] as const)]),
    assets: new Map([...p.assets, ...sorted.map((a) => [a.id, a] as const)]),
  }
}
