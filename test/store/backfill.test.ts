// The memory of looking for what was missed: held by one process at a time, its wishes joined, its questions answered within one workspace.

import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { keyOf } from '../../src/calendly/payload.ts';
import { nothingFound, type Run, wishFor } from '../../src/connection/look.ts';
import { backfillStore } from '../../src/store/backfill.ts';
import { across } from '../../src/store/handle.ts';
import { followClock } from '../../src/store/set-back.ts';
import { memory } from './memory.ts';

const meeting = (id: string) => `https://api.calendly.com/scheduled_events/${id}`;
const lease = 60_000;

async function begun() {
  const m = await memory();
  const store = backfillStore(m.database);
  await store.begin(m.installationId, m.connectionId, 1_000);
  const wish = (reason: 'start' | 'hook', now: number) => wishFor(reason, now, { keptDays: 90 });
  return { ...m, store, wish };
}

const runOf = (wish: ReturnType<typeof wishFor>): Run => ({
  ...wish,
  id: 'r1',
  beganAt: 5,
  cursor: null,
  found: nothingFound,
  unread: 0,
  failures: 0,
  waits: null,
});

describe('a connection that is due', () => {
  it('is taken up by one of two processes, and by the other only once the first has lost it', async () => {
    const m = await begun();
    const other = backfillStore(m.storage.url ? await m.again() : m.database);
    const claims = await Promise.all([m.store.claim(10, lease), other.claim(10, lease), m.store.claim(10, lease)]);
    expect(claims.flat()).toHaveLength(1);
    const [held] = claims.flat();
    expect(await other.claim(10, lease)).toEqual([]);

    await across(m.database.db, 'operator').updateTable('backfill').set({ lease_until: 1 }).execute();
    const [second] = await other.claim(10, lease);
    const run = runOf(m.wish('start', 10));
    expect(await m.store.take(held!, run, held!)).toBe(false);
    expect(await m.store.save(held!, run)).toBe(false);
    expect(await m.store.extend(held!, lease)).toBe(false);
    expect(await m.store.finish(held!, { ...run, endedAt: 9, earlier: null })).toBe(false);
    await m.store.release(held!, 0);
    expect(await m.store.claim(10, lease)).toEqual([]);
    expect(await other.take(second!, run, second!)).toBe(true);
    expect((await m.store.state(m.installationId, m.connectionId))?.run).toEqual(run);
  });

  it('is left alone while its account or its workspace does not work', async () => {
    const m = await begun();
    await m.connections.updateConnection(m.installationId, m.connectionId, { state: 'broken' });
    expect(await m.store.claim(10, lease)).toEqual([]);
    await m.connections.updateConnection(m.installationId, m.connectionId, { state: 'active' });
    await across(m.database.db, 'operator').updateTable('installation').set({ state: 'broken' }).execute();
    expect(await m.store.claim(10, lease)).toEqual([]);
    await across(m.database.db, 'operator').updateTable('installation').set({ state: 'active' }).execute();
    expect(await m.store.claim(10, lease)).toHaveLength(1);
  });

  it('rests as long as what is under way has to wait, whatever is wished for meanwhile', async () => {
    const m = await begun();
    const [held] = await m.store.claim(10, lease);
    expect(await m.store.take(held!, runOf(m.wish('start', 10)), held!)).toBe(true);
    await m.store.wish(m.installationId, m.connectionId, m.wish('hook', 20));
    const at = Date.now() + 900_000;
    await m.store.release(held!, at);
    expect(await m.store.claim(10, lease)).toEqual([]);
    const [row] = await across(m.database.db, 'operator').selectFrom('backfill').select('due_at').execute();
    expect(row!.due_at).toBe(at);
  });

  it('comes back by itself after its holder was killed, and its place in the list is kept', async () => {
    const m = await begun();
    const [held] = await m.store.claim(10, lease);
    const run = { ...runOf(m.wish('start', 10)), cursor: { from: 1, pageToken: 'p2', reached: 7 } };
    await m.store.take(held!, run, held!);
    await across(m.database.db, 'operator').updateTable('backfill').set({ lease_until: 1 }).execute();
    const [next] = await m.store.claim(10, lease);
    expect(next?.run?.cursor).toEqual({ from: 1, pageToken: 'p2', reached: 7 });
  });

  it('keeps a wish that comes while it is held, and is due again at once', async () => {
    const m = await begun();
    await m.store.wish(m.installationId, m.connectionId, m.wish('start', 100 * 86_400_000));
    const [held] = await m.store.claim(10, lease);
    expect(held?.wish?.reason).toBe('start');
    await m.store.wish(m.installationId, m.connectionId, m.wish('hook', 101 * 86_400_000));
    const run = runOf(held!.wish!);
    await m.store.take(held!, run, held!);
    await m.store.finish(held!, { ...run, endedAt: 9, earlier: null });
    await m.store.release(held!, Date.now() + 3_600_000);
    const [again] = await m.store.claim(10, lease);
    expect(again?.wish?.reason).toBe('hook');
    await m.store.take(again!, runOf(again!.wish!), again!);
    expect((await m.store.state(m.installationId, m.connectionId))?.wish).toBeNull();
  });

  it('begins anew with what is under way given up, where an account is connected anew', async () => {
    const m = await begun();
    const [held] = await m.store.claim(10, lease);
    await m.store.take(held!, runOf(m.wish('start', 10)), held!);
    await m.store.begin(m.installationId, m.connectionId, 2_000);
    expect(await m.store.state(m.installationId, m.connectionId)).toMatchObject({
      since: 2_000,
      run: null,
      wish: null,
    });
    expect(await m.store.save(held!, runOf(m.wish('start', 10)))).toBe(false);
  });

  it('is due as long as before after the clock was set back', async () => {
    const m = await begun();
    const [held] = await m.store.claim(10, lease);
    await m.store.release(held!, (await m.store.now()) + 10 * 86_400_000);
    await across(m.database.db, 'operator')
      .updateTable('cron_run')
      .set({ ran_at: Date.now() + 11 * 86_400_000 })
      .execute();
    await m.database.db
      .insertInto('cron_run')
      .values({ name: 'clock', period: 0, ran_at: Date.now() + 11 * 86_400_000 })
      .onConflict((conflict) => conflict.columns(['name', 'period']).doNothing())
      .execute();
    await followClock(m.database);
    expect(await m.store.claim(10, lease)).toHaveLength(1);
  });

  it('has a row also where it was connected before there was a backfill, since it was made', async () => {
    const m = await memory();
    const store = backfillStore(m.database);
    await store.beginMissing();
    await store.beginMissing();
    const { created_at } = await across(m.database.db, 'operator')
      .selectFrom('connection')
      .select('created_at')
      .executeTakeFirstOrThrow();
    expect(await store.state(m.installationId, m.connectionId)).toMatchObject({ since: created_at, nightlyAt: 0 });
  });
});

