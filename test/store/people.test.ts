// Who has which address, in the real memory: an admin's word stays, nothing personal is in clear, and what is of no use any more goes.

import { expect, test } from 'vitest';
import { across } from '../../src/store/handle.ts';
import { personStore } from '../../src/store/people.ts';
import { memory } from './memory.ts';

const day = 24 * 3_600_000;

test('what Slack said is kept by the address, whatever its case, and may change', async () => {
  const { database, installationId } = await memory();
  const people = personStore(database);
  await people.learned(installationId, 'bo@example.com', 'U0BO');
  await people.learned(installationId, 'cy@example.com', null);
  const known = await people.known(installationId, ['bo@example.com', 'cy@example.com', 'di@example.com']);
  expect([...known].toSorted()).toEqual([
    ['bo@example.com', { userId: 'U0BO', setBy: null, ageMs: expect.any(Number) }],
    ['cy@example.com', { userId: null, setBy: null, ageMs: expect.any(Number) }],
  ]);
  for (const { ageMs } of known.values()) expect(Math.abs(ageMs)).toBeLessThan(5_000);
  expect(await people.known(installationId, [])).toEqual(new Map());
  expect(await people.known('another', ['bo@example.com'])).toEqual(new Map());
  await people.learned(installationId, 'bo@example.com', 'U0BOB');
  expect((await people.known(installationId, ['bo@example.com'])).get('bo@example.com')).toMatchObject({
    userId: 'U0BOB',
  });
  expect(await people.teamOf(installationId)).toBe('T1');
  expect(await people.teamOf('another')).toBeNull();
});

test('an admin’s word is not overwritten by Slack’s, only by an admin’s, and can be taken back', async () => {
  const { database, installationId } = await memory();
  const people = personStore(database);
  await people.learned(installationId, 'bo@example.com', 'U0BO');
  await people.set({ installationId, address: 'bo@example.com', userId: null, by: 'UANN' });
  await people.learned(installationId, 'bo@example.com', 'U0BO');
  expect((await people.known(installationId, ['bo@example.com'])).get('bo@example.com')).toMatchObject({
    userId: null,
    setBy: 'UANN',
  });
  await people.set({ installationId, address: 'bo@example.com', userId: 'U0CY', by: 'UOLGA' });
  expect(await people.pairs(installationId, 10)).toEqual({
    total: 1,
    pairs: [{ address: 'bo@example.com', userId: 'U0CY', by: 'UOLGA' }],
  });
  expect(await people.pairs('another', 10)).toEqual({ total: 0, pairs: [] });
  expect(await people.forget('another', 'bo@example.com')).toBe(false);
  expect(await people.forget(installationId, 'bo@example.com')).toBe(true);
  expect(await people.forget(installationId, 'bo@example.com')).toBe(false);
});

test('no address is in clear, nor told from the hash of another workspace; one that cannot be read hides itself, not the list', async () => {
  const { database, installationId, installations } = await memory();
  const people = personStore(database);
  const { id: another } = await installations.save({ teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxb-2' });
  await people.set({ installationId, address: 'bo@example.com', userId: 'U0BO', by: 'UANN' });
  await people.learned(installationId, 'cy@example.com', 'U0CY');
  await people.learned(another, 'cy@example.com', 'U0CY');
  const rows = await across(database.db, 'operator').selectFrom('person').selectAll().execute();
  expect(rows).toHaveLength(3);
  expect(new Set(rows.map((row) => Buffer.from(row.address_hash).toString('hex'))).size).toBe(3);
  for (const row of rows) {
    const bytes = Buffer.concat([row.address_hash, row.address ?? Buffer.alloc(0)]).toString('latin1');
    expect(`${bytes} ${row.user_id} ${row.set_by}`).not.toContain('example.com');
  }
  await across(database.db, 'operator')
    .updateTable('person')
    .set({ address: Buffer.from('spoilt') })
    .where('address', 'is not', null)
    .execute();
  expect((await people.pairs(installationId, 10)).pairs).toEqual([{ address: null, userId: 'U0BO', by: 'UANN' }]);
});

test('what nobody asked for in a month goes, but never what an admin set', async () => {
  const { database, installationId, installations } = await memory();
  const people = personStore(database);
  const { id: another } = await installations.save({ teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxb-2' });
  await people.learned(installationId, 'old@example.com', 'U0OLD');
  await people.set({ installationId, address: 'set@example.com', userId: 'U0SET', by: 'UANN' });
  await people.learned(another, 'old@example.com', 'U0OLD');
  const now = await database.now();
  await across(database.db, 'operator')
    .updateTable('person')
    .set({ checked_at: now - 31 * day })
    .execute();
  await people.learned(installationId, 'new@example.com', 'U0NEW');
  const left = await across(database.db, 'operator')
    .selectFrom('person')
    .select('user_id')
    .where('installation_id', '=', installationId)
    .execute();
  expect(left.map((row) => row.user_id).toSorted()).toEqual(['U0NEW', 'U0SET']);
  expect((await people.known(another, ['old@example.com'])).size).toBe(1);
});

test('a long list is counted, and cut', async () => {
  const { database, installationId } = await memory();
  const people = personStore(database);
  for (let i = 0; i < 12; i++)
    await people.set({ installationId, address: `host${i}@example.com`, userId: 'U0BO', by: 'UANN' });
  const { total, pairs } = await people.pairs(installationId, 5);
  expect([total, pairs.length]).toEqual([12, 5]);
});
