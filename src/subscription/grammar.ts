// The words after `subscribe` and `events`, as a person types them, turned into a wish or into a helpful refusal (pure and total).

import { type Texts, textsFor } from '../texts/index.ts';
import { flagIn, joined, printOptions, readFlag } from './flags.ts';
import { kindOf } from './kind-words.ts';
import { slipsOf } from './nearest.ts';
import { type OptionsWish, shortest } from './options.ts';
import { keyOf, keyWords } from './rule-keys.ts';
import { cleaned, escaped, printRules, quote, readRule, sameRule, type TypedRule } from './rules.ts';
import { filterKeys, type Kind, kinds } from './subscription.ts';
import { isAddress, shown, type Token, tokens } from './tokens.ts';

/** What was asked for, exactly: `kinds` is empty when none was named, `types` when no event type was. */
export interface TypedWish {
  /** `all` was said in so many words. */
  all: boolean;
  /** Names, slugs or addresses as typed, without quotes and without Slack's link form. */
  types: string[];
  /** What else was asked of a booking. Event types that are ruled out are among them. */
  rules: TypedRule[];
  kinds: Kind[];
  options: OptionsWish;
  /** The name of a Calendly account as typed; absent where none was named. */
  account?: string;
  /** Only to see what it would do. */
  preview?: true;
}

/** `message` is a sentence for the person; it may hold their words, so escape it before it is shown. */
export type Parsed = { ok: true; wish: TypedWish } | { ok: false; message: string; suggestions: string[] };

const allWords = new Set(['all', '*', 'everything']);

/** More words than this are no subscription; the cap keeps parsing fast whatever is pasted. */
const MOST_TYPES = 100;
const MOST_RULES = 50;
const MOST_WORDS = 500;

/** Any text becomes a wish or a refusal that says what would work; it never throws. */
export function parseWish(words: string, t: Texts = textsFor(null)): Parsed {
  const all = firstOf(tokens(words), MOST_WORDS + 1);
  if (all.length > MOST_WORDS) return no(t.understanding.tooLong, []);
  const wish: TypedWish = { all: false, types: [], rules: [], kinds: [], options: {} };
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
      if (read.preview) wish.preview = true;
      at = read.next;
      continue;
    }
    at++;
    const key = token.key ?? mentionKey(token);
    if (key) {
      endName();
      const read = readRule(key, token.text, t);
      if (!read.ok) return read;
      addRule(wish, read.rule);
      continue;
    }
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

/** Somebody in Slack, named alone: the host. */
const mentionKey = ({ text, quoted }: Token): Token['key'] =>
  !quoted && (/^<@[UW]/.test(text) || /^[@＠][\p{L}\p{N}]/u.test(text))
    ? { key: 'host', not: false, part: null }
    : undefined;

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
  const types = wish.types.map((type) => (isAddress(type) && !type.includes('<') ? escaped(type) : quote(type)));
  const options = printOptions(wish.options);
  return [
    ...(wish.all ? ['all'] : []),
    ...types,
    ...(wish.rules.length > 0 ? [printRules(wish.rules)] : []),
    ...wish.kinds,
    ...(options ? [options] : []),
    ...(wish.account === undefined ? [] : [`--account ${quote(wish.account)}`]),
    ...(wish.preview ? ['--preview'] : []),
  ].join(' ');
}

function check(wish: TypedWish, t: Texts): Parsed {
  if (wish.types.length > MOST_TYPES) {
    return no(t.understanding.tooManyTypes(MOST_TYPES), ['all']);
  }
  if (wish.all && wish.types.length > 0) {
    return no(t.understanding.allOrTypes, [
      'all',
      printWish({ ...wish, all: false, rules: [], kinds: [], options: {} }),
    ]);
  }
  if (wish.rules.length > MOST_RULES) return no(t.filters.tooMany(MOST_RULES), []);
  const both = wish.rules.find(
    (rule) => !rule.not && wish.rules.some((other) => sameRule(other, { ...rule, not: true })),
  );
  if (both) return no(t.filters.bothWays(shown(printRules([both]), t)), []);
  const leads = wish.rules.filter((rule) => rule.key === 'lead' && !rule.not);
  if (coversAll(leads)) return no(t.filters.leadsCoverAll, ['lead:1d-7d']);
  return { ok: true, wish };
}

/** `lead:>1d lead:<7d` is every booking, since one of them is enough: whoever types it means what lies between. */
function coversAll(leads: readonly TypedRule[]): boolean {
  const spans = leads.flatMap((rule) => (rule.key === 'lead' ? [rule] : [])).sort((a, b) => a.from - b.from);
  let upTo = 0;
  for (const { from, to } of spans) {
    if (from > upTo) return false;
    if (to === null) return true;
    upTo = Math.max(upTo, to);
  }
  return false;
}

/** Why a bare word cannot be part of an event type's name, if it cannot. */
function refuse(word: string, t: Texts): Parsed | null {
  const words = t.understanding;
  if (/^--/.test(word)) return no(words.noOption(shown(word, t), kinds.join(', ')), []);
  if (/^<!subteam/.test(word)) return no(t.filters.slackGroup(shown(word, t)), ['group:']);
  if (/^<[#!]/.test(word) || /^#\S/.test(word)) return no(words.noFilterBy(shown(word, t)), ['all']);
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(word))
    return no(t.filters.whoseAddress(word.slice(0, 80)), ['domain:', 'host:']);
  const [, key] = /^[+-]?(\p{L}[\p{L}_-]{0,30})[:=∶]/u.exec(word) ?? [];
  if (key !== undefined) {
    const near = [...new Set(slipsOf(key, keyWords).map(keyOf))].slice(0, 3).map((each) => `${each}:`);
    const cure = near.length > 0 ? words.didYouMean(near) : t.filters.theKeys(filterKeys.map((each) => `${each}:`));
    return no(`${words.noFilter(shown(word, t))} ${cure} ${words.partOfName}`, near);
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
  const name = cleaned(typed);
  // Beyond the limit one more is enough for `check` to see that there are too many.
  if (name !== '' && wish.types.length <= MOST_TYPES && !wish.types.includes(name)) wish.types.push(name);
}

function addRule(wish: TypedWish, rule: TypedRule): void {
  if (rule.key === 'type' && !rule.not) addType(wish, rule.name);
  else if (wish.rules.length <= MOST_RULES && !wish.rules.some((each) => sameRule(each, rule))) wish.rules.push(rule);
}

function addKind(wish: TypedWish, kind: Kind): void {
  if (!wish.kinds.includes(kind)) wish.kinds.push(kind);
}

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const found: T[] = [];
  for (const one of all) {
    found.push(one);
    if (found.length === most) break;
  }
  return found;
}
