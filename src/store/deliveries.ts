// Deliveries and lanes: claims what is due under a lease with a fence, commits intents before calls, and records what became of each.

import { type SqlBool, sql } from 'kysely';
import type { BookingState } from '../booking/booking.ts';
import type { Content } from '../delivery/card.ts';
import type { Job, JobResult, LaneStore, LookUp, Settled } from '../delivery/lane.ts';
import type { Item, Step } from '../delivery/sync.ts';
import type { UncertainPolicy } from '../delivery/write.ts';
import type { Database, Tx } from './database.ts';
import { holdChannel } from './holds.ts';
import { place } from './rows.ts';
import type { DeliveryTable, Schema } from './schema.ts';
import { toSubscription } from './subscriptions.ts';

export interface DeliveriesOptions {
  database: Database;
  newId: () => string;
  nextStep: (item: Item) => Step;
  leaseMs: number;
  /** Posts a second in one channel, and how many may come at once before that. */
  pace: { perSecond: number; burst: number };
  /** For posts of unknown outcome. */
  policy: (installationId: string) => UncertainPolicy;
  /** What a paused channel's owner is told. */
  pausedNotice: (paused: { installationId: string; channelId: string; reason: string }) => string;
}

/** A post counts as not made after this many searches that would have shown it, this far apart (milliseconds). */
const searches = 2;
const searchAgain = 12_000;

/** How long a channel waits after a message of unknown outcome, four times longer after each more in a row; milliseconds. */
const stumbleWait = 2_000;
const stumbleWaitCap = 15 * 60_000;

type Lane = Schema['lane'];
const laneKey = (lane: { installation_id: string; channel_id: string }) => `${lane.installation_id} ${lane.channel_id}`;

export interface DeliveryStore extends LaneStore {
  /** Channels that back off because Slack could not be reached may try at once; those Slack itself told to wait do not. */
  wake(installationId: string): Promise<void>;
}

