// Putting assets together and apart, a view that is kept and a file of what is
// shown, at the program itself. The page is an administrator's.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { open } from './browser.mjs'
import { authenticator } from './program.mjs'
import { api } from './stepping.mjs'

const ids = async (page, query) => (await api(page, '/assets?limit=500&' + query)).items.map((a) => a.id)

/** The steps. */
export async function curate(b, page, p, key, step, look) {
  await step('put two assets together, and take it back', async () => {
    const before = await ids(page, 'role=controller')
    assert.ok(before.length > 1, 'the demo has two controllers')
    await page.goto(p.url + '/assets?role=controller')
    await page.waitForSelector('tbody a')
    const boxes = page.locator('tbody .pick input')
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    await page.getByRole('button', { name: /They are one machine/ }).click()
    await page.getByLabel('Why').fill('two cards')
    await look(page, 'program merge')
    await page.getByRole('button', { name: 'Put them together' }).click()
    await page.getByText(/2 assets are .* now\./).waitFor()
    const gone = (list) => before.filter((id) => !list.includes(id)).length
    await until(async () => gone(await ids(page, 'role=controller')) === 1, 'one is gone')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForFunction(() => !document.querySelector('.toast'))
    await until(async () => String((await ids(page, 'role=controller')).sort()) === String(before.sort()), 'both are back')
    await page.locator(`tbody a[href*="${encodeURIComponent(before[1])}"]`).first().waitFor()
  })
  await step('split an asset in two, and take it back', async () => {
    const list = (await api(page, '/assets?limit=500')).items
    const a = list.find((x) => x.ips.length > 1)
    assert.ok(a, 'the demo has an asset with two addresses')
    await page.goto(`${p.url}/assets/${encodeURIComponent(a.id)}`)
    await page.getByRole('button', { name: /two machines/ }).click()
    await page.getByRole('dialog').locator('input[type=checkbox]').last().check()
    await page.getByLabel('Why').fill('given to another machine')
    await look(page, 'program split')
    await page.getByRole('button', { name: 'Take them out' }).click()
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    await until(async () => (await ids(page, '')).length === list.length + 1, 'there is one more')
    await page.getByRole('button', { name: 'Undo' }).click()
    await until(async () => (await ids(page, '')).length === list.length, 'there are as many as before')
  })
  await step('save a view, and open it from another device', async () => {
    await page.goto(p.url + '/assets?role=controller')
    await page.waitForSelector('tbody a')
    await page.locator('summary', { hasText: 'Views' }).click()
    await page.getByLabel('Save what is shown now as').fill('My controllers')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved as “My controllers”.').waitFor()
    const other = await again(b, key, p)
    await other.page.goto(p.url + '/assets')
    await other.page.locator('summary', { hasText: 'Views' }).click()
    await other.page.getByRole('link', { name: 'My controllers' }).click()
    await other.page.waitForURL('**/assets?role=controller')
    await other.close()
  })
  await step('take away what is shown as a file', async () => {
    const shown = (await api(page, '/assets?role=controller&limit=500')).items
    await page.locator('summary', { hasText: 'Export' }).click()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /plain columns/ }).click()])
    const lines = readFileSync(await file.path(), 'utf8').trim().split(/\r?\n/)
    assert.equal(lines.length, shown.length + 1, 'a row for each asset that is shown')
    for (const a of shown) assert.ok(lines.some((l) => l.includes(a.id) && l.includes('controller')), `the row of ${a.label}`)
  })
}

/** The same person on another device, to which the passkey goes along. */
async function again(b, key, p) {
  const other = await open(b, 'wide', 'dark')
  const there = await authenticator(other.page)
  for (const c of await key.credentials()) await there.add(c)
  await other.page.goto(p.url + '/')
  await other.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await other.page.waitForSelector('nav[aria-label=Main]')
  return other
}

async function until(test, what) {
  for (let i = 0; i < 60; i++) {
    if (await test()) return
    await new Promise((done) => setTimeout(done, 250))
  }
  assert.fail(`not within 15 seconds: ${what}`)
}
