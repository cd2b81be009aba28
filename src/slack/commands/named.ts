// The names in a wish that only Calendly knows, found there: event types, hosts and groups; what is not found comes back with the nearest that are.

import type { Connection, EventType } from '../../connection/connection.ts';
import type { Member } from '../../connection/roster.ts';
import type { TypedWish } from '../../subscription/grammar.ts';
import { fold, nearest, plainName } from '../../subscription/nearest.ts';
import { slackUserIn, type TypedRule } from '../../subscription/rules.ts';
import type { Filter, Rule } from '../../subscription/subscription.ts';
import type { Visit } from '../visit.ts';
import { nearestTypes, resolveTypes } from './event-types.ts';

type Asking = Pick<Visit, 'product' | 'workspace' | 'slack'>;
type Key = 'type' | 'host' | 'group';

/** `typed`: what finds it surely, in place of the name that was not found. */
export interface Offer {
  label: string;
  typed: string;
}

export interface Missing {
  key: Key;
  name: string;
  offers: Offer[];
}

export interface Named {
  filter: Filter;
  /** How many there are to choose from: of an account without event types nothing can be offered. */
  available: EventType[];
  missing: Missing[];
}

/** Asks Calendly only for what was named. Throws Refusal and Outage. */
export async function findNamed(visit: Asking, connection: Connection, wish: TypedWish): Promise<Named> {
  const typesOut = wish.rules.flatMap((rule) => (rule.key === 'type' ? [rule.name] : []));
  const asksForTypes = wish.types.length > 0 || typesOut.length > 0;
  const available = asksForTypes ? await visit.product.eventTypes(connection) : [];
  const { found, unknown } = resolveTypes(wish.types, available);
  const missing = unknown.map((name) => missingType(name, available));
  const rules: Rule[] = [];
  for (const rule of wish.rules) {
    const read = await findRule(visit, connection, rule, available);
    if (Array.isArray(read)) rules.push(...read);
    else missing.push(read);
  }
  return { filter: filterOf(found, rules), available, missing };
}

export const filterOf = (types: Filter['types'], rules: Rule[]): Filter =>
  rules.length > 0 ? { types, rules } : { types };

const missingType = (name: string, available: readonly EventType[]): Missing => ({
  key: 'type',
  name,
  offers: nearestTypes(name, available).map((type) => ({ label: type.name, typed: type.uri })),
});

async function findRule(
  visit: Asking,
  connection: Connection,
  rule: TypedRule,
  available: readonly EventType[],
): Promise<Rule[] | Missing> {
  switch (rule.key) {
    case 'type': {
      const { found } = resolveTypes([rule.name], available);
      if (found.length === 0) return missingType(rule.name, available);
      return found.map((type): Rule => ({ key: 'type', not: rule.not, ...type }));
    }
    case 'host':
      return findHost(visit, connection, rule.name, rule.not);
    case 'group':
      return findGroup(visit, connection, rule.name, rule.not);
    default:
      return [rule];
  }
}

/** One person among those who may host meetings of this connection; or the nearest. */
export async function findHost(
  visit: Asking,
  connection: Connection,
  name: string,
  not: boolean,
): Promise<Rule[] | Missing> {
  const hosts = await visit.product.roster.hosts(connection);
  const slackUser = slackUserIn(name);
  const one = slackUser ? await hostBehind(visit, slackUser, hosts) : hostNamed(name, hosts);
  if (one) return [{ key: 'host', not, ...one }];
  // Of an account that sees itself alone, others may be hosts beside it: the name decides then.
  if (hosts.length < 2 && !slackUser)
    return [{ key: 'host', not, uri: null, email: name.includes('@') ? name.toLowerCase() : null, name }];
  const offers = nearest(slackUser ? '' : name, hosts, (host) => `${host.name} ${host.email ?? ''}`);
  return {
    key: 'host',
    name,
    offers: offers.map(({ name: label, email, uri }) => ({
      label: email && email !== label ? `${label} (${email})` : label,
      typed: email ?? uri,
    })),
  };
}

/** By address, name, or what stands before the @ of the address; only where that is one person. */
function hostNamed(typed: string, hosts: readonly Member[]): Member | null {
  const wanted = fold(typed);
  const tests: ((host: Member) => boolean)[] = [
    (host) => host.uri === typed || host.email?.toLowerCase() === wanted,
    (host) => fold(host.name) === wanted,
    (host) => plainName(host.name) === plainName(typed),
    (host) => host.email?.toLowerCase().split('@', 1)[0] === wanted,
  ];
  for (const is of tests) {
    const found = hosts.filter(is);
    if (found.length > 0) return found.length === 1 ? (found[0] ?? null) : null;
  }
  return null;
}

/** Whom a mention means at Calendly: as an admin has said, as they connected an account themselves, or by their address in Slack. */
async function hostBehind(visit: Asking, user: string, hosts: readonly Member[]): Promise<Member | null> {
  const { product, workspace } = visit;
  const { pairs } = await product.people.pairs(workspace.id, MOST_PAIRS);
  const said = pairs.filter((pair) => pair.userId === user).map((pair) => pair.address?.toLowerCase());
  const bySaid = hosts.find((host) => said.includes(host.email?.toLowerCase()));
  if (bySaid) return bySaid;
  const accounts = await product.connections.connections(workspace.id);
  const own = accounts.filter((each) => each.connectedBy === user && each.standIn === null).map((each) => each.userUri);
  const { email } = await visit.slack.person(user);
  const byAddress =
    email === null ? undefined : hosts.find((host) => host.email?.toLowerCase() === email.toLowerCase());
  if (byAddress) return byAddress;
  const [mine, ...others] = hosts.filter((host) => own.includes(host.uri));
  return mine && others.length === 0 ? mine : null;
}

const MOST_PAIRS = 1_000;

async function findGroup(visit: Asking, connection: Connection, name: string, not: boolean): Promise<Rule[] | Missing> {
  const groups = await visit.product.roster.groups(connection);
  const exact = groups.filter((group) => group.uri === name || fold(group.name) === fold(name));
  const found = exact.length > 0 ? exact : groups.filter((group) => plainName(group.name) === plainName(name));
  const [group] = found;
  if (!group)
    return {
      key: 'group',
      name,
      offers: nearest(name, groups, (each) => each.name).map((each) => ({ label: each.name, typed: each.uri })),
    };
  const members = await visit.product.roster.groupMembers(connection, group.uri);
  return [{ key: 'group', not, uri: group.uri, name: group.name, members }];
}
