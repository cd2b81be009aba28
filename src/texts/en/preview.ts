// What a subscription is going to bring: tried on the bookings that are known, before it is saved or right after.

import { words } from './words.ts';

const { plural } = words;
const ofBookings = (would: number, total: number) =>
  `${would} of ${total} ${plural(total, { one: 'booking', other: 'bookings' })}`;

export const preview = {
  button: 'Preview',
  head: (channel: string, what: string) => `A preview; nothing is saved yet. ${channel} would hear of ${what}.`,
  trying: 'Trying it on what was booked lately…',
  subscribe: 'Subscribe',
  /** `week`: posts a week; null where it is less than one. */
  would: (would: number, total: number, days: number, week: number | null) =>
    `In the last ${days} ${plural(days, { one: 'day', other: 'days' })} it would have posted ${ofBookings(would, total)}, ${week === null ? 'less than one' : `about ${week}`} a week.`,
  hereAre: (count: number) => plural(count, { one: 'Here is one:', other: `Here are ${count}:` }),
  noneBooked: (days: number) =>
    `Nothing was booked in the last ${days} ${plural(days, { one: 'day', other: 'days' })} to try it on.`,
  none: (total: number, days: number) =>
    `⚠️ In the last ${days} ${plural(days, { one: 'day', other: 'days' })} it would have posted none of ${total} ${plural(total, { one: 'booking', other: 'bookings' })}.`,
  obstacle: (what: string) => `What stood in the way most often: ${what}.`,
  about: {
    kind: 'the kind of change',
    type: 'the event type',
    host: 'the host',
    group: 'the group of the host',
    domain: 'the domain of the invitee',
    answer: 'the answer',
    utm: 'where it came from (utm)',
    lead: 'how long ahead it was booked',
    location: 'the place',
    paid: 'the payment',
  },
  isPart: 'I could read a part of them only.',
  never: (what: string) =>
    `⚠️ No booking can ever match: for ${what}, all that is asked for is left out again, or there is nobody in it.`,
  notAsked: (question: string, near: string) =>
    `⚠️ None of these event types asks “${question}”, so nobody can answer it.${near ? ` Did you mean “${near}”?` : ''}`,
  busy: (most: number) =>
    `⚠️ On its busiest day that would have been ${most} posts here. Shorter cards leave more room to talk; a digest once a day says what is coming.`,
  compact: 'Compact cards',
  lines: 'Single lines',
  digest: 'A daily digest',
};
