import type { AssetRow, FindingCounts } from '../api/model'

/** What a device is, in the order people ask: vendor, product. */
export function what(a: Pick<AssetRow, 'vendor' | 'product'>): string {
  const product = a.product.toLowerCase().startsWith(a.vendor.toLowerCase()) ? a.product.slice(a.vendor.length).trim() : a.product
  return [a.vendor, product].filter(Boolean).join(' ')
}

/** Whether nothing says who this is. */
export function isUnknown(a: Pick<AssetRow, 'role' | 'vendor' | 'kind'>): boolean {
  return a.kind !== 'external' && (!a.role || a.role === 'unknown') && !a.vendor
}

/** The level of the worst findings and how many there are of it. */
export function worst(f: FindingCounts): [level: string, n: number] | undefined {
  for (const level of ['high', 'medium', 'low', 'info'] as const) if (f[level]) return [level, f[level]]
  return undefined
}

/** The address people know an asset by: its first IP address, else its MAC. */
export function address(a: Pick<AssetRow, 'ips' | 'macs'>): string {
  return a.ips[0] ?? a.macs[0] ?? ''
}
