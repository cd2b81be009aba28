// What the product's verbs need of kept subscriptions, installation by installation.

import type { Subscription } from './subscription.ts';

export interface SubscriptionStore {
  subscription(installationId: string, id: string): Promise<Subscription | null>;
  subscriptionsIn(installationId: string, channelId: string): Promise<Subscription[]>;
  allSubscriptions(installationId: string): Promise<Subscription[]>;
  addSubscription(subscription: Subscription): Promise<void>;
  updateSubscription(
    installationId: string,
    id: string,
    set: Partial<Pick<Subscription, 'kinds' | 'filter' | 'state' | 'reason' | 'madeBy'>>,
  ): Promise<void>;
  removeSubscription(installationId: string, id: string): Promise<void>;
}
