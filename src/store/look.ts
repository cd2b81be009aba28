// How a card was written last, kept with its message for when its subscription is gone; null where that is the usual.

import { sql } from 'kysely';
import type { Look } from '../delivery/card.ts';
import { defaultOptions, privacies, type Subscription, styles } from '../subscription/subscription.ts';
import { languages } from '../texts/index.ts';
import type { Tx } from './database.ts';
import type { DeliveryTable } from './schema.ts';

/** What nobody follows any more stays as it was. */
export function lookToKeep(subscription: Subscription | undefined, { look }: DeliveryTable): string | null {
  return subscription ? lookOf(subscription.options) : look;
}

function lookOf({ style, privacy, language }: Look): string | null {
  const usual = style === defaultOptions.style && privacy === defaultOptions.privacy && !language;
  return usual ? null : [style, privacy, ...(language ? [language] : [])].join(' ');
}

/**
 * Its cards keep how they are to look from now on, written so or not yet: once the subscription is gone, nothing else says that less is to be shown.
 * The caller holds the lane.
 */
export async function keepLook(
  tx: Tx,
  { installationId, channelId, id, options }: Pick<Subscription, 'installationId' | 'channelId' | 'id' | 'options'>,
): Promise<void> {
  const look = lookOf(options);
  await tx
    .updateTable('delivery')
    .set({ look })
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', channelId)
    .where('subscription_id', '=', id)
    .where('kind', '=', 'card')
    .where('about', 'is', null)
    .where('look', 'is distinct from', look)
    .execute();
}

/** A channel's cards show business details at most from now on, also those that nobody follows any more. The caller holds the lane. */
export async function narrowLooks(
  tx: Tx,
  { installationId, channelId }: { installationId: string; channelId: string },
): Promise<void> {
  const usual = lookOf({ ...defaultOptions, privacy: 'business' });
  await tx
    .updateTable('delivery')
    .set({ look: sql<string>`case when look is null then ${usual} else replace(look, ' full', ' business') end` })
    .where('installation_id', '=', installationId)
    .where('channel_id', '=', channelId)
    .where('kind', '=', 'card')
    .where('about', 'is', null)
    .where((eb) => eb.or([eb('look', 'is', null), eb('look', 'like', '% full%')]))
    .execute();
}

export function readLook(kept: string | null): Look | null {
  const words = kept?.split(' ') ?? [];
  const style = styles.find((each) => each === words[0]);
  const privacy = privacies.find((each) => each === words[1]);
  const language = languages.find((each) => each === words[2]);
  return style && privacy ? { style, privacy, ...(language ? { language } : {}) } : null;
}
