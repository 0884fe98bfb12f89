import type { Grant } from '../../api/model'

/** What each role may do, in words. */
export const roles: Record<Grant['role'], string> = {
  viewer: 'looks',
  operator: 'looks, acknowledges, keeps packets',
  engineer: 'also changes the plant model and assets, and imports captures',
  auditor: 'looks, and reads the ledger and who has access',
  administrator: 'may do everything',
}

/** A grant as people say it. */
export function grantText(g: Grant): string {
  return `${g.role} ${g.site === '*' ? 'of all sites' : `of ${g.site}`}`
}

/** How somebody was known. */
export function viaText(via: string): string {
  return { passkey: 'a passkey', password: 'a password', oidc: 'somebody who vouches', link: 'a one-time link', token: 'a token', session: 'a session' }[via] ?? via
}
