import { afterEach, vi } from 'vitest'

// What a browser has and happy-dom lacks.
if (!globalThis.matchMedia) globalThis.matchMedia = ((q: string) => ({ matches: false, media: q, addEventListener() {}, removeEventListener() {} })) as unknown as typeof matchMedia
globalThis.scrollTo = (() => {}) as typeof scrollTo

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
