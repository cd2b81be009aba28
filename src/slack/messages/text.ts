// Makes text safe to show in Slack and times readable: hostile words cleaned, tamed and cut, moments as date tokens (pure).

import { type Texts, textsFor } from '../../texts/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The three characters Slack reads as markup. Enough for words of ours; for words of strangers use `safeMrkdwn`. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface PlainOptions {
  /** Line breaks become spaces. Default true: a name with a line break can fake a second line of ours. */
  oneLine?: boolean;
  /** The longest run without a space, in characters; scripts written without spaces are not counted. Default 80. */
  run?: number;
}

// No card shows more than a few hundred characters of one text; what lies far behind is not worth cleaning.
const READ_AT_MOST = 5000;
const onlyAscii = /^[\x20-\x7e]*$/;

/**
 * A stranger's text as harmless plain text of at most `max` UTF-16 units, cut with … between graphemes. Without control, bidi and zero-width
 * characters (joiners inside emoji stay), without `scheme://` (a link in a name is how phishing looks) and without the secret part of
 * Calendly's cancel and reschedule links.
 */
export function plain(text: string, max: number, { oneLine = true, run = 80 }: PlainOptions = {}): string {
  let clean = text.length > READ_AT_MOST ? text.slice(0, READ_AT_MOST).replace(/[\uD800-\uDBFF]$/, '') : text;
  if (!onlyAscii.test(clean)) clean = visible(clean.toWellFormed());
  clean = oneLine
    ? / {2}|[^\S ]/.test(clean)
      ? clean.replace(/\s+/g, ' ')
      : clean
    : clean
        .replace(/[^\S\n]+/g, ' ')
        .replace(/ ?\n ?/g, '\n')
        .replace(/\n{3,}/g, '\n\n');
  if (clean.includes('://')) clean = clean.replace(/[a-z][a-z0-9+.-]*:\/\//gi, '').replaceAll('://', ': //');
  // Cancel and reschedule links act for whoever holds them.
  clean = clean.replace(/\/(cancellations|reschedulings)\/\S+/gi, '/$1/…');
  if (clean.length > run) clean = clean.replace(longRun(run), (word) => cut(word, run));
  return cut(clean.trim(), max);
}

function visible(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\t\v\f\u2800]/g, ' ')
    .replace(/(?!\n)[\p{Cc}\uFFF9-\uFFFB]/gu, '')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, (char, at: number, whole: string) => {
      if (char === '\uFE0F') return /\p{Emoji}$/u.test(whole.slice(Math.max(0, at - 2), at)) ? char : '';
      if (char !== '\u200D') return '';
      const before = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F)$/u.test(
        whole.slice(Math.max(0, at - 2), at),
      );
      return before && /^\p{Extended_Pictographic}/u.test(whole.slice(at + 1, at + 3)) ? char : '';
    })
    .replace(/(\p{M}{4})\p{M}+/gu, '$1');
}

const runs = new Map<number, RegExp>();
function longRun(run: number): RegExp {
  const known = runs.get(run);
  if (known) return known;
  // Letters without case (\p{Lo}) are Chinese, Japanese, Thai …: whole sentences without a space, which break by themselves.
  // Looking back keeps it from trying each letter of a word as a beginning.
  const pattern = new RegExp(`(?<![^\\s\\p{Lo}\\p{M}])[^\\s\\p{Lo}\\p{M}]{${run + 1},}`, 'gu');
  runs.set(run, pattern);
  return pattern;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most `max` UTF-16 units, the last being … when something was left out; never inside a grapheme. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  // Only the grapheme at the border matters: walking there from the beginning would cost more than all the rest of a card.
  const head = text.slice(0, max + 1);
  const border = onlyAscii.test(head) ? max - 1 : (graphemes.segment(head).containing(max - 1)?.index ?? 0);
  return `${head.slice(0, border).trimEnd()}…`;
}

