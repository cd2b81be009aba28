// The memory keeps every change once, folds it into cards, and hands out work under a lease that no dead worker can hold.

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Job, LookUp, Settled } from '../../src/delivery/lane.ts';
import { Refusal } from '../../src/errors.ts';
import { across } from '../../src/store/handle.ts';
import { forget } from '../../src/store/retention.ts';
import { SealError, sealer } from '../../src/store/seal.ts';
import { keys, memory, writes } from './memory.ts';

describe('opening', () => {
  it('lets one process work in a data folder, and any number on a PostgreSQL server', async () => {
    const m = await memory();
    if (m.storage.engine === 'postgresql') {
      expect(await (await m.again()).now()).toBeGreaterThan(0);
      return;
    }
    await expect(m.again()).rejects.toThrow(/DATA_DIR.*DATABASE_URL/);
    await expect(m.again()).rejects.toBeInstanceOf(Refusal);
  });
});

describe('keeping', () => {
  it('keeps a change once, however often and in whatever company it comes', async () => {
    const m = await memory();
    const one = m.arrival(makeWebhook('invitee.created'));
    const two = m.arrival(makeWebhook('invitee.created'));
    expect(await m.changes.keep([one, two, one])).toEqual([true, true, false]);
    expect(await m.changes.keep([two, one])).toEqual([false, false]);
  });

  it('seals what invitees wrote', async () => {
    const m = await memory();
    await m.changes.keep([m.arrival(makeWebhook('invitee.created', { name: 'Ada Canary' }))]);
    await m.subscribe('C1');
    await m.changes.foldNext(10);
    for (const table of ['change', 'booking', 'delivery'] as const) {
      const rows = await across(m.database.db, 'operator').selectFrom(table).selectAll().execute();
      const bytes = rows
        .map((row) =>
          Object.values(row)
            .map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString('latin1') : String(v)))
            .join(' '),
        )
        .join(' ');
      expect(bytes).not.toContain('Canary');
    }
  });
});

describe('folding', () => {
  it('makes one card for each channel that follows it, and none for those that do not', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.subscribe('C1', ['booked']);
    await m.subscribe('C2', ['canceled']);
    await m.subscribe('C3', ['booked'], [{ uri: 'https://api.calendly.com/event_types/other', name: 'Other' }]);
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    expect(await m.changes.foldNext(10)).toBe(1);
    expect((await m.deliveries()).map((row) => [row.channel_id, row.kind, row.state])).toEqual([['C1', 'card', 'due']]);
    const [change] = await across(m.database.db, 'operator').selectFrom('change').select('verdict').execute();
    expect(change?.verdict).toBe('shown: 2 channels');
  });

  it('says why a change is not shown', async () => {
    const m = await memory();
    await m.subscribe('C1', ['canceled']);
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    const [change] = await across(m.database.db, 'operator').selectFrom('change').select('verdict').execute();
    expect(change?.verdict).toBe('suppressed: "booked" is not one of its kinds (canceled)');
  });

  it('is not stopped by a body that cannot be read: it is set aside with the reason', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await across(m.database.db, 'operator')
      .updateTable('change')
      .set({ body: Buffer.from('broken') })
      .execute();
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    expect(await m.foldAfterRestart(10)).toBe(2);
    const verdicts = (
      await across(m.database.db, 'operator').selectFrom('change').select('verdict').orderBy('id').execute()
    ).map((row) => row.verdict);
    expect(verdicts[0]).toMatch(/^quarantined: /);
    expect(verdicts[1]).toBe('shown: 1 channel');
  });

  it('reads each body, whoever kept it and however many are kept meanwhile', { timeout: 60_000 }, async () => {
    const m = await memory();
    const second = m.storage.engine === 'postgresql' ? await m.again() : m.database;
    const many = (n: number) => Array.from({ length: n }, () => m.arrival(makeWebhook('invitee.created')));
    for (let round = 0; round < 15; round++) {
      await m.keepAnew(second, many(5));
      await m.changes.keep(many(5));
      await Promise.all([m.changes.foldNext(100), m.changes.keep(many(40)), m.changes.keep(many(40))]);
      await m.changes.foldNext(100);
    }
    const verdicts = await across(m.database.db, 'operator')
      .selectFrom('change')
      .select('verdict')
      .distinct()
      .execute();
    expect(verdicts.map((row) => row.verdict)).toEqual([expect.stringMatching(/^suppressed: /)]);
  });

  it('holds what belongs to a paused subscription', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await m.subscriptions.updateSubscription(m.installationId, id, { state: 'paused', reason: 'because' });
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    expect((await m.deliveries()).map((row) => [row.state, row.due_at])).toEqual([['held', null]]);
    await m.subscriptions.updateSubscription(m.installationId, id, { state: 'active', reason: null });
    await m.installations.release({ installationId: m.installationId, channelId: 'C1' });
    expect((await m.deliveries())[0]?.state).toBe('due');
  });
});

