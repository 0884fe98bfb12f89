// Walks every page of the built console in Chromium, light and dark, on a wide
// screen and on a phone: axe finds nothing, the browser complains of nothing
// (also not of the content security policy), nothing scrolls sideways and no
// request goes elsewhere. Then it uses the pages as people do.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { serve } from '../server/server.mjs'
import { addresses, arrive, doors } from './addresses.mjs'
import { browser, enter, open } from './browser.mjs'
import { visit } from './states.mjs'
import { doorUses } from './door.mjs'
import { person } from './person.mjs'
import { built } from './program.mjs'
import { recovery } from './recovery.mjs'
import { uses } from './uses.mjs'
import { wallUses } from './wall.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const b = await browser()
const failures = []
let walked = 0

/** Holds one page against what every page must be. */
async function look(page, where) {
  // Evaluated from outside, axe is not subject to the page's policy.
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  for (const v of violations) failures.push(`${where}: ${v.id}, ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.failureSummary ?? '').split('\n')[1]).join('; ')}`)
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over > 0) failures.push(`${where}: scrolls ${over} pixels sideways`)
  walked++
}

/** Walks a list of addresses, or all; what marks them is looked for where the plant is the whole made-up one. */
async function walk(server, what, combinations, list, link) {
  const who = await enter(b, server.url, link)
  list ??= await addresses(who.get)
  for (const [size, theme] of combinations) {
    const { page, complaints, close } = await open(b, size, theme)
    await page.context().addCookies(who.cookies)
    page.on('request', (r) => r.url().startsWith(server.url) || r.url() === 'about:blank' || failures.push(`${r.url()} is elsewhere`))
    for (const [name, address] of Object.entries(list)) {
      const where = `${what} ${name} ${size} ${theme}`
      try {
        await arrive(page, server.url, address, what === 'full' || list === doors)
        await look(page, where)
      } catch (e) {
        failures.push(`${where}: ${e.message.split('\n').slice(0, 3).join(' ')}`)
      }
      for (const c of complaints.splice(0)) if (!(/404/.test(c) && /missing$|spent$/.test(name)) && !(/409/.test(c) && /refused$/.test(name)) && !(/401/.test(c) && list === doors)) failures.push(`${where}: ${c}`)
    }
    await close()
  }
  await who.close()
}

// A running program can be walked instead, with the token of a link that signs
// in: BULKHEAD_HUB=http://127.0.0.1:8443 BULKHEAD_LINK=…
if (process.env.BULKHEAD_HUB) {
  await walk({ url: process.env.BULKHEAD_HUB }, 'running', [['wide', 'light'], ['phone', 'dark']], undefined, process.env.BULKHEAD_LINK)
  await b.close()
  for (const f of failures) console.error(f)
  console.log(`${walked} pages of ${process.env.BULKHEAD_HUB} walked, ${failures.length} failures`)
  process.exit(failures.length ? 1 : 0)
}

const server = await serve({ assets: 120 })
await walk(server, 'full', [['wide', 'light'], ['wide', 'dark'], ['phone', 'light'], ['phone', 'dark']])
const empty = await serve({ assets: 0, ticks: false })
await walk(empty, 'empty', [['wide', 'light'], ['phone', 'dark']])
await empty.close()
for (const [size, theme] of [['wide', 'light'], ['phone', 'dark']]) {
  await visit((s, l) => open(b, s, l), size, theme, async (page, name, complaints) => {
    await look(page, name)
    for (const c of complaints) failures.push(`${name}: ${c}`)
  })
}

const out = await serve({ assets: 20, ticks: false })
out.w.account.now = null
await walk(out, 'signed out', [['wide', 'light'], ['wide', 'dark'], ['phone', 'light'], ['phone', 'dark']], doors)
await out.close()
const viewer = await serve({ assets: 40, ticks: false, role: 'viewer' })
await walk(viewer, 'viewer', [['wide', 'light'], ['phone', 'dark']])
await viewer.close()

const ways = { ...uses, ...wallUses, ...doorUses }
for (const [name, use] of Object.entries(ways)) {
  const { page, complaints, close } = await open(b, use.size ?? 'wide', 'light')
  try {
    await use.run(page, server, assert)
    for (const c of complaints) if (!use.complains?.test(c)) failures.push(`${name}: ${c}`)
  } catch (e) {
    failures.push(`${name}: ${e.stack?.split('\n').slice(0, 4).join(' | ')}`)
  }
  await close()
}
await server.close()

let steps = []
if (built) steps = [...await recovery(b, look, failures), ...await person(b, look, failures)]
else console.log('skip what people do at the program itself: bin/bulkhead is not built (make build)')
await b.close()
for (const f of failures) console.error(f)
console.log(`${walked} pages walked, ${Object.keys(ways).length} ways of use, ${steps.length} steps at the program, ${failures.length} failures`)
process.exit(failures.length ? 1 : 0)
