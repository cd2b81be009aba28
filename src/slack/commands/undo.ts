// Undo for `unsubscribe`: what it takes to bring a subscription back lives in the button itself, for ten minutes.

import { z } from 'zod';
import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import { printOptions } from '../../subscription/flags.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { languageIn, namesNothing, wishFor, withWish } from '../../subscription/options.ts';
import { defaultOptions, kinds, type Options, type Subscription } from '../../subscription/subscription.ts';
import { type Language, type Texts, textsFor } from '../../texts/index.ts';
import { buttons, say } from '../messages/answers.ts';
import type { ActionVisit, Visit } from '../visit.ts';
import { warnings } from './echo.ts';
import { optionsHere } from './look.ts';
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
      /** Its options, as they are typed; absent where they were the usual ones. */
      o: z.string().optional(),
    }),
  ),
});

/** Null where there is too much for a button to hold. */
export function undoButton(removed: readonly Subscription[], now: number, t: Texts) {
  const s = removed.map(({ connectionId, kinds: k, filter, options, madeBy, createdAt }) => ({
    c: connectionId,
    k,
    t: filter.types.map((type): [string, string] => [type.uri, type.name]),
    m: madeBy,
    a: createdAt,
    ...(namesNothing(wishFor(options)) ? {} : { o: printOptions(wishFor(options)) }),
  }));
  const value = JSON.stringify({ at: now, s } satisfies z.infer<typeof valueShape>);
  return value.length <= VALUE ? buttons([{ label: t.common.undo, action: 'undo_unsubscribe', value }]) : null;
}

export async function undo(visit: ActionVisit): Promise<void> {
  const { at, s } = valueShape.parse(JSON.parse(visit.value));
  const { product, workspace } = visit;
  const now = product.clock.now();
  if (now - at > UNDO_FOR) {
    throw new Refusal(visit.t.subscribing.undoExpired, {
      code: 'undo_expired',
    });
  }
  const channel = visit.channel ?? '';
  // The button says what was there, not who may have it back: that is asked now.
  for (const { c } of s) await maySubscribe(visit, await working(visit, c));
  const { isAdmin } = await visit.slack.person(visit.user);
  // The channel may have been shared with outsiders meanwhile.
  const facts = await visit.slack.channel(channel);
  const said = new Set<string>();
  let language: Language | null = facts.language;
  await oneAtATime(channelKey(workspace.id, channel), async () => {
    for (const { c, k, t, m, a, o } of s) {
      const before = { options: optionsIn(o, visit.t), madeBy: visit.user };
      const { options, seen } = await optionsHere(visit, facts, before, {});
      language = languageIn(options);
      const again: Subscription = {
        installationId: workspace.id,
        id: product.newId(),
        connectionId: c,
        channelId: channel,
        kinds: k,
        filter: { types: t.map(([uri, name]) => ({ uri, name })) },
        options,
        madeBy: isAdmin ? m : visit.user,
        state: 'active',
        reason: null,
        createdAt: a,
        updatedAt: now,
      };
      // A second click on Undo, or a new subscription made meanwhile, must not make a twin.
      const there = await product.subscriptions.subscriptionsIn(workspace.id, channel);
      const twin = there.some((each) => each.connectionId === c && sameTypes(each.filter.types, again.filter.types));
      if (twin) continue;
      await product.subscriptions.bringBack(again);
      for (const warning of warnings(visit, { subscription: again, seen })) said.add(warning);
    }
  });
  await tell(visit, channel, textsFor(language).subscribing.toldUndone(`<@${visit.user}>`));
  await visit.answer(say([visit.t.subscribing.undone(`<#${channel}>`), ...said]), { replace: true });
}

function optionsIn(words: string | undefined, t: Texts): Options {
  if (words === undefined) return defaultOptions;
  const parsed = parseWish(words);
  if (parsed.ok) return withWish(defaultOptions, parsed.wish.options);
  throw new Refusal(t.subscribing.undoStale, {
    code: 'stale_button',
  });
}

/** Found within this workspace only. */
async function working(visit: Visit, connectionId: string): Promise<Connection> {
  const connection = await visit.product.connections.connection(visit.workspace.id, connectionId);
  if (connection?.state === 'active') return connection;
  throw new Refusal(visit.t.subscribing.undoNotConnected, {
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
