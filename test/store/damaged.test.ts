// Rows that do not open, such as those sealed with a lost key: each is passed over by itself, is said in the log, and holds up nobody else.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeWebhook, type WebhookKind } from '../../sandbox/calendly/payloads.ts';
import { sightingOf } from '../../src/calendly/messages.ts';
import type { ListedMeeting } from '../../src/connection/lists.ts';
import { backfillStore } from '../../src/store/backfill.ts';
import { across } from '../../src/store/handle.ts';
import { place, uriHash } from '../../src/store/rows.ts';
import { pairStore } from '../../src/store/token-pairs.ts';
import { memory } from './memory.ts';

const meeting = (id: string) => `https://api.calendly.com/scheduled_events/${id}`;
const webhook = (event: WebhookKind, id: string, name: string) =>
  makeWebhook(event, { eventId: id, inviteeId: name, name, email: `${name}@example.com` });

async function damaged() {
  const said: unknown[][] = [];
  const log = { error: (...words: unknown[]) => void said.push(words), info: () => {} };
  const m = await memory({ log });
  await m.subscribe('C1');
  const hear = async (...bodies: string[]) => {
    await m.changes.keep(bodies.map((body) => m.arrival(body)));
    return m.foldAfterRestart(10);
  };
  await hear(webhook('invitee.created', 'E1', 'Ada'), webhook('invitee.created', 'E2', 'Bo'));
  const { booking_id: id } = await across(m.database.db, 'operator')
    .selectFrom('booking_uri')
    .select('booking_id')
    .where('uri_hash', '=', uriHash(meeting('E1')))
    .executeTakeFirstOrThrow();
  const damage = (state: Buffer) =>
    across(m.database.db, 'operator').updateTable('booking').set({ state }).where('id', '=', id).execute();
  await damage(randomBytes(200));
  return { ...m, log, said, hear, id, damage };
}

describe('a booking that does not open', () => {
  it('begins anew with what is told of it, keeps its one card, and lets the others through', async () => {
    const m = await damaged();
    const before = await m.deliveries();
    expect(await m.hear(webhook('invitee.canceled', 'E2', 'Bo'), webhook('invitee.canceled', 'E1', 'Ada'))).toBe(2);
    const open = await across(m.database.db, 'operator')
      .selectFrom('change')
      .select('id')
      .where('folded_at', 'is', null)
      .execute();
    expect(open).toEqual([]);
    const cards = (await m.deliveries()).filter((row) => row.kind === 'card');
    expect(cards.map((row) => row.id)).toEqual(before.map((row) => row.id));
    const known = await backfillStore(m.database).known(m.installationId, [meeting('E1'), meeting('E2')]);
    const names = [...known.values()].flatMap(({ state }) => Object.values(state.invitees)).map((f) => f.invitee);
    expect(names.map(({ name, active }) => [name, active]).sort()).toEqual([
      ['Ada', false],
      ['Bo', false],
    ]);
    expect(m.said).toHaveLength(1);
    expect(JSON.stringify(m.said)).toContain(m.id);
  });

  it('is not mistaken for an empty one by what is only seen in the list', async () => {
    const m = await damaged();
    const before = await m.deliveries();
    const { scheduled_event } = JSON.parse(webhook('invitee.created', 'E1', 'Ada')).payload;
    const json = sightingOf({ raw: scheduled_event, meeting: { uri: scheduled_event.uri } } as ListedMeeting, {
      at: Date.now(),
      mark: '1 x',
      unmarked: {},
    }).json;
    await m.hear(JSON.stringify(json));
    expect((await m.deliveries()).map((row) => row.wanted_version)).toEqual(before.map((row) => row.wanted_version));
  });

  it('is unknown to a look at the list, which finds the others', async () => {
    const m = await damaged();
    const known = await backfillStore(m.database, m.log).known(m.installationId, [meeting('E1'), meeting('E2')]);
    expect([...known.keys()]).toEqual([meeting('E2')]);
    expect(m.said).toHaveLength(1);
  });

  it('is said in the log without a word of what stood in it', async () => {
    const m = await damaged();
    await m.damage(m.database.seal.pack('{"Ada Canary":', place.booking(m.installationId, m.id)));
    await m.hear(webhook('invitee.canceled', 'E1', 'Ada'));
    expect(m.said).toHaveLength(1);
    expect(
      JSON.stringify(m.said, (_key, value) => (value instanceof Error ? `${value.message}` : value)),
    ).not.toContain('Canary');
  });
});

describe('a pair of tokens that does not open', () => {
  it('says so instead of failing', async () => {
    const m = await memory();
    const pairs = pairStore(m.database);
    const name = { installationId: m.installationId, id: 'p1' };
    await pairs.add(name, { access: 'a', refresh: 'r', expiresInMs: 1_000, scopes: null, owner: null });
    expect(await pairs.read(name)).toMatchObject({ access: 'a', dead: null });
    await across(m.database.db, 'operator')
      .updateTable('token_pair')
      .set({ refresh: randomBytes(80) })
      .execute();
    expect(await pairs.read(name)).toMatchObject({ access: '', refresh: '', dead: 'unreadable' });
  });
});
