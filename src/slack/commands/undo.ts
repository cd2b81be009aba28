// Undo, for ten minutes, of whatever changed what a channel hears of: the record says what was there before.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import type { Deed, DeedKind, DeedRow } from '../../subscription/deed.ts';
import { languageIn, sameOptions } from '../../subscription/options.ts';
import { sameFilter } from '../../subscription/rules.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { textsFor } from '../../texts/index.ts';
import { say } from '../messages/answers.ts';
import type { ActionVisit, Visit } from '../visit.ts';
import { tell } from './channel.ts';
import { newDeed } from './deeds.ts';
import { warnings } from './echo.ts';
import { optionsHere } from './look.ts';
import { mayChange, maySubscribe, mustBeMember } from './rights.ts';
import { channelKey, oneAtATime, sameSet } from './subscribing.ts';

const UNDO_FOR = 10 * 60_000;
const undoable: readonly DeedKind[] = ['subscribe', 'change', 'resume', 'unsubscribe', 'copy', 'mute', 'unmute'];

/** A subscription before and after; one of the two may be missing. */
interface Step extends Pick<DeedRow, 'what' | 'at'> {
  was: Subscription | null;
  became: Subscription | null;
  channelId: string;
}

export async function undo(visit: ActionVisit): Promise<void> {
  const { product, workspace, t } = visit;
  await mustBeMember(visit);
  const { rows, ageMs } = await product.deeds.deed(workspace.id, visit.value);
  const steps = rows.flatMap(stepOf);
  if (steps.length === 0) throw new Refusal(t.subscribing.undoStale, { code: 'stale_button' });
  if (ageMs > UNDO_FOR) {
    // A message that everybody sees loses the button that nobody can use any more.
    if (visit.said !== null) await visit.answer(say(visit.said), { replace: true });
    throw new Refusal(t.subscribing.undoExpired, { code: 'undo_expired' });
  }
  // All of it or none: who may do the first step may not do half of a deed.
  for (const step of steps) await mayTakeBack(visit, step);
  const deed = newDeed(visit, 'undo');
  const said = new Set<string>();
  const byChannel = Map.groupBy(steps, (step) => step.channelId);
  for (const [channel, mine] of byChannel)
    await oneAtATime(channelKey(workspace.id, channel), async () => {
      for (const step of mine) for (const warning of await takeBack(visit, step, deed)) said.add(warning);
    });
  await answer(visit, byChannel, [...said]);
}

function stepOf({ what, at, was, became, channelId }: DeedRow): Step[] {
  const isOne = (each: DeedRow['was']) => each === null || typeof each === 'object';
  if (!undoable.includes(what) || !isOne(was) || !isOne(became) || channelId === null || (was ?? became) === null)
    return [];
  return [{ what, at, was: was as Subscription | null, became: became as Subscription | null, channelId }];
}

async function answer(visit: ActionVisit, byChannel: Map<string, Step[]>, said: string[]): Promise<void> {
  const places = visit.t.common.all([...byChannel.keys()].map((channel) => `<#${channel}>`));
  for (const [channel, [first]] of byChannel) {
    // The message that was pressed says it itself, to the same people.
    if (visit.said !== null && channel === visit.channel) continue;
    const { options } = (first?.was ?? first?.became)!;
    const words = textsFor(languageIn(options)).subscribing;
    await tell(visit, channel, words.toldUndone(`<@${visit.user}>`));
  }
  if (visit.said === null) return visit.answer(say([visit.t.subscribing.undone(places), ...said]), { replace: true });
  const [[first]] = [...byChannel.values()] as [[Step]];
  const words = textsFor(languageIn((first.was ?? first.became)!.options)).subscribing;
  await visit.answer(say([visit.said, words.undoneBy(`<@${visit.user}>`)]), { replace: true });
  if (said.length > 0) await visit.answer(say(said));
}

