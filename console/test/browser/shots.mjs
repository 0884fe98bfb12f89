// Pictures of every page to look at: node test/browser/shots.mjs FOLDER [NAME …]
import { mkdirSync } from 'node:fs'
import { serve } from '../server/server.mjs'
import { browser, open } from './browser.mjs'
import { addresses } from './addresses.mjs'
import { visit } from './states.mjs'

const [folder = 'shots', ...only] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const server = process.env.BULKHEAD_HUB ? { url: process.env.BULKHEAD_HUB, close() {} } : await serve({ assets: 120 })
const b = await browser()
const list = await addresses(server.url)
for (const size of ['wide', 'phone']) {
  for (const look of ['light', 'dark']) {
    const { page, complaints, close } = await open(b, size, look)
    for (const [name, path] of Object.entries(list)) {
      const full = `${name}-${size}-${look}`
      if (only.length && !only.some((o) => full.includes(o))) continue
      await page.goto(server.url + path)
      await page.waitForTimeout(700)
      await page.screenshot({ path: `${folder}/${full}.png`, fullPage: true })
    }
    for (const c of complaints) console.log(size, look, c)
    await close()
  }
}
// The other states, of a plant made up for that: loading, failed, not live …
if (!process.env.BULKHEAD_HUB) {
  const wanted = (name) => !only.length || only.some((o) => name.includes(o))
  for (const size of ['wide', 'phone']) for (const look of ['light', 'dark']) await visit((s, l) => open(b, s, l), size, look, (page, name) => page.screenshot({ path: `${folder}/${name}.png`, fullPage: true }), wanted)
}
await b.close()
await server.close()
