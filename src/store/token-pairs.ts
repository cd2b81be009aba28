// The pairs of tokens of those who signed in, sealed; which process may renew one is decided by single statements and the database's clock.

import { sql } from 'kysely';
import type { Granted, Pair, PairName, PairStore } from '../connection/pair.ts';
import type { Database } from './database.ts';
import { across } from './handle.ts';
import { place, uriHash } from './rows.ts';
import type { Schema } from './schema.ts';
import { SealError } from './seal.ts';

export function pairStore(database: Database): PairStore {
  const { db, engine, seal } = database;
  const since = (column: 'attempt_at' | 'created_at') => sql<number>`${engine.now} - ${sql.ref(column)}`;

  const after = (ms: number) => sql<number>`${engine.now} + ${Math.round(ms)}`;

  const tokens = ({ installationId, id }: PairName, granted: Granted) => ({
    access: seal.close(granted.access, place.pairAccess(installationId, id)),
    refresh: seal.close(granted.refresh, place.pairRefresh(installationId, id)),
    expires_at: after(granted.expiresInMs),
    life_ms: Math.round(granted.expiresInMs),
  });

  /** One that was sealed with a lost key, or is damaged, will never work again here; the next key that opens it brings it back. */
  function opened({ installation_id, id, ...row }: Schema['token_pair']): Pick<Pair, 'access' | 'refresh' | 'dead'> {
    try {
      return {
        access: seal.open(row.access, place.pairAccess(installation_id, id)),
        refresh: seal.open(row.refresh, place.pairRefresh(installation_id, id)),
        dead: row.dead,
      };
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      return { access: '', refresh: '', dead: row.dead ?? 'unreadable' };
    }
  }

  const change = ({ installationId, id }: PairName) =>
    db.updateTable('token_pair').where('installation_id', '=', installationId).where('id', '=', id);

  return {
    async add(name, granted) {
      await db
        .insertInto('token_pair')
        .values({
          installation_id: name.installationId,
          id: name.id,
          ...tokens(name, granted),
          owner_hash: granted.owner === null ? null : uriHash(granted.owner),
          generation: 1,
          attempt: null,
          attempt_at: null,
          unsure: 0,
          not_before: 0,
          dead: null,
          created_at: engine.now,
        })
        // Tried again where nobody saw whether the first time was kept.
        .onConflict((conflict) => conflict.columns(['installation_id', 'id']).doNothing())
        .execute();
    },

    async read({ installationId, id }) {
      const row = await db
        .selectFrom('token_pair')
        .selectAll()
        .select(engine.now.as('now'))
        .where('installation_id', '=', installationId)
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) return null;
      return {
        installationId,
        id,
        ...opened(row),
        generation: row.generation,
        leftMs: row.expires_at - row.now,
        lifeMs: row.life_ms,
        waitMs: Math.max(0, row.not_before - row.now),
      };
    },

    async claim(name, generation, attempt, staleMs) {
      const row = await change(name)
        .set({
          // The right of somebody who never gave it back: what became of that call is not known.
          unsure: sql<number>`case when attempt is null then unsure else 1 end`,
          attempt,
          attempt_at: engine.now,
        })
        .where('generation', '=', generation)
        .where('dead', 'is', null)
        .where(sql<boolean>`not_before <= ${engine.now}`)
        .where((eb) => eb.or([eb('attempt', 'is', null), eb(since('attempt_at'), '>', staleMs)]))
        .returning('unsure')
        .executeTakeFirst();
      return row ? { unsure: row.unsure === 1 } : null;
    },

    async renewed(name, generation, granted) {
      const rows = await change(name)
        .set({
          ...tokens(name, granted),
          generation: generation + 1,
          attempt: null,
          attempt_at: null,
          unsure: 0,
          not_before: 0,
          dead: null,
        })
        .where('generation', '=', generation)
        .returning('id')
        .execute();
      return rows.length > 0;
    },

    async failed(name, attempt, { unsure, waitMs }) {
      await change(name)
        .set({
          attempt: null,
          attempt_at: null,
          ...(unsure ? { unsure: 1 } : {}),
          not_before: after(waitMs),
        })
        .where('attempt', '=', attempt)
        .execute();
    },

    async died(name, attempt, why) {
      await change(name).set({ attempt: null, attempt_at: null, dead: why }).where('attempt', '=', attempt).execute();
    },

    async remove({ installationId, id }) {
      await database.transaction(async (tx) => {
        // Left with no token, an account asks to be connected again.
        await tx
          .updateTable('connection')
          .set({ pair_id: null })
          .where('installation_id', '=', installationId)
          .where('pair_id', '=', id)
          .execute();
        await tx.deleteFrom('token_pair').where('installation_id', '=', installationId).where('id', '=', id).execute();
      });
    },

    async hasTwin({ installationId, id }) {
      const mine = db
        .selectFrom('token_pair')
        .select('owner_hash')
        .where('installation_id', '=', installationId)
        .where('id', '=', id);
      const twin = await across(db, 'twin')
        .selectFrom('token_pair')
        .select('id')
        .where('owner_hash', '=', mine)
        .where('id', '<>', id)
        .where('dead', 'is', null)
        .limit(1)
        .executeTakeFirst();
      return twin !== undefined;
    },

    async due(soonMs, staleMs) {
      const rows = await across(db, 'rounds')
        .selectFrom('token_pair')
        .innerJoin('connection', (join) =>
          join
            .onRef('connection.installation_id', '=', 'token_pair.installation_id')
            .onRef('connection.pair_id', '=', 'token_pair.id'),
        )
        .select(['token_pair.installation_id as installationId', 'token_pair.id as id'])
        .where('token_pair.dead', 'is', null)
        .where('connection.state', '<>', 'disconnected')
        .where((eb) =>
          eb.or([
            sql<boolean>`token_pair.expires_at - ${engine.now} < case when token_pair.life_ms < ${4 * soonMs} then token_pair.life_ms / 4 else ${soonMs} end`,
            eb('token_pair.attempt_at', '<', sql<number>`${engine.now} - ${staleMs}`),
          ]),
        )
        .where(sql<boolean>`token_pair.not_before <= ${engine.now}`)
        .execute();
      return rows;
    },

    async orphans(olderThanMs) {
      return await across(db, 'rounds')
        .selectFrom('token_pair')
        .select(['installation_id as installationId', 'id'])
        .where(since('created_at'), '>', olderThanMs)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('connection')
                .select('connection.id')
                .whereRef('connection.installation_id', '=', 'token_pair.installation_id')
                .whereRef('connection.pair_id', '=', 'token_pair.id'),
            ),
          ),
        )
        .execute();
    },
  };
}
