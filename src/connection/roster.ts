// Who can host the meetings that a connection sees, and in which groups: for filters, and for what people type; asked of Calendly at most once a minute.

import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import type { Connection, Group } from './connection.ts';

export interface Member {
  uri: string;
  name: string;
  email: string | null;
}

/** What a roster needs of Calendly; every method throws Refusal or Outage. */
export interface Rosters {
  members(token: string, organization: string): Promise<Member[]>;
  groups(token: string, organization: string): Promise<Group[]>;
  /** Who is in a group. */
  groupMembers(token: string, of: { organization: string; group: string }): Promise<Member[]>;
}

export interface Roster {
  /** Whoever may be a host; only the account itself where it may not read its organization. */
  hosts(connection: Connection): Promise<Member[]>;
  groups(connection: Connection): Promise<Group[]>;
  groupMembers(connection: Connection, group: string): Promise<string[]>;
}

const hiddenCodes = new Set(['role_needed', 'scopes_missing', 'needs_groups']);
const freshForMs = 60_000;
const mostKept = 300;

export function roster(deps: { calendly: Rosters; clock: Clock }): Roster {
  const { calendly, clock } = deps;
  const known = new Map<string, { at: number; answer: Promise<unknown> }>();

  /** Askers at the same time share one call; a failure is thrown to all of them and not remembered. */
  async function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const hit = known.get(key);
    if (hit !== undefined && clock.now() - hit.at < freshForMs) return (await hit.answer) as T;
    const entry = { at: clock.now(), answer: ask() };
    known.delete(key);
    known.set(key, entry);
    const oldest = known.keys().next();
    if (known.size > mostKept && !oldest.done) known.delete(oldest.value);
    try {
      return await entry.answer;
    } catch (error) {
      if (known.get(key) === entry) known.delete(key);
      throw error;
    }
  }

  // The token is part of the question: a new one may see more.
  const keyOf = ({ installationId, id, scope, group, token }: Connection) =>
    `${installationId} ${id} ${scope} ${group?.uri} ${token}`;

  return {
    hosts(connection) {
      const { token, scope, group, organizationUri: organization, userUri, userName, userEmail } = connection;
      const itself = { uri: userUri, name: userName, email: userEmail };
      if (scope === 'user') return Promise.resolve([itself]);
      return once(`hosts ${keyOf(connection)}`, async () => {
        try {
          const found = await (group === null
            ? calendly.members(token, organization)
            : calendly.groupMembers(token, { organization, group: group.uri }));
          return found.sort((a, b) => inOrder.compare(a.name, b.name));
        } catch (error) {
          if (error instanceof Refusal && hiddenCodes.has(error.code)) return [itself];
          throw error;
        }
      });
    },
    groups: (connection) =>
      once(`groups ${keyOf(connection)}`, async () =>
        (await calendly.groups(connection.token, connection.organizationUri)).sort((a, b) =>
          inOrder.compare(a.name, b.name),
        ),
      ),
    groupMembers: (connection, group) =>
      once(`group ${group} ${keyOf(connection)}`, async () => {
        const of = { organization: connection.organizationUri, group };
        return (await calendly.groupMembers(connection.token, of)).map(({ uri }) => uri);
      }),
  };
}

const inOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
