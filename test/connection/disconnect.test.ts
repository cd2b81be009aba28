// Pins `disconnect`: everything stops, nothing is lost, and it succeeds even when Calendly does not answer.

import { expect, test } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { bond } from './bond.ts';

test('says beforehand what will stop', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  for (const channel of ['C1', 'C1', 'C2']) await b.subscribe(connection.id, channel);
  expect(await b.disconnector().impact(b.installationId, connection.id)).toEqual({ subscriptions: 3, channels: 2 });
});

test('deletes the hooks, pauses the subscriptions, forgets the token', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  await b.connector().ensureFamily(connection, 'routing');
  const state = await b.subscribe(connection.id);
  expect(await b.disconnect(connection.id)).toEqual({ subscriptions: 1, hooksDeleted: 2, leftOver: 0, notes: [] });
  expect(b.sandbox.hooks).toEqual([]);
  expect(await b.connection(connection.id)).toMatchObject({ state: 'disconnected', token: '' });
  expect(await state()).toBe('paused');
  // Their messages may still be under way, so the rows stay known for a day.
  expect((await b.rows(connection.id)).map((row) => row.state)).toEqual(['retired', 'retired']);
  expect(await b.store.allLiveConnections()).toEqual([]);
});

test('done twice is done once', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  await b.disconnect(connection.id);
  expect(await b.disconnect(connection.id)).toEqual({ subscriptions: 0, hooksDeleted: 0, leftOver: 0, notes: [] });
});

test('leaves the hooks of others alone', async () => {
  const b = await bond();
  const olga = await b.connect(b.sandbox.tokens.olga);
  const adam = await b.connect(b.sandbox.tokens.adam);
  await b.disconnect(olga.connection.id);
  expect(b.sandbox.hooks.map((hook) => hook.uri)).toEqual(
    (await b.live(adam.connection.id)).map((row) => row.calendlyUri),
  );
});

test.each([
  ['Calendly is down', async ({ sandbox }: Awaited<ReturnType<typeof bond>>) => sandbox.faults.down()],
  [
    'the token is dead',
    async ({ sandbox }: Awaited<ReturnType<typeof bond>>) => sandbox.revokeToken(sandbox.tokens.olga),
  ],
])('succeeds when %s, and says what is left over', async (_name, spoil) => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  await spoil(b);
  const done = await b.disconnect(connection.id);
  expect(done).toMatchObject({ hooksDeleted: 0, leftOver: 1 });
  expect(done.notes.join(' ')).toMatch(/^One hook is left over at Calendly/);
  expect(await b.connection(connection.id)).toMatchObject({ state: 'disconnected', token: '' });
  expect(await b.live(connection.id)).toEqual([]);
});

test('a hook whose making was cut short goes too', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  const [hook] = await b.rows(connection.id);
  if (!hook) throw new Error('no hook');
  await b.store.updateHook(b.installationId, hook.id, { calendlyUri: null, state: 'making' });
  expect(await b.disconnect(connection.id)).toMatchObject({ hooksDeleted: 1, leftOver: 0 });
  expect(b.sandbox.hooks).toEqual([]);
});

test('the connection of another workspace is none', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  const foreign = b.disconnector().disconnect('another-installation', connection.id, 'UEVE');
  await expect(foreign).rejects.toThrow(Refusal);
  await expect(foreign).rejects.toMatchObject({ code: 'not_connected' });
  expect(b.sandbox.hooks).toHaveLength(1);
});
