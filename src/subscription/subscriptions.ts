// What the product's verbs need of kept subscriptions, installation by installation.

import type { Deed } from './deed.ts';
import type { Options, Subscription } from './subscription.ts';

/** Each change takes the deed it belongs to, which is recorded in the same commit. */
export interface SubscriptionStore {
  subscription(installationId: string, id: string): Promise<Subscription | null>;
  subscriptionsIn(installationId: string, channelId: string): Promise<Subscription[]>;
  allSubscriptions(installationId: string): Promise<Subscription[]>;
  addSubscription(subscription: Subscription, deed?: Deed): Promise<void>;
  /** Adds one that was removed a moment ago, and shows what was left out meanwhile for want of it. */
  bringBack(subscription: Subscription, deed?: Deed): Promise<void>;
  /** False where it is gone; or, with `where`, where its options are no longer these: then nothing is changed. */
  updateSubscription(
    installationId: string,
    id: string,
    set: Partial<Pick<Subscription, 'kinds' | 'filter' | 'options' | 'state' | 'reason' | 'madeBy' | 'mutedUntil'>>,
    where?: { options: Options } | null,
    deed?: Deed,
  ): Promise<boolean>;
  /** What waits for it goes to another one of its channel that wants it, or is left out. */
  removeSubscription(installationId: string, id: string, deed?: Deed): Promise<void>;
  /** Shows what was left out since then (UTC milliseconds) because it was muted. */
  showLeftOut(installationId: string, id: string, since: number): Promise<void>;
  /** When each of these last showed something; absent where it never did. UTC milliseconds. */
  lastShown(installationId: string, ids: readonly string[]): Promise<Map<string, number>>;
}
