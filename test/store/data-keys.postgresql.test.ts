// Two processes on one server while a key is replaced: what one of them had sealed before is never written once its key is destroyed, however long it took.

import { expect, it } from 'vitest';
import { across } from '../../src/store/handle.ts';
import { place } from '../../src/store/rows.ts';
import { keyIdOf } from '../../src/store/seal.ts';
import { replaceKey, settle, untilSettled } from '../../src/store/settle-keys.ts';
import { memory } from './memory.ts';

it('a transaction that was begun with the old key is waited for, or undone', { timeout: 180_000 }, async () => {
  const m = await memory();
  const other = await m.again();
  const all = across(m.database.db, 'operator');
  await all.updateTable('data_key').set({ usable_at: 1 }).execute();
  for (const each of [m.database, other]) {
    each.keys.expire();
    await each.now();
  }
  const where = place.userName(m.installationId, m.connectionId);
  const write = (name: string, holdMs: number) =>
    other.transaction(async (tx) => {
      await other.engine.readNow(tx);
      const user_name = other.seal.close(name, where);
      await new Promise((resolve) => setTimeout(resolve, holdMs));
      await tx
        .updateTable('connection')
        .set({ user_name })
        .where('installation_id', '=', m.installationId)
        .where('id', '=', m.connectionId)
        .execute();
      return user_name;
    });
  const old = keyIdOf(other.seal.close('x', where))!;
  // Begun before, and still at it when the new key is in use; another is so slow that nobody waits for it.
  const slow = write('Slow', 14_000);
  const frozen = write('Frozen', 40_000).then(
    () => 'kept',
    (error: Error) => error.message,
  );
  await replaceKey(m.database, m.installationId);
  let isOver = false;
  while (!isOver) {
    const left = await untilSettled(m.database, m.installationId);
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, 500) || 50));
    // It works meanwhile, and learns of the keys there are.
    await other.now();
    if (left === 0) ({ isOver } = await settle(m.database, m.installationId));
  }
  expect(keyIdOf(await slow)).toEqual(old);
  const named = async () =>
    m.database.seal.open(
      (await all.selectFrom('connection').select('user_name').executeTakeFirstOrThrow()).user_name,
      where,
    );
  expect(await named()).toBe('Slow');
  other.keys.expire();
  await other.now();
  expect(other.keys.isReplacing()).toBe(false);
  expect(await frozen).toBe('a transaction took too long while a key is being replaced');
  expect(await named()).toBe('Slow');
});
