// Writing changes, a row for each: what is known already is simply not written again.

import type { RawBuilder } from 'kysely';
import type { Arrival } from '../booking/intake.ts';
import type { Db } from './database.ts';
import { statementOfMany } from './statement.ts';

export interface ChangeRow extends Omit<Arrival, 'body' | 'key' | 'doubt'> {
  id: string;
  /** See `changeHash`. */
  hash: Buffer;
  /** Sealed. */
  body: Buffer;
}

/** Answers the ids of those that were new. `receivedAt`: of each row. */
const inserting = <R extends ChangeRow>(receivedAt: (row: R) => number | RawBuilder<number>) =>
  statementOfMany((db: Db, rows: R[]) =>
    db
      .insertInto('change')
      .values(
        rows.map((row) => ({
          installation_id: row.installationId,
          id: row.id,
          connection_id: row.connectionId,
          key_hash: row.hash,
          event: row.event,
          source: row.source,
          signed_at: row.signedAt,
          signature_age: row.signatureAge,
          body: row.body,
          received_at: receivedAt(row),
        })),
      )
      .onConflict((conflict) => conflict.columns(['installation_id', 'key_hash']).doNothing())
      .returning('id'),
  );

/** Of changes that come this moment, by the database's clock. */
export const insertingNow = (now: RawBuilder<number>) => inserting<ChangeRow>(() => now);

/** Of changes that came at a time that is known, UTC milliseconds. */
export const insertReceived = inserting<ChangeRow & { receivedAt: number }>((row) => row.receivedAt);

/** In one order everywhere: two processes that keep the same changes must not wait for each other. */
export const inOrder = <R extends ChangeRow>(rows: R[]): R[] => rows.sort((a, b) => Buffer.compare(a.hash, b.hash));
