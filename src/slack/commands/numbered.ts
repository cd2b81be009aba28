// The numbers that people call a channel's subscriptions by.

import type { Subscription } from '../../subscription/subscription.ts';
import type { Visit } from '../visit.ts';

/** A channel's subscriptions in the order that gives them their numbers. */
export async function numbered(visit: Pick<Visit, 'product' | 'workspace'>, channel: string): Promise<Subscription[]> {
  return byAge(await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, channel));
}

export function byAge(subscriptions: Subscription[]): Subscription[] {
  return [...subscriptions].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}
