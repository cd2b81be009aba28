// The words after `subscribe` and `events`, as a person types them, turned into a wish or into a helpful refusal (pure and total).

import { type Texts, textsFor } from '../texts/index.ts';
import { flagIn, joined, printOptions, readFlag, shown } from './flags.ts';
import { kindOf } from './kind-words.ts';
import { slipsOf } from './nearest.ts';
import { type OptionsWish, shortest } from './options.ts';
import { type Kind, kinds } from './subscription.ts';
import { isAddress, type Token, tokens } from './tokens.ts';

/** What was asked for, exactly: `kinds` is empty when none was named, `types` when no event type was. */
export interface TypedWish {
  /** `all` was said in so many words. */
  all: boolean;
  /** Names, slugs or addresses as typed, without quotes and without Slack's link form. */
  types: string[];
  kinds: Kind[];
  options: OptionsWish;
  /** The name of a Calendly account as typed; absent where none was named. */
  account?: string;
}

/** `message` is a sentence for the person; it may hold their words, so escape it before it is shown. */
export type Parsed = { ok: true; wish: TypedWish } | { ok: false; message: string; suggestions: string[] };

const allWords = new Set(['all', '*', 'everything']);

/** More words than this are no subscription; the cap keeps parsing fast whatever is pasted. */
const MOST_TYPES = 100;
const MOST_WORDS = 500;
const LONGEST_NAME = 300;

/** Any text becomes a wish or a refusal that says what would work; it never throws. */
export function parseWish(words: string, t: Texts = textsFor(null)): Parsed {
  const all = firstOf(tokens(words), MOST_WORDS + 1);
  if (all.length > MOST_WORDS) return no(t.understanding.tooLong, []);
  const wish: TypedWish = { all: false, types: [], kinds: [], options: {} };
  let name: string[] = [];
  const endName = () => {
    if (name.length > 0) addType(wish, name.join(' '));
    name = [];
  };
  for (let at = 0; at < all.length; ) {
    const token = all[at]!;
    const flag = flagIn(token);
    if (flag) {
      endName();
      const read = readFlag(flag, all, at, t);
      if (!read.ok) return read;
      wish.options = joined(wish.options, read.wish);
      if (read.account !== undefined) wish.account = read.account;
      at = read.next;
      continue;
    }
    at++;
    if (isPartOfName(token)) {
      const refusal = refuse(token.text, t);
      if (refusal) return refusal;
      name.push(token.text);
      continue;
    }
    endName();
    addWord(wish, token);
  }
  endName();
  if (wish.options.thread) wish.options.thread = shortest(wish.options.thread);
  return check(wish, t);
}

/** A bare word that means nothing by itself: several of them are one name. */
function isPartOfName({ text, quoted }: Token): boolean {
  return !quoted && !kindOf(text) && !allWords.has(text.toLowerCase()) && !isAddress(text);
}

function addWord(wish: TypedWish, { text, quoted }: Token): void {
  const kind = quoted ? null : kindOf(text);
  if (kind) addKind(wish, kind);
  else if (!quoted && allWords.has(text.toLowerCase())) wish.all = true;
  else addType(wish, text);
}

/** The words that parse to this very wish again. */
export function printWish(wish: TypedWish): string {
  // An address may end in what reads like somebody's name by itself.
  const types = wish.types.map((type) => (isAddress(type) && !type.includes('<') ? type : quote(type)));
  const options = printOptions(wish.options);
  return [
    ...(wish.all ? ['all'] : []),
    ...types,
    ...wish.kinds,
    ...(options ? [options] : []),
    ...(wish.account === undefined ? [] : [`--account ${quote(wish.account)}`]),
  ].join(' ');
}

function check(wish: TypedWish, t: Texts): Parsed {
  if (wish.types.length > MOST_TYPES) {
    return no(t.understanding.tooManyTypes(MOST_TYPES), ['all']);
  }
  if (wish.all && wish.types.length > 0) {
    return no(t.understanding.allOrTypes, ['all', printWish({ ...wish, all: false, kinds: [], options: {} })]);
  }
  return { ok: true, wish };
}

/** Why a bare word cannot be part of an event type's name, if it cannot. */
function refuse(word: string, t: Texts): Parsed | null {
  const words = t.understanding;
  if (/^--/.test(word)) return no(words.noOption(shown(word, t), kinds.join(', ')), []);
  if (/^<[@#!]/.test(word) || /^[@#]\S/.test(word)) {
    return no(words.noFilterBy(shown(word, t)), ['all']);
  }
  if (/^[+-]?[a-z]+:/i.test(word) && !/^type:/i.test(word)) {
    return no(words.noFilter(shown(word, t)), ['all']);
  }
  // `all` is left out: “call”, one letter away, is half of every event type's name.
  const near = slipsOf(word, kinds);
  if (near.length === 0) return null;
  return no(words.unknownWord(shown(word, t), near), near);
}

function no(message: string, suggestions: string[]): Parsed {
  return { ok: false, message, suggestions };
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

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const found: T[] = [];
  for (const one of all) {
    found.push(one);
    if (found.length === most) break;
  }
  return found;
}
