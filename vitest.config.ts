// Which tests there are: `units` (rules pinned one by one), `attacks` (which `npm run check` runs), `sandbox`, `stories` (the promises, through the front door; with
// DATABASE_URL once more on that PostgreSQL server), and `browser`, which needs Chromium and is asked for by name.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Where a test asks for a database. */
const tables = { globalSetup: './test/tables.ts' };
const slow = { testTimeout: 90_000, hookTimeout: 60_000, ...tables };
const stories = ['test/stories/**/*.test.ts', 'test/store/**/*.test.ts'];
/** What the embedded database does not have, such as connections to run out of. */
const onServers = ['test/store/**/*.postgresql.test.ts'];

export default defineConfig({
  test: {
    // Stories mostly wait, for leases and clocks: with three at a time two cores were half idle.
    maxWorkers: Math.max(5, availableParallelism() - 1),
    // A wait ends when what it waits for is there: long ones cost nothing, and a machine that is busy fails no test.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        test: {
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: ['test/stories/**', 'test/store/**', 'test/browser/**', 'test/sandbox/**', 'test/attacks/**'],
          testTimeout: 60_000,
          ...tables,
        },
      },
      { test: { name: 'attacks', include: ['test/attacks/**/*.test.ts'], env: { STORE: 'sqlite' }, ...slow } },
      { test: { name: 'sandbox', include: ['test/sandbox/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'stories', include: stories, exclude: onServers, env: { STORE: 'sqlite' }, ...slow } },
      ...(process.env.DATABASE_URL
        ? [{ test: { name: 'stories-postgresql', include: stories, env: { STORE: 'postgresql' }, ...slow } }]
        : []),
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 90_000, hookTimeout: 90_000 } },
    ],
  },
});
