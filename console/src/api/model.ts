/** The words of the API, as types. */

export interface List<T> {
  items: T[]
  next?: string
  total: number
}

export interface Count {
  value: string
  count: number
}

export interface FindingCounts {
  high: number
  medium: number
  low: number
  info: number
}

export interface Packet {
  sensor: string
  epoch: string
  number: number
  available: boolean
}

export interface AssetRef {
  id: string
  label: string
  kind: 'device' | 'network' | 'external' | ''
  side: 'ot' | 'it' | 'unknown'
  role: string
  level: number | null
}

export interface AssetRow {
  id: string
  site: string
  kind: 'device' | 'network' | 'external'
  side: 'ot' | 'it' | 'unknown'
  level: number | null
  role: string
  label: string
  names: string[]
  ips: string[]
  macs: string[]
  vlans: number[]
  network: string
  vendor: string
  product: string
  order_number: string
  firmware: string
  hardware: string
  serial: string
  os: string
  protocols: string[]
  first_seen: string | null
  last_seen: string | null
  facts: number
  modules: number
  conflicts: number
  findings: FindingCounts
}

export interface Asset {
  id: string
  site: string
  kind: 'device' | 'network' | 'external'
  side: 'ot' | 'it' | 'unknown'
  level: number | null
  role: string
  label: string
  names: string[]
  ips: string[]
  macs: string[]
  vlans: number[]
  network: string
  vendor: string
  product: string
  order_number: string
  firmware: string
  hardware: string
  serial: string
  os: string
  protocols: string[]
  first_seen: string | null
  last_seen: string | null
  facts: Fact[]
  modules: Module[]
  reasons: Reason[]
  conflicts: Conflict[]
  findings: FindingRef[]
  changes: AssetChange[]
  aliases: string[]
}

export interface Fact {
  field: string
  value: string
  source: string
  confidence: number
  count: number
  first: string | null
  last: string | null
  packet?: Packet
}

export interface Module {
  slot: number
  vendor: string
  product: string
  order_number: string
  firmware: string
  hardware: string
  serial: string
  facts: Fact[]
}

export interface Reason {
  what: string
  why: string
  packet?: Packet
}

export interface Conflict {
  field: string
  why: string
  facts: Fact[]
}

export interface AssetChange {
  field: string
  old: string
  new: string
  when: string | null
}

export interface FindingRef {
  id: string
  level: 'high' | 'medium' | 'low' | 'info'
  title: string
}

export interface Facets {
  total: number
  vendors: Count[]
  roles: Count[]
  kinds: Count[]
  sides: Count[]
  levels: Count[]
  protocols: Count[]
  networks: Count[]
  sites: Count[]
}

export interface Peer {
  asset: AssetRef
  address: string
  direction: 'out' | 'in'
  transport: 'eth' | 'tcp' | 'udp' | 'ip'
  protocol: string
  port: number
  packets: number
  bytes: number
  bytes_day: number
  first: string | null
  last: string | null
  crossing: boolean
}

export interface Conversation {
  client: AssetRef
  server: AssetRef
  client_address: string
  server_address: string
  transport: 'eth' | 'tcp' | 'udp' | 'ip'
  port: number
  protocol: string
  confirmed: boolean
  answered: boolean
  flows: number
  packets: number
  bytes: number
  packets_from_client: number
  bytes_from_client: number
  lost_bytes: number
  first: string | null
  last: string | null
  crossing: boolean
  packet?: Packet
}

export interface Operation {
  requester: AssetRef
  responder: AssetRef
  requester_address: string
  responder_address: string
  port: number
  protocol: string
  code: string
  name: string
  kind: 'other' | 'identify' | 'read' | 'auth' | 'write' | 'config' | 'program' | 'mode' | 'firmware'
  technique: string
  object: string
  value: string
  requests: number
  responses: number
  accepted: number
  refused: number
  first: string | null
  last: string | null
  packet?: Packet
}

export interface Finding {
  id: string
  site: string
  rule: string
  level: 'high' | 'medium' | 'low' | 'info'
  title: string
  why: string
  next: string[]
  assets: AssetRef[]
  count: number
  first: string | null
  last: string | null
  details: string[]
  evidence: Packet[]
}

export interface Traffic {
  from: string
  to: string
  step: number
  series: TrafficSeries[]
}

export interface TrafficSeries {
  protocol: string
  packets: number[]
  bytes: number[]
}

export interface Overview {
  sites: string[]
  assets: AssetCounts
  conversations: number
  crossings: number
  findings: FindingCounts
  sensors: SensorCounts
  last_observation: string | null
  kept_from: string | null
  kept_to: string | null
  version: string
  now: string
}

export interface AssetCounts {
  total: number
  unknown: number
  kinds: Count[]
  sides: Count[]
  roles: Count[]
}

export interface SensorCounts {
  total: number
  ok: number
  not: number
}

export interface Map {
  at: string
  bands: Band[]
  boxes: Box[]
  edges: Edge[]
  more: number
}

export interface Band {
  level: number | null
  name: string
}

export interface Box {
  id: string
  site: string
  network: string
  level: number | null
  side: 'ot' | 'it' | 'unknown'
  total: number
  assets: MapAsset[]
}

export interface MapAsset {
  id: string
  label: string
  role: string
  kind: 'device' | 'network' | 'external'
  side: 'ot' | 'it' | 'unknown'
  level: number | null
  vendor_known: boolean
  worst: 'high' | 'medium' | 'low' | 'info' | 'none'
}

export interface Edge {
  between: 'boxes' | 'assets'
  from: string
  to: string
  protocols: string[]
  packets: number
  bytes: number
  last: string | null
  crossing: boolean
  operations: string[]
}

export interface Sensor {
  name: string
  site: string
  state: string
  ok: boolean
  problem: string
  version: string
  source: string
  started: string | null
  heard: string | null
  seen: string | null
  lag: number | null
  epoch: string
  sequence: number
  missing: number
  one_sided: number
  packets: number
  bytes: number
  dropped: number
  duplicates: number
  undecoded: number
  sampled: number
  failures: number
  lost: number
  flows: number
  packets_per_second: number | null
  bytes_per_second: number | null
  drops_per_second: number | null
  ring_bytes: number
  ring_oldest: string | null
}

export interface History {
  days: HistoryDay[]
  rows: number
  bytes: number
  oldest: string | null
  newest: string | null
  retention: Retention
}

export interface HistoryDay {
  site: string
  day: string
  kind: 'conversations' | 'operations'
  step: 'minute' | 'hour' | 'day'
  segments: number
  rows: number
  bytes: number
}

export interface Retention {
  minute_days: number
  hour_days: number
  day_days: number
  max_bytes: number
}

export interface KeptPackets {
  id: string
  sensor: string
  note: string
  packets: number
  bytes: number
  sha256: string
  from: string | null
  to: string | null
  made: string | null
}

export interface Job {
  id: string
  name: string
  format: string
  state: 'queued' | 'reading' | 'done' | 'failed' | 'cancelled'
  problem: string
  bytes: number
  bytes_read: number
  packets: number
  created: string | null
  started: string | null
  ended: string | null
}
