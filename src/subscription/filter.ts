// Does a change belong to a subscription, and why or why not (pure): the same verdict serves matching and explaining.

import { type Change, isGroup } from '../booking/change.ts';
import type { Filter, Kind, Subscription } from './subscription.ts';

export interface Verdict {
  matches: boolean;
  /** One plain clause, such as "its event type is not Demo call". */
  because: string;
}

/**
 * The kind a subscription must name to hear of this change; null for what no subscription is told of by itself (the old half of a move, other events).
 * Who moves out of a group meeting leaves a seat there: that half is told in the thread of its card.
 */
export function kindOf(change: Change): Kind | null {
  switch (change.kind) {
    case 'booked':
      return change.invitee?.oldInvitee ? 'rescheduled' : 'booked';
    case 'canceled':
      if (!change.invitee?.rescheduled && !change.invitee?.newInvitee) return 'canceled';
      return isGroup(change.invitee) ? 'rescheduled' : null;
    case 'noshow':
    case 'noshow_undone':
      return 'noshow';
    case 'routed':
      return 'routed';
    default:
      return null;
  }
}

/** Only whether it matches, for whoever asks of many. */
export function hears({ kinds, filter }: Pick<Subscription, 'kinds' | 'filter'>, change: Change): boolean {
  const kind = kindOf(change);
  return (
    kind !== null && kinds.includes(kind) && (followsAll(filter, change) || choiceOf(filter, change) !== undefined)
  );
}

const followsAll = (filter: Filter, change: Change) => filter.types.length === 0 || change.kind === 'routed';

function choiceOf({ types }: Filter, change: Change) {
  const type = change.invitee?.meeting.eventType;
  return types.find((choice) => choice.uri === type);
}

export function match(subscription: Pick<Subscription, 'kinds' | 'filter'>, change: Change): Verdict {
  const kind = kindOf(change);
  if (!kind) return { matches: false, because: 'it is not a kind of change that is shown by itself' };
  if (!subscription.kinds.includes(kind))
    return { matches: false, because: `"${kind}" is not one of its kinds (${subscription.kinds.join(', ')})` };
  const { filter } = subscription;
  if (followsAll(filter, change)) return { matches: true, because: 'it follows every event type' };
  const found = choiceOf(filter, change);
  return found
    ? { matches: true, because: `its event type is ${found.name}` }
    : { matches: false, because: `its event type is not ${filter.types.map((t) => t.name).join(' or ')}` };
}
