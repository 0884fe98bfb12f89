import type { AssetRow } from '../../api/model'
import { address, isUnknown, what } from '../../lib/asset'
import { assetURL } from '../../lib/route.svelte'
import type { Page } from '../../page/pages'

/** Something the palette leads to. */
export interface Hit {
  href: string
  text: string
  under: string
  /** The keys that lead there without the palette. */
  keys?: string
}

/** Pages whose name or question has every word that was typed, best first. */
export function pageHits(pages: Page[], typed: string): Hit[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = (p: Page) => (p.name.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
  return pages
    .filter((p) => words.every((w) => `${p.name} ${p.says}`.toLowerCase().includes(w)))
    .sort((a, b) => rank(a) - rank(b))
    .map((p) => ({ href: p.path, text: p.name, under: p.says, keys: `g ${p.key}` }))
}

/** Assets as the palette shows them. */
export function assetHits(rows: AssetRow[]): Hit[] {
  return rows.map((r) => ({
    href: assetURL(r.id),
    text: r.label,
    under: [isUnknown(r) ? 'not identified' : r.role, what(r), address(r) === r.label ? '' : address(r)].filter(Boolean).join(' · '),
  }))
}
