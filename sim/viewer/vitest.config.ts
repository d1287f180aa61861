import { defineConfig } from 'vitest/config';

// A test has no time of its own: a slow machine is no failure.
export default defineConfig({
  test: { include: ['test/*.test.ts'], testTimeout: 0, hookTimeout: 0, fileParallelism: false },
});
