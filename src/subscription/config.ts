// Subscriptions as a file that people keep and edit: what stands in it, what is wrong with it, and what it would change (pure).

import { z } from 'zod';
import { printOptions } from './flags.ts';
import { parseWish } from './grammar.ts';
import { sameOptions, wishFor, withWish } from './options.ts';
import { readDomain } from './rule-values.ts';
import {
  defaultOptions,
  type Filter,
  kinds,
  type Options,
  placeWords,
  type Rule,
  type Subscription,
  utmNames,
} from './subscription.ts';

/** A Calendly account of the workspace, as a file may name it. */
export interface ConfigAccount {
  id: string;
  userUri: string;
  email: string | null;
  label: string | null;
  connectedBy: string;
  /** Calendly tells of its routing forms. */
  hearsForms: boolean;
}

/** What the file asks for, read. `id` null: it is new, unless one of the same channel, account and filter is there. */
export interface WantedSubscription {
  id: string | null;
  channelId: string;
  connectionId: string;
  kinds: Subscription['kinds'];
  filter: Filter;
  options: Options;
  madeBy: string;
}

export interface ConfigProblem {
  /** Where in the file, by keys and positions. */
  path: PropertyKey[];
  message: string;
}

export interface Difference {
  add: WantedSubscription[];
  change: { before: Subscription; after: WantedSubscription }[];
  /** Not in the file. */
  remove: Subscription[];
  same: number;
}

const uri = (of: string) =>
  z
    .string()
    .regex(
      new RegExp(`^https?://\\S+/${of}/[\\w-]{1,80}$`),
      `is no address of Calendly's (…/${of}/…); copy it from an export`,
    );
const named = { name: z.string().min(1).max(500) };
const not = z.boolean().default(false);
const domain = z
  .string()
  .min(1)
  .max(254)
  .transform((typed, context) => {
    const read = readDomain(typed);
    if (read !== null) return read;
    context.addIssue({ code: 'custom', message: 'is no domain or address, such as acme.com or ada@acme.com' });
    return z.NEVER;
  });
const rule = z.discriminatedUnion('key', [
  z.strictObject({ key: z.literal('type'), not: z.literal(true), uri: uri('event_types'), ...named }),
  z.strictObject({
    key: z.literal('host'),
    not,
    uri: uri('users').nullable(),
    email: z.string().toLowerCase().nullable(),
    ...named,
  }),
  z.strictObject({ key: z.literal('group'), not, uri: uri('groups'), members: z.array(z.string()), ...named }),
  z.strictObject({ key: z.literal('domain'), not, domain }),
  z.strictObject({ key: z.literal('answer'), not, question: z.string().min(1), words: z.string().nullable() }),
  z.strictObject({ key: z.literal('utm'), not, name: z.enum(utmNames).nullable(), value: z.string().nullable() }),
  z.strictObject({ key: z.literal('lead'), not, from: z.number().min(0), to: z.number().min(0).nullable() }),
  z.strictObject({ key: z.literal('location'), not, place: z.enum(placeWords) }),
  z.strictObject({ key: z.literal('paid'), not, paid: z.boolean() }),
]);

const entry = z.strictObject({
  id: z
    .string()
    .regex(/^[\w-]{1,60}$/, 'is no id; leave it out for a new one')
    .optional(),
  channel: z
    .string()
    .regex(
      /^[CG][A-Z0-9]{2,30}$/,
      'is no id of a Slack channel, such as C0123ABCD (in the channel’s details, at the end)',
    ),
  account: z.string().min(1),
  kinds: z.array(z.enum(kinds)).min(1),
  types: z.array(z.strictObject({ uri: uri('event_types'), ...named })).default([]),
  rules: z.array(rule).default([]),
  look: z.string().max(1_000).default(''),
  made_by: z
    .string()
    .regex(/^[UW][A-Z0-9]{2,30}$/, 'is no id of a person in Slack, such as U0123ABCD')
    .optional(),
});

const shape = z.strictObject({
  version: z.literal(1),
  workspace: z.string().min(1),
  subscriptions: z.array(entry).max(20_000),
});

export interface ConfigFile {
  version: 1;
  workspace: string;
  subscriptions: object[];
}

export function configOf(
  workspace: string,
  all: readonly Subscription[],
  accounts: readonly ConfigAccount[],
): ConfigFile {
  const subscriptions = all.map((each) => {
    const { types, rules = [] } = each.filter;
    const look = printOptions(wishFor(each.options));
    return {
      id: each.id,
      channel: each.channelId,
      account: accountWord(each.connectionId, accounts),
      kinds: each.kinds,
      ...(types.length > 0 ? { types } : {}),
      ...(rules.length > 0 ? { rules } : {}),
      ...(look === '' ? {} : { look }),
      made_by: each.madeBy,
    };
  });
  return { version: 1, workspace, subscriptions };
}

/** An address where that is one account's alone; what Calendly calls its person is never another's. */
export function accountWord(id: string, accounts: readonly ConfigAccount[]): string {
  const account = accounts.find((each) => each.id === id);
  const { email = null, userUri = id } = account ?? {};
  return email !== null && accounts.filter((each) => each.email === email).length === 1 ? email : userUri;
}

