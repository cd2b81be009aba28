// The words after `subscribe` and `events`, as a person types them, turned into a wish or into a helpful refusal (pure and total).

import { slipsOf } from './nearest.ts';
import { type Kind, kinds } from './subscription.ts';
import { isAddress, tokens } from './tokens.ts';

/** What was asked for, exactly: `kinds` is empty when none was named, `types` when no event type was. */
export interface TypedWish {
  /** `all` was said in so many words. */
  all: boolean;
  /** Names, slugs or addresses as typed, without quotes and without Slack's link form. */
  types: string[];
  kinds: Kind[];
}

/** `message` is a sentence for the person; it may hold their words, so escape it before it is shown. */
export type Parsed = { ok: true; wish: TypedWish } | { ok: false; message: string; suggestions: string[] };

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
const allWords = new Set(['all', '*', 'everything']);

/** More words than this are no subscription; the cap keeps parsing fast whatever is pasted. */
const MOST_TYPES = 100;
const MOST_WORDS = 500;
const LONGEST_NAME = 300;

/** Reads one kind, by its name or a usual other name for it, in any case. */
export function kindOf(word: string): Kind | null {
  const key = word.toLowerCase();
  return Object.hasOwn(kindWords, key) ? kindWords[key]! : null;
}

/** Any text becomes a wish or a refusal that says what would work; it never throws. */
export function parseWish(words: string): Parsed {
  const wish: TypedWish = { all: false, types: [], kinds: [] };
  let loose: string[] = [];
  const endName = () => {
    if (loose.length > 0) addType(wish, loose.join(' '));
    loose = [];
  };
  let count = 0;
  for (const token of tokens(words)) {
    if (++count > MOST_WORDS)
      return no('That is too long for me to read as one command. Pick the event types in the window.', []);
    if (token.quoted) {
      endName();
      addType(wish, token.text);
      continue;
    }
    const kind = kindOf(token.text);
    const isAll = allWords.has(token.text.toLowerCase());
    if (kind || isAll || isAddress(token.text)) endName();
    if (kind) addKind(wish, kind);
    else if (isAll) wish.all = true;
    else if (isAddress(token.text)) addType(wish, token.text);
    else {
      const refusal = refuse(token.text);
      if (refusal) return refusal;
      loose.push(token.text);
    }
  }
  endName();
  return check(wish);
}

/** The words that parse to this very wish again. */
export function printWish(wish: TypedWish): string {
  const types = wish.types.map((type) => (isAddress(type) ? type : quote(type)));
  return [...(wish.all ? ['all'] : []), ...types, ...wish.kinds].join(' ');
}

function check(wish: TypedWish): Parsed {
  if (wish.types.length > MOST_TYPES) {
    return no(
      `That names more than ${MOST_TYPES} event types. Say all for every event type, or pick them in the window.`,
      ['all'],
    );
  }
  if (wish.all && wish.types.length > 0) {
    return no('Say either all or the event types you want, not both.', [
      'all',
      printWish({ ...wish, all: false, kinds: [] }),
    ]);
  }
  return { ok: true, wish };
}

/** Why a bare word cannot be part of an event type's name, if it cannot. */
function refuse(word: string): Parsed | null {
  if (/^--/.test(word))
    return no(
      `I know no option ${shown(word)}. What I understand: all, event type names in quotes, and ${kinds.join(', ')}.`,
      [],
    );
  if (/^<[@#!]/.test(word) || /^[@#]\S/.test(word)) {
    return no(`I cannot filter by ${shown(word)}. Name event types, such as "Demo call", or say all.`, ['all']);
  }
  if (/^[+-]?[a-z]+:/i.test(word) && !/^type:/i.test(word)) {
    return no(`I know no filter ${shown(word)}. Name event types, such as "Demo call", or say all.`, ['all']);
  }
  // `all` is left out: “call”, one letter away, is half of every event type's name.
  const near = slipsOf(word, kinds);
  if (near.length === 0) return null;
  return no(
    `I do not know ${shown(word)}. Did you mean ${near.join(' or ')}? If it is an event type, put it in quotes.`,
    near,
  );
}

function no(message: string, suggestions: string[]): Parsed {
  return { ok: false, message, suggestions };
}

/** Slack hands over `@bo` as `<@U1|bo>`; people are shown what they typed. */
function shown(word: string): string {
  const typed = word.slice(0, 200).replace(/<([@#])[A-Z0-9]+\|([^<>|]+)>/g, '$1$2');
  return `“${typed.length > 40 ? `${typed.slice(0, 40)}…` : typed}”`;
}

function addType(wish: TypedWish, typed: string): void {
  const name = typed
    .replace(/["“”„«»]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .trim();
  // Beyond the limit one more is enough for `check` to see that there are too many.
  if (name !== '' && wish.types.length <= MOST_TYPES && !wish.types.includes(name)) wish.types.push(name);
}

function addKind(wish: TypedWish, kind: Kind): void {
  if (!wish.kinds.includes(kind)) wish.kinds.push(kind);
}

function quote(name: string): string {
  return `"${name}"`;
}
