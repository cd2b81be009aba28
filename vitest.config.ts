// Which tests there are: `units` (rules pinned one by one), `sandbox`, `stories` (the promises, through the front door; with
// DATABASE_URL once more on that PostgreSQL server), and `browser`, which needs Chromium and is asked for by name.
import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 30_000, hookTimeout: 30_000 };
const stories = ['test/stories/**/*.test.ts', 'test/store/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: ['test/stories/**', 'test/store/**', 'test/browser/**', 'test/sandbox/**'],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'sandbox', include: ['test/sandbox/**/*.test.ts'], testTimeout: 20_000 } },
      { test: { name: 'stories', include: stories, env: { STORE: 'sqlite' }, ...slow } },
      ...(process.env.DATABASE_URL
        ? [{ test: { name: 'stories-postgresql', include: stories, env: { STORE: 'postgresql' }, ...slow } }]
        : []),
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 90_000, hookTimeout: 90_000 } },
    ],
  },
});
