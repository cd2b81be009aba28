// Which tests there are: `units` (rules pinned one by one), `attacks` (which `npm run check` runs), `sandbox`, `stories` (the promises, through the front door; with
// DATABASE_URL once more on that PostgreSQL server), and `browser`, which needs Chromium and is asked for by name.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where a test asks for a database. */
const tables = { globalSetup: './test/tables.ts' };
const slow = { testTimeout: 90_000, hookTimeout: 60_000, ...tables };
const stories = ['test/stories/**/*.test.ts', 'test/store/**/*.test.ts'];
/** What the embedded database does not have, such as connections to run out of. */
const onServers = ['test/store/**/*.postgresql.test.ts'];

/** A minute or more, nearly all of it spent waiting: begun last, each would be waited for alone. */
const long = [
  'what-is-erased-opens-in-no-backup',
  'what-the-hook-missed',
  'a-long-catch-up-says-how-far',
  'killed-between-keep-and-post',
  'who-may-do-what',
  'data-keys',
  'tokens-that-end',
];
const isLong = ({ moduleId }: TestSpecification) => long.some((name) => moduleId.includes(`/${name}.`));

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
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
