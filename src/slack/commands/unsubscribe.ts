// `unsubscribe`: takes a subscription away from this channel, tells the channel, and can be undone for ten minutes.

import { Refusal } from '../../errors.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { fold, nearest } from '../../subscription/nearest.ts';
import { languageIn } from '../../subscription/options.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import { buttons, say, subscriptionInWords, subscriptionLabel } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { numbered } from './list.ts';
import { mayChange, mustBeMember } from './rights.ts';
import { tell, undo, undoButton } from './undo.ts';

export const unsubscribe: Verb = {
  name: 'unsubscribe',
  aliases: ['unsub', 'remove', 'delete', 'unfollow', 'stop'],
  examples: ['unsubscribe', 'unsubscribe 2'],
  async run(visit) {
    await mustBeMember(visit);
    const here = await numbered(visit, visit.channel);
    if (here.length === 0) {
      return visit.answer(say(visit.t.lists.nothingToTake(visit.product.commandName)));
    }
    const word = visit.rest.trim();
    const meant = word === '' ? here : named(word, here, visit.t);
    if (meant.length === 1 || (meant.length > 1 && word.toLowerCase() === 'all')) {
      return visit.answer(await remove(visit, visit.channel, meant));
    }
    await visit.answer(
      meant.length > 1
        ? choose(visit.t.lists.whichGoes, meant, meant.length === here.length, visit.t)
        : notFound(word, here, visit.t),
    );
  },
  actions: { unsubscribe_this: pressed, undo_unsubscribe: undo },
};

function named(word: string, here: Subscription[], t: Texts): Subscription[] {
  if (word.toLowerCase() === 'all') return here;
  const number = /^#?(\d{1,4})$/.exec(word)?.[1];
  if (number) return here.filter((_, i) => i + 1 === Number(number));
  const parsed = parseWish(`"${word.replace(/["“”„«»]/g, '')}"`);
  const wanted = fold(parsed.ok ? (parsed.wish.types[0] ?? word) : word);
  return here.filter(
    (each) =>
      fold(subscriptionLabel(each, t)) === wanted || each.filter.types.some((type) => fold(type.name) === wanted),
  );
}

function notFound(word: string, here: Subscription[], t: Texts): Message {
  const near = nearest(
    word,
    here,
    (each) => each.filter.types.map((type) => type.name).join(' ') || t.subscribing.allTypesLabel,
  );
  const asked = safeMrkdwn(word.replace(/^["“”]+|["“”]+$/g, ''), 60);
  return choose(t.lists.notFound(asked), near, false, t);
}

function choose(question: string, subscriptions: Subscription[], areAll: boolean, t: Texts): Message {
  const presses = subscriptions
    .slice(0, 20)
    .map((each) => ({ label: subscriptionLabel(each, t), action: 'unsubscribe_this', value: each.id }));
  const every = areAll
    ? [{ label: t.lists.allOfThem, action: 'do', value: 'unsubscribe all', style: 'danger' as const }]
    : [];
  return say(question, buttons([...presses, ...every]));
}

async function pressed(visit: ActionVisit): Promise<void> {
  const here = await numbered(visit, visit.channel ?? '');
  const meant = here.filter((each) => each.id === visit.value);
  if (meant.length === 0)
    throw new Refusal(visit.t.subscribing.alreadyGone, {
      code: 'subscription_gone',
    });
  await visit.answer(await remove(visit, visit.channel ?? '', meant), { replace: true });
}

async function remove(visit: Visit, channel: string, subscriptions: Subscription[]): Promise<Message> {
  for (const each of subscriptions) await mayChange(visit, each);
  for (const each of subscriptions) await visit.product.subscriptions.removeSubscription(each.installationId, each.id);
  const [only, ...others] = subscriptions;
  const what = (to: 'person' | 'channel', t: Texts) =>
    only && others.length === 0 ? subscriptionInWords(only, t, { to }) : t.common.subscriptions(subscriptions.length);
  // The channel hears it in the language it was spoken to so far.
  const theirs = textsFor(only && languageIn(only.options));
  const told = await tell(visit, channel, theirs.subscribing.toldGone(`<@${visit.user}>`, what('channel', theirs)));
  const { command, t } = namesOf(visit);
  const button = undoButton(subscriptions, visit.product.clock.now(), t);
  return say(
    [
      t.lists.unsubscribed(`<#${channel}>`, what('person', t)),
      ...(told ? [] : [t.lists.couldNotTell]),
      ...(button ? [] : [t.lists.setsUpAgain(command)]),
    ],
    ...(button ? [button] : []),
  );
}
