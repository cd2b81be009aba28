// Puts a copy made by `npm run backup` into an empty folder or database, while no app runs there: npm run restore -- <file>

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Refusal } from '../src/errors.ts';
import { workOn } from '../src/terminal.ts';
import { command } from './copies/command.ts';
import { kindOf } from './copies/copies.ts';
import { type KeyRow, keysFileBeside, readKeys } from './copies/keys-file.ts';
import { closedIn } from './copies/opened.ts';
import { dumpNeedsKeys, restorePostgresql } from './copies/postgresql.ts';
import { restoreSqlite, sqliteNeedsKeys } from './copies/sqlite.ts';

const USAGE = `Usage: npm run restore -- <file> [--keys <file>] [--without-keys]

  <file>          made by npm run backup; it goes to DATABASE_URL or DATA_DIR, which must be empty
  --keys <file>   the keys of the workspaces, where they are not in data-keys.json beside it
  --without-keys  restore accounts, webhooks and subscriptions, and nothing of whoever booked`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { keys: { type: 'string' }, 'without-keys': { type: 'boolean' }, help: { type: 'boolean' } },
});
const [file] = positionals;

/** The keys a copy needs; null for one from before there were any. Throws a Refusal where they are missing. */
async function keysFor(copy: string, kind: 'sqlite' | 'postgresql'): Promise<KeyRow[] | null> {
  const needs = kind === 'sqlite' ? sqliteNeedsKeys(copy) : await dumpNeedsKeys(copy);
  if (!needs) return null;
  if (values['without-keys']) return [];
  const path = typeof values.keys === 'string' ? values.keys : keysFileBeside(copy);
  if (existsSync(path)) return readKeys(path).keys;
  throw new Refusal(
    `There is no file ${path}, and without the keys in it nothing opens that was said of or by whoever booked. npm run backup writes it beside the copies: put it there, or name it with --keys. With --without-keys accounts, webhooks and subscriptions come back alone.`,
    { code: 'no_keys' },
  );
}

if (values.help || !file || positionals.length > 1) {
  (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else
  process.exitCode = await command(async ({ databaseUrl, dataDir, encryptionKeys }) => {
    const kind = kindOf(file);
    if (kind === 'sqlite' && databaseUrl)
      throw new Refusal(`${file} is a copy of the embedded database. Unset DATABASE_URL to use it.`, { code: 'kind' });
    if (kind === 'postgresql' && !databaseUrl)
      throw new Refusal(`${file} is a copy of a PostgreSQL database. Set DATABASE_URL to an empty one.`, {
        code: 'kind',
      });
    const keys = await keysFor(file, kind);
    const work = workOn(process.stderr);
    work.now('Restoring');
    try {
      if (databaseUrl) await restorePostgresql(file, databaseUrl, keys ?? []);
      else await restoreSqlite(file, dataDir, keys ?? []);
    } finally {
      work.over();
    }
    const closed = keys && (await closedIn({ url: databaseUrl, folder: dataDir, keys: encryptionKeys }));
    return [
      '✓ Restored. Start the app with the ENCRYPTION_KEY of that time, then see that npm run doctor is content. Whoever was erased since, without --backups, is in it again: npm run erase -- <address>.',
      ...(closed ?? []),
    ].join('\n');
  });
