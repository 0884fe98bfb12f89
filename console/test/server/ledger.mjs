// The ledger of the test server: rows that a week of looking after a plant makes.
import { before } from './plant.mjs'

const acts = [
  ['signInPasskey', 'account anna', '', 'done', 200], ['saveModel', 'site main', 'version 4: line 2 has its owner', 'done', 200], ['ledger', '', '', 'read', 200],
  ['addAccount', 'account dieter', 'viewer on main, operator on north', 'done', 201], ['signInPassword', 'account bernd', 'The name, the password or the code is wrong.', 'refused', 401], ['mergeAssets', 'asset a00014', 'the same rack', 'done', 200],
  ['addToken', 'token CMDB export', 'viewer on all sites', 'done', 201], ['importCapture', 'monday.pcapng', '', 'done', 202], ['setRetention', '', '60 days by the hour', 'failed', 507],
]

/** So many rows, the newest first. */
export function rows(n) {
  return Array.from({ length: n }, (_, i) => {
    const [act, object, detail, outcome, status] = acts[i % acts.length]
    const who = [['u1', 'anna', 'session'], ['u2', 'bernd', 'session'], ['host root', 'root', 'command line']][i % 7 === 5 ? 2 : i % 3 === 1 ? 1 : 0]
    return { index: n - 1 - i, at: before(i * 2900 + 60), actor: who[0], name: who[1], token: '', via: who[2], from: i % 4 ? '127.0.0.1' : '10.10.0.31', act, object, detail, outcome, status, of: 0, count: outcome === 'read' ? 12 : 1 }
  })
}

export function list(w, query) {
  const fit = w.ledger.filter((r) => (!query.get('actor') || [r.actor, r.name].includes(query.get('actor'))) && (!query.get('act') || r.act === query.get('act')))
  const from = query.get('cursor') ? fit.findIndex((r) => r.index < Number(query.get('cursor'))) : 0
  const items = from < 0 ? [] : fit.slice(from, from + Number(query.get('limit') ?? 100))
  const more = from >= 0 && from + items.length < fit.length
  return { items, total: fit.length, more: false, ...(more ? { next: String(items.at(-1).index) } : {}) }
}

export function checkpoint(w) {
  const root = '5d41402abc4b2a76b9719d911017c592'.repeat(2)
  return { name: 'bulkhead.example/main', size: w.ledger.length, root, text: `bulkhead.example/main\n${w.ledger.length}\nXUFAKrxLKna5cZ2REBfFkl1BQCq8Syp2uXGdkRAXxZI=\n\n— bulkhead.example/main Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`, public_key: 'bulkhead.example/main+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', problem: '' }
}
