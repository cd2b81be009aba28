// The next thing to do in a channel: loads the first delivery that is due with all it speaks of, and commits the intent of its call.

import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { BookingState } from '../booking/booking.ts';
import type { Content, Earlier } from '../delivery/content.ts';
import type { Job, LookUp } from '../delivery/lane.ts';
import { type Item, readSent, type Step } from '../delivery/sync.ts';
import { bookingKey, type Folded } from './changes.ts';
import type { Database, Db, Tx } from './database.ts';
import { deliveryRow } from './delivery-rows.ts';
import { type Lane, leaseMs } from './lanes.ts';
import { asNeverTried } from './leave-out.ts';
import { lookToKeep, readLook } from './look.ts';
import { pastTogether } from './past.ts';
import { place } from './rows.ts';
import type { DeliveryTable, Schema } from './schema.ts';
import { statement } from './statement.ts';
import { toSubscription } from './subscription-rows.ts';

export interface JobContext {
  database: Database;
  now: number;
  newId: () => string;
  nextStep: (item: Item) => Step;
  /** Bookings that this very transaction has written. */
  folded: Folded;
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
  for (let looked = 0; ; looked++) {
    // Much that needs no call, such as after somebody has unsubscribed: webhooks come in between.
    if (looked >= looksAtOnce) return { dueAt: now };
    const next = await firstInTurn(tx, lane, now);
    if ('dueAt' in next) return next;
    const { row } = next;
    if (!row) continue;
    const here = deliveryRow(tx, row.installation_id, row.id);
    if (row.about === 'past' && !row.body) {
      row.body = await pastTogether(tx, context.database, row, now);
      if (!row.body) continue;
    }
    const parts = await partsOf(tx, row, context.folded);
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
          triedAt: row.tried_at ?? 0,
          ageMs: now - (row.tried_at ?? 0),
        },
      };
    }
    let step: Step;
    try {
      step = context.nextStep(itemOf(context.database, row, parts, now));
    } catch (error) {
      // A message that cannot be made must not hold up the others, and no later try would go better.
      const reason = unmade(error instanceof Error ? error.name : 'unknown error');
      await here.set({ state: 'dead', due_at: null, op: null, attempt_id: null, reason, updated_at: now }).execute();
      continue;
    }
    if (step.do === 'nothing') {
      await here.set({ state: 'shown', due_at: null, sent_version: row.wanted_version, updated_at: now }).execute();
    } else if (step.do === 'suppress') {
      // A card that is not in the channel may still be wanted: by a later change, or by Undo.
      const anew = row.kind === 'card' && row.ts === null && row.op === null ? asNeverTried : {};
      await here.set({ ...anew, state: 'suppressed', due_at: null, reason: step.reason, updated_at: now }).execute();
    } else if (step.do === 'wait') {
      await waitTogether(tx, { ...row, until: now + step.ms });
    } else {
      const rest = step.op === 'edit' ? restOf(row, now) : 0;
      if (rest > 0) {
        await here.set({ due_at: now + rest }).execute();
        continue;
      }
      if (step.op === 'post') {
        const free = lane.paced_until - context.slackMs;
        if (free > now) {
          lane.not_before = Math.ceil(free);
          return { dueAt: lane.not_before };
        }
        lane.paced_until = Math.ceil(Math.max(lane.paced_until, now) + context.intervalMs);
      }
      const attemptId = context.newId();
      await intend(tx, { ...row, look: lookToKeep(parts.subscription, row), op: step.op, attempt_id: attemptId, now });
      return {
        job: {
          installationId: row.installation_id,
          channelId: row.channel_id,
          direct: lane.direct,
          deliveryId: row.id,
          bookingId: row.booking_id,
          fence: lane.fence,
          kind: row.kind,
          op: step.op,
          ts: row.ts,
          threadTs: step.threadTs,
          content: step.content,
          hash: step.hash,
          seen: readSent(row.sent_hash)?.seen ?? null,
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

/**
 * Bursts are for new cards: the lines of a thread go at Slack's own pace, and cards pass them meanwhile. Much news of one booking is so at most an edit
 * and a line a second.
 */
async function firstInTurn(
  tx: Tx,
  lane: Lane,
  now: number,
): Promise<{ row: DeliveryTable | null } | { dueAt: number | null }> {
  const linesFrom = Math.ceil(lane.paced_until);
  const mustWait = (row: DeliveryTable) => row.kind === 'reply' && linesFrom > now;
  let [oldest] = await firstDelivery(tx, lane);
  if (!oldest) return { dueAt: null };
  if (oldest.due_at! > now) return { dueAt: oldest.due_at };
  if (oldest.state === 'sending') {
    // A channel that became this one has it under way.
    [oldest] = await firstToSend(tx, lane);
    if (!oldest || oldest.due_at! > now) return { dueAt: Math.min(now + leaseMs, oldest?.due_at ?? Infinity) };
  }
  if (mustWait(oldest)) {
    [oldest] = await firstCard(tx, lane);
    if (!oldest || oldest.due_at! > now) return { dueAt: Math.min(linesFrom, oldest?.due_at ?? linesFrom) };
  }
  const [fresh] = oldest.due_at! < now - news ? await firstNews(tx, { ...lane, from: now - news, now }) : [];
  const row = fresh && !mustWait(fresh) ? fresh : oldest;
  // A line that was put off until its card is there may be due later than one that came after it.
  const [line] = row.kind === 'reply' && row.op === null ? await firstLine(tx, { ...row, now }) : [];
  if (!line) return { row };
  if (line.op === null || line.due_at! <= now) return { row: line };
  // It may be there already: what came after it waits until that is known.
  await waitTogether(tx, { ...line, until: Math.min(line.due_at!, (line.tried_at ?? 0) + searchedFor) + 1 });
  return { row: null };
}

/** Messages looked at for one call, in one turn. */
const looksAtOnce = 50;

/** Of many changes in a moment only the last needs to be seen: between two edits of one message lies at least this; milliseconds. */
const editGap = 1_000;

/** How long a message that was edited just now is left alone. The first edit after the post comes at once. */
function restOf({ tried_at, sent_version }: DeliveryTable, now: number): number {
  if (tried_at === null || sent_version <= 1) return 0;
  const rest = tried_at + editGap - now;
  // A clock that was set back leaves the last try ahead of now.
  return rest <= editGap ? rest : 0;
}

/** When a lane's next message is due. */
export async function firstDue(tx: Tx, lane: Lane): Promise<number | null> {
  return (await firstDelivery(tx, lane))[0]?.due_at ?? null;
}

/**
 * What became due this lately goes before a backlog: after an outage nobody waits for today's bookings until yesterday's are shown. What belongs to one
 * meeting keeps its order, since a change renews the time of all that waits for it (see writePlan). Milliseconds.
 */
const news = 10_000;

const dueIn = (db: Db, lane: Lane) =>
  db
    .selectFrom('delivery')
    .selectAll()
    .where('installation_id', '=', lane.installation_id)
    .where('channel_id', '=', lane.channel_id)
    .where('due_at', 'is not', null)
    .orderBy('due_at')
    .orderBy('created_at')
    .orderBy('id')
    .limit(sql.lit(1));
const firstDelivery = statement(dueIn);
const toSendIn = (db: Db, lane: Lane) => dueIn(db, lane).where('state', '<>', sql.lit('sending'));
const firstToSend = statement(toSendIn);
const firstCard = statement((db, lane: Lane) => toSendIn(db, lane).where('kind', '<>', sql.lit('reply')));
const firstNews = statement((db, lane: Lane & { from: number; now: number }) =>
  toSendIn(db, lane).where('due_at', '>=', lane.from).where('due_at', '<=', lane.now),
);

type Line = Pick<DeliveryTable, 'installation_id' | 'booking_id' | 'channel_id'>;
const linesBeside = (line: Line) => (eb: ExpressionBuilder<Schema, 'delivery'>) =>
  eb.and([
    eb('installation_id', '=', line.installation_id),
    eb('booking_id', '=', line.booking_id),
    eb('channel_id', '=', line.channel_id),
    eb('kind', '=', sql.lit('reply')),
    eb('state', '=', sql.lit('due')),
  ]);

/** Where Slack lets nobody search for longer than this, a thread goes on without; milliseconds. */
const searchedFor = 10 * 60_000;

/** The line of a thread that was to be told first, or is searched for; one that is tried again later is passed. */
const firstLine = statement((db, line: Line & { now: number }) =>
  db
    .selectFrom('delivery')
    .selectAll()
    .where(linesBeside(line))
    .where((eb) =>
      eb.or([
        eb('due_at', '<=', line.now),
        eb('attempts', '=', sql.lit(0)),
        eb.and([eb('op', '=', sql.lit('look')), sql<SqlBool>`tried_at + ${sql.lit(searchedFor)} > ${line.now}`]),
      ]),
    )
    .orderBy('first_due_at')
    .orderBy('created_at')
    .orderBy('id')
    .limit(sql.lit(1)),
);

/** One look at what a line waits for is enough for all the lines of its thread. */
const waitTogether = statement((db, line: Line & { until: number }) =>
  db
    .updateTable('delivery')
    .set({ due_at: line.until })
    .where(linesBeside(line))
    .where('op', 'is', null)
    // By the booking's index: most of what is due in a channel is of others.
    .where(sql<SqlBool>`+due_at < ${line.until}`),
);

const intend = statement((db, row: DeliveryTable & { now: number }) =>
  deliveryRow(db, row.installation_id, row.id).set({
    state: sql.lit('sending'),
    op: row.op,
    attempt_id: row.attempt_id,
    look: row.look,
    attempts: sql<number>`attempts + 1`,
    tried_at: row.now,
    updated_at: row.now,
  }),
);

/** Only the kind of error: its words could quote what somebody wrote. */
const unmade = (error: string) => `I could not make this message (${error}). Please report it.`;

/** What a message is made from, still sealed where it was. */
async function partsOf(tx: Tx, row: DeliveryTable, folded: Folded) {
  const { installation_id: installationId, booking_id: bookingId } = row;
  const fresh = bookingId ? folded.get(bookingKey(installationId, bookingId)) : undefined;
  const [sealed] = bookingId && !fresh ? await bookingState(tx, { installationId, id: bookingId }) : [];
  const [subscription] = row.subscription_id
    ? await subscriptionRow(tx, { installationId, id: row.subscription_id })
    : [];
  const [thread] =
    row.kind === 'reply' && bookingId ? await cardIn(tx, { installationId, bookingId, channelId: row.channel_id }) : [];
  const isCard = row.kind === 'card' && row.about === null;
  const [earlier] = isCard && bookingId ? await earlierOf(tx, { installationId, id: bookingId }) : [];
  return { fresh, sealed, subscription: subscription && toSubscription(subscription), thread, earlier };
}

/** PostgreSQL counts in texts. */
function earlierIn(counted: { bookings: number; no_shows: number | null } | undefined): Earlier | null {
  const bookings = Number(counted?.bookings ?? 0);
  return bookings > 0 ? { bookings, noShows: Number(counted?.no_shows ?? 0) } : null;
}

type Name = { installationId: string; id: string };

const bookingState = statement((db, { installationId, id }: Name) =>
  db.selectFrom('booking').select('state').where('installation_id', '=', installationId).where('id', '=', id),
);

const subscriptionRow = statement((db, { installationId, id }: Name) =>
  db.selectFrom('subscription').selectAll().where('installation_id', '=', installationId).where('id', '=', id),
);

/** What we remember of the same person's bookings before this one. */
const earlierOf = statement((db, { installationId, id }: Name) =>
  db
    .selectFrom('booking as this')
    .innerJoin('booking as other', (join) =>
      join
        .onRef('other.installation_id', '=', 'this.installation_id')
        .onRef('other.person_hash', '=', 'this.person_hash')
        .onRef('other.booked_at', '<', 'this.booked_at'),
    )
    .select((eb) => [eb.fn.countAll<number>().as('bookings'), eb.fn.sum<number>('other.no_show').as('no_shows')])
    .where('this.installation_id', '=', installationId)
    .where('this.id', '=', id),
);

/** The card a reply belongs under. */
const cardIn = statement((db, at: { installationId: string; bookingId: string; channelId: string }) =>
  db
    .selectFrom('delivery')
    .select(['ts', 'state', 'due_at'])
    .where('installation_id', '=', at.installationId)
    .where('booking_id', '=', at.bookingId)
    .where('channel_id', '=', at.channelId)
    .where('kind', '=', sql.lit('card'))
    .where('about', 'is', null),
);

/** Throws where something sealed does not open, or holds what nobody can read. */
function itemOf(
  { seal }: Database,
  row: DeliveryTable,
  { fresh, sealed, subscription, thread, earlier }: Awaited<ReturnType<typeof partsOf>>,
  now: number,
): Item {
  const { installation_id: installationId } = row;
  const read = (value: Uint8Array, place: string): unknown => JSON.parse(seal.open(value, place));
  return {
    id: row.id,
    kind: row.kind,
    about: row.about,
    ts: row.ts,
    sent: readSent(row.sent_hash),
    booking:
      fresh ?? (sealed ? (read(sealed.state, place.booking(installationId, row.booking_id!)) as BookingState) : null),
    subscription: subscription ?? null,
    look: readLook(row.look),
    earlier: earlierIn(earlier),
    content: row.body ? (read(row.body, place.delivery(installationId, row.id)) as Content) : null,
    thread: thread ? { ts: thread.ts, state: thread.state, dueInMs: (thread.due_at ?? now) - now } : null,
  };
}
