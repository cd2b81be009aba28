// `unsubscribe`: takes subscriptions away from this channel, tells the channel, and can be undone for ten minutes.

import { Refusal } from '../../errors.ts';
import { languageIn } from '../../subscription/options.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { buttons, say, subscriptionInWords, subscriptionLabel } from '../messages/answers.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { tell } from './channel.ts';
import { newDeed, undoButton } from './deeds.ts';
import { numbered } from './numbered.ts';
import { mayChange, mustBeMember } from './rights.ts';
import { undo } from './undo.ts';
import { named, notFound, wordsOf } from './which.ts';

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
    const words = wordsOf(visit.rest);
    if (words.length === 0 && here.length > 1)
      return visit.answer(choose(visit.t.lists.whichGoes, here, true, visit.t));
    const which = words.length === 0 ? { found: here } : named(words, here, visit.t);
    if ('unknown' in which) return visit.answer(choose(notFound(which.unknown, visit.t), which.near, false, visit.t));
    // A name that several have says not which; numbers and `all` do.
    const isExact = words.every((word) => !word.quoted && /^(?:[#\d–-]+|all|\*|alle)$/i.test(word.text));
    if (which.found.length > 1 && !isExact)
      return visit.answer(choose(visit.t.lists.whichGoes, which.found, false, visit.t));
    await visit.answer(await remove(visit, visit.channel, which.found));
  },
  actions: { unsubscribe_this: pressed, undo },
};

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
  await mustBeMember(visit);
  const here = await numbered(visit, visit.channel ?? '');
  const meant = here.filter((each) => each.id === visit.value);
  if (meant.length === 0) throw new Refusal(visit.t.subscribing.alreadyGone, { code: 'subscription_gone' });
  await visit.answer(await remove(visit, visit.channel ?? '', meant), { replace: true });
}

export async function remove(visit: Visit, channel: string, subscriptions: Subscription[]): Promise<Message> {
  for (const each of subscriptions) await mayChange(visit, each);
  const deed = newDeed(visit, 'unsubscribe');
  for (const each of subscriptions)
    await visit.product.subscriptions.removeSubscription(each.installationId, each.id, deed);
  const [only, ...others] = subscriptions;
  const what = (to: 'person' | 'channel', t: Texts) =>
    only && others.length === 0 ? subscriptionInWords(only, t, { to }) : t.common.subscriptions(subscriptions.length);
  // The channel hears it in the language it was spoken to so far.
  const theirs = textsFor(only && languageIn(only.options));
  const words = theirs.subscribing.toldGone(`<@${visit.user}>`, what('channel', theirs));
  const told = await tell(visit, channel, words, undoButton(deed, theirs));
  const { t } = visit;
  return say(
    [t.lists.unsubscribed(`<#${channel}>`, what('person', t)), ...(told ? [] : [t.lists.couldNotTell])],
    undoButton(deed, t),
  );
}
