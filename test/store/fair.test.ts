// A flood to one account: the bookings of another one are folded in the next turn, not behind all that came before them.

import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { across } from '../../src/store/handle.ts';
import { memory } from './memory.ts';

describe('folding', () => {
  it('gives each account that waits its share of a turn, and each of them in the order they came', async () => {
    const m = await memory();
    const [many, few, one] = [m.connectionId, await m.connect('few'), await m.connect('one')];
    const arrive = (connectionId: string, count: number) =>
      m.changes.keep(
        Array.from({ length: count }, () => ({
          ...m.arrival(makeWebhook('invitee.created')),
          connectionId,
          source: 'backfill',
        })),
      );
    await arrive(many, 120);
    await arrive(few, 30);
    await arrive(one, 1);
    const left = async () => {
      const rows = await across(m.database.db, 'operator')
        .selectFrom('change')
        .select(['connection_id', 'id'])
        .where('folded_at', 'is', null)
        .orderBy('id')
        .execute();
      return [many, few, one].map((account) => rows.filter((row) => row.connection_id === account));
    };
    const before = await left();
    await m.changes.foldNext(60);
    const after = await left();
    expect(after.map((rows) => rows.length)).toEqual([100, 10, 0]);
    expect(after).toEqual([before[0]!.slice(20), before[1]!.slice(20), []]);
    // With one of them left, a turn is all theirs.
    await m.changes.foldNext(60);
    await m.changes.foldNext(60);
    expect((await left()).map((rows) => rows.length)).toEqual([10, 0, 0]);
  });

  it('says that more waits also where equal shares leave places in the turn', async () => {
    const m = await memory();
    for (const connectionId of [m.connectionId, await m.connect('second'), await m.connect('third')])
      await m.changes.keep(
        Array.from({ length: 40 }, () => ({
          ...m.arrival(makeWebhook('invitee.created')),
          connectionId,
          source: 'backfill',
        })),
      );
    expect(await m.changes.foldAll()).toBe(120);
  });

  it('tells a flood apart account by account, and for whoever has nothing in the turn also in the middle of another flood', async () => {
    const m = await memory();
    const [many, few] = [await m.connect('many'), await m.connect('few')];
    const flood = (connectionId: string, count: number) =>
      m.changes.keep(
        Array.from({ length: count }, () => ({ ...m.arrival(makeWebhook('invitee.created')), connectionId })),
      );
    await flood(many, 640);
    await m.changes.foldNext(16);
    await flood(few, 10);
    // What came for them after it, in rows of their own, waits behind it and does not hold it up.
    await flood(few, 2);
    const folded = async (connectionId: string) =>
      (
        await across(m.database.db, 'operator')
          .selectFrom('change')
          .select('id')
          .where('connection_id', '=', connectionId)
          .where('folded_at', 'is not', null)
          .execute()
      ).length;
    const turns: number[] = [];
    for (let i = 0; i < 3; i++) {
      await m.changes.foldNext(16);
      turns.push(await folded(few));
    }
    expect(turns.at(-1)).toBe(12);
    expect(await folded(many)).toBeGreaterThan(16);
    // In the end all of them, each once.
    await m.changes.foldAll();
    expect(await folded(many)).toBe(640);
  });

  it('serves more accounts than a turn has places in turn', async () => {
    const m = await memory();
    const accounts: string[] = [];
    for (let i = 0; i < 7; i++) accounts.push(await m.connect(`user${i}`));
    for (const connectionId of accounts)
      await m.changes.keep(
        Array.from({ length: 3 }, () => ({ ...m.arrival(makeWebhook('invitee.created')), connectionId })),
      );
    await m.changes.foldNext(4);
    await m.changes.foldNext(4);
    const { rows } = await across(m.database.db, 'operator')
      .selectFrom('change')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('folded_at', 'is', null)
      .groupBy('connection_id')
      .execute()
      .then((found) => ({ rows: found.map((row) => Number(row.n)) }));
    expect(rows.sort()).toEqual([1, 2, 2, 2, 2, 2, 2]);
  });
});
