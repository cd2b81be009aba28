// How scripts such as `npm run backup` begin and end: settings read, a failure said in a sentence with its cure, and an exit code that tells.

import { randomBytes } from 'node:crypto';
import { type Config, environment, readConfig } from '../../src/config.ts';
import { Refusal } from '../../src/errors.ts';
import { setupGuide, startFailure } from '../../src/setup-guide.ts';

/** `work` answers what to print, or null for nothing more. Answers the exit code. */
export async function command(work: (config: Config) => Promise<string | null>): Promise<number> {
  const read = readConfig(environment());
  if (!read.ok) {
    const encryptionKey = randomBytes(32).toString('base64');
    process.stderr.write(setupGuide(read.problems, { encryptionKey, nodeVersion: process.version }));
    return 1;
  }
  try {
    const said = await work(read.config);
    if (said !== null) process.stdout.write(`${said}\n`);
    return 0;
  } catch (error) {
    const said = error instanceof Refusal ? error.message : startFailure(error, read.config);
    // The class alone: a driver's words may quote an address with its password.
    const { name, code } = (error ?? {}) as { name?: string; code?: string };
    process.stderr.write(`✗ ${said ?? `It did not work (${code ?? name ?? 'unknown error'}).`}\n`);
    return 1;
  }
}
