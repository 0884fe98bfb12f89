/** The filters of the asset list, as they stand in the page's address. */
export const assetFilters = ['side', 'level', 'zone', 'line', 'owner', 'role', 'vendor', 'protocol', 'network', 'kind', 'finding'] as const
export type AssetFilter = (typeof assetFilters)[number]

export const filterNames: Record<AssetFilter, string> = { side: 'Side', level: 'Level', zone: 'Zone', line: 'Line', owner: 'Owner', role: 'Role', vendor: 'Vendor', protocol: 'Protocol', network: 'Network', kind: 'Kind', finding: 'Finding' }

/** The orders a list of assets can have. */
export const assetSorts = ['name', 'last_seen', 'first_seen', 'vendor', 'role', 'level', 'kind', 'side', 'network', 'findings']

/** What the API is asked for an address of the asset list. */
export function assetQuery(q: URLSearchParams): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name of ['q', ...assetFilters]) {
    const v = q.get(name)
    if (v) out[name] = v
  }
  const sort = q.get('sort') ?? ''
  if (assetSorts.includes(sort.replace(/^-/, ''))) out.sort = sort
  return out
}

/** A filter's value in words. */
export function valueText(filter: AssetFilter, value: string): string {
  if (filter === 'side') return value === 'ot' ? 'OT' : value === 'it' ? 'IT' : 'unknown'
  if (filter === 'level') return value === 'unknown' ? 'unknown' : `level ${value}`
  if (value === 'none' && filter === 'zone') return 'in none'
  if (value === 'none' && filter === 'line') return 'of none'
  if (value === 'none' && filter === 'owner') return 'one is missing'
  if (filter === 'finding') return value === 'any' ? 'any finding' : `finding of level ${value}`
  return value
}
