// Slack workspaces the app is installed in, their bot tokens sealed.

import { sql } from 'kysely';
import type { Content } from '../delivery/content.ts';
import { recordStay } from './audit.ts';
import type { Database, Db } from './database.ts';
import { across } from './handle.ts';
import { holdChannel, releaseHeld, resumeChannel } from './holds.ts';
import { moveChannel } from './move-channel.ts';
import { addContent, addNotice, type Notice, reviseNotice } from './notices.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';
import { narrowChannel, type Sharing, tellUnshared } from './share-channel.ts';

export interface InstallationRecord {
  id: string;
  /** A workspace's, or that of an organization the app is installed in as a whole. */
  teamId: string;
  /** The organization whose token this workspace uses; null where it has its own. */
  organization: string | null;
  botUserId: string;
  /** Empty where it is the organization's, and where the app was removed. */
  botToken: string;
  /** What renews the token, how long it still works and how long it did at first (milliseconds); null for one that does not end. */
  rotation: { refresh: string; leftMs: number; lifeMs: number } | null;
  /** Grows with every renewal. */
  generation: number;
  /** Null until Slack has said so. */
  scopes: string[] | null;
  state: 'active' | 'broken' | 'gone';
  reason: string | null;
  installedBy: string | null;
  installedAt: number;
  goneAt: number | null;
  /** By the database's clock. */
  readAt: number;
  updatedAt: number;
}

export interface NewInstallation {
  teamId: string;
  botUserId: string;
  botToken: string;
  organization?: string | null;
  scopes?: string[] | null;
  installedBy?: string | null;
  rotation?: { refresh: string; lifeMs: number } | null;
}

