// The addresses that the browser tests walk, one for each state worth seeing.

/** Every page; the ones of single things are found by asking the hub. */
export async function addresses(url) {
  const get = async (path) => (await fetch(url + '/api/v1' + path)).json()
  const controllers = await get('/assets?role=controller&limit=20')
  const asset = controllers.items.find((a) => a.findings.high) ?? controllers.items[0]
  const list = {
    answer: '/',
    'answer-open': '/?open=control&open=conduits&open=inbound',
    plant: '/plant',
    'plant-squares': '/plant?cells=squares&show=crossings',
    'plant-compare': '/plant?compare=2026-11-20..2026-11-27',
    'plant-line': '/plant?sel=line:main/zone/office~main/zone/scada!',
    'plant-list': '/plant?view=list&q=plc',
    assets: '/assets',
    'assets-filtered': '/assets?side=ot&sort=-last_seen',
    'assets-none': '/assets?q=nosuchthing',
    boundary: '/boundary',
    'boundary-cell': '/boundary?from=scada&to=line-1',
    findings: '/findings',
    changes: '/changes',
    sensors: '/sensors',
    'settings-you': '/settings',
    'settings-model': '/settings/model?version=2',
    'settings-people': '/settings/people',
    'settings-tokens': '/settings/tokens',
    'settings-kept': '/settings/kept',
    'settings-ledger': '/settings/ledger',
    'settings-program': '/settings/program',
    missing: '/no-such-page',
    'asset-missing': '/assets/no-such-asset',
  }
  if (asset) {
    list['plant-asset'] = `/plant?sel=asset:${encodeURIComponent(asset.id)}`
    list.asset = `/assets/${encodeURIComponent(asset.id)}`
  }
  return list
}

/** The pages for who is not signed in. */
export const doors = {
  signin: '/assets?side=ot',
  'setup-lost': '/setup',
  'setup-first': '/setup#setup-0123456789abcdef',
  'setup-invite': '/setup#invite-0123456789abcdef',
  'setup-spent': '/setup#spent-0123456789abcdef',
}
