// Few connections of PostgreSQL's: shared while somebody gives one back soon, more where nobody does, and never so few that one waits for good.

import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { sharedPool } from '../../src/store/shared-pool.ts';

const pools: pg.Pool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.end())));

function shared(o: { max?: number; url?: string } = {}) {
  const pool = new pg.Pool({
    connectionString: o.url ?? process.env.DATABASE_URL!,
    max: o.max ?? 10,
    connectionTimeoutMillis: 2_000,
  });
  pool.on('error', () => {});
  pools.push(pool);
  const { take, giveBack } = sharedPool(pool);
  const ask = async (text: string) => {
    const client = await take();
    try {
      await client.query(text);
    } finally {
      giveBack(client, false);
    }
  };
  return { pool, take, giveBack, ask };
}

describe('a shared pool', () => {
  it('asks a hundred short questions over two connections', async () => {
    const { pool, ask } = shared();
    await Promise.all([ask('select 1'), ask('select 1')]);
    await Promise.all(Array.from({ length: 100 }, () => ask('select 1')));
    expect(pool.totalCount).toBe(2);
  });

  it('makes more where nobody gives one back, up to all there may be', async () => {
    const { pool, take, giveBack, ask } = shared({ max: 4 });
    const held = [await take(), await take(), await take()];
    expect(pool.totalCount).toBe(3);
    await ask('select 1');
    const last = await take();
    await expect(take()).rejects.toThrow(/timeout/);
    for (const client of [...held, last]) giveBack(client, false);
    await ask('select 1');
    expect(pool.totalCount).toBe(4);
  });

  it('is served in order, and by one that is free at once', async () => {
    const { take, giveBack } = shared();
    const held = [await take(), await take()];
    const served: number[] = [];
    const asked = [1, 2, 3].map((i) =>
      take().then((client) => {
        served.push(i);
        giveBack(client, false);
      }),
    );
    giveBack(held[0]!, false);
    await Promise.all(asked);
    expect(served).toEqual([1, 2, 3]);
    giveBack(held[1]!, false);
  });

  it('goes on after connections that broke, and after those that could not be made', async () => {
    const { pool, take, giveBack, ask } = shared();
    for (let i = 0; i < 5; i++) giveBack(await take(), true);
    await ask('select 1');
    expect(pool.totalCount).toBe(1);
    const nowhere = shared({ url: 'postgres://nobody@127.0.0.1:1/none' });
    for (let i = 0; i < 20; i++) await expect(nowhere.take()).rejects.toThrow();
    nowhere.pool.options.connectionString = process.env.DATABASE_URL!;
    await Promise.all([nowhere.ask('select 1'), nowhere.ask('select 1')]);
    await Promise.all(Array.from({ length: 100 }, () => nowhere.ask('select 1')));
    expect(nowhere.pool.totalCount).toBe(2);
  });
});
