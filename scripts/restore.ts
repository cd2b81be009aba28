// Puts a copy made by `npm run backup` into an empty folder or database, while no app runs there: npm run restore -- <file>

import { parseArgs } from 'node:util';
import { Refusal } from '../src/errors.ts';
import { workOn } from '../src/terminal.ts';
import { command } from './copies/command.ts';
import { kindOf } from './copies/copies.ts';
import { restorePostgresql } from './copies/postgresql.ts';
import { restoreSqlite } from './copies/sqlite.ts';

const USAGE = `Usage: npm run restore -- <file>

  <file>  made by npm run backup; it goes to DATABASE_URL or DATA_DIR, which must be empty`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { help: { type: 'boolean' } },
});
const [file] = positionals;

if (values.help || !file || positionals.length > 1) {
  (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else
  process.exitCode = await command(async ({ databaseUrl, dataDir }) => {
    const kind = kindOf(file);
    if (kind === 'sqlite' && databaseUrl)
      throw new Refusal(`${file} is a copy of the embedded database. Unset DATABASE_URL to use it.`, { code: 'kind' });
    if (kind === 'postgresql' && !databaseUrl)
      throw new Refusal(`${file} is a copy of a PostgreSQL database. Set DATABASE_URL to an empty one.`, {
        code: 'kind',
      });
    const work = workOn(process.stderr);
    work.now('Restoring');
    try {
      if (databaseUrl) await restorePostgresql(file, databaseUrl);
      else await restoreSqlite(file, dataDir);
    } finally {
      work.over();
    }
    return '✓ Restored. Start the app with the ENCRYPTION_KEY of that time, then see that npm run doctor is content. Whoever was erased since is in it again: npm run erase -- <address>.';
  });
