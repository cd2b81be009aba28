// The values of a filter's rules as typed: domains, durations, places, yes and no (pure; null where there is no sense in them).

import { type PlaceWord, placeWords, type UtmName, utmNames } from './subscription.ts';

/** `acme.com`, `@acme.com`, `*.acme.com`, `ada@acme.com`; Slack makes web and mail addresses of some of them. */
export function readDomain(typed: string): string | null {
  const bare = typed
    .toLowerCase()
    .replace(/^mailto:/, '')
    .replace(/^https?:\/\//, '')
    .replace(/^(?:www\.|\*\.|@|＠)+/, '')
    .replace(/[/?#].*$/, '')
    .replace(/\.+$/, '');
  return /^(?:[\p{L}\p{N}._%+~-]{1,64}@)?[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?$/u.test(bare) ? bare : null;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const units: [RegExp, number][] = [
  [/^(?:m|min|mins|minutes?|minuten?)$/, minute],
  [/^(?:h|hr|hrs|hours?|std|stunden?)$/, hour],
  [/^(?:d|days?|tage?)$/, day],
  [/^(?:w|wks?|weeks?|wochen?)$/, 7 * day],
];
const LONGEST = 366 * day;

/** Milliseconds. */
export function readDuration(typed: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,6}(?:[.,]\d{1,2})?)\s*(\p{L}{1,10})\.?$/u.exec(typed.toLowerCase()) ?? [];
  const times = units.find(([names]) => names.test(unit))?.[1];
  // To the minute: what is printed must be the same length again.
  const ms = times === undefined ? 0 : Math.round((Number(digits.replace(',', '.')) * times) / minute) * minute;
  return ms > 0 && ms <= LONGEST ? ms : null;
}

export function printDuration(ms: number): string {
  if (ms % day === 0 && ms >= 2 * day) return `${ms / day}d`;
  return ms % hour === 0 ? `${ms / hour}h` : `${ms / minute}min`;
}

const longestLead = 60;

/** `<24h` and `24h` are less than that, `>7d` at least that, `1d-7d` between the two. */
export function readLead(typed: string): { from: number; to: number | null } | null {
  // Spaces can be shared out in many ways below: a few hundred of them would take minutes.
  if (typed.length > longestLead) return null;
  const [, sign = '', first = '', , second] =
    /^(<=?|>=?|[≤≥＜＞])?\s*([^\s<>–—-][^<>–—-]*?)\s*(?:(-|–|—|\.\.)\s*([^<>–—-]+))?$/u.exec(typed) ?? [];
  const one = readDuration(first.replace(/\.\.$/, ''));
  if (one === null) return null;
  if (second !== undefined) {
    const two = readDuration(second.trim());
    return sign !== '' || two === null || two <= one ? null : { from: one, to: two };
  }
  return /[>≥＞]/.test(sign) ? { from: one, to: null } : { from: 0, to: one };
}

const placeNames: Record<string, PlaceWord> = {
  'google-meet': 'meet',
  google: 'meet',
  hangouts: 'meet',
  'microsoft-teams': 'teams',
  msteams: 'teams',
  'goto-meeting': 'gotomeeting',
  goto: 'gotomeeting',
  video: 'online',
  call: 'phone',
  telephone: 'phone',
  inperson: 'in-person',
  physical: 'in-person',
  office: 'in-person',
  onsite: 'in-person',
  'ask-invitee': 'invitee',
  other: 'custom',
};

export function readPlace(typed: string): PlaceWord | null {
  const word = typed.toLowerCase().replace(/[\s_]+/g, '-');
  return placeWords.find((each) => each === word) ?? (Object.hasOwn(placeNames, word) ? placeNames[word]! : null);
}

const yes = new Set(['yes', 'y', 'true', 'on', '1', 'paid', 'ja']);
const no = new Set(['no', 'n', 'false', 'off', '0', 'unpaid', 'free', 'nein']);

export function readPaid(typed: string): boolean | null {
  const word = typed.toLowerCase();
  return yes.has(word) ? true : no.has(word) ? false : null;
}

/** `utm:linkedin`, `utm:source=linkedin`, `utm.source:linkedin`; `*` is any. Null where there is no such part. */
export function readUtm(part: string | null, typed: string): { name: UtmName | null; value: string | null } | null {
  const value = (text: string) => (text === '*' ? null : text);
  if (part !== null) {
    const name = nameOf(part);
    return name && { name, value: value(typed) };
  }
  const [, before = '', after = ''] = /^([\p{L}_]{1,20})\s*=\s*(.+)$/u.exec(typed) ?? [];
  const name = nameOf(before);
  return name ? { name, value: value(after.trim()) } : { name: null, value: value(typed) };
}

function nameOf(word: string): UtmName | null {
  const name = word.toLowerCase().replace(/^utm_/, '');
  return utmNames.find((each) => each === name) ?? null;
}
