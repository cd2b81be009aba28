// Messages that wait for a person: their owner is told once, whoever decides is heard once, and one that cannot be made stops nobody else.

import { uuidv7 } from 'uuidv7';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import type { Content } from '../../src/delivery/content.ts';
import { laneWorker } from '../../src/delivery/lane.ts';
import { imbalance } from '../../src/delivery/ledger.ts';
import { logger } from '../../src/log.ts';
import { slackMessenger } from '../../src/slack/post.ts';
import type { Database } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { ledgerStore, readLedger } from '../../src/store/ledger.ts';
import { letterStore } from '../../src/store/letters.ts';
import { place } from '../../src/store/rows.ts';
import { tidyTally } from '../../src/store/tally.ts';
import { memory, writes } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Bookings whose cards were posted with an outcome of this kind, one after the other. */
async function troubled(m: Memory, count: number, settled: 'uncertain' | 'dead' = 'uncertain', channel = 'C1') {
  for (let i = 0; i < count; i++)
    await m.changes.keep([m.arrival(makeWebhook('invitee.created', { name: 'Ada Canary' }))]);
  await m.changes.foldNext(count);
  for (let left = count; left > 0; ) left -= await post(m, { do: settled, reason: 'HTTP 500' }, channel);
}

/** Takes what is due in a channel now and records this of it; a channel that rests is woken. */
async function post(
  m: Memory,
  settled: { do: 'uncertain' | 'dead'; reason: string } | { do: 'shown'; ts: string },
  channel = 'C1',
): Promise<number> {
  await across(m.database.db, 'operator').updateTable('lane').set({ not_before: 0, lease_until: 0 }).execute();
  const jobs = writes((await m.lanes.advance([], 10)).jobs);
  await m.lanes.advance(
    jobs.map((job) => ({ job, settled: job.channelId === channel ? settled : { do: 'shown' as const, ts: '1.1' } })),
    0,
    true,
  );
  return jobs.filter((job) => job.channelId === channel).length;
}

const rows = async (m: Memory, channel: string) =>
  (await m.deliveries()).filter((row) => row.channel_id === channel && row.kind !== 'notice');
const incidentOf = (row: { id: string; tried_at: number | null }) => ({ id: row.id, incident: row.tried_at ?? 0 });
const dms = async (m: Memory, database: Database = m.database) =>
  (await m.deliveries())
    .filter((row) => row.channel_id === 'UANN' && row.body !== null)
    .map((row) => JSON.parse(database.seal.open(row.body!, place.delivery(m.installationId, row.id))) as Content);

