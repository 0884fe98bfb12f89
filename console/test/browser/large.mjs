// Opens every page of a console that is running, on a plant of any size, and
// says how long each took until it answered, and what it complained about; then
// frame times of the map while it is dragged and of the table while it is
// scrolled. Unlike measure.mjs the hub behind it is a real one:
//
//	node test/browser/large.mjs http://127.0.0.1:8443 LINK [folder for pictures]
//
// LINK is the token of a link that signs in (internal/tool/consolebench -stay,
// with a program that has the console in it).
import { browser, open } from './browser.mjs'

const [url, link, pictures] = process.argv.slice(2)
const b = await browser()

/** Frame times in the page while something is done to it, in ms. */
async function frames(page, act) {
  await page.evaluate(() => {
    window.frames_ = []
    window.going = true
    let last = performance.now()
    const next = (t) => {
      window.frames_.push(t - last)
      last = t
      if (window.going) requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
  await act()
  const list = await page.evaluate(() => ((window.going = false), window.frames_.slice(2)))
  list.sort((x, y) => x - y)
  const at = (q) => list[Math.min(list.length - 1, Math.floor(q * list.length))].toFixed(0)
  return `${at(0.5)} / ${at(0.95)} / ${at(1)} ms (median / 95 % / worst of ${list.length})`
}

async function drag(page) {
  const c = await page.locator('.window').first().boundingBox()
  return frames(page, async () => {
    await page.mouse.move(c.x + c.width / 2, c.y + 200)
    await page.mouse.down()
    for (let i = 0; i < 90; i++) await page.mouse.move(c.x + c.width / 2 + 120 * Math.sin(i / 9), c.y + 200 + 90 * Math.cos(i / 7))
    await page.mouse.up()
  })
}

const scroll = (page) =>
  frames(page, () =>
    page.evaluate(async () => {
      for (let i = 0; i < 150; i++) {
        scrollBy(0, 400)
        await new Promise(requestAnimationFrame)
      }
    }),
  )

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)

/** Waits until nothing is asked for and nothing is loading any more. */
async function answered(page, asked) {
  const began = Date.now()
  let still = Date.now()
  while (Date.now() - began < 60_000) {
    const busy = asked.size > 0 || (await page.locator('[aria-busy="true"], .loading').count()) > 0
    if (busy) still = Date.now()
    else if (Date.now() - still > 1000) return still
    await page.waitForTimeout(20)
  }
  return 0
}

console.log('| width | page | answered after | elements | frames while moved | complaints |\n|---|---|---|---|---|---|')
const context = {}
for (const size of ['wide', 'phone']) {
  const first = await open(b, size, 'light')
  context[size] = first.page.context()
  if (size === 'wide') {
    await first.page.goto(`${url}/setup#${link}`)
    await first.page.waitForSelector('.say', { timeout: 60_000 })
  } else {
    await context[size].addCookies(await context.wide.cookies())
  }
  await first.page.close()
  const id = await (await context[size].request.get(`${url}/api/v1/assets?limit=1`)).json().then((l) => l.items[0].id)
  const pages = [
    ['Answer', '/'], ['Plant', '/plant', drag], ['Plant, squares', '/plant?cells=squares', drag], ['Plant, a zone opened', '/plant?in=big/z07', drag], ['Plant, two days', `/plant?from=${day(1)}&to=${day(0)}`],
    ['Assets', '/assets', scroll], ['Assets, searched', '/assets?q=z07'], ['Asset', `/assets/${encodeURIComponent(id)}`], ['Boundary', '/boundary'], ['Findings', '/findings'], ['Changes', '/changes'],
    ['Sensors', '/sensors'], ['Settings', '/settings'], ['Settings, model', '/settings/model'], ['Settings, ledger', '/settings/ledger'],
  ]
  for (const [name, path, act] of pages) {
    const { page, complaints, close } = await open(b, size, 'light', context[size])
    const asked = new Set()
    const mine = (r) => !r.url().includes('/events') // code as well: what it asks for comes after it
    page.on('request', (r) => mine(r) && asked.add(r))
    page.on('requestfinished', (r) => asked.delete(r))
    page.on('requestfailed', (r) => asked.delete(r))
    const began = Date.now()
    try {
      await page.goto(url + path, { waitUntil: 'domcontentloaded' })
      const at = await answered(page, asked)
      const took = at ? `${at - began} ms` : `not at rest after a minute: ${[...asked].map((r) => r.url().slice(url.length)).join(', ')}`
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      const nodes = await page.evaluate(() => document.querySelectorAll('*').length)
      if (pictures) await page.screenshot({ path: `${pictures}/${size}-${name.replaceAll(/\W+/g, '-')}.png` })
      const moved = act ? await act(page) : ''
      console.log(`| ${size} | ${name} | ${took} | ${nodes} | ${moved} |${wide > 0 ? ` ${wide} px too wide` : ''}${complaints.length ? ' ' + complaints.join('; ').slice(0, 300) : ''}`)
    } catch (e) {
      console.log(`| ${size} | ${name} | failed: ${String(e).slice(0, 300)} |`)
    }
    await close()
  }
}
await b.close()
