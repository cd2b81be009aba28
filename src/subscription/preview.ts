// What a subscription would have posted of the bookings that are known: the same verdict that decides of new ones (pure).

import type { Happened } from '../booking/happened.ts';
import { judgeOf } from './filter.ts';
import type { Filter, FilterKey, Kind, Rule, Subscription } from './subscription.ts';

export interface Past {
  /** UTC ms, as are all times here. */
  bookedAt: number;
  startsAt: number | null;
  title: string | null;
  /** Null where nobody has asked who it is. */
  who: string | null;
  happened: Happened[];
}

export interface History {
  /** How far back it goes. */
  days: number;
  bookings: Past[];
  /** Not all could be read in the time that somebody waits. */
  isPart: boolean;
}

export interface Preview {
  days: number;
  isPart: boolean;
  total: number;
  would: number;
  /** The most on one day. */
  busiest: number;
  /** The newest of those that would have been posted. */
  examples: Past[];
  /** Where nothing would: what stood in the way most often. */
  obstacle: 'kind' | FilterKey | null;
}

const EXAMPLES = 3;
const day = 24 * 3_600_000;

export function previewOf(
  { days, bookings, isPart }: History,
  asking: Pick<Subscription, 'kinds' | 'filter'>,
): Preview {
  const would: Past[] = [];
  const obstacles = new Map<'kind' | FilterKey, number>();
  for (const past of bookings) {
    const verdicts = past.happened.map((each) => judgeOf(each, { isKept: true }).judge(asking));
    if (verdicts.some((verdict) => verdict.matches)) {
      would.push(past);
      continue;
    }
    // What came nearest: of a booking that was canceled too, the one that fewer things kept out.
    const [nearest] = verdicts
      .map(({ steps }) => steps.filter((step) => !step.passes))
      .sort((a, b) => a.length - b.length);
    for (const { about } of nearest ?? []) obstacles.set(about, (obstacles.get(about) ?? 0) + 1);
  }
  const byDay = Map.groupBy(would, (past) => Math.floor(past.bookedAt / day));
  const [worst] = [...obstacles].sort((a, b) => b[1] - a[1]);
  return {
    days,
    isPart,
    total: bookings.length,
    would: would.length,
    busiest: Math.max(0, ...[...byDay.values()].map((all) => all.length)),
    examples: would.sort((a, b) => b.bookedAt - a.bookedAt).slice(0, EXAMPLES),
    obstacle: would.length === 0 ? (worst?.[0] ?? null) : null,
  };
}

/** Whether the invitee has to be known to judge; the meeting's own list does not tell of them. */
export const asksForInvitee = ({ rules = [] }: Filter): boolean =>
  rules.some(({ key }) => key === 'domain' || key === 'answer' || key === 'utm' || key === 'paid');

/** The key by which a filter shuts out whatever it asks for; null where something could match. */
export function shutOutBy({ types, rules = [] }: Filter, kinds: readonly Kind[]): FilterKey | null {
  // Of a form most is not known, and what is not known is not asked.
  if (kinds.includes('routed')) return null;
  const wanted: Rule[] = [
    ...types.map((type): Rule => ({ key: 'type', not: false, ...type })),
    ...rules.filter((r) => !r.not),
  ];
  const unwanted = rules.filter((rule) => rule.not);
  const byKey = Map.groupBy(wanted, (rule) => rule.key);
  for (const [key, asked] of byKey)
    if (asked.every((rule) => isEmpty(rule) || unwanted.some((out) => holds(out, rule)))) return key;
  return null;
}

const isEmpty = (rule: Rule) => rule.key === 'group' && rule.members.length === 0;

/** Whether all that one rule lets in, the other one does too. */
function holds(outer: Rule, inner: Rule): boolean {
  if (outer.key === 'group' && inner.key === 'host') return inner.uri !== null && outer.members.includes(inner.uri);
  if (outer.key === 'domain' && inner.key === 'domain')
    return (
      outer.domain === inner.domain ||
      (!outer.domain.includes('@') &&
        (inner.domain.endsWith(`.${outer.domain}`) || inner.domain.endsWith(`@${outer.domain}`)))
    );
  if (outer.key === 'lead' && inner.key === 'lead')
    return outer.from <= inner.from && (outer.to === null || (inner.to !== null && outer.to >= inner.to));
  if (outer.key === 'location' && inner.key === 'location')
    return outer.place === inner.place || (outer.place === 'online' && onlinePlaces.has(inner.place));
  if (outer.key === 'host' && inner.key === 'host') return outer.uri !== null && outer.uri === inner.uri;
  return (outer.key === 'type' || outer.key === 'group') && outer.key === inner.key && outer.uri === inner.uri;
}

const onlinePlaces = new Set<string>(['zoom', 'meet', 'teams', 'webex', 'gotomeeting']);
