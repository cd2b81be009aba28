// Does a change belong to a subscription, and why or why not (pure): the same verdict serves matching and explaining.

import type { Change } from '../booking/change.ts';
import type { Kind, Subscription } from './subscription.ts';

export interface Verdict {
  matches: boolean;
  /** One plain clause, such as "its event type is not Demo call". */
  because: string;
}

/** The kind a subscription must name to hear of this change; null for what no subscription is told of by itself (the old half of a move, other events). */
export function kindOf(change: Change): Kind | null {
  switch (change.kind) {
    case 'booked':
      return change.invitee?.oldInvitee ? 'rescheduled' : 'booked';
    case 'canceled':
      return change.invitee?.rescheduled || change.invitee?.newInvitee ? null : 'canceled';
    case 'noshow':
    case 'noshow_undone':
      return 'noshow';
    case 'routed':
      return 'routed';
    default:
      return null;
  }
}

export function match(subscription: Pick<Subscription, 'kinds' | 'filter'>, change: Change): Verdict {
  const kind = kindOf(change);
  if (!kind) return { matches: false, because: 'it is not a kind of change that is shown by itself' };
  if (!subscription.kinds.includes(kind))
    return { matches: false, because: `"${kind}" is not one of its kinds (${subscription.kinds.join(', ')})` };
  return matchesFilter(subscription, change);
}

function matchesFilter(subscription: Pick<Subscription, 'filter'>, change: Change): Verdict {
  const { types } = subscription.filter;
  if (types.length === 0 || change.kind === 'routed') return { matches: true, because: 'it follows every event type' };
  const type = change.invitee?.meeting.eventType;
  const found = types.find((choice) => choice.uri === type);
  return found
    ? { matches: true, because: `its event type is ${found.name}` }
    : { matches: false, because: `its event type is not ${types.map((t) => t.name).join(' or ')}` };
}
