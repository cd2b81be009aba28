// The options of `subscribe` as typed (`--style compact`), read into a wish or a helpful refusal, and printed again (pure and total).

import { languageNamed, languages, type Texts } from '../texts/index.ts';
import { kindOf } from './kind-words.ts';
import { slipsOf } from './nearest.ts';
import { entries, type OptionsWish, shortest, type ThreadWish } from './options.ts';
import { kinds, type Mention, privacies, styles, threadModes } from './subscription.ts';
import { isAddress, shown, type Token } from './tokens.ts';

export type Read =
  | { ok: true; wish: OptionsWish; account?: string; preview?: true; next: number }
  | { ok: false; message: string; suggestions: string[] };

const flags = ['--style', '--thread', '--mention', '--privacy', '--language', '--account', '--preview'] as const;
type Flag = (typeof flags)[number];

/** What may stand after an option, in words. */
function usage(flag: Flag, { understanding: words }: Texts): string {
  switch (flag) {
    case '--style':
      return words.choices(styles);
    case '--thread':
      return words.threadChoices(words.choices(threadModes));
    case '--mention':
      return words.mentionChoices;
    case '--privacy':
      return words.choices(privacies);
    case '--language':
      return words.choices(languages);
    case '--account':
      return words.accountChoices;
    case '--preview':
      return '';
  }
}

