// Which subscriptions of a channel are meant: by number, several numbers, a range, a name, or all of them.

import { Refusal } from '../../errors.ts';
import { fold, nearest } from '../../subscription/nearest.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { type Token, tokens } from '../../subscription/tokens.ts';
import type { Texts } from '../../texts/index.ts';
import { subscriptionLabel } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Visit } from '../visit.ts';
import { mayChange, mustBeMember } from './rights.ts';

const MOST_WORDS = 60;

/** `unknown`: a name that none of them has, with those that are most like it. */
export type Which = { found: Subscription[] } | { unknown: string; near: Subscription[] };

export function wordsOf(text: string): Token[] {
  const all: Token[] = [];
  for (const token of tokens(text)) if (all.push(token) >= MOST_WORDS) break;
  return all;
}

/** `here` in the order of `list`. Words without quotes are one name. */
export function named(words: readonly Token[], here: readonly Subscription[], t: Texts): Which {
  const plain = words.filter((word) => !word.quoted).map((word) => word.text);
  const isAll =
    words.length > 0 && plain.length === words.length && plain.every((word) => /^(?:all|\*|alle)$/i.test(word));
  if (isAll) return { found: [...here] };
  const numbers = plain.flatMap(numbersIn);
  if (words.length > 0 && plain.length === words.length && !numbers.includes(null)) {
    const missing = numbers.find((n) => n !== null && !here[n - 1]);
    if (missing !== undefined) return { unknown: String(missing), near: here.slice(0, 5) };
    return { found: here.filter((_, i) => numbers.includes(i + 1)) };
  }
  const names = [
    ...words.filter((word) => word.quoted).map((word) => word.text),
    ...(plain.length > 0 ? [plain.join(' ')] : []),
  ];
  const found = new Set<Subscription>();
  for (const name of names) {
    const mine = here.filter((each) => isCalled(each, name, t));
    if (mine.length === 0) return { unknown: name, near: nearest(name, here, (each) => namesOf(each, t).at(-1) ?? '') };
    for (const each of mine) found.add(each);
  }
  return { found: here.filter((each) => found.has(each)) };
}

/** `2`, `#2`, `2-4`; null for what is none. */
function numbersIn(word: string): (number | null)[] {
  const range = /^#?(\d{1,4})[-–](\d{1,4})$/.exec(word);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    return to < from || to - from > 500 ? [null] : Array.from({ length: to - from + 1 }, (_, i) => from + i);
  }
  const one = /^#?(\d{1,4})$/.exec(word)?.[1];
  return [one === undefined ? null : Number(one)];
}

function isCalled(each: Subscription, name: string, t: Texts): boolean {
  const wanted = fold(name.replace(/["“”„«»]/g, ''));
  return namesOf(each, t).some((its) => fold(its) === wanted);
}

/** The whole label first, then each event type. */
const namesOf = (each: Subscription, t: Texts): string[] => [
  subscriptionLabel(each, t),
  ...(each.filter.types.length === 0 ? [t.subscribing.allTypesLabel] : each.filter.types.map((type) => type.name)),
];

export const notFound = (unknown: string, t: Texts): string => t.lists.notFound(safeMrkdwn(unknown, 60));

/** Those of them this person may change; refuses where there are none. What the others are is said, not done. */
export async function permitted(
  visit: Pick<Visit, 'slack' | 'user' | 't'>,
  subscriptions: readonly Subscription[],
): Promise<{ mine: Subscription[]; others: Subscription[] }> {
  await mustBeMember(visit);
  const { leads } = await visit.slack.person(visit.user);
  const mine = subscriptions.filter((each) => leads || each.madeBy === visit.user);
  const [first] = subscriptions;
  if (!first) throw new Refusal(visit.t.subscribing.gone, { code: 'subscription_gone' });
  if (mine.length === 0) await mayChange(visit, first);
  return { mine, others: subscriptions.filter((each) => !mine.includes(each)) };
}
