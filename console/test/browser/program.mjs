// The real program for browser tests: bulkhead demo with a fresh data folder
// and a short past, or a hub with nothing in it, and what it takes to be
// somebody in its console.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = process.env.BULKHEAD_BIN ?? fileURLToPath(new URL('../../../bin/bulkhead', import.meta.url))

/** Whether the program is there; make build makes it. */
export const built = existsSync(bin)

function freePort() {
  return new Promise((done, fail) => {
    const s = createServer()
    s.once('error', fail)
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => done(port))
    })
  })
}

/** Starts the program with a simulated plant; its address is in url, and link signs in once. */
export async function program({ days = 1 } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'bulkhead-browser-'))
  const p = await start(data, ['demo', '--days', String(days), '--data', join(data, 'data')], /(https?:\/\/\S+\/setup#\S+)/)
  return { ...p, link: at(p.url, p.heard) }
}

/** Starts a hub of a plant on a fresh folder; run does something on its machine, and gives what it said. */
export async function hub() {
  const data = mkdtempSync(join(tmpdir(), 'bulkhead-browser-'))
  const config = join(data, 'bulkhead.yaml')
  writeFileSync(config, `data: ${join(data, 'data')}\nsite: dairy\nroles: [hub]\n`)
  const p = await start(data, ['run', '--config', config], /(Bulkhead is at)/)
  const run = (...words) => {
    const r = spawnSync(bin, [...words, '--config', config], { encoding: 'utf8', timeout: 60_000 })
    return { status: r.status, said: r.stdout + r.stderr }
  }
  /** The link that a command shows, at the address of this hub. */
  const link = (...words) => {
    const { status, said } = run(...words)
    const m = /https?:\/\/\S+\/setup#\S+/.exec(said)
    if (status !== 0 || !m) throw new Error(`bulkhead ${words.join(' ')} gave no link: ${said}`)
    return at(p.url, m[0])
  }
  return { ...p, run, link }
}

const at = (url, link) => link.replace(/^https?:\/\/[^/]+/, url)

async function start(data, words, ready) {
  const port = await freePort()
  const child = spawn(bin, [...words, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const heard = await new Promise((done, fail) => {
    const hear = (b) => {
      said += b
      const m = ready.exec(said)
      if (m) done(m[1])
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => fail(new Error(`bulkhead ${words[0]} ended with ${code}: ${said.slice(-2000)}`)))
    setTimeout(() => fail(new Error(`bulkhead ${words[0]} was not ready in a minute: ${said.slice(-2000)}`)), 60_000).unref()
  })
  return {
    url: `http://localhost:${port}`,
    heard,
    said: () => said,
    async close() {
      if (child.exitCode === null) {
        const ended = new Promise((done) => child.once('exit', done))
        child.kill('SIGTERM')
        const force = setTimeout(() => child.kill('SIGKILL'), 15_000)
        await ended
        clearTimeout(force)
      }
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Gives the page a device that makes and uses passkeys by itself. */
export async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
  return {
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    add: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }),
  }
}

/** A capture in which a machine that nobody knows asks who has an address (pcap, Ethernet). */
export function stranger(mac, ip, at = Date.now()) {
  const frames = 4
  const b = Buffer.alloc(24 + frames * (16 + 60))
  b.writeUInt32LE(0xa1b2c3d4, 0)
  b.writeUInt16LE(2, 4)
  b.writeUInt16LE(4, 6)
  b.writeUInt32LE(65535, 16)
  b.writeUInt32LE(1, 20)
  const hw = Buffer.from(mac.replaceAll(':', ''), 'hex')
  const addr = (s) => Buffer.from(s.split('.').map(Number))
  for (let i = 0; i < frames; i++) {
    const o = 24 + i * 76
    b.writeUInt32LE(Math.floor(at / 1000) - frames + i, o)
    b.writeUInt32LE(60, o + 8)
    b.writeUInt32LE(60, o + 12)
    const f = b.subarray(o + 16)
    f.fill(0xff, 0, 6)
    hw.copy(f, 6)
    f.writeUInt16BE(0x0806, 12)
    Buffer.from([0, 1, 8, 0, 6, 4, 0, 1]).copy(f, 14)
    hw.copy(f, 22)
    addr(ip).copy(f, 28)
    addr(ip.replace(/\d+$/, '1')).copy(f, 38)
  }
  return b
}
