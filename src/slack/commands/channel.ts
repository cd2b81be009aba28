// The channel a subscription is for: may the app be there, is it there, and does the channel hear what was changed.

import type { KnownBlock } from '@slack/types';
import { Outage, Refusal } from '../../errors.ts';
import { languageIn } from '../../subscription/options.ts';
import { type Language, type Texts, usualLanguage } from '../../texts/index.ts';
import { say } from '../messages/answers.ts';
import type { Visit } from '../visit.ts';
import type { ChannelFacts, Message } from '../web.ts';

type Doing = Pick<Visit, 'slack' | 't'>;

/** Refuses where the app can never post: said before anybody fills in a form. */
export async function checkChannel(visit: Doing, channel: string): Promise<{ mustJoin: boolean; facts: ChannelFacts }> {
  if (channel.startsWith('D')) throw direct(visit.t);
  const facts = await visit.slack.channel(channel);
  if (facts.isDirect) throw direct(visit.t);
  if (facts.isArchived) throw new Refusal(visit.t.rights.archived, { code: 'is_archived' });
  if (facts.isMember) return { mustJoin: false, facts };
  if (facts.isPrivate)
    throw new Refusal(visit.t.rights.private, {
      code: 'not_in_channel',
    });
  return { mustJoin: true, facts };
}

/** Joins a public channel; anything else needs an invitation, and that is said. */
export async function enterChannel(visit: Doing, channel: string): Promise<ChannelFacts> {
  const { mustJoin, facts } = await checkChannel(visit, channel);
  if (!mustJoin) return facts;
  try {
    await visit.slack.join(channel);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(visit.t.rights.mayNotJoin, {
      code: 'cannot_join',
      cause: error,
    });
  }
  return facts;
}

/** What is said in a channel is said in the language of its cards; where there are none yet, in that of its people. */
export async function languageHere(
  { product, workspace }: Pick<Visit, 'product' | 'workspace'>,
  channel: string,
  facts: Pick<ChannelFacts, 'language'> | null,
): Promise<Language> {
  const [first] = await product.subscriptions.subscriptionsIn(workspace.id, channel);
  return first ? languageIn(first.options) : (facts?.language ?? usualLanguage);
}

function direct(t: Texts): Refusal {
  return new Refusal(t.rights.direct, { code: 'direct_message' });
}

/**
 * Says it in the channel. Where Slack clearly refuses, the change is taken back, since bookings could not be shown there either;
 * where it only did not answer, the change stays and false comes back.
 */
export async function tellChannel(
  visit: Doing,
  channel: string,
  said: Message,
  takeBack: () => Promise<void>,
): Promise<boolean> {
  try {
    await visit.slack.post(channel, said);
    return true;
  } catch (error) {
    if (error instanceof Outage) return false;
    await takeBack();
    throw error;
  }
}

/** For changes that stand whether or not the channel can be told: taking away works also where the app can no longer post. */
export async function tell(
  visit: Pick<Visit, 'slack' | 'log'>,
  channel: string,
  words: string,
  ...more: KnownBlock[]
): Promise<boolean> {
  try {
    await visit.slack.post(channel, say(words, ...more));
    return true;
  } catch (error) {
    visit.log.info({ err: error, channel }, 'a channel could not be told of a change');
    return false;
  }
}
