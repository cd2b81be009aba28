// Typed text cut into words, names in any kind of quotes, addresses, rules such as `host:"Bo"`, and people as Slack writes them (pure and total).

import { type Texts, textsFor } from '../texts/index.ts';
import { kindOf } from './kind-words.ts';
import { keyOf } from './rule-keys.ts';
import type { FilterKey } from './subscription.ts';

const openers: Record<string, string> = {
  '"': '"',
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‘': "'",
  '‚': "'",
  "'": "'",
};
const closers: Record<string, string> = {
  '"': '"',
  '“': '"',
  '”': '"',
  '»': '"',
  '«': '"',
  '’': "'",
  '‘': "'",
  "'": "'",
};

export interface Token {
  text: string;
  quoted: boolean;
  /** A comma stands between it and the word before. */
  listed: boolean;
  /** It is what stands after such a key: `part` is the question in `answer."Team size":40`. */
  key?: { key: FilterKey; not: boolean; part: string | null };
}

/** A web address as a word of its own. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && !/[\s"“”«»„,]/.test(text);
}

/** Splits at spaces and commas; quotes of any kind hold a name together, and one left open lasts to the end. */
export function* tokens(text: string): Generator<Token> {
  let at = 0;
  let listed = false;
  while (at < text.length) {
    const char = text[at]!;
    if (isGap(char)) {
      listed ||= char === ',';
      at++;
      continue;
    }
    const key = keyAt(text, at);
    if (key) {
      const { end, isAlone, ...about } = key;
      let word = isAlone ? noWord(end) : keyedWord(text, end);
      for (;;) {
        yield { ...word.token, listed, key: about };
        listed = false;
        at = word.end;
        if (!goesOnAt(text, at)) break;
        word = wordAt(text, at + 1);
        listed = true;
      }
      continue;
    }
    const word = wordAt(text, at);
    yield { ...word.token, listed };
    listed = false;
    at = word.end;
  }
}

interface Word {
  token: { text: string; quoted: boolean };
  end: number;
}

function wordAt(text: string, at: number): Word {
  const whole = text[at] === '<' ? (slackLink(text, at) ?? slackMention(text, at)) : null;
  if (whole) return { token: { text: whole.text, quoted: false }, end: whole.end };
  const opener = text[at];
  const kind = opener === undefined || !Object.hasOwn(openers, opener) ? null : openers[opener]!;
  if (kind) {
    const end = closing(text, at + 1, kind);
    return { token: { text: unescaped(text.slice(at + 1, end)), quoted: true }, end: end + 1 };
  }
  const start = at;
  while (at < text.length && !endsWord(text, at, start)) at++;
  return { token: { text: unescaped(text.slice(start, at)), quoted: false }, end: at };
}

/** After a key there may be spaces; another key there is no value of this one. */
function keyedWord(text: string, from: number): Word {
  let at = from;
  while (at < text.length && text[at] !== ',' && isGap(text[at]!)) at++;
  const isNone = at >= text.length || isGap(text[at]!) || (at > from && (keyAt(text, at) !== null || text[at] === '-'));
  return isNone ? noWord(from) : wordAt(text, at);
}

const noWord = (end: number): Word => ({ token: { text: '', quoted: false }, end });

/** In `domain:acme.com,beta.io` the second is one more of the first; what has a meaning of its own is not. */
function goesOnAt(text: string, at: number): boolean {
  const next = text[at + 1];
  if (text[at] !== ',' || next === undefined || isGap(next) || keyAt(text, at + 1)) return false;
  const word = /^[\p{L}_*-]{1,20}(?=[\s,]|$)/u.exec(text.slice(at + 1, at + 23))?.[0] ?? '';
  return !/^[-\u2010-\u2015\u2212]/.test(next) && kindOf(word) === null && word.toLowerCase() !== 'all';
}

/** `isAlone`: nothing is to stand after it. */
type KeyAt = NonNullable<Token['key']> & { end: number; isAlone?: boolean };

const keyed = /^([-+\u2010-\u2013\u2212]?)(?:(utm)_(\p{L}{3,10})|(\p{L}{2,10}))([.:=∶：])/iu;

