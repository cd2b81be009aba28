// What whoever runs the app types on its machine, each as a process of its own; and a disk that is lost.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Storage } from '../storage.ts';
import { inDatabase } from './view.ts';

const folderOf = fileURLToPath(new URL('../../scripts/', import.meta.url));

/** Runs a script with this environment and nothing else. `killAt`: killed without mercy once it says this. */
export async function script(
  name: 'backup' | 'restore' | 'doctor' | 'erase' | 'rotate-keys',
  env: Record<string, string>,
  words: string[] = [],
  killAt?: string,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(folderOf, `${name}.ts`), ...words], {
    cwd: env.DATA_DIR && statSync(env.DATA_DIR, { throwIfNoEntry: false }) ? env.DATA_DIR : '/',
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (killAt && said.includes(killAt)) child.kill('SIGKILL');
    });
  const [code] = await once(child, 'close');
  return { code, said };
}

/** The disk is gone, and an empty one is in its place; what stands in its folder `copies` was kept elsewhere. */
export async function lose(storage: Storage): Promise<void> {
  for (const name of readdirSync(storage.folder))
    if (name !== 'copies') rmSync(join(storage.folder, name), { recursive: true });
  if (!storage.url) return;
  const name = new URL(storage.url).pathname.slice(1);
  const server = { ...storage, url: new URL('/postgres', storage.url).href };
  await inDatabase(server, `drop database ${name} with (force)`);
  await inDatabase(server, `create database ${name}`);
}
