// The first administrator, a passkey that is lost, and somebody who may only
// look, at a hub that begins with nothing. Part of npm run browser.
import assert from 'node:assert/strict'
import { open } from './browser.mjs'
import { authenticator, hub, stranger } from './program.mjs'
import { api, stepping } from './stepping.mjs'
import { soon } from './soon.mjs'

/** Steps of docs/accounts.md, with the commands that stand there. */
export async function recovery(b, look, failures) {
  const p = await hub()
  const { page, complaints, close } = await open(b, 'wide', 'light')
  const key = await authenticator(page)
  const { steps, step } = stepping(complaints, failures)
  try {
    await all(b, page, p, key, step, look)
  } catch {
    // What comes after a step that failed has nothing to stand on; the failure is noted.
  }
  await close()
  await p.close()
  return steps
}

async function all(b, page, p, key, step, look) {
  await step('set up the first administrator with a passkey', async () => {
    const link = p.link('account', 'setup')
    assert.ok(!p.said().includes('/setup#'), 'a link does not stand in the log')
    await page.goto(link)
    await page.getByLabel('Name to sign in with').fill('anna')
    await page.getByRole('button', { name: 'Go on' }).click()
    await look(page, 'hub setup')
    await page.getByRole('button', { name: 'Make a passkey' }).click()
    await page.waitForSelector('nav[aria-label=Main]')
    assert.equal((await key.credentials()).length, 1)
    assert.notEqual(p.run('account', 'setup').status, 0, 'there is one set-up')
    const late = await open(b, 'wide', 'light')
    await late.page.goto(link)
    await late.page.getByText(/void|used|no longer/i).first().waitFor()
    await late.close()
  })
  if (!process.env.SKIPV)   await step('invite somebody who may only look', () => onlooker(b, page, p))
  let found
  await step('lose the passkey and come back with a link made on the machine', async () => {
    assert.match(p.run('account', 'list').said, /anna/)
    const link = p.link('account', 'link', 'anna')
    found = await open(b, 'wide', 'light')
    const fresh = await authenticator(found.page)
    await found.page.goto(link)
    await found.page.getByRole('heading', { name: 'Get back into your account' }).waitFor()
    await look(found.page, 'hub recover')
    await found.page.getByRole('button', { name: 'Make a passkey' }).click()
    await found.page.waitForSelector('nav[aria-label=Main]')
    assert.equal((await fresh.credentials()).length, 1)
  })
  await step('be refused with the passkey that was lost', async () => {
    await soon(async () => assert.equal(await page.evaluate(() => fetch('/api/v1/session').then((r) => r.status)), 401, 'its session has ended'))
    await page.goto(p.url + '/')
    const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST' && /signin\/passkey$/.test(new URL(r.url()).pathname)), page.getByRole('button', { name: 'Sign in with a passkey' }).click()])
    assert.equal(answer.status(), 401)
    await page.getByText('This passkey is not accepted.').waitFor()
    await soon(async () => assert.equal(await page.locator('nav[aria-label=Main]').count(), 0))
  })
  await step('see it in the ledger, which is whole', async () => {
    await found.page.goto(p.url + '/settings/ledger')
    const row = found.page.getByRole('row').filter({ hasText: 'anna' }).filter({ hasText: 'root' })
    await row.first().waitFor()
    const rows = (await api(found.page, '/ledger?limit=100')).items
    const made = rows.find((r) => r.act === 'account-link' && r.object === 'anna' && r.outcome === 'done')
    assert.match(made.actor, /^host /)
    assert.ok(rows.some((r) => r.act === 'enrolPasskey' && r.index > made.index && /link to recover, made by the host/.test(r.detail)))
    await look(found.page, 'hub ledger')
    const r = p.run('ledger', 'verify')
    assert.equal(r.status, 0, r.said)
  })
  await step('be told what to do about captures that cannot be read', () => captures(found.page, p, look))
  await found.close()
}

/** What is no capture, at a size that the hub refuses before it has all of it; one that was cut off. */
async function captures(page, p, look) {
  const file = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer })
  const cut = stranger('02:bb:00:77:00:0a', '10.77.0.10').subarray(0, -30)
  await page.goto(p.url + '/sensors')
  await page.getByLabel('Choose files').waitFor()
  await page.setInputFiles('input[type=file]', [file('notes.pcap', Buffer.alloc(40e6, 'x')), file('cut.pcap', cut)])
  await page.locator('.job', { hasText: 'notes.pcap' }).getByText(/Choose the file that the capture program wrote/).waitFor({ timeout: 30_000 })
  await page.locator('.job', { hasText: 'cut.pcap' }).getByText(/ends in the middle of a record.*copy it here anew/).waitFor({ timeout: 30_000 })
  await look(page, 'hub captures')
  await page.reload()
  await page.locator('.job', { hasText: 'cut.pcap' }).getByText(/ends in the middle/).waitFor()
}

/** A viewer sees no control that changes something, and is refused where none is needed. */
async function onlooker(b, page, p) {
  await page.goto(p.url + '/settings/people')
  await page.getByRole('button', { name: 'Invite someone' }).click()
  await page.getByLabel('Name to sign in with').fill('carla')
  await soon(async () => assert.equal(await page.getByRole('combobox', { name: /^Role/ }).first().inputValue(), 'viewer', 'who is invited may look unless one says more'))
  await page.getByRole('button', { name: 'Make the invite link' }).click()
  const url = await page.locator('.url').innerText()
  const other = await open(b, 'phone', 'light')
  await authenticator(other.page)
  await other.page.goto(url.replace(/^https?:\/\/[^/]+/, p.url))
  await other.page.getByRole('button', { name: 'Make a passkey' }).click()
  await other.page.waitForSelector('nav[aria-label=Main]')
  for (const [path, control] of [['/sensors', /Choose files|Save/], ['/settings/model', /^Save/], ['/assets', /one machine/]]) {
    await other.page.goto(p.url + path)
    await other.page.waitForSelector('main h1')
    await other.page.waitForTimeout(300)
    await soon(async () => assert.equal(await other.page.getByRole('button', { name: control }).count(), 0, `${path} shows ${control}`))
    await soon(async () => assert.equal(await other.page.locator('main input[type=file]').count(), 0, `${path} takes files`))
  }
  const asked = (method, path, body) => other.page.evaluate(([m, u, t]) => fetch('/api/v1' + u, { method: m, headers: { 'Content-Type': t.type }, body: t.text }).then((r) => r.status), [method, path, body])
  const json = (o) => ({ type: 'application/json', text: JSON.stringify(o) })
  assert.equal(await asked('POST', '/assets/merge', json({ assets: ['a', 'b'], reason: 'x' })), 403)
  assert.equal(await asked('PUT', '/history/retention', json({ minute_days: 1, hour_days: 1, day_days: 1, max_bytes: 0 })), 403)
  assert.equal(await asked('POST', '/captures?name=a.pcap', { type: 'application/octet-stream', text: 'abcd' }), 403)
  await other.close()
}
