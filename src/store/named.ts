// Which message names whom, where one message names several: kept as hashes, so that it can be taken away for one of them.

import type { Database, Db } from './database.ts';
import { namedHash, secretOf } from './installation-key.ts';

/** More than one message has room for. */
const most = 500;

/** `names`: addresses, or the ids of bookings. Once is enough. */
export async function nameIn(
  on: Db,
  database: Pick<Database, 'seal' | 'engine'>,
  { installationId, deliveryId, names }: { installationId: string; deliveryId: string; names: readonly string[] },
): Promise<void> {
  const all = [...new Set(names)].slice(0, most);
  if (all.length === 0) return;
  const secret = await secretOf(on, database, installationId);
  await on
    .insertInto('named')
    .values(
      all.map((name) => ({
        installation_id: installationId,
        address_hash: namedHash(secret, name),
        delivery_id: deliveryId,
        at: database.engine.now,
      })),
    )
    .onConflict((conflict) => conflict.columns(['installation_id', 'address_hash', 'delivery_id']).doNothing())
    .execute();
}

export async function messagesNaming(
  on: Db,
  database: Pick<Database, 'seal' | 'engine'>,
  { installationId, names }: { installationId: string; names: readonly string[] },
): Promise<string[]> {
  const secret = await secretOf(on, database, installationId);
  const found: string[] = [];
  for (let from = 0; from < names.length; from += most) {
    const rows = await on
      .selectFrom('named')
      .select('delivery_id')
      .distinct()
      .where('installation_id', '=', installationId)
      .where(
        'address_hash',
        'in',
        names.slice(from, from + most).map((name) => namedHash(secret, name)),
      )
      .execute();
    found.push(...rows.map((row) => row.delivery_id));
  }
  return [...new Set(found)];
}