describe('lanes', () => {
  const booked = async (m: Awaited<ReturnType<typeof memory>>, channels = ['C1']) => {
    for (const channel of channels) await m.subscribe(channel);
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
  };
  const shown = (job: Job | LookUp) => ({ job, settled: { do: 'shown' as const, ts: '1.000100' } });
  const tooLate: Settled = {
    do: 'again',
    itemDelayMs: 0,
    laneDelayMs: 0,
    told: false,
    plain: false,
    counts: false,
    reason: 'woke up too late',
  };

  it('commits the intent before the call is made', async () => {
    const m = await memory();
    await booked(m);
    const jobs = writes((await m.lanes.advance([], 10)).jobs);
    expect(jobs.map((job) => [job.channelId, job.op, job.attempt])).toEqual([['C1', 'post', 1]]);
    expect((await m.deliveries()).map((row) => [row.state, row.op, row.attempt_id])).toEqual([
      ['sending', 'post', jobs[0]!.attemptId],
    ]);
  });

  it('gives a channel to one worker only', async () => {
    const m = await memory();
    await booked(m);
    expect((await m.lanes.advance([], 10)).jobs).toHaveLength(1);
    expect((await m.lanes.advance([], 10)).jobs).toHaveLength(0);
  });

  it('shows a booking once, and edits the same message afterwards', async () => {
    const m = await memory();
    await booked(m);
    const first = await m.lanes.advance([], 10);
    await m.lanes.advance(first.jobs.map(shown), 10);
    expect((await m.deliveries()).map((row) => [row.state, row.ts])).toEqual([['shown', '1.000100']]);
    const again = await m.lanes.advance([], 10);
    expect(again.jobs).toEqual([]);
  });

  it('never repeats a post that a dead worker may have made: it is uncertain', async () => {
    const m = await memory({ leaseMs: -1 });
    await booked(m);
    await m.lanes.advance([], 10);
    const takeover = await m.lanes.advance([], 10);
    expect(takeover.jobs).toEqual([]);
    expect((await m.deliveries()).map((row) => [row.state, row.reason])).toEqual([
      ['uncertain', expect.stringContaining('stopped')],
    ]);
  });

  it('refuses the result of a worker that lost its lane', async () => {
    const m = await memory({ leaseMs: -1 });
    await booked(m);
    const zombie = await m.lanes.advance([], 10);
    await m.lanes.advance([], 10);
    const late = await m.lanes.advance(zombie.jobs.map(shown), 0);
    expect(late.lost).toBe(1);
    expect((await m.deliveries())[0]?.state).toBe('uncertain');
  });

  it('serves a channel once whose lease ended while it was served and nobody else was there', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.changes.keep(Array.from({ length: 5 }, () => m.arrival(makeWebhook('invitee.created'))));
    await m.changes.foldNext(10);
    let batch = await m.lanes.advance([], 10);
    const made: string[] = [];
    for (let round = 0; batch.jobs.length > 0 && round < 10; round++) {
      made.push(...batch.jobs.map((job) => job.deliveryId));
      // As after a minute of sleep, or of a database that was away.
      await across(m.database.db, 'operator').updateTable('lane').set({ lease_until: 1 }).execute();
      // One may have noticed that it woke up too late to be sent.
      const results = batch.jobs.map((job) => (round === 0 ? { job, settled: tooLate } : shown(job)));
      batch = await m.lanes.advance(results, 10);
      expect(batch.jobs.length).toBeLessThanOrEqual(1);
      expect(batch.lost).toBe(0);
    }
    expect(made).toHaveLength(6);
    expect(new Set(made).size).toBe(5);
  });

  it('keeps the pace of a channel, and leaves the others alone', async () => {
    const m = await memory({ perSecond: 0.01 });
    for (const channel of ['C1', 'C2']) await m.subscribe(channel);
    await m.changes.keep(Array.from({ length: 130 }, () => m.arrival(makeWebhook('invitee.created'))));
    await m.changes.foldAll();
    let posts = 0;
    let batch = await m.lanes.advance([], 10);
    while (batch.jobs.length > 0) {
      posts += batch.jobs.length;
      batch = await m.lanes.advance(batch.jobs.map(shown), 10);
    }
    expect(posts).toBe(200);
    expect(batch.wakeInMs).toBeGreaterThan(0);
  });

  it('pauses a channel with its reason, tells the owner once, and goes on after the pause', async () => {
    const m = await memory();
    await booked(m);
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    const jobs = writes((await m.lanes.advance([], 10)).jobs);
    const lost = { do: 'hold' as const, what: 'channel' as const, code: 'is_archived', reason: 'It is archived.' };
    const next = await m.lanes.advance(
      jobs.map((job) => ({ job, settled: lost })),
      10,
    );
    expect(writes(next.jobs).map((job) => [job.channelId, job.kind, job.content])).toEqual([
      ['UANN', 'notice', { kind: 'notice', text: 'paused: It is archived.' }],
    ]);
    const [subscription] = await m.subscriptions.subscriptionsIn(m.installationId, 'C1');
    expect(subscription).toMatchObject({ state: 'paused', reason: 'It is archived.' });
    expect((await m.deliveries()).filter((row) => row.channel_id === 'C1').map((row) => row.state)).toEqual([
      'held',
      'held',
    ]);
    await m.installations.channelBack({ installationId: m.installationId, channelId: 'C1' });
    expect((await m.lanes.advance(next.jobs.map(shown), 10)).jobs.map((job) => job.channelId)).toEqual(['C1']);
  });
});

