// Who may do what: guests read cards only, members act on what is theirs, workspace admins on everything.
// Asked at the moment of the action; where Slack does not answer, the action is refused.

import type { Connection } from '../../connection/connection.ts';
import type { Letter } from '../../delivery/letters.ts';
import { Refusal } from '../../errors.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { forGuests } from '../messages/home.ts';
import type { Visit } from '../visit.ts';

type Asking = Pick<Visit, 'slack' | 'user'>;

export async function mustBeMember(visit: Asking): Promise<void> {
  if ((await visit.slack.person(visit.user)).isGuest) throw guest();
}

/** Somebody may subscribe channels to an account that they connected themselves. */
export async function maySubscribe(visit: Asking, connection: Connection): Promise<void> {
  const { isAdmin, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest();
  if (isAdmin || connection.connectedBy === visit.user) return;
  throw new Refusal(
    `Only {person:${connection.connectedBy}}, who connected this Calendly account, or a workspace admin can subscribe channels to it. Ask one of them, or connect your own account: \`{command} connect\`.`,
    { code: 'not_yours' },
  );
}

export async function mayChange(visit: Asking, subscription: Subscription): Promise<void> {
  const { isAdmin, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest();
  if (isAdmin || subscription.madeBy === visit.user) return;
  throw new Refusal(
    `Only {person:${subscription.madeBy}}, who made this subscription, or a workspace admin can change it. Ask one of them.`,
    { code: 'not_yours' },
  );
}

export async function mayDisconnect(visit: Asking, connection: Connection): Promise<void> {
  const { isAdmin, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest();
  if (isAdmin || connection.connectedBy === visit.user) return;
  throw new Refusal(
    `Only {person:${connection.connectedBy}}, who connected this account, or a workspace admin can disconnect it. Ask one of them.`,
    { code: 'not_yours' },
  );
}

/** Messages that could not be shown, of whichever channel and account. */
export async function mustBeAdmin(visit: Asking): Promise<void> {
  const { isAdmin, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest();
  if (isAdmin) return;
  throw new Refusal(
    'Only workspace admins can see these messages and send them again, since they may be of any channel. Please ask one of them.',
    { code: 'admins_only' },
  );
}

/** Whether a message of unknown outcome is there, and whether to send it again. */
export async function mayDecide(visit: Asking, letter: Pick<Letter, 'owner'>): Promise<void> {
  const { isAdmin, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest();
  if (isAdmin || letter.owner === visit.user) return;
  const who = letter.owner
    ? `{person:${letter.owner}}, who made the subscription, or a workspace admin`
    : 'a workspace admin';
  throw new Refusal(`Only ${who} can decide about this message. Ask one of them.`, { code: 'not_yours' });
}

function guest(): Refusal {
  return new Refusal(forGuests, { code: 'guest' });
}
