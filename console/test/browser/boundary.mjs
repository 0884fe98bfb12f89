// The boundary at the program itself: from what it proposes of the simulated
// plant to a revision that waits for its owners, written for a firewall and
// read again. The page is an administrator's, who speaks for nobody.
import assert from 'node:assert/strict'
import { soon } from './soon.mjs'
import { api } from './stepping.mjs'

/** The steps. */
export async function boundary(page, p, step, look, complaints) {
  const result = page.getByRole('region', { name: 'What it would have stopped' })
  await step('take what is proposed into a draft, and see what it would have stopped', async () => {
    await page.goto(p.url + '/boundary/proposal')
    await page.getByRole('region', { name: 'Proposed conduits' }).locator('li').first().waitFor({ timeout: 30_000 })
    await look(page, 'program proposal')
    await page.getByRole('button', { name: /into the draft$/ }).click()
    await page.waitForURL('**/boundary/draft')
    await page.getByText('changed, not saved').waitFor()
    await result.locator('.say').waitFor({ timeout: 30_000 })
    await page.locator('.board .asset').first().waitFor()
    await look(page, 'program draft')
  })
  await step('move a machine, and be answered within a second', async () => {
    await page.locator('.board .asset').first().click()
    const bar = page.getByRole('group', { name: 'Chosen machines' })
    const zones = await bar.locator('option:not([disabled])').evaluateAll((list) => list.map((o) => o.value))
    const [answer] = await Promise.all([page.waitForResponse((r) => r.url().includes('/policy/simulate')), bar.getByRole('combobox').selectOption(zones.at(-1)).then(() => bar.getByRole('button', { name: 'Move' }).click())])
    const sim = await answer.json()
    assert.ok(sim.took < 1, `it took ${sim.took} s`)
    assert.ok(sim.total > 50, 'the demo has conversations to try it on')
    await page.getByText(/stands in .* now\./).waitFor()
  })
  await step('make a revision of it, and hear who has to say yes', async () => {
    await page.getByLabel('Why, for those who approve it').fill('Only what has a conduit')
    await page.getByRole('button', { name: 'Make it a revision' }).click()
    await page.waitForURL('**/boundary/revisions?n=*', { timeout: 30_000 })
    const one = page.getByRole('region', { name: /^Revision / })
    await one.getByText(/waits for/).first().waitFor()
    await one.getByText(/^Your account speaks for nobody in operations/).waitFor()
    await one.getByRole('button', { name: 'Try it on what was recorded' }).click()
    await one.locator('.say').waitFor({ timeout: 30_000 })
    await look(page, 'program revision')
    const m = await api(page, '/model')
    assert.match(m.text, /conduits:/, 'the plant model says the same')
  })
  await step('write it for a firewall, and read that again', async () => {
    await page.goto(p.url + '/boundary/devices?brand=mikrotik')
    const shown = page.locator('pre.text')
    await shown.or(page.locator('.refused')).first().waitFor({ timeout: 30_000 })
    await look(page, 'program firewall')
    if (!(await shown.count())) {
      // What the device cannot do is refused: the browser notes the 409, the page says which conduit it is.
      for (let i = complaints.length; i--; ) if (/409.*policy\/export/.test(complaints[i])) complaints.splice(i, 1)
      return assert.match(await page.locator('.refused').innerText(), /conduit ".+"/)
    }
    const text = await shown.innerText()
    await page.getByLabel('It is of').selectOption('mikrotik')
    await page.getByLabel('Its configuration').fill(text)
    await page.getByRole('button', { name: 'Hold it against it' }).click()
    await page.locator('.verdict.equal').waitFor({ timeout: 30_000 })
  })
  await step('look at what an island would stop, and leave it', async () => {
    await page.goto(p.url + '/boundary/containment')
    await page.getByRole('button', { name: 'Rehearse or cut …' }).click()
    const sheet = page.getByRole('dialog', { name: 'Cut the plant from all of IT' })
    await sheet.locator('.say').waitFor({ timeout: 30_000 })
    await soon(async () => assert.ok((await sheet.locator('.say').innerText()).length > 10))
    await look(page, 'program island')
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
  })
}
