// The installations' own keys, as this process knows them: 32 bytes each in memory, read from the table `data_key` at the start, and again before rows are
// touched once that is five seconds ago. Whoever destroys one closes what it sealed, wherever a copy of that may be; copies of the database leave them out.
//
// A new key is used from its `usable_at` on, ten seconds after it was made, by the database's clock: by then every process that touches rows has read it. Until
// there is one that may be used, and where this process could not read them lately, ENCRYPTION_KEY seals, which everybody opens.

import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Ask, Engine } from './engine.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';
import { keyIdFor, type NamedKey, type OwnKeys, type Seal, sealer } from './seal.ts';

type Db = Kysely<Schema>;

/** Read again before rows are touched when it was this long ago; milliseconds. */
const freshMs = 5_000;
/** A new key is used this long after it was made: longer than anybody goes without reading. */
export const usableAfterMs = 10_000;
/**
 * With keys it read longer ago than this no process seals: it was suspended, or the database was away. Less than the time above: nobody seals with a key that
 * another process has replaced.
 */
const staleMs = 9_500;

interface DataKey extends NamedKey {
  generation: number;
  /** By the database's clock, UTC milliseconds. */
  usableAt: number;
  /** It stays so, whichever way a clock is set. */
  isUsable: boolean;
}

export interface DataKeys extends OwnKeys {
  /** To be called before rows are touched: reads what is new, where it is time for that. */
  keepUp(ask: Ask): Promise<void> | undefined;
  /** Reads what is new at the next use, however short ago the last time was. */
  expire(): void;
  /** Some installation has more than one: one is being replaced. */
  isReplacing(): boolean;
  /** Grows with every change to them that this process learns of. */
  version(): number;
}

interface Row {
  installation_id: string;
  generation: number;
  key_id: Uint8Array;
  wrapped: Uint8Array;
  usable_at: number;
}

/** `master` opens what wraps them; `now`: the database's clock, as text; `askNow`: see engine.ts. */
export function dataKeys(master: Seal, now: string, askNow: ((text: string) => unknown[]) | null): DataKeys {
  let known = new Map<string, DataKey[]>();
  let mark = '';
  let readAt = Number.NEGATIVE_INFINITY;
  /** The database's clock when `performance.now()` was 0. */
  let epoch = 0;
  let isReplacing = false;
  let version = 0;
  let reading: Promise<void> | null = null;
  // Any change to the table changes one of these.
  const markText = `select count(*) as n, max(created_at) as newest, sum(generation) as generations, sum(usable_at % 1000003) as moments, ${now} as now from data_key`;
  const rowsText =
    'select installation_id, generation, key_id, wrapped, usable_at from data_key order by installation_id, generation';

  function opened({ installation_id, generation, key_id, wrapped, usable_at }: Row): DataKey | null {
    const before = known.get(installation_id)?.find((each) => each.generation === generation && each.id.equals(key_id));
    if (before) {
      before.usableAt = usable_at;
      return before;
    }
    try {
      const key = Buffer.from(master.open(wrapped, place.dataKey(installation_id, generation)), 'base64');
      return { key, id: keyIdFor(key), generation, usableAt: usable_at, isUsable: false };
    } catch {
      // Damaged: what it sealed stays closed, as with one that is gone.
      return null;
    }
  }

  function take(rows: Row[]): void {
    const found = new Map<string, DataKey[]>();
    for (const row of rows) {
      const key = opened(row);
      if (key) found.getOrInsertComputed(row.installation_id, () => []).push(key);
    }
    known = found;
    version += 1;
    isReplacing = [...found.values()].some((keys) => keys.length > 1);
  }

  const markOf = ({ n, newest, generations, moments }: Record<string, unknown>) =>
    [n, newest, generations, moments].join(' ');

  function done(counts: Record<string, unknown>, at: number): void {
    mark = markOf(counts);
    epoch = Number(counts.now) - at;
    readAt = at;
  }

  async function read(ask: Ask): Promise<void> {
    const at = performance.now();
    const counts = (await ask(markText))[0]!;
    if (markOf(counts) !== mark) take((await ask(rowsText)) as unknown as Row[]);
    done(counts, at);
  }

  function readNow(ask: (text: string) => unknown[]): void {
    const at = performance.now();
    const counts = ask(markText)[0] as Record<string, unknown>;
    if (markOf(counts) !== mark) take(ask(rowsText) as Row[]);
    done(counts, at);
  }

  const find = (installationId: string, id: number): Uint8Array | null => {
    for (const each of known.get(installationId) ?? []) if (each.id.readUInt32BE() === id) return each.key;
    return null;
  };

  return {
    sealing(installationId) {
      const keys = known.get(installationId);
      if (!keys) return null;
      const at = performance.now();
      if (at - readAt > staleMs) {
        if (!askNow) return null;
        readNow(askNow);
        return this.sealing(installationId);
      }
      for (let i = keys.length - 1; i >= 0; i--) {
        const key = keys[i]!;
        key.isUsable ||= key.usableAt <= at + epoch;
        if (key.isUsable) return key;
      }
      return null;
    },
    opening(installationId, id) {
      const key = find(installationId, id);
      if (key || !askNow) return key;
      // Another process may have made it since.
      readNow(askNow);
      return find(installationId, id);
    },
    keepUp(ask) {
      if (performance.now() - readAt < freshMs) return undefined;
      reading ??= read(ask).finally(() => {
        reading = null;
      });
      return reading;
    },
    expire() {
      readAt = Number.NEGATIVE_INFINITY;
    },
    isReplacing: () => isReplacing,
    version: () => version,
  };
}

/** A new key, as a row of the table; the caller has seen that there is none of this generation. */
export function newKeyRow(master: Seal, installationId: string, generation: number) {
  const key = randomBytes(32);
  return {
    installation_id: installationId,
    generation,
    key_id: keyIdFor(key),
    wrapped: master.close(key.toString('base64'), place.dataKey(installationId, generation)),
    settled_at: null,
    whole_since: null,
  };
}

/**
 * Makes a key for each installation that has none: for one, or for all. `isAlone`: no other process has to learn of it first, so that it may be used at once.
 */
export async function makeMissingKeys(
  on: Db,
  { now, isAlone }: Pick<Engine, 'now' | 'isAlone'>,
  master: Seal,
  only: string | null,
): Promise<number> {
  const without = await sql<{ id: string }>`select i.id from installation i where i.state <> 'gone'
    and not exists (select 1 from data_key k where k.installation_id = i.id)
    ${only === null ? sql`` : sql`and i.id = ${only}`} order by i.id`.execute(on);
  for (let from = 0; from < without.rows.length; from += 100)
    await on
      .insertInto('data_key')
      .values(
        without.rows.slice(from, from + 100).map(({ id }) => ({
          ...newKeyRow(master, id, 1),
          usable_at: isAlone ? now : sql<number>`${now} + ${sql.lit(usableAfterMs)}`,
          created_at: now,
        })),
      )
      // Another process may have been quicker.
      .onConflict((conflict) => conflict.columns(['installation_id', 'generation']).doNothing())
      .execute();
  return without.rows.length;
}

/** A seal for whoever only looks: with the keys as they stand where `on` sees them. */
export async function readingSeal(
  on: Db,
  { now }: Pick<Engine, 'now'>,
  masterKeys: readonly Uint8Array[],
): Promise<Seal> {
  const keys = dataKeys(sealer(masterKeys), now.compile(on).sql, null);
  await keys.keepUp(async (text) => (await sql.raw<Record<string, unknown>>(text).execute(on)).rows);
  return sealer(masterKeys, keys);
}
