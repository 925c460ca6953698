/** The suites that ask the real SDKs. One after the other: each has a world of its own, but the machine is small. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/conformance/**/*.conformance.ts'],
    globalSetup: ['test/support/build-once.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
    allowOnly: false,
  },
})
