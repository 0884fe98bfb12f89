import { fill, type Answer, type BodyOf, type Change, type ChangeAnswer, type ChangePath, type Names, type Path, type QueryOf } from './path'

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
    /** What the refusal said beyond title and detail: a problem document, or how the thing is now (412). */
    readonly body?: unknown,
    /** Seconds after which it is worth trying again; 0 if waiting does not help. */
    readonly after = 0,
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

/** What is done when a request is refused for who asks; the session sets it. */
export const guard: { asked: () => void; signedOut: () => void; confirm?: () => Promise<boolean> } = { asked: () => {}, signedOut: () => {} }

/** Routes on which a 401 says that a proof is wrong, not that nobody is signed in. */
const proving = /^\/(signin|enrol|session)(\/|$)/

/**
 * Asks the hub and returns what it answers; throws a Failure if it refuses. An
 * act that needs a fresh sign-in is repeated once after the person confirmed.
 */
export async function ask<T>(method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal, match?: string): Promise<T> {
  const answer = await request(method, path, query, body, signal, match)
  if (answer.ok) return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T)
  const failure = await refusal(answer)
  if (failure.status === 401 && !proving.test(path)) guard.signedOut()
  if (!mustConfirm(failure) || !guard.confirm || !(await guard.confirm())) throw failure
  const second = await request(method, path, query, body, signal, match)
  if (!second.ok) throw await refusal(second)
  return second.status === 204 ? (undefined as T) : ((await second.json()) as T)
}

function mustConfirm(f: Failure): boolean {
  return f.status === 403 && /(^|[/:#])confirm$/.test((f.body as { type?: string } | undefined)?.type ?? '')
}

async function request(method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal, match?: string): Promise<Response> {
  const late = AbortSignal.timeout(patience)
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (match) headers['If-Match'] = match
  try {
    const answer = await fetch(url(path, query), { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: signal ? AbortSignal.any([signal, late]) : late })
    guard.asked()
    return answer
  } catch (e) {
    if (signal?.aborted) throw e
    if (late.aborted) throw new Failure('The hub did not answer in time', 'It may be busy. Try again.', 0)
    throw new Failure('The hub cannot be reached', 'Is bulkhead run still running, and is this machine connected to it?', 0)
  }
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

/**
 * Asks for something that changes something. Path, body and answer are those of
 * the OpenAPI document; match is the entity tag of what the person saw.
 */
export function send<M extends Change, P extends ChangePath<M>>(method: M, path: P, given: { names?: Record<Names<P>, string>; body?: BodyOf<M, P>; match?: string; signal?: AbortSignal } = {}): Promise<ChangeAnswer<M, P>> {
  return ask<ChangeAnswer<M, P>>(method.toUpperCase(), fill(path, given.names), undefined, given.body, given.signal, given.match)
}

/** Whatever went wrong as a Failure, for pages that show it. */
export function failed(e: unknown, title: string): Failure {
  return e instanceof Failure ? e : new Failure(title, String(e), 0)
}

/** What a refused request says, from its problem document where it has one. */
export async function refusal(answer: Response): Promise<Failure> {
  let title = answer.statusText || `Status ${answer.status}`
  let detail = ''
  let body: unknown
  try {
    const p = (body = await answer.json()) as { title?: string; detail?: string; errors?: { message?: string; location?: string }[] }
    title = p.title || title
    detail = [p.detail, ...(p.errors ?? []).map((e) => e.message)].filter(Boolean).join('. ')
  } catch {
    // A proxy's page is no problem document: the status has to do.
  }
  return new Failure(title, detail, answer.status, body, Number(answer.headers.get('Retry-After')) || 0)
}