describe('sending again', () => {
  it.each(['uncertain', 'dead'] as const)('%s: one post, however many press at once', async (state) => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 1, state);
    const letters = letterStore(m.database);
    const [row] = await rows(m, 'C1');
    expect(row?.state).toBe(state);
    const presses = await Promise.all(
      Array.from({ length: 20 }, () => letters.resend(m.installationId, incidentOf(row!))),
    );
    expect(presses.filter(Boolean)).toHaveLength(1);
    expect(await post(m, { do: 'shown', ts: '7.7' })).toBe(1);
    expect(await post(m, { do: 'shown', ts: '8.8' })).toBe(0);
    expect((await rows(m, 'C1'))[0]).toMatchObject({ state: 'shown', ts: '7.7' });
    expect(await letters.resend(m.installationId, incidentOf(row!))).toBe(false);
  });

  it('a press that is about an earlier trouble changes nothing', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 1);
    const letters = letterStore(m.database);
    const [first] = await rows(m, 'C1');
    expect(await letters.resend(m.installationId, incidentOf(first!))).toBe(true);
    await post(m, { do: 'uncertain', reason: 'HTTP 500' });
    const [second] = await rows(m, 'C1');
    expect(second?.state).toBe('uncertain');
    expect(await letters.resend(m.installationId, incidentOf(first!))).toBe(false);
    expect(await letters.close(m.installationId, incidentOf(first!), 'late')).toBe(false);
    expect(await letters.close(m.installationId, incidentOf(second!), 'it is there')).toBe(true);
    expect((await rows(m, 'C1'))[0]).toMatchObject({ state: 'suppressed', reason: 'it is there', due_at: null });
    expect(await letters.resend(m.installationId, incidentOf(second!))).toBe(false);
  });

  it('a card that was found there, and cannot be edited, comes anew with news of its meeting', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const ids = { eventId: 'E-found', inviteeId: 'found' };
    const hear = async (kind: 'invitee.created' | 'invitee.canceled') => {
      await m.changes.keep([m.arrival(makeWebhook(kind, ids))]);
      await m.changes.foldNext(10);
    };
    await hear('invitee.created');
    await post(m, { do: 'uncertain', reason: 'HTTP 500' });
    const [row] = await rows(m, 'C1');
    expect(await letterStore(m.database).close(m.installationId, incidentOf(row!), 'it is there')).toBe(true);
    expect(await post(m, { do: 'shown', ts: '7.7' })).toBe(0);
    await hear('invitee.canceled');
    expect(await post(m, { do: 'shown', ts: '7.7' })).toBe(1);
    expect(await rows(m, 'C1')).toMatchObject([{ kind: 'card', state: 'shown', ts: '7.7' }]);
  });

  it('is for those of one’s own workspace only', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 1);
    const { id } = await m.installations.save({ teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxb-2' });
    const letters = letterStore(m.database);
    const [row] = await rows(m, 'C1');
    expect(await letters.resend(id, incidentOf(row!))).toBe(false);
    expect(await letters.lettersOf(id, [row!.id])).toEqual([]);
    expect((await letters.letters(id, { from: 0, count: 10 })).total).toBe(0);
  });
});

describe('the list', () => {
  it('has what is dead and uncertain, newest first, page by page, and names nobody', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 3, 'dead');
    await troubled(m, 4, 'uncertain');
    const letters = letterStore(m.database);
    const all = await letters.letters(m.installationId, { from: 0, count: 10 });
    expect(all.total).toBe(7);
    const since = all.letters.map((letter) => letter.since);
    expect(since).toEqual(since.toSorted((a, b) => b - a));
    const pages = [0, 3, 6].map((from) => letters.letters(m.installationId, { from, count: 3 }));
    expect((await Promise.all(pages)).flatMap((page) => page.letters)).toEqual(all.letters);
    expect(all.letters[0]).toMatchObject({
      channelId: 'C1',
      kind: 'card',
      tries: 1,
      reason: 'HTTP 500',
      owner: 'UANN',
    });
    expect(all.letters[0]?.subject?.title).toBeTruthy();
    expect(JSON.stringify(all)).not.toContain('Canary');
    const own = await letters.letters(m.installationId, { owner: 'UANN', from: 0, count: 10 });
    expect(own.letters.map((letter) => letter.state)).toEqual(Array(4).fill('uncertain'));
    expect((await letters.letters(m.installationId, { owner: 'UBO', from: 0, count: 10 })).total).toBe(0);
  });
});

