// What was understood of a person's words, and what came of it: said back to them.

import { entries } from '../../subscription/options.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import { kindsInWords, moment, say, sharedWarning, subscriptionInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { undoButton } from './deeds.ts';
import type { Done } from './subscribing.ts';

type Saying = Pick<Visit, 'product' | 'workspace' | 't'>;

export function notUnderstood(visit: Saying, message: string, verb: string): Message {
  const { command } = namesOf(visit);
  // The sentence quotes what was typed.
  return say([safeMrkdwn(message, 1_000), visit.t.subscribing.showsExamples(command, verb)]);
}

/** What was understood and done; the same words after the modal. */
export function outcome(visit: Saying, done: Done): Message {
  const { command, t } = namesOf(visit);
  return say(
    [
      headline(done, t),
      ...(done.redundant ? [t.subscribing.redundant] : []),
      ...warnings(visit, done),
      ...(done.told ? [] : [t.subscribing.notTold]),
      t.subscribing.next(command),
    ],
    ...(done.deed ? [undoButton(done.deed, t)] : []),
  );
}

export function headline({ subscription, what, usualKinds = false, account }: Done, t: Texts): string {
  const understood = subscriptionInWords(subscription, t, { usualKinds, account });
  return t.subscribing[what](`<#${subscription.channelId}>`, understood);
}

/** From as many people on it is worth a word how many a mention is seen by. */
const MANY = 100;

/** What a person should know of who reads along, and of options that say nothing. */
export function warnings(visit: Saying, { subscription, seen }: Pick<Done, 'subscription' | 'seen'>): string[] {
  const { command, t } = namesOf(visit);
  const words = t.subscribing;
  const { mention, thread } = subscription.options;
  const found: string[] = [];
  const { mutedUntil, channelId } = subscription;
  if (mutedUntil !== null && mutedUntil > visit.product.clock.now())
    found.push(t.muting.stillMuted(`<#${channelId}>`, moment(mutedUntil, t), command));
  if (seen.limited) found.push(words.limited[seen.outsiders](command));
  const shared = sharedWarning(subscription.options, seen.outsiders, t);
  if (shared) found.push(`${shared} ${words.sharedLess(command)}`);
  if (mention.who !== 'none' && seen.members !== null && seen.members > MANY)
    found.push(words.manyCalled(mention.who === 'host', seen.members, command));
  const idle = entries(thread.but).flatMap(([kind, mode]) =>
    mode === 'off' || subscription.kinds.includes(kind) ? [] : [kind],
  );
  if (idle.length > 0) found.push(words.idle(kindsInWords(idle, t), idle.length));
  return found;
}
