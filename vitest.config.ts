import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/**/*.test.ts',
      'console/**/*.test.ts',
      'dashboard-plugin/**/*.test.ts',
    ],
    // None of these says how fast anything is: they end what hangs, and a starved machine is twenty times slower than an idle one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
})
