// Ways people come in, look after accounts, write the plant model and curate
// assets, with what must be seen.
import { stepOut } from './step.mjs'
import { authenticator } from './program.mjs'
import { soon } from './soon.mjs'

const named = (server) => server.url.replace('127.0.0.1', 'localhost')

export const doorUses = {
  'a session that ends keeps the address': {
    complains: /401/,
    async run(page, server, assert) {
      await page.goto(server.url + '/assets?side=ot')
      await page.waitForSelector('tbody a')
      const back = stepOut(server)
      await page.getByRole('button', { name: /^Level/ }).or(page.locator('summary', { hasText: 'Level' })).first().click()
      await page.locator('details[open] a').first().click()
      await page.getByText('Your session has ended.').waitFor()
      const kept = page.url()
      await page.getByLabel('Name').fill('anna')
      await page.getByLabel('Password').fill('whatever it is')
      await page.getByLabel('Code from your app').fill('123456')
      await page.getByRole('button', { name: 'Sign in with a password' }).click()
      await page.waitForSelector('tbody a')
      assert.equal(page.url(), kept)
      back()
    },
  },
  'too many tries say when to try again': {
    complains: /401|429/,
    async run(page, server) {
      const back = stepOut(server)
      await page.goto(server.url + '/')
      await page.getByLabel('Name').fill('locked')
      await page.getByLabel('Password').fill('x')
      await page.getByRole('button', { name: /recovery code/ }).click()
      await page.getByLabel('Recovery code').fill('aaaaa-bbbbb')
      await page.getByRole('button', { name: 'Sign in with a password' }).click()
      await page.getByText(/You can try again in/).waitFor()
      back()
    },
  },
  'set up with a password, an app and recovery codes': {
    complains: /401|422/,
    async run(page, server, assert) {
      const back = stepOut(server)
      await page.goto(named(server) + '/setup#setup-0123456789abcdef')
      await page.getByLabel('Name to sign in with').fill('anna')
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('button', { name: 'Choose a password' }).click()
      await page.getByLabel('Password').fill('password password')
      await page.getByLabel('The same again').fill('password password')
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByText('This password is among those that are tried first.').waitFor()
      for (const l of ['Password', 'The same again']) await page.getByLabel(l).fill('the kettle sings at noon')
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
      await page.getByLabel('Code that the app shows now').fill('123456')
      await page.getByRole('button', { name: 'Go on' }).click()
      const codes = page.getByRole('list', { name: 'Recovery codes' }).locator('li')
      await codes.first().waitFor()
      await soon(async () => assert.equal(await codes.count(), 10))
      const go = page.getByRole('button', { name: 'Go to Bulkhead' })
      await soon(async () => assert.equal(await go.isEnabled(), false, 'codes must be kept first'))
      await page.getByLabel(/I have kept them/).check()
      await go.click()
      await page.waitForSelector('nav[aria-label=Main]')
      back()
    },
  },
  'an act that needs a fresh sign-in is done after confirming': {
    complains: /403/,
    async run(page, server) {
      await authenticator(page)
      server.w.account.confirm = true
      await page.goto(named(server) + '/settings/people')
      await page.getByRole('button', { name: 'Invite someone' }).click()
      await page.getByLabel('Name to sign in with').fill('emil')
      await page.getByRole('button', { name: 'Make the invite link' }).click()
      const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
      await dialog.getByLabel('Password').fill('whatever it is')
      await dialog.getByLabel('Code from your app').fill('123456')
      await dialog.getByRole('button', { name: 'Confirm with a password' }).click()
      await page.getByRole('heading', { name: 'Invite link for emil' }).waitFor()
    },
  },
  'two people change one account: nobody writes over the other unseen': {
    complains: /412/,
    async run(page, server, assert) {
      await page.goto(server.url + '/settings/people')
      await page.locator('tr', { hasText: 'Carla Diaz' }).locator('summary').click()
      await page.locator('tr', { hasText: 'Carla Diaz' }).getByRole('button', { name: 'Change' }).click()
      const carla = server.w.account.list.find((a) => a.name === 'carla')
      Object.assign(carla, { mail: 'carla@elsewhere.example', etag: '"7"' })
      await page.getByLabel('What people call them').fill('Carla D.')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Somebody changed this account while you were writing.').waitFor()
      await page.getByText('carla@elsewhere.example').first().waitFor()
      await page.getByRole('button', { name: 'Save mine over theirs' }).click()
      await page.getByText('Carla D.').waitFor()
      assert.equal(carla.display, 'Carla D.')
    },
  },
  'two people write the plant model: both changes are kept': {
    complains: /412/,
    async run(page, server, assert) {
      await page.goto(server.url + '/settings/model')
      const editor = page.getByRole('textbox', { name: /^plant\.yaml/ })
      await editor.waitFor()
      const text = await editor.inputValue()
      const last = server.w.words.at(-1)
      server.w.words.push({ ...last, version: last.version + 1, text: last.text.replace('per_hour: 1300', 'per_hour: 1500'), author: 'bernd', note: 'dearer' })
      await editor.fill(text.replace('name: Filling', 'name: Bottling'))
      const save = page.getByRole('button', { name: /^Save as version/ })
      await save.click()
      await page.getByText('bernd saved version').waitFor()
      await page.getByRole('button', { name: 'Put mine and theirs together' }).click()
      const both = await editor.inputValue()
      assert.ok(both.includes('per_hour: 1500') && both.includes('name: Bottling'))
      await save.click()
      await page.getByText(/Version \d+ is saved/).waitFor()
      assert.ok(server.w.words.at(-1).text.includes('per_hour: 1500'))
    },
  },
  'put two assets together, and take it back': {
    async run(page, server, assert) {
      const before = server.w.plant.assets.length
      await page.goto(server.url + '/assets?q=pc-100')
      await page.waitForSelector('tbody a')
      const boxes = page.locator('tbody .pick input')
      await boxes.nth(0).check()
      await boxes.nth(1).check()
      await page.getByRole('button', { name: /They are one machine/ }).click()
      await page.getByLabel('Why').fill('two cards')
      await page.getByRole('button', { name: 'Put them together' }).click()
      await page.getByText(/2 assets are .* now\./).waitFor()
      assert.equal(server.w.plant.assets.length, before - 1)
      await page.getByRole('button', { name: 'Undo' }).click()
      await page.waitForFunction(() => !document.querySelector('.toast'))
      assert.equal(server.w.plant.assets.length, before)
    },
  },
  'save a view and come back to it; export what is shown': {
    async run(page, server, assert) {
      await page.goto(server.url + '/assets?role=controller')
      await page.waitForSelector('tbody a')
      await page.locator('summary', { hasText: 'Export' }).click()
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /plain columns/ }).click()])
      assert.match(file.suggestedFilename(), /\.csv$/)
      await page.locator('summary', { hasText: 'Views' }).click()
      await page.getByLabel('Save what is shown now as').fill('My controllers')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Saved as “My controllers”.').waitFor()
      await page.goto(server.url + '/assets')
      await page.locator('summary', { hasText: 'Views' }).click()
      await page.getByRole('link', { name: 'My controllers' }).click()
      await page.waitForURL('**/assets?role=controller')
    },
  },
}