export function deliveryStore(options: DeliveriesOptions): DeliveryStore {
  const { database } = options;
  const { engine, seal } = database;
  const interval = 1_000 / options.pace.perSecond;
  const slack = interval * (options.pace.burst - 1);

  async function advance(results: JobResult[], claim: number, release = false) {
    return database.transaction(async (tx) => {
      const now = (await tx.selectNoFrom(engine.now.as('now')).executeTakeFirstOrThrow()).now;
      const { lanes, lost } = await record(tx, results, now);
      if (claim > 0) {
        const claimed = await claimLanes(tx, claim, now);
        await settleAbandoned(tx, claimed, now);
        lanes.push(...claimed);
      }
      const jobs: (Job | LookUp)[] = [];
      const released: { lane: Lane; dueAt: number | null }[] = [];
      for (const lane of lanes) {
        const next = release ? { dueAt: await firstDue(tx, lane) } : await nextJob(tx, lane, now);
        if ('job' in next) jobs.push(next.job);
        else released.push({ lane, dueAt: next.dueAt });
      }
      await keepOrRelease(tx, jobs, lanes, released, now);
      return { jobs, lost, wakeInMs: await wakeIn(tx, now) };
    });
  }

  /** Records the results whose lanes are still ours; answers those lanes, to be served on. */
  async function record(tx: Tx, results: JobResult[], now: number): Promise<{ lanes: Lane[]; lost: number }> {
    if (results.length === 0) return { lanes: [], lost: 0 };
    const held = await lanesOf(
      tx,
      results.map(({ job }) => job),
    );
    const ours = new Map<string, Lane>();
    let lost = 0;
    for (const { job, settled } of results) {
      const key = `${job.installationId} ${job.channelId}`;
      const lane = held.get(key);
      if (!lane || lane.fence !== job.fence) {
        lost += 1;
        continue;
      }
      await settleOne(tx, job, settled, now);
      if (settled.do === 'uncertain' || (settled.do === 'look_up' && job.op !== 'look')) {
        // Whatever was unknown once will likely be unknown again: a channel must not spend all its messages on a sick Slack.
        lane.stumbles += 1;
        lane.not_before = now + Math.min(stumbleWait * 4 ** (lane.stumbles - 1), stumbleWaitCap);
      } else if (settled.do === 'shown' || settled.do === 'found') lane.stumbles = 0;
      // Nothing more from this lane: it is claimed again once the installation works.
      if (settled.do === 'hold' && settled.what === 'installation') lane.not_before = now + 1;
      if (settled.do === 'again' && settled.laneDelayMs > 0) {
        lane.not_before = now + Math.ceil(settled.laneDelayMs);
        if (settled.told) lane.paced_until = Math.max(lane.paced_until, lane.not_before + Math.ceil(slack));
      }
      ours.set(key, lane);
    }
    return { lanes: [...ours.values()], lost };
  }

  async function lanesOf(tx: Tx, jobs: Pick<Job, 'installationId' | 'channelId'>[]): Promise<Map<string, Lane>> {
    const pairs = [...new Set(jobs.map((job) => `${job.installationId} ${job.channelId}`))]
      .sort()
      .map((key) => key.split(' ') as [string, string]);
    let query = tx
      .selectFrom('lane')
      .selectAll()
      .where((eb) =>
        eb.or(
          pairs.map(([installation, channel]) =>
            eb.and([eb('installation_id', '=', installation), eb('channel_id', '=', channel)]),
          ),
        ),
      )
      .orderBy('installation_id')
      .orderBy('channel_id');
    if (engine.skipsLocked) query = query.forUpdate();
    return new Map((await query.execute()).map((lane) => [laneKey(lane), lane]));
  }

  async function settleOne(tx: Tx, job: Job | LookUp, settled: Settled, now: number): Promise<void> {
    if (job.op === 'look') return settleLook(tx, job, settled, now);
    const row = tx
      .updateTable('delivery')
      .where('installation_id', '=', job.installationId)
      .where('id', '=', job.deliveryId);
    const closed = { op: null, attempt_id: null, updated_at: now };
    switch (settled.do) {
      case 'shown':
        if (job.op === 'delete') {
          await row
            .set({
              ...closed,
              state: 'suppressed',
              due_at: null,
              reason: 'taken away: the booking has another card here',
            })
            .execute();
          return;
        }
        await row
          .set({
            ...closed,
            ts: settled.ts,
            sent_version: job.version,
            sent_hash: job.hash,
            attempts: 0,
            reason: null,
            body: null,
            // It may have changed while the call was under way: then it is due again.
            state: sql<'due'>`case when wanted_version > ${job.version} then 'due' else 'shown' end`,
            due_at: sql<
              number | null
            >`case when wanted_version > ${job.version} then cast(${now} as ${sql.raw(engine.types.integer)}) else null end`,
          })
          .execute();
        return;
      case 'again':
        await row
          .set({
            ...closed,
            state: 'due',
            due_at: sql<number>`case when ${settled.itemDelayMs > 0 ? 1 : 0} = 1 then ${now + Math.ceil(settled.itemDelayMs)} else coalesce(due_at, ${now}) end`,
            attempts: job.attempt - (settled.counts ? 0 : 1),
            plain: settled.plain ? 1 : 0,
            reason: settled.reason.slice(0, 300),
          })
          .execute();
        return;
      case 'repost':
        await row
          .set({
            ...closed,
            state: 'due',
            due_at: now,
            ts: null,
            sent_hash: null,
            attempts: 0,
            reason: settled.reason.slice(0, 300),
          })
          .execute();
        return;
      case 'look_up':
        await row
          .set({
            state: 'due',
            op: 'look',
            looks: 0,
            due_at: now + settled.delayMs,
            reason: settled.reason.slice(0, 300),
            updated_at: now,
          })
          .execute();
        return;
      case 'found':
      case 'absent':
        throw new Error('only a search finds or misses a message');
      case 'hold':
        if (settled.what === 'channel') {
          await row.set({ ...closed, state: 'held', due_at: null, reason: settled.reason.slice(0, 300) }).execute();
          await holdChannel(tx, database, {
            installationId: job.installationId,
            channelId: job.channelId,
            reason: settled.reason,
            notice: options.pausedNotice,
            now,
          });
        } else {
          await row.set({ ...closed, state: 'due', reason: settled.reason.slice(0, 300) }).execute();
          await tx
            .updateTable('installation')
            .set({ state: 'broken', reason: settled.reason, updated_at: now })
            .where('id', '=', job.installationId)
            .execute();
        }
        return;
      default:
        await row.set({ ...closed, state: settled.do, due_at: null, reason: settled.reason.slice(0, 300) }).execute();
    }
  }

  async function settleLook(tx: Tx, job: LookUp, settled: Settled, now: number): Promise<void> {
    const row = tx
      .updateTable('delivery')
      .where('installation_id', '=', job.installationId)
      .where('id', '=', job.deliveryId);
    switch (settled.do) {
      case 'found':
        // It is there, in the state of that attempt: an edit, which can be repeated safely, brings it up to date.
        await row
          .set({
            state: 'due',
            op: null,
            attempt_id: null,
            ts: settled.ts,
            sent_hash: null,
            attempts: 0,
            looks: 0,
            due_at: now,
            reason: null,
            updated_at: now,
          })
          .execute();
        return;
      case 'absent': {
        const { looks } = await tx
          .selectFrom('delivery')
          .select('looks')
          .where('installation_id', '=', job.installationId)
          .where('id', '=', job.deliveryId)
          .executeTakeFirstOrThrow();
        const surely = looks + 1 >= searches;
        await row
          .set(
            surely
              ? { state: 'due', op: null, attempt_id: null, looks: 0, due_at: now, updated_at: now }
              : { state: 'due', op: 'look', looks: looks + 1, due_at: now + searchAgain, updated_at: now },
          )
          .execute();
        return;
      }
      case 'look_up':
        await row.set({ state: 'due', op: 'look', due_at: now + settled.delayMs, updated_at: now }).execute();
        return;
      default:
        await row
          .set({
            state: 'uncertain',
            op: null,
            attempt_id: null,
            due_at: null,
            reason: 'reason' in settled ? settled.reason.slice(0, 300) : null,
            updated_at: now,
          })
          .execute();
    }
  }

  async function claimLanes(tx: Tx, limit: number, now: number): Promise<Lane[]> {
    let due = tx
      .selectFrom('lane')
      .innerJoin('installation', 'installation.id', 'lane.installation_id')
      .select(['lane.installation_id', 'lane.channel_id'])
      .where('lane.due_at', '<=', now)
      .where('lane.not_before', '<=', now)
      .where('lane.lease_until', '<', now)
      .where('installation.state', '=', 'active')
      .orderBy('lane.due_at')
      .limit(limit);
    if (engine.skipsLocked) due = due.forUpdate('lane').skipLocked();
    return tx
      .updateTable('lane')
      .set({ fence: sql<number>`fence + 1`, lease_until: now + options.leaseMs })
      .where(sql<SqlBool>`(installation_id, channel_id) in (${due})`)
      .returningAll()
      .execute();
  }

  /** What a dead worker left in the middle of a call: a post may be there or not, so it is never repeated; an edit may be. */
  async function settleAbandoned(tx: Tx, lanes: Lane[], now: number): Promise<void> {
    if (lanes.length === 0) return;
    const left = await tx
      .selectFrom('delivery')
      .select(['installation_id', 'id', 'op', 'channel_id'])
      .where('installation_id', 'in', [...new Set(lanes.map((lane) => lane.installation_id))])
      .where('state', '=', 'sending')
      .where(
        'channel_id',
        'in',
        lanes.map((lane) => lane.channel_id),
      )
      .execute();
    const mine = new Set(lanes.map(laneKey));
    for (const row of left) {
      if (!mine.has(laneKey(row))) continue;
      const policy = options.policy(row.installation_id);
      if (row.op === 'post' && policy === 'look_up') {
        await tx
          .updateTable('delivery')
          .set({ state: 'due', op: 'look', looks: 0, due_at: now + searchAgain, updated_at: now })
          .where('installation_id', '=', row.installation_id)
          .where('id', '=', row.id)
          .execute();
        continue;
      }
      const set =
        row.op === 'post' && policy === 'ask'
          ? { state: 'uncertain' as const, due_at: null, reason: 'the app stopped while the message was on its way' }
          : { state: 'due' as const, due_at: now, reason: null };
      const search = row.op === 'look';
      await tx
        .updateTable('delivery')
        .set({ ...set, ...(search ? {} : { op: null, attempt_id: null }), updated_at: now })
        .where('installation_id', '=', row.installation_id)
        .where('id', '=', row.id)
        .execute();
    }
  }

  async function nextJob(tx: Tx, lane: Lane, now: number): Promise<{ job: Job | LookUp } | { dueAt: number | null }> {
    if (lane.not_before > now) return { dueAt: lane.not_before };
    for (;;) {
      const row = await tx
        .selectFrom('delivery')
        .selectAll()
        .where('installation_id', '=', lane.installation_id)
        .where('channel_id', '=', lane.channel_id)
        .where('due_at', 'is not', null)
        .orderBy('due_at')
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      if (!row) return { dueAt: null };
      if (row.due_at! > now) return { dueAt: row.due_at };
      const item = await itemOf(tx, row);
      if (row.op === 'look') {
        await tx
          .updateTable('delivery')
          .set({ state: 'sending', updated_at: now })
          .where('installation_id', '=', row.installation_id)
          .where('id', '=', row.id)
          .execute();
        return {
          job: {
            installationId: row.installation_id,
            channelId: row.channel_id,
            deliveryId: row.id,
            fence: lane.fence,
            kind: row.kind,
            op: 'look',
            threadTs: item.thread?.ts ?? null,
            attemptId: row.attempt_id ?? '',
            triedAt: row.tried_at ?? row.first_due_at,
          },
        };
      }
      const step = options.nextStep(item);
      const here = tx
        .updateTable('delivery')
        .where('installation_id', '=', row.installation_id)
        .where('id', '=', row.id);
      if (step.do === 'nothing') {
        await here.set({ state: 'shown', due_at: null, sent_version: row.wanted_version, updated_at: now }).execute();
      } else if (step.do === 'suppress') {
        await here.set({ state: 'suppressed', due_at: null, reason: step.reason, updated_at: now }).execute();
      } else if (step.do === 'wait') {
        await here.set({ due_at: now + step.ms }).execute();
      } else {
        if (step.op === 'post') {
          const free = lane.paced_until - slack;
          if (free > now) {
            lane.not_before = Math.ceil(free);
            return { dueAt: lane.not_before };
          }
          lane.paced_until = Math.ceil(Math.max(lane.paced_until, now) + interval);
        }
        const attemptId = options.newId();
        await here
          .set({
            state: 'sending',
            op: step.op,
            attempt_id: attemptId,
            attempts: row.attempts + 1,
            tried_at: now,
            updated_at: now,
          })
          .execute();
        return {
          job: {
            installationId: row.installation_id,
            channelId: row.channel_id,
            deliveryId: row.id,
            fence: lane.fence,
            kind: row.kind,
            op: step.op,
            ts: row.ts,
            threadTs: step.threadTs,
            content: step.content,
            hash: step.hash,
            version: row.wanted_version,
            attemptId,
            attempt: row.attempts + 1,
            plain: row.plain === 1,
            ageMs: now - row.first_due_at,
          },
        };
      }
    }
  }

  async function firstDue(tx: Tx, lane: Lane): Promise<number | null> {
    const row = await tx
      .selectFrom('delivery')
      .select('due_at')
      .where('installation_id', '=', lane.installation_id)
      .where('channel_id', '=', lane.channel_id)
      .where('due_at', 'is not', null)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    return row?.due_at ?? null;
  }

  async function itemOf(tx: Tx, row: DeliveryTable): Promise<Item> {
    const { installation_id: installationId } = row;
    const booking = row.booking_id
      ? await tx
          .selectFrom('booking')
          .select('state')
          .where('installation_id', '=', installationId)
          .where('id', '=', row.booking_id)
          .executeTakeFirst()
      : undefined;
    const subscription = row.subscription_id
      ? await tx
          .selectFrom('subscription')
          .selectAll()
          .where('installation_id', '=', installationId)
          .where('id', '=', row.subscription_id)
          .executeTakeFirst()
      : undefined;
    const thread =
      row.kind === 'reply' && row.booking_id
        ? await tx
            .selectFrom('delivery')
            .select(['ts', 'state'])
            .where('installation_id', '=', installationId)
            .where('booking_id', '=', row.booking_id)
            .where('channel_id', '=', row.channel_id)
            .where('kind', '=', 'card')
            .where('about', 'is', null)
            .executeTakeFirst()
        : undefined;
    return {
      kind: row.kind,
      about: row.about,
      ts: row.ts,
      sentHash: row.sent_hash,
      booking: booking
        ? (JSON.parse(seal.open(booking.state, place.booking(installationId, row.booking_id!))) as BookingState)
        : null,
      subscription: subscription ? toSubscription(subscription) : null,
      content: row.body ? (JSON.parse(seal.open(row.body, place.delivery(installationId, row.id))) as Content) : null,
      thread: thread ?? null,
    };
  }

  /** Lanes with a call to make keep their lease; the others go back, due when their next message is. */
  async function keepOrRelease(
    tx: Tx,
    jobs: (Job | LookUp)[],
    lanes: Lane[],
    released: { lane: Lane; dueAt: number | null }[],
    now: number,
  ): Promise<void> {
    const releasedDue = new Map(released.map((entry) => [laneKey(entry.lane), entry.dueAt]));
    for (const lane of [...lanes].sort((a, b) => (laneKey(a) < laneKey(b) ? -1 : 1))) {
      const key = laneKey(lane);
      const working = !releasedDue.has(key);
      await tx
        .updateTable('lane')
        .set({
          lease_until: working ? now + options.leaseMs : 0,
          not_before: lane.not_before,
          stumbles: lane.stumbles,
          paced_until: lane.paced_until,
          ...(working ? {} : { due_at: releasedDue.get(key) ?? null }),
        })
        .where('installation_id', '=', lane.installation_id)
        .where('channel_id', '=', lane.channel_id)
        .execute();
    }
  }

  /** How long until some free lane is due; null when none is. */
  async function wakeIn(tx: Tx, now: number): Promise<number | null> {
    const row = await tx
      .selectFrom('lane')
      .select(sql<number | null>`min(case when not_before > due_at then not_before else due_at end)`.as('at'))
      .where('due_at', 'is not', null)
      .where('lease_until', '<', now)
      .executeTakeFirst();
    return row?.at == null ? null : Math.max(0, row.at - now);
  }

  async function wake(installationId: string): Promise<void> {
    await database.db
      .updateTable('lane')
      .set({ not_before: 0 })
      .where('installation_id', '=', installationId)
      .where('due_at', 'is not', null)
      .where('stumbles', '=', 0)
      .where('paced_until', '<=', sql<number>`${engine.now} + ${Math.ceil(slack)}`)
      .execute();
  }

  return { advance, wake };
}
