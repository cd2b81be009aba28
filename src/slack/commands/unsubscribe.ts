// `unsubscribe`: takes a subscription away from this channel, tells the channel, and can be undone for ten minutes.

import { Refusal } from '../../errors.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { fold, nearest } from '../../subscription/nearest.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { namesOf } from '../explain.ts';
import { buttons, counted, say, subscriptionInWords, subscriptionLabel } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { numbered } from './list.ts';
import { mayChange, mustBeMember } from './rights.ts';
import { tell, undo, undoButton } from './undo.ts';

export const unsubscribe: Verb = {
  name: 'unsubscribe',
  aliases: ['unsub', 'remove', 'delete', 'unfollow', 'stop'],
  usage: '[name | number | all]',
  summary: 'Take a subscription away from this channel.',
  examples: [
    { text: 'unsubscribe', means: 'Takes the channel’s subscription away; where there are several, asks which.' },
    {
      text: 'unsubscribe 2',
      means: 'Takes the second one of `{command} list` away. It can be undone for ten minutes.',
    },
  ],
  async run(visit) {
    await mustBeMember(visit);
    const here = await numbered(visit, visit.channel);
    if (here.length === 0) {
      return visit.answer(
        say(
          `This channel has no subscription, so there is nothing to take away. \`${visit.product.commandName} list mine\` shows those you made elsewhere.`,
        ),
      );
    }
    const word = visit.rest.trim();
    const meant = word === '' ? here : named(word, here);
    if (meant.length === 1 || (meant.length > 1 && word.toLowerCase() === 'all')) {
      return visit.answer(await remove(visit, visit.channel, meant));
    }
    await visit.answer(
      meant.length > 1 ? choose('Which one should go?', meant, meant.length === here.length) : notFound(word, here),
    );
  },
  actions: { unsubscribe_this: pressed, undo_unsubscribe: undo },
};

function named(word: string, here: Subscription[]): Subscription[] {
  if (word.toLowerCase() === 'all') return here;
  const number = /^#?(\d{1,4})$/.exec(word)?.[1];
  if (number) return here.filter((_, i) => i + 1 === Number(number));
  const parsed = parseWish(`"${word.replace(/["“”„«»]/g, '')}"`);
  const wanted = fold(parsed.ok ? (parsed.wish.types[0] ?? word) : word);
  return here.filter(
    (each) => fold(subscriptionLabel(each)) === wanted || each.filter.types.some((type) => fold(type.name) === wanted),
  );
}

function notFound(word: string, here: Subscription[]): Message {
  const near = nearest(word, here, (each) => each.filter.types.map((type) => type.name).join(' ') || 'all event types');
  const asked = safeMrkdwn(word.replace(/^["“”]+|["“”]+$/g, ''), 60);
  return choose(`This channel has no subscription “${asked}”. Did you mean one of these?`, near, false);
}

function choose(question: string, subscriptions: Subscription[], areAll: boolean): Message {
  const presses = subscriptions
    .slice(0, 20)
    .map((each) => ({ label: subscriptionLabel(each), action: 'unsubscribe_this', value: each.id }));
  const every = areAll
    ? [{ label: 'All of them', action: 'do', value: 'unsubscribe all', style: 'danger' as const }]
    : [];
  return say(question, buttons([...presses, ...every]));
}

async function pressed(visit: ActionVisit): Promise<void> {
  const here = await numbered(visit, visit.channel ?? '');
  const meant = here.filter((each) => each.id === visit.value);
  if (meant.length === 0)
    throw new Refusal('That subscription is already gone. Type `{command} list` to see those of this channel.', {
      code: 'subscription_gone',
    });
  await visit.answer(await remove(visit, visit.channel ?? '', meant), { replace: true });
}

async function remove(visit: Visit, channel: string, subscriptions: Subscription[]): Promise<Message> {
  for (const each of subscriptions) await mayChange(visit, each);
  for (const each of subscriptions) await visit.product.subscriptions.removeSubscription(each.installationId, each.id);
  const what =
    subscriptions.length === 1 && subscriptions[0]
      ? subscriptionInWords(subscriptions[0])
      : counted(subscriptions.length, 'subscription');
  const told = await tell(visit, channel, `🔕 <@${visit.user}> unsubscribed this channel from ${what}.`);
  const button = undoButton(subscriptions, visit.product.clock.now());
  const { command } = namesOf(visit);
  return say(
    [
      `Unsubscribed. <#${channel}> no longer hears of ${what}.`,
      ...(told ? [] : ['I could not tell the channel; the change stands.']),
      ...(button ? [] : [`\`${command} subscribe\` sets it up again.`]),
    ],
    ...(button ? [button] : []),
  );
}
