// What people do at the program itself, one after the other as on a first day:
// each step begins where the one before ended. Part of npm run browser.
import assert from 'node:assert/strict'
import { open } from './browser.mjs'
import { boundary } from './boundary.mjs'
import { curate } from './curate.mjs'
import { authenticator, program, stranger } from './program.mjs'
import { api, stepping } from './stepping.mjs'
import { soon } from './soon.mjs'

/** Steps with what must be seen in each; look holds a page against axe. */
export async function person(b, look, failures) {
  const p = await program()
  const { page, complaints, close } = await open(b, 'wide', 'light')
  const key = await authenticator(page)
  const { steps, step } = stepping(complaints, failures)
  try {
    await all(b, page, p, key, step, look)
    await curate(b, page, p, key, step, look)
    await boundary(page, p, step, look, complaints)
  } catch {
    // What comes after a step that failed has nothing to stand on; the failure is noted.
  }
  await close()
  await p.close()
  return steps
}

async function all(b, page, p, key, step, look) {
  await step('open the link of the first start', async () => {
    await page.goto(p.link)
    await page.waitForSelector('nav[aria-label=Main]')
    assert.equal(new URL(page.url()).pathname, '/')
    assert.equal(new URL(page.url()).hash, '')
  })
  await step('add a passkey', async () => {
    await page.goto(p.url + '/settings/you')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('Chrome on Linux', { exact: true }).first().waitFor()
    assert.equal((await key.credentials()).length, 1)
    await look(page, 'program settings-you')
  })
  await step('invite a colleague, who sets up a passkey and may only look', async () => {
    await page.goto(p.url + '/settings/people')
    await page.getByRole('button', { name: 'Invite someone' }).click()
    await page.getByLabel('Name to sign in with').fill('carla')
    await page.getByLabel('What people call them').fill('Carla Diaz')
    await page.getByRole('button', { name: 'Make the invite link' }).click()
    const url = await page.locator('.url').innerText()
    await page.getByRole('button', { name: 'Done' }).click()
    const other = await open(b, 'phone', 'dark')
    const device = await authenticator(other.page)
    await other.page.goto(url.replace(/^https?:\/\/[^/]+/, p.url))
    await other.page.getByRole('heading', { name: 'Set up your account' }).waitFor()
    await look(other.page, 'program setup phone dark')
    await other.page.getByRole('button', { name: 'Make a passkey' }).click()
    await other.page.waitForSelector('nav[aria-label=Main]')
    assert.equal((await device.credentials()).length, 1)
    await other.page.goto(p.url + '/settings/people')
    await other.page.getByText('This is not yours to see.').waitFor()
    await other.page.goto(p.url + '/settings/model')
    await other.page.getByText(/Changing it is for engineers/).waitFor()
    await other.close()
  })
  await step('sign out, sign in with the passkey, and be where one was', async () => {
    await page.goto(p.url + '/findings')
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await look(page, 'program signin')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForSelector('nav[aria-label=Main]')
    assert.equal(new URL(page.url()).pathname, '/findings')
  })
  await step('be refused with a wrong password, without a word about what was wrong', async () => {
    const other = await open(b, 'wide', 'dark')
    await other.page.goto(p.url + '/assets')
    await other.page.getByLabel('Name').fill('nobody')
    await other.page.getByLabel('Password').fill('a sentence that is wrong')
    await other.page.getByLabel('Code from your app').fill('123456')
    await other.page.getByRole('button', { name: 'Sign in with a password' }).click()
    await other.page.getByText('The name, the password or the code is wrong.').waitFor()
    await other.close()
  })
  await step('find a controller by its firmware', async () => {
    let known
    for (let i = 0; i < 120 && !known; i++) {
      known = (await api(page, '/assets?role=controller&limit=200')).items.find((a) => a.firmware && a.ips.length)
      if (!known) await page.waitForTimeout(1000)
    }
    assert.ok(known, 'the demo has a controller with firmware')
    await page.goto(p.url + '/assets')
    await page.waitForSelector('tbody a')
    await page.keyboard.press('/')
    await page.keyboard.type(`controller ${known.firmware}`)
    await page.waitForURL(/q=controller/)
    const row = page.getByRole('link', { name: known.label, exact: true }).first()
    await row.waitFor()
    await row.click()
    await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, known.label)
  })
  await step('follow a fact to its packet', async () => {
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').pop())
    const asset = await api(page, '/assets/' + encodeURIComponent(id))
    const fact = asset.facts.find((f) => f.packet?.available && ['vendor', 'product', 'firmware', 'order-number'].includes(f.field)) ?? asset.facts.find((f) => f.packet?.available)
    assert.ok(fact, 'a fact of the controller has its packet kept')
    await page.goto(`${p.url}/assets/${encodeURIComponent(id)}?field=${fact.field}`)
    const link = page.locator('.said').getByRole('link', { name: 'this packet' }).first()
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.match(file.suggestedFilename(), /\.pcapng$/)
    await look(page, 'program asset')
  })
  await step('see a new device appear', async () => {
    await page.goto(p.url + '/assets?q=10.77.0.9')
    await page.getByText('No asset fits.').waitFor()
    const from = await open(b, 'wide', 'light', page.context())
    await from.page.goto(p.url + '/sensors')
    await from.page.setInputFiles('input[type=file]', { name: 'stranger.pcap', mimeType: 'application/octet-stream', buffer: stranger('02:bb:00:77:00:09', '10.77.0.9') })
    await from.page.locator('.job', { hasText: 'stranger.pcap' }).getByText('done', { exact: true }).waitFor({ timeout: 30_000 })
    await from.close()
    await page.getByRole('link', { name: /10\.77\.0\.9|02:bb/ }).first().waitFor({ timeout: 20_000 })
  })
  let place
  await step('fix a mistake in plant.yaml where it is shown, and save', async () => {
    const a = (await api(page, '/assets?role=controller&limit=1')).items[0]
    const site = a.site
    place = { id: a.id, net: a.ips[0].replace(/\d+$/, '0/24'), site }
    await page.goto(p.url + '/settings/model')
    const editor = page.getByRole('textbox', { name: /^plant\.yaml/ })
    await editor.waitFor()
    await editor.fill(`site: ${site}\nname: Dairy\npeople:\n  - { id: anna, name: Anna Weiss, side: it }\n  - { id: bernd, name: Bernd Ott, side: operations }\nlines:\n  - id: line-1\n    name: Filling\n    owners: { it: ana }\n    members: [ { subnet: ${place.net} } ]\nzones:\n  - { id: cells, name: Cells, kind: cell, members: [ { line: line-1 } ] }\n`)
    const problem = page.getByRole('region', { name: 'Problems' }).getByRole('button').first()
    await problem.waitFor()
    await soon(async () => assert.match(await problem.innerText(), /9:\d+/))
    await soon(async () => assert.equal(await page.getByRole('button', { name: /^Save as version|^Save as the first/ }).isEnabled(), false))
    await problem.click()
    const chosen = await editor.evaluate((e) => e.value.slice(e.selectionStart, e.selectionEnd))
    assert.equal(chosen, 'ana', 'the jump chooses what is wrong')
    await look(page, 'program model with a mistake')
    await page.keyboard.type('anna')
    await page.getByRole('region', { name: 'Problems' }).getByText('None.').waitFor()
    await page.getByLabel('Why, for the history').fill('Our first words')
    await page.keyboard.press('Control+s').catch(() => {})
    await page.getByRole('button', { name: /^Save as version|^Save as the first/ }).click()
    await page.getByText(/Version \d+ is saved/).waitFor()
  })
  await step('give a line its owner, from an asset of it, and see it everywhere', async () => {
    await page.goto(`${p.url}/assets/${encodeURIComponent(place.id)}`)
    await page.getByRole('button', { name: /Name one\s*: Operations of line line-1/ }).click({ timeout: 20_000 })
    await page.getByLabel('Who answers for line line-1 in operations').selectOption('bernd')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Bernd Ott answers for line line-1 now.').waitFor()
    await page.getByRole('region', { name: 'Whose it is' }).getByText('Bernd Ott').waitFor({ timeout: 20_000 })
    const m = await api(page, '/model?site=' + encodeURIComponent(place.site))
    assert.match(m.text, /operations: bernd/)
  })
  await step('find in the ledger who did it', async () => {
    await page.goto(p.url + '/settings/ledger')
    await page.getByRole('link', { name: 'edited the plant model' }).first().waitFor()
    await look(page, 'program ledger')
  })
  await step('go through with the keyboard only', () => keyboard(page, p))
}