describe('what we know', () => {
  const booked = (id: string, name: string) => makeWebhook('invitee.created', { eventId: id, inviteeId: name, name });

  it('is found by the meeting, and what was told by its key; in this workspace and by this connection alone', async () => {
    const m = await begun();
    await m.changes.keep([m.arrival(booked('E1', 'Ada'))]);
    await m.changes.foldNext(10);
    const key = keyOf(JSON.parse(booked('E1', 'Ada')))!.key;
    expect([...(await m.store.known(m.installationId, [meeting('E1'), meeting('E2')])).keys()]).toEqual([
      meeting('E1'),
    ]);
    expect(await m.store.told(m.installationId, m.connectionId, [key, 'invitee.created x'])).toEqual(new Set([key]));
    expect(await m.store.told(m.installationId, 'another', [key])).toEqual(new Set());
    expect(await m.store.known('another', [meeting('E1')])).toEqual(new Map());
    expect(await m.store.told('another', m.connectionId, [key])).toEqual(new Set());
  });

  it('two people in one meeting whose seats nobody tells stay two bookings', async () => {
    const m = await begun();
    await m.subscribe('C1');
    const untold = (name: string) => {
      const body = JSON.parse(booked('E1', name));
      delete body.payload.scheduled_event.invitees_counter;
      return m.arrival(JSON.stringify(body));
    };
    await m.changes.keep([untold('Ada'), untold('Bo')]);
    await m.changes.foldNext(10);
    expect(await m.deliveries()).toHaveLength(2);
  });

  it('the parts of a move are found by every meeting of it, also once they are joined', async () => {
    const m = await begun();
    const link = (id: string, name: string) => `${meeting(id)}/invitees/${name}`;
    await m.changes.keep([
      m.arrival(makeWebhook('invitee.created', { eventId: 'E1', inviteeId: 'A', newInvitee: link('E2', 'B') })),
      m.arrival(makeWebhook('invitee.created', { eventId: 'E4', inviteeId: 'D', oldInvitee: link('E3', 'C') })),
    ]);
    await m.changes.foldNext(10);
    await m.changes.keep([
      m.arrival(
        makeWebhook('invitee.created', {
          eventId: 'E3',
          inviteeId: 'C',
          oldInvitee: link('E2', 'B'),
          newInvitee: link('E4', 'D'),
        }),
      ),
      m.arrival(
        makeWebhook('invitee.created', {
          eventId: 'E2',
          inviteeId: 'B',
          oldInvitee: link('E1', 'A'),
          newInvitee: link('E3', 'C'),
        }),
      ),
    ]);
    await m.changes.foldNext(10);
    const known = await m.store.known(m.installationId, ['E1', 'E2', 'E3', 'E4'].map(meeting));
    expect(known.size).toBe(4);
    expect(new Set([...known.values()].map(({ state }) => Object.keys(state.invitees).length))).toEqual(new Set([4]));
  });

  it('a booking from before meetings had names gets one by its invitees', async () => {
    const m = await begun();
    await m.changes.keep([m.arrival(booked('E1', 'Ada'))]);
    await m.changes.foldNext(10);
    const names = await across(m.database.db, 'operator').selectFrom('booking_uri').selectAll().execute();
    expect(names).toHaveLength(2);
    await m.store.name(m.installationId, meeting('E9'), [`${meeting('E1')}/invitees/Ada`]);
    expect((await m.store.known(m.installationId, [meeting('E9')])).size).toBe(1);
    await m.store.name(m.installationId, meeting('E8'), [`${meeting('E7')}/invitees/Bo`]);
    expect((await m.store.known(m.installationId, [meeting('E8')])).size).toBe(0);
  });
});

