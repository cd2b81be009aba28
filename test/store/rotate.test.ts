// Keys are changed in small steps: stopped anywhere and begun again, every value ends under the new key, and none is lost.

import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { openBeside, openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { installationStore } from '../../src/store/installations.ts';
import { rotate } from '../../src/store/rotate.ts';
import { place } from '../../src/store/rows.ts';
import { sealedColumns } from '../../src/store/sealed.ts';
import { freshStorage } from '../storage.ts';
import { keys, memory } from './memory.ts';

const body = (i: number) => JSON.stringify({ event: 'x.y', payload: { uri: `https://api.calendly.com/x/${i}`, i } });

test('is stopped at any step, and goes on where it was', async () => {
  const m = await memory();
  // As before there were keys of the workspaces' own.
  await across(m.database.db, 'operator').deleteFrom('data_key').execute();
  m.database.keys.expire();
  await m.connections.updateConnection(m.installationId, m.connectionId, { userName: 'Olga', userEmail: null });
  await m.changes.keep(
    Array.from({ length: 450 }, (_, i) => ({
      ...m.arrival(body(i), { event: 'x.y', key: `x.y ${i}`, createdBy: null }),
      source: 'backfill',
    })),
  );
  await m.installations.tell({ installationId: m.installationId, to: 'UANN', key: 'k', text: 'hello' });
  const fresh = randomBytes(32);
  const beside = { url: m.storage.url, folder: m.storage.folder };
  const both = await openBeside({ ...beside, keys: [fresh, ...keys] });
  await expect(rotate(both, () => {})).rejects.toThrow('The app does not have the new key yet');
  // As the app does when it starts with it.
  const taken = both.seal.close('xoxb-1', place.botToken(m.installationId));
  await across(both.db, 'operator').updateTable('installation').set({ bot_token: taken }).execute();
  const seen: number[] = [];
  const stopped = rotate(both, (done) => {
    seen.push(done);
    if (done > 200) throw new Error('killed');
  });
  await expect(stopped).rejects.toThrow('killed');
  // What is written meanwhile is under the new key already.
  await across(both.db, 'operator')
    .updateTable('delivery')
    .set({ body: both.seal.close('{}', 'x') })
    .where('kind', '=', 'card')
    .execute();
  const rest = await rotate(both, (_, total) => seen.push(-total));
  expect(rest).toMatchObject({ behind: 0, closed: new Map() });
  expect(rest.done).toBeGreaterThan(200);
  expect(rest.done).toBeLessThan(450);
  expect((await rotate(both, () => {})).done).toBe(0);
  await both.close();
  const alone = await openBeside({ ...beside, keys: [fresh] });
  for (const { table, column, place: placeOf } of sealedColumns) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
      across(alone.db, 'operator'),
    );
    for (const row of rows) {
      const value = row[column];
      if (value instanceof Uint8Array && value.length > 0)
        expect(() => alone.seal.open(value, placeOf(row))).not.toThrow();
    }
  }
  await alone.close();
});

test('what a workspace’s own key seals stays as it is: that key is wrapped anew', async () => {
  const m = await memory();
  await across(m.database.db, 'operator').updateTable('data_key').set({ usable_at: 1 }).execute();
  m.database.keys.expire();
  await m.database.now();
  await m.changes.keep([m.arrival(body(1), { event: 'x.y', key: 'x.y 1', createdBy: null })]);
  const changes = () => across(m.database.db, 'operator').selectFrom('change').selectAll().execute();
  const before = await changes();
  const fresh = randomBytes(32);
  const beside = { url: m.storage.url, folder: m.storage.folder };
  const both = await openBeside({ ...beside, keys: [fresh, ...keys] });
  const taken = both.seal.close('xoxb-1', place.botToken(m.installationId));
  await across(both.db, 'operator').updateTable('installation').set({ bot_token: taken }).execute();
  expect(await rotate(both, () => {})).toMatchObject({ behind: 0, closed: new Map() });
  await both.close();
  expect(await changes()).toEqual(before);
  const alone = await openBeside({ ...beside, keys: [fresh] });
  const { id, body: sealed } = before[0]!;
  expect(alone.seal.open(sealed!, place.change(m.installationId, id))).toBe(body(1));
  await alone.close();
});

test('what no key opens is counted, and left as it is', async () => {
  const m = await memory();
  await m.changes.keep([m.arrival(body(1), { event: 'x.y', key: 'x.y 1', createdBy: null })]);
  await sql`update change set body = ${Buffer.concat([Buffer.of(1), randomBytes(60)])}`.execute(
    across(m.database.db, 'operator'),
  );
  const { closed, done } = await rotate(m.database, () => {});
  expect([done, [...closed]]).toEqual([0, [['message from Calendly', 1]]]);
});

test('names every column that could hold a sealed value', async () => {
  const m = await memory();
  const bytes = (await m.database.db.introspection.getTables()).flatMap((table) =>
    table.columns
      .filter((column) => /blob|bytea/i.test(column.dataType))
      .map((column) => `${table.name}.${column.name}`),
  );
  const open = bytes.filter((name) => !/hash$|\.details$|link$|\.key_id$/.test(name));
  expect(open.sort()).toEqual(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort());
});

test('an app that starts with a new key takes it up at once, whichever way its workspaces came', async () => {
  const storage = await freshStorage();
  const at = { url: storage.url, folder: storage.folder };
  const fresh = randomBytes(32);
  const first = await openDatabase({ ...at, keys });
  await installationStore(first, uuidv7).save({ teamId: 'T1', botUserId: 'UBOT', botToken: 'xoxb-1' });
  await first.close();
  await expect(openDatabase({ ...at, keys: [fresh] })).rejects.toThrow(/sealed with another key.*after a comma/);
  const second = await openDatabase({ ...at, keys: [fresh, ...keys] });
  expect(await rotate(second, () => {})).toMatchObject({ behind: 0 });
  await second.close();
  await (await openDatabase({ ...at, keys: [fresh] })).close();
  await storage.remove();
});
