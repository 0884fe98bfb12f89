// Makes the pictures of docs/tour.md anew: node test/browser/pictures.mjs [NAME …]
// Small pictures with a palette, of the built console over the made-up plant.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { serve } from '../server/server.mjs'
import { browser, open } from './browser.mjs'
import { palette } from './palette.mjs'

const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url))
mkdirSync(folder, { recursive: true })
const server = await serve({ assets: 120, ticks: false })
const b = await browser()
const controller = server.w.plant.assets.find((a) => a.role === 'controller' && a.line && a.findings.length) ?? server.w.plant.assets.find((a) => a.role === 'controller')
const pages = {
  answer: ['/'],
  plant: [`/plant?sel=asset:${controller.id}`],
  assets: ['/assets?side=ot'],
  asset: [`/assets/${controller.id}?field=vendor`],
  boundary: ['/boundary'],
  draft: ['/boundary/draft'],
  findings: ['/findings'],
  changes: ['/changes'],
  sensors: ['/sensors'],
  model: ['/settings/model', async (page) => {
    const editor = page.getByRole('textbox', { name: /^plant\.yaml/ })
    await editor.fill((await editor.inputValue()).replace('operations: bernd', 'operations: berd'))
    await page.getByRole('region', { name: 'Problems' }).getByRole('button').first().click()
  }],
  people: ['/settings/people'],
  ledger: ['/settings/ledger'],
}

async function take(name, path, act, size = 'wide', look = 'light') {
  const { page, close } = await open(b, size, look)
  await page.goto(server.url + path)
  await page.waitForSelector('main h1')
  await page.waitForTimeout(600)
  await act?.(page)
  await page.waitForTimeout(600)
  writeFileSync(`${folder}${name}.png`, palette(await page.screenshot()))
  await close()
}

const only = process.argv.slice(2)
const wanted = (name) => !only.length || only.includes(name)
for (const [name, [path, act]] of Object.entries(pages)) if (wanted(name)) await take(name, path, act)
if (wanted('phone')) await take('phone', '/', undefined, 'phone', 'dark')
server.w.account.now = null
if (wanted('signin')) await take('signin', '/')
await b.close()
await server.close()

const total = readdirSync(folder).reduce((n, f) => n + statSync(folder + f).size, 0)
console.log(`${readdirSync(folder).length} pictures, ${(total / 1000).toFixed(0)} kB`)