/** All that is wrong is said at once. */
export function readConfigFile(
  value: unknown,
  { workspace, accounts }: { workspace: string; accounts: readonly ConfigAccount[] },
): { ok: true; wanted: WantedSubscription[] } | { ok: false; problems: ConfigProblem[] } {
  const read = shape.safeParse(value);
  if (!read.success)
    return { ok: false, problems: read.error.issues.map(({ path, message }) => ({ path, message: lowered(message) })) };
  const problems: ConfigProblem[] = [];
  const wrong = (path: PropertyKey[], message: string) => void problems.push({ path, message });
  if (read.data.workspace !== workspace)
    wrong(['workspace'], `is ${read.data.workspace}, but this is ${workspace}: the file is of another workspace`);
  const wanted: WantedSubscription[] = [];
  const names = new Map<string, number>();
  for (const [i, each] of read.data.subscriptions.entries()) {
    const at = (key: string) => ['subscriptions', i, key];
    const account = accountNamed(each.account, accounts);
    const options = optionsIn(each.look);
    if (!account)
      wrong(
        at('account'),
        `is no account of this workspace; there is: ${accounts.map(({ id }) => accountWord(id, accounts)).join(', ') || 'none, so connect one first'}`,
      );
    if (typeof options === 'string') wrong(at('look'), options);
    if (account && !account.hearsForms && each.kinds.includes('routed'))
      wrong(
        at('kinds'),
        'holds routed, which needs a hook that only Slack can have made: subscribe one channel to routed there first',
      );
    if (!account || typeof options === 'string') continue;
    const filter: Filter =
      each.rules.length > 0 ? { types: each.types, rules: each.rules as Rule[] } : { types: each.types };
    const one = {
      id: each.id ?? null,
      channelId: each.channel,
      connectionId: account.id,
      // In the order in which they are shown everywhere.
      kinds: kinds.filter((kind) => each.kinds.includes(kind)),
      filter,
      options,
      madeBy: each.made_by ?? account.connectedBy,
    };
    for (const name of [keyOf(one), ...(one.id ? [`id ${one.id}`] : [])]) {
      const twin = names.get(name);
      if (twin !== undefined)
        wrong(
          ['subscriptions', i],
          `is the same as number ${twin + 1}: ${name.startsWith('id ') ? 'one id stands for one' : 'one channel, account and filter make one'} subscription`,
        );
      names.set(name, i);
    }
    wanted.push(one);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, wanted };
}

function accountNamed(word: string, accounts: readonly ConfigAccount[]): ConfigAccount | null {
  const name = word.trim().toLowerCase();
  const called = accounts.filter(
    (each) => each.userUri === word || each.email?.toLowerCase() === name || each.label?.toLowerCase() === name,
  );
  return called.length === 1 ? called[0]! : null;
}

/** As typed after `subscribe`; a sentence where it cannot be read. */
function optionsIn(look: string): Options | string {
  if (look.trim() === '') return defaultOptions;
  const parsed = parseWish(look);
  if (!parsed.ok) return parsed.message;
  const { types, kinds: named, rules, options } = parsed.wish;
  return types.length + named.length + rules.length > 0
    ? 'takes options alone, such as --style compact'
    : withWish(defaultOptions, options);
}

const lowered = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);

type Keyed = Pick<Subscription, 'channelId' | 'connectionId' | 'filter'>;

/** What is one subscription, whoever made it: an export without ids finds the same again. */
const keyOf = ({ channelId, connectionId, filter }: Keyed): string =>
  `${channelId} ${connectionId} ${filterText(filter)}`;

function filterText({ types, rules = [] }: Filter): string {
  const asked = types.map((type) => type.uri).sort();
  const written = rules.map((each) => JSON.stringify(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
  return JSON.stringify([asked, written]);
}

export function difference(present: readonly Subscription[], wanted: readonly WantedSubscription[]): Difference {
  const byId = new Map(present.map((each) => [each.id, each]));
  const byKey = new Map(present.map((each) => [keyOf(each), each]));
  const found = new Map<string, WantedSubscription>();
  const add: WantedSubscription[] = [];
  const change: Difference['change'] = [];
  // Ids first: one that was edited must not be taken for another one's twin. In another channel or account it is another one.
  const own = (each: WantedSubscription) => {
    const one = byId.get(each.id ?? '');
    return one?.channelId === each.channelId && one.connectionId === each.connectionId ? one : undefined;
  };
  for (const each of wanted) {
    const one = own(each);
    if (one) found.set(one.id, each);
  }
  for (const each of wanted) {
    if (own(each)) continue;
    const same = byKey.get(keyOf(each));
    if (same && !found.has(same.id)) found.set(same.id, each);
    else add.push(each.id !== null && byId.has(each.id) ? { ...each, id: null } : each);
  }
  let same = 0;
  for (const [id, after] of found) {
    const before = byId.get(id)!;
    if (changes(before, after).length > 0) change.push({ before, after });
    else same += 1;
  }
  return { add, change, remove: present.filter(({ id }) => !found.has(id)), same };
}

/** In words, one for each thing that differs. */
export function changes(before: Subscription, after: WantedSubscription): string[] {
  const look = ({ options }: Pick<Subscription, 'options'>) => printOptions(wishFor(options)) || 'as usual';
  return [
    ...(filterText(before.filter) === filterText(after.filter)
      ? []
      : [`bookings ${filterWords(before.filter)} → ${filterWords(after.filter)}`]),
    ...(sameKinds(before.kinds, after.kinds) ? [] : [`kinds ${before.kinds.join(' ')} → ${after.kinds.join(' ')}`]),
    ...(sameOptions(before.options, after.options) ? [] : [`look ${look(before)} → ${look(after)}`]),
    ...(before.madeBy === after.madeBy ? [] : [`made by ${before.madeBy} → ${after.madeBy}`]),
  ];
}

const sameKinds = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join();

/** For the terminal: which bookings, short. */
export function filterWords({ types, rules = [] }: Filter): string {
  const names = types.length > 0 ? types.map(({ name }) => JSON.stringify(name)).join(', ') : 'all';
  return rules.length > 0
    ? `${names} with ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'} (${[...new Set(rules.map(({ key }) => key))].join(', ')})`
    : names;
}
