// The kinds of change by the many names people have for them (pure).

import type { Kind } from './subscription.ts';

const kindWords: Record<string, Kind> = {
  booked: 'booked',
  booking: 'booked',
  bookings: 'booked',
  created: 'booked',
  new: 'booked',
  canceled: 'canceled',
  cancelled: 'canceled',
  cancel: 'canceled',
  cancels: 'canceled',
  cancellation: 'canceled',
  cancellations: 'canceled',
  rescheduled: 'rescheduled',
  reschedule: 'rescheduled',
  reschedules: 'rescheduled',
  moved: 'rescheduled',
  noshow: 'noshow',
  noshows: 'noshow',
  'no-show': 'noshow',
  'no-shows': 'noshow',
  no_show: 'noshow',
  no_shows: 'noshow',
  routed: 'routed',
  form: 'routed',
  forms: 'routed',
};

/** Reads one kind, by its name or a usual other name for it, in any case. */
export function kindOf(word: string): Kind | null {
  const key = word.toLowerCase();
  return Object.hasOwn(kindWords, key) ? kindWords[key]! : null;
}
