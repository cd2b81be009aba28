// The rules of a filter as typed (`host:@bo`, `-domain:acme.com`, `lead:<24h`), read into what they ask or a helpful refusal, and printed again (pure, total).

import type { Texts } from '../texts/index.ts';
import { slipsOf } from './nearest.ts';
import { printDuration, readDomain, readLead, readPaid, readPlace, readUtm } from './rule-values.ts';
import { type Filter, type PlainRule, placeWords, type Rule, utmNames } from './subscription.ts';
import { shown, type Token } from './tokens.ts';

/** What was asked for, with names that only Calendly knows still as they were typed; `host` may be `<@U1>`, somebody in Slack. */
export type TypedRule = { not: boolean } & ({ key: 'type' | 'host' | 'group'; name: string } | PlainRule);

export type ReadRule = { ok: true; rule: TypedRule } | { ok: false; message: string; suggestions: string[] };

/** Reads what stands after a key; `value` is empty where nothing does. */
export function readRule({ key, not, part }: NonNullable<Token['key']>, value: string, t: Texts): ReadRule {
  const words = t.filters;
  const typed = cleaned(value);
  if (key === 'answer') return readAnswer(not, part, typed, t);
  if (typed === '') return no(t.understanding.sayAfter(key, words.usage[key]), []);
  const cannot = (choices: readonly string[] = []) => {
    const near = slipsOf(typed, choices);
    const cure = near.length > 0 ? t.understanding.didYouMean(near) : t.understanding.itCanBe(words.usage[key]);
    return no(`${t.understanding.cannotBe(`${key}:`, shown(typed, t))} ${cure}`, near.length > 0 ? near : [...choices]);
  };
  switch (key) {
    case 'type':
    case 'group':
      return yes({ key, not, name: typed });
    case 'host':
      return yes({ key, not, name: hostName(typed) });
    case 'domain': {
      const domain = readDomain(typed);
      return domain === null ? cannot() : yes({ key, not, domain });
    }
    case 'utm': {
      const utm = readUtm(part, typed);
      if (utm) return yes({ key, not, ...utm });
      const near = slipsOf(part ?? '', utmNames);
      return no(words.noUtm(shown(part ?? '', t), t.understanding.choices(near.length > 0 ? near : utmNames)), near);
    }
    case 'lead': {
      const lead = readLead(typed);
      return lead ? yes({ key, not, ...lead }) : cannot();
    }
    case 'location': {
      const place = readPlace(typed);
      return place ? yes({ key, not, place }) : cannot(placeWords);
    }
    case 'paid': {
      const paid = readPaid(typed);
      // What is not paid is unpaid: there is one way to say each.
      return paid === null ? cannot(['yes', 'no']) : yes({ key, not: false, paid: paid !== not });
    }
  }
}

function readAnswer(not: boolean, part: string | null, typed: string, t: Texts): ReadRule {
  const question = cleaned(part ?? '');
  if (question === '') return no(t.understanding.sayAfter('answer', t.filters.usage.answer), []);
  return yes({ key: 'answer', not, question, words: typed === '' || typed === '*' ? null : typed });
}

/** Slack's `<@U1|bo>` without the name, which may change; `@bo` that did not become a mention is a name. */
function hostName(typed: string): string {
  const mention = /^<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>$/.exec(typed);
  return mention ? `<@${mention[1]}>` : typed.replace(/^[@＠]+(?=.)/, '').trim() || typed;
}

export const slackUserIn = (name: string): string | null => /^<@([UW][A-Z0-9]{1,30})>$/.exec(name)?.[1] ?? null;

/** The words that are read as these rules again. */
export const printRules = (rules: readonly TypedRule[]): string => rules.map(printRule).join(' ');

export function printRule(rule: TypedRule): string {
  return `${rule.not ? '-' : ''}${printed(rule)}`;
}

function printed(rule: TypedRule): string {
  switch (rule.key) {
    case 'type':
    case 'group':
      return `${rule.key}:${quote(rule.name)}`;
    case 'host':
      return `host:${slackUserIn(rule.name) ? rule.name : quote(rule.name)}`;
    case 'domain':
      return `domain:${escaped(rule.domain)}`;
    case 'answer':
      return `answer.${quote(rule.question)}:${rule.words === null ? '*' : quote(rule.words)}`;
    case 'utm':
      return `utm${rule.name === null ? '' : `.${rule.name}`}:${rule.value === null ? '*' : quote(rule.value)}`;
    case 'lead':
      return `lead:${printLead(rule)}`;
    case 'location':
      return `location:${rule.place}`;
    case 'paid':
      return `paid:${rule.paid ? 'yes' : 'no'}`;
  }
}

function printLead({ from, to }: { from: number; to: number | null }): string {
  if (to === null) return `>${printDuration(from)}`;
  return from === 0 ? `<${printDuration(to)}` : `${printDuration(from)}-${printDuration(to)}`;
}

/** As a person would type what is kept. */
export function typedAs(rule: Rule): TypedRule {
  switch (rule.key) {
    case 'type':
    case 'group':
      return { key: rule.key, not: rule.not, name: cleaned(rule.name) };
    case 'host':
      return { key: 'host', not: rule.not, name: cleaned(rule.email ?? rule.name) };
    default:
      return rule;
  }
}

/** In double quotes, which a name cannot hold; what Slack would have escaped is escaped, so that it is read as it stands. */
export const quote = (name: string): string => `"${escaped(name)}"`;
export const escaped = (text: string): string => text.replace(/&(?=(?:lt|gt|amp);)/g, '&amp;');

const LONGEST = 300;

/** Without quotes, which could not be printed so that they are read again. */
export function cleaned(text: string): string {
  return text
    .replace(/["“”„«»]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST)
    .trim();
}

/** Whether two filters ask for the same, whatever it is called now. */
export function sameFilter(a: Filter, b: Filter): boolean {
  const asked = ({ types, rules = [] }: Filter) => new Set([...types.map((type) => type.uri), ...rules.map(identity)]);
  const [one, other] = [asked(a), asked(b)];
  return one.size === other.size && [...one].every((each) => other.has(each));
}

function identity(rule: Rule): string {
  const sign = rule.not ? '-' : '';
  if (rule.key === 'type' || rule.key === 'group') return `${sign}${rule.key}:${rule.uri}`;
  return rule.key === 'host' && rule.uri !== null ? `${sign}host:${rule.uri}` : printRule(typedAs(rule));
}

export const sameRule = (a: TypedRule, b: TypedRule): boolean => printRule(a) === printRule(b);

const yes = (rule: TypedRule): ReadRule => ({ ok: true, rule });
const no = (message: string, suggestions: string[]): ReadRule => ({ ok: false, message, suggestions });
