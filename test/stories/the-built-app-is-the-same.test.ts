// `npm run build` and then `npm start`: the app from a few files, with no package beside them; and never an old build in the place of new sources.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processWorld, runMain } from './process.ts';
import { follow } from './view.ts';
import { connect } from './world.ts';

const ours = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
let folder: string;
const there = (path: string) => join(folder, path);
/** The sources of this folder: they only say that it was they who were started. */
const sources = "console.log('from the sources');";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'built-'));
  mkdirSync(there('src'));
  for (const file of ['package.json', 'package-lock.json', 'src/start.js']) copyFileSync(ours(file), there(file));
  writeFileSync(there('src/main.ts'), sources);
  execFileSync(process.execPath, [ours('scripts/build.ts'), '--to', there('dist')], { stdio: 'pipe' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes a booking from Calendly to its channel, and ends as it should', { timeout: 60_000 }, async () => {
  const w = await processWorld();
  const app = await w.start({}, { main: there('src/start.js') });
  await connect(w);
  const sales = await follow(w);
  w.calendly.book({ name: 'Ada Lovelace' });
  await sales.shows('Ada Lovelace');
  app.child.kill('SIGTERM');
  expect(await app.ended).toEqual({ code: 0, signal: null });
  expect([app.stdout().includes('from the sources'), app.stderr()]).toEqual([false, '']);
});

it('is passed over once a source is newer than the build', async () => {
  const later = new Date(Date.now() + 60_000);
  utimesSync(there('src/main.ts'), later, later);
  const app = runMain({}, [], there('src/start.js'));
  await app.ended;
  expect(app.stdout()).toBe('from the sources\n');
});
