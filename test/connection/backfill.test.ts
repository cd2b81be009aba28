// Pins looking for what was missed: what a look costs, whose turn it is to ask, which part of the list is read when, and what differs.

import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { startCalendly } from '../../sandbox/calendly/server.ts';
import { emptyBooking, fold, view } from '../../src/booking/booking.ts';
import type { Sighting } from '../../src/booking/change.ts';
import { intake } from '../../src/booking/intake.ts';
import { calendlyApi } from '../../src/calendly/api.ts';
import { messageOf } from '../../src/calendly/messages.ts';
import { pace } from '../../src/calendly/pace.ts';
import { backfills } from '../../src/connection/backfill.ts';
import { caughtUp, caughtUpHere } from '../../src/connection/caught-up.ts';
import type { Lists, Page } from '../../src/connection/lists.ts';
import { both, dueLook, nextDueAt, nothingFound, pollPause, wishFor } from '../../src/connection/look.ts';
import { backfillStore } from '../../src/store/backfill.ts';
import { across } from '../../src/store/handle.ts';
import { followClock } from '../../src/store/set-back.ts';
import { aChange, anInvitee, hour } from '../booking/samples.ts';
import { memory } from '../store/memory.ts';

const minute = 60_000;
const day = 24 * hour;
const silent = { info() {}, warn() {}, error() {} };

/** The sandbox's Calendly, a memory, and the look between them; nothing runs by itself. */
async function looking(o: { lists?: (lists: Lists) => Lists; stopAfterPages?: number } = {}) {
  const m = await memory();
  const calendly = await startCalendly();
  calendly.rateLimit.limit = 1_000_000;
  const api = calendlyApi({ baseUrl: new URL(calendly.url), retryAfterMs: [1, 1] });
  const { userUri, organizationUri, token } = {
    userUri: calendly.users.olga.uri,
    organizationUri: calendly.organization.uri,
    token: calendly.tokens.olga,
  };
  await m.connections.updateConnection(m.installationId, m.connectionId, { userUri, organizationUri, token });
  const store = backfillStore(m.database);
  const { keep } = intake({ store: { keep: m.changes.keep }, onKept() {} });
  const told: string[] = [];
  const make = () =>
    backfills({
      store,
      connection: m.connections.connection,
      lists: o.lists?.(api.lists) ?? api.lists,
      keep,
      notices: { tell: async ({ text }) => void told.push(text) },
      polls: false,
      keptDays: 90,
      newId: () => 'r1',
      log: silent,
    });
  const connection = (await m.connections.connection(m.installationId, m.connectionId))!;
  const first = make();
  await first.connected(connection);
  const arrivals = () =>
    calendly.bookings.map(({ event, invitee }) => {
      const payload = { ...invitee, scheduled_event: event };
      return m.arrival(JSON.stringify({ event: 'invitee.created', created_at: invitee.created_at, payload }));
    });
  const foldAll = async () => {
    while ((await m.changes.foldNext(500)) > 0);
  };
  const night = () =>
    across(m.database.db, 'operator')
      .updateTable('backfill')
      .set({ nightly_at: 0, due_at: 0, lease_until: 0 })
      .execute();
  const asked = () => calendly.calls.filter(({ path }) => path.startsWith('/scheduled_events'));
  const kept = async () => (await across(m.database.db, 'operator').selectFrom('change').select('id').execute()).length;
  return { ...m, calendly, api, store, make, first, told, arrivals, foldAll, night, asked, kept, connection };
}

