// Moments and durations, where Slack’s own date tokens cannot say them.

import { words } from './words.ts';

const minutes = (count: number) => `${count} min`;
const hours = (count: number) => `${count} h`;

export const times = {
  /** For the few places that write a clock time themselves. */
  locale: 'en-US',
  /** A moment by Slack’s tokens, with its hour. */
  moment: '{date_short_pretty} at {time}',
  unknown: 'an unknown time',
  inCity: (city: string) => `in ${city}`,
  underAMinute: 'less than a minute',
  minutes,
  hours,
  both: (h: number, min: number) => `${hours(h)} ${minutes(min)}`,
  days: (count: number) => `${count} ${words.plural(count, { one: 'day', other: 'days' })}`,
  dayAnd: (h: number) => `1 day ${hours(h)}`,
  day: words.day,
};
