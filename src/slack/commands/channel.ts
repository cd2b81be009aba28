// The channel a subscription is for: may the app be there, is it there, and does the channel hear what was changed.

import { Outage, Refusal } from '../../errors.ts';
import { say } from '../messages/answers.ts';
import type { Visit } from '../visit.ts';

type Doing = Pick<Visit, 'slack'>;

/** Refuses where the app can never post: said before anybody fills in a form. */
export async function checkChannel(visit: Doing, channel: string): Promise<{ mustJoin: boolean }> {
  if (channel.startsWith('D')) throw direct();
  const facts = await visit.slack.channel(channel);
  if (facts.isDirect) throw direct();
  if (facts.isArchived)
    throw new Refusal('This channel is archived. Unarchive it, or use another channel.', { code: 'is_archived' });
  if (facts.isMember) return { mustJoin: false };
  if (facts.isPrivate)
    throw new Refusal('This channel is private and I am not in it. Type `/invite` {bot} here, then try again.', {
      code: 'not_in_channel',
    });
  return { mustJoin: true };
}

/** Joins a public channel; anything else needs an invitation, and that is said. */
export async function enterChannel(visit: Doing, channel: string): Promise<void> {
  const { mustJoin } = await checkChannel(visit, channel);
  if (!mustJoin) return;
  try {
    await visit.slack.join(channel);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('I am not allowed to join this channel by myself. Type `/invite` {bot} here, then try again.', {
      code: 'cannot_join',
      cause: error,
    });
  }
}

function direct(): Refusal {
  return new Refusal(
    'I post bookings into channels, not into direct messages. Type this in the channel that should hear of them.',
    { code: 'direct_message' },
  );
}

/**
 * Says it in the channel. Where Slack clearly refuses, the change is taken back, since bookings could not be shown there either;
 * where it only did not answer, the change stays and false comes back.
 */
export async function tellChannel(
  visit: Doing,
  channel: string,
  words: string,
  takeBack: () => Promise<void>,
): Promise<boolean> {
  try {
    await visit.slack.post(channel, say(words));
    return true;
  } catch (error) {
    if (error instanceof Outage) return false;
    await takeBack();
    throw error;
  }
}
