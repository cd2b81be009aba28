// What the product's verbs need of kept subscriptions, installation by installation.

import type { Options, Subscription } from './subscription.ts';

export interface SubscriptionStore {
  subscription(installationId: string, id: string): Promise<Subscription | null>;
  subscriptionsIn(installationId: string, channelId: string): Promise<Subscription[]>;
  allSubscriptions(installationId: string): Promise<Subscription[]>;
  addSubscription(subscription: Subscription): Promise<void>;
  /** Adds one that was removed a moment ago, and shows what was left out meanwhile for want of it. */
  bringBack(subscription: Subscription): Promise<void>;
  /** False where it is gone; or, with `where`, where its options are no longer these: then nothing is changed. */
  updateSubscription(
    installationId: string,
    id: string,
    set: Partial<Pick<Subscription, 'kinds' | 'filter' | 'options' | 'state' | 'reason' | 'madeBy'>>,
    where?: { options: Options },
  ): Promise<boolean>;
  /** What waits for it goes to another one of its channel that wants it, or is left out. */
  removeSubscription(installationId: string, id: string): Promise<void>;
}
