// What waits for a subscription that is gone goes to another one of its channel that wants it.

import { type SqlBool, sql } from 'kysely';
import type { BookingState } from '../booking/booking.ts';
import { stricter } from '../delivery/plan.ts';
import { leftOutFor } from '../delivery/sync.ts';
import { wants } from '../delivery/wants.ts';
import { privacies, type Subscription } from '../subscription/subscription.ts';
import type { Database, Tx } from './database.ts';
import { markDue } from './lanes.ts';
import { place } from './rows.ts';
import { toSubscription } from './subscription-rows.ts';

export interface HandOver {
  installationId: string;
  channelId: string;
  connectionId: string;
  /** Of one subscription that goes; or of all that are gone, with what was left out for that since then (UTC ms). */
  of: { subscriptionId: string } | { leftOutSince: number };
}

/** What nobody has seen: where a message stands already, it stays as it was made. The caller holds the lane. */
export async function handOver(tx: Tx, database: Database, at: HandOver, now: number): Promise<void> {
  const heirs = await heirsIn(tx, at);
  if (heirs.length === 0) return;
  const byHeir = new Map<Subscription, string[]>();
  for (const row of await waiting(tx, at)) {
    const heir = heirOf(row, heirs, opened(database, at, row));
    if (heir) byHeir.getOrInsertComputed(heir, () => []).push(row.id);
  }
  for (const [heir, ids] of byHeir) await give(tx, heir, ids, now);
  if (byHeir.size > 0) await markDue(tx, [{ installationId: at.installationId, channelId: at.channelId, dueAt: now }]);
}

/** Active ones first, and of those the one that shows least, so that a line never says more than its card. */
async function heirsIn(tx: Tx, { installationId, channelId, connectionId }: HandOver): Promise<Subscription[]> {
  const rows = await tx
    .selectFrom('subscription')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', channelId)
    .where('connection_id', '=', connectionId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const rank = ({ state, options }: Subscription) =>
    (state === 'active' ? 0 : privacies.length) - privacies.indexOf(options.privacy);
  return rows.map(toSubscription).sort((a, b) => rank(a) - rank(b));
}

type Waiting = Awaited<ReturnType<typeof waiting>>[number];

function waiting(tx: Tx, { installationId, channelId, connectionId, of }: HandOver) {
  return (
    tx
      .selectFrom('delivery as d')
      .innerJoin('booking as b', (join) =>
        join.onRef('b.installation_id', '=', 'd.installation_id').onRef('b.id', '=', 'd.booking_id'),
      )
      .leftJoin('delivery as card', (join) =>
        join
          .onRef('card.installation_id', '=', 'd.installation_id')
          .onRef('card.booking_id', '=', 'd.booking_id')
          .onRef('card.channel_id', '=', 'd.channel_id')
          .on('card.kind', '=', 'card')
          .on('card.about', 'is', null),
      )
      .select(['d.id', 'd.kind', 'd.about', 'd.booking_id', 'b.state as booking', 'card.subscription_id as owner'])
      .where('d.installation_id', '=', installationId)
      .where('d.channel_id', '=', channelId)
      .where('b.connection_id', '=', connectionId)
      .where('d.ts', 'is', null)
      // Written out for the index of what is not shown.
      .where(sql<SqlBool>`d.state <> 'shown'`)
      .where((eb) =>
        eb.or([
          eb('d.kind', '=', 'reply'),
          eb.and([eb('d.kind', '=', 'card'), eb.or([eb('d.about', 'is', null), eb('d.about', '=', 'past')])]),
        ]),
      )
      .where((eb) => {
        if ('subscriptionId' in of)
          return eb.and([
            eb('d.subscription_id', '=', of.subscriptionId),
            eb('d.state', 'in', ['due', 'held', 'sending', 'uncertain']),
          ]);
        const there = eb.selectFrom('subscription').select('id').where('installation_id', '=', installationId);
        const leftOut = eb.and([eb('d.state', '=', 'suppressed'), eb('d.reason', 'in', leftOutFor)]);
        return eb.and([
          eb('d.subscription_id', 'is not', null),
          eb('d.subscription_id', 'not in', there),
          eb.or([
            eb('d.state', 'in', ['due', 'sending', 'uncertain']),
            eb.and([eb('d.updated_at', '>=', of.leftOutSince), eb.or([eb('d.state', '=', 'held'), leftOut])]),
          ]),
        ]);
      })
      .execute()
  );
}

function heirOf(row: Waiting, heirs: Subscription[], state: BookingState | null): Subscription | undefined {
  // A booking that does not open is shown to nobody, and says so in its own time.
  if (!state) return undefined;
  const isLine = row.kind === 'reply';
  const heir = heirs.find((each) => wants(each, state, isLine ? row.about : null));
  const owner = isLine ? heirs.find((each) => each.id === row.owner) : undefined;
  return heir && owner ? stricter(owner, heir) : heir;
}

function opened({ seal }: Database, { installationId }: HandOver, row: Waiting): BookingState | null {
  try {
    return JSON.parse(seal.open(row.booking, place.booking(installationId, row.booking_id ?? ''))) as BookingState;
  } catch {
    return null;
  }
}

/** Both engines limit how many values one statement takes. */
const atOnce = 500;

async function give(tx: Tx, heir: Subscription, ids: string[], now: number): Promise<void> {
  for (let i = 0; i < ids.length; i += atOnce)
    await tx
      .updateTable('delivery')
      .set({ subscription_id: heir.id, updated_at: now, ...(heir.state === 'active' ? shownNow : heldFor(heir)) })
      .where('installation_id', '=', heir.installationId)
      .where('id', 'in', ids.slice(i, i + atOnce))
      .execute();
}

const shownNow = {
  state: sql<'due'>`case when state in ('held', 'suppressed') then 'due' else state end`,
  due_at: sql<number | null>`case when state in ('held', 'suppressed') then first_due_at else due_at end`,
  attempts: sql<number>`case when state in ('held', 'suppressed') then 0 else attempts end`,
  reason: sql<string | null>`case when state in ('held', 'suppressed') then null else reason end`,
};

const heldFor = ({ reason }: Subscription) => ({
  state: sql<'held'>`case when state in ('due', 'suppressed') then 'held' else state end`,
  due_at: sql<number | null>`case when state in ('due', 'suppressed') then null else due_at end`,
  reason: sql<string | null>`case when state in ('due', 'suppressed') then ${reason} else reason end`,
});
