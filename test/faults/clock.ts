// Lends a process a wall clock that can jump while it runs (libfaketime); its monotonic clock and all other processes stay as they are.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeClock {
  /** For the environment of the process. */
  env: Record<string, string>;
  /** The process' wall clock is off by this much from now on, milliseconds. */
  jump(offsetMs: number): void;
  remove(): void;
}

/** Where libfaketime is; null when it is not installed (Debian: `apt-get install faketime`). */
export function libfaketime(): string | null {
  for (const folder of ['/usr/lib', '/usr/local/lib', '/usr/lib64']) {
    if (!existsSync(folder)) continue;
    const folders = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
    for (const each of folders) {
      const file = join(each, 'faketime', 'libfaketimeMT.so.1');
      if (existsSync(file)) return file;
    }
  }
  return null;
}

export function fakeClock(): FakeClock {
  const library = libfaketime();
  if (!library) throw new Error('libfaketime is not installed. Install it by: apt-get install faketime');
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  const file = join(folder, 'offset');
  const jump = (offsetMs: number) => {
    const seconds = offsetMs / 1_000;
    // The process reads the file at every look at the clock: it must never see half of it.
    writeFileSync(`${file}.next`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.next`, file);
  };
  jump(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    jump,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
