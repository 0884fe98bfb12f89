// A headless Chromium for the browser tests, and the server they look at.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p))
const dist = fileURLToPath(new URL('../../dist/index.html', import.meta.url))

/** Starts the browser; leaves with a word where something it needs is missing. */
export async function browser() {
  if (!path) leave('Chromium is not installed')
  if (!existsSync(dist)) leave('the console is not built (npm run build)')
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] })
}

function leave(why) {
  console.log(`skip the browser tests: ${why}`)
  process.exit(0)
}

export const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

/** A page of one size and look that remembers what it complained about; in a context of its own, or in one that is there. */
export async function open(b, size, look, within) {
  const context = within ?? await b.newContext({ viewport: sizes[size], colorScheme: look, reducedMotion: 'reduce', timezoneId: 'Europe/Berlin', hasTouch: size === 'phone' })
  const page = await context.newPage()
  const complaints = []
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(`${m.text()} ${m.location().url}`))
  page.on('pageerror', (e) => complaints.push(String(e)))
  return { page, complaints, close: () => (within ? page.close() : context.close()) }
}

/**
 * Signs in at a program with a link that does so. Other pages get its cookies;
 * get asks the API as who signed in.
 */
export async function enter(b, url, link) {
  const { page } = await open(b, 'wide', 'light')
  const context = page.context()
  if (link) {
    await page.goto(`${url}/setup#${link}`)
    await page.waitForSelector('nav[aria-label=Main]', { timeout: 60_000 })
  }
  const get = async (path) => {
    const r = await context.request.get(`${url}/api/v1${path}`)
    if (!r.ok()) throw new Error(`${url} answers ${r.status()} to ${path}: sign in with a link (BULKHEAD_LINK)`)
    return r.json()
  }
  return { cookies: await context.cookies(), get, close: () => context.close() }
}
