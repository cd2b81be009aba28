// The keys that copies of the database leave out: one file beside the copies, always the newest, so that what was destroyed since opens in none of them.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from '../../src/errors.ts';
import { whole } from './copies.ts';

const fileName = 'data-keys.json';
const format = 1;

/** As the table `data_key` has them; still sealed with ENCRYPTION_KEY. */
export interface KeyRow {
  installation_id: string;
  /** Slack's id of the workspace. */
  team_id: string;
  generation: number;
  key_id: Uint8Array;
  wrapped: Uint8Array;
  usable_at: number;
  created_at: number;
}

export const keysColumns = ['installation_id', 'generation', 'key_id', 'wrapped', 'usable_at', 'created_at'] as const;
/** Answers `KeyRow`s, on both engines. */
export const keysQuery = `select ${keysColumns.map((name) => `k.${name}`).join(', ')}, i.team_id
  from data_key k join installation i on i.id = k.installation_id order by k.installation_id, k.generation`;

/** The file in a folder of copies. */
export const keysFileIn = (folder: string): string => join(folder, fileName);
/** The file that belongs to a copy. */
export const keysFileBeside = (copy: string): string => keysFileIn(dirname(copy));

/** Puts these in the place of those that were there, whole or not at all. Throws a Refusal where those belong to another app. */
export async function writeKeys(path: string, keys: readonly KeyRow[], now: Date): Promise<void> {
  refuseOthers(path, keys);
  const text = JSON.stringify(
    {
      what: 'Keys of workspaces, sealed with ENCRYPTION_KEY. Copies beside this file open with these keys alone: keep the newest, and no older one.',
      format,
      at: now.toISOString(),
      keys: keys.map(({ key_id, wrapped, ...rest }) => ({
        ...rest,
        key_id: Buffer.from(key_id).toString('base64'),
        wrapped: Buffer.from(wrapped).toString('base64'),
      })),
    },
    null,
    1,
  );
  await whole(path, async (unfinished) => writeFileSync(unfinished, `${text}\n`));
}

/** Copies of two apps in one folder would each lose the keys of the other. */
function refuseOthers(path: string, keys: readonly KeyRow[]): void {
  if (!existsSync(path)) return;
  const before = readKeys(path).keys.map((key) => key.installation_id);
  const ours = new Set(keys.map((key) => key.installation_id));
  if (before.length === 0 || keys.length === 0 || before.some((id) => ours.has(id))) return;
  throw new Refusal(
    `${path} holds the keys of other workspaces: copies of another app are here. Name another folder. If all of those workspaces are gone, delete that file and run this again.`,
    { code: 'other_keys' },
  );
}

/** `at`: when it was written, ISO 8601. Throws a Refusal for anything else than such a file. */
export function readKeys(path: string): { at: string; keys: KeyRow[] } {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as { format: number; at: string; keys: KeyInFile[] };
    if (read.format !== format) throw new Error('another format');
    return {
      at: read.at,
      keys: read.keys.map((key) => ({
        ...key,
        key_id: Buffer.from(key.key_id, 'base64'),
        wrapped: Buffer.from(key.wrapped, 'base64'),
      })),
    };
  } catch (cause) {
    throw new Refusal(`${path} is no file of keys made by npm run backup. Take the one from a copy of this folder.`, {
      code: 'no_keys',
      cause,
    });
  }
}

type KeyInFile = Omit<KeyRow, 'key_id' | 'wrapped'> & { key_id: string; wrapped: string };
