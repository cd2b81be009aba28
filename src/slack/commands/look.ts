// How a subscription's cards may look in its channel: whom they call is known to Slack, and outsiders read no more than an admin allows.

import { Refusal } from '../../errors.ts';
import { type OptionsWish, privacyHere, withWish } from '../../subscription/options.ts';
import { defaultOptions, type Options, type Subscription } from '../../subscription/subscription.ts';
import type { Outsiders } from '../guests.ts';
import type { Visit } from '../visit.ts';
import type { ChannelFacts } from '../web.ts';

type Asking = Pick<Visit, 'slack' | 'user' | 't'>;

/** Who reads the channel, and whether less is shown there than was wanted. */
export interface Seen extends Pick<ChannelFacts, 'members'> {
  outsiders: Outsiders;
  limited: boolean;
}

/** A mention of nobody would be an empty promise. */
export async function mustBeKnown(visit: Asking, { mention }: OptionsWish): Promise<void> {
  if (mention?.who !== 'user') return;
  try {
    await visit.slack.person(mention.id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(visit.t.look.unknownPerson, { code: 'unknown_person', cause: error });
  }
}

/**
 * The options as they may be here. Where outsiders read along, `full` is shown only if an admin names it; one that stands stays as it is under the hands
 * of an admin, and of those who could not change it anyway. A new subscription speaks the channel's language, unless another is named.
 */
export async function optionsHere(
  visit: Asking,
  facts: ChannelFacts,
  before: Pick<Subscription, 'options' | 'madeBy'> | null,
  wish: OptionsWish,
): Promise<{ options: Options; seen: Seen }> {
  const { leads } = await visit.slack.person(visit.user);
  const channels = before === null && facts.language !== null ? { language: facts.language } : {};
  const wanted = withWish(before?.options ?? defaultOptions, { ...channels, ...wish });
  const stands = before?.options.privacy === 'full' && (leads || before.madeBy !== visit.user);
  // Who reads it counts only where there is something to hide.
  const outsiders = wanted.privacy === 'full' || facts.isShared ? await outsidersIn(visit, facts) : 'none';
  // What is shown already is not taken away because Slack says nothing just now.
  const remains = outsiders === 'unknown' && before?.options.privacy === 'full';
  const adminSaysSo = stands || remains || (leads && wish.privacy === 'full');
  const privacy = privacyHere(wanted.privacy, { isShared: outsiders !== 'none', adminSaysSo });
  const { members } = facts;
  return { options: { ...wanted, privacy }, seen: { outsiders, members, limited: privacy !== wanted.privacy } };
}

/** Asked for when a person chooses what is shown; never for a card. */
export async function outsidersIn({ slack }: Pick<Visit, 'slack'>, facts: ChannelFacts): Promise<Outsiders> {
  if (facts.isShared) return 'organizations';
  try {
    return (await slack.hasGuests(facts.id)) ? 'guests' : 'none';
  } catch {
    // The call itself is in the log already; whoever chooses is told that nobody knows.
    return 'unknown';
  }
}
