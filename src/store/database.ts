// Opens the memory (SQLite or PostgreSQL), refuses unsafe settings, brings the tables up to date, and runs transactions.

import { type Kysely, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Refusal } from '../errors.ts';
import { type DataKeys, dataKeys, makeMissingKeys } from './data-keys.ts';
import type { Engine } from './engine.ts';
import { across, handleOn } from './handle.ts';
import { start } from './migrations/001-start.ts';
import { revisions } from './migrations/002-revisions.ts';
import { looks } from './migrations/003-looks.ts';
import { people } from './migrations/004-people.ts';
import { backfill } from './migrations/005-backfill.ts';
import { signIn } from './migrations/006-sign-in.ts';
import { channelBack } from './migrations/007-channel-back.ts';
import { standby } from './migrations/008-standby.ts';
import { fairFolding } from './migrations/009-fair-folding.ts';
import { signInScopes } from './migrations/011-sign-in-scopes.ts';
import { messages } from './migrations/012-messages.ts';
import { deeds } from './migrations/013-deeds.ts';
import { digests } from './migrations/014-digests.ts';
import { manyWorkspaces } from './migrations/015-many-workspaces.ts';
import { erased } from './migrations/016-erased.ts';
import { auditChain } from './migrations/017-audit-chain.ts';
import { managers } from './migrations/020-managers.ts';
import { groups } from './migrations/021-groups.ts';
import { hookCreator } from './migrations/022-hook-creator.ts';
import { rowSecurity } from './migrations/023-row-security.ts';
import { references } from './migrations/024-references.ts';
import { dataKeys as dataKeysTable } from './migrations/025-data-keys.ts';
import { arrivals } from './migrations/026-arrivals.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';
import { keyIdFor, keyIdOf, type Seal, sealer } from './seal.ts';
import { besideEngine, ownEngine } from './which-engine.ts';

export type Tx = Transaction<Schema>;
export type Db = Kysely<Schema>;

export interface Database {
  db: Db;
  engine: Engine;
  seal: Seal;
  /** Opens and seals with ENCRYPTION_KEY alone. */
  master: Seal;
  /** The installations' own keys, as this process knows them. */
  keys: DataKeys;
  /** Makes a key for each installation that has none, and knows them from then on; `only`: for this one. */
  makeKeys(only?: string): Promise<void>;
  /** Runs `work` in one transaction; a collision with another process is tried again. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The database's clock, UTC milliseconds. */
  now(): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseSettings {
  /** A PostgreSQL address; null for the embedded database in `folder`. */
  url: string | null;
  folder: string;
  keys: readonly Uint8Array[];
  onError?: (error: unknown) => void;
}

/** Throws a Refusal for a taken folder or unsafe settings; other failures as the driver gives them. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const onError = settings.onError ?? (() => {});
  const engine = await ownEngine(settings, onError);
  const db = handleOn(engine);
  const close = async () => {
    await db.destroy();
    engine.release();
  };
  try {
    await engine.refuseUnsafeSettings(db);
    await engine.durably(db, (on) => migrate(across(on, 'opening'), engine));
    await engine.restrain(across(db, 'opening'), 'owner');
    await refuseOtherKeys(db, settings.keys);
    await takeUpKey(db, sealer(settings.keys));
    // What did not open may, with the keys there are now.
    await across(db, 'opening').updateTable('arrivals').set({ unread: 0 }).where('unread', '=', 1).execute();
    await makeMissingKeys(across(db, 'opening'), engine, sealer(settings.keys), null);
    // The folder is ours alone, so whoever held a channel is dead: nobody needs to wait for its lease to end.
    if (engine.name === 'sqlite') await across(db, 'opening').updateTable('lane').set({ lease_until: 0 }).execute();
    return await databaseOn(engine, db, settings.keys, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Before anything is sealed with a key that is not theirs: what comes in meanwhile would be lost with it. */
async function refuseOtherKeys(db: Db, keys: readonly Uint8Array[]): Promise<void> {
  const ours = new Set(keys.map((key) => keyIdFor(key).toString('hex')));
  const tokens = await across(db, 'opening').selectFrom('installation').select('bot_token').limit(1_000).execute();
  const wrapped = await across(db, 'opening').selectFrom('data_key').select('wrapped').limit(1_000).execute();
  const theirs = [...tokens.map((row) => row.bot_token), ...wrapped.map((row) => row.wrapped)]
    .map((sealed) => keyIdOf(sealed)?.toString('hex'))
    .find((id) => id && !ours.has(id));
  if (theirs === undefined) return;
  throw new Refusal(
    `The data was sealed with another key than ENCRYPTION_KEY holds. Put the earlier key behind the present one, after a comma: ENCRYPTION_KEY=present,earlier. (Its fingerprint is ${theirs}; ENCRYPTION_KEY holds ${[...ours].join(' and ')}.)`,
    { code: 'other_key' },
  );
}

/** A new first key is taken up at once where it is seen by all: `rotate-keys` then knows that the app has it. */
async function takeUpKey(db: Db, seal: Seal): Promise<void> {
  for (const { id, bot_token } of await across(db, 'opening')
    .selectFrom('installation')
    .select(['id', 'bot_token'])
    .execute()) {
    if (keyIdOf(bot_token)?.equals(seal.keyId)) continue;
    let fresh: Buffer;
    try {
      fresh = seal.reseal(bot_token, place.botToken(id));
    } catch {
      // Damaged: its workspace needs a new one.
      continue;
    }
    await db
      .updateTable('installation')
      .set({ bot_token: fresh })
      .where('id', '=', id)
      .where('bot_token', '=', bot_token)
      .execute();
  }
}

/** While a key is being replaced no transaction may last longer; milliseconds. */
export const longestMs = 20_000;

/** Whatever has to be done before the database is used is done then. */
const use = (db: Db) => sql`select 1`.execute(db);

/** From here on every process knows each key before it may meet it. */
async function databaseOn(
  engine: Engine,
  db: Db,
  masterKeys: readonly Uint8Array[],
  close: () => Promise<void>,
): Promise<Database> {
  const master = sealer(masterKeys);
  const now = engine.now.compile(db).sql;
  const keys = dataKeys(master, now, engine.askNow);
  engine.beforeUse(keys.keepUp);
  await use(db);
  return {
    db,
    engine,
    master,
    keys,
    seal: sealer(masterKeys, keys),
    async makeKeys(only) {
      if ((await makeMissingKeys(across(db, 'rounds'), engine, master, only ?? null)) === 0) return;
      keys.expire();
      await use(db);
    },
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await engine.durably(db, (on) =>
            on.transaction().execute(async (tx) => {
              const began = { at: performance.now(), version: keys.version() };
              const done = await work(tx);
              const isChanging = keys.isReplacing() || keys.version() !== began.version;
              // What it sealed may be under a key that is gone when it is kept.
              if (performance.now() - began.at > longestMs && isChanging)
                throw new Error('a transaction took too long while a key is being replaced');
              return done;
            }),
          );
        } catch (error) {
          if (attempt >= 4 || !engine.isCollision(error)) throw error;
        }
      }
    },
    now: () => engine.readNow(db),
    close,
  };
}