describe('telling the owner', () => {
  it('once for each trouble, five by name and the rest in a number, and no invitee', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 7);
    const letters = letterStore(m.database);
    expect(await letters.tellOwners()).toBe(1);
    expect(await letters.tellOwners()).toBe(0);
    const [told, ...others] = await dms(m);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ kind: 'letters', more: 2 });
    expect(told?.kind === 'letters' && told.letters.map((letter) => letter.channelId)).toEqual(Array(5).fill('C1'));
    expect(JSON.stringify(told)).not.toContain('Canary');
  });

  it('at most once a minute, whatever comes, and then of the rest', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 1);
    const letters = letterStore(m.database);
    expect(await letters.tellOwners()).toBe(1);
    const first = await dms(m);
    // The message is shown meanwhile, and what it said is not kept.
    await troubled(m, 2);
    expect(await letters.tellOwners()).toBe(0);
    await across(m.database.db, 'operator')
      .updateTable('told')
      .set((eb) => ({ at: eb('at', '-', 60_000) }))
      .execute();
    expect(await letters.tellOwners()).toBe(1);
    expect([...first, ...(await dms(m))].map((dm) => dm.kind === 'letters' && dm.letters.length)).toEqual([1, 2]);
  });

  it('again when it was sent again and nobody knows again', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 1);
    const letters = letterStore(m.database);
    await letters.tellOwners();
    await letters.resend(m.installationId, incidentOf((await rows(m, 'C1'))[0]!));
    await across(m.database.db, 'operator').updateTable('told').set({ at: 0 }).execute();
    expect(await letters.tellOwners()).toBe(0);
    await post(m, { do: 'uncertain', reason: 'HTTP 500' });
    expect(await letters.tellOwners()).toBe(1);
  });

  it('by one of two processes', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await troubled(m, 3);
    const second = m.storage.engine === 'postgresql' ? await m.again() : m.database;
    const tellers = [letterStore(m.database), letterStore(second)].flatMap((store) => [store, store]);
    const told = await Promise.all(tellers.map((store) => store.tellOwners()));
    expect(told.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(await dms(m)).toHaveLength(1);
  });

  it('who connected the account, where the subscription is gone', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await troubled(m, 1);
    await m.subscriptions.removeSubscription(m.installationId, id);
    expect(await letterStore(m.database).tellOwners()).toBe(1);
    expect(await dms(m)).toHaveLength(1);
  });

  it('not of a notice, which nobody owns', async () => {
    const m = await memory();
    await m.installations.tell({ installationId: m.installationId, to: 'UANN', key: 'k', text: 'Hello.' });
    await post(m, { do: 'uncertain', reason: 'HTTP 500' }, 'UANN');
    const letters = letterStore(m.database);
    expect(await letters.tellOwners()).toBe(0);
    expect((await letters.letters(m.installationId, { from: 0, count: 10 })).letters).toMatchObject([
      { kind: 'notice', state: 'uncertain', owner: null, subject: null },
    ]);
  });
});

describe('poison', () => {
  async function working(m: Memory) {
    const slack: SlackSandbox = await startSlack();
    for (const channel of ['sales', 'general']) await slack.invite(channel);
    const messenger = slackMessenger({ apiUrl: new URL(slack.apiUrl), tokenOf: async () => slack.botToken });
    const worker = laneWorker({
      store: m.laneStore,
      messenger,
      clock: { now: () => Date.now() },
      log: logger('silent'),
      policy: () => 'ask',
      leaseMs: 30_000,
      random: () => 0,
    });
    closing.push(async () => {
      await worker.stop(5_000);
      await messenger.close();
      await slack.stop();
    });
    return { slack, worker };
  }

  it('a card that cannot be made is given up; its lane and all others go on', async () => {
    const m = await memory();
    const { slack, worker } = await working(m);
    const { sales, general } = slack.channels;
    await m.subscribe(sales);
    await m.subscribe(general);
    await m.changes.keep([m.arrival(makeWebhook('invitee.created', { name: 'Broken' }))]);
    await m.changes.foldNext(10);
    const [bad] = await across(m.database.db, 'operator').selectFrom('booking').select('id').execute();
    const unreadable = m.database.seal.close('{}', place.booking(m.installationId, bad!.id));
    await across(m.database.db, 'operator').updateTable('booking').set({ state: unreadable }).execute();
    await m.changes.keep([m.arrival(makeWebhook('invitee.created', { name: 'Ada Whole' }))]);
    await m.changes.foldNext(10);
    worker.start();
    for (const channel of [sales, general])
      await slack.waitFor(() => slack.messages(channel).some(({ text }) => text.includes('Ada Whole')), {
        what: 'the other card',
      });
    await expect
      .poll(async () => (await m.deliveries()).filter((row) => row.booking_id === bad!.id).map((row) => row.state))
      .toEqual(['dead', 'dead']);
    const { letters } = await letterStore(m.database).letters(m.installationId, { from: 0, count: 10 });
    expect(letters.map((letter) => letter.subject)).toEqual([null, null]);
    expect(letters[0]?.reason).toMatch(/^I could not make this message \(\w+\)\. Please report it\.$/);
  });

  it('content that cannot be rendered is tried once as plain text and given up; its lane goes on', async () => {
    const m = await memory();
    const { slack, worker } = await working(m);
    const { sales } = slack.channels;
    const content = { kind: 'card', card: { state: 'booked' } } as unknown as Content;
    const sealed = (id: string) => m.database.seal.close(JSON.stringify(content), place.delivery(m.installationId, id));
    await m.installations.tell({ installationId: m.installationId, to: sales, key: uuidv7(), text: 'Unshowable.' });
    const [bad] = await m.deliveries();
    await across(m.database.db, 'operator')
      .updateTable('delivery')
      .set({ body: sealed(bad!.id) })
      .execute();
    await m.installations.tell({ installationId: m.installationId, to: sales, key: uuidv7(), text: 'Good news.' });
    worker.start();
    await slack.waitFor(() => slack.messages(sales).some(({ text }) => text.includes('Good news')), {
      what: 'the next message',
    });
    await expect
      .poll(async () => (await m.deliveries()).find((row) => row.id === bad!.id), { timeout: 30_000 })
      .toMatchObject({ state: 'dead', attempts: 2, plain: 1, reason: expect.stringContaining('render_failed') });
  });
});