describe('seals', () => {
  const [key] = keys;
  it('open with any key that is held, and only in their own place', () => {
    const old = sealer([Buffer.alloc(32, 'b')]);
    const both = sealer([key!, Buffer.alloc(32, 'b')]);
    const sealed = old.close('secret', 'connection.token/i/1');
    expect(both.open(sealed, 'connection.token/i/1')).toBe('secret');
    expect(() => both.open(sealed, 'connection.token/i/2')).toThrow(SealError);
    expect(() => sealer([key!]).open(sealed, 'connection.token/i/1')).toThrow(/ENCRYPTION_KEY/);
  });

  it('notice any changed bit', () => {
    const seal = sealer(keys);
    const sealed = seal.close('secret', 'p');
    for (let i = 0; i < sealed.length; i++) {
      const bent = Buffer.from(sealed);
      bent[i]! ^= 1;
      expect(() => seal.open(bent, 'p')).toThrow(SealError);
    }
  });
});

describe('forgetting', () => {
  it('drops invitees’ data after the retention time, and still knows what it has seen', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const past = makeWebhook('invitee.created', { start: new Date(Date.now() - 20 * 86_400_000) });
    const coming = makeWebhook('invitee.created', { start: new Date(Date.now() + 20 * 86_400_000) });
    await m.changes.keep([m.arrival(past), m.arrival(coming)]);
    await m.changes.foldNext(10);
    const longAgo = Date.now() - 15 * 86_400_000;
    await across(m.database.db, 'operator').updateTable('change').set({ received_at: longAgo }).execute();
    await across(m.database.db, 'operator').updateTable('booking').set({ updated_at: longAgo }).execute();
    expect(await forget(m.database, 10)).toEqual({ bodies: 2, bookings: 1, keys: 0 });
    expect(await m.changes.keep([m.arrival(past)])).toEqual([false]);
    expect(await forget(m.database, 10)).toEqual({ bodies: 0, bookings: 0, keys: 0 });
  });
});

describe('forgetting while the app is told to stop', () => {
  it('ends after the batch under way, and goes on the next time', async () => {
    const m = await memory();
    await m.subscribe('C1');
    await m.changes.keep(Array.from({ length: 240 }, () => m.arrival(makeWebhook('invitee.created'))));
    while ((await m.changes.foldNext(100)) > 0);
    const longAgo = Date.now() - 15 * 86_400_000;
    await across(m.database.db, 'operator').updateTable('change').set({ received_at: longAgo }).execute();
    let asked = 0;
    // Asked before each day and each batch: the second batch finds that it is over.
    expect((await forget(m.database, 10, () => ++asked > 2)).bodies).toBe(100);
    expect((await forget(m.database, 10)).bodies).toBe(140);
  });
});

