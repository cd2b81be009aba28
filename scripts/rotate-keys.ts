// Seals everything anew with the first key of ENCRYPTION_KEY, while the app runs: npm run rotate-keys

import { parseArgs } from 'node:util';
import { Refusal } from '../src/errors.ts';
import { openBeside } from '../src/store/database.ts';
import { rotate } from '../src/store/rotate.ts';
import { terminalBar } from '../src/terminal.ts';
import { command } from './copies/command.ts';

const USAGE = `Usage: npm run rotate-keys

  1. Put a new key (openssl rand -base64 32) before the present one: ENCRYPTION_KEY=new,old
     Where several processes run, first restart each with old,new, so that all can read what the others write.
  2. Restart the app, and run this. It may be stopped and run again.
  3. When it says so, take the old key away, and restart the app.`;

const words = 'Sealing anew';

/** A line for each tenth of it, where nobody watches a bar. */
function lines(): (done: number, total: number) => void {
  let said = 0;
  return (done, total) => {
    const tenth = total === 0 ? 0 : Math.floor((done / total) * 10);
    if (tenth <= said) return;
    said = tenth;
    process.stderr.write(`${words}: ${done} of ${total}\n`);
  };
}

const { values } = parseArgs({ strict: false, options: { help: { type: 'boolean' } } });

if (values.help) process.stdout.write(`${USAGE}\n`);
else
  process.exitCode = await command(async ({ databaseUrl, dataDir, encryptionKeys }) => {
    const database = await openBeside({ url: databaseUrl, folder: dataDir, keys: encryptionKeys });
    try {
      const bar = terminalBar(process.stderr, words);
      const { done, closed, behind } = await rotate(database, bar ? (n, total) => bar.show(words, n, total) : lines());
      bar?.over(words);
      if (closed.size > 0) {
        const which = [...closed].map(([what, n]) => `${n} × ${what}`).join(', ');
        throw new Refusal(
          `${done} sealed anew, but no key opens these: ${which}. Put the key they were sealed with behind the others in ENCRYPTION_KEY, and run this again; or leave them, they are lost.`,
          { code: 'closed' },
        );
      }
      if (behind > 0)
        throw new Refusal(
          `${done} sealed anew, and ${behind} meanwhile with an earlier key: the app still seals with it. Restart every process with the new key first in ENCRYPTION_KEY, and run this again.`,
          { code: 'behind' },
        );
      const rest =
        encryptionKeys.length > 1 ? ' Take the other keys out of ENCRYPTION_KEY now, and restart the app.' : '';
      return `✓ ${done === 0 ? 'Everything is sealed with the first key already.' : `${done} sealed anew: everything is sealed with the first key.`}${rest}`;
    } finally {
      await database.close();
    }
  });
