// Makes a copy of the app's memory while the app runs, and puts the keys that open it beside it: npm run backup

import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { terminalBar, workOn } from '../src/terminal.ts';
import { command } from './copies/command.ts';
import { freshFile } from './copies/copies.ts';
import { keysFileBeside, writeKeys } from './copies/keys-file.ts';
import { copyPostgresql } from './copies/postgresql.ts';
import { copySqlite } from './copies/sqlite.ts';

const USAGE = `Usage: npm run backup [-- <folder>]

  <folder>  where the copy goes (default: ./backups); it is named by the time

  The keys of the workspaces are left out of it. They stand beside it in data-keys.json, which each backup writes anew: keep the newest, and no older one.
  A workspace that left, or somebody who was erased with --backups, cannot be opened in any copy once that is done.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { help: { type: 'boolean' } },
});

if (values.help || positionals.length > 1) {
  (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else
  process.exitCode = await command(async ({ databaseUrl, dataDir }) => {
    const file = freshFile(positionals[0] ?? 'backups', databaseUrl ? 'postgresql' : 'sqlite', new Date());
    // A bar where it is known how much there is, and somebody looks.
    const bar = databaseUrl ? null : terminalBar(process.stderr, 'Copying');
    const work = workOn(process.stderr);
    if (!bar) work.now('Copying');
    const keysFile = keysFileBeside(file);
    try {
      const keys = databaseUrl
        ? await copyPostgresql(databaseUrl, file)
        : await copySqlite(dataDir, file, (done, total) => bar?.show(file, done, total));
      await writeKeys(keysFile, keys, new Date());
    } finally {
      bar?.over(file);
      work.over();
    }
    return `✓ ${file}, ${(statSync(file).size / 1_000_000).toFixed(1)} MB. Its keys: ${keysFile}, for all copies beside it; replace it wherever you keep it. Keep ENCRYPTION_KEY elsewhere: the one is worthless without the other.`;
  });