describe('hook and look in the same moment', () => {
  it.each(['in a flood', 'a few at a time'])('keep each booking once, whoever is first (%s)', async (how) => {
    const m = await begun();
    await m.subscribe('C1');
    const on = m.storage.url ? await m.again() : m.database;
    const bodies = Array.from({ length: 200 }, (_, i) => makeWebhook('invitee.created', { name: `Guest ${i}` }));
    const byHook = bodies.map((body) => m.arrival(body));
    const byLook = bodies.map((body) => ({ ...m.arrival(body), source: 'backfill' as const })).toReversed();
    const some = how === 'in a flood' ? 200 : 5;
    const parts = Array.from({ length: 200 / some }, (_, i) => byHook.slice(i * some, (i + 1) * some));
    const fresh = await Promise.all([...parts.map(m.changes.keep), m.keepAnew(on, byLook)]);
    // Of a flood it is known later.
    if (some < 200) expect(fresh.flat().filter(Boolean)).toHaveLength(200);
    await m.changes.foldAll();
    expect(await m.deliveries()).toHaveLength(200);
  });
});

describe('a channel that subscribes while a gap is open', () => {
  it('hears of what happens from then on, not of what was found from before', async () => {
    const m = await begun();
    await m.subscribe('C1');
    await across(m.database.db, 'operator').updateTable('subscription').set({ created_at: Date.now() }).execute();
    const found = (name: string, createdAt: number) => ({
      ...m.arrival(makeWebhook('invitee.created', { name, createdAt })),
      source: 'backfill' as const,
    });
    const late = m.arrival(makeWebhook('invitee.created', { name: 'Told', createdAt: Date.now() - 7_200_000 }));
    await m.changes.keep([found('Before', Date.now() - 7_200_000), found('After', Date.now()), late]);
    await m.changes.foldNext(10);
    expect(await m.deliveries()).toHaveLength(2);
    const verdicts = await across(m.database.db, 'operator').selectFrom('change').select('verdict').execute();
    expect(verdicts.map(({ verdict }) => verdict)).toContain('suppressed: it happened before the channel subscribed');
  });
});
