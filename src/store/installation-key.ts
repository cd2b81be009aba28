// A secret of each installation's own, sealed: it keys the hashes of who is named, and the chain of who did what.

import { createHmac, randomBytes } from 'node:crypto';
import type { Database, Db } from './database.ts';
import { place } from './rows.ts';

type Opening = Pick<Database, 'seal' | 'engine'>;

/** Made when it is first asked for. Throws where it was sealed with a lost key. */
export async function secretOf(on: Db, { seal, engine }: Opening, installationId: string): Promise<Buffer> {
  const read = () =>
    on.selectFrom('installation_key').select('secret').where('installation_id', '=', installationId).executeTakeFirst();
  let row = await read();
  if (!row) {
    const secret = seal.close(randomBytes(32).toString('base64'), place.installationKey(installationId));
    await on
      .insertInto('installation_key')
      .values({ installation_id: installationId, secret, created_at: engine.now })
      .onConflict((conflict) => conflict.column('installation_id').doNothing())
      .execute();
    // Another process may have been quicker.
    row = await read();
  }
  return openSecret(seal, installationId, row!.secret);
}

export function openSecret(seal: Opening['seal'], installationId: string, sealed: Uint8Array): Buffer {
  return Buffer.from(seal.open(sealed, place.installationKey(installationId)), 'base64');
}

/** Somebody's address, or what else names them, as a hash that is worth nothing without the secret. */
export function namedHash(secret: Buffer, name: string): Buffer {
  return createHmac('sha256', secret).update(`named ${name.trim().toLowerCase()}`).digest().subarray(0, 16);
}
