// What subscribing does, by words or by modal: check the person and the channel, save exactly what was asked, tell the channel who did it.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import type { Deed } from '../../subscription/deed.ts';
import { languageIn, namesNothing, type OptionsWish, sameOptions } from '../../subscription/options.ts';
import { sameFilter } from '../../subscription/rules.ts';
import { defaultKinds, type Filter, type Kind, type Subscription } from '../../subscription/subscription.ts';
import { textsFor } from '../../texts/index.ts';
import { say, sharedWarning, subscriptionInWords } from '../messages/answers.ts';
import type { Visit } from '../visit.ts';
import type { ChannelFacts, Message } from '../web.ts';
import { accountsCalled } from './accounts.ts';
import { checkChannel, enterChannel, tellChannel } from './channel.ts';
import { newDeed, undoButton } from './deeds.ts';
import { mustBeKnown, optionsHere, type Seen } from './look.ts';
import { mayChange, maySubscribe, mustLead } from './rights.ts';

type Doing = Pick<Visit, 'product' | 'slack' | 'workspace' | 'user' | 't' | 'log'>;

export interface Order {
  connection: Connection;
  channel: string;
  filter: Filter;
  /** Empty where none was named: the usual ones, or those that are there where only options are to change. */
  kinds: Kind[];
  options: OptionsWish;
  /** What this belongs to, where one deed makes several. */
  deed?: Deed;
  /** The subscription to change; without it, the channel's subscription to the same bookings, if there is one. */
  editing?: Subscription | null;
}

export interface Done {
  subscription: Subscription;
  what: 'made' | 'changed' | 'resumed' | 'same';
  /** False when the channel could not be told for now. */
  told: boolean;
  /** Another subscription to every event type here already tells of all this. */
  redundant?: boolean;
  /** No kind was named, so it has the usual ones. */
  usualKinds?: boolean;
  /** Its account, where several are connected. */
  account: string | null;
  seen: Seen;
  /** Undo takes this back; absent where nothing was changed. */
  deed?: Deed;
}

/** Subscribing again to the same bookings changes their kinds and what is named of their options; to others, it adds a subscription. */
export async function subscribe(visit: Doing, order: Order): Promise<Done> {
  await maySubscribe(visit, order.connection);
  await mustBeKnown(visit, order.options);
  const facts = await enterChannel(visit, order.channel);
  if (order.kinds.includes('routed')) await visit.product.ensureRouting(order.connection);
  const { before, ...kept } = await oneAtATime(channelKey(order.connection.installationId, order.channel), () =>
    save(visit, order, facts),
  );
  const done = { ...kept, account: (await accountsCalled(visit)).said(order.connection.id) };
  const { subscription: saved, what } = done;
  if (what === 'same') return { ...done, told: true };
  const told = await tellChannel(visit, order.channel, announcement(visit, done), async () => {
    const back = newDeed(visit, 'take_back');
    if (before) await restore(visit, before, saved, back);
    else await visit.product.subscriptions.removeSubscription(saved.installationId, saved.id, back);
  });
  return { ...done, told };
}

/** A subscription as it would be saved, and what it would replace. */
interface Draft extends Pick<Done, 'seen'> {
  subscription: Subscription;
  before: Subscription | null;
  usualKinds: boolean;
  redundant: boolean;
}

/** The same as saving it, and nothing is changed. */
export async function drafted(visit: Doing, order: Order): Promise<Draft & Pick<Done, 'account'>> {
  await maySubscribe(visit, order.connection);
  await mustBeKnown(visit, order.options);
  const { facts } = await checkChannel(visit, order.channel);
  const account = (await accountsCalled(visit)).said(order.connection.id);
  return { ...(await draft(visit, order, facts)), account };
}

async function draft(visit: Doing, order: Order, facts: ChannelFacts): Promise<Draft> {
  const { installationId } = order.connection;
  const here = (await visit.product.subscriptions.subscriptionsIn(installationId, order.channel)).filter(
    (each) => each.connectionId === order.connection.id,
  );
  const twin = here.find((each) => sameFilter(each.filter, order.filter)) ?? null;
  const editing = order.editing ? (here.find((each) => each.id === order.editing?.id) ?? null) : null;
  if (editing && twin && twin.id !== editing.id) {
    throw new Refusal(visit.t.subscribing.twin, { code: 'twin' });
  }
  const before = editing ?? twin;
  // What follows a channel already may be changed by whoever made it; what is new there goes to strangers.
  if (!before && facts.isExternal) await mustLead(visit, visit.t.rights.sharedChannel);
  const keepsKinds = order.kinds.length === 0 && before !== null && !namesNothing(order.options);
  const kinds = order.kinds.length > 0 ? order.kinds : keepsKinds ? before.kinds : [...defaultKinds];
  const { options, seen } = await optionsHere(visit, facts, before, order.options);
  const redundant = here.some(
    (each) =>
      each.id !== before?.id &&
      each.state === 'active' &&
      isEverything(each.filter) &&
      kinds.every((kind) => each.kinds.includes(kind)) &&
      sameOptions(each.options, options),
  );
  const now = visit.product.clock.now();
  const fresh = {
    installationId,
    id: visit.product.newId(),
    connectionId: order.connection.id,
    channelId: order.channel,
    madeBy: visit.user,
    createdAt: now,
    updatedAt: now,
    mutedUntil: null,
  };
  const asked = { kinds, filter: order.filter, options, state: 'active' as const, reason: null };
  const subscription = { ...(before ?? fresh), ...asked };
  return { subscription, before, seen, usualKinds: order.kinds.length === 0 && !keepsKinds, redundant };
}

