// Who may do what: guests read cards only, members act on what is theirs, workspace admins on everything.
// Asked at the moment of the action; where Slack does not answer, the action is refused.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import type { Subscription } from '../../subscription/subscription.ts';
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

function guest(): Refusal {
  return new Refusal(
    'Guests can read booking cards, but not set them up. Ask a full member of this workspace to do it.',
    {
      code: 'guest',
    },
  );
}