describe('what a look costs', () => {
  test('10,000 upcoming meetings that are as we know them: a call for each hundred, and no write', {
    timeout: 120_000,
  }, async () => {
    const l = await looking();
    const start = Date.now() + day;
    for (let i = 0; i < 10_000; i++)
      l.calendly.book({ name: `Guest ${i}`, start: new Date(start + (i % 3_000) * 30 * minute) });
    const all = l.arrivals();
    for (let i = 0; i < all.length; i += 500) await l.changes.keep(all.slice(i, i + 500));
    await l.foldAll();
    const before = await l.kept();
    const versions = await across(l.database.db, 'operator')
      .selectFrom('booking')
      .select('version')
      .where('version', '>', 1)
      .execute();
    await l.night();
    const began = performance.now();
    await l.first.work();
    const ms = Math.round(performance.now() - began);
    console.info(`10,000 meetings: ${l.asked().length} calls, ${ms} ms`);
    expect(l.asked().length).toBeLessThanOrEqual(101);
    expect(await l.kept()).toBe(before);
    expect(
      await across(l.database.db, 'operator')
        .selectFrom('booking')
        .select('version')
        .where('version', '>', 1)
        .execute(),
    ).toEqual(versions);
    expect((await l.store.state(l.installationId, l.connectionId))?.last).toMatchObject({
      found: nothingFound,
      unread: 0,
    });
  });

  test('killed in the middle of a page: at most that page is read again', async () => {
    const l = await looking({
      lists: (lists) => ({
        ...lists,
        async invitees(account, listed) {
          if (listed.meeting.startsAt > killAt) throw new Error('killed here');
          return await lists.invitees(account, listed);
        },
      }),
    });
    const start = Date.now() + day;
    let killAt = start + 150 * hour - 1;
    for (let i = 0; i < 250; i++) l.calendly.book({ name: `Guest ${i}`, start: new Date(start + i * hour) });
    await l.night();
    await l.first.work();
    const first = l.asked().length;
    killAt = Number.POSITIVE_INFINITY;
    await across(l.database.db, 'operator').updateTable('backfill').set({ due_at: 0, lease_until: 0 }).execute();
    await l.make().work();
    const pages = l.asked().filter(({ path }) => path === '/scheduled_events');
    expect(pages).toHaveLength(4);
    expect(l.asked().length - first).toBeLessThanOrEqual(2 + 150);
    expect(await l.kept()).toBe(250);
    expect((await l.store.state(l.installationId, l.connectionId))?.last?.found.booked).toBeGreaterThanOrEqual(200);
  });

  test('an account that was connected while the clock was ahead has its bookings found once the clock is right', async () => {
    const l = await looking();
    await followClock(l.database);
    const ahead = { since: sql<number>`since + ${3 * day}` };
    await across(l.database.db, 'operator').updateTable('backfill').set(ahead).execute();
    await across(l.database.db, 'operator')
      .updateTable('cron_run')
      .set({ ran_at: sql<number>`ran_at + ${3 * day - 20_000}` })
      .execute();
    l.calendly.book({ name: 'Ada' });
    await followClock(l.database);
    await l.night();
    await l.first.work();
    expect(await l.kept()).toBe(1);
  });

  test('a page token that is refused: the list is read on from the last meeting that was dealt with', async () => {
    let refusals = 0;
    const l = await looking({
      lists: (lists) => ({
        ...lists,
        meetings: (account, page) => {
          if (page.pageToken !== null && refusals++ === 0)
            return lists.meetings(account, { ...page, pageToken: 'too-old' });
          return lists.meetings(account, page);
        },
      }),
    });
    for (let i = 0; i < 250; i++) l.calendly.book({ name: `Guest ${i}`, start: new Date(Date.now() + day + i * hour) });
    await l.night();
    await l.first.work();
    expect(await l.kept()).toBe(250);
    expect((await l.store.state(l.installationId, l.connectionId))?.last?.found.booked).toBe(250);
  });

  test('the two halves of a move are filed together, however many pages lie between', async () => {
    const l = await looking({
      lists: (lists) => ({
        ...lists,
        async meetings(account, page) {
          if (page.pageToken !== null) throw new Error('killed here');
          return await lists.meetings(account, page);
        },
      }),
    });
    const away = l.calendly.book({ name: 'Far Fox', start: new Date(Date.now() + day) });
    for (let i = 0; i < 150; i++)
      l.calendly.book({ name: `Guest ${i}`, start: new Date(Date.now() + 2 * day + i * hour) });
    l.calendly.move(away, { start: new Date(Date.now() + 60 * day) });
    await l.night();
    await l.first.work();
    await l.foldAll();
    const known = await l.store.known(l.installationId, [away.eventUri]);
    expect(view(known.get(away.eventUri)!.state)).toMatchObject({
      state: 'booked',
      moves: [{ to: { name: 'Far Fox' } }],
    });
  });

  test('an error never makes half a list a whole one', async () => {
    const l = await looking();
    for (let i = 0; i < 150; i++) l.calendly.book({ name: `Guest ${i}`, start: new Date(Date.now() + day + i * hour) });
    await l.night();
    l.calendly.faults.add({ match: 'GET /scheduled_events', kind: { status: 500 } });
    await l.first.work();
    const state = await l.store.state(l.installationId, l.connectionId);
    expect(state).toMatchObject({
      last: null,
      run: { failures: 1, waits: { sentence: expect.stringContaining('not well') } },
    });
    l.calendly.faults.clear();
    await across(l.database.db, 'operator').updateTable('backfill').set({ due_at: 0 }).execute();
    await l.first.work();
    expect((await l.store.state(l.installationId, l.connectionId))?.last?.found.booked).toBe(150);
  });

  test('a page that comes twice is no end, and a list that turns in circles is waited out', async () => {
    let lie: (page: Page, token: string | null) => Page = (page) => page;
    let first: Page | null = null;
    const l = await looking({
      lists: (lists) => ({
        ...lists,
        async meetings(account, page) {
          const answer = await lists.meetings(account, page);
          first ??= answer;
          return lie(answer, page.pageToken);
        },
      }),
    });
    for (let i = 0; i < 250; i++) l.calendly.book({ name: `Guest ${i}`, start: new Date(Date.now() + day + i * hour) });
    await l.night();
    // Whoever follows the token gets the first page again, as if it were the last.
    lie = (page, token) => (token === null ? page : { ...first!, next: null });
    await l.first.work();
    expect(await l.kept()).toBe(250);
    expect((await l.store.state(l.installationId, l.connectionId))?.last?.found.booked).toBe(250);

    await l.night();
    lie = (page) => ({ ...page, meetings: [], next: `more ${Math.random()}` });
    await l.first.work();
    expect(await l.store.state(l.installationId, l.connectionId)).toMatchObject({
      run: { waits: { sentence: expect.stringContaining('leads back') } },
    });
    expect(l.asked().filter(({ path }) => path === '/scheduled_events').length).toBeLessThan(40);
  });

  test('a member is asked for his own meetings alone', async () => {
    const l = await looking();
    const { mia } = l.calendly.users;
    const own = { userUri: mia.uri, token: l.calendly.tokens.mia, role: 'user' as const, scope: 'user' as const };
    await l.connections.updateConnection(l.installationId, l.connectionId, own);
    l.calendly.book({ type: 'Support', name: 'Of Mia' });
    l.calendly.book({ type: 'Demo call', name: 'Of Olga' });
    await l.night();
    await l.first.work();
    expect(await l.kept()).toBe(1);
    expect((await l.store.state(l.installationId, l.connectionId))?.last?.found.booked).toBe(1);
  });

  test('two who look at the same time look once', async () => {
    const l = await looking();
    for (let i = 0; i < 20; i++) l.calendly.book({ name: `Guest ${i}` });
    await l.night();
    await Promise.all([l.first.work(), l.make().work(), l.make().work()]);
    expect(l.asked().filter(({ path }) => path === '/scheduled_events')).toHaveLength(1);
  });
});

