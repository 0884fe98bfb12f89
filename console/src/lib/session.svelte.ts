import { Failure, failed, get, guard, send } from '../api/client'
import type { Session as Signed } from '../api/model'
import { live } from '../api/live.svelte'
import { Presence } from './presence'

export type Permission = 'self' | 'read' | 'audit' | 'operate' | 'edit' | 'administer'

/** The roles that have a permission, for saying who may. */
const holders: Record<Permission, string> = {
  self: 'everybody who is signed in',
  read: 'everybody who has a role',
  audit: 'auditors and administrators',
  operate: 'operators, engineers and administrators',
  edit: 'engineers and administrators',
  administer: 'administrators',
}

/** How long before its end a session says so, in ms. */
export const notice = 3 * 60_000

/**
 * Who is signed in at this page. A request that is refused because nobody is
 * leaves the address as it is: after signing in the same page is shown again.
 */
class Session {
  state = $state<'asking' | 'in' | 'out' | 'failed'>('asking')
  now = $state.raw<Signed>()
  failure = $state<Failure>()
  /** It was signed in and is not any more. */
  ended = $state(false)
  /** When the hub last answered something that a person asked for, in ms. */
  asked = $state(Date.now())
  /** Set while a person is asked to confirm who they are. */
  confirming = $state.raw<{ done: (ok: boolean) => void }>()
  #confirm: Promise<boolean> | undefined

  constructor() {
    guard.asked = () => (this.asked = Date.now())
    guard.signedOut = () => this.lost()
    guard.confirm = () => this.confirm()
    const presence = new Presence()
    guard.present = () => presence.here
  }

  /** Whether the account may do such things, on at least one site. */
  may(p: Permission): boolean {
    return this.now?.permissions.includes(p) ?? false
  }

  /** Whether the account is one of all sites, as things of the whole program need. */
  get everywhere(): boolean {
    return this.now?.sites.includes('*') ?? false
  }

  /** Who may, in words: "engineers and administrators". */
  who(p: Permission): string {
    return holders[p]
  }

  /** Asks who is signed in. */
  async load(): Promise<void> {
    try {
      this.enter(await get('/session'))
    } catch (e) {
      const f = failed(e, 'The page could not begin')
      if (f.status === 401) return this.lost()
      if (this.state === 'in') return // a hub that cannot be reached signs nobody out
      this.failure = f
      this.state = 'failed'
    }
  }

  enter(s: Signed) {
    this.now = s
    this.failure = undefined
    this.ended = false
    this.state = 'in'
  }

  lost() {
    if (this.state === 'in') this.ended = true
    this.now = undefined
    this.state = 'out'
    this.confirming?.done(false)
  }

  async signOut(): Promise<void> {
    try {
      await send('delete', '/session')
    } catch (e) {
      if (!(e instanceof Failure) || e.status !== 401) throw e
    }
    this.lost()
    this.ended = false
  }

  /** When the session ends if nothing is done, in ms; undefined for never. */
  get ends(): number | undefined {
    if (!this.now) return undefined
    const hard = this.now.expires ? Date.parse(this.now.expires) : Infinity
    const idle = this.now.idle > 0 ? this.asked + this.now.idle * 1000 : Infinity
    const end = Math.min(hard, idle)
    return Number.isFinite(end) ? end : undefined
  }

  /** Asks the person to show again who they are; all that wait share the question. */
  confirm(): Promise<boolean> {
    this.#confirm ??= new Promise<boolean>((resolve) => {
      this.confirming = { done: resolve }
    }).finally(() => {
      this.confirming = undefined
      this.#confirm = undefined
    })
    return this.#confirm
  }
}

export const session = new Session()

/** A stream that broke may have been refused: ask whether somebody is signed in still. */
export function watchLoss() {
  if (live.state === 'lost' && session.state === 'in') void session.load()
}
