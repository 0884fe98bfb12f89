import { Failure } from './client'

/*
 * Passkeys between the hub's JSON and the browser's objects (Web Authentication
 * Level 3, 5.1.8 to 5.1.10). Browsers before 2024 lack the conversions, so that
 * they are here too.
 */

/** The bytes of a base64url text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(raw, (c) => c.charCodeAt(0))
}

/** Bytes as base64url without padding. */
export function text(b: ArrayBuffer | ArrayBufferView | null | undefined): string {
  if (!b) return ''
  const list = b instanceof ArrayBuffer ? new Uint8Array(b) : new Uint8Array(b.buffer, b.byteOffset, b.byteLength)
  let s = ''
  for (const x of list) s += String.fromCharCode(x)
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

interface Named {
  id: string
  type: 'public-key'
  transports?: AuthenticatorTransport[]
}

const named = (list: unknown) => ((list as Named[] | undefined) ?? []).map((c) => ({ ...c, id: bytes(c.id) }))

/** What navigator.credentials.create is given, from the hub's JSON. */
export function creation(json: Record<string, unknown>): PublicKeyCredentialCreationOptions {
  const own = globalThis.PublicKeyCredential as unknown as { parseCreationOptionsFromJSON?: (j: unknown) => PublicKeyCredentialCreationOptions } | undefined
  if (own?.parseCreationOptionsFromJSON) return own.parseCreationOptionsFromJSON(json)
  const user = json.user as { id: string; name: string; displayName: string }
  return { ...(json as unknown as PublicKeyCredentialCreationOptions), challenge: bytes(json.challenge as string), user: { ...user, id: bytes(user.id) }, excludeCredentials: named(json.excludeCredentials) }
}

/** What navigator.credentials.get is given, from the hub's JSON. */
export function request(json: Record<string, unknown>): PublicKeyCredentialRequestOptions {
  const own = globalThis.PublicKeyCredential as unknown as { parseRequestOptionsFromJSON?: (j: unknown) => PublicKeyCredentialRequestOptions } | undefined
  if (own?.parseRequestOptionsFromJSON) return own.parseRequestOptionsFromJSON(json)
  return { ...(json as unknown as PublicKeyCredentialRequestOptions), challenge: bytes(json.challenge as string), allowCredentials: named(json.allowCredentials) }
}

/** A credential in the form in which the hub reads it. */
export function plain(c: PublicKeyCredential): Record<string, unknown> {
  if (typeof (c as { toJSON?: () => unknown }).toJSON === 'function') return (c as unknown as { toJSON(): Record<string, unknown> }).toJSON()
  const r = c.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse
  const response: Record<string, unknown> = { clientDataJSON: text(r.clientDataJSON) }
  if (r.attestationObject) Object.assign(response, { attestationObject: text(r.attestationObject), transports: r.getTransports?.() ?? [] })
  else Object.assign(response, { authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle) })
  return { id: c.id, rawId: text(c.rawId), type: c.type, authenticatorAttachment: c.authenticatorAttachment ?? undefined, clientExtensionResults: c.getClientExtensionResults(), response }
}

/** Whether this browser can have passkeys at this address. */
export function able(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && isSecureContext
}

/** Has the browser make a passkey. */
export async function create(options: { publicKey: Record<string, unknown> }): Promise<Record<string, unknown>> {
  return plain((await asked(() => navigator.credentials.create({ publicKey: creation(options.publicKey) }))) as PublicKeyCredential)
}

/** Has the person use a passkey. */
export async function use(options: { publicKey: Record<string, unknown> }): Promise<Record<string, unknown>> {
  return plain((await asked(() => navigator.credentials.get({ publicKey: request(options.publicKey) }))) as PublicKeyCredential)
}

/** What the browser refused, in words a person can act on. */
async function asked(ask: () => Promise<Credential | null>): Promise<Credential> {
  if (!able()) throw new Failure('No passkey here', 'Browsers allow passkeys only over https, or at localhost, and only under a name.', 0)
  try {
    const c = await ask()
    if (c) return c
  } catch (e) {
    const name = (e as { name?: string }).name
    if (name === 'InvalidStateError') throw new Failure('This device has a passkey already', 'The passkey that it has works for this account.', 0)
    if (name === 'SecurityError') throw new Failure('No passkey at this address', 'Open the console by its name instead of its IP address: passkeys are bound to names.', 0)
    if (name !== 'NotAllowedError' && name !== 'AbortError') throw new Failure('The browser could not use a passkey', String((e as Error).message ?? e), 0)
  }
  throw new Failure('No passkey was used', 'It was cancelled, took too long, or this device has none for Bulkhead.', 0)
}
