// A channel's standing agendas; read inside one installation, but for the job that posts them, which sees those of all that live.

import type { Digest, DigestStore } from '../subscription/agenda.ts';
import type { Database } from './database.ts';
import { across } from './handle.ts';
import type { Schema } from './schema.ts';

export interface DigestsDue extends DigestStore {
  /** Of every workspace the app is in. */
  allDigests(): Promise<Digest[]>;
  ran(digest: Digest, period: string): Promise<void>;
}

export function digestStore({ db, engine }: Database): DigestsDue {
  return {
    async digestsIn(installationId, channelId) {
      const rows = await db
        .selectFrom('digest')
        .selectAll()
        .where('installation_id', '=', installationId)
        .where('channel_id', '=', channelId)
        .orderBy('every')
        .execute();
      return rows.map(toDigest);
    },
    async allDigests() {
      const rows = await across(db, 'rounds')
        .selectFrom('digest as d')
        .innerJoin('installation as i', 'i.id', 'd.installation_id')
        .selectAll('d')
        .where('i.state', '=', 'active')
        .orderBy('d.channel_id')
        .execute();
      return rows.map(toDigest);
    },
    async setDigest(digest) {
      const set = {
        weekday: digest.weekday,
        minute: digest.minute,
        zone: digest.zone,
        empty: digest.empty,
        made_by: digest.madeBy,
        last_period: digest.lastPeriod,
      };
      await db
        .insertInto('digest')
        .values({
          installation_id: digest.installationId,
          channel_id: digest.channelId,
          every: digest.every,
          ...set,
          created_at: engine.now,
        })
        .onConflict((conflict) => conflict.columns(['installation_id', 'channel_id', 'every']).doUpdateSet(set))
        .execute();
    },
    async removeDigest(installationId, channelId, every) {
      const gone = await db
        .deleteFrom('digest')
        .where('installation_id', '=', installationId)
        .where('channel_id', '=', channelId)
        .where('every', '=', every)
        .returning('channel_id')
        .executeTakeFirst();
      return gone !== undefined;
    },
    async ran({ installationId, channelId, every }, period) {
      await db
        .updateTable('digest')
        .set({ last_period: period })
        .where('installation_id', '=', installationId)
        .where('channel_id', '=', channelId)
        .where('every', '=', every)
        .execute();
    },
  };
}

const toDigest = (row: Schema['digest']): Digest => ({
  installationId: row.installation_id,
  channelId: row.channel_id,
  every: row.every,
  weekday: row.weekday,
  minute: row.minute,
  zone: row.zone,
  empty: row.empty,
  madeBy: row.made_by,
  lastPeriod: row.last_period,
});
