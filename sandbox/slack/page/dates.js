// Shows a moment the way each reader expects it: Slack's date tokens, in the zone of the reader's own device.

const DAY = 86_400_000;
const at = (seconds) => new Date(seconds * 1000);
// in the page's own language, as Slack writes them in its reader's
const language = document.documentElement.lang || 'en';
const isEnglish = language.startsWith('en');
const locale = isEnglish ? 'en-US' : language;
const part = (date, options) => new Intl.DateTimeFormat(locale, options).format(date);
const clockOptions = { hour: 'numeric', minute: '2-digit' };
// an English page leaves the 12 or 24 hour clock to the reader's own settings
const clockOf = isEnglish ? undefined : locale;
const hour12 = new Intl.DateTimeFormat(clockOf, { hour: 'numeric' }).resolvedOptions().hour12 ?? true;

// a time stays on one line
export const timeOfDay = (date) => part(date, { ...clockOptions, hour12 }).replaceAll(/\s/g, '\u00a0');

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysFromToday = (date) => Math.round((midnight(date) - midnight(new Date())) / DAY);

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const relativeDay = (date) => {
  const days = daysFromToday(date);
  return Math.abs(days) <= 1 ? relative.format(days, 'day') : undefined;
};

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`;
  return `${day}${{ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th'}`;
}

/** Slack leaves the year out within about six months of now. */
const isFarOff = (date) => Math.abs(date.getTime() - Date.now()) >= 182 * DAY;
const year = (date) => (isFarOff(date) ? `, ${date.getFullYear()}` : '');
/** Other languages put day, month and year in an order of their own. */
const inOrder = (date, options) =>
  part(date, { ...options, day: 'numeric', ...(isFarOff(date) ? { year: 'numeric' } : {}) });

const long = (date) =>
  isEnglish
    ? `${part(date, { month: 'long' })} ${ordinal(date.getDate())}${year(date)}`
    : inOrder(date, { month: 'long' });

function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(locale);
  for (const [unit, size] of [
    ['year', 31_536_000],
    ['month', 2_592_000],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return isEnglish ? 'just now' : relative.format(0, 'second');
}

const two = (number) => String(number).padStart(2, '0');
const shortDate = (date) =>
  isEnglish ? `${part(date, { month: 'short' })} ${date.getDate()}${year(date)}` : inOrder(date, { month: 'short' });
const longDate = (date) =>
  isEnglish ? `${part(date, { weekday: 'long' })}, ${long(date)}` : inOrder(date, { weekday: 'long', month: 'long' });

const TOKENS = {
  date_num: (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  date: long,
  date_short: shortDate,
  date_long: longDate,
  date_pretty: (date) => relativeDay(date) ?? long(date),
  date_short_pretty: (date) => relativeDay(date) ?? shortDate(date),
  date_long_pretty: (date) => relativeDay(date) ?? longDate(date),
  time: timeOfDay,
  time_secs: (date) => part(date, { ...clockOptions, second: '2-digit', hour12 }),
  ago,
};

const capitalized = (word) => word[0].toUpperCase() + word.slice(1);
const nearDay = new RegExp(`^(?:${[-1, 0, 1].map((days) => relative.format(days, 'day')).join('|')})`);

/** A format such as "{date_short_pretty} at {time}" for Unix seconds; null when it holds a token Slack does not have. */
export function formatDate(seconds, format) {
  const date = at(seconds);
  if (Number.isNaN(date.getTime())) return null;
  let unknown = false;
  const text = format.replace(/\{(\w+)\}/g, (_, token) => {
    if (Object.hasOwn(TOKENS, token)) return TOKENS[token](date);
    unknown = true;
    return '';
  });
  return unknown ? null : text.replace(nearDay, capitalized);
}

/** The full moment with its zone, for tooltips. */
export const fullMoment = (seconds) => part(at(seconds), { dateStyle: 'full', timeStyle: 'long' });

/** A message's ts ("1770000000.000100") as a Date. */
export const tsDate = (ts) => at(Number(ts.split('.')[0]));

/** The divider between days: Today, Yesterday, else the weekday and date. */
export function dayName(date) {
  const near = relativeDay(date);
  return near ? capitalized(near) : longDate(date);
}

export const agoFromTs = (ts) => ago(tsDate(ts));

/** "today" and "3 minutes ago" grow old on an open page: rewrites every shown date token. */
export function refreshDates(root) {
  for (const node of root.querySelectorAll('time[data-format]')) {
    const text = formatDate(Number(node.dataset.seconds), node.dataset.format);
    if (text !== null && node.textContent !== text) node.textContent = text;
  }
}
