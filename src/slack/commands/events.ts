// `events`: which kinds of change this channel hears of.

import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { fold } from '../../subscription/nearest.ts';
import { type Kind, kinds, type Subscription } from '../../subscription/subscription.ts';
import { buttons, say, subscriptionLabel } from '../messages/answers.ts';
import type { ActionVisit, Verb } from '../visit.ts';
import { notUnderstood, outcome } from './echo.ts';
import { openForm } from './subscribe-form.ts';
import { setKinds } from './subscribing.ts';

const EVERY = '*';

export const events: Verb = {
  name: 'events',
  aliases: ['kinds', 'event'],
  usage: '[kinds]',
  summary: 'Choose which kinds of change this channel hears of.',
  examples: [
    { text: 'events booked canceled', means: 'From now on exactly these two: no word of moved meetings.' },
    { text: 'events', means: 'Opens a window with all kinds to tick: booked, canceled, rescheduled, noshow, routed.' },
  ],
  async run(visit) {
    if (visit.rest.trim() === '') return openForm(visit, { channel: visit.channel, part: 'kinds' });
    const parsed = parseWish(visit.rest);
    if (!parsed.ok) return visit.answer(notUnderstood(visit, parsed.message, 'events'));
    const { wish } = parsed;
    if (wish.kinds.length === 0) {
      return visit.answer(notUnderstood(visit, `Name the kinds of change you want: ${kinds.join(', ')}.`, 'events'));
    }
    const all = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel);
    if (all.length === 0)
      throw new Refusal('This channel has no subscription yet. Type `{command} subscribe` to make one.', {
        code: 'no_subscription',
      });
    const meant = wish.types.length === 0 ? all : all.filter((each) => isNamed(each, wish.types));
    if (meant.length === 1 && meant[0])
      return visit.answer(outcome(visit, await setKinds(visit, meant[0], wish.kinds)));
    await visit.answer(whichOne(meant.length > 0 ? meant : all, wish.kinds));
  },
  actions: { events_for: pressed },
};

function isNamed(subscription: Subscription, typed: readonly string[]): boolean {
  const names = subscription.filter.types.map((type) => fold(type.name));
  return typed.some((name) => names.includes(fold(name)));
}

function whichOne(subscriptions: Subscription[], wanted: Kind[]) {
  const presses = subscriptions.slice(0, 20).map((each) => ({
    label: subscriptionLabel(each),
    action: 'events_for',
    value: JSON.stringify({ s: each.id, k: wanted }),
  }));
  const every = { label: 'All of them', action: 'events_for', value: JSON.stringify({ s: EVERY, k: wanted }) };
  return say(
    `This channel has several subscriptions. Which one should hear of exactly: ${wanted.join(', ')}?`,
    buttons([...presses, every]),
  );
}

const pressedValue = z.object({ s: z.string(), k: z.array(z.enum(kinds)).min(1) });

async function pressed(visit: ActionVisit): Promise<void> {
  const { s, k } = pressedValue.parse(JSON.parse(visit.value));
  const all = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel ?? '');
  const meant = s === EVERY ? all : all.filter((each) => each.id === s);
  if (meant.length === 0)
    throw new Refusal('That subscription is gone. Type `{command} list` to see those of this channel.', {
      code: 'subscription_gone',
    });
  const texts: string[] = [];
  for (const each of meant) texts.push(outcome(visit, await setKinds(visit, each, k)).text.split('\n\n')[0] ?? '');
  await visit.answer(say(texts.slice(0, 20)), { replace: true });
}
