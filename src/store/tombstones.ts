// Who asked to be forgotten, looked up while changes are folded: what came before that does not come back, by a webhook or by a look at Calendly's list.

import type { Change } from '../booking/change.ts';
import { addressesOf, type ErasedUntil } from '../booking/erase.ts';
import type { Database, Db, Tx } from './database.ts';
import { namedHash, openSecret, secretOf } from './installation-key.ts';
import { statement, statementOfMany } from './statement.ts';

/** Null where none of these changes tells of anybody who did. */
export async function erasedAmong(
  tx: Tx,
  { seal }: Pick<Database, 'seal'>,
  installationId: string,
  changes: readonly Change[],
): Promise<ErasedUntil | null> {
  const [any] = await secretWhereErased(tx, { installationId });
  if (!any) return null;
  const secret = openSecret(seal, installationId, any.secret);
  const addresses = new Map(
    changes.flatMap(addressesOf).map((address) => [namedHash(secret, address).toString('hex'), address] as const),
  );
  const until = new Map<string, number>();
  const hashes = [...addresses.keys()];
  for (let from = 0; from < hashes.length; from += 500) {
    const some = hashes.slice(from, from + 500).map((hex) => ({ installationId, hash: Buffer.from(hex, 'hex') }));
    for (const row of await erasedOf(tx, some))
      until.set(addresses.get(Buffer.from(row.address_hash).toString('hex')) ?? '', row.until);
  }
  return until.size === 0 ? null : (address) => until.get(address) ?? null;
}

/** From now on nothing of theirs that is older comes in; the caller holds the installation. */
export async function bury(
  tx: Tx,
  database: Pick<Database, 'seal' | 'engine'>,
  { installationId, address, until }: { installationId: string; address: string; until: number },
): Promise<void> {
  const secret = await secretOf(tx, database, installationId);
  await tx
    .insertInto('erased')
    .values({ installation_id: installationId, address_hash: namedHash(secret, address), until })
    .onConflict((conflict) => conflict.columns(['installation_id', 'address_hash']).doUpdateSet({ until }))
    .execute();
}

const secretWhereErased = statement((db: Db, { installationId }: { installationId: string }) =>
  db
    .selectFrom('installation_key as k')
    .select('k.secret')
    .where('k.installation_id', '=', installationId)
    .where((eb) =>
      eb.exists(
        eb.selectFrom('erased as e').select('e.until').whereRef('e.installation_id', '=', 'k.installation_id').limit(1),
      ),
    ),
);

const erasedOf = statementOfMany((db: Db, all: { installationId: string; hash: Buffer }[]) =>
  db
    .selectFrom('erased')
    .select(['address_hash', 'until'])
    .where('installation_id', '=', all[0]!.installationId)
    .where(
      'address_hash',
      'in',
      all.map((each) => each.hash),
    ),
);
