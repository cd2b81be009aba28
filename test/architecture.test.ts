// Holds the rule of who may import what: the tree keeps it, and each wrong import planted in a copy of its shape is found.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** What dependency-cruiser says of a folder, by this project's rules: violations, and how many imports it read. */
async function cruise(folder: string): Promise<{ violations: Violation[]; imports: number }> {
  const command = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [command, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'];
  const { out, err } = await new Promise<{ out: string; err: string }>((resolve) => {
    execFile(
      process.execPath,
      [...args, 'src', 'sandbox', 'test', 'bench', 'scripts'],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (_error, out, err) => resolve({ out, err }),
    );
  });
  if (!out.startsWith('{')) throw new Error(err || out);
  const { summary } = JSON.parse(out) as { summary: { violations: Violation[]; totalDependenciesCruised: number } };
  return { violations: summary.violations, imports: summary.totalDependenciesCruised };
}

const planted = mkdtempSync(join(tmpdir(), 'architecture-'));
afterAll(() => rmSync(planted, { recursive: true }));

/** Each wrong import, and the rule that finds it. Types count as much as values. */
const WRONG: [from: string, to: string, rule: string, type?: 'type'][] = [
  ['src/slack/post.ts', 'src/calendly/api.ts', 'src-slack'],
  ['src/slack/commands/list.ts', 'src/store/database.ts', 'src-slack', 'type'],
  ['src/calendly/webhook.ts', 'src/slack/listen.ts', 'src-calendly'],
  ['src/store/cards.ts', 'src/slack/post.ts', 'src-store', 'type'],
  ['src/slack/listen.ts', 'src/config.ts', 'src-slack'],
  ['src/delivery/sync.ts', 'src/slack/messages/card.ts', 'src-delivery', 'type'],
  ['src/delivery/lane.ts', 'src/connection/guard.ts', 'src-delivery'],
  ['src/connection/backfill.ts', 'src/calendly/api.ts', 'src-connection'],
  ['src/connection/token.ts', 'src/app.ts', 'src-connection'],
  ['src/booking/intake.ts', 'src/delivery/card.ts', 'src-nouns'],
  ['src/subscription/filter.ts', 'src/connection/guard.ts', 'src-nouns', 'type'],
  ['src/clock.ts', 'src/booking/change.ts', 'src-words', 'type'],
  ['src/http.ts', 'src/slack/post.ts', 'src-process'],
  ['src/connection/check.ts', 'src/schedule.ts', 'src-connection'],
  ['src/config.ts', 'src/app.ts', 'src-config'],
  ['src/setup-guide.ts', 'src/log.ts', 'src-setup-guide'],
  ['src/app.ts', 'src/main.ts', 'src-app'],
  ['src/main.ts', 'src/store/database.ts', 'src-main'],
  ['src/start.js', 'src/app.ts', 'src-start'],
  ['src/utils.ts', 'src/errors.ts', 'src-no-room'],
  ['src/metrics.ts', 'sandbox/slack/server.ts', 'src-alone'],
  ['src/slack/install.ts', 'test/helper.ts', 'src-alone'],
  ['sandbox/slack/server.ts', 'src/slack/signature.ts', 'sandbox-alone'],
  ['sandbox/calendly/api.ts', 'src/booking/change.ts', 'sandbox-alone', 'type'],
  ['scripts/report.ts', 'src/store/database.ts', 'scripts-config-only'],
  ['scripts/config.ts', 'src/connection/connect.ts', 'config-only-subscriptions'],
  ['scripts/doctor.ts', 'src/app.ts', 'doctor-only-looks'],
  ['scripts/copies/sqlite.ts', 'src/store/bookings.ts', 'copies-only-copy'],
  ['scripts/copies/command.ts', 'ajv', 'no-development-packages'],
  ['src/booking/fold.ts', '@slack/types', 'core-knows-no-outside', 'type'],
  ['src/delivery/pace.ts', 'undici', 'core-knows-no-outside'],
  ['src/subscription/words.ts', 'node:fs', 'core-knows-no-outside'],
  ['src/slack/views/home.ts', 'vitest', 'no-development-packages'],
  ['src/store/which-engine.ts', 'src/store/postgres-engine.ts', 'server-driver-only-with-a-server'],
  ['src/store/audit-export.ts', 'pg', 'server-driver-only-with-a-server'],
  ['src/slack/a.ts', 'src/slack/b.ts', 'no-cycles'],
  ['src/slack/views/modal.ts', 'src/slack/views/gone.ts', 'resolvable'],
];

/** What the rule allows: none of these may be found. */
const RIGHT: [from: string, to: string][] = [
  ['src/main.ts', 'src/setup-guide.ts'],
  ['src/start.js', 'src/main.ts'],
  ['src/app.ts', 'src/store/database.ts'],
  ['src/app.ts', 'src/http.ts'],
  ['src/schedule.ts', 'src/log.ts'],
  ['src/slack/why.ts', 'src/delivery/card.ts'],
  ['src/store/bookings.ts', 'src/connection/guard.ts'],
  ['src/delivery/retry.ts', 'src/subscription/filter.ts'],
  ['src/booking/booking.ts', 'src/errors.ts'],
  ['scripts/report.ts', 'src/config.ts'],
  ['scripts/config.ts', 'src/store/config.ts'],
  ['scripts/doctor.ts', 'src/store/check-up.ts'],
  ['scripts/copies/sqlite.ts', 'src/store/engine.ts'],
  ['test/story.test.ts', 'src/delivery/card.ts'],
  ['bench/hooks.ts', 'sandbox/calendly/api.ts'],
];

/** Closes a circle with the wrong import of the same files. A circle is told once. */
const CIRCLE: typeof WRONG = [['src/slack/b.ts', 'src/slack/a.ts', 'no-cycles', 'type']];

test('the tree keeps the rule', async () => {
  const { violations, imports } = await cruise(root);
  expect(violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  // A tool that reads nothing finds nothing wrong.
  expect(imports).toBeGreaterThan(100);
}, 60_000);

/** Writes the files of a tree that has these imports and nothing else. */
function plant(imports: readonly (readonly [from: string, to: string, rule?: string, type?: 'type'])[]): void {
  const files = new Map<string, string[]>();
  const lines = (path: string): string[] => files.getOrInsert(path, []);
  for (const [from, to, , type] of imports) {
    const isOurs = /^(src|sandbox|test|bench|scripts)\//.test(to);
    const specifier = isOurs ? relative(dirname(from), to).replace(/^(?!\.)/, './') : to;
    lines(from).push(type ? `import type * as X from '${specifier}';` : `import '${specifier}';`);
    if (isOurs && !to.endsWith('gone.ts')) lines(to);
  }
  for (const [path, text] of files) {
    mkdirSync(join(planted, dirname(path)), { recursive: true });
    writeFileSync(join(planted, path), `${text.join('\n')}\nexport const here = <T,>(it: T) => it satisfies T;\n`);
  }
  for (const name of ['node_modules', 'package.json']) symlinkSync(join(root, name), join(planted, name));
}

test('every wrong import is found, by its own rule, and no right one', async () => {
  plant([...WRONG, ...RIGHT, ...CIRCLE]);
  const { violations } = await cruise(planted);
  const found = violations.map(({ from, rule }) => `${rule.name}: ${from}`);
  expect(found.toSorted()).toEqual(WRONG.map(([from, , rule]) => `${rule}: ${from}`).toSorted());
}, 60_000);
