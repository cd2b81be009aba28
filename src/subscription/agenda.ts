// Which days an agenda is of, and when a channel's own is due: at its hour in its zone, once a day or a week, whatever clocks do there (pure).

import { zoned } from './until.ts';

export const spans = ['today', 'tomorrow', 'week'] as const;
export type AgendaSpan = (typeof spans)[number];

/** A channel's standing wish to be told what is coming. */
export interface Digest {
  installationId: string;
  channelId: string;
  every: 'day' | 'week';
  /** 1 is Monday; null for every day. */
  weekday: number | null;
  /** Of the day, as clocks show it there. */
  minute: number;
  zone: string;
  /** What is said of a day without meetings. */
  empty: 'line' | 'silence';
  madeBy: string;
  /** What it was posted for last, see `lastDue`. */
  lastPeriod: string | null;
}

export interface DigestStore {
  digestsIn(installationId: string, channelId: string): Promise<Digest[]>;
  setDigest(digest: Digest): Promise<void>;
  /** False where there was none. */
  removeDigest(installationId: string, channelId: string, every: Digest['every']): Promise<boolean>;
}

/** From the beginning of the first day to the end of the last, UTC milliseconds. `week`: seven days, today included. */
export function daysOf(span: AgendaSpan, now: number, zone: string): { from: number; to: number } {
  const today = zoned(now, zone).startOfDay();
  const first = span === 'tomorrow' ? today.add({ days: 1 }) : today;
  const last = first.add({ days: span === 'week' ? 7 : 1 });
  return { from: first.epochMilliseconds, to: last.epochMilliseconds };
}

/**
 * When it was due last, and under which name: the same for everybody who asks until it is due again. A clock time that a day does not have, since clocks
 * went forward, is the first moment after; one that comes twice is the first of the two.
 */
export function lastDue(
  { every, weekday, minute, zone }: Pick<Digest, 'every' | 'weekday' | 'minute' | 'zone'>,
  now: number,
): { at: number; period: string; from: number; to: number } {
  const here = zoned(now, zone);
  const today = here.toPlainDate();
  const at = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({
      timeZone: here.timeZoneId,
      plainTime: new Temporal.PlainTime(Math.floor(minute / 60), minute % 60),
    }).epochMilliseconds;
  const step = every === 'week' ? 7 : 1;
  const nearest = every === 'week' ? today.subtract({ days: (today.dayOfWeek - (weekday ?? 1) + 7) % 7 }) : today;
  let date = nearest;
  // More than once only where a zone left out a whole day, as Samoa did in 2011.
  while (at(date) > now) date = date.subtract({ days: step });
  const start = date.toZonedDateTime({ timeZone: here.timeZoneId });
  return {
    at: at(date),
    period: `${every} ${date}`,
    from: start.epochMilliseconds,
    to: start.add({ days: step }).epochMilliseconds,
  };
}

/** The moment in the middle of the day that holds `at` there: shown as a date, it is that day for nearly everybody. */
export function noonOf(at: number, zone: string): number {
  return zoned(at, zone).startOfDay().add({ hours: 12 }).epochMilliseconds;
}

export function isZone(text: string): boolean {
  try {
    return text.length < 60 && Boolean(new Intl.DateTimeFormat('en', { timeZone: text }));
  } catch {
    return false;
  }
}

const weekdays: Record<string, number> = {};
for (const [i, names] of [
  ['monday', 'mon', 'montag', 'mo'],
  ['tuesday', 'tue', 'tues', 'dienstag', 'di'],
  ['wednesday', 'wed', 'mittwoch', 'mi'],
  ['thursday', 'thu', 'thur', 'thurs', 'donnerstag', 'do'],
  ['friday', 'fri', 'freitag', 'fr'],
  ['saturday', 'sat', 'samstag', 'sa', 'sonnabend'],
  ['sunday', 'sun', 'sonntag', 'so'],
].entries())
  for (const name of names) weekdays[name] = i + 1;

export const weekdayNamed = (word: string): number | null => {
  const name = word.toLowerCase().replace(/s$/, '');
  const key = Object.hasOwn(weekdays, word.toLowerCase()) ? word.toLowerCase() : name;
  return Object.hasOwn(weekdays, key) ? weekdays[key]! : null;
};

/** `9`, `9:30`, `09.30`, `9am`, `9:30pm`, `21h`: minutes of the day; null for anything else. */
export function clockTime(word: string): number | null {
  const found = /^(\d{1,2})(?:[:.h](\d{2}))?\s?(am|pm|h|uhr)?$/i.exec(word.trim());
  if (!found) return null;
  const half = found[3]?.toLowerCase();
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  if (half === 'am' || half === 'pm') {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  }
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

export const clockWords = (minute: number): string =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
