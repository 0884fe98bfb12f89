import { describe, expect, it } from 'vitest'
import type { AssetRow } from '../../src/api/model'
import { assetHits, pageHits } from '../../src/feature/shell/find'
import { Keys } from '../../src/lib/keys.svelte'
import { kept } from '../../src/lib/route.svelte'
import { pages, place } from '../../src/page/pages'

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, target: null, ...more })

describe('keys', () => {
  it('go to a page by g and its letter, if it comes soon', () => {
    let now = 0
    const keys = new Keys(() => now)
    expect(keys.read(press('g'))).toBeUndefined()
    expect(keys.read(press('p'))).toEqual({ go: 'p' })
    expect(keys.read(press('p'))).toBeUndefined()
    keys.read(press('g'))
    now = 5000
    expect(keys.read(press('p'))).toBeUndefined()
  })
  it('leave text alone, but for Ctrl-K', () => {
    const keys = new Keys(() => 0)
    const field = document.createElement('input')
    expect(keys.read(press('?', { target: field }))).toBeUndefined()
    expect(keys.read(press('k', { target: field, ctrlKey: true }))).toEqual({ open: 'palette' })
  })
  it('can be switched off where people dictate', () => {
    const keys = new Keys(() => 0)
    keys.set(false)
    expect(keys.read(press('?'))).toBeUndefined()
    expect(keys.read(press('K', { metaKey: true }))).toEqual({ open: 'palette' })
    keys.set(true)
    expect(keys.read(press('?'))).toEqual({ open: 'keys' })
  })
  it('are one letter for each page', () => expect(new Set(pages.map((p) => p.key)).size).toBe(pages.length))
})

describe('a path', () => {
  it.each([['/', '/', undefined], ['/boundary', '/boundary', undefined], ['/assets/a%20b', '/assets', 'a b'], ['/assets/%E0%A4%A', '/assets', '%E0%A4%A'], ['/nowhere', '', undefined]])('%s stands below %s', (path, under, id) => {
    expect([place(path).under, place(path).props.id]).toEqual([under, id])
  })
})

describe('the site', () => {
  const here = new URLSearchParams('site=north&q=plc')
  it.each([['/plant', '/plant?site=north'], ['/plant?sel=x#y', '/plant?sel=x&site=north#y'], ['/plant?site=south', '/plant?site=south']])('stays in %s', (url, want) => expect(kept(url, here, 'http://h/')).toBe(want))
  it('is in no address while none is chosen', () => expect(kept('/plant', new URLSearchParams(), 'http://h/')).toBe('/plant'))
})

describe('the palette', () => {
  it('finds pages by name first, then by what they answer', () => {
    expect(pageHits(pages, 's')[0]!.text).toBe('Sensors')
    expect(pageHits(pages, 'crosses')[0]!.href).toBe('/boundary')
    expect(pageHits(pages, '')).toHaveLength(pages.length)
    expect(pageHits(pages, 'nosuchpage')).toEqual([])
  })
  it('says of an asset what tells it from others', () => {
    const row = { id: 'a/1', label: 'PLC', role: 'controller', vendor: 'Omron', product: 'CJ2M', kind: 'device', ips: ['10.0.0.1'], macs: [] } as unknown as AssetRow
    expect(assetHits([row])).toEqual([{ href: '/assets/a%2F1', text: 'PLC', under: 'controller · Omron CJ2M · 10.0.0.1' }])
    expect(assetHits([{ ...row, label: '10.0.0.1', role: 'unknown', vendor: '', product: '' }])[0]!.under).toBe('not identified')
  })
})
