// How long something lasts, as people type it: `2h`, `3 days`, `until monday`, `until tomorrow 9:00`, `until 2026-12-01` (pure and total).
//
// Hours and minutes are counted; days, weeks and names of days are those of the person's own calendar, so that 9:00 stays 9:00 when the clocks change.

import { type Token, tokens } from './tokens.ts';

/** `rest` are the words before and after; `until` is UTC milliseconds, null where no time was named. */
export type ReadUntil =
  | { ok: true; until: number | null; rest: Token[] }
  | { ok: false; why: 'unclear' | 'past' | 'too_long'; typed: string };

/** Who wants quiet for longer unsubscribes. */
const mostDays = 366;
const mostWords = 60;

const minutesOf = { m: 1, h: 60, d: 24 * 60, w: 7 * 24 * 60 };
type Unit = keyof typeof minutesOf;
const nameOf = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const satisfies Record<Unit, string>;
const unitWords: [RegExp, Unit][] = [
  [/^(?:m|mins?|minutes?|minuten?)$/, 'm'],
  [/^(?:h|hrs?|hours?|std|stunden?)$/, 'h'],
  [/^(?:d|days?|tage?n?)$/, 'd'],
  [/^(?:w|wks?|weeks?|wochen?)$/, 'w'],
];
const unitOf = (word: string) => unitWords.find(([pattern]) => pattern.test(word))?.[1];

/** Monday is 1. */
const weekdays: [RegExp, number][] = [
  [/^(?:mon|mondays?|mo|montags?)$/, 1],
  [/^(?:tue|tues|tuesdays?|di|dienstags?)$/, 2],
  [/^(?:wed|weds|wednesdays?|mi|mittwochs?)$/, 3],
  [/^(?:thu|thur|thurs|thursdays?|do|donnerstags?)$/, 4],
  [/^(?:fri|fridays?|fr|freitags?)$/, 5],
  [/^(?:sat|saturdays?|sa|samstags?)$/, 6],
  [/^(?:sun|sundays?|so|sonntags?)$/, 7],
];
const months: [RegExp, number][] = [
  [/^jan(?:uary|uar)?$/, 1],
  [/^feb(?:ruary|ruar)?$/, 2],
  [/^(?:mar(?:ch)?|märz?|mrz)$/, 3],
  [/^apr(?:il)?$/, 4],
  [/^(?:may|mai)$/, 5],
  [/^(?:june?|juni)$/, 6],
  [/^(?:july?|juli)$/, 7],
  [/^aug(?:ust)?$/, 8],
  [/^sept?(?:ember)?$/, 9],
  [/^(?:oct(?:ober)?|okt(?:ober)?)$/, 10],
  [/^nov(?:ember)?$/, 11],
  [/^(?:dec(?:ember)?|dez(?:ember)?)$/, 12],
];
const among = (table: [RegExp, number][], word: string) => table.find(([pattern]) => pattern.test(word))?.[1];

/** Finds the time among the words; all others are left for whoever reads on. A zone nobody knows counts as UTC. */
export function readUntil(text: string, at: { now: number; zone: string }): ReadUntil {
  try {
    return read(text, at.now, zoned(at.now, at.zone));
  } catch (error) {
    // Times that lie beyond all calendars.
    if (error instanceof RangeError) return { ok: false, why: 'too_long', typed: text.trim().slice(0, 60) };
    throw error;
  }
}

export function zoned(at: number, zone: string): Temporal.ZonedDateTime {
  const instant = Temporal.Instant.fromEpochMilliseconds(at);
  try {
    return instant.toZonedDateTimeISO(zone);
  } catch {
    return instant.toZonedDateTimeISO('UTC');
  }
}

