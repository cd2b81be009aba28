// Moments and durations in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const minutes = (count: number) => `${count} Min.`;
const hours = (count: number) => `${count} Std.`;

export const times: Texts['times'] = {
  locale: 'de-DE',
  moment: '{date_short_pretty} um {time}',
  unknown: 'einer unbekannten Zeit',
  inCity: (city) => `in ${city}`,
  underAMinute: 'weniger als eine Minute',
  minutes,
  hours,
  both: (h, min) => `${hours(h)} ${minutes(min)}`,
  days: (count) => `${count} ${words.plural(count, { one: 'Tag', other: 'Tage' })}`,
  dayAnd: (h) => `1 Tag ${hours(h)}`,
  day: words.day,
};