/** The button says what was done, not who may take it back: that is asked now. */
async function mayTakeBack(visit: Visit, { was, became }: Step): Promise<void> {
  if (was && !became) return maySubscribe(visit, await working(visit, was.connectionId));
  const now = await visit.product.subscriptions.subscription(visit.workspace.id, became!.id);
  await mayChange(visit, now ?? became!);
  if (!was) return;
  if (!now) throw new Refusal(visit.t.subscribing.gone, { code: 'subscription_gone' });
  if (!isAsIt(now, was) && !isAsIt(now, became!)) throw changedSince(visit);
}

const changedSince = ({ t }: Pick<Visit, 't'>) =>
  new Refusal(t.subscribing.changedSince, { code: 'changed_meanwhile' });

/** Answers what a person should know of what is there again. A second click finds it done, and changes nothing. */
async function takeBack(visit: ActionVisit, { what, at, was, became, channelId }: Step, deed: Deed): Promise<string[]> {
  const store = visit.product.subscriptions;
  if (!became) return bringBack(visit, was!, channelId, deed);
  const now = await store.subscription(visit.workspace.id, became.id);
  if (!was) {
    if (now) await store.removeSubscription(now.installationId, now.id, deed);
    return [];
  }
  if (!now) throw new Refusal(visit.t.subscribing.gone, { code: 'subscription_gone' });
  if (isAsIt(now, was)) return [];
  if (!isAsIt(now, became)) throw changedSince(visit);
  const { kinds, filter, state, reason, mutedUntil } = was;
  const set = { kinds, filter, state, reason, mutedUntil };
  let said: string[] = [];
  if (sameOptions(now.options, was.options))
    await store.updateSubscription(now.installationId, now.id, set, null, deed);
  else {
    // Its channel may have been shared with outsiders meanwhile.
    const facts = await visit.slack.channel(channelId);
    const { options, seen } = await optionsHere(visit, facts, { options: was.options, madeBy: visit.user }, {});
    const done = await store.updateSubscription(now.installationId, now.id, { ...set, options }, now, deed);
    if (!done) throw changedSince(visit);
    said = warnings(visit, { subscription: { ...was, options }, seen });
  }
  if (what === 'mute') await store.showLeftOut(now.installationId, now.id, at);
  return said;
}

async function bringBack(visit: ActionVisit, was: Subscription, channelId: string, deed: Deed): Promise<string[]> {
  const { product, workspace } = visit;
  // A second click on Undo, or a new subscription made meanwhile, must not make a twin.
  const there = await product.subscriptions.subscriptionsIn(workspace.id, channelId);
  const isTwin = (each: Subscription) => each.connectionId === was.connectionId && sameFilter(each.filter, was.filter);
  if (there.some(isTwin)) return [];
  const { leads } = await visit.slack.person(visit.user);
  const facts = await visit.slack.channel(channelId);
  const { options, seen } = await optionsHere(visit, facts, { options: was.options, madeBy: visit.user }, {});
  const again: Subscription = {
    ...was,
    id: product.newId(),
    channelId,
    options,
    madeBy: leads ? was.madeBy : visit.user,
    state: 'active',
    reason: null,
    updatedAt: product.clock.now(),
  };
  await product.subscriptions.bringBack(again, deed);
  return warnings(visit, { subscription: again, seen });
}

/** Whether a channel would notice no difference. */
function isAsIt(a: Subscription, b: Subscription): boolean {
  return (
    a.state === b.state &&
    a.mutedUntil === b.mutedUntil &&
    sameSet(a.kinds, b.kinds) &&
    sameFilter(a.filter, b.filter) &&
    sameOptions(a.options, b.options)
  );
}

/** Found within this workspace only. */
async function working(visit: Visit, connectionId: string): Promise<Connection> {
  const connection = await visit.product.connections.connection(visit.workspace.id, connectionId);
  if (connection?.state === 'active') return connection;
  throw new Refusal(visit.t.subscribing.undoNotConnected, { code: 'not_connected' });
}
