// The addresses that the browser tests walk, one for each state worth seeing.

const answer = 'Are we actually protected?'

/**
 * Every page by name: its path, its title, and what only this state of it shows
 * on the plant that is made up. Single things are found by asking with get.
 */
export async function addresses(get) {
  const controllers = await get('/assets?role=controller&limit=20')
  const asset = controllers.items.find((a) => a.findings.high) ?? controllers.items[0]
  const list = {
    answer: ['/', answer, '.say'],
    'answer-open': ['/?open=control&open=conduits&open=inbound', answer, 'article [aria-expanded=true]'],
    plant: ['/plant', 'Plant', 'svg .box'],
    'plant-squares': ['/plant?cells=squares&show=crossings', 'Plant', 'svg .box'],
    'plant-compare': ['/plant?compare=2026-11-20..2026-11-27', 'Plant', 'aside :text("assets appeared")'],
    'plant-line': ['/plant?sel=line:main/zone/office~main/zone/scada!', 'Plant', 'aside :text("no conduit covers it")'],
    'plant-list': ['/plant?view=list&q=plc', 'Plant', 'tbody a'],
    assets: ['/assets', 'Assets', 'tbody a'],
    'assets-filtered': ['/assets?side=ot&sort=-last_seen', 'Assets', 'tbody a'],
    'assets-none': ['/assets?q=nosuchthing', 'Assets', ':text("No asset fits.")'],
    boundary: ['/boundary', 'Boundary', ':is(.matrix td.uncovered, .matrix li a)'],
    'boundary-cell': ['/boundary?from=scada&to=line-1', 'Boundary', '.talks li'],
    'boundary-flat': ['/boundary?flat=open', 'Boundary', '.flatness tbody td'],
    'boundary-proposal': ['/boundary/proposal', 'Boundary', '[aria-label="Proposed conduits"] li'],
    'boundary-draft': ['/boundary/draft', 'Boundary', '.board .asset'],
    'boundary-draft-conduits': ['/boundary/draft?view=conduits', 'Boundary', '.work tbody td'],
    'boundary-draft-conduit': ['/boundary/draft?view=conduits&edit=scada-1', 'Boundary', 'dialog[open] form'],
    'boundary-draft-stages': ['/boundary/draft?view=stages', 'Boundary', '.work tbody select'],
    'boundary-draft-text': ['/boundary/draft?view=text', 'Boundary', '.work textarea'],
    'boundary-revisions': ['/boundary/revisions', 'Boundary', '.one .sides'],
    'boundary-revision': ['/boundary/revisions?n=2', 'Boundary', '.one :text("in force")'],
    'boundary-proofs': ['/boundary/proofs', 'Boundary', 'article.contradicted'],
    'boundary-containment': ['/boundary/containment', 'Boundary', '.ways form'],
    'boundary-firewalls': ['/boundary/devices', 'Boundary', 'pre'],
    'boundary-firewalls-refused': ['/boundary/devices?brand=asa', 'Boundary', '.refused'],
    'boundary-nothing': ['/boundary/nothing', 'Boundary', '.empty'],
    findings: ['/findings', 'Findings', 'article'],
    changes: ['/changes', 'Changes', '.day'],
    sensors: ['/sensors', 'Sensors', 'h2:text("sensor-1")'],
    'settings-you': ['/settings', 'Settings', 'h2:text("Where you are signed in")'],
    'settings-model': ['/settings/model?version=2', 'Plant model', 'textarea'],
    'settings-people': ['/settings/people', 'People', 'tbody tr'],
    'settings-tokens': ['/settings/tokens', 'Tokens', 'tbody tr'],
    'settings-kept': ['/settings/kept', 'Kept data', 'input'],
    'settings-ledger': ['/settings/ledger', 'Ledger', 'tbody tr'],
    'settings-program': ['/settings/program', 'This program', 'dt:text("Version")'],
    missing: ['/no-such-page', 'No such page', '.empty'],
    'asset-missing': ['/assets/no-such-asset', 'Asset', '.empty'],
  }
  if (asset) {
    list['plant-asset'] = [`/plant?sel=asset:${encodeURIComponent(asset.id)}`, 'Plant', 'aside h2']
    list.asset = [`/assets/${encodeURIComponent(asset.id)}`, asset.label, '#identity']
  }
  return list
}

/** The pages for who is not signed in. */
export const doors = {
  signin: ['/assets?side=ot', 'Sign in', 'input[name=password]'],
  'signin-refused': ['/signin?failed=oidc', 'Sign in', ':text("did not do so")'],
  'setup-lost': ['/setup', 'One-time link', '.empty'],
  'setup-first': ['/setup#setup-0123456789abcdef', 'Set up Bulkhead', 'form'],
  'setup-invite': ['/setup#invite-0123456789abcdef', 'Set up your account', '.ways'],
  'setup-spent': ['/setup#spent-0123456789abcdef', 'One-time link', '.empty'],
}

/**
 * Opens an address and waits until it shows itself: its title, what marks it and
 * nothing that is loading. Throws what is there instead.
 */
export async function arrive(page, url, [path, title, mark], marked = true) {
  await page.goto('about:blank') // else an address that differs only behind # is not loaded
  await page.goto(url + path)
  const settled = ([title]) => document.querySelector('main h1')?.textContent === title && !document.querySelector('.bones, [aria-busy=true]')
  await page.waitForFunction(settled, [title], { timeout: 15_000 }).catch(async () => {
    throw new Error(`${path} does not show “${title}” but ${JSON.stringify((await page.innerText('body')).slice(0, 200))}`)
  })
  if (marked) await page.locator(`main ${mark}`).first().waitFor({ timeout: 10_000 })
}
