// Connections and their hooks; each query stays inside one installation, save the two that begin without knowing it.

import { type SqlBool, sql } from 'kysely';
import type { Connection, ConnectionStore, Hook } from '../connection/connection.ts';
import { pairIn, tokenNamed } from '../connection/pair.ts';
import type { Database, Db, Tx } from './database.ts';
import { forgetBookings } from './forget-bookings.ts';
import { across } from './handle.ts';
import { releaseHeld } from './holds.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';
import { type Seal, SealError } from './seal.ts';

/** Calendly repeats a message for 24 hours; two more for its clock and ours. Milliseconds. */
const retiredStillHeard = 26 * 3_600_000;

const keyOf = (installationId: string, id: string) => `${installationId} ${id}`;

const groupColumns = (group: Connection['group']) => ({
  group_uri: group?.uri ?? null,
  group_name: group?.name ?? null,
});

/** Versions from before there were groups write a scope alone, and leave a group behind. */
function reachOf({
  scope,
  group_uri: uri,
  group_name: name,
}: Schema['connection']): Pick<Connection, 'scope' | 'group'> {
  if (scope !== 'group') return { scope, group: null };
  return uri === null ? { scope: 'user', group: null } : { scope, group: { uri, name: name ?? '' } };
}

/** An account whose name came back without its key works on: the next check asks Calendly for it. */
function openedOr<T>(seal: Seal, sealed: Uint8Array, where: string, otherwise: T): string | T {
  try {
    return seal.open(sealed, where);
  } catch (error) {
    if (error instanceof SealError && error.isUnknownKey) return otherwise;
    throw error;
  }
}

