// Pins the list of event types: whose they are, their order, and how seldom Calendly is asked.

import { expect, test } from 'vitest';
import { eventTypes } from '../../src/connection/event-types.ts';
import { type Bond, bond } from './bond.ts';

const asked = (b: Bond) => b.sandbox.calls.filter((call) => call.path === '/event_types');

test('an admin sees those of the organization, a member his own; active ones by name', async () => {
  const b = await bond();
  const olga = await b.connect(b.sandbox.tokens.olga);
  const mia = await b.connect(b.sandbox.tokens.mia);
  b.sandbox.addEventTypes(120);
  const list = eventTypes({ calendly: b.api, lists: b.api.doing.lists, clock: b.clock });
  const all = await list(olga.connection);
  const active = b.sandbox.eventTypes
    .filter((type) => type.active && type.scheduling_url !== null)
    .map((type) => type.name);
  expect(all.every((type) => type.active)).toBe(true);
  expect(all.length).toBeGreaterThan(100);
  expect(all.map((type) => type.name).filter((name) => !active.includes(name))).toEqual([]);
  const names = all.map((type) => type.name);
  expect(names).toEqual([...names].sort(new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare));
  const own = await list(mia.connection);
  expect(own.length).toBeLessThan(all.length);
  expect(asked(b).at(-1)?.query).toMatchObject({ user: b.sandbox.users.mia.uri });
});

test('Calendly is asked once a minute, also by many at the same time', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  const list = eventTypes({ calendly: b.api, lists: b.api.doing.lists, clock: b.clock });
  const many = await Promise.all([list(connection), list(connection), list(connection)]);
  expect(many[0]).toEqual(many[2]);
  b.clock.shift = 55_000;
  await list(connection);
  expect(asked(b)).toHaveLength(1);
  b.clock.shift = 61_000;
  await list(connection);
  expect(asked(b)).toHaveLength(2);
  await list({ ...connection, token: b.sandbox.createToken(b.sandbox.users.olga) });
  expect(asked(b)).toHaveLength(3);
});

test('a failure is told and not remembered', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  const list = eventTypes({ calendly: b.api, lists: b.api.doing.lists, clock: b.clock });
  await b.sandbox.faults.down();
  await expect(list(connection)).rejects.toMatchObject({ code: 'calendly_down' });
  await b.sandbox.faults.up();
  expect((await list(connection)).length).toBeGreaterThan(0);
});

test('only a hundred connections are remembered', async () => {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens.olga);
  b.sandbox.rateLimit.limit = 10_000;
  const list = eventTypes({ calendly: b.api, lists: b.api.doing.lists, clock: b.clock });
  for (let n = 0; n <= 100; n += 1) await list({ ...connection, id: `c${n}` });
  const before = asked(b).length;
  await list({ ...connection, id: 'c100' });
  expect(asked(b)).toHaveLength(before);
  await list({ ...connection, id: 'c0' });
  expect(asked(b)).toHaveLength(before + 1);
});