describe('a post of unknown outcome', () => {
  const ambiguous = { do: 'look_up' as const, delayMs: 0, reason: 'no answer' };
  const due = async (m: Awaited<ReturnType<typeof memory>>) => {
    await across(m.database.db, 'operator')
      .updateTable('delivery')
      .set({ due_at: 1 })
      .where('due_at', 'is not', null)
      .execute();
    await across(m.database.db, 'operator').updateTable('lane').set({ due_at: 1, not_before: 0 }).execute();
  };
  const tried = async (settled: typeof ambiguous) => {
    const m = await memory({ policy: 'look_up' });
    await m.subscribe('C1');
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    const [post] = writes((await m.lanes.advance([], 10)).jobs);
    await m.lanes.advance([{ job: post!, settled }], 10);
    await due(m);
    return { m, post: post! };
  };

  it('is searched for by its attempt before anything else', async () => {
    const { m, post } = await tried(ambiguous);
    const [look] = (await m.lanes.advance([], 10)).jobs;
    expect(look).toMatchObject({ op: 'look', channelId: 'C1', attemptId: post.attemptId });
  });

  it('that is found is edited from then on, not posted', async () => {
    const { m } = await tried(ambiguous);
    const [look] = (await m.lanes.advance([], 10)).jobs;
    const next = await m.lanes.advance([{ job: look!, settled: { do: 'found', ts: '7.7' } }], 10);
    expect(next.jobs).toMatchObject([{ op: 'edit', ts: '7.7' }]);
  });

  it('that two searches do not find is posted once more', async () => {
    const { m } = await tried(ambiguous);
    const [first] = (await m.lanes.advance([], 10)).jobs;
    expect((await m.lanes.advance([{ job: first!, settled: { do: 'absent' } }], 10)).jobs).toEqual([]);
    await due(m);
    const [second] = (await m.lanes.advance([], 10)).jobs;
    expect(second).toMatchObject({ op: 'look' });
    expect((await m.lanes.advance([{ job: second!, settled: { do: 'absent' } }], 10)).jobs).toMatchObject([
      { op: 'post' },
    ]);
  });

  it('that may not be searched for is uncertain', async () => {
    const { m } = await tried(ambiguous);
    const [look] = (await m.lanes.advance([], 10)).jobs;
    await m.lanes.advance([{ job: look!, settled: { do: 'uncertain', reason: 'missing_scope' } }], 10);
    expect((await m.deliveries())[0]).toMatchObject({ state: 'uncertain', due_at: null });
  });

  it('left by a dead worker is a person’s to judge where it was text alone, which bears no mark', async () => {
    const { m } = await tried(ambiguous);
    const db = across(m.database.db, 'operator');
    await db.updateTable('delivery').set({ op: null, plain: 1 }).execute();
    expect((await m.lanes.advance([], 10)).jobs).toMatchObject([{ op: 'post', plain: true }]);
    await db.updateTable('lane').set({ lease_until: 1 }).execute();
    await m.lanes.advance([], 10);
    expect((await m.deliveries())[0]).toMatchObject({ state: 'uncertain', due_at: null });
  });

  it('left by a dead worker is searched for as well', async () => {
    const m = await memory({ policy: 'look_up', leaseMs: -1 });
    await m.subscribe('C1');
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    await m.lanes.advance([], 10);
    await m.lanes.advance([], 10);
    await due(m);
    expect((await m.lanes.advance([], 10)).jobs).toMatchObject([{ op: 'look' }]);
  });
});

describe('the age of a message', () => {
  it('begins anew with each change, so that an edit of an old card has its full time', async () => {
    const m = await memory();
    await m.subscribe('C1');
    const ids = { eventId: 'E-age', inviteeId: 'age' };
    await m.changes.keep([m.arrival(makeWebhook('invitee.created', ids))]);
    await m.changes.foldNext(10);
    const [post] = writes((await m.lanes.advance([], 10)).jobs);
    await m.lanes.advance([{ job: post!, settled: { do: 'shown', ts: '1.1' } }], 10);
    await across(m.database.db, 'operator').updateTable('delivery').set({ first_due_at: 1 }).execute();
    await m.changes.keep([m.arrival(makeWebhook('invitee.canceled', ids))]);
    await m.changes.foldNext(10);
    const [edit] = writes((await m.lanes.advance([], 10)).jobs);
    expect(edit).toMatchObject({ op: 'edit' });
    expect(edit!.ageMs).toBeLessThan(60_000);
  });
});