export function connectionStore(database: Database): ConnectionStore {
  const { db, engine, seal } = database;

  /** By itself, whoever stands in for it. */
  const toOwn = (row: Schema['connection']): Connection => ({
    installationId: row.installation_id,
    id: row.id,
    userUri: row.user_uri,
    userName: openedOr(seal, row.user_name, place.userName(row.installation_id, row.id), ''),
    userEmail: row.user_email
      ? openedOr(seal, row.user_email, place.userEmail(row.installation_id, row.id), null)
      : null,
    organizationUri: row.organization_uri,
    organizationName: row.organization_name,
    role: row.role,
    ...reachOf(row),
    isChosen: row.chosen === 1,
    token:
      row.pair_id === null
        ? seal.open(row.token, place.token(row.installation_id, row.id))
        : tokenNamed({ installationId: row.installation_id, id: row.pair_id }),
    state: row.state,
    reason: row.reason,
    connectedBy: row.connected_by,
    createdAt: row.created_at,
    checkedAt: row.checked_at,
    checkResult: row.check_result,
    lastChangeAt: row.last_change_at,
    label: row.label,
    standIn: null,
    troubleSince: row.trouble_since,
    reminded: row.reminded,
  });

  const insertHook = (on: Db, hook: Hook) =>
    on
      .insertInto('hook')
      .values({
        installation_id: hook.installationId,
        id: hook.id,
        connection_id: hook.connectionId,
        family: hook.family,
        url_token: hook.urlToken,
        signing_key: seal.close(hook.signingKey, place.signingKey(hook.installationId, hook.id)),
        calendly_uri: hook.calendlyUri,
        creator: hook.creator,
        state: hook.state,
        retry_started_at: hook.retryStartedAt,
        created_at: hook.createdAt,
        retired_at: hook.retiredAt,
      })
      .execute();

  /** With the token and the owner of whoever stands in for it. */
  async function inPlace(rows: Schema['connection'][]): Promise<Connection[]> {
    const others = new Map(rows.map((row) => [keyOf(row.installation_id, row.id), row]));
    for (const row of rows) {
      if (row.stand_in === null || others.has(keyOf(row.installation_id, row.stand_in))) continue;
      const other = await within(row.installation_id).where('id', '=', row.stand_in).executeTakeFirst();
      if (other) others.set(keyOf(other.installation_id, other.id), other);
    }
    return rows.map((row) => {
      const other = row.stand_in === null ? undefined : others.get(keyOf(row.installation_id, row.stand_in));
      if (!other) return toOwn(row);
      const { id, userUri, userName, token, connectedBy } = toOwn(other);
      return { ...toOwn(row), token, connectedBy, standIn: { id, userUri, userName, since: row.stand_in_at } };
    });
  }

  const toHook = (row: Schema['hook']): Hook => ({
    installationId: row.installation_id,
    id: row.id,
    connectionId: row.connection_id,
    family: row.family,
    urlToken: row.url_token,
    signingKey: seal.open(row.signing_key, place.signingKey(row.installation_id, row.id)),
    calendlyUri: row.calendly_uri,
    creator: row.creator,
    state: row.state,
    retryStartedAt: row.retry_started_at,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  });

  /** A token of its own is sealed; a pair's is kept with the pair, and only named here. */
  function tokenColumns(installationId: string, id: string, token: string) {
    const pair = pairIn(token);
    return {
      token: seal.close(pair === null ? token : '', place.token(installationId, id)),
      pair_id: pair?.id ?? null,
    };
  }

  /** The columns of a partial connection, its secrets sealed for its row. */
  function columns(
    installationId: string,
    id: string,
    set: Partial<Omit<Connection, 'installationId' | 'id' | 'createdAt'>>,
  ) {
    return {
      ...(set.userUri === undefined ? {} : { user_uri: set.userUri }),
      ...(set.userName === undefined
        ? {}
        : { user_name: seal.close(set.userName, place.userName(installationId, id)) }),
      ...(set.userEmail === undefined
        ? {}
        : {
            user_email: set.userEmail === null ? null : seal.close(set.userEmail, place.userEmail(installationId, id)),
          }),
      ...(set.organizationUri === undefined ? {} : { organization_uri: set.organizationUri }),
      ...(set.organizationName === undefined ? {} : { organization_name: set.organizationName }),
      ...(set.role === undefined ? {} : { role: set.role }),
      ...(set.scope === undefined ? {} : { scope: set.scope }),
      ...(set.group === undefined ? {} : groupColumns(set.group)),
      ...(set.isChosen === undefined ? {} : { chosen: set.isChosen ? 1 : 0 }),
      ...(set.token === undefined ? {} : tokenColumns(installationId, id, set.token)),
      ...(set.state === undefined ? {} : { state: set.state }),
      ...(set.reason === undefined ? {} : { reason: set.reason }),
      ...(set.connectedBy === undefined ? {} : { connected_by: set.connectedBy }),
      ...(set.checkedAt === undefined ? {} : { checked_at: set.checkedAt }),
      ...(set.checkResult === undefined ? {} : { check_result: set.checkResult }),
      ...(set.lastChangeAt === undefined ? {} : { last_change_at: set.lastChangeAt }),
      ...(set.label === undefined ? {} : { label: set.label }),
      ...(set.standIn === undefined
        ? {}
        : { stand_in: set.standIn?.id ?? null, stand_in_at: set.standIn?.since ?? null }),
      ...(set.troubleSince === undefined ? {} : { trouble_since: set.troubleSince }),
      ...(set.reminded === undefined ? {} : { reminded: set.reminded }),
    };
  }

  const within = (installationId: string) =>
    db.selectFrom('connection').selectAll().where('installation_id', '=', installationId);

  return {
    async connections(installationId) {
      return await inPlace(await within(installationId).orderBy('created_at').orderBy('id').execute());
    },
    async connection(installationId, id) {
      const row = await within(installationId).where('id', '=', id).executeTakeFirst();
      return row ? ((await inPlace([row]))[0] ?? null) : null;
    },
    async connectionOf(installationId, userUri) {
      const row = await within(installationId).where('user_uri', '=', userUri).executeTakeFirst();
      return row ? { ...toOwn(row), standIn: (await inPlace([row]))[0]?.standIn ?? null } : null;
    },
    async addConnection(connection) {
      const { installationId, id } = connection;
      await db
        .insertInto('connection')
        .values({
          installation_id: installationId,
          id,
          user_uri: connection.userUri,
          user_name: seal.close(connection.userName, place.userName(installationId, id)),
          user_email:
            connection.userEmail === null
              ? null
              : seal.close(connection.userEmail, place.userEmail(installationId, id)),
          organization_uri: connection.organizationUri,
          organization_name: connection.organizationName,
          role: connection.role,
          scope: connection.scope,
          ...groupColumns(connection.group),
          chosen: connection.isChosen ? 1 : 0,
          ...tokenColumns(installationId, id, connection.token),
          state: connection.state,
          reason: connection.reason,
          connected_by: connection.connectedBy,
          revision: 0,
          created_at: engine.now,
          checked_at: connection.checkedAt,
          check_result: connection.checkResult,
          last_change_at: connection.lastChangeAt,
          label: connection.label,
          stand_in: connection.standIn?.id ?? null,
          stand_in_at: connection.standIn?.since ?? null,
          trouble_since: connection.troubleSince,
          reminded: connection.reminded,
        })
        .execute();
    },
    async removeConnection(installationId, id) {
      await database.transaction(async (tx: Tx) => {
        await engine.lockInstallation(tx, installationId);
        const mine = tx
          .selectFrom('connection')
          .select('id')
          .where('installation_id', '=', installationId)
          .where('id', '=', id);
        // Whoever keeps a message of its at this moment ends before, or finds it gone.
        await (engine.skipsLocked ? mine.forUpdate() : mine).execute();
        const bookings = await tx
          .selectFrom('booking')
          .select('id')
          .where('installation_id', '=', installationId)
          .where('connection_id', '=', id)
          .execute();
        await forgetBookings(
          tx,
          installationId,
          bookings.map((row) => row.id),
        );
        await tx
          .deleteFrom('change')
          .where('installation_id', '=', installationId)
          .where('connection_id', '=', id)
          .execute();
        await tx
          .updateTable('connection')
          .set({ stand_in: null, stand_in_at: null })
          .where('installation_id', '=', installationId)
          .where('stand_in', '=', id)
          .execute();
        await tx.deleteFrom('connection').where('installation_id', '=', installationId).where('id', '=', id).execute();
      });
    },
    async updateConnection(installationId, id, set) {
      const changed = columns(installationId, id, set);
      if (Object.keys(changed).length === 0) return;
      await db
        .updateTable('connection')
        .set(changed)
        .where('installation_id', '=', installationId)
        .where('id', '=', id)
        .execute();
    },
    async handOver(installationId, id, from, to) {
      const done = await db
        .updateTable('connection')
        .set({
          ...{ stand_in: to, stand_in_at: to === null ? null : engine.now, state: 'active', reason: null },
          ...{ trouble_since: null, reminded: 0 },
        })
        .where('installation_id', '=', installationId)
        .where('id', '=', id)
        .where('state', '<>', 'disconnected')
        .where('stand_in', 'is not distinct from', from)
        .executeTakeFirst();
      return Number(done.numUpdatedRows) === 1;
    },
    async inheritSubscriptions(installationId, connectionId, from, to) {
      await db
        .updateTable('subscription')
        .set({ made_by: to, updated_at: engine.now })
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        .where('made_by', '=', from)
        .execute();
    },
    async withdraw(installationId, keyStart) {
      const rows = await db
        .selectFrom('delivery')
        .select('id')
        .where('installation_id', '=', installationId)
        .where('kind', '=', 'notice')
        .where('state', 'in', ['due', 'held', 'sending'])
        .where(sql<SqlBool>`substr(about, 1, ${sql.lit(keyStart.length)}) = ${keyStart}`)
        .execute();
      // One that is on its way may fail and come back: it has nothing to say then (see nextStep).
      for (const { id } of rows)
        await db
          .updateTable('delivery')
          .set({
            body: seal.close(JSON.stringify({ kind: 'notice', text: '' }), place.delivery(installationId, id)),
            wanted_version: sql<number>`wanted_version + 1`,
            state: sql<'due'>`case when state = 'sending' then state else 'suppressed' end`,
            due_at: sql<number | null>`case when state = 'sending' then due_at end`,
            reason: 'it was put right before this could be said',
            updated_at: engine.now,
          })
          .where('installation_id', '=', installationId)
          .where('id', '=', id)
          .where('state', 'in', ['due', 'held', 'sending'])
          .execute();
    },
    async allLiveConnections() {
      return await inPlace(
        await across(db, 'rounds')
          .selectFrom('connection')
          .innerJoin('installation', 'installation.id', 'connection.installation_id')
          .selectAll('connection')
          .where('connection.state', '<>', 'disconnected')
          .where('installation.state', '=', 'active')
          .orderBy('connection.id')
          .execute(),
      );
    },
    async hooks(installationId, connectionId) {
      const rows = await db
        .selectFrom('hook')
        .selectAll()
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toHook);
    },
    async hookByUrlToken(urlToken) {
      const row = await across(db, 'door')
        .selectFrom('hook')
        .selectAll()
        .where('url_token', '=', urlToken)
        .where((eb) =>
          eb.or([
            eb('retired_at', 'is', null),
            eb('retired_at', '>', sql<number>`${engine.now} - ${retiredStillHeard}`),
          ]),
        )
        .executeTakeFirst();
      return row ? toHook(row) : null;
    },
    async addHook(hook, instead) {
      if (!instead) {
        await insertHook(db, hook);
        return true;
      }
      return await database.transaction(async (tx: Tx) => {
        await engine.lockInstallation(tx, hook.installationId);
        const others = await tx
          .selectFrom('hook')
          .select('id')
          .where('installation_id', '=', hook.installationId)
          .where('connection_id', '=', hook.connectionId)
          .where('family', '=', hook.family)
          .where('retired_at', 'is', null)
          .where((eb) =>
            eb.or([eb('state', '<>', 'making'), eb.between('created_at', instead.young.from, instead.young.to)]),
          )
          .execute();
        if (others.some(({ id }) => !instead.of.includes(id))) return false;
        await insertHook(tx, hook);
        return true;
      });
    },
    async updateHook(installationId, id, set) {
      await db
        .updateTable('hook')
        .set({
          ...(set.calendlyUri === undefined ? {} : { calendly_uri: set.calendlyUri }),
          ...(set.creator === undefined ? {} : { creator: set.creator }),
          ...(set.state === undefined ? {} : { state: set.state }),
          ...(set.retryStartedAt === undefined ? {} : { retry_started_at: set.retryStartedAt }),
          ...(set.retiredAt === undefined ? {} : { retired_at: set.retiredAt }),
        })
        .where('installation_id', '=', installationId)
        .where('id', '=', id)
        .execute();
    },
    async removeHook(installationId, id) {
      await db.deleteFrom('hook').where('installation_id', '=', installationId).where('id', '=', id).execute();
    },
    async pauseSubscriptions(installationId, connectionId, reason) {
      const rows = await db
        .updateTable('subscription')
        .set({ state: 'paused', reason, updated_at: engine.now })
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        .where('state', '=', 'active')
        .returning('id')
        .execute();
      return rows.length;
    },
    async resumeSubscriptions(installationId, connectionId, reason) {
      return database.transaction(async (tx: Tx) => {
        await engine.lockInstallation(tx, installationId);
        const rows = await tx
          .updateTable('subscription')
          .set({ state: 'active', reason: null, updated_at: engine.now })
          .where('installation_id', '=', installationId)
          .where('connection_id', '=', connectionId)
          .where('state', '=', 'paused')
          .where('reason', '=', reason)
          .returning('channel_id')
          .execute();
        const now = await engine.readNow(tx);
        for (const channelId of new Set(rows.map((row) => row.channel_id)))
          await releaseHeld(tx, engine, { installationId, channelId }, now);
        return rows.length;
      });
    },
    async countSubscriptions(installationId, connectionId) {
      const row = await db
        .selectFrom('subscription')
        .select((eb) => [
          eb.fn.countAll<number>().as('subscriptions'),
          eb.fn.count<number>('channel_id').distinct().as('channels'),
        ])
        .where('installation_id', '=', installationId)
        .where('connection_id', '=', connectionId)
        .executeTakeFirstOrThrow();
      return { subscriptions: Number(row.subscriptions), channels: Number(row.channels) };
    },
  };
}