/** The same where each grapheme grows by being written: at most `max` units of that, and not written yet. */
function cutToWrite(text: string, max: number, write: (grapheme: string) => string): string {
  if (max < 1) return '';
  let kept = '';
  let written = 0;
  // One unit more than fits is enough to know that the rest does not.
  for (const { segment } of graphemes.segment(text.slice(0, max + 1))) {
    written += write(segment).length;
    if (written > max - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/**
 * A stranger's text for a mrkdwn object with `verbatim: true`: one line, at most `max` units to read and `written` (as many, unless given) after
 * escaping, and without any character that could format, mention, link or show an emoji by its code. Look-alikes stand in, since Slack has no way
 * to escape these.
 */
export function safeMrkdwn(text: string, max: number, options: { run?: number; written?: number } = {}): string {
  const { written = max } = options;
  const clean = plain(text, max, options);
  if (onlyAscii.test(clean) || !rightToLeft.test(clean)) return escapedTo(clean, written);
  const shown = escapedTo(cut(clean, max - 2), written - 2);
  return rightToLeft.test(shown) ? `${TO_THE_RIGHT}${shown}${TO_THE_RIGHT}` : shown;
}

function escapedTo(clean: string, written: number): string {
  const escaped = escapeMrkdwn(tame(clean));
  if (escaped.length <= written) return escaped;
  // Cut before it is tamed: what is harmless between two letters is not at the end.
  return escapeMrkdwn(tame(cutToWrite(clean, written, escapeMrkdwn)));
}

/**
 * Letters of Hebrew, Arabic and their like carry along what stands between them and the next left-to-right letter: of “עדה · 2nd booking” the 2 would
 * jump before the name. A mark of our own on each side keeps our words where they are. (https://www.unicode.org/reports/tr9/)
 */
const TO_THE_RIGHT = '\u200E';
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Is there nothing to see in it? */
export const isBlank = (text: string): boolean => plain(text, 5) === '';

/** A stranger's text as lines that have something in them; what is beyond `max` lines goes on in the last. Each still needs `safeMrkdwn`. */
export function lines(text: string, max: number): string[] {
  const all = plain(text, READ_AT_MOST, { oneLine: false, run: READ_AT_MOST })
    .split('\n')
    .filter((line) => line !== '');
  return all.length <= max ? all : [...all.slice(0, max - 1), all.slice(max - 1).join(' ')];
}

/** chat.update refuses more than 4,000 characters, and a longer post may be split into several messages. */
export const TEXT_MAX = 3900;

/** Mrkdwn of ours, too long: never ends within a `<link>`, which would show its inside, nor within an entity or a grapheme. */
export function clipped(mrkdwn: string, max: number): string {
  if (mrkdwn.length <= max) return mrkdwn;
  const head = cut(mrkdwn, max).slice(0, -1);
  return `${head
    .replace(/<[^<>]*$/, '')
    .replace(/&[a-z]{0,3}$/, '')
    .trimEnd()}…`;
}

function tame(text: string): string {
  if (!/[*_~`>:@]/.test(text)) return text;
  return (
    text
      .replaceAll('*', '∗')
      .replaceAll('~', '∼')
      .replaceAll('`', 'ˋ')
      // Between letters it never formats, and e-mail addresses must stay true.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿')
      .replace(/^>/, '›')
      // Clock times stay; any other colon could open an emoji, with a colon of ours to close it.
      .replace(/(?<!\d):(?=\S)|:(?=\S)(?!\d\d(?!\d)(?!\S*:))/g, '∶')
      .replace(/(?<![a-z0-9])@(?=here|channel|everyone|group)/gi, '＠')
  );
}

interface Zone {
  name: string;
  city: string;
  day: Intl.DateTimeFormat;
  weekday: Intl.DateTimeFormat;
  time: Intl.DateTimeFormat;
}
/** By language, then by name. */
const zones = new Map<Texts, Map<string, Zone | null>>();

/** Zone names come from strangers: an unknown one is null, a known one is called as the time zone database calls it. */
function zoneOf(name: string, t: Texts): Zone | null {
  let ours = zones.get(t);
  if (!ours) {
    ours = new Map();
    zones.set(t, ours);
  }
  const known = ours.get(name);
  if (known !== undefined) return known;
  if (ours.size > 1000) ours.clear();
  const zone = makeZone(name, t);
  ours.set(name, zone);
  return zone;
}

function makeZone(name: string, { times }: Texts): Zone | null {
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(times.locale, { ...options, timeZone: name });
  try {
    const time = make({ hour: 'numeric', minute: '2-digit' });
    const canonical = time.resolvedOptions().timeZone;
    const place = canonical.includes('/') && !canonical.startsWith('Etc/');
    return {
      name: canonical,
      city: place ? times.inCity(canonical.slice(canonical.lastIndexOf('/') + 1).replaceAll('_', ' ')) : canonical,
      day: make({ weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' }),
      weekday: make({ weekday: 'short' }),
      time,
    };
  } catch {
    return null;
  }
}

const english = textsFor(null);
const zoneOrUtc = (name: string | null, t: Texts): Zone => (name && zoneOf(name, t)) || zoneOf('UTC', t)!;
const isMoment = (ms: number) => Number.isFinite(ms) && Math.abs(ms) <= 8.64e15;
/** ICU puts narrow no-break spaces before AM and PM, which some fonts lack. */
const format = (formatter: Intl.DateTimeFormat, ms: number) => formatter.format(ms).replace(/\s/g, ' ');

const token = (ms: number, tokens: string, fallback: string) =>
  `<!date^${Math.floor(ms / 1000)}^${tokens}|${fallback}>`;

/** `Nov 24, 3:00 PM`: without the weekday, where there is little room. */
export const SHORT_DATE = '{date_short_pretty}, {time}';

/** A moment (UTC ms) in each reader's own zone by Slack's tokens; notifications and old clients show the fallback, with its zone named. */
export function dateToken(ms: number, tokens: string, fallbackZone: string | null, t = english): string {
  if (!isMoment(ms)) return t.times.unknown;
  const zone = zoneOrUtc(fallbackZone, t);
  return token(ms, tokens, `${format(zone.day, ms)}, ${format(zone.time, ms)} (${zone.name})`);
}

/** "Tuesday, November 24th · 3:00 PM – 3:30 PM" in each reader's own zone; the end has a date only when the meeting is long. */
export function span(
  startsAt: number,
  endsAt: number,
  fallbackZone: string | null = null,
  long = '{date_long_pretty} · {time}',
  t = english,
): string {
  if (!isMoment(startsAt) || !isMoment(endsAt) || endsAt <= startsAt) return dateToken(startsAt, long, fallbackZone, t);
  if (endsAt - startsAt > 12 * HOUR)
    return `${dateToken(startsAt, long, fallbackZone, t)} – ${dateToken(endsAt, long, fallbackZone, t)}`;
  const zone = zoneOrUtc(fallbackZone, t);
  const start = token(startsAt, long, `${format(zone.day, startsAt)}, ${format(zone.time, startsAt)}`);
  return `${start} – ${token(endsAt, '{time}', `${format(zone.time, endsAt)} (${zone.name})`)}`;
}

/** "Tue 4:00 PM in Berlin": a moment where the invitee is; null for a zone nobody knows. */
export function inZone(ms: number, zoneName: string, t = english): string | null {
  const zone = zoneOf(zoneName, t);
  if (!zone || !isMoment(ms)) return null;
  return `${format(zone.weekday, ms)} ${format(zone.time, ms)} ${zone.city}`;
}

/** "40 min", "3 h 10 min", "1 day 2 h", "2 days"; the sign is ignored. */
export function duration(ms: number, { times } = english): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 1) return times.underAMinute;
  if (minutes < 60) return times.minutes(minutes);
  if (minutes * 60_000 >= 2 * DAY) return times.days(Math.round((minutes * 60_000) / DAY));
  const hours = minutes < 24 * 60 ? Math.floor(minutes / 60) : Math.round(minutes / 60);
  if (hours >= 48) return times.days(2);
  if (hours >= 24) return hours === 24 ? times.days(1) : times.dayAnd(hours - 24);
  return minutes % 60 === 0 ? times.hours(hours) : times.both(hours, minutes % 60);
}
