// Subscriptions by a file, beside an app that may be running: read as they are, and changed all at once or not at all.

import { Refusal } from '../errors.ts';
import {
  type ConfigAccount,
  type ConfigFile,
  type ConfigProblem,
  configOf,
  type Difference,
  difference,
  readConfigFile,
  type WantedSubscription,
} from '../subscription/config.ts';
import type { Deed } from '../subscription/deed.ts';
import { languageIn } from '../subscription/options.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { textsFor } from '../texts/index.ts';
import { type Database, type DatabaseSettings, type Db, openBeside, type Tx } from './database.ts';
import { across } from './handle.ts';
import { addNotice } from './notices.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';
import { type Seal, SealError } from './seal.ts';
import { toSubscription } from './subscription-rows.ts';
import { addIn, removeIn, updateIn } from './subscriptions.ts';

export interface ConfigOptions {
  /** Slack's id of the workspace; needed only where there are several. */
  workspace: string | null;
  /** What is not in the file goes. */
  prune: boolean;
  /** The slash command's name, for what channels are told. */
  command: string;
  newId: () => string;
}

export type Read =
  | { ok: true; workspace: string; difference: Difference; accounts: ConfigAccount[] }
  | { ok: false; problems: ConfigProblem[] };

export interface ConfigStore {
  exported(): Promise<ConfigFile>;
  /** What a file would change; nothing is changed. */
  compare(file: unknown): Promise<Read>;
  /** Changes it, unless something in the file is wrong. What was not pruned stays. */
  apply(file: unknown): Promise<Read>;
  /** The app's own, in that workspace: to enter the channels that hear of something for the first time. */
  botToken(): Promise<string>;
  close(): Promise<void>;
}

/** Throws a Refusal where there is no database of this version, or no such workspace. */
export async function openConfig(settings: DatabaseSettings, options: ConfigOptions): Promise<ConfigStore> {
  const database = await openBeside(settings);
  const { db } = database;

  async function team(): Promise<Pick<Schema['installation'], 'id' | 'team_id' | 'bot_token'>> {
    const all = await across(db, 'operator')
      .selectFrom('installation')
      .select(['id', 'team_id', 'bot_token'])
      .orderBy('created_at')
      .execute();
    const found = options.workspace === null ? all : all.filter((each) => each.team_id === options.workspace);
    if (found.length === 1) return found[0]!;
    const known = all.map((each) => each.team_id).join(', ');
    throw new Refusal(
      all.length === 0
        ? 'The app is in no workspace yet. Install it, and start it once.'
        : found.length === 0
          ? `The app is not in the workspace ${options.workspace}. It is in: ${known}.`
          : `The app is in several workspaces. Name one with --workspace: ${known}.`,
      { code: 'no_workspace' },
    );
  }

  async function read(
    on: Db,
    file: unknown,
    { id, team_id: workspace }: Awaited<ReturnType<typeof team>>,
  ): Promise<Read> {
    const accounts = await accountsOf(on, database, id);
    const wanted = readConfigFile(file, { workspace, accounts });
    if (!wanted.ok) return wanted;
    return { ok: true, workspace, accounts, difference: difference(await subscriptionsOf(on, id), wanted.wanted) };
  }

  return {
    async exported() {
      const { id, team_id: workspace } = await team();
      return configOf(workspace, await subscriptionsOf(db, id), await accountsOf(db, database, id));
    },
    compare: async (file) => read(db, file, await team()),
    async apply(file) {
      const where = await team();
      return await database.transaction(async (tx) => {
        // Whoever changes subscriptions waits for us, and we for them.
        await database.engine.lockInstallation(tx, where.id);
        const found = await read(tx, file, where);
        if (found.ok) await write(tx, database, where.id, found.difference, options);
        return found;
      });
    },
    async botToken() {
      const { id, bot_token } = await team();
      return database.seal.open(bot_token, place.botToken(id));
    },
    close: database.close,
  };
}

async function subscriptionsOf(on: Db, installationId: string): Promise<Subscription[]> {
  const rows = await on
    .selectFrom('subscription')
    .selectAll()
    .where('installation_id', '=', installationId)
    .orderBy('channel_id')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toSubscription);
}

/** Null as well where its key did not come with a backup. */
function emailIn(seal: Seal, sealed: Uint8Array | null, where: string): string | null {
  try {
    return sealed && seal.open(sealed, where);
  } catch (error) {
    if (error instanceof SealError && error.isUnknownKey) return null;
    throw error;
  }
}

async function accountsOf(on: Db, { seal }: Database, installationId: string): Promise<ConfigAccount[]> {
  const rows = await on
    .selectFrom('connection')
    .select(['id', 'user_uri', 'user_email', 'label', 'connected_by'])
    .where('installation_id', '=', installationId)
    .orderBy('created_at')
    .execute();
  const forms = await on
    .selectFrom('hook')
    .select('connection_id')
    .where('installation_id', '=', installationId)
    .where('family', '=', 'routing')
    .where('retired_at', 'is', null)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    userUri: row.user_uri,
    email: emailIn(seal, row.user_email, place.userEmail(installationId, row.id)),
    label: row.label,
    connectedBy: row.connected_by,
    hearsForms: forms.some((hook) => hook.connection_id === row.id),
  }));
}

async function write(
  tx: Tx,
  database: Database,
  installationId: string,
  { add, change, remove }: Difference,
  { prune, command, newId }: ConfigOptions,
): Promise<void> {
  const id = newId();
  const deed = (what: Deed['what']): Deed => ({ id, who: null, what });
  const gone = prune ? remove : [];
  for (const each of gone) await removeIn(tx, database, each, deed('unsubscribe'));
  for (const { before, after } of change) {
    const { kinds, filter, options, madeBy } = after;
    await updateIn(tx, database, before, { kinds, filter, options, madeBy }, null, deed('change'));
  }
  const now = await database.engine.readNow(tx);
  for (const each of add) await addIn(tx, database, fresh(each, installationId, newId, now), deed('subscribe'));
  await tellChannels(tx, database, installationId, { add, change, gone }, { key: `config ${id}`, command, now });
  await database.engine.wake(tx);
}

const fresh = (
  { id, ...wanted }: WantedSubscription,
  installationId: string,
  newId: () => string,
  now: number,
): Subscription => ({
  ...wanted,
  installationId,
  id: id ?? newId(),
  state: 'active',
  reason: null,
  createdAt: now,
  updatedAt: now,
  mutedUntil: null,
});

/** Each channel that hears of something else from now on, in its own language. */
async function tellChannels(
  tx: Tx,
  database: Database,
  installationId: string,
  { add, change, gone }: Pick<Difference, 'add' | 'change'> & { gone: Subscription[] },
  { key, command, now }: { key: string; command: string; now: number },
): Promise<void> {
  const changed = change.map(({ after }) => after);
  const channels = new Set([...add, ...changed, ...gone].map((each) => each.channelId));
  for (const to of channels) {
    const here = <T extends { channelId: string }>(all: readonly T[]) => all.filter((each) => each.channelId === to);
    const [first] = [...here(changed), ...here(add), ...here(gone)];
    const t = textsFor(first && languageIn(first.options));
    const text = t.config.told(here(add).length, here(changed).length, here(gone).length, command);
    await addNotice(tx, database, { installationId, to, key, text }, now);
  }
}