function read(text: string, millis: number, now: Temporal.ZonedDateTime): ReadUntil {
  const all: Token[] = [];
  for (const token of tokens(text)) if (all.push(token) > mostWords) return unclear('');
  const word = (i: number) => (all[i] && !all[i].quoted ? all[i].text.toLowerCase().replace(/[.,;!]+$/, '') : '');
  const start = all.findIndex((_, i) => beginsTime(word, i));
  if (start < 0) return { ok: true, until: null, rest: all };
  const isDuration = /^(?:for|für)$/.test(word(start)) || beginsDuration(word, start);
  const first = /^(?:for|für|until|till?|bis)$/.test(word(start)) ? start + 1 : start;
  const found = isDuration ? readDuration(word, first, now) : readMoment(word, first, now);
  if (!found)
    return unclear(
      all
        .slice(start)
        .map((token) => token.text)
        .join(' '),
    );
  const rest = [...all.slice(0, start), ...all.slice(found.next)];
  const until = found.at.epochMilliseconds;
  const typed = all
    .slice(start, found.next)
    .map((token) => token.text)
    .join(' ');
  if (until <= millis) return { ok: false, why: 'past', typed };
  if (Temporal.ZonedDateTime.compare(found.at, now.add({ days: mostDays })) > 0)
    return { ok: false, why: 'too_long', typed };
  return { ok: true, until, rest };
}

const unclear = (typed: string): ReadUntil => ({ ok: false, why: 'unclear', typed: typed.slice(0, 60) });

type WordAt = (i: number) => string;
type Read = { at: Temporal.ZonedDateTime; next: number } | null;

function beginsTime(word: WordAt, i: number): boolean {
  const here = word(i);
  if (/^(?:until|till?|bis)$/.test(here)) return true;
  if (/^(?:for|für)$/.test(here)) return /^\d/.test(word(i + 1)) || /^(?:an?|one|eine?n?)$/.test(word(i + 1));
  return beginsDuration(word, i) || /^(?:tomorrow|morgen|tonight|today|heute)$/.test(here);
}

const pair = /^(\d{1,4}(?:[.,]\d{1,2})?)([a-zäöü]+)/;

function beginsDuration(word: WordAt, i: number): boolean {
  const joined = pair.exec(word(i));
  if (joined) return unitOf(joined[2]!) !== undefined || /^(?:\d{1,4}[a-z]+)+$/.test(word(i));
  return /^\d{1,4}$/.test(word(i)) && unitOf(word(i + 1)) !== undefined;
}

/** `2h`, `1h30m`, `1 hour 30 minutes`, `an hour`. */
function readDuration(word: WordAt, from: number, now: Temporal.ZonedDateTime): Read {
  let at = now;
  let next = from;
  for (;;) {
    const here = word(next);
    const bare = /^(?:an?|one|eine?n?)$/.test(here)
      ? 1
      : /^\d{1,4}(?:[.,]\d{1,2})?$/.test(here)
        ? Number(here.replace(',', '.'))
        : null;
    const unit = bare === null ? undefined : unitOf(word(next + 1));
    if (bare !== null && unit) {
      at = added(at, bare, unit);
      next += 2;
      continue;
    }
    if (!pair.test(here)) break;
    for (let left = here; left !== ''; ) {
      const joined = pair.exec(left);
      const of = joined ? unitOf(joined[2]!) : undefined;
      if (!joined || !of) return null;
      at = added(at, Number(joined[1]!.replace(',', '.')), of);
      left = left.slice(joined[0].length);
    }
    next += 1;
  }
  return next === from ? null : { at, next };
}

/** Half a day is twelve hours; whole days keep the time of the day. */
function added(at: Temporal.ZonedDateTime, count: number, unit: Unit): Temporal.ZonedDateTime {
  if (Number.isInteger(count)) return at.add({ [nameOf[unit]]: count });
  return at.add({ minutes: Math.round(count * minutesOf[unit]) });
}

/** A day, a time of the day, or both; a day alone ends the mute as it begins. */
function readMoment(word: WordAt, from: number, now: Temporal.ZonedDateTime): Read {
  let next = /^(?:the|den|zum)$/.test(word(from)) ? from + 1 : from;
  const day = readDay(word, next, now);
  if (day) next = day.next;
  if (/^(?:at|um|@)$/.test(word(next))) next += 1;
  const time = readTime(word, next);
  if (!day && !time) return null;
  if (time) next = time.next;
  if (day && !time) return { at: day.date.toZonedDateTime(now.timeZoneId), next };
  const clock = time!.time;
  if (day) return { at: day.date.toZonedDateTime({ timeZone: now.timeZoneId, plainTime: clock }), next };
  const today = now.toPlainDate().toZonedDateTime({ timeZone: now.timeZoneId, plainTime: clock });
  const isOver = Temporal.ZonedDateTime.compare(today, now) <= 0;
  const date = now.toPlainDate().add({ days: isOver ? 1 : 0 });
  return { at: date.toZonedDateTime({ timeZone: now.timeZoneId, plainTime: clock }), next };
}

