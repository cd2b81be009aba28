// Asks `npm run doctor` about a world, beside its running processes.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FaultWorld } from './harness.ts';

const script = fileURLToPath(new URL('../../scripts/doctor.ts', import.meta.url));

/** All it says. */
export function doctor(world: FaultWorld): Promise<string> {
  const env = { PATH: process.env.PATH ?? '', ...world.env };
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env, cwd: world.memory.folder }, (_error, out, err) => resolve(out + err));
  });
}