/** Phones turn `--` into a dash: any of them, and any number, will do. One plain hyphen counts only before a name we know. */
const dashed = /^([-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+)(\p{L}[^=:∶]*)(?:[=:∶](.*))?$/su;

/** A longer word is no option; the cap keeps reading fast whatever is pasted. */
const LONGEST = 400;

export interface Typed {
  /** With its two hyphens; null where there is no such option. */
  flag: Flag | null;
  /** As typed. */
  word: string;
  /** What stands after `=` in the same word. */
  value: string;
}

/** Whether a word is an option, known or not. */
export function flagIn(token: Token | undefined): Typed | null {
  const match = token && !token.quoted && !token.key && token.text.length <= LONGEST ? dashed.exec(token.text) : null;
  if (!match) return null;
  const [, dashes, name = '', value = ''] = match;
  const flag = flags.find((each) => each === `--${name.toLowerCase()}`) ?? null;
  return flag || dashes !== '-' ? { flag, word: `--${name}`, value: unquoted(value) } : null;
}

/** Reads the option at `at` with its value; `next` is where the words go on. */
export function readFlag({ flag, word, value }: Typed, words: readonly Token[], at: number, t: Texts): Read {
  if (!flag) return unknownFlag(word, t);
  let next = at + 1;
  // It is said, or it is not.
  if (flag === '--preview') return { ok: true, wish: {}, preview: true, next };
  let first = value;
  if (first === '') {
    if (words[next]?.text === '=') next++;
    const token = words[next];
    if (!token || token.key || flagIn(token) || token.text.trim() === '')
      return no(t.understanding.sayAfter(flag, usage(flag, t)), []);
    first = token.text.trim();
    next++;
  }
  switch (flag) {
    case '--style':
      return oneOf(flag, first, styles, (style) => ({ style }), next, t);
    case '--privacy':
      return oneOf(flag, first, privacies, (privacy) => ({ privacy }), next, t);
    case '--language': {
      const language = languageNamed(first);
      return language ? { ok: true, wish: { language }, next } : noSuch(flag, first, languages, t);
    }
    case '--mention':
      return readMention(first, next, t);
    case '--thread':
      return readThread(first, words, next, t);
    case '--account': {
      const account = unmarked(first.slice(0, LONGEST));
      return account === ''
        ? no(t.understanding.sayAfter(flag, usage(flag, t)), [])
        : { ok: true, wish: {}, account, next };
    }
  }
}

function oneOf<T extends string>(
  flag: Flag,
  typed: string,
  choices: readonly T[],
  wish: (choice: T) => OptionsWish,
  next: number,
  t: Texts,
): Read {
  const choice = choices.find((each) => each === typed.toLowerCase());
  return choice ? { ok: true, wish: wish(choice), next } : noSuch(flag, typed, choices, t);
}

/** One or several, such as `on,canceled:broadcast`: after a comma the list goes on as long as what comes can belong to it. */
function readThread(first: string, words: readonly Token[], from: number, t: Texts): Read {
  const thread: ThreadWish = { but: {} };
  let next = from;
  for (let item: string | null = first; item !== null; ) {
    const value = words[next];
    if (/[:=∶]$/.test(item) && goesWith(value)) {
      item += value.text;
      next++;
    }
    const refusal = addThread(thread, item, t);
    if (refusal) return refusal;
    item = goesOn(words[next]) ? unquoted(words[next++]!.text) : null;
  }
  return { ok: true, wish: { thread }, next };
}

const goesWith = (token: Token | undefined): token is Token => token !== undefined && !token.key && !flagIn(token);

function goesOn(token: Token | undefined): boolean {
  if (!token || token.quoted || token.key || flagIn(token) || isAddress(token.text)) return false;
  const [kind = '', mode] = token.text.split(/[:=∶]/, 2);
  if (mode !== undefined) return token.listed || kindOf(kind) !== null;
  return token.listed && kindOf(kind) === null && slipsOf(kind, threadModes).length > 0;
}

function addThread(thread: ThreadWish, item: string, t: Texts): Read | null {
  const { understanding: words } = t;
  const [before = '', after] = item.split(/[:=∶]/, 2);
  const typed = (after ?? before).trim();
  const mode = threadModes.find((each) => each === typed.toLowerCase());
  const kind = after === undefined ? null : kindOf(before);
  if (after !== undefined && !kind && before.toLowerCase() !== 'all') {
    const near = slipsOf(before, kinds);
    return no(
      `${words.noKind(shown(before, t))} ${near.length > 0 ? words.didYouMean(near) : words.theKinds(kinds)}`,
      near.length > 0 ? near : [...kinds],
    );
  }
  if (!mode) return noSuch('--thread', typed, threadModes, t);
  if (kind) thread.but[kind] = mode;
  else thread.all = mode;
  return null;
}

/** As Slack writes it where the command has `should_escape`: `<@U1|ann>`, `<!subteam^S1|@sales>`. */
function readMention(typed: string, next: number, t: Texts): Read {
  const who = typed.toLowerCase();
  if (who === 'none' || who === 'host') return { ok: true, wish: { mention: { who } }, next };
  const user = /^<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>$/.exec(typed)?.[1];
  if (user) return { ok: true, wish: { mention: { who: 'user', id: user } }, next };
  const group = /^<!subteam\^(S[A-Z0-9]{1,30})(?:\|[^<>]*)?>$/.exec(typed)?.[1];
  if (group) return { ok: true, wish: { mention: { who: 'group', id: group } }, next };
  if (/^(?:<!|@)(?:here|channel|everyone)\b/i.test(typed)) return no(t.understanding.neverWholeChannel, ['host']);
  if (/^[@＠]/.test(typed)) return no(t.understanding.whoIsThat(shown(typed, t)), ['host', 'none']);
  return noSuch('--mention', typed, ['none', 'host'], t);
}

function unknownFlag(word: string, t: Texts): Read {
  const words = t.understanding;
  const near = slipsOf(word, flags);
  return no(
    `${words.unknownOption(shown(word, t))} ${near.length > 0 ? words.didYouMean(near) : words.theOptions(flags)} ${words.partOfName}`,
    near.length > 0 ? near : [...flags],
  );
}

function noSuch(flag: Flag, typed: string, choices: readonly string[], t: Texts): Read {
  const words = t.understanding;
  const near = slipsOf(typed, choices);
  const cure = near.length > 0 ? words.didYouMean(near) : words.itCanBe(usage(flag, t));
  return no(`${words.cannotBe(flag, shown(typed, t))} ${cure}`, near.length > 0 ? near : [...choices]);
}

function no(message: string, suggestions: string[]): Read {
  return { ok: false, message, suggestions };
}

/** A name with quotes in it could not be printed so that it is read again. */
const unmarked = (text: string) =>
  text
    .replace(/["“”„«»]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

function unquoted(text: string): string {
  return text.replace(/^['‘‚’]+|['‘’]+$/g, '').trim();
}

/** Later words win, except that exceptions for single kinds add up; not in its shortest form yet. */
export function joined(before: OptionsWish, more: OptionsWish): OptionsWish {
  if (!before.thread || !more.thread) return { ...before, ...more };
  const all = more.thread.all ?? before.thread.all;
  const but = { ...before.thread.but, ...more.thread.but };
  return { ...before, ...more, thread: all === undefined ? { but } : { all, but } };
}

/** The words that are read as this wish again. */
export function printOptions({ style, thread, mention, privacy, language }: OptionsWish): string {
  return [
    ...(style ? [`--style ${style}`] : []),
    ...(thread ? [`--thread ${printThread(thread)}`] : []),
    ...(mention ? [`--mention ${printMention(mention)}`] : []),
    ...(privacy ? [`--privacy ${privacy}`] : []),
    ...(language ? [`--language ${language}`] : []),
  ].join(' ');
}

function printThread(thread: ThreadWish): string {
  const { all, but } = shortest(thread);
  return [...(all ? [all] : []), ...entries(but).map(([kind, mode]) => `${kind}:${mode}`)].join(',');
}

export function printMention(mention: Mention): string {
  if (!('id' in mention)) return mention.who;
  return mention.who === 'user' ? `<@${mention.id}>` : `<!subteam^${mention.id}>`;
}