function readDay(
  word: WordAt,
  i: number,
  now: Temporal.ZonedDateTime,
): { date: Temporal.PlainDate; next: number } | null {
  const today = now.toPlainDate();
  const here = word(i);
  const day = (days: number, next = i + 1) => ({ date: today.add({ days }), next });
  if (/^(?:tomorrow|morgen)$/.test(here)) return day(1);
  if (/^(?:tonight|midnight|mitternacht|eod)$/.test(here)) return day(1);
  if (/^(?:today|heute)$/.test(here))
    return readTime(word, /^(?:at|um)$/.test(word(i + 1)) ? i + 2 : i + 1) ? day(0) : day(1);
  if (here === 'end' && word(i + 1) === 'of' && word(i + 2) === 'day') return day(1, i + 3);
  const isNext = /^(?:next|nächste[nr]?|kommende[nr]?)$/.test(here);
  const named = isNext ? word(i + 1) : here;
  if (isNext && /^(?:week|woche)$/.test(named)) return day(8 - today.dayOfWeek, i + 2);
  const weekday = among(weekdays, named);
  if (weekday) return day(((weekday - today.dayOfWeek + 6) % 7) + 1, i + (isNext ? 2 : 1));
  return readDate(word, i, today);
}

/** `2026-12-01`, `1.12.`, `1.12.2026`, `Dec 1`, `1 December`; without a year the next one there is. */
function readDate(
  word: WordAt,
  i: number,
  today: Temporal.PlainDate,
): { date: Temporal.PlainDate; next: number } | null {
  const here = word(i);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(here);
  if (iso) return dated(today, Number(iso[3]), Number(iso[2]), Number(iso[1]), i + 1);
  const dotted = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?$/.exec(here);
  if (dotted) return dated(today, Number(dotted[1]), Number(dotted[2]), dotted[3] ? Number(dotted[3]) : null, i + 1);
  const number = (text: string) => Number(/^(\d{1,2})(?:st|nd|rd|th)?$/.exec(text)?.[1] ?? Number.NaN);
  const before = among(months, here);
  const after = among(months, word(i + 1));
  const [monthIs, dayIs] = before ? [before, number(word(i + 1))] : [after, number(here)];
  if (!monthIs || Number.isNaN(dayIs)) return null;
  const year = /^\d{4}$/.test(word(i + 2)) ? Number(word(i + 2)) : null;
  return dated(today, dayIs, monthIs, year, i + (year === null ? 2 : 3));
}

function dated(today: Temporal.PlainDate, day: number, month: number, year: number | null, next: number) {
  try {
    const date = Temporal.PlainDate.from({ year: year ?? today.year, month, day }, { overflow: 'reject' });
    const isOver = year === null && Temporal.PlainDate.compare(date, today) <= 0;
    return { date: isOver ? date.add({ years: 1 }) : date, next };
  } catch {
    // There is no such day.
    return null;
  }
}

/** `9:00`, `9.30`, `17h`, `5pm`, `5:30 pm`, `9 am`, `noon`, `9 uhr`. A bare number could be anything. */
function readTime(word: WordAt, i: number): { time: Temporal.PlainTime; next: number } | null {
  const here = word(i);
  if (/^(?:noon|mittags?)$/.test(here)) return { time: new Temporal.PlainTime(12), next: i + 1 };
  const match = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|h|uhr)?$/.exec(here);
  if (!match) return null;
  const spaced = match[3] === undefined ? (/^(am|pm|uhr)$/.exec(word(i + 1))?.[1] ?? null) : null;
  const half = match[3] ?? spaced;
  if (match[2] === undefined && half === null) return null;
  const hour = Number(match[1]);
  const isHalf = half === 'am' || half === 'pm';
  if (isHalf && (hour < 1 || hour > 12)) return null;
  const full = isHalf ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour;
  const minute = Number(match[2] ?? 0);
  if (full > 23 || minute > 59) return null;
  return { time: new Temporal.PlainTime(full, minute), next: i + (spaced ? 2 : 1) };
}
