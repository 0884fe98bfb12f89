import { fill, type Answer, type Names, type Path, type QueryOf } from './path'

/**
 * The client of the hub's API: typed by path, errors as problem documents
 * (RFC 9457). Conditional requests are the browser's work: the hub sends ETags.
 */

/** A failed request in words a person can act on. */
export class Failure extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    /** HTTP status; 0 if the hub was not reached. */
    readonly status: number,
  ) {
    super(detail ? `${title}: ${detail}` : title)
    this.name = 'Failure'
  }
}

export type Query = Record<string, string | number | boolean | string[] | undefined>

export const base = '/api/v1'

/** The address of a route with a query; empty values are left out. */
export function url(path: string, query: Query = {}): string {
  const q = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const v of Array.isArray(value) ? value : [value]) if (v !== undefined && v !== '') q.append(name, String(v))
  }
  const s = q.toString()
  return base + path + (s ? '?' + s : '')
}

/** How long an answer may take before the page says that none came. */
const patience = 20_000

/** Asks the hub and returns what it answers; throws a Failure if it refuses. */
export async function ask<T>(method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal): Promise<T> {
  const late = AbortSignal.timeout(patience)
  let answer: Response
  try {
    answer = await fetch(url(path, query), {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, late]) : late,
    })
  } catch (e) {
    if (signal?.aborted) throw e
    if (late.aborted) throw new Failure('The hub did not answer in time', 'It may be busy. Try again.', 0)
    throw new Failure('The hub cannot be reached', 'Is bulkhead run still running, and is this machine connected to it?', 0)
  }
  if (!answer.ok) throw await refusal(answer)
  if (answer.status === 204) return undefined as T
  return (await answer.json()) as T
}

/** A query whose values may be left out. */
type Loose<Q> = { [K in keyof Q]?: Q[K] | '' | undefined }

/**
 * Asks for something that changes nothing. Path, query and answer are those of
 * the OpenAPI document: a slip of the pen does not compile.
 */
export function get<P extends Path>(path: P, given: { names?: Record<Names<P>, string>; query?: Loose<QueryOf<P>>; signal?: AbortSignal } = {}): Promise<Answer<P>> {
  return ask<Answer<P>>('GET', fill(path, given.names), given.query as Query | undefined, undefined, given.signal)
}

/** What a refused request says, from its problem document where it has one. */
export async function refusal(answer: Response): Promise<Failure> {
  let title = answer.statusText || `Status ${answer.status}`
  let detail = ''
  try {
    const p = (await answer.json()) as { title?: string; detail?: string; errors?: { message?: string; location?: string }[] }
    title = p.title || title
    detail = [p.detail, ...(p.errors ?? []).map((e) => e.message)].filter(Boolean).join('. ')
  } catch {
    // A proxy's page is no problem document: the status has to do.
  }
  return new Failure(title, detail, answer.status)
}
