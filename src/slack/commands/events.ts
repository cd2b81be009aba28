// `events`: which kinds of change this channel hears of.

import { z } from 'zod';
import { accountCalled } from '../../connection/names.ts';
import { Refusal } from '../../errors.ts';
import { printOptions } from '../../subscription/flags.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { fold } from '../../subscription/nearest.ts';
import { namesNothing } from '../../subscription/options.ts';
import { type Kind, kinds, type Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { buttons, say, subscriptionLabel } from '../messages/answers.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import { newDeed, undoButton } from './deeds.ts';
import { headline, notUnderstood, outcome, warnings } from './echo.ts';
import { mustBeMember } from './rights.ts';
import { openForm } from './subscribe-form.ts';
import { setKinds } from './subscribing.ts';

const EVERY = '*';

export const events: Verb = {
  name: 'events',
  aliases: ['kinds', 'event'],
  examples: ['events booked canceled', 'events'],
  async run(visit) {
    if (visit.rest.trim() === '') return openForm(visit, { channel: visit.channel, part: 'kinds' });
    const parsed = parseWish(visit.rest, visit.t);
    if (!parsed.ok) return visit.answer(notUnderstood(visit, parsed.message, 'events'));
    const { wish } = parsed;
    if (!namesNothing(wish.options)) {
      const only = visit.t.lists.kindsAlone(printOptions(wish.options));
      return visit.answer(notUnderstood(visit, only, 'subscribe'));
    }
    if (wish.kinds.length === 0) {
      return visit.answer(notUnderstood(visit, visit.t.lists.nameKinds(kinds.join(', ')), 'events'));
    }
    await mustBeMember(visit);
    const all = (await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel)).filter(
      await ofAccount(visit, wish.account),
    );
    if (all.length === 0)
      throw new Refusal(visit.t.subscribing.none, {
        code: 'no_subscription',
      });
    const meant = wish.types.length === 0 ? all : all.filter((each) => isNamed(each, wish.types));
    if (meant.length === 1 && meant[0])
      return visit.answer(outcome(visit, await setKinds(visit, meant[0], wish.kinds)));
    await visit.answer(whichOne(meant.length > 0 ? meant : all, wish.kinds, visit.t));
  },
  actions: { events_for: pressed },
};

/** Whether a subscription is of the account that was named; all are where none was. */
async function ofAccount(visit: Visit, account: string | undefined): Promise<(each: Subscription) => boolean> {
  if (account === undefined) return () => true;
  const all = await visit.product.connections.connections(visit.workspace.id);
  const found = accountCalled(account, all);
  if (!found)
    throw new Refusal(visit.t.lists.noAccount(account.slice(0, 60)), {
      code: 'no_such_account',
    });
  return (each) => each.connectionId === found.id;
}

function isNamed(subscription: Subscription, typed: readonly string[]): boolean {
  const names = subscription.filter.types.map((type) => fold(type.name));
  return typed.some((name) => names.includes(fold(name)));
}

function whichOne(subscriptions: Subscription[], wanted: Kind[], t: Texts) {
  const presses = subscriptions.slice(0, 20).map((each) => ({
    label: subscriptionLabel(each, t),
    action: 'events_for',
    value: JSON.stringify({ s: each.id, k: wanted }),
  }));
  const every = { label: t.lists.allOfThem, action: 'events_for', value: JSON.stringify({ s: EVERY, k: wanted }) };
  return say(t.lists.whichHears(wanted.map((kind) => t.look.kinds[kind]).join(', ')), buttons([...presses, every]));
}

const pressedValue = z.object({ s: z.string(), k: z.array(z.enum(kinds)).min(1) });

async function pressed(visit: ActionVisit): Promise<void> {
  await mustBeMember(visit);
  const { s, k } = pressedValue.parse(JSON.parse(visit.value));
  const all = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel ?? '');
  const meant = s === EVERY ? all : all.filter((each) => each.id === s);
  if (meant.length === 0)
    throw new Refusal(visit.t.subscribing.gone, {
      code: 'subscription_gone',
    });
  const texts: string[] = [];
  const deed = newDeed(visit, 'change');
  let isChanged = false;
  for (const each of meant) {
    const done = await setKinds(visit, each, k, deed);
    isChanged ||= done.deed !== undefined;
    texts.push([headline(done, visit.t), ...warnings(visit, done)].join('\n'));
  }
  await visit.answer(say(texts.slice(0, 20), ...(isChanged ? [undoButton(deed, visit.t)] : [])), { replace: true });
}