/** Signs out and in, finds an asset and opens it, without a pointer. */
async function keyboard(page, p) {
  const active = () => page.evaluate(() => ({ tag: document.activeElement.tagName, text: (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim() }))
  const tabTo = async (text, most = 60) => {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press('Tab')
      if (text.test((await active()).text)) return
    }
    assert.fail(`Tab does not come to ${text}; it is at ${JSON.stringify(await active())}`)
  }
  await page.goto(p.url + '/')
  await page.waitForSelector('main h1')
  await page.keyboard.press('Tab')
  assert.match((await active()).text, /To the content/)
  await tabTo(/^Sign out$/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await tabTo(/^Sign in with a passkey$/)
  await page.keyboard.press('Enter')
  await page.waitForSelector('nav[aria-label=Main]')
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.waitForURL('**/assets**')
  await page.waitForSelector('tbody a')
  await tabTo(/^Views/, 30)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await page.locator('tbody a[tabindex="0"]').first().focus()
  await page.keyboard.press(' ')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press(' ')
  await page.getByText('2 assets', { exact: true }).waitFor()
  await tabTo(/^They are one machine/, 90)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.locator('tbody a[tabindex="0"]').first().focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/assets/**')
  // The editor does not keep the Tab key.
  await page.goto(p.url + '/settings/model')
  await page.getByRole('textbox', { name: /^plant\.yaml/ }).focus()
  await page.keyboard.press('Tab')
  assert.notEqual((await active()).tag, 'TEXTAREA')
}
