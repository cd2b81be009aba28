// What a filter can be asked about one change: read off it once, however many subscriptions ask (pure).

import type { Change, Host } from '../booking/change.ts';
import { fold, plainName } from './nearest.ts';
import { type FilterKey, type UtmName, utmNames } from './subscription.ts';

export interface Facts {
  /** Whether anything can be said about this at all. */
  tells(about: FilterKey): boolean;
  eventType: string | null;
  /** Names folded, addresses in lower case. */
  hosts: readonly Host[];
  email: string | null;
  /** Whether the invitee writes from this domain, or from one below it. */
  isOf(domain: string): boolean;
  /** Whether this question was answered; with words, whether they are in the answer. */
  answered(question: string, words: string | null): boolean;
  came(name: UtmName | null, value: string | null): boolean;
  /** Milliseconds from booking to start. */
  lead: number | null;
  /** Calendly's name of the kind of place. */
  place: string | null;
  paid: boolean;
  /** A name as those of the hosts are compared; each is folded once. */
  folded(name: string): string;
}

/** What a routing form can be asked about. */
const ofForms = new Set<FilterKey>(['domain', 'answer']);
/** What is not kept of those who share a meeting. */
const forgotten = new Set<FilterKey>(['answer', 'utm']);

/** `isKept`: read from what is kept of a booking, where a group meeting has no answers any more. */
export function factsOf(
  { invitee, form }: Pick<Change, 'invitee' | 'form'>,
  { isKept = false }: { isKept?: boolean } = {},
): Facts {
  const answers = invitee?.answers ?? form?.answers ?? [];
  const email = (invitee ? invitee.email : addressIn(answers.map(({ answer }) => answer)))?.toLowerCase() ?? null;
  const domain = email?.slice(email.lastIndexOf('@') + 1) ?? null;
  const meeting = invitee?.meeting;
  const isShared = (meeting?.seats?.limit ?? 1) > 1;
  return {
    tells: (about) => (invitee ? !(isKept && isShared && forgotten.has(about)) : ofForms.has(about)),
    eventType: meeting?.eventType ?? null,
    hosts: meeting ? hostsOf(meeting.hosts) : [],
    email,
    isOf: (wanted) => domain !== null && (domain === wanted || domain.endsWith(`.${wanted}`)),
    answered(question, words) {
      const asked = foldedOnce(question, plainName);
      const wanted = words === null ? null : foldedOnce(words, fold);
      return answers.some(
        (given) =>
          given.answer.trim() !== '' &&
          foldedOnce(given.question, plainName) === asked &&
          (wanted === null || says(given.answer, wanted)),
      );
    },
    came(name, value) {
      const wanted = value === null ? null : foldedOnce(value, fold);
      return (name === null ? utmNames : [name]).some((each) => {
        const given = fold(invitee?.tracking[`utm_${each}`] ?? '');
        return given !== '' && (wanted === null || given === wanted);
      });
    },
    lead: invitee ? invitee.meeting.startsAt - invitee.createdAt : null,
    place: meeting?.place?.kind ?? null,
    paid: invitee?.payment?.successful ?? false,
    folded: (name) => foldedOnce(name, fold),
  };
}

const hostsOf = (hosts: readonly Host[]): Host[] =>
  hosts.map(({ uri, name, email }) => ({
    uri,
    name: name === null ? null : fold(name),
    email: email?.toLowerCase() ?? null,
  }));

/** The words of filters and questions come again with every booking. */
const folds = new Map<string, string>();
const mostFolds = 5_000;

function foldedOnce(text: string, how: typeof fold): string {
  const key = `${how === fold ? '' : 'plain '}${text}`;
  const found = folds.get(key);
  if (found !== undefined) return found;
  const folded = how(text);
  if (folds.size >= mostFolds) folds.clear();
  folds.set(key, folded);
  return folded;
}

/** As whole words: 5 is not in 50, nor 50 in 11-50, but Acme is in "Acme Inc." */
function says(answer: string, wanted: string): boolean {
  const given = fold(answer);
  if (wanted === '') return true;
  for (let at = given.indexOf(wanted); at >= 0; at = given.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (!goesOnBefore(wanted, given.slice(Math.max(0, at - 2), at)) && !goesOnAfter(wanted, given.slice(end, end + 2)))
      return true;
  }
  return false;
}

/** Whether what stands beside it makes it another word, or another number. */
const goesOnBefore = (word: string, before: string) =>
  (/^[\p{L}\p{N}]/u.test(word) && /[\p{L}\p{N}]$/u.test(before)) ||
  (/^\d/.test(word) && /(?:[-+–]|\d[.,])$/.test(before));
const goesOnAfter = (word: string, after: string) =>
  (/[\p{L}\p{N}]$/u.test(word) && /^[\p{L}\p{N}]/u.test(after)) ||
  (/\d$/.test(word) && /^(?:[-+–]|[.,]\d)/.test(after));

const addressIn = (answers: readonly string[]) =>
  answers.map((answer) => answer.trim()).find((answer) => /^[^\s@]+@[^\s@]+$/.test(answer));
