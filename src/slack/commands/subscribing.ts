// What subscribing does, by words or by modal: check the person and the channel, save exactly what was asked, tell the channel who did it.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import type { Kind, Subscription, TypeChoice } from '../../subscription/subscription.ts';
import { namesOf } from '../explain.ts';
import { subscriptionInWords } from '../messages/answers.ts';
import type { Visit } from '../visit.ts';
import { enterChannel, tellChannel } from './channel.ts';
import { mayChange, maySubscribe } from './rights.ts';

type Doing = Pick<Visit, 'product' | 'slack' | 'workspace' | 'user' | 'log'>;

export interface Order {
  connection: Connection;
  channel: string;
  types: TypeChoice[];
  kinds: Kind[];
  /** The subscription to change; without it, the channel's subscription to the same event types, if there is one. */
  editing?: Subscription | null;
}

export interface Done {
  subscription: Subscription;
  what: 'made' | 'changed' | 'resumed' | 'same';
  /** False when the channel could not be told for now. */
  told: boolean;
  /** Another subscription to every event type here already tells of all this. */
  redundant?: boolean;
}

/** Subscribing again to the same event types changes their kinds; to others, it adds a subscription. */
export async function subscribe(visit: Doing, order: Order): Promise<Done> {
  await maySubscribe(visit, order.connection);
  await enterChannel(visit, order.channel);
  if (order.kinds.includes('routed')) await visit.product.ensureRouting(order.connection);
  const { saved, before, what, redundant } = await oneAtATime(
    channelKey(order.connection.installationId, order.channel),
    () => save(visit, order),
  );
  if (what === 'same') return { subscription: saved, what, told: true, redundant };
  const told = await tellChannel(visit, order.channel, announcement(visit, saved, what), async () => {
    if (before) await restore(visit, before);
    else await visit.product.subscriptions.removeSubscription(saved.installationId, saved.id);
  });
  return { subscription: saved, what, told, redundant };
}

async function save(
  visit: Doing,
  order: Order,
): Promise<{ saved: Subscription; before: Subscription | null; what: Done['what']; redundant: boolean }> {
  const { installationId } = order.connection;
  const store = visit.product.subscriptions;
  const here = (await store.subscriptionsIn(installationId, order.channel)).filter(
    (each) => each.connectionId === order.connection.id,
  );
  const twin = here.find((each) => sameTypes(each.filter.types, order.types)) ?? null;
  const editing = order.editing ? (here.find((each) => each.id === order.editing?.id) ?? null) : null;
  if (editing && twin && twin.id !== editing.id) {
    throw new Refusal(
      'This channel already has another subscription to just these event types. Change that one, or choose others.',
      { code: 'twin' },
    );
  }
  const before = editing ?? twin;
  const redundant = here.some(
    (each) =>
      each.id !== before?.id &&
      each.state === 'active' &&
      each.filter.types.length === 0 &&
      order.kinds.every((kind) => each.kinds.includes(kind)),
  );
  if (!before) {
    const now = visit.product.clock.now();
    const made: Subscription = {
      installationId,
      id: visit.product.newId(),
      connectionId: order.connection.id,
      channelId: order.channel,
      kinds: order.kinds,
      filter: { types: order.types },
      madeBy: visit.user,
      state: 'active',
      reason: null,
      createdAt: now,
      updatedAt: now,
    };
    await store.addSubscription(made);
    return { saved: made, before: null, what: 'made', redundant };
  }
  const sameKinds = sameSet(before.kinds, order.kinds) && sameTypes(before.filter.types, order.types);
  if (sameKinds && before.state === 'active') return { saved: before, before, what: 'same', redundant };
  if (!sameKinds) await mayChange(visit, before);
  const set = { kinds: order.kinds, filter: { types: order.types }, state: 'active' as const, reason: null };
  await store.updateSubscription(installationId, before.id, set);
  return { saved: { ...before, ...set }, before, what: sameKinds ? 'resumed' : 'changed', redundant };
}

/** Sets exactly these kinds. */
export async function setKinds(visit: Doing, subscription: Subscription, kinds: Kind[]): Promise<Done> {
  await mayChange(visit, subscription);
  await enterChannel(visit, subscription.channelId);
  const { installationId, id, connectionId } = subscription;
  const connection = await visit.product.connections.connection(installationId, connectionId);
  const works = connection?.state === 'active';
  if (works && kinds.includes('routed')) await visit.product.ensureRouting(connection);
  // The channel can be posted to, as was just seen: what paused it is over, unless its account does not work.
  const state = works ? { state: 'active' as const, reason: null } : {};
  const saved: Subscription = { ...subscription, kinds, ...state };
  const same = sameSet(subscription.kinds, kinds);
  if (same && saved.state === subscription.state) return { subscription: saved, what: 'same', told: true };
  await visit.product.subscriptions.updateSubscription(installationId, id, { kinds, ...state });
  const what = same ? 'resumed' : 'changed';
  const told = await tellChannel(visit, subscription.channelId, announcement(visit, saved, what), () =>
    restore(visit, subscription),
  );
  return { subscription: saved, what, told };
}

function announcement(visit: Doing, subscription: Subscription, what: Done['what']): string {
  const { command } = namesOf(visit);
  const did =
    what === 'made'
      ? 'subscribed this channel to'
      : what === 'resumed'
        ? 'resumed here'
        : 'changed what this channel hears of to';
  return `🔔 <@${visit.user}> ${did} ${subscriptionInWords(subscription)}. Stop it with \`${command} unsubscribe\`.`;
}

async function restore(visit: Doing, before: Subscription): Promise<void> {
  const { kinds, filter, state, reason } = before;
  await visit.product.subscriptions.updateSubscription(before.installationId, before.id, {
    kinds,
    filter,
    state,
    reason,
  });
}

export function sameTypes(a: readonly TypeChoice[], b: readonly TypeChoice[]): boolean {
  return sameSet(
    a.map((type) => type.uri),
    b.map((type) => type.uri),
  );
}

function sameSet<T>(a: readonly T[], b: readonly T[]): boolean {
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
