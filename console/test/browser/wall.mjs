// Ways people use the boundary: from a proposal to a wall that holds, and what
// they do when something is wrong.
import { signed } from '../server/account.mjs'
import { state } from '../server/policy.mjs'
import { soon } from './soon.mjs'

/** Another person is at the console from here on; returns who was. */
function become(server, name) {
  const before = server.w.account.now
  server.w.account.now = signed(server.w.account.list.find((a) => a.name === name))
  return () => (server.w.account.now = before)
}

/** Runs a use on a boundary of its own, and leaves the plant as it was. */
const alone = (run) => async (page, server, assert) => {
  const words = [...server.w.words]
  server.w.policy = state()
  try {
    await run(page, server, assert)
  } finally {
    server.w.policy = state()
    server.w.words = words
  }
}

const result = (page) => page.getByRole('region', { name: 'What it would have stopped' })
const stopped = async (page) => Number((await result(page).locator('.say b').innerText()).replace(/\D/g, ''))

export const wallUses = {
  'from a proposal to a wall that holds': {
    // The refusal outside a maintenance window is meant.
    complains: /409/,
    run: alone(async (page, server, assert) => {
      await page.goto(server.url + '/boundary')
      await page.getByText('Revision 2 holds the boundary').waitFor()
      await page.getByRole('link', { name: 'Proposal' }).click()
      await page.getByRole('checkbox', { name: /^Take conduit/ }).first().uncheck()
      await page.getByRole('button', { name: /^Take \d+ of \d+ into the draft/ }).waitFor()
      await page.getByRole('button', { name: 'Choose all again' }).click()
      await page.getByRole('button', { name: 'Take all into the draft' }).click()
      await page.waitForURL('**/boundary/draft')
      await page.getByText('changed, not saved').waitFor()
      await page.getByRole('region', { name: 'What is changed' }).getByText(/change/).first().waitFor()
      // What would stop is let through by a new conduit, and the answer follows.
      await soon(async () => assert.ok((await stopped(page)) > 0))
      const before = await stopped(page)
      await result(page).getByRole('button', { name: 'Allow it by a new conduit …' }).first().click()
      const sheet = page.getByRole('dialog', { name: 'New conduit' })
      await soon(async () => assert.equal(await sheet.getByLabel('Protocol').inputValue(), 's7comm'))
      await sheet.getByLabel('Why it is there').fill('Programs of line 3 are changed from here')
      const asked = Date.now()
      await sheet.getByRole('button', { name: 'Put it into the draft' }).click()
      await soon(async () => assert.ok((await stopped(page)) < before, 'fewer would stop'))
      assert.ok(Date.now() - asked < 5000)
      await page.getByLabel('Why, for those who approve it').fill('Only what has a conduit')
      await page.getByRole('button', { name: 'Make it a revision' }).click()
      await page.waitForURL('**/boundary/revisions?n=4')
      assert.equal(server.w.policy.revisions.length, 4)
      assert.match(server.w.words.at(-1).text, /office-reports/, 'the plant model says the same')
      // One account says yes for one side only.
      const one = page.getByRole('region', { name: 'Revision 4' })
      await one.getByRole('button', { name: 'Approve for IT' }).click()
      await one.getByText(/You approved for IT/).waitFor()
      assert.equal(await one.getByRole('button', { name: /^Approve/ }).count(), 0)
      const back = become(server, 'bernd')
      await page.reload()
      await one.getByRole('button', { name: 'Approve for operations' }).click()
      await one.getByText(/^Signed/).waitFor()
      await one.getByRole('button', { name: 'Put it into force, on trial' }).click()
      await one.getByText(/Saturday from 06:00/).waitFor()
      await one.getByLabel(/Also outside a maintenance window/).check()
      await one.getByLabel('Why it cannot wait').fill('The line stands anyway')
      await one.getByRole('button', { name: 'Force it into force, on trial' }).click()
      const trial = page.getByRole('region', { name: 'On trial' })
      await trial.waitFor()
      await soon(async () => assert.match(await trial.getByRole('timer').innerText(), /^[45]:\d\d$/))
      await trial.getByText(/4 of 4 conversations/).waitFor({ timeout: 10_000 })
      await trial.getByRole('button', { name: 'The plant runs: keep it' }).click()
      await trial.waitFor({ state: 'detached', timeout: 10_000 })
      await page.getByText('Revision 4 holds the boundary').waitFor()
      await page.getByText('Revision 4 was confirmed').waitFor()
      back()
    }),
  },
  'a trial goes back: by a person, and by itself': {
    complains: /409/,
    run: alone(async (page, server, assert) => {
      const post = (path, body) => fetch(`${server.url}/api/v1/policy/${path}`, { method: 'POST', body: JSON.stringify(body) })
      await post('revisions/1/apply', { force: true, reason: 'drill', confirm_within: 120 })
      await page.goto(server.url + '/boundary')
      const trial = page.getByRole('region', { name: 'On trial' })
      await trial.getByRole('button', { name: 'Take it back …' }).click()
      await trial.getByLabel('Why it is taken back').fill('The filler stands')
      await trial.getByRole('button', { name: 'Take it back now' }).click()
      await trial.waitFor({ state: 'detached' })
      await page.getByText('Revision 2 holds the boundary').waitFor()
      await page.getByRole('link', { name: 'Revisions' }).click()
      await page.getByText('The filler stands').first().waitFor()
      await post('revisions/1/apply', { force: true, reason: 'drill', confirm_within: 120 })
      await page.reload()
      await trial.waitFor()
      server.w.policy.trial.until = new Date(Date.now() - 1000).toISOString()
      await trial.waitFor({ state: 'detached', timeout: 10_000 })
      await page.getByText(/Nobody confirmed it in time/).waitFor()
      assert.equal(server.w.policy.enforced.n, 2)
    }),
  },
  'drag a machine into another zone, and take it back': {
    run: alone(async (page, server, assert) => {
      await page.goto(server.url + '/boundary/draft')
      const zone = (name) => page.getByRole('region', { name, exact: true })
      const machine = zone('Engineering').locator('.asset').first()
      const label = await machine.innerText()
      await machine.dragTo(zone('Line 1 · Mixing').getByRole('listbox'))
      await zone('Line 1 · Mixing').getByRole('option', { name: label }).waitFor()
      await page.getByText(`${label} stands in Line 1 · Mixing now.`).waitFor()
      await soon(async () => assert.equal(await zone('Engineering').getByRole('option', { name: label }).count(), 0))
      await page.getByRole('button', { name: 'Undo' }).first().click()
      await zone('Engineering').getByRole('option', { name: label }).waitFor()
    }),
  },
  'move machines and change a stage with the keyboard only': {
    run: alone(async (page, server, assert) => {
      await page.goto(server.url + '/boundary/draft')
      const zone = (name) => page.getByRole('region', { name, exact: true })
      await zone('Office').locator('.asset[tabindex="0"]').focus()
      await page.keyboard.press('ArrowRight')
      const label = await page.evaluate(() => document.activeElement.textContent)
      await page.keyboard.press('Space')
      await soon(async () => assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-selected')), 'true'))
      const bar = page.getByRole('group', { name: 'Chosen machines' })
      await bar.getByRole('combobox').focus()
      await page.keyboard.type('Servers')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await zone('Servers').getByRole('option', { name: label }).waitFor()
      await page.getByRole('link', { name: 'Stages' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL('**view=stages')
      await page.getByRole('combobox', { name: 'Engineering to Line 1 · Mixing' }).focus()
      await page.keyboard.type('Enforce new')
      await page.getByText('The stage is changed in the draft.').waitFor()
      await page.getByRole('link', { name: 'Text' }).click()
      await soon(async () => assert.match(await page.locator('.work textarea').inputValue(), /stage: enforce-new/))
    }),
  },
  'answer for what would stop': {
    run: alone(async (page, server, assert) => {
      await page.goto(server.url + '/boundary/draft')
      const open = result(page).locator('.sum .why')
      await soon(async () => assert.match(await open.innerText(), /5 that nobody answered/))
      await result(page).getByRole('button', { name: 'It may stop …' }).first().click()
      const sheet = page.getByRole('dialog', { name: 'It may stop' })
      await sheet.getByLabel('Why').fill('The old job is switched off')
      await sheet.getByRole('button', { name: 'Say so' }).click()
      await soon(async () => assert.match(await open.innerText(), /4 that nobody answered/))
      await result(page).getByText(/may stop, anna/).waitFor()
    }),
  },
  'quarantine a machine from its page: see first, operations consent, release': {
    run: alone(async (page, server, assert) => {
      const plc = server.w.plant.assets.find((a) => a.role === 'controller')
      await page.goto(`${server.url}/assets/${plc.id}`)
      await page.getByRole('button', { name: 'Quarantine …' }).click()
      const sheet = page.getByRole('dialog', { name: `Quarantine ${plc.label}` })
      await sheet.getByText(/recorded conversations would stop/).waitFor()
      await sheet.getByText(/EUR an hour/).first().waitFor()
      await sheet.getByLabel('Why').fill('It scans')
      await sheet.getByRole('button', { name: 'Ask operations' }).click()
      await page.getByText('It waits for operations').waitFor()
      const back = become(server, 'bernd')
      await page.goto(server.url + '/boundary/containment')
      await page.getByText('waits for operations', { exact: true }).waitFor()
      // Asked for by somebody else, so the hub says who may consent.
      server.w.policy.containments[0].you = true
      await page.reload()
      await page.getByRole('button', { name: 'Consent for operations …' }).click()
      await page.getByRole('button', { name: 'Consent, stop it now' }).click()
      await page.getByText(/left$/).first().waitFor()
      assert.equal(server.w.policy.containments[0].state, 'active')
      await page.getByRole('button', { name: 'Release' }).click()
      await page.getByRole('button', { name: 'Release it now' }).click()
      await page.getByText('Nothing is contained.').waitFor()
      back()
    }),
  },
  'hold a firewall against a revision': {
    run: alone(async (page, server, assert) => {
      await page.goto(server.url + '/boundary/devices?brand=mikrotik')
      await page.locator('pre', { hasText: '/ip firewall filter' }).waitFor()
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()])
      assert.equal(file.suggestedFilename(), 'main-revision-2.rsc')
      const text = page.getByLabel('Its configuration')
      const hold = page.getByRole('button', { name: 'Hold it against it' })
      for (const [config, word] of [['hostname fw\nroute-map x', 'unknown'], ['permit any any', 'differs'], ['! revision 2', 'equal']]) {
        await text.fill(config)
        await hold.click()
        await page.locator(`.verdict.${word}`).waitFor()
      }
    }),
  },
  'be told when the box does not answer': {
    run: alone(async (page, server, assert) => {
      server.w.policy.box = false
      await page.goto(server.url + '/boundary')
      await soon(async () => assert.match(await page.locator('.stand .say').innerText(), /not known: box-1 does not answer/))
    }),
  },
}