async function save(
  visit: Doing,
  order: Order,
  facts: ChannelFacts,
): Promise<Omit<Done, 'told' | 'account'> & { before: Subscription | null }> {
  const store = visit.product.subscriptions;
  const { subscription, before, ...about } = await draft(visit, order, facts);
  const { kinds, filter, options, state, reason } = subscription;
  if (!before) {
    const deed = order.deed ?? newDeed(visit, 'subscribe');
    await store.addSubscription(subscription, deed);
    return { subscription, before: null, what: 'made', ...about, deed };
  }
  const same =
    sameSet(before.kinds, kinds) && sameFilter(before.filter, filter) && sameOptions(before.options, options);
  if (same && before.state === 'active') return { subscription: before, before, what: 'same', ...about };
  if (!same) await mayChange(visit, before);
  const deed = order.deed ?? newDeed(visit, same ? 'resume' : 'change');
  await change(visit, before, { kinds, filter, options, state, reason }, deed);
  return { subscription, before, what: same ? 'resumed' : 'changed', ...about, deed };
}

/** Sets exactly these kinds. */
export async function setKinds(visit: Doing, subscription: Subscription, kinds: Kind[], named?: Deed): Promise<Done> {
  await mayChange(visit, subscription);
  const facts = await enterChannel(visit, subscription.channelId);
  const { options, seen } = await optionsHere(visit, facts, subscription, {});
  const { installationId, connectionId } = subscription;
  const connection = await visit.product.connections.connection(installationId, connectionId);
  const works = connection?.state === 'active';
  if (works && kinds.includes('routed')) await visit.product.ensureRouting(connection);
  // The channel can be posted to, as was just seen: what paused it is over, unless its account does not work.
  const state = works ? { state: 'active' as const, reason: null } : {};
  const saved: Subscription = { ...subscription, kinds, options, ...state };
  const same = sameSet(subscription.kinds, kinds) && sameOptions(subscription.options, options);
  const account = (await accountsCalled(visit)).said(connectionId);
  if (same && saved.state === subscription.state)
    return { subscription: saved, what: 'same', account, told: true, seen };
  const deed = named ?? newDeed(visit, same ? 'resume' : 'change');
  await change(visit, subscription, { kinds, options, ...state }, deed);
  const done = { subscription: saved, what: same ? ('resumed' as const) : ('changed' as const), account, seen, deed };
  const told = await tellChannel(visit, subscription.channelId, announcement(visit, done), () =>
    restore(visit, subscription, saved, newDeed(visit, 'take_back')),
  );
  return { ...done, told };
}

/** In the channel's language. */
function announcement(visit: Doing, { subscription, what, account, seen, deed }: Omit<Done, 'told'>): Message {
  const t = textsFor(languageIn(subscription.options));
  const words = subscriptionInWords(subscription, t, { to: 'channel', account });
  const told = { made: t.subscribing.toldMade, resumed: t.subscribing.toldResumed };
  const did = what === 'made' || what === 'resumed' ? told[what] : t.subscribing.toldChanged;
  const warning = sharedWarning(subscription.options, seen.outsiders, t);
  const stop = t.subscribing.stopIt(visit.product.commandName);
  return say(
    `${did(`<@${visit.user}>`, words)} ${stop}${warning ? `\n${warning}` : ''}`,
    ...(deed ? [undoButton(deed, t)] : []),
  );
}

/** The look is written only where it differs: the channel may have been shared, and what it shows narrowed, since `before` was read. */
async function change(
  visit: Doing,
  before: Subscription,
  set: Pick<Subscription, 'kinds' | 'options'> & Partial<Pick<Subscription, 'filter' | 'state' | 'reason'>>,
  deed: Deed,
): Promise<void> {
  const { options, ...others } = set;
  const { updateSubscription } = visit.product.subscriptions;
  const done = sameOptions(before.options, options)
    ? await updateSubscription(before.installationId, before.id, others, null, deed)
    : await updateSubscription(before.installationId, before.id, set, before, deed);
  if (!done)
    throw new Refusal(visit.t.subscribing.changedMeanwhile, {
      code: 'changed_meanwhile',
    });
}

/** Takes back what was changed, and no more: not what was paused meanwhile, nor a look that somebody else has changed since. */
async function restore(visit: Doing, before: Subscription, saved: Subscription, deed: Deed): Promise<void> {
  const { kinds, filter, options, state, reason } = before;
  const others = {
    kinds,
    ...(sameFilter(filter, saved.filter) ? {} : { filter }),
    ...(state === saved.state ? {} : { state, reason }),
  };
  const { updateSubscription } = visit.product.subscriptions;
  const isBack =
    !sameOptions(options, saved.options) &&
    (await updateSubscription(before.installationId, before.id, { ...others, options }, saved, deed));
  if (!isBack) await updateSubscription(before.installationId, before.id, others, null, deed);
}

const isEverything = ({ types, rules = [] }: Filter) => types.length === 0 && rules.length === 0;

export function sameSet<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

export const channelKey = (installationId: string, channel: string) => `${installationId} ${channel}`;

const running = new Map<string, Promise<unknown>>();

/** Two clicks at once must not make two subscriptions: the second waits for the first and finds it. */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = running.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  running.set(key, mine);
  try {
    return await mine;
  } finally {
    if (running.get(key) === mine) running.delete(key);
  }
}