export function installationStore(database: Database, newId: () => string) {
  const { db, engine, seal } = database;

  const read = (on: Db = db) => on.selectFrom('installation').selectAll().select(engine.now.as('now'));

  const toRecord = (row: Schema['installation'] & { now: number }): InstallationRecord => ({
    id: row.id,
    teamId: row.team_id,
    organization: row.organization,
    botUserId: row.bot_user_id,
    botToken: seal.open(row.bot_token, place.botToken(row.id)),
    rotation:
      row.refresh_token === null || row.token_ends_at === null
        ? null
        : {
            refresh: seal.open(row.refresh_token, place.refreshToken(row.id)),
            leftMs: row.token_ends_at - row.now,
            lifeMs: row.token_life_ms ?? 0,
          },
    generation: row.token_generation,
    scopes: row.scopes === null ? null : row.scopes.split(',').filter(Boolean),
    state: row.state,
    reason: row.reason,
    installedBy: row.installed_by,
    installedAt: row.installed_at,
    goneAt: row.gone_at,
    readAt: row.now,
    updatedAt: row.updated_at,
  });

  async function byTeam(teamId: string): Promise<InstallationRecord | null> {
    const row = await read(across(db, 'door')).where('team_id', '=', teamId).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async function byId(id: string): Promise<InstallationRecord | null> {
    const row = await read().where('id', '=', id).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  /** Those that were changed at or after this moment (by the database's clock). */
  async function changedSince(moment: number): Promise<InstallationRecord[]> {
    return (await read(across(db, 'rounds')).where('updated_at', '>=', moment).orderBy('id').execute()).map(toRecord);
  }

  const tokenColumns = (id: string, token: string, rotation: NewInstallation['rotation']) => ({
    bot_token: seal.close(token, place.botToken(id)),
    refresh_token: rotation ? seal.close(rotation.refresh, place.refreshToken(id)) : null,
    token_ends_at: rotation ? sql<number>`${engine.now} + ${Math.round(rotation.lifeMs)}` : null,
    token_life_ms: rotation ? Math.round(rotation.lifeMs) : null,
    token_generation: sql<number>`token_generation + 1`,
    renewal: null,
    renewal_at: null,
  });

  /**
   * Keeps a workspace's working token; a broken installation works again and its waiting messages go out. `was`: how it stood before; null for a new one.
   */
  async function install(
    team: NewInstallation,
  ): Promise<{ found: InstallationRecord; was: InstallationRecord['state'] | null }> {
    const was = await database.transaction(async (tx) => {
      const known = await across(tx, 'door')
        .selectFrom('installation')
        .select(['id', 'state', 'organization', 'scopes', 'installed_by', 'installed_at'])
        .where('team_id', '=', team.teamId)
        .executeTakeFirst();
      const id = known?.id ?? newId();
      if (known) await engine.lockInstallation(tx, id);
      const isNews =
        team.installedBy !== undefined ||
        known?.state === 'gone' ||
        known?.organization !== (team.organization ?? null);
      const said = {
        bot_user_id: team.botUserId,
        organization: team.organization ?? null,
        scopes: team.scopes === undefined ? (known?.scopes ?? null) : (team.scopes?.join(',') ?? null),
        installed_by: team.installedBy === undefined ? (known?.installed_by ?? null) : team.installedBy,
        state: 'active' as const,
        reason: null,
        gone_at: null,
        updated_at: engine.now,
      };
      if (!known) {
        await tx
          .insertInto('installation')
          .values({
            ...{ id, team_id: team.teamId, ...said, ...tokenColumns(id, team.botToken, team.rotation) },
            ...{
              token_generation: 1,
              admin_channel: null,
              managers: null,
              created_at: engine.now,
              installed_at: engine.now,
            },
          })
          .execute();
        if (team.installedBy !== undefined)
          await recordStay(tx, database, id, { what: 'install', who: team.installedBy });
        return null;
      }
      await tx
        .updateTable('installation')
        .set({
          ...said,
          ...tokenColumns(id, team.botToken, team.rotation),
          ...(isNews ? { installed_at: engine.now } : {}),
        })
        .where('id', '=', id)
        .execute();
      if (known.state !== 'active')
        await tx.updateTable('lane').set({ not_before: 0 }).where('installation_id', '=', id).execute();
      if (team.installedBy !== undefined || known.state === 'gone')
        await recordStay(tx, database, id, { what: 'install', who: team.installedBy ?? null });
      return known.state;
    });
    const found = (await byTeam(team.teamId))!;
    await database.makeKeys(found.id);
    return { found, was };
  }

  const save = async (team: NewInstallation): Promise<InstallationRecord> => (await install(team)).found;

  async function markBroken(teamId: string, reason: string): Promise<void> {
    await across(db, 'door')
      .updateTable('installation')
      .set({ state: 'broken', reason, updated_at: engine.now })
      .where('team_id', '=', teamId)
      .where('state', '<>', 'gone')
      .execute();
  }

  /** A broken installation works again, with the token it has, and its waiting messages go out. */
  async function mended(id: string, said: { botUserId: string; scopes: string[] }): Promise<void> {
    await database.transaction(async (tx) => {
      await tx
        .updateTable('installation')
        .set({
          ...{ state: 'active', reason: null, updated_at: engine.now },
          ...{ bot_user_id: said.botUserId, scopes: said.scopes.join(',') },
        })
        .where('id', '=', id)
        .where('state', '=', 'broken')
        .execute();
      await tx.updateTable('lane').set({ not_before: 0 }).where('installation_id', '=', id).execute();
    });
  }

  /** The app was removed: no token is left, and nothing more is sent. False where it was so before. */
  async function markGone(id: string, reason: string): Promise<boolean> {
    return await database.transaction(async (tx) => {
      const done = await tx
        .updateTable('installation')
        .set({ ...tokenColumns(id, '', null), state: 'gone', reason, gone_at: engine.now, updated_at: engine.now })
        .where('id', '=', id)
        .where('state', '<>', 'gone')
        .executeTakeFirst();
      const isNews = Number(done.numUpdatedRows) === 1;
      if (isNews) await recordStay(tx, database, id, { what: 'uninstall', who: null });
      return isNews;
    });
  }

  /** The right to renew this token: nobody else's for `staleMs`, after which whoever had it is dead. */
  async function claimRenewal(id: string, generation: number, attempt: string, staleMs: number): Promise<boolean> {
    const done = await db
      .updateTable('installation')
      .set({ renewal: attempt, renewal_at: engine.now })
      .where('id', '=', id)
      .where('token_generation', '=', generation)
      .where('state', '<>', 'gone')
      .where((eb) =>
        eb.or([eb('renewal', 'is', null), eb('renewal_at', '<', sql<number>`${engine.now} - ${Math.round(staleMs)}`)]),
      )
      .executeTakeFirst();
    return Number(done.numUpdatedRows) === 1;
  }

  /** Keeps what a renewal gave. False where the installation is another one by now. */
  async function renewed(
    id: string,
    generation: number,
    { botToken, rotation, scopes }: Pick<NewInstallation, 'botToken' | 'rotation'> & { scopes: string[] },
  ): Promise<boolean> {
    const done = await db
      .updateTable('installation')
      .set({ ...tokenColumns(id, botToken, rotation), scopes: scopes.join(','), updated_at: engine.now })
      .where('id', '=', id)
      .where('token_generation', '=', generation)
      .where('state', '<>', 'gone')
      .executeTakeFirst();
    return Number(done.numUpdatedRows) === 1;
  }

  async function giveBackRenewal(id: string, attempt: string): Promise<void> {
    await db
      .updateTable('installation')
      .set({ renewal: null, renewal_at: null })
      .where('id', '=', id)
      .where('renewal', '=', attempt)
      .execute();
  }

  const inTransaction = <T>(work: Parameters<typeof database.transaction<T>>[0]) => database.transaction(work);

  return {
    byTeam,
    byId,
    changedSince,
    install,
    save,
    markBroken,
    mended,
    markGone,
    claimRenewal,
    renewed,
    giveBackRenewal,
    now: database.now,
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
    /** Whom admins let do what they do. */
    managers: (installationId: string) => managers(db, installationId),
    /** False where it was so already. */
    setManager: (installationId: string, user: string, isOne: boolean): Promise<boolean> =>
      inTransaction(async (tx) => {
        // Two who name somebody at the same time wait for each other here.
        await tx.updateTable('installation').set({ updated_at: engine.now }).where('id', '=', installationId).execute();
        const before = await managers(tx, installationId);
        if (before.includes(user) === isOne) return false;
        const after = isOne ? [...before, user] : before.filter((each) => each !== user);
        await tx
          .updateTable('installation')
          .set({ managers: after.join(' ') || null })
          .where('id', '=', installationId)
          .execute();
        return true;
      }),
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

async function managers(on: Db, installationId: string): Promise<string[]> {
  const row = await on
    .selectFrom('installation')
    .select('managers')
    .where('id', '=', installationId)
    .executeTakeFirst();
  return row?.managers?.split(' ') ?? [];
}
