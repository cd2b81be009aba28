// Shows a moment the way each reader expects it: Slack's date tokens, in the zone of the reader's own device.

const DAY = 86_400_000;
const at = (seconds) => new Date(seconds * 1000);
const part = (date, options) => new Intl.DateTimeFormat('en-US', options).format(date);
const clockOptions = { hour: 'numeric', minute: '2-digit' };
// words are English, as the page is; only the 12 or 24 hour clock follows the reader's own settings
const hour12 = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 ?? true;

// a time stays on one line
export const timeOfDay = (date) => part(date, { ...clockOptions, hour12 }).replaceAll(/\s/g, '\u00a0');

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysFromToday = (date) => Math.round((midnight(date) - midnight(new Date())) / DAY);

function relativeDay(date) {
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[daysFromToday(date)];
}

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`;
  return `${day}${{ 1: 'st', 2: 'nd', 3: 'rd' }[day % 10] ?? 'th'}`;
}

/** Slack leaves the year out within about six months of now. */
const year = (date) => (Math.abs(date.getTime() - Date.now()) < 182 * DAY ? '' : `, ${date.getFullYear()}`);

const long = (date) => `${part(date, { month: 'long' })} ${ordinal(date.getDate())}${year(date)}`;

function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat('en');
  for (const [unit, size] of [
    ['year', 31_536_000],
    ['month', 2_592_000],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return 'just now';
}

const two = (number) => String(number).padStart(2, '0');
const shortDate = (date) => `${part(date, { month: 'short' })} ${date.getDate()}${year(date)}`;
const longDate = (date) => `${part(date, { weekday: 'long' })}, ${long(date)}`;

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
  return unknown ? null : text.replace(/^(today|tomorrow|yesterday)/, (word) => word[0].toUpperCase() + word.slice(1));
}

/** The full moment with its zone, for tooltips. */
export const fullMoment = (seconds) => part(at(seconds), { dateStyle: 'full', timeStyle: 'long' });

/** A message's ts ("1770000000.000100") as a Date. */
export const tsDate = (ts) => at(Number(ts.split('.')[0]));

/** The divider between days: Today, Yesterday, else the weekday and date. */
export function dayName(date) {
  const near = relativeDay(date);
  return near ? near[0].toUpperCase() + near.slice(1) : longDate(date);
}

export const agoFromTs = (ts) => ago(tsDate(ts));

/** "today" and "3 minutes ago" grow old on an open page: rewrites every shown date token. */
export function refreshDates(root) {
  for (const node of root.querySelectorAll('time[data-format]')) {
    const text = formatDate(Number(node.dataset.seconds), node.dataset.format);
    if (text !== null && node.textContent !== text) node.textContent = text;
  }
}
