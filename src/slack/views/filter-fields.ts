// Which bookings, as fields of the subscribe modal: hosts to tick, domains to type, and anything else in the words of the command.

import type { InputBlock } from '@slack/types';
import type { Member } from '../../connection/roster.ts';
import { parseWish } from '../../subscription/grammar.ts';
import { printRules, type TypedRule, typedAs } from '../../subscription/rules.ts';
import type { Filter, Rule } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { plain } from '../messages/text.ts';
import type { Entered } from '../visit.ts';
import { option } from './look.ts';

/** Slack shows at most this many options. */
const MOST_HOSTS = 100;
const MOST_TYPED = 2_000;

interface FilterFacts {
  before: Filter | null;
  hosts: readonly Member[];
  blockId: (name: string) => string;
}

/** What each field holds of a filter; the last one holds what the others cannot. */
function shared({ before, hosts }: Pick<FilterFacts, 'before' | 'hosts'>) {
  const rules = before?.rules ?? [];
  const isTicked = (rule: Rule) => rule.key === 'host' && !rule.not && hosts.some((host) => host.uri === rule.uri);
  const isDomain = (rule: Rule) => rule.key === 'domain' && !rule.not;
  return {
    ticked: rules.flatMap((rule) => (isTicked(rule) && rule.key === 'host' ? [rule.uri] : [])),
    domains: rules.flatMap((rule) => (isDomain(rule) && rule.key === 'domain' ? [rule.domain] : [])),
    others: rules.filter((rule) => !isTicked(rule) && !isDomain(rule)),
  };
}

export function filterFields({ before, hosts: all, blockId }: FilterFacts, t: Texts): InputBlock[] {
  const words = t.form;
  const hosts = all.slice(0, MOST_HOSTS);
  const { ticked, domains, others } = shared({ before, hosts });
  const options = hosts.map(({ name, uri }) => option(plain(name, 75) || t.card.aHost, uri.slice(0, 150)));
  const initial = options.filter((each) => ticked.includes(each.value));
  return [
    ...(hosts.length > 1
      ? [
          {
            type: 'input' as const,
            block_id: blockId('hosts'),
            optional: true,
            label: text(words.hosts),
            element: {
              type: 'multi_static_select' as const,
              action_id: 'hosts',
              placeholder: text(words.anyHost),
              options,
              ...(initial.length > 0 ? { initial_options: initial } : {}),
            },
          },
        ]
      : []),
    typed(blockId('domains'), 'domains', words.domains, null, 'acme.com, ada@example.com', domains.join(', ')),
    typed(
      blockId('filters'),
      'filters',
      words.filters,
      words.filtersHint,
      'lead:<24h -location:phone answer."Team size":40',
      printRules(others.map(typedAs)),
    ),
  ];
}

function typed(
  block: string,
  action: string,
  label: string,
  hint: string | null,
  example: string,
  value: string,
): InputBlock {
  return {
    type: 'input',
    block_id: block,
    optional: true,
    label: text(label),
    ...(hint === null ? {} : { hint: text(hint) }),
    element: {
      type: 'plain_text_input',
      action_id: action,
      max_length: MOST_TYPED,
      placeholder: text(example),
      // One that is longer than Slack takes would be lost on saving: such a filter is changed by words.
      ...(value === '' ? {} : { initial_value: value.slice(0, MOST_TYPED) }),
    },
  };
}

type ReadFilters = { ok: true; rules: TypedRule[] } | { ok: false; errors: Record<string, string> };

/** What was asked for, or what must be put right, by action_id. */
export function readFilters(entered: Entered, t: Texts): ReadFilters {
  const hosts = entered.chosen('hosts').map((name): TypedRule => ({ key: 'host', not: false, name }));
  const domains = parseWish(
    entered
      .text('domains')
      .split(/[\s,;]+/)
      .filter((each) => each !== '')
      .map((each) => `domain:${each}`)
      .join(' '),
    t,
  );
  const others = parseWish(entered.text('filters'), t);
  const errors: Record<string, string> = {};
  if (!domains.ok) errors.domains = plain(domains.message, 150);
  if (!others.ok) errors.filters = plain(others.message, 150);
  else {
    const { all, types, kinds, options, account } = others.wish;
    const isMore = all || types.length + kinds.length + Object.keys(options).length > 0 || account !== undefined;
    if (isMore) errors.filters = t.form.filtersOnly;
  }
  if (!domains.ok || !others.ok || Object.keys(errors).length > 0) return { ok: false, errors };
  // Together they are one wish, and have to make sense as one.
  const rules = [...hosts, ...domains.wish.rules, ...others.wish.rules];
  const together = parseWish(printRules(rules), t);
  return together.ok
    ? { ok: true, rules: together.wish.rules }
    : { ok: false, errors: { filters: plain(together.message, 150) } };
}

const text = (words: string): { type: 'plain_text'; text: string } => ({ type: 'plain_text', text: words });
