// Slack workspaces the app is installed in, their bot tokens sealed.

import type { Content } from '../delivery/content.ts';
import type { Database } from './database.ts';
import { holdChannel, releaseHeld, resumeChannel } from './holds.ts';
import { moveChannel } from './move-channel.ts';
import { addContent, addNotice, type Notice, reviseNotice } from './notices.ts';
import { place } from './rows.ts';
import { narrowChannel, type Sharing, tellUnshared } from './share-channel.ts';

export interface InstallationRecord {
  id: string;
  teamId: string;
  botUserId: string;
  botToken: string;
  state: 'active' | 'broken';
  reason: string | null;
  createdAt: number;
}

export function installationStore(database: Database, newId: () => string) {
  const { db, engine, seal } = database;

  async function byTeam(teamId: string): Promise<InstallationRecord | null> {
    const row = await db.selectFrom('installation').selectAll().where('team_id', '=', teamId).executeTakeFirst();
    return row
      ? {
          id: row.id,
          teamId: row.team_id,
          botUserId: row.bot_user_id,
          botToken: seal.open(row.bot_token, place.botToken(row.id)),
          state: row.state,
          reason: row.reason,
          createdAt: row.created_at,
        }
      : null;
  }

  async function all(): Promise<InstallationRecord[]> {
    const rows = await db.selectFrom('installation').select('team_id').orderBy('id').execute();
    return (await Promise.all(rows.map((row) => byTeam(row.team_id)))).filter((found) => found !== null);
  }

  /** Keeps a workspace's working token; a broken installation works again and its waiting messages go out. */
  async function save(team: { teamId: string; botUserId: string; botToken: string }): Promise<InstallationRecord> {
    const known = await db
      .selectFrom('installation')
      .select(['id', 'state'])
      .where('team_id', '=', team.teamId)
      .executeTakeFirst();
    const id = known?.id ?? newId();
    const sealed = seal.close(team.botToken, place.botToken(id));
    if (known) {
      await db
        .updateTable('installation')
        .set({ bot_user_id: team.botUserId, bot_token: sealed, state: 'active', reason: null, updated_at: engine.now })
        .where('id', '=', id)
        .execute();
      if (known.state === 'broken')
        await db.updateTable('lane').set({ not_before: 0 }).where('installation_id', '=', id).execute();
    } else {
      await db
        .insertInto('installation')
        .values({
          id,
          team_id: team.teamId,
          bot_user_id: team.botUserId,
          bot_token: sealed,
          state: 'active',
          reason: null,
          admin_channel: null,
          created_at: engine.now,
          updated_at: engine.now,
        })
        .execute();
    }
    return (await byTeam(team.teamId))!;
  }

  async function markBroken(teamId: string, reason: string): Promise<void> {
    await db
      .updateTable('installation')
      .set({ state: 'broken', reason, updated_at: engine.now })
      .where('team_id', '=', teamId)
      .execute();
  }

  const inTransaction = <T>(work: Parameters<typeof database.transaction<T>>[0]) => database.transaction(work);

  return {
    byTeam,
    all,
    save,
    markBroken,
    tell: (notice: Notice) => inTransaction(async (tx) => addNotice(tx, database, notice, await engine.readNow(tx))),
    revise: (notice: Notice) =>
      inTransaction(async (tx) => reviseNotice(tx, database, notice, await engine.readNow(tx))),
    show: (sample: { installationId: string; to: string; key: string; content: Content }) =>
      inTransaction(async (tx) => addContent(tx, database, sample, await engine.readNow(tx))),
    channelLost: (lost: { installationId: string; channelId: string; reason: string; notice: string }) =>
      inTransaction(async (tx) =>
        holdChannel(tx, database, { ...lost, notice: () => lost.notice, now: await engine.readNow(tx) }),
      ),
    channelBack: (back: { installationId: string; channelId: string }) =>
      inTransaction(async (tx) => resumeChannel(tx, engine, back, await engine.readNow(tx))),
    /** Where the states of connections are told; null: nowhere. */
    async adminChannel(installationId: string): Promise<string | null> {
      const row = await db
        .selectFrom('installation')
        .select('admin_channel')
        .where('id', '=', installationId)
        .executeTakeFirst();
      return row?.admin_channel ?? null;
    },
    async setAdminChannel(installationId: string, channelId: string | null): Promise<void> {
      await db.updateTable('installation').set({ admin_channel: channelId }).where('id', '=', installationId).execute();
    },
    /** What was held in a channel goes out. */
    release: (where: { installationId: string; channelId: string }) =>
      inTransaction(async (tx) => releaseHeld(tx, engine, where, await engine.readNow(tx))),
    /** Slack gave a channel a new id: everything moves over to it. */
    channelRenamed: (installationId: string, from: string, to: string) =>
      inTransaction(async (tx) => moveChannel(tx, database, { installationId, from, to }, await engine.readNow(tx))),
    channelShared: (sharing: Sharing) =>
      inTransaction(async (tx) => narrowChannel(tx, database, sharing, await engine.readNow(tx))),
    channelUnshared: (sharing: Sharing) =>
      inTransaction(async (tx) => tellUnshared(tx, database, sharing, await engine.readNow(tx))),
  };
}
