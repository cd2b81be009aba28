// A filter's rules in a person's language (pure); names come out as `mark` makes them.

import type { Texts } from '../texts/index.ts';
import { printDuration } from './rule-values.ts';
import { type Filter, filterKeys, type PlaceWord, type Privacy, type Rule } from './subscription.ts';

/** One phrase for what is asked for and one for what is ruled out, of each key that the filter names. */
export function rulesInWords(rules: readonly Rule[], t: Texts, mark: (name: string) => string): string[] {
  const named = filterKeys.filter((key) => rules.some((rule) => rule.key === key));
  return named.flatMap((key) => {
    const mine = rules.filter((rule) => rule.key === key);
    const said = (not: boolean) => mine.filter((rule) => rule.not === not).map((rule) => ruleInWords(rule, t, mark));
    const [wanted, unwanted] = [said(false), said(true)];
    const phrase = t.filters.rules[key];
    return [
      ...(wanted.length > 0 ? [phrase(shortened(wanted))] : []),
      ...(unwanted.length > 0 ? [t.filters.except(phrase(shortened(unwanted)))] : []),
    ];
  });
}

const MOST = 5;

const shortened = (all: string[]) =>
  all.length > MOST ? [...all.slice(0, MOST - 1), `+${all.length - MOST + 1}`] : all;

function ruleInWords(rule: Rule, t: Texts, mark: (name: string) => string): string {
  const words = t.filters;
  switch (rule.key) {
    case 'type':
    case 'host':
    case 'group':
      return mark(rule.name);
    case 'domain':
      return mark(rule.domain);
    case 'answer':
      return words.answered(mark(rule.question), rule.words === null ? null : mark(rule.words));
    case 'utm':
      return words.came(rule.name, rule.value === null ? null : mark(rule.value));
    case 'lead':
      return leadInWords(rule, t);
    case 'location':
      return placeInWords(rule.place, t);
    case 'paid':
      return rule.paid ? words.paid : words.unpaid;
  }
}

/** By their names, which are the same in every language. */
const services = {
  zoom: 'Zoom',
  meet: 'Google Meet',
  teams: 'Microsoft Teams',
  webex: 'Webex',
  gotomeeting: 'GoTo Meeting',
} as const;

export function placeInWords(place: PlaceWord, { filters }: Texts): string {
  const named = { ...services, ...filters.places };
  return named[place];
}

function leadInWords({ from, to }: { from: number; to: number | null }, { filters }: Texts): string {
  if (to === null) return filters.atLeast(printDuration(from));
  return from === 0 ? filters.lessThan(printDuration(to)) : filters.between(printDuration(from), printDuration(to));
}

/** What a channel may read of a filter: it must not say of an invitee what the cards there leave out. */
export function rulesFor(privacy: Privacy, { rules = [] }: Filter): Rule[] {
  if (privacy === 'full') return [...rules];
  const hidden = privacy === 'business' ? ['answer', 'paid'] : ['answer', 'paid', 'domain', 'utm'];
  return rules
    .filter((rule) => !hidden.includes(rule.key))
    .map((rule) =>
      rule.key === 'domain' ? { ...rule, domain: rule.domain.slice(rule.domain.lastIndexOf('@') + 1) } : rule,
    );
}
