// Pictures of every page to look at: node test/browser/shots.mjs FOLDER [NAME …]
import { mkdirSync } from 'node:fs'
import { serve } from '../server/server.mjs'
import { addresses, arrive, doors } from './addresses.mjs'
import { browser, enter, open } from './browser.mjs'
import { visit } from './states.mjs'

const [folder = 'shots', ...only] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const server = process.env.BULKHEAD_HUB ? { url: process.env.BULKHEAD_HUB, close() {} } : await serve({ assets: 120 })
const b = await browser()
const who = await enter(b, server.url, process.env.BULKHEAD_LINK)
const made = !process.env.BULKHEAD_HUB
const wanted = (name) => !only.length || only.some((o) => name.includes(o))

async function pictures(server, list) {
  for (const size of ['wide', 'phone']) {
    for (const look of ['light', 'dark']) {
      const { page, complaints, close } = await open(b, size, look)
      await page.context().addCookies(who.cookies)
      for (const [name, address] of Object.entries(list)) {
        const full = `${name}-${size}-${look}`
        if (!wanted(full)) continue
        await arrive(page, server.url, address, made)
        await page.screenshot({ path: `${folder}/${full}.png`, fullPage: true })
        if (size !== 'wide' || look !== 'light' || list === doors) continue
        await page.emulateMedia({ media: 'print' })
        await page.screenshot({ path: `${folder}/${name}-print.png`, fullPage: true })
        await page.emulateMedia({ media: null })
      }
      for (const c of complaints) console.log(size, look, c)
      await close()
    }
  }
}

await pictures(server, await addresses(who.get))
// The door, and the other states of a plant made up for that: loading, failed, not live …
if (made) {
  const out = await serve({ assets: 20, ticks: false })
  out.w.account.now = null
  await pictures(out, doors)
  await out.close()
  for (const size of ['wide', 'phone']) for (const look of ['light', 'dark']) await visit((s, l) => open(b, s, l), size, look, (page, name) => page.screenshot({ path: `${folder}/${name}.png`, fullPage: true }), wanted)
}
await b.close()
await server.close()
