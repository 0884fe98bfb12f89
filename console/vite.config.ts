import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

// The hub that `npm run dev` and `vite preview` ask: the address bulkhead run
// listens on, or the test server's.
const hub = process.env.BULKHEAD_HUB ?? 'http://127.0.0.1:8470'

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  build: {
    target: 'es2022',
    // Under the console's content security policy nothing may stand inline:
    // small files stay files, and no script is written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { '/api': hub } },
  test: {
    environment: 'happy-dom',
    include: ['test/unit/**/*.test.ts'],
    setupFiles: ['test/unit/setup.ts'],
  },
})
