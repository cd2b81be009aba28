// The file of keys beside the copies: always whole, always the newest, and never another app's.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type KeyRow, keysFileBeside, keysFileIn, readKeys, writeKeys } from '../../scripts/copies/keys-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
const path = keysFileIn(folder);
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = (installation: string, generation = 1): KeyRow => ({
  installation_id: installation,
  team_id: `T${installation}`,
  generation,
  key_id: Buffer.from('1234'),
  wrapped: Buffer.from(`wrapped ${installation} ${generation}`),
  usable_at: 1,
  created_at: 2,
});

it('is replaced as a whole, for this user alone, and what was destroyed is in it no more', async () => {
  mkdirSync(folder, { recursive: true });
  await writeKeys(path, [keyOf('a'), keyOf('b')], new Date(0));
  expect(keysFileBeside(join(folder, 'copy.db'))).toBe(path);
  expect(readKeys(path)).toEqual({ at: '1970-01-01T00:00:00.000Z', keys: [keyOf('a'), keyOf('b')] });
  const before = statSync(path).ino;
  await writeKeys(path, [keyOf('b', 2)], new Date(1));
  expect(readKeys(path).keys).toEqual([keyOf('b', 2)]);
  // Another file under its name: whoever reads meanwhile has the one or the other.
  expect(statSync(path).ino).not.toBe(before);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).not.toContain(Buffer.from(keyOf('a').wrapped).toString('base64'));
  expect(readdirSync(folder)).toEqual(['data-keys.json']);
});

it('stays as it was where the new one cannot be written', async () => {
  mkdirSync(folder, { recursive: true });
  await writeKeys(path, [keyOf('a')], new Date(0));
  mkdirSync(`${path}.unfinished`);
  await expect(writeKeys(path, [keyOf('a', 2)], new Date(1))).rejects.toThrow();
  expect(readKeys(path).keys).toEqual([keyOf('a')]);
});

it('of another app is not overwritten; nothing else is taken for one', async () => {
  mkdirSync(folder, { recursive: true });
  await writeKeys(path, [keyOf('a')], new Date(0));
  await expect(writeKeys(path, [keyOf('x')], new Date(1))).rejects.toThrow(
    /keys of other workspaces.*Name another folder/,
  );
  expect(readKeys(path).keys).toEqual([keyOf('a')]);
  for (const text of ['', '[]', '{"format":2,"keys":[]}', 'null']) {
    writeFileSync(path, text);
    expect(() => readKeys(path)).toThrow(/is no file of keys made by npm run backup/);
  }
});
