import type { paths } from './schema'

/** The routes that answer a GET with JSON, by path below the base. */
type JSONPath = {
  [P in keyof paths]: P extends `/api/v1${infer Rest}` ? (paths[P] extends { get: { responses: { 200: { content: { 'application/json': unknown } } } } } ? Rest : never) : never
}[keyof paths]

export type Path = JSONPath

/** What a route answers. */
export type Answer<P extends Path> = paths[`/api/v1${P}`] extends { get: { responses: { 200: { content: { 'application/json': infer T } } } } } ? T : never

/** What a route reads of the query. */
export type QueryOf<P extends Path> = paths[`/api/v1${P}`] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never

/** The names in a path: "/assets/{id}" has id. */
export type Names<P extends string> = P extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never

/** A path with its names filled in. */
export function fill<P extends string>(path: P, names: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, n: string) => encodeURIComponent(names[n] ?? ''))
}

/** Methods that change something. */
export type Change = 'post' | 'put' | 'delete'

/** The routes that have a method. */
export type ChangePath<M extends Change> = {
  [P in keyof paths]: P extends `/api/v1${infer Rest}` ? (paths[P] extends { [m in M]: object } ? Rest : never) : never
}[keyof paths]

type Operation<M extends Change, P extends string> = paths[`/api/v1${P}` & keyof paths] extends { [m in M]: infer O } ? O : never

/** What a route takes; fields that the hub itself adds are left out. */
export type BodyOf<M extends Change, P extends string> = Operation<M, P> extends { requestBody?: { content: { 'application/json': infer B } } } ? Omit<B, '$schema'> : never

/** What a route that changes something reads of the query. */
export type ChangeQuery<M extends Change, P extends string> = Operation<M, P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never

/** What a route answers when it has done what was asked. */
export type ChangeAnswer<M extends Change, P extends string> = Operation<M, P> extends { responses: infer R } ? (R extends { 200: { content: { 'application/json': infer T } } } ? T : R extends { 201: { content: { 'application/json': infer T } } } ? T : R extends { 202: { content: { 'application/json': infer T } } } ? T : undefined) : never
