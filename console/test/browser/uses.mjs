// Ways people use the console, each with what must be seen.
import { send } from '../server/server.mjs'
import { soon } from './soon.mjs'

const ready = (page, selector = 'main h1') => page.waitForSelector(selector)

export const uses = {
  'filter, open with the keyboard, go back': {
    async run(page, server, assert) {
      await page.goto(server.url + '/assets')
      await ready(page, 'tbody a')
      await page.keyboard.press('/')
      await page.keyboard.type('plc')
      await page.waitForURL('**/assets?q=plc')
      await page.waitForFunction(() => [...document.querySelectorAll('tbody a')].every((a) => /plc/i.test(a.textContent)))
      await page.locator('tbody a').first().focus()
      await page.keyboard.press('ArrowDown')
      const second = await page.evaluate(() => document.activeElement.textContent.trim())
      await page.keyboard.press('Enter')
      await page.waitForFunction((name) => document.querySelector('h1')?.textContent === name, second)
      await page.goBack()
      await page.waitForURL('**/assets?q=plc')
      await soon(async () => assert.equal(await page.inputValue('input[type=search]'), 'plc'))
    },
  },
  'choose a filter and see it in the address': {
    async run(page, server, assert) {
      await page.goto(server.url + '/assets')
      await page.locator('details', { hasText: /^Side/ }).first().locator('summary').click()
      await page.locator('details[open] a', { hasText: 'OT' }).click()
      await page.waitForURL('**/assets?side=ot')
      await page.waitForFunction(() => [...document.querySelectorAll('tbody tr td:nth-of-type(6)')].every((td) => td.textContent.startsWith('OT')))
      await soon(async () => assert.ok((await page.locator('tbody a').count()) > 5))
    },
  },
  'open the packet behind a fact': {
    async run(page, server, assert) {
      const a = server.w.plant.assets.find((x) => x.role === 'controller' && x.facts.some((f) => f.packet?.available))
      await page.goto(`${server.url}/assets/${a.id}`)
      const f = a.facts.find((x) => x.field === 'vendor')
      await page.getByRole('button', { name: /^Where Vendor comes from/ }).click()
      await page.waitForURL('**?field=vendor')
      const said = page.locator('.said')
      await soon(async () => assert.match(await said.innerText(), new RegExp(`said by ${f.source}, sure \\(95 %\\)`)))
      const link = said.getByRole('link', { name: 'this packet' })
      if (f.packet.available) {
        const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
        assert.match(file.suggestedFilename(), /\.pcapng$/)
      }
    },
  },
  'a former identifier leads to the present asset': {
    async run(page, server) {
      const a = server.w.plant.assets.find((x) => x.aliases.length)
      await page.goto(`${server.url}/assets/${a.aliases[0]}`)
      await page.waitForURL(`**/assets/${a.id}`)
      await page.getByRole('heading', { level: 1, name: a.label, exact: true }).waitFor()
    },
  },
  'go over the map with the keyboard': {
    async run(page, server, assert) {
      await page.goto(server.url + '/plant')
      await ready(page, 'svg .box')
      await page.locator('svg .frame').nth(1).focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/plant?sel=asset**')
      await page.waitForSelector('aside h2')
      await page.keyboard.press('Escape')
      await page.waitForURL('**/plant')
      await page.locator('svg .break circle').first().focus()
      await page.keyboard.press('Enter')
      await page.waitForSelector('aside >> text=no conduit covers it')
      assert.match(page.url(), /sel=line/)
    },
  },
  'click an asset on the map, drag and zoom it': {
    async run(page, server, assert) {
      await page.goto(server.url + '/plant?cells=squares')
      await ready(page, 'svg .box')
      const box = await page.locator('svg .frame').nth(1).boundingBox()
      await page.mouse.click(box.x + 11 + 6, box.y + 30 + 6)
      await page.waitForURL('**sel=asset**')
      const before = await page.locator('.picture .picture, .window .picture').last().getAttribute('style')
      await page.getByRole('button', { name: 'Closer' }).click()
      await page.mouse.move(box.x + 200, box.y + 20)
      await page.mouse.down()
      await page.mouse.move(box.x + 120, box.y - 20, { steps: 5 })
      await page.mouse.up()
      await page.waitForTimeout(100)
      const after = await page.locator('.window .picture').getAttribute('style')
      assert.notEqual(after, before)
      assert.match(after, /scale\(1\.4\)/)
      assert.match(page.url(), /sel=asset/, 'dragging chooses nothing')
    },
  },
  'read the answer: open a reason, follow it': {
    async run(page, server, assert) {
      await page.goto(server.url + '/')
      await page.waitForSelector('.say')
      await soon(async () => assert.match(await page.innerText('.say'), /contradicted/))
      const bar = await page.getByRole('img', { name: /proven, .* contradicted/ }).getAttribute('aria-label')
      const order = ['proven', 'contradicted', 'stale', "somebody's word", 'unknown'].map((w) => bar.indexOf(w))
      assert.deepEqual(order, [...order].sort((a, b) => a - b), 'the statuses stand in their order')
      const first = page.locator('article').first()
      await first.getByRole('button').click()
      await page.waitForURL('**/?open=*')
      await first.locator('.evidence a').first().click()
      await page.waitForURL('**/assets/**')
      await page.goBack()
      await page.locator('article [aria-expanded=true]').first().waitFor()
    },
  },
  'go anywhere with Ctrl-K, by letters and with the keys shown': {
    async run(page, server, assert) {
      await page.goto(server.url + '/')
      await ready(page)
      await page.keyboard.press('Control+k')
      await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
      await page.keyboard.type('10.30.1.7')
      await page.locator('[role=option]', { hasText: '10.30.1.7' }).first().waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL('**/assets/**')
      await page.keyboard.press('g')
      await page.keyboard.press('b')
      await page.waitForURL('**/boundary')
      await page.keyboard.press('?')
      const dialog = page.getByRole('dialog', { name: 'Keys' })
      await dialog.waitFor()
      await dialog.getByRole('checkbox').uncheck()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await page.keyboard.press('g')
      await page.keyboard.press('p')
      await page.waitForTimeout(200)
      assert.match(page.url(), /boundary$/, 'letters are no keys once they are switched off')
      await page.evaluate(() => localStorage.removeItem('bulkhead.keys'))
    },
  },
  'go over the boundary with the keyboard only': {
    async run(page, server, assert) {
      await page.goto(server.url + '/boundary')
      await ready(page, 'td[tabindex="0"]')
      // Tab alone comes to the matrix, as one stop.
      for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement.matches('td'))); i++) await page.keyboard.press('Tab')
      await soon(async () => assert.match(await page.evaluate(() => document.activeElement.querySelector('.hidden').textContent), /that no conduit covers/, 'it begins where somebody is needed'))
      await page.keyboard.press('Enter')
      await page.waitForURL('**/boundary?from=*&to=*')
      await page.waitForSelector('.talks li')
      await soon(async () => assert.match(await page.innerText('.talks'), /No conduit|Conduit .* but not/))
      await page.keyboard.press('Control+Home')
      await soon(async () => assert.match(await page.evaluate(() => document.activeElement.querySelector('.hidden').textContent), /^within /))
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowDown')
      await soon(async () => assert.equal(await page.evaluate(() => document.activeElement.cellIndex), await page.locator('.matrix thead th').count() - 1))
      await page.keyboard.press('Escape')
      await page.waitForURL('**/boundary')
      await page.getByRole('link', { name: 'mirror', exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL('**/boundary?conduit=mirror')
      await page.waitForFunction(() => /Through conduit mirror/.test(document.querySelector('.talks').textContent) && /opcua/.test(document.querySelector('.talks').textContent))
    },
  },
  'see how a wall is broken and why': {
    async run(page, server, assert) {
      await page.goto(server.url + '/plant')
      await ready(page, 'svg .box')
      await soon(async () => assert.ok((await page.locator('svg .conduit').count()) > 3 && (await page.locator('svg .line.bad').count()) > 3))
      await page.locator('svg .break circle').first().focus()
      await page.keyboard.press('Enter')
      await page.locator('aside').getByText('no conduit covers it').waitFor()
      await page.getByRole('link', { name: 'Why not, one by one' }).click()
      await page.waitForURL('**/boundary?from=*')
      await page.waitForSelector('.talks li')
      await soon(async () => assert.match(await page.innerText('.talks'), /No conduit|Conduit .* but not/))
    },
  },
  'compare two days on the map': {
    async run(page, server, assert) {
      await page.goto(server.url + '/plant')
      await ready(page, 'svg .box')
      await page.getByRole('link', { name: 'Compare' }).click()
      await page.waitForURL('**compare=*')
      await page.getByLabel('First day').fill('2026-11-20')
      await page.getByLabel('Second day').fill('2026-11-27')
      await page.waitForURL('**compare=2026-11-20..2026-11-27')
      await page.waitForFunction(() => /3 assets appeared, 2 vanished/.test(document.querySelector('aside').textContent))
      await soon(async () => assert.deepEqual([await page.locator('svg path.sign.new').count(), await page.locator('svg path.sign.gone').count()], [3, 2]))
      await soon(async () => assert.equal(await page.locator('header.page .live').count(), 0, 'what is past is not live'))
      await page.locator('aside a').first().click()
      await page.waitForURL('**sel=asset**')
      await page.getByLabel('First day').fill('2026-11-28')
      await page.getByText('The first day has to be before the second.').waitFor()
    },
  },
  'look at one site of several, from page to page': {
    async run(page, server, assert) {
      server.w.sites = ['main', 'north']
      await page.goto(server.url + '/assets?q=plc')
      await ready(page, 'tbody a')
      await page.getByRole('combobox', { name: /^Site/ }).selectOption('main')
      await page.waitForURL('**/assets?q=plc&site=main')
      await page.getByRole('link', { name: 'Plant', exact: true }).click()
      await page.waitForURL('**/plant?site=main')
      await ready(page, 'svg .box')
      await page.getByRole('combobox', { name: /^Site/ }).selectOption('')
      await page.waitForURL('**/plant')
      server.w.sites = undefined
    },
  },
  'use a phone: all pages are behind the bar': {
    size: 'phone',
    async run(page, server, assert) {
      await page.goto(server.url + '/')
      await ready(page)
      await page.getByRole('button', { name: /^More/ }).tap()
      await page.getByRole('link', { name: /^Boundary/ }).tap()
      await page.waitForURL('**/boundary')
      await soon(async () => assert.equal(await page.getByRole('button', { name: /^More/ }).getAttribute('aria-expanded'), 'false'))
      await page.locator('.matrix li a').first().tap()
      await page.waitForURL('**/boundary?from=*')
    },
  },
  'import a capture and see it read': {
    async run(page, server, assert) {
      await page.goto(server.url + '/sensors')
      await page.setInputFiles('input[type=file]', { name: 'friday.pcapng', mimeType: 'application/octet-stream', buffer: Buffer.alloc(3_000_000, 1) })
      const row = page.locator('.job', { hasText: 'friday.pcapng' })
      await row.locator('text=done').waitFor({ timeout: 15_000 })
      await soon(async () => assert.match(await row.innerText(), /3\.0 MB/))
    },
  },
  'drop several captures: each has its progress, one that waits is taken back': {
    complains: /415/,
    async run(page, server, assert) {
      await page.goto(server.url + '/sensors')
      const zone = page.getByRole('group', { name: 'Import a capture' })
      await zone.waitFor()
      let go
      const held = new Promise((done) => (go = done))
      await page.route('**/captures?name=mon*', (r) => held.then(() => r.continue()))
      await page.route('**/captures?name=notes*', (r) => r.fulfill({ status: 415, contentType: 'application/problem+json', body: JSON.stringify({ title: 'This is of the wrong type.', detail: 'Choose another file.' }) }))
      const dropped = await page.evaluateHandle(() => {
        const d = new DataTransfer()
        for (const [name, size] of [['mon.pcap', 2e6], ['tue.pcap', 1e6], ['tue.pcap', 1e6], ['notes.txt', 100]]) d.items.add(new File([new Uint8Array(size)], name))
        return d
      })
      await zone.dispatchEvent('drop', { dataTransfer: dropped })
      await soon(async () => assert.equal(await page.getByRole('progressbar', { name: /^Sent of/ }).count(), 4))
      await page.getByRole('button', { name: /^Cancel\s*: tue/ }).first().click()
      await soon(async () => assert.equal(await page.getByRole('button', { name: /^Cancel\s*: tue/ }).count(), 1, 'the other of that name stays'))
      // Another page of the console stops nothing, and it is there when one comes back.
      await page.getByRole('link', { name: /^Assets/ }).first().click()
      await page.waitForURL('**/assets**')
      await page.goBack()
      await page.locator('.job', { hasText: 'mon.pcap' }).getByText(/^sending|^waits/).waitFor()
      go()
      for (const name of ['mon.pcap', 'tue.pcap']) await page.locator('.job', { hasText: name }).getByText('done', { exact: true }).first().waitFor({ timeout: 15_000 })
      const bad = page.locator('.job', { hasText: 'notes.txt' })
      await bad.getByText(/Choose another file/).waitFor()
      await bad.getByRole('button', { name: /^Dismiss/ }).click()
      await bad.waitFor({ state: 'detached' })
    },
  },
  'cancel an import': {
    async run(page, server, assert) {
      server.w.captures.unshift({ ...server.w.captures[0], id: 'slow', name: 'slow.pcap', state: 'reading', bytes: 1e15, bytes_read: 1, ended: null })
      await page.goto(server.url + '/sensors')
      const row = page.locator('.job', { hasText: 'slow.pcap' })
      await row.getByRole('button', { name: 'Cancel' }).click()
      await row.locator('text=cancelled').waitFor()
      assert.equal(server.w.captures.find((c) => c.id === 'slow').state, 'cancelled')
    },
  },
  'set how long history is kept': {
    async run(page, server, assert) {
      await page.goto(server.url + '/sensors')
      await page.getByLabel('A row an hour, days').fill('90')
      await page.getByLabel('At most, GB').fill('1.5')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.locator('text=Saved.').waitFor()
      assert.deepEqual(server.w.retention, { minute_days: 2, hour_days: 90, day_days: 3650, max_bytes: 1.5e9 })
    },
  },
  'see a change as it comes': {
    async run(page, server) {
      await page.goto(server.url + '/sensors')
      await page.locator('text=sensor-1').waitFor()
      send(server.w, 'sensors', 'put', 'sensor-9', { ...server.w.sensors[0], name: 'sensor-9' })
      await page.locator('h2', { hasText: 'sensor-9' }).waitFor({ timeout: 3000 })
    },
  },
  'be told when it is not live, and when it is again': {
    complains: /503|ERR_|Failed to load/,
    async run(page, server, assert) {
      await page.goto(server.url + '/assets')
      await page.locator('header.page .meta', { hasText: /^Live/ }).waitFor()
      server.w.broken = true
      for (const c of server.w.clients) c.res.destroy()
      await page.locator('text=/Not live since/').waitFor({ timeout: 10_000 })
      await soon(async () => assert.ok((await page.locator('tbody a').count()) > 5, 'what was there stays'))
      server.w.broken = false
      await page.getByRole('button', { name: 'Connect again' }).click()
      await page.locator('header.page .meta', { hasText: /^Live/ }).waitFor({ timeout: 10_000 })
    },
  },
  'try again after a failure': {
    complains: /503/,
    async run(page, server) {
      server.w.broken = true
      await page.goto(server.url + '/findings')
      await page.locator('text=Its store is not open yet.').first().waitFor()
      server.w.broken = false
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await page.locator('article').first().waitFor()
    },
  },
  'choose light or dark, and keep it': {
    async run(page, server, assert) {
      await page.goto(server.url + '/')
      await page.getByRole('button', { name: /Look/ }).click()
      await page.getByRole('button', { name: /Look: light/ }).click()
      await soon(async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark'))
      await page.reload()
      await ready(page)
      await soon(async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark'))
    },
  },
  'use a phone: the map opens a sheet, which closes': {
    size: 'phone',
    async run(page, server, assert) {
      await page.goto(server.url + '/plant')
      await ready(page, 'svg .box')
      await page.locator('svg .frame').nth(0).tap()
      await page.waitForURL('**sel=**')
      const sheet = await page.locator('aside.open').boundingBox()
      assert.ok(sheet.y + sheet.height <= 844 && sheet.y > 200)
      await page.getByRole('button', { name: 'Close', exact: true }).tap()
      await page.waitForURL('**/plant')
    },
  },
  'print what was loaded': {
    async run(page, server, assert) {
      await page.goto(server.url + '/assets')
      await ready(page, 'tbody a')
      // What is loaded may still be a part of it when the first row is there.
      await soon(async () => {
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
        assert.equal(await page.locator('tbody a').count(), 120)
      })
      await page.emulateMedia({ media: 'print' })
      await soon(async () => assert.equal(await page.locator('nav').first().isVisible(), false))
    },
  },
}
