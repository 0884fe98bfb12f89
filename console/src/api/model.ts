import type { components } from './schema'

/** The words of the API by their own names; the generated file has them all. */
type S = components['schemas']

export type Action = S['Action']
export type Asset = S['Asset']
export type AssetChange = S['AssetChange']
export type AssetRef = S['AssetRef']
export type AssetRow = S['AssetRow']
export type Band = S['Band']
export type Box = S['Box']
export type Conflict = S['Conflict']
export type Conversation = S['Conversation']
export type Count = S['Count']
export type Edge = S['Edge']
export type Facets = S['Facets']
export type Fact = S['Fact']
export type Finding = S['Finding']
export type FindingCounts = S['FindingCounts']
export type FindingRef = S['FindingRef']
export type History = S['History']
export type HistoryDay = S['HistoryDay']
export type Job = S['Job']
export type Map = S['Map']
export type MapAsset = S['MapAsset']
export type Module = S['Module']
export type Operation = S['Operation']
export type Overview = S['Overview']
export type Packet = S['Packet']
export type Peer = S['Peer']
export type Protection = S['Protection']
export type Reason = S['Reason']
export type Retention = S['Retention']
export type Sensor = S['Sensor']
export type Statement = S['Statement']
export type StatusCounts = S['StatusCounts']
export type Traffic = S['Traffic']

/** One page of a list. */
export interface List<T> {
  items: T[]
  next?: string
  total: number
  /** There are more than total: counting stopped. */
  more: boolean
}