/** Opens it beside an app that may be running, to read and change it; the tables stay as that app made them. Throws a Refusal where they are not ours. */
export async function openBeside(settings: DatabaseSettings): Promise<Database> {
  const engine = await besideEngine(settings);
  const db = handleOn(engine);
  const close = async () => {
    await db.destroy();
    engine.release();
  };
  try {
    const made = await migrationsIn(db);
    if (!hasAll(made, engine))
      throw new Refusal(
        made.length === 0
          ? 'This database has no tables of the app’s yet. Start the app once: npm start.'
          : 'This database belongs to another version of the app. Start this version once (npm start), or use the script of the one that runs.',
        { code: 'no_tables' },
      );
    await engine.restrain(across(db, 'opening'), 'owner');
    return await databaseOn(engine, db, settings.keys, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** The names of those that were made; none where nobody has started here. */
async function migrationsIn(db: Db): Promise<string[]> {
  const made = await db
    .selectFrom(sql<{ name: string }>`kysely_migration`.as('m'))
    .select('m.name')
    .execute()
    .catch(() => []);
  return made.map(({ name }) => name);
}

/** All of this version's, and no others. */
function hasAll(made: readonly string[], engine: Engine): boolean {
  const ours = Object.keys(migrationsFor(engine));
  return made.length === ours.length && made.every((name) => ours.includes(name));
}

/** In the order in which they are made; forward only. */
export const migrationsFor = (engine: Engine) => ({
  '001-start': start(engine),
  '002-revisions': revisions(engine),
  '003-looks': looks(engine),
  '004-people': people(engine),
  '005-backfill': backfill(engine),
  '006-sign-in': signIn(engine),
  '007-channel-back': channelBack(engine),
  '008-standby': standby(engine),
  '009-fair-folding': fairFolding(),
  '011-sign-in-scopes': signInScopes(engine),
  '012-messages': messages(),
  '013-deeds': deeds(engine),
  '014-digests': digests(engine),
  '015-many-workspaces': manyWorkspaces(engine),
  '016-erased': erased(engine),
  '017-audit-chain': auditChain(engine),
  '020-managers': managers(),
  '021-groups': groups(engine),
  '022-hook-creator': hookCreator(),
  '023-row-security': rowSecurity(engine),
  '024-references': references(engine),
  '025-data-keys': dataKeysTable(engine),
  '026-arrivals': arrivals(engine),
});

async function migrate(db: Db, engine: Engine): Promise<void> {
  // Mostly there is nothing to do. The migrator knows that only after it has described every table.
  if (hasAll(await migrationsIn(db), engine)) return;
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => migrationsFor(engine),
    },
  });
  for (let attempt = 1; ; attempt++) {
    const { error } = await migrator.migrateToLatest();
    if (!error) return;
    // Another process may hold a table that we want, and want one that we hold.
    if (attempt >= 4 || !engine.isCollision(error)) throw error;
  }
}