describe('many channels', () => {
  it('fold in one batch, however many values that takes', async () => {
    const m = await memory();
    for (let i = 0; i < 30; i++) await m.subscribe(`C${i}`);
    // Each with a row of its own.
    const found = () => ({ ...m.arrival(makeWebhook('invitee.created')), source: 'backfill' as const });
    await m.changes.keep(Array.from({ length: 100 }, found));
    expect(await m.changes.foldNext(100)).toBe(100);
    expect(await m.deliveries()).toHaveLength(3_000);
  });
});

describe('a card that was held or suppressed', () => {
  const ids = { eventId: 'E-h', inviteeId: 'h' };
  const say = async (m: Awaited<ReturnType<typeof memory>>, kind: 'invitee.created' | 'invitee.canceled') => {
    await m.changes.keep([m.arrival(makeWebhook(kind, ids))]);
    await m.changes.foldNext(10);
  };
  const pause = (m: Awaited<ReturnType<typeof memory>>, id: string) =>
    m.subscriptions.updateSubscription(m.installationId, id, { state: 'paused', reason: 'because' });

  it('is wanted again when its booking changes after it was never shown', async () => {
    const m = await memory();
    const id = await m.subscribe('C1');
    await say(m, 'invitee.created');
    await m.subscriptions.removeSubscription(m.installationId, id);
    expect((await m.lanes.advance([], 10)).jobs).toEqual([]);
    expect((await m.deliveries())[0]).toMatchObject({ state: 'suppressed' });
    await m.subscribe('C1');
    await say(m, 'invitee.canceled');
    expect(writes((await m.lanes.advance([], 10)).jobs)).toMatchObject([
      { op: 'post', content: { card: { state: 'canceled' } } },
    ]);
  });

  it('is shown at once when another subscription of the channel is active', async () => {
    const m = await memory();
    await pause(m, await m.subscribe('C1', ['booked']));
    await m.subscribe('C1');
    await say(m, 'invitee.created');
    expect((await m.lanes.advance([], 10)).jobs).toMatchObject([{ op: 'post' }]);
  });

  it('is released by a later change that an active subscription wants', async () => {
    const m = await memory();
    await pause(m, await m.subscribe('C1', ['booked']));
    await say(m, 'invitee.created');
    expect((await m.deliveries())[0]).toMatchObject({ state: 'held' });
    await m.subscribe('C1', ['canceled']);
    await say(m, 'invitee.canceled');
    expect((await m.lanes.advance([], 10)).jobs).toMatchObject([{ op: 'post' }]);
  });

  it('stays held when its channel is released but its own subscription is still paused', async () => {
    const m = await memory();
    await pause(m, await m.subscribe('C1'));
    await say(m, 'invitee.created');
    await m.installations.release({ installationId: m.installationId, channelId: 'C1' });
    expect((await m.deliveries())[0]).toMatchObject({ state: 'held' });
  });
});

describe('folding and serving at the same time', () => {
  it('never wait for each other in a circle', async () => {
    const m = await memory();
    for (let i = 0; i < 8; i++) await m.subscribe(`C${i}`);
    let folding = true;
    const fold = async () => {
      for (let n = 0; n < 30; n++) {
        const kind = n % 3 === 2 ? 'invitee.canceled' : 'invitee.created';
        await m.changes.keep(
          [0, 1, 2].map((k) =>
            m.arrival(makeWebhook(kind, { eventId: `E${n % 9}-${k}`, inviteeId: `I${n % 9}-${k}` })),
          ),
        );
        await m.changes.foldNext(10);
      }
      folding = false;
    };
    const serve = async () => {
      let results: { job: Job | LookUp; settled: { do: 'shown'; ts: string } }[] = [];
      while (folding) {
        const { jobs } = await m.lanes.advance(results, 8);
        results = jobs.map((job) => ({ job, settled: { do: 'shown' as const, ts: '1.1' } }));
      }
    };
    await Promise.all([fold(), serve()]);
    if (m.storage.engine === 'postgresql') {
      const { rows } = await sql<{
        n: number;
      }>`select deadlocks::int as n from pg_stat_database where datname = current_database()`.execute(
        across(m.database.db, 'operator'),
      );
      expect(rows[0]?.n).toBe(0);
    }
    expect((await m.deliveries()).every((row) => row.state !== 'dead')).toBe(true);
  });
});
