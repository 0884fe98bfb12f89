import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytes, create, creation, plain, request, text, use } from '../../src/api/webauthn'

afterEach(() => vi.unstubAllGlobals())

describe('base64url', () => {
  it.each([
    ['', []], ['Zg', [102]], ['Zm8', [102, 111]], ['Zm9v', [102, 111, 111]], ['-_8', [251, 255]],
  ])('%j is the bytes and back (RFC 4648, 10)', (s, list) => {
    expect([...bytes(s)]).toEqual(list)
    expect(text(Uint8Array.from(list))).toBe(s)
  })
  it('is read with padding, and written of a part of a buffer only', () => {
    expect([...bytes('Zm8=')]).toEqual([102, 111])
    const whole = Uint8Array.from([1, 102, 111, 2])
    expect([text(whole.subarray(1, 3)), text(whole.buffer), text(null)]).toEqual(['Zm8', 'AWZvAg', ''])
  })
})

describe('a passkey in a browser without conversions', () => {
  it('is asked for with bytes in place of texts', () => {
    const c = creation({ challenge: 'AAE', rp: { id: 'plant', name: 'Bulkhead' }, user: { id: 'dTE', name: 'anna', displayName: 'Anna' }, pubKeyCredParams: [], excludeCredentials: [{ id: '-_8', type: 'public-key' }] })
    expect([...(c.challenge as Uint8Array)]).toEqual([0, 1])
    expect([...(c.user.id as Uint8Array)]).toEqual([117, 49])
    expect([...(c.excludeCredentials![0]!.id as Uint8Array)]).toEqual([251, 255])
    expect([c.user.name, c.rp.id]).toEqual(['anna', 'plant'])
    const r = request({ challenge: 'AAE', rpId: 'plant' })
    expect([[...(r.challenge as Uint8Array)], r.rpId, r.allowCredentials]).toEqual([[0, 1], 'plant', []])
  })
  it('goes to the hub as texts', () => {
    const b = (...list: number[]) => Uint8Array.from(list).buffer
    const of = (response: object) => plain({ id: '-_8', rawId: b(251, 255), type: 'public-key', authenticatorAttachment: null, getClientExtensionResults: () => ({}), response } as unknown as PublicKeyCredential)
    expect(of({ clientDataJSON: b(123), attestationObject: b(1), getTransports: () => ['internal'] })).toEqual({ id: '-_8', rawId: '-_8', type: 'public-key', authenticatorAttachment: undefined, clientExtensionResults: {}, response: { clientDataJSON: 'ew', attestationObject: 'AQ', transports: ['internal'] } })
    expect(of({ clientDataJSON: b(123), authenticatorData: b(1), signature: b(2), userHandle: null })).toMatchObject({ response: { clientDataJSON: 'ew', authenticatorData: 'AQ', signature: 'Ag', userHandle: '' } })
  })
})

describe('a passkey that does not come', () => {
  const refusing = (name: string) => {
    vi.stubGlobal('PublicKeyCredential', class {})
    vi.stubGlobal('isSecureContext', true)
    const no = async () => {
      throw new DOMException('the browser says so', name)
    }
    vi.stubGlobal('navigator', { credentials: { create: no, get: no } })
  }
  const options = { publicKey: { challenge: 'AAE', user: { id: 'dTE' } } }
  it.each([
    ['InvalidStateError', 'This device has a passkey already'], ['SecurityError', 'No passkey at this address'], ['NotAllowedError', 'No passkey was used'], ['AbortError', 'No passkey was used'], ['UnknownError', 'The browser could not use a passkey'],
  ])('for %s says: %s', async (name, title) => {
    refusing(name)
    await expect(create(options)).rejects.toMatchObject({ title, status: 0 })
    await expect(use(options)).rejects.toMatchObject({ title, status: 0 })
  })
  it('is not asked for where the browser has none', async () => {
    vi.stubGlobal('PublicKeyCredential', undefined)
    await expect(use(options)).rejects.toMatchObject({ title: 'No passkey here' })
  })
})
