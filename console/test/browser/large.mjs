// Opens every page of a console that is running, on a plant of any size, and
// says how long each took until it answered, and what it complained about; then
// frame times of the map while it is dragged and of the table while it is
// scrolled. Unlike measure.mjs the hub behind it is a real one:
//
//	node test/browser/large.mjs http://127.0.0.1:8443 LINK [folder for pictures]
//
// LINK is the token of a link that signs in (internal/tool/consolebench -stay,
// with a program that has the console in it).
import { browser, enter, open } from './browser.mjs'
import { at, drag, frames, scroll } from './frames.mjs'

const [url, link, pictures] = process.argv.slice(2)
const b = await browser()

/** Frame times as a cell of the table. */
async function moved(page, act) {
  const list = await frames(page, () => act(page))
  return `${[0.5, 0.95, 1].map((q) => at(list, q).toFixed(0)).join(' / ')} ms (median / 95 % / worst of ${list.length})`
}

const dragMap = async (page) => drag(page, await page.locator('.window').first().boundingBox())

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)

/** Waits until nothing is asked for and nothing is loading any more. */
async function answered(page, asked) {
  const began = Date.now()
  let still = Date.now()
  while (Date.now() - began < 60_000) {
    const busy = asked.size > 0 || (await page.locator('[aria-busy="true"], .bones').count()) > 0
    if (busy) still = Date.now()
    else if (Date.now() - still > 1000) return still
    await page.waitForTimeout(20)
  }
  return 0
}

console.log('| width | page | answered after | elements | frames while moved | complaints |\n|---|---|---|---|---|---|')
const who = await enter(b, url, link)
const id = (await who.get('/assets?limit=1')).items[0].id
const largest = (await who.get('/map')).boxes.reduce((a, b) => (b.total > a.total ? b : a)).id
for (const size of ['wide', 'phone']) {
  // One for all pages: after the first the code is there, as for a person.
  const context = (await open(b, size, 'light')).page.context()
  await context.addCookies(who.cookies)
  const pages = [
    ['Answer', '/'], ['Plant', '/plant', dragMap], ['Plant, squares', '/plant?cells=squares', dragMap], ['Plant, the largest zone opened', `/plant?in=${encodeURIComponent(largest)}`, dragMap], ['Plant, two days', `/plant?compare=${day(1)}..${day(0)}`, dragMap],
    ['Assets', '/assets', scroll], ['Assets, searched', '/assets?q=z07'], ['Asset', `/assets/${encodeURIComponent(id)}`], ['Boundary', '/boundary'], ['Findings', '/findings'], ['Changes', '/changes'],
    ['Sensors', '/sensors'], ['Settings', '/settings'], ['Settings, model', '/settings/model'], ['Settings, ledger', '/settings/ledger'],
  ]
  for (const [name, path, act] of pages) {
    const { page, complaints, close } = await open(b, size, 'light', context)
    const asked = new Set()
    const mine = (r) => !r.url().includes('/events') // code as well: what it asks for comes after it
    page.on('request', (r) => mine(r) && asked.add(r))
    page.on('requestfinished', (r) => asked.delete(r))
    page.on('requestfailed', (r) => asked.delete(r))
    const began = Date.now()
    try {
      await page.goto(url + path, { waitUntil: 'domcontentloaded' })
      const rest = await answered(page, asked)
      const took = rest ? `${rest - began} ms` : `not at rest after a minute: ${[...asked].map((r) => r.url().slice(url.length)).join(', ')}`
      if (await page.locator('main .failed').count()) throw new Error(await page.innerText('main .failed'))
      const title = await page.innerText('main h1')
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      const nodes = await page.evaluate(() => document.querySelectorAll('*').length)
      if (pictures) await page.screenshot({ path: `${pictures}/${size}-${name.replaceAll(/\W+/g, '-')}.png` })
      const times = act ? await moved(page, act) : ''
      console.log(`| ${size} | ${name}: ${title} | ${took} | ${nodes} | ${times} |${wide > 0 ? ` ${wide} px too wide` : ''}${complaints.length ? ' ' + complaints.join('; ').slice(0, 300) : ''}`)
    } catch (e) {
      console.log(`| ${size} | ${name} | failed: ${String(e).slice(0, 300)} |`)
    }
    await close()
  }
}
await who.close()
await b.close()
