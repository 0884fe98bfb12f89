import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte'
import { createRawSnippet, tick } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failure } from '../../src/api/client'
import type { Finding } from '../../src/api/model'
import Await from '../../src/component/Await.svelte'
import Search from '../../src/component/Search.svelte'
import Virtual from '../../src/component/Virtual.svelte'
import FindingCard from '../../src/feature/finding/FindingCard.svelte'
import Level from '../../src/feature/finding/Level.svelte'
import SensorCard from '../../src/feature/sensor/SensorCard.svelte'
import { Load } from '../../src/lib/load.svelte'
import Answer from '../../src/page/Answer.svelte'
import * as server from '../server/answer.mjs'
import { plant } from '../server/plant.mjs'

afterEach(cleanup)
const text = (f: (v: unknown) => string) => createRawSnippet((v?: () => unknown) => ({ render: () => `<span>${f(v?.())}</span>` }))

describe('what is loaded', () => {
  const show = (load: Load<string[]>) => render(Await, { props: { load, empty: (d: string[]) => d.length === 0, none: text(() => 'Nothing here'), children: text((d) => (d as string[]).join()) } as never })
  it('shows a failure with a way to try again', async () => {
    const load = new Load<string[]>()
    let ok = false
    await load.run(async () => {
      if (!ok) throw new Failure('The hub cannot be reached', 'Is it running?', 0)
      return ['there']
    })
    show(load)
    expect(screen.getByRole('alert').textContent).toContain('Is it running?')
    ok = true
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('there')).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })
  it('says that there is nothing', async () => {
    const load = new Load<string[]>()
    await load.run(async () => [])
    show(load)
    expect(screen.getByText('Nothing here')).toBeTruthy()
  })
  it('keeps what was there when loading anew fails', async () => {
    const load = new Load<string[]>()
    await load.run(async () => ['old'])
    await load.run(async () => {
      throw new Failure('No', '', 500)
    })
    show(load)
    expect(screen.getByText('old')).toBeTruthy()
    expect(screen.getByRole('alert').textContent).toContain('What stands below is from before')
  })
})

describe('a long table', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `row ${i}`)
  const props = (more = {}) => ({ caption: 'Things', columns: [{ name: 'n', label: 'Name', sort: 'name' }, { name: 'x', label: 'Other' }], rows, total: 50_000, height: 38, id: (r: string) => r, href: (r: string) => '/' + r, title: text((r) => r as string), cells: text(() => ''), ...more })
  it('has only the rows in sight in the page, and says how many there are', async () => {
    render(Virtual, { props: props() as never })
    await vi.waitFor(() => expect(screen.getAllByRole('link').length).toBeGreaterThan(10))
    expect(screen.getAllByRole('link').length).toBeLessThan(80)
    expect(screen.getByRole('table', { name: 'Things' }).getAttribute('aria-rowcount')).toBe('50001')
  })
  it('moves with the arrow keys, one stop for Tab', async () => {
    render(Virtual, { props: props() as never })
    const first = await screen.findByRole('link', { name: 'row 0' })
    first.focus()
    await fireEvent.keyDown(first, { key: 'ArrowDown' })
    await tick()
    expect(document.activeElement?.textContent).toContain('row 1')
    await fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' })
    await fireEvent.keyDown(document.activeElement!, { key: 'ArrowUp' })
    await tick()
    expect(document.activeElement?.textContent).toContain('row 1')
    expect(screen.getAllByRole('link').filter((a) => a.tabIndex === 0)).toHaveLength(1)
  })
  it('asks for more when the end comes near', async () => {
    const more = vi.fn()
    render(Virtual, { props: props({ rows: rows.slice(0, 60), more }) as never })
    await vi.waitFor(() => expect(more).toHaveBeenCalled())
  })
  it('tells its order and turns it round', async () => {
    const onsort = vi.fn()
    render(Virtual, { props: props({ sort: 'name', onsort }) as never })
    expect(screen.getByRole('columnheader', { name: /Name/ }).getAttribute('aria-sort')).toBe('ascending')
    await fireEvent.click(screen.getByRole('button', { name: /Name/ }))
    expect(onsort).toHaveBeenCalledWith('-name')
  })
})

describe('the search', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  it('is reached by "/" and tells what was typed once it is quiet', async () => {
    const oninput = vi.fn()
    render(Search, { props: { value: '', label: 'Find', placeholder: '', oninput } })
    const field = screen.getByLabelText('Find') as HTMLInputElement
    await fireEvent.keyDown(document.body, { key: '/' })
    expect(document.activeElement).toBe(field)
    for (const v of ['p', 'pl', 'plc ']) await fireEvent.input(field, { target: { value: v } })
    vi.advanceTimersByTime(200)
    expect(oninput.mock.calls).toEqual([['plc']])
  })
})

describe('severity', () => {
  it.each(['high', 'medium', 'low', 'info'])('%s is a word, not only a colour', (level) => {
    render(Level, { props: { level } })
    expect(screen.getByText(new RegExp(level))).toBeTruthy()
  })
})

describe('a finding', () => {
  const finding = plant(120).findings[0] as unknown as Finding
  it('opens to what to do and who is concerned', async () => {
    const ontoggle = vi.fn()
    const { rerender } = render(FindingCard, { props: { finding, open: false, ontoggle } })
    expect(screen.queryByText('What to do')).toBeNull()
    const button = screen.getByRole('button', { name: finding.title })
    expect(button.getAttribute('aria-expanded')).toBe('false')
    await fireEvent.click(button)
    expect(ontoggle).toHaveBeenCalled()
    await rerender({ open: true })
    expect(screen.getByText(finding.next[0]!)).toBeTruthy()
    expect(screen.getByRole('link', { name: finding.assets[0]!.label }).getAttribute('href')).toBe('/assets/' + finding.assets[0]!.id)
  })
})

describe('a sensor', () => {
  const [good, bad] = server.sensors(false) as never[]
  it('says what is wrong and what to do', () => {
    render(SensorCard, { props: { sensor: bad! } })
    const card = within(screen.getByRole('article', { name: 'Sensor sensor-line-3' }))
    expect(card.getByText(/Is the mirror port still configured/)).toBeTruthy()
    expect(card.getByText(/Set the mirror port to both directions/)).toBeTruthy()
    expect(card.getByText('silent')).toBeTruthy()
  })
  it('says that all is well', () => {
    render(SensorCard, { props: { sensor: good! } })
    expect(screen.getByText(/nothing was lost on the way/)).toBeTruthy()
  })
})

describe('the answer', () => {
  it('draws without a hub: nothing is claimed', async () => {
    vi.stubGlobal('EventSource', class { addEventListener() {} close() {} })
    vi.stubGlobal('fetch', async () => new Response('{"title":"Starting","detail":"","status":503}', { status: 503 }))
    render(Answer)
    await tick()
    expect(document.body.textContent).not.toMatch(/proven|holds|all well/)
  })
})
