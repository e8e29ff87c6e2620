import { defineConfig } from 'vitest/config'

const skipped = (process.env.SKIP ?? '').split(',')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...skipped.filter(Boolean).map((suite) => `test/**/*.${suite.trim()}.test.ts`),
      ...(skipped.includes('redis') ? ['test/**/redis*.test.ts'] : []),
    ],
    // One core would be left idle otherwise: on two, half of them, and the whole takes 13 minutes and not 8.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
