// Starts the app: what was built (npm run build) where it is newer than the sources, else the sources, with what Node compiled last time.
//
// The one file in JavaScript: it must be read before the compiler that strips types is needed. Loading that would cost 20 MB for as long as the app runs.

import { readdirSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

enableCompileCache();

const built = new URL('../dist/main.js', import.meta.url);
await import(isFresh() ? built.href : './main.ts');

/** A build that is older than what it was made from would be another app than the one that stands here. */
function isFresh() {
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  if (builtAt === undefined) return false;
  const here = new URL('.', import.meta.url);
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' }).map((name) => new URL(name, here));
  // A folder is as new as the last file that came or went.
  return [here, ...sources, new URL('../package-lock.json', here)].every(
    (source) => (statSync(source, { throwIfNoEntry: false })?.mtimeMs ?? 0) < builtAt,
  );
}
