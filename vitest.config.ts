import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/generate.ts'],
    setupFiles: ['test/relaxedSimd.ts'],
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
  },
});
