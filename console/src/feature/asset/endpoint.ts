import type { Asset, Endpoint } from '../../api/model'

/** An endpoint by what people know it by. */
export const endpointKey = (e: Endpoint) => `${e.mac} ${e.ip} ${e.vlan}`

/** The endpoints of an asset, each of which can be a machine of its own, in the order of their addresses. */
export function endpoints(a: Pick<Asset, 'endpoints'>): Endpoint[] {
  return [...a.endpoints].sort((x, y) => (x.mac < y.mac ? -1 : x.mac > y.mac ? 1 : x.ip < y.ip ? -1 : 1))
}
