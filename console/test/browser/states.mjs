// The states in which a page can be besides full: every one is drawn, walked
// and photographed.
import { serve } from '../server/server.mjs'

/** The pages whose states are looked at, by name. */
export const stateful = { answer: '/', plant: '/plant', assets: '/assets', boundary: '/boundary', findings: '/findings', changes: '/changes', sensors: '/sensors' }

/**
 * States by name: a server in it, what is done on the page once it is open, and
 * what then shows that the page is in it.
 * In all of them the session is there: without one there is only the door.
 */
export const states = {
  loading: { serve: {}, set: (w) => (w.hung = true), shows: '.bones, :text("Loading")' },
  failed: { serve: {}, set: (w) => (w.broken = true), shows: '.failed', complains: /503|Failed to load/ },
  undeclared: { serve: { declared: false }, set: () => {}, only: ['plant', 'boundary'], shows: ':text("No zones are declared yet."), svg .box' },
  lost: { serve: {}, set: () => {}, then: lose, shows: ':text("Not live")', complains: /ERR_|Failed to load|503/ },
  palette: { serve: {}, set: () => {}, then: palette, only: ['answer'], shows: '[role=option]' },
  keys: { serve: {}, set: () => {}, then: (page) => page.keyboard.press('?'), only: ['answer'], shows: 'dialog[open] kbd' },
  more: { serve: {}, set: () => {}, then: (page) => page.getByRole('button', { name: /^More/ }).click(), only: ['answer'], size: 'phone', shows: 'nav.open .extra' },
}

async function lose(page, server) {
  await page.locator('header.page .meta', { hasText: /^Live/ }).waitFor()
  server.w.broken = true
  for (const c of server.w.clients) c.res.destroy()
  await page.locator('text=/Not live/').first().waitFor({ timeout: 10_000 })
}

async function palette(page) {
  await page.keyboard.press('Control+k')
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
  await page.keyboard.type('plc 30')
  await page.locator('[role=option]', { hasText: 'PLC-30' }).first().waitFor()
}

/** Visits every page in every state at a size and look; see gets the page as it then is. */
export async function visit(open, size, look, see, wanted = () => true) {
  for (const [state, s] of Object.entries(states)) {
    if (s.size && s.size !== size) continue
    const server = await serve({ assets: 120, ticks: false, ...s.serve })
    for (const [name, path] of Object.entries(stateful)) {
      if ((s.only && !s.only.includes(name)) || !wanted(`${name}-${state}-${size}-${look}`)) continue
      server.w.broken = false
      s.set(server.w)
      const { page, complaints, close } = await open(size, look)
      await page.goto(server.url + path)
      await page.waitForSelector('main h1')
      await s.then?.(page, server)
      await page.locator(s.shows).first().waitFor()
      await see(page, `${name}-${state}-${size}-${look}`, complaints.filter((c) => !s.complains?.test(c)))
      await close()
    }
    await server.close()
  }
}
