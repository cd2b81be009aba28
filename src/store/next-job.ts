// The next thing to do in a channel: loads the first delivery that is due with all it speaks of, and commits the intent of its call.

import { sql } from 'kysely';
import type { BookingState } from '../booking/booking.ts';
import type { Content } from '../delivery/card.ts';
import type { Job, LookUp } from '../delivery/lane.ts';
import type { Item, Step } from '../delivery/sync.ts';
import type { Database, Tx } from './database.ts';
import type { Lane } from './lanes.ts';
import { place } from './rows.ts';
import type { DeliveryTable } from './schema.ts';
import { deliveryRow } from './settle.ts';
import { toSubscription } from './subscriptions.ts';

export interface JobContext {
  database: Database;
  now: number;
  newId: () => string;
  nextStep: (item: Item) => Step;
  /** Between two posts in one channel, and how far ahead of that a burst may run; milliseconds. */
  intervalMs: number;
  slackMs: number;
}

/** Commits the intent of a lane's next call, or says when there will be one (UTC ms; null: nothing is due). Changes the lane's pace. */
export async function nextJob(
  tx: Tx,
  context: JobContext,
  lane: Lane,
): Promise<{ job: Job | LookUp } | { dueAt: number | null }> {
  const { now } = context;
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
      .limit(sql.lit(1))
      .executeTakeFirst();
    if (!row) return { dueAt: null };
    if (row.due_at! > now) return { dueAt: row.due_at };
    const here = deliveryRow(tx, row.installation_id, row.id);
    const parts = await partsOf(tx, row);
    if (row.op === 'look') {
      await here.set({ state: 'sending', updated_at: now }).execute();
      return {
        job: {
          installationId: row.installation_id,
          channelId: row.channel_id,
          deliveryId: row.id,
          fence: lane.fence,
          kind: row.kind,
          op: 'look',
          threadTs: parts.thread?.ts ?? null,
          attemptId: row.attempt_id ?? '',
          triedAt: row.tried_at ?? row.first_due_at,
        },
      };
    }
    let step: Step;
    try {
      step = context.nextStep(itemOf(context.database, row, parts));
    } catch (error) {
      // A message that cannot be made must not hold up the others, and no later try would go better.
      const reason = unmade(error instanceof Error ? error.name : 'unknown error');
      await here.set({ state: 'dead', due_at: null, op: null, attempt_id: null, reason, updated_at: now }).execute();
      continue;
    }
    if (step.do === 'nothing') {
      await here.set({ state: 'shown', due_at: null, sent_version: row.wanted_version, updated_at: now }).execute();
    } else if (step.do === 'suppress') {
      await here.set({ state: 'suppressed', due_at: null, reason: step.reason, updated_at: now }).execute();
    } else if (step.do === 'wait') {
      await here.set({ due_at: now + step.ms }).execute();
    } else {
      if (step.op === 'post') {
        const free = lane.paced_until - context.slackMs;
        if (free > now) {
          lane.not_before = Math.ceil(free);
          return { dueAt: lane.not_before };
        }
        lane.paced_until = Math.ceil(Math.max(lane.paced_until, now) + context.intervalMs);
      }
      const attemptId = context.newId();
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

/** When a lane's next message is due. */
export async function firstDue(tx: Tx, lane: Lane): Promise<number | null> {
  const row = await tx
    .selectFrom('delivery')
    .select('due_at')
    .where('installation_id', '=', lane.installation_id)
    .where('channel_id', '=', lane.channel_id)
    .where('due_at', 'is not', null)
    .orderBy('due_at')
    .limit(sql.lit(1))
    .executeTakeFirst();
  return row?.due_at ?? null;
}

/** Only the kind of error: its words could quote what somebody wrote. */
const unmade = (error: string) => `I could not make this message (${error}). Please report it.`;

/** The rows that a message is made from. */
async function partsOf(tx: Tx, row: DeliveryTable) {
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
  return { booking, subscription, thread };
}

/** Throws where something sealed does not open, or holds what nobody can read. */
function itemOf(
  { seal }: Database,
  row: DeliveryTable,
  { booking, subscription, thread }: Awaited<ReturnType<typeof partsOf>>,
): Item {
  const { installation_id: installationId } = row;
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
