// Plants a fault: a copy of src in a folder of its own with a piece of text replaced, run in place of src. Fails loudly where the text is not found.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Patch {
  /** Within src. */
  file: string;
  /** Exactly once in the file. */
  find: string;
  replace: string;
}

export interface Control {
  /** The goal that must turn red. */
  goal: string;
  /** What is wrong with this copy, such as "answers before the commit". */
  name: string;
  patches: Patch[];
  /** Shows only on a quiet machine. */
  alone?: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
export const realSrc = join(root, 'src');

/** Copies `from`, a src folder; answers the copy's src, and how to remove it. */
export function plant(patches: readonly Patch[], from: string = realSrc): { srcDir: string; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), 'faults-src-'));
  const srcDir = join(home, 'src');
  cpSync(from, srcDir, { recursive: true });
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  for (const { file, find, replace } of patches) {
    const path = join(srcDir, file);
    const text = readFileSync(path, 'utf8');
    const times = text.split(find).length - 1;
    if (times !== 1) throw new Error(`the text to replace stands ${times} times in src/${file}: ${find}`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  return { srcDir, remove: () => rmSync(home, { recursive: true, force: true }) };
}
