// What the keys cost others on a server: a message that is kept holds its account only from going, so that neither it nor whoever checks the account waits.

import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { across } from '../../src/store/handle.ts';
import { forget } from '../../src/store/retention.ts';
import { memory } from './memory.ts';

/** All that checks, folds and connecting again write of an account. */
const written = {
  ...{ last_change_at: 1, checked_at: 1, check_result: 'well', state: 'active' as const, reason: null, reminded: 1 },
  ...{ trouble_since: 1, label: 'x', organization_name: 'x', role: 'owner' as const, connected_by: 'U1', chosen: 1 },
  ...{ scope: 'group' as const, group_uri: 'x', group_name: 'x', user_uri: 'https://api.calendly.com/users/olga' },
};

async function setUp() {
  const m = await memory();
  const other = await m.connect('bo');
  const change = (inviteeId: string) => m.arrival(makeWebhook('invitee.created', { inviteeId }));
  return { ...m, other, change };
}

test('a message is kept while a check writes its account, and the other way round', async () => {
  const m = await setUp();
  await m.database.transaction(async (tx) => {
    await tx
      .updateTable('connection')
      .set({ ...written, stand_in: m.other })
      .where('installation_id', '=', m.installationId)
      .where('id', '=', m.connectionId)
      .execute();
    // Not committed yet, and nobody waits for it.
    expect(await m.changes.keep([m.change('a')])).toEqual([true]);
  });
  await m.database.transaction(async (tx) => {
    await tx
      .insertInto('change')
      .values({
        ...{ installation_id: m.installationId, id: 'x', connection_id: m.connectionId, key_hash: Buffer.from('x') },
        ...{ event: 'x', source: 'hook', received_at: 1, folded_at: 1, verdict: 'kept: x' },
      })
      .execute();
    await m.connections.updateConnection(m.installationId, m.connectionId, { checkedAt: 2 });
    expect(await m.changes.keep([m.change('b')])).toEqual([true]);
    expect(await m.changes.foldNext(10)).toBe(2);
  });
});

test('two processes that keep for the same accounts in any order do not wait for each other', async () => {
  const m = await setUp();
  const second = await m.again();
  const both = [m.connectionId, m.other];
  const kept = await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      const batch = (i % 2 ? both : [...both].reverse()).flatMap((connectionId) =>
        Array.from({ length: 4 }, (_, n) => ({ ...m.change(`c${i}-${n}-${connectionId}`), connectionId })),
      );
      return i % 4 < 2 ? m.changes.keep(batch) : m.keepAnew(second, batch);
    }),
  );
  expect(kept.flat().filter(Boolean)).toHaveLength(320);
});

test('an account that goes while a message of its comes takes it along, or it is not kept', async () => {
  const m = await setUp();
  for (let n = 0; n < 20; n++) {
    const id = await m.connect(`guest${n}`);
    const [[kept], removed] = await Promise.all([
      m.changes.keep([{ ...m.change(`g${n}`), connectionId: id }]),
      m.connections.removeConnection(m.installationId, id).then(() => true),
    ]);
    expect([typeof kept, removed]).toEqual(['boolean', true]);
    const left = await m.connections.connection(m.installationId, id);
    expect(left).toBeNull();
  }
  const rows = await across(m.database.db, 'operator').selectFrom('change').select('id').execute();
  expect(rows).toEqual([]);
});

test('a booking that a fold has in hand is not forgotten for what it was before', async () => {
  const m = await setUp();
  await m.changes.keep([m.change('d')]);
  await m.changes.foldNext(10);
  const booking = (db: Pick<typeof m.database.db, 'updateTable'>) =>
    db.updateTable('booking').where('installation_id', '=', m.installationId);
  await booking(m.database.db).set({ ends_at: 1, updated_at: 1 }).execute();
  let forgetting: Promise<unknown> | undefined;
  await m.database.transaction(async (tx) => {
    await m.database.engine.lockInstallation(tx, m.installationId);
    forgetting = forget(m.database, 10);
    await expect
      .poll(async () => (await m.database.db.selectNoFrom(waitsForIt.as('n')).executeTakeFirstOrThrow()).n)
      .toBe(1);
    await booking(tx).set({ ends_at: Date.now() }).execute();
  });
  await forgetting;
  expect(await across(m.database.db, 'operator').selectFrom('booking').select('version').execute()).toHaveLength(1);
});

const waitsForIt = sql<number>`(select count(*)::int from pg_locks where locktype = 'advisory' and not granted
  and database = (select oid from pg_database where datname = current_database()))`;
