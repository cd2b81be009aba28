// Undo for `unsubscribe`: what it takes to bring a subscription back lives in the button itself, for ten minutes.

import { z } from 'zod';
import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import { kinds, type Subscription } from '../../subscription/subscription.ts';
import { buttons, say } from '../messages/answers.ts';
import type { ActionVisit, Visit } from '../visit.ts';
import { maySubscribe } from './rights.ts';
import { channelKey, oneAtATime, sameTypes } from './subscribing.ts';

const UNDO_FOR = 10 * 60_000;
/** Slack's limit for a button's value. */
const VALUE = 2_000;

const valueShape = z.object({
  /** When it was taken away. */
  at: z.number(),
  s: z.array(
    z.object({
      c: z.string(),
      k: z.array(z.enum(kinds)).min(1),
      t: z.array(z.tuple([z.string(), z.string()])),
      m: z.string(),
      a: z.number(),
    }),
  ),
});

/** Null where there is too much for a button to hold. */
export function undoButton(removed: readonly Subscription[], now: number) {
  const s = removed.map(({ connectionId, kinds: k, filter, madeBy, createdAt }) => ({
    c: connectionId,
    k,
    t: filter.types.map((type): [string, string] => [type.uri, type.name]),
    m: madeBy,
    a: createdAt,
  }));
  const value = JSON.stringify({ at: now, s } satisfies z.infer<typeof valueShape>);
  return value.length <= VALUE ? buttons([{ label: 'Undo', action: 'undo_unsubscribe', value }]) : null;
}

export async function undo(visit: ActionVisit): Promise<void> {
  const { at, s } = valueShape.parse(JSON.parse(visit.value));
  const { product, workspace } = visit;
  const now = product.clock.now();
  if (now - at > UNDO_FOR) {
    throw new Refusal('Undo works for ten minutes only. Type `{command} subscribe` to set it up again.', {
      code: 'undo_expired',
    });
  }
  const channel = visit.channel ?? '';
  // The button says what was there, not who may have it back: that is asked now.
  for (const { c } of s) await maySubscribe(visit, await working(visit, c));
  const { isAdmin } = await visit.slack.person(visit.user);
  await oneAtATime(channelKey(workspace.id, channel), async () => {
    for (const { c, k, t, m, a } of s) {
      const again: Subscription = {
        installationId: workspace.id,
        id: product.newId(),
        connectionId: c,
        channelId: channel,
        kinds: k,
        filter: { types: t.map(([uri, name]) => ({ uri, name })) },
        madeBy: isAdmin ? m : visit.user,
        state: 'active',
        reason: null,
        createdAt: a,
        updatedAt: now,
      };
      // A second click on Undo, or a new subscription made meanwhile, must not make a twin.
      const there = await product.subscriptions.subscriptionsIn(workspace.id, channel);
      const twin = there.some((each) => each.connectionId === c && sameTypes(each.filter.types, again.filter.types));
      if (!twin) await product.subscriptions.addSubscription(again);
    }
  });
  await tell(visit, channel, `🔔 <@${visit.user}> undid that: this channel hears of its bookings as before.`);
  await visit.answer(say(`Undone. <#${channel}> hears of its bookings as before.`), { replace: true });
}

/** Found within this workspace only. */
async function working(visit: Visit, connectionId: string): Promise<Connection> {
  const connection = await visit.product.connections.connection(visit.workspace.id, connectionId);
  if (connection?.state === 'active') return connection;
  throw new Refusal('Its Calendly account is no longer connected. Type `{command} connect` first.', {
    code: 'not_connected',
  });
}

/** For changes that stand whether or not the channel can be told: taking away works also where the app can no longer post. */
export async function tell(visit: Visit, channel: string, words: string): Promise<boolean> {
  try {
    await visit.slack.post(channel, say(words));
    return true;
  } catch (error) {
    visit.log.info({ err: error, channel }, 'a channel could not be told of a change');
    return false;
  }
}