describe('the tallies', () => {
  it('are right after everything that can happen to a row, by whichever process', async () => {
    const m = await memory();
    const second = m.storage.engine === 'postgresql' ? await m.again() : m.database;
    const other = m.lanesOn(second);
    await m.subscribe('C1');
    await Promise.all(Array.from({ length: 30 }, () => m.changes.keep([m.arrival(makeWebhook('invitee.created'))])));
    for (const store of [m.lanes, other, m.lanes]) {
      await m.changes.foldNext(7);
      await store.advance([], 1);
      expect(await ledgerIn(m)).toEqual(await counted(m));
    }
    await tidyTally(m.database);
    await across(m.database.db, 'operator').deleteFrom('delivery').where('state', '=', 'due').execute();
    await across(m.database.db, 'operator').deleteFrom('change').where('folded_at', 'is not', null).execute();
    await tidyTally(second);
    const ledger = await ledgerIn(m);
    expect(ledger).toEqual(await counted(m));
    expect(ledger.changes).toMatchObject({ received: 9, pending: 9, shown: 0 });
    expect(imbalance(await readLedger(m.database.db, null))).toEqual({ changes: 0, messages: 0 });
  });

  it('say since when the oldest waits', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const { oldestDueAt } = ledgerStore(m.database);
    expect(await oldestDueAt(m.installationId)).toBeNull();
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    expect(await oldestDueAt(m.installationId)).toBe((await m.deliveries())[0]?.first_due_at);
  });
});

const ledgerIn = (m: Memory) => readLedger(m.database.db, m.installationId);

/** The same figures, counted row by row. */
async function counted(m: Memory): Promise<Awaited<ReturnType<typeof ledgerIn>>> {
  const changes = await across(m.database.db, 'operator')
    .selectFrom('change')
    .select(['folded_at', 'verdict'])
    .execute();
  const messages = await across(m.database.db, 'operator').selectFrom('delivery').select('state').execute();
  const verdict = (word: string) => changes.filter((row) => row.verdict?.startsWith(`${word}:`)).length;
  const state = (...names: string[]) => messages.filter((row) => names.includes(row.state)).length;
  return {
    changes: {
      received: changes.length,
      shown: verdict('shown'),
      pending: changes.filter((row) => row.folded_at === null).length,
      suppressed: {
        unwanted: verdict('suppressed'),
        muted: verdict('muted'),
        halfOfMove: verdict('folded'),
        otherKind: verdict('kept'),
      },
      quarantined: verdict('quarantined'),
    },
    messages: {
      received: messages.length,
      shown: state('shown'),
      pending: state('due', 'sending'),
      held: state('held'),
      suppressed: state('suppressed'),
      uncertain: state('uncertain'),
      dead: state('dead'),
    },
  };
}
