// What was understood of a person's words, and what came of it: said back to them.

import { entries } from '../../subscription/options.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import {
  buttons,
  kindsInWords,
  moment,
  type Press,
  say,
  sharedWarning,
  subscriptionInWords,
} from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { undoButton } from './deeds.ts';
import type { Expected } from './expectation.ts';
import type { Done, drafted } from './subscribing.ts';

type Saying = Pick<Visit, 'product' | 'workspace' | 't'>;

export function notUnderstood(visit: Saying, message: string, verb: string): Message {
  const { command } = namesOf(visit);
  // The sentence quotes what was typed.
  return say([safeMrkdwn(message, 1_000), visit.t.subscribing.showsExamples(command, verb)]);
}

/** What was understood and done; the same words after the modal. */
export function outcome(visit: Saying, done: Done, expected: Expected = nothingSaid): Message {
  const { command, t } = namesOf(visit);
  const { id, connectionId } = done.subscription;
  const as = (style: string) => JSON.stringify({ c: connectionId, w: `--style ${style}`, s: id });
  return say(
    [
      headline(done, t),
      ...(done.redundant ? [t.subscribing.redundant] : []),
      ...expected.sentences,
      ...warnings(visit, done),
      ...(done.told ? [] : [t.subscribing.notTold]),
      t.subscribing.next(command),
    ],
    ...(expected.isBusy ? [buttons(shorter(as, t))] : []),
    ...(done.deed ? [undoButton(done.deed, t)] : []),
  );
}

const nothingSaid: Expected = { sentences: [], isBusy: false };

/** What it would do, before it is done. `words` say it, once more without the preview; null where there are too many. */
export function previewed(
  visit: Saying,
  draft: Awaited<ReturnType<typeof drafted>>,
  expected: Expected,
  press: ((style?: string) => string) | null,
): Message {
  const { t } = visit;
  const { subscription, usualKinds, account, redundant } = draft;
  const understood = subscriptionInWords(subscription, t, { usualKinds, account });
  const presses: Press[] = press
    ? [
        { label: t.preview.subscribe, action: 'subscribe_as', value: press(), style: 'primary' },
        ...(expected.isBusy ? shorter(press, t) : []),
      ]
    : [];
  return say(
    [
      t.preview.head(`<#${subscription.channelId}>`, understood),
      ...expected.sentences,
      ...(redundant ? [t.subscribing.redundant] : []),
      ...warnings(visit, draft),
    ],
    ...(presses.length > 0 ? [buttons(presses)] : []),
  );
}

const shorter = (as: (style: string) => string, t: Texts): Press[] => [
  { label: t.preview.compact, action: 'subscribe_as', value: as('compact') },
  { label: t.preview.lines, action: 'subscribe_as', value: as('line') },
  { label: t.preview.digest, action: 'do', value: 'agenda digest' },
];

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
