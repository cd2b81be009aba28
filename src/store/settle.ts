// Recording what became of a call: shown, due again, held, uncertain, to be searched for, or at its end.

import { type SqlBool, sql } from 'kysely';
import type { Job, JobResult, LookUp, Settled } from '../delivery/lane.ts';
import { erased, sentWord } from '../delivery/sync.ts';
import type { UncertainPolicy } from '../delivery/write.ts';
import type { Database, Tx } from './database.ts';
import { deliveryRow } from './delivery-rows.ts';
import { cardGone, cardUneditable, threadClosed, threadGone } from './gone.ts';
import { across } from './handle.ts';
import { holdChannel } from './holds.ts';
import { type Lane, laneKey } from './lanes.ts';
import { callIsBack, hasMoved } from './move-channel.ts';
import { passOn } from './pass-on.ts';
import { statement, statementOfMany } from './statement.ts';

export interface SettleContext {
  database: Database;
  now: number;
  /** For posts of unknown outcome. */
  policy: (installationId: string) => UncertainPolicy;
  /** What a paused channel's owner is told. */
  pausedNotice: (paused: { installationId: string; channelId: string; reason: string }) => string;
}

/** A post counts as not made after this many searches that would have shown it, this far apart (milliseconds). */
const searches = 2;
const searchAgain = 12_000;

/** Records what became of one call or search; the caller has made sure that its lane is still ours. */
export async function settle(tx: Tx, context: SettleContext, lane: Lane, { job, settled }: JobResult): Promise<void> {
  const { database, now } = context;
  await callIsBack(tx, job, now);
  if (job.op === 'look') return settleLook(tx, job, settled, now);
  const row = deliveryRow(tx, job.installationId, job.deliveryId);
  const closed = { op: null, attempt_id: null, updated_at: now };
  switch (settled.do) {
    case 'shown':
      if (job.op === 'delete') {
        await row
          .set({
            ...closed,
            state: 'suppressed',
            due_at: null,
            body: null,
            reason: sql<string>`case when about = ${erased} then ${'taken away: somebody in it asked to be forgotten'} else ${'taken away: the booking has another card here'} end`,
          })
          .execute();
        return;
      }
      await markShown(tx, {
        ...job,
        shownTs: settled.ts,
        sent: sentWord({ hash: job.hash, seen: settled.seen ?? null }),
        now,
      });
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
    case 'gone':
      return job.kind === 'reply'
        ? threadGone(tx, job, settled.reason, now)
        : cardGone(tx, database, job, settled.reason, now);
    case 'uneditable':
      return cardUneditable(tx, database, job, settled.reason, now);
    case 'unthreaded':
      return threadClosed(tx, job, settled.reason, now);
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
        // What was said of the channel's old id, or before the app was let in again, says nothing of it now.
        if ((await hasMoved(tx, job)) || (await wasBefore(tx, job, lane.back_at))) {
          await row.set({ ...closed, state: 'due', due_at: now, reason: null }).execute();
          return;
        }
        await row.set({ ...closed, state: 'held', due_at: null, reason: settled.reason.slice(0, 300) }).execute();
        await holdChannel(tx, database, {
          installationId: job.installationId,
          channelId: job.channelId,
          reason: settled.reason,
          notice: context.pausedNotice,
          now,
        });
      } else {
        await row.set({ ...closed, state: 'due', reason: settled.reason.slice(0, 300) }).execute();
        await tx
          .updateTable('installation')
          .set({ state: 'broken', reason: settled.reason, updated_at: now })
          .where('id', '=', job.installationId)
          // One that removed the app is not merely broken.
          .where('state', '<>', 'gone')
          .execute();
      }
      return;
    default:
      await row.set({ ...closed, state: settled.do, due_at: null, reason: settled.reason.slice(0, 300) }).execute();
      if (settled.do === 'dead') await passOn(tx, database, job, now);
  }
}

/** Was this call made before that time? */
async function wasBefore(tx: Tx, { installationId, deliveryId }: Job, time: number): Promise<boolean> {
  if (time <= 0) return false;
  const row = await tx
    .selectFrom('delivery')
    .select('tried_at')
    .where('installation_id', '=', installationId)
    .where('id', '=', deliveryId)
    .executeTakeFirst();
  return row?.tried_at != null && row.tried_at <= time;
}

const markShown = statement((db, shown: Job & { shownTs: string; sent: string; now: number }) =>
  deliveryRow(db, shown.installationId, shown.deliveryId).set({
    op: null,
    attempt_id: null,
    updated_at: shown.now,
    ts: shown.shownTs,
    sent_version: shown.version,
    sent_hash: shown.sent,
    attempts: sql.lit(0),
    reason: null,
    // What it says may have changed as well.
    body: sql<null>`case when wanted_version > ${shown.version} then body end`,
    // It may have changed while the call was under way: then it is due again, from the time the change asked for.
    state: sql<'due'>`case when wanted_version > ${shown.version} then 'due' else 'shown' end`,
    due_at: sql<number | null>`case when wanted_version > ${shown.version} then due_at end`,
  }),
);

async function settleLook(tx: Tx, job: LookUp, settled: Settled, now: number): Promise<void> {
  const row = deliveryRow(tx, job.installationId, job.deliveryId);
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
    case 'repost':
      await row.set({ state: 'due', op: null, attempt_id: null, looks: 0, due_at: now, updated_at: now }).execute();
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

/**
 * What a dead worker left in the middle of a call: a post may be there or not, so the policy decides; an edit may be repeated. Answers how many posts are
 * made again.
 */
export async function settleAbandoned(tx: Tx, context: SettleContext, lanes: Lane[]): Promise<number> {
  const { now } = context;
  let repeated = 0;
  if (lanes.length === 0) return repeated;
  const left = await stillSending(tx, lanes);
  const mine = new Set(lanes.map(laneKey));
  for (const row of left) {
    if (!mine.has(laneKey(row))) continue;
    // One sent as text alone bears no mark to be found by: a person is asked.
    const wanted = context.policy(row.installation_id);
    const policy = wanted === 'look_up' && row.plain === 1 ? 'ask' : wanted;
    if (row.op === 'post' && policy === 'look_up') {
      await deliveryRow(tx, row.installation_id, row.id)
        .set({ state: 'due', op: 'look', looks: 0, due_at: now + searchAgain, updated_at: now })
        .execute();
      continue;
    }
    const set =
      row.op === 'post' && policy === 'ask'
        ? { state: 'uncertain' as const, due_at: null, reason: 'the app stopped while the message was on its way' }
        : { state: 'due' as const, due_at: now, reason: null };
    if (row.op === 'post' && policy === 'resend') repeated += 1;
    const search = row.op === 'look';
    await deliveryRow(tx, row.installation_id, row.id)
      .set({ ...set, ...(search ? {} : { op: null, attempt_id: null }), updated_at: now })
      .execute();
  }
  return repeated;
}

const stillSending = statementOfMany((db, lanes: Lane[]) =>
  across(db, 'worker')
    .selectFrom('delivery')
    .select(['installation_id', 'id', 'op', 'channel_id', 'plain'])
    .where(
      'installation_id',
      'in',
      lanes.map((lane) => lane.installation_id),
    )
    // Written out: SQLite uses a partial index only where it can see its condition.
    .where(sql<SqlBool>`state = 'sending'`)
    .where(
      'channel_id',
      'in',
      lanes.map((lane) => lane.channel_id),
    ),
);
