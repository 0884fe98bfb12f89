// Measures what a person feels: frames while the map of 3,000 assets is dragged
// and zoomed and while a table of 50,000 rows is scrolled, how long pages take
// to show, and what the first page weighs. Prints the table of docs/console.md.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { serve } from '../server/server.mjs'
import { browser, open } from './browser.mjs'
import { at, drag, frames, scroll } from './frames.mjs'

const b = await browser()
const rows = []

/** Frame times while something is done to the page, and what each cost the processor, in ms. */
async function measured(page, act) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const used = async () => Object.fromEntries((await cdp.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value * 1000]))
  const from = await used()
  const list = await frames(page, act)
  const to = await used()
  const cpu = (name) => (to[name] - from[name]) / list.length
  return { median: at(list, 0.5), p95: at(list, 0.95), worst: at(list, 1), task: cpu('TaskDuration'), script: cpu('ScriptDuration'), layout: cpu('LayoutDuration') + cpu('RecalcStyleDuration') }
}

const show = (name, f) => rows.push(`| ${name} | ${f.median.toFixed(1)} | ${f.p95.toFixed(1)} | ${f.worst.toFixed(1)} | ${f.task.toFixed(1)} | ${f.script.toFixed(1)} | ${f.layout.toFixed(1)} |`)

async function map(server, size) {
  const { page, close } = await open(b, size, 'light')
  const t = Date.now()
  await page.goto(server.url + '/plant?cells=squares')
  await page.waitForSelector('svg .box')
  const shown = Date.now() - t
  const c = await page.locator('.window').boundingBox()
  await page.getByRole('button', { name: 'Closer' }).click()
  await page.waitForTimeout(400)
  const dragged = await measured(page, () => drag(page, c))
  show(`map, 3,000 assets, dragging, ${size}`, dragged)
  await page.keyboard.down('Control')
  const zoom = await measured(page, async () => {
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, i < 30 ? -40 : 40)
      await page.waitForTimeout(8)
    }
  })
  await page.keyboard.up('Control')
  show(`map, 3,000 assets, zooming, ${size}`, zoom)
  await page.getByRole('button', { name: 'Whole' }).click()
  await page.waitForTimeout(400)
  const hover = await measured(page, async () => {
    for (let i = 0; i < 90; i++) await page.mouse.move(c.x + 140 + ((i * 7) % (c.width - 160)), c.y + 100 + i * 3)
  })
  show(`map, 3,000 assets, pointing, ${size}`, hover)
  await close()
  return shown
}

async function table(server) {
  const { page, close } = await open(b, 'wide', 'light')
  const t = Date.now()
  await page.goto(server.url + '/assets')
  await page.waitForSelector('tbody a')
  const shown = Date.now() - t
  // First to the end, so that all 50,000 rows are there.
  for (let i = 0; i < 400; i++) {
    const done = await page.evaluate(() => (scrollTo(0, document.body.scrollHeight), document.body.scrollHeight > 49_900 * 38))
    if (done) break
    await page.waitForTimeout(60)
  }
  const loaded = await page.evaluate(() => Math.round(document.body.scrollHeight / 38))
  await page.evaluate(() => scrollTo(0, 0))
  await page.waitForTimeout(300)
  const scrolled = await measured(page, () => scroll(page))
  show(`table, ${loaded.toLocaleString('en')} rows there, scrolling 400 px a frame`, scrolled)
  const jump = await measured(page, () =>
    page.evaluate(async () => {
      for (let i = 0; i < 60; i++) {
        scrollTo(0, ((i * 7919) % 49_000) * 38)
        await new Promise(requestAnimationFrame)
      }
    }),
  )
  show('table, the same, jumping', jump)
  const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize)
  await close()
  return { shown, heap }
}

/** What comes over the wire for the first page, compressed as the hub compresses: files are asked for as they are wanted. */
async function weight(server) {
  const { page, close } = await open(b, 'wide', 'light')
  const files = new Set()
  page.on('response', (r) => !r.url().includes('/api/') && files.add(new URL(r.url()).pathname))
  const t = Date.now()
  await page.goto(server.url + '/')
  await page.waitForSelector('.say')
  const shown = Date.now() - t
  await close()
  const dist = fileURLToPath(new URL('../../dist', import.meta.url))
  const bytes = [...files].reduce((n, f) => {
    const name = dist + (f === '/' ? '/index.html' : f)
    const file = readFileSync(name)
    return n + (name.endsWith('.woff2') ? file.length : gzipSync(file).length)
  }, 0)
  return { bytes, shown, files: files.size }
}

/** How long pages of a plant of 50,000 take to show. */
async function large(server) {
  const { page, close } = await open(b, 'wide', 'light')
  const list = []
  for (const [name, path, selector] of [['Answer', '/', '.say'], ['Plant as numbers', '/plant', 'svg .box'], ['Plant, one zone opened', '/plant?in=main/zone/office', 'svg .cell'], ['Boundary', '/boundary', 'td.uncovered']]) {
    const t = Date.now()
    await page.goto(server.url + path)
    await page.waitForSelector(selector)
    list.push(`${name} ${Date.now() - t} ms`)
  }
  await close()
  return list
}

const plant = await serve({ assets: 3000, ticks: false })
const wide = await map(plant, 'wide')
await map(plant, 'phone')
await plant.close()
const first = await serve({ assets: 120, ticks: false })
const light = await weight(first)
await first.close()
const big = await serve({ assets: 50_000, ticks: false })
const pages = await large(big)
const t = await table(big)
await big.close()
await b.close()
console.log('| what | frame, median ms | 95 % ms | worst ms | processor ms a frame | of it script | of it layout |\n|---|---|---|---|---|---|---|')
for (const r of rows) console.log(r)
console.log(`\nFrom the address to the map of 3,000 assets: ${wide} ms; to the table of 50,000: ${t.shown} ms; the page's memory with all rows: ${(t.heap / 1e6).toFixed(0)} MB.`)
console.log(`Of 50,000 assets, the made-up hub's own time included: ${pages.join('; ')}.`)
console.log(`First page, compressed, with font: ${(light.bytes / 1000).toFixed(0)} kB in ${light.files} files; it shows its sentence after ${light.shown} ms.`)
if (light.bytes > 150_000) {
  console.error('The first page is over 150 kB.')
  process.exit(1)
}