describe('whose turn it is', () => {
  /** Time that passes only while somebody sleeps. */
  function time() {
    let now = 0;
    return {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
  }
  const told = (limit: number, remaining: number, status = 200, resetSeconds = 30) => ({
    limit,
    remaining,
    resetSeconds,
    status,
  });

  test.each([50, 500])('at most 60 % of a limit of %i in any minute, a few at once', async (limit) => {
    const clock = time();
    const turns = pace(clock);
    turns.told('olga', told(limit, limit));
    const at: number[] = [];
    for (let i = 0; i < limit * 3; i++) {
      await turns.turn('olga');
      at.push(clock.now());
    }
    const most = Math.max(...at.map((from) => at.filter((each) => each >= from && each < from + minute).length));
    expect(most).toBeLessThanOrEqual(limit * 0.6);
    expect(most).toBeGreaterThan(limit * 0.5);
  });

  test('where others use it up, the rest of the minute is theirs; a 429 is obeyed', async () => {
    const clock = time();
    const turns = pace(clock);
    turns.told('olga', told(500, 201));
    await turns.turn('olga');
    expect(clock.now()).toBe(0);
    turns.told('olga', told(500, 200));
    await turns.turn('olga');
    expect(clock.now()).toBeGreaterThanOrEqual(30_000);
    turns.told('olga', told(500, 0, 429, 45));
    const before = clock.now();
    await turns.turn('olga');
    expect(clock.now() - before).toBeGreaterThanOrEqual(45_000);
  });

  test('another user’s trouble is nobody else’s', async () => {
    const clock = time();
    const turns = pace(clock);
    turns.told('olga', told(500, 0, 429, 60));
    turns.told('mia', told(500, 500));
    await turns.turn('mia');
    expect(clock.now()).toBe(0);
  });

  test('what people wait for goes first', async () => {
    const clock = time();
    const turns = pace(clock);
    turns.told('olga', told(500, 500));
    const over = turns.person('olga');
    let went = false;
    const turn = turns.turn('olga').then(() => (went = true));
    for (let i = 0; i < 10; i++) await Promise.resolve();
    expect(went).toBe(false);
    over();
    await turn;
    expect(clock.now()).toBeLessThan(1_000);
  });
});

describe('which part of the list, and when', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const times = { connectionId: 'c1', pollAt: now, hourlyAt: now, nightlyAt: now, last: null };
  const kept = { keptDays: 90 };

  test('near and small by the hour, wide at night, all of the time to come after a gap', () => {
    const days = ({ from, to }: { from: number; to: number }) => [(from - now) / day, (to - now) / day];
    expect(days(wishFor('hourly', now, kept))).toEqual([-1, 14]);
    expect(days(wishFor('nightly', now, kept))).toEqual([-30, 400]);
    const gap = wishFor('hook', now, { ...kept, blind: { from: now - 3 * day, to: now, why: 'hook' } });
    expect(days(gap)).toEqual([-4, 400]);
    expect(gap.noShowsFrom).toBe(now - 4 * day);
    // What is forgotten cannot be compared.
    expect(days(wishFor('nightly', now, { keptDays: 8 }))).toEqual([-7, 400]);
  });

  test('once an hour and once a night, each connection at a time of its own', () => {
    expect(dueLook(times, now, false, 90)).toBeNull();
    expect(dueLook({ ...times, hourlyAt: now - hour }, now, false, 90)?.reason).toBe('hourly');
    expect(dueLook({ ...times, nightlyAt: now - day }, now, false, 90)?.reason).toBe('nightly');
    const dues = ['c1', 'c2', 'c3'].map((connectionId) => nextDueAt({ ...times, connectionId }, now, false));
    expect(new Set(dues).size).toBe(3);
    for (const due of dues) expect(due - now).toBeLessThanOrEqual(hour);
    expect(dues.every(Number.isInteger)).toBe(true);
  });

  test('every minute where Calendly cannot call, every two where once round takes long', () => {
    expect(dueLook(times, now + minute, true, 90)?.reason).toBe('poll');
    expect(dueLook(times, now + minute - 1, true, 90)).toBeNull();
    const took = (ms: number) => ({
      ...wishFor('poll', now, kept),
      beganAt: now,
      endedAt: now + ms,
      found: nothingFound,
      unread: 0,
      earlier: null,
    });
    expect([1_000, 30_000, 100_000].map((ms) => pollPause(took(ms)) / minute)).toEqual([1, 2, 100 / 30]);
  });

  test('two wishes are one look for both', () => {
    const gap = wishFor('hook', now, { ...kept, blind: { from: now - 3 * day, to: now, why: 'hook' } });
    expect(both(wishFor('start', now, kept), gap)).toEqual(gap);
    expect(both(gap, wishFor('start', now, kept))).toEqual(gap);
  });
});

