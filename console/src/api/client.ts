import type { Health } from './model'
import { fill, type Answer, type BodyOf, type Change, type ChangeAnswer, type ChangePath, type ChangeQuery, type Names, type Path, type QueryOf } from './path'

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

/** What the session has to do with requests; it sets these. */
export const guard: {
  /** The hub answered something that a person asked for. */
  asked: () => void
  signedOut: () => void
  confirm?: () => Promise<boolean>
  /** Whether a person is at the page: what it asks for by itself keeps no session. */
  present: () => boolean
} = { asked: () => {}, signedOut: () => {}, present: () => true }

/** Routes on which a 401 says that a proof is wrong, not that nobody is signed in. */
const proving = /^\/(signin|enrol|session\/confirm)(\/|$)/

/** The route after which the session has another cookie. */
const renewal = '/session/confirm'

/** The last request that renewed the session; what else is under way may bear the cookie from before. */
let renewing: Promise<unknown> | undefined

/**
 * Asks the hub and returns what it answers; throws a Failure if it refuses. An
 * act that needs a fresh sign-in is repeated once after the person confirmed. A
 * 401 may be of a cookie that was renewed meanwhile, here or in another window:
 * only if it comes twice nobody is signed in.
 */
export async function ask<T>(method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal, match?: string): Promise<T> {
  const send = () => request(method, path, query, body, signal, match)
  const first = send()
  if (path === renewal) renewing = first.catch(() => undefined)
  let answer = await first
  if (answer.status === 401 && !proving.test(path)) {
    await renewing
    answer = await send()
    if (answer.status === 401) guard.signedOut()
  }
  if (answer.status === 403 && guard.confirm) {
    const failure = await refusal(answer)
    if (!mustConfirm(failure) || !(await guard.confirm())) throw failure
    answer = await send()
  }
  if (!answer.ok) throw await refusal(answer)
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T)
}

/** Whether a refusal asks the person to show again who they are. */
export function mustConfirm(f: Failure): boolean {
  return f.status === 403 && /(^|[/:#])confirm$/.test((f.body as { type?: string } | undefined)?.type ?? '')
}

async function request(method: string, path: string, query?: Query, body?: unknown, signal?: AbortSignal, match?: string): Promise<Response> {
  // Whatever changes something a person asked for, however long the device took to prove it.
  const background = method === 'GET' && !guard.present()
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (match) headers['If-Match'] = match
  if (background) headers['Bulkhead-Background'] = '1'
  const answer = await reach(url(path, query), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }, signal)
  if (!background) guard.asked()
  return answer
}

/** Fetches with patience; says in words that nothing came. */
async function reach(address: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  const late = AbortSignal.timeout(patience)
  try {
    return await fetch(address, { ...init, signal: signal ? AbortSignal.any([signal, late]) : late })
  } catch (e) {
    if (signal?.aborted) throw e
    if (late.aborted) throw new Failure('The hub did not answer in time', 'It may be busy. Try again.', 0)
    throw new Failure('The hub cannot be reached', 'Is bulkhead run still running, and is this machine connected to it?', 0)
  }
}

/** Whether the hub has all that it needs, and what it lacks in its own words. */
export async function ready(signal?: AbortSignal): Promise<{ ok: boolean; problems: string[] }> {
  const answer = await reach('/readyz', { headers: { Accept: 'application/json', 'Bulkhead-Background': '1' } }, signal)
  if (answer.status !== 200 && answer.status !== 503) throw await refusal(answer)
  const health = (await answer.json()) as Health
  return { ok: answer.ok, problems: health.checks.filter((c) => !c.ok).map((c) => c.problem) }
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
export function send<M extends Change, P extends ChangePath<M>>(method: M, path: P, given: { names?: Record<Names<P>, string>; query?: Loose<ChangeQuery<M, P>>; body?: BodyOf<M, P>; match?: string; signal?: AbortSignal } = {}): Promise<ChangeAnswer<M, P>> {
  return ask<ChangeAnswer<M, P>>(method.toUpperCase(), fill(path, given.names), given.query as Query | undefined, given.body, given.signal, given.match)
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
