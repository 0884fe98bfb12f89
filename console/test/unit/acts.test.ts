import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { actText } from '../../src/feature/setting/acts'

const { paths } = JSON.parse(readFileSync('../internal/serve/api/testdata/openapi.json', 'utf8')) as { paths: Record<string, Record<string, { operationId: string }>> }
const changing = Object.values(paths).flatMap((p) => ['post', 'put', 'delete'].flatMap((m) => (p[m] ? [p[m].operationId] : [])))

describe('what the ledger says was done', () => {
  it('has words of people for every route that changes something', () => {
    expect(changing.length).toBeGreaterThan(30)
    const spelled = (act: string) => act.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
    expect(changing.filter((act) => actText(act) === spelled(act))).toEqual([])
  })
  it('is spelled apart where nobody has given it words', () => {
    expect([actText('stopClock'), actText('ledger-x')]).toEqual(['stop clock', 'ledger x'])
  })
})
