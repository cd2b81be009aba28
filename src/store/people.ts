// Who in Slack has which e-mail address: what Slack said, for as long as that is good, and what an admin set, for good.

import type { Database } from './database.ts';
import { personHash, place } from './rows.ts';

/** What is kept of one address. */
export interface KnownPerson {
  /** Slack user id; null: nobody in this workspace, or nobody who may be called. */
  userId: string | null;
  /** The admin who set it; null where Slack said so. */
  setBy: string | null;
  /** How long ago Slack said so, milliseconds by the database's clock. */
  ageMs: number;
}

/** What nobody asked for in this time is of no use any more, milliseconds. */
const keptMs = 30 * 24 * 3_600_000;

export function personStore({ db, engine, seal }: Database) {
  /** Null where it does not open: one that was sealed with a lost key must not hide the others. */
  function addressOf(installationId: string, row: { address_hash: Uint8Array; address: Uint8Array | null }) {
    try {
      return row.address && seal.open(row.address, place.personAddress(installationId, row.address_hash));
    } catch {
      return null;
    }
  }

  return {
    /** Of these addresses (in lower case) those that something is kept of. */
    async known(installationId: string, addresses: readonly string[]): Promise<Map<string, KnownPerson>> {
      if (addresses.length === 0) return new Map();
      const byHash = new Map(
        addresses.map((address) => [personHash(installationId, address).toString('hex'), address] as const),
      );
      const now = await engine.readNow(db);
      const rows = await db
        .selectFrom('person')
        .select(['address_hash', 'user_id', 'set_by', 'checked_at'])
        .where('installation_id', '=', installationId)
        .where(
          'address_hash',
          'in',
          [...byHash.keys()].map((hex) => Buffer.from(hex, 'hex')),
        )
        .execute();
      return new Map(
        rows.map((row) => [
          byHash.get(Buffer.from(row.address_hash).toString('hex')) ?? '',
          { userId: row.user_id, setBy: row.set_by, ageMs: now - row.checked_at },
        ]),
      );
    },

    /** Keeps what Slack said of an address; what an admin set stays. */
    async learned(installationId: string, address: string, userId: string | null): Promise<void> {
      const now = await engine.readNow(db);
      await db
        .insertInto('person')
        .values({
          installation_id: installationId,
          address_hash: personHash(installationId, address),
          address: null,
          user_id: userId,
          set_by: null,
          checked_at: now,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['installation_id', 'address_hash'])
            .doUpdateSet({ user_id: userId, checked_at: now })
            .where('person.set_by', 'is', null),
        )
        .execute();
      await db
        .deleteFrom('person')
        .where('installation_id', '=', installationId)
        .where('set_by', 'is', null)
        .where('checked_at', '<', now - keptMs)
        .execute();
    },

    /** An admin's word, which goes before Slack's; `userId` null: never call them. */
    async set(person: { installationId: string; address: string; userId: string | null; by: string }): Promise<void> {
      const { installationId, userId, by } = person;
      const addressHash = personHash(installationId, person.address);
      const address = seal.close(person.address, place.personAddress(installationId, addressHash));
      const set = { address, user_id: userId, set_by: by, checked_at: await engine.readNow(db) };
      await db
        .insertInto('person')
        .values({ installation_id: installationId, address_hash: addressHash, ...set })
        .onConflict((conflict) => conflict.columns(['installation_id', 'address_hash']).doUpdateSet(set))
        .execute();
    },

    /** Takes an admin's word back, and forgets what Slack said as well; false when there was none. */
    async forget(installationId: string, address: string): Promise<boolean> {
      const gone = await db
        .deleteFrom('person')
        .where('installation_id', '=', installationId)
        .where('address_hash', '=', personHash(installationId, address))
        .returning('set_by')
        .execute();
      return gone.some((row) => row.set_by !== null);
    },

    /** Those that an admin set, the newest first, at most `count`; `total` counts all. `address` is null where it cannot be read any more. */
    async pairs(
      installationId: string,
      count: number,
    ): Promise<{ total: number; pairs: { address: string | null; userId: string | null; by: string }[] }> {
      const set = db.selectFrom('person').where('installation_id', '=', installationId).where('set_by', 'is not', null);
      const { n } = await set.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
      const rows = await set
        .select(['address_hash', 'address', 'user_id', 'set_by'])
        .orderBy('checked_at', 'desc')
        .orderBy('address_hash')
        .limit(count)
        .execute();
      const pairs = rows.map((row) => ({
        address: addressOf(installationId, row),
        userId: row.user_id,
        by: row.set_by ?? '',
      }));
      return { total: Number(n), pairs };
    },

    /** Slack's id of the installation's workspace: people of another one are strangers. */
    async teamOf(installationId: string): Promise<string | null> {
      const row = await db
        .selectFrom('installation')
        .select('team_id')
        .where('id', '=', installationId)
        .executeTakeFirst();
      return row?.team_id ?? null;
    },
  };
}