/** `host:`, `-host:`, `utm.source:`, `utm_source=`, `answer."Team size":`, and `-@bo`; what only looks so is a word. */
function keyAt(text: string, at: number): KeyAt | null {
  const head = text.slice(at, at + 26);
  if (/^[-\u2010-\u2013\u2212](?:<@[UW]|[@＠][\p{L}\p{N}])/u.test(head))
    return { key: 'host', not: true, part: null, end: at + 1 };
  const [whole, sign = '', utm, utmPart, word, separator] = keyed.exec(head) ?? [];
  const key = whole === undefined ? null : keyOf(utm ?? word ?? '');
  if (!whole || !key) return null;
  const not = sign !== '' && sign !== '+';
  const end = at + whole.length;
  if (utmPart !== undefined) return separator === '.' ? null : { key, not, part: utmPart, end };
  if (key === 'answer' || (key === 'utm' && separator === '.')) return withPart(text, { key, not, end });
  return separator === '.' ? null : { key, not, part: null, end };
}

/** A colon may be left out after a question: any answer to it will do. */
function withPart(text: string, { key, not, end: from }: Omit<KeyAt, 'part'>): KeyAt | null {
  const kind = Object.hasOwn(openers, text[from] ?? '') ? openers[text[from]!]! : null;
  if (!kind) {
    const part = /^[^\s,:=∶："“”„«»<>]{1,300}/u.exec(text.slice(from, from + 300))?.[0];
    if (part === undefined) return key === 'answer' ? { key, not, part: '', end: from } : null;
    const hasValue = /[:=∶：]/.test(text[from + part.length] ?? '');
    return { key, not, part: unescaped(part), end: from + part.length + (hasValue ? 1 : 0), isAlone: !hasValue };
  }
  const end = closing(text, from + 1, kind);
  const part = unescaped(text.slice(from + 1, end));
  const hasValue = /[:=∶：]/.test(text[end + 1] ?? '');
  return { key, not, part, end: end + (hasValue ? 2 : 1), isAlone: !hasValue };
}

/** Slack escapes three signs in what is typed, and writes what it recognized in pointed brackets. */
const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|amp);/g, (_whole, name: string) => (name === 'lt' ? '<' : name === 'gt' ? '>' : '&'));

function isGap(char: string): boolean {
  return char === ',' || /\s/.test(char);
}

/** Where a quote ends: an apostrophe within a word (“Ada's call”) does not end a single-quoted name. */
function closing(text: string, from: number, kind: string): number {
  for (let at = from; at < text.length; at++) {
    if (closers[text[at]!] !== kind) continue;
    const next = text[at + 1];
    if (kind === "'" && next !== undefined && !isGap(next) && !/[:=∶：]/.test(next)) continue;
    return at;
  }
  return text.length;
}

/** In `--mention=<@U1|Ann Archer>` the person is a word of its own, whatever is in the name. */
function endsWord(text: string, at: number, start: number): boolean {
  const char = text[at]!;
  return isGap(char) || openers[char] === '"' || (at > start && char === '<' && text[at - 1] === '=');
}

interface Whole {
  text: string;
  end: number;
}

/** Slack turns a typed `@ann` into `<@U1|ann>`, a user group into `<!subteam^S1|@sales>`. */
function slackMention(text: string, at: number): Whole | null {
  const match = /^<[@!#][^<>"“”«»„]{1,200}>/.exec(text.slice(at, at + 210));
  return match && { text: match[0], end: at + match[0].length };
}

/** Slack turns a typed address into `<https://…|label>`, one for mail into `<mailto:…|label>`. */
function slackLink(text: string, at: number): Whole | null {
  const match = /^<(?:mailto:([^\s<>|]{1,400})|(https?:\/\/[^\s<>|]{1,2000}))(?:\|[^<>]{0,2000})?>/i.exec(
    text.slice(at, at + 4100),
  );
  if (!match) return null;
  return {
    text: (match[1] ?? match[2])!.replaceAll('&amp;', '&').replace(/["“”«»„,]/g, ''),
    end: at + match[0].length,
  };
}

/** Slack hands over `@bo` as `<@U1|bo>`; people are shown what they typed. */
export function shown(word: string, t: Texts = textsFor(null)): string {
  const typed = word
    .slice(0, 200)
    .replace(/<([@#])[A-Z0-9]+\|([^<>|]+)>/g, '$1$2')
    .replace(/<!subteam\^[A-Z0-9]+\|([^<>|]+)>/g, '$1');
  return t.understanding.quoted(typed.length > 40 ? `${typed.slice(0, 40)}…` : typed);
}