describe('what we saw for ourselves', () => {
  const booked = aChange('booked', anInvitee('A'), Date.UTC(2026, 10, 20));
  const { meeting } = booked.invitee!;
  const seen = (o: Partial<Sighting['meeting']>, seenAt: number, updatedAt = 0) => ({
    ...aChange('seen', booked.invitee!, seenAt),
    invitee: null,
    seen: { meeting: { ...meeting, ...o, updatedAt }, seenAt, unmarked: {} },
  });
  const folded = (changes: (typeof booked)[]) =>
    view(changes.reduce((state, each) => fold(state, each, 1), emptyBooking())).head?.meeting.name;
  const later = booked.occurredAt + hour;

  test('counts where it is newer than what was told, whatever the order', () => {
    const first = seen({ name: 'Zeta' }, later);
    const second = seen({ name: 'Alpha' }, later + 1);
    for (const order of [
      [booked, first, second],
      [second, booked, first],
      [first, second, booked],
    ])
      expect(folded(order)).toBe('Alpha');
    const older = seen({ name: 'Older' }, booked.occurredAt - 1);
    expect(folded([booked, older])).toBe('Demo call');
    const newer = { ...booked, invitee: { ...booked.invitee!, meeting: { ...meeting, updatedAt: later + 9 } } };
    expect(folded([first, newer])).toBe('Demo call');
  });

  test('is no message of Calendly’s', () => {
    expect(messageOf('meeting.seen', new Date(later).toISOString(), { uri: meeting.uri }).kind).toBe('other');
  });
});

test('a gap is told with what it cost; a short one without loss is not told', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const last = (why: 'hook' | 'down', ms: number, booked: number) => ({
    ...wishFor('hook', now, { keptDays: 90, blind: { from: now - ms, to: now, why } }),
    beganAt: now,
    endedAt: now,
    found: { ...nothingFound, booked },
    unread: 0,
    earlier: null,
  });
  expect(caughtUp(last('hook', minute, 0), 'X')).toMatch(/nothing was missed/);
  expect(caughtUp(last('down', minute, 0), 'X')).toBeNull();
  expect(caughtUp(last('down', 2 * hour, 0), 'X')).toMatch(/nothing was missed/);
  expect(caughtUp(last('down', minute, 2), 'X')).toMatch(/Caught up: 2 bookings\./);
  expect(caughtUp({ ...last('hook', 1, 1), blind: null }, 'X')).toBeNull();
  expect(caughtUpHere(last('down', hour, 2))).toMatch(/Caught up for all channels: 2 bookings\. This channel/);
  expect(caughtUpHere(last('hook', 14 * minute, 2))).toBeNull();
  expect(caughtUpHere(last('hook', 2 * hour, 0))).toBeNull();
  expect(caughtUpHere({ ...last('hook', 1, 1), blind: null })).toBeNull();
});
