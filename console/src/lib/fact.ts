import type { Fact } from '../api/model'

/** Fields in words, in the order people read them. */
export const fieldNames: Record<string, string> = {
  vendor: 'Vendor', product: 'Product', 'order-number': 'Order number', firmware: 'Firmware', hardware: 'Hardware', serial: 'Serial', name: 'Name', os: 'System', role: 'Role',
  'device-type': 'Device type', 'product-code': 'Product code', 'vendor-id': 'Vendor number', description: 'Description', location: 'Location', contact: 'Contact',
  software: 'Software', domain: 'Domain', user: 'User', unit: 'Unit behind it', mode: 'Mode', 'key-switch': 'Key switch', address: 'Address', gateway: 'Router', netmask: 'Netmask', 'router-of': 'Routes for', ttl: 'Hop count',
  certificate: 'Certificate', security: 'Protection', 'cleartext-login': 'Login in clear', fingerprint: 'Fingerprint', neighbor: 'Neighbour', port: 'Port', service: 'Service', carries: 'Carries', resolves: 'Resolves',
  family: 'Family', side: 'Side', level: 'Level', kind: 'Kind', protocols: 'Protocols', names: 'Names', macs: 'MAC addresses', ips: 'IP addresses', asset: 'Asset',
}

const order = Object.keys(fieldNames)

/** The most trusted fact of each field, in reading order; of some fields only if they are given. */
export function bestFacts(facts: Fact[], only?: string[]): Fact[] {
  return byField(facts).filter(([f]) => !only || only.includes(f)).map(([, list]) => list[0]!)
}

/** Facts by field in reading order, the most trusted first in each. */
export function byField(facts: Fact[]): [field: string, facts: Fact[]][] {
  const m = new Map<string, Fact[]>()
  for (const f of facts) m.set(f.field, [...(m.get(f.field) ?? []), f])
  for (const list of m.values()) list.sort((a, b) => b.confidence - a.confidence || b.count - a.count)
  const place = (f: string) => (order.includes(f) ? order.indexOf(f) : order.length)
  return [...m].sort((a, b) => place(a[0]) - place(b[0]) || (a[0] < b[0] ? -1 : 1))
}

/** How sure a message makes us, in words with the number: "sure (95 %)". */
export function sureness(confidence: number): string {
  const word = confidence >= 0.9 ? 'sure' : confidence >= 0.7 ? 'likely' : confidence >= 0.4 ? 'possible' : 'a hint'
  return `${word} (${Math.round(confidence * 100)} %)`
}
