// What has happened to a booking so far, one by one, as the changes that told it: read off what is kept (pure).

import type { BookingState } from './booking.ts';
import type { Change, Invitee } from './change.ts';

export type Happened = Pick<Change, 'kind' | 'invitee' | 'form'>;

export function happenedIn({ invitees, form }: BookingState): Happened[] {
  const told = Object.values(invitees)
    .sort((a, b) => a.invitee.createdAt - b.invitee.createdAt)
    .flatMap(({ invitee, markedAt }) => happenedTo(invitee, markedAt !== null));
  return form ? [{ kind: 'routed', invitee: null, form }, ...told] : told;
}

export function happenedTo(invitee: Invitee, isNoShow: boolean): Happened[] {
  const one = (kind: Happened['kind']): Happened => ({ kind, invitee, form: null });
  return [one('booked'), ...(isNoShow ? [one('noshow')] : []), ...(invitee.active ? [] : [one('canceled')])];
}
