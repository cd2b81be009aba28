// Does a change belong to a subscription, and why or why not (pure): the same verdict serves matching, the preview and explaining.

import { type Change, isGroup } from '../booking/change.ts';
import { type Facts, factsOf } from './facts.ts';
import {
  type Filter,
  type FilterKey,
  filterKeys,
  type Kind,
  places,
  type Rule,
  type Subscription,
} from './subscription.ts';

/** What a subscription asks about one thing, and what came of it. */
export interface Step {
  about: 'kind' | FilterKey;
  passes: boolean;
  /** Of the rules about it, those asked for and those ruled out; both empty for `kind`. */
  wanted: readonly Rule[];
  unwanted: readonly Rule[];
  /** The rule that decided, where one did: the one met of those asked for, or the one that rules it out. */
  by: Rule | null;
}

export interface Verdict {
  matches: boolean;
  kind: Kind | null;
  /** First the kind, then one for each key of the filter. */
  steps: readonly Step[];
}

/**
 * The kind a subscription must name to hear of this change; null for what no subscription is told of by itself (the old half of a move, other events).
 * Who moves out of a group meeting leaves a seat there: that half is told in the thread of its card.
 */
export function kindOf(change: Pick<Change, 'kind' | 'invitee'>): Kind | null {
  switch (change.kind) {
    case 'booked':
      return change.invitee?.oldInvitee ? 'rescheduled' : 'booked';
    case 'canceled':
      if (!change.invitee?.rescheduled && !change.invitee?.newInvitee) return 'canceled';
      return isGroup(change.invitee) ? 'rescheduled' : null;
    case 'noshow':
    case 'noshow_undone':
      return 'noshow';
    case 'routed':
      return 'routed';
    default:
      return null;
  }
}

type Asking = Pick<Subscription, 'kinds' | 'filter'>;

/** One change, put to any number of subscriptions. Its facts are read once for all of them. `isKept`: it is read off a booking. */
export function judgeOf(
  change: Pick<Change, 'kind' | 'invitee' | 'form'>,
  how: { isKept?: boolean } = {},
): {
  kind: Kind | null;
  /** Every booking is put to every subscription of its account, so this keeps no account of why. */
  matches(asking: Asking): boolean;
  /** The same, and why. */
  judge(asking: Asking): Verdict;
} {
  const kind = kindOf(change);
  const facts = factsOf(change, how);
  const hears = ({ kinds }: Asking) => kind !== null && kinds.includes(kind);
  return {
    kind,
    matches: (asking) => hears(asking) && lets(asking.filter, facts),
    judge(asking) {
      const steps = [
        hears(asking) ? kindMet : kindNotMet,
        ...partsOf(asking.filter).map((part) => stepOf(part, facts)),
      ];
      return { matches: steps.every((each) => each.passes), kind, steps };
    },
  };
}

/** Whether a filter lets these facts through, whatever happened. */
export function lets(filter: Filter, facts: Facts): boolean {
  for (const part of partsOf(filter)) if (!stepOf(part, facts).passes) return false;
  return true;
}

const kindStep = { about: 'kind' as const, wanted: [], unwanted: [], by: null };
const kindMet: Step = { ...kindStep, passes: true };
const kindNotMet: Step = { ...kindStep, passes: false };

/** All that a filter asks about one thing, and the steps that come of it: the same few for every booking. */
interface Part {
  about: FilterKey;
  wanted: Rule[];
  unwanted: Rule[];
  met: Map<Rule | null, Step>;
  notMet: Map<Rule | null, Step>;
}

/** Filters are read far more often than they change. */
const known = new WeakMap<Filter, readonly Part[]>();

function partsOf(filter: Filter): readonly Part[] {
  const found = known.get(filter);
  if (found) return found;
  const types = filter.types.map((type): Rule => ({ key: 'type', not: false, ...type }));
  const rules = [...types, ...(filter.rules ?? [])];
  const parts = filterKeys.flatMap((about): Part[] => {
    const mine = rules.filter((rule) => rule.key === about);
    const wanted = mine.filter((rule) => !rule.not);
    const unwanted = mine.filter((rule) => rule.not);
    return mine.length > 0 ? [{ about, wanted, unwanted, met: new Map(), notMet: new Map() }] : [];
  });
  known.set(filter, parts);
  return parts;
}

function stepOf(part: Part, facts: Facts): Step {
  // What cannot be told of it neither lets it in nor keeps it out: a form has no host.
  if (!facts.tells(part.about)) return step(part, true, null);
  const out = firstMet(part.unwanted, facts);
  if (out) return step(part, false, out);
  if (part.wanted.length === 0) return step(part, true, null);
  const met = firstMet(part.wanted, facts);
  return step(part, met !== null, met);
}

function firstMet(rules: readonly Rule[], facts: Facts): Rule | null {
  for (const rule of rules) if (meets(rule, facts)) return rule;
  return null;
}

function step({ about, wanted, unwanted, met, notMet }: Part, passes: boolean, by: Rule | null): Step {
  const steps = passes ? met : notMet;
  const found = steps.get(by);
  if (found) return found;
  const made = { about, passes, wanted, unwanted, by };
  steps.set(by, made);
  return made;
}

function meets(rule: Rule, facts: Facts): boolean {
  switch (rule.key) {
    case 'type':
      return facts.eventType === rule.uri;
    case 'host':
      return facts.hosts.some((host) =>
        rule.uri !== null && host.uri !== null
          ? host.uri === rule.uri
          : rule.email !== null && host.email !== null
            ? host.email === rule.email
            : host.name === facts.folded(rule.name),
      );
    case 'group':
      return facts.hosts.some((host) => host.uri !== null && rule.members.includes(host.uri));
    case 'domain':
      return rule.domain.includes('@') ? facts.email === rule.domain : facts.isOf(rule.domain);
    case 'answer':
      return facts.answered(rule.question, rule.words);
    case 'utm':
      return facts.came(rule.name, rule.value);
    case 'lead':
      return facts.lead !== null && facts.lead >= rule.from && (rule.to === null || facts.lead < rule.to);
    case 'location':
      return facts.place !== null && (places[rule.place] as readonly string[]).includes(facts.place);
    case 'paid':
      return facts.paid === rule.paid;
  }
}

/** Why not, for the ledger, in one plain clause such as "its event type is not Demo call". */
export function whyNot({ steps, kind }: Verdict, { kinds }: Asking): string {
  const failed = steps.find((each) => !each.passes);
  if (!failed) return 'it matches';
  if (failed.about === 'kind')
    return kind === null
      ? 'it is not a kind of change that is shown by itself'
      : `"${kind}" is not one of its kinds (${kinds.join(', ')})`;
  const what = failed.about === 'type' ? 'event type' : failed.about;
  if (failed.by) return `its ${what} is ruled out`;
  const names = failed.wanted.map((rule) => ('name' in rule ? rule.name : null)).filter((name) => name !== null);
  return names.length > 0 ? `its ${what} is not ${names.join(' or ')}` : `its ${what} is not one that is asked for`;
}
