import type { Asset, Endpoint } from '../../api/model'

/** The addresses of an asset, each of which can be a machine of its own. */
export function endpoints(a: Pick<Asset, 'ips' | 'macs' | 'vlans'>): Endpoint[] {
  return [...a.macs.map((mac) => ({ mac, ip: '', vlan: 0 })), ...a.ips.map((ip) => ({ mac: '', ip, vlan: 0 }))]
}
