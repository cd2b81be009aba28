// Who is in a group changes at Calendly without a word to us: with each check, filters that name groups learn who is in them now.

import type { Logger } from '../log.ts';
import type { Filter, Rule } from '../subscription/subscription.ts';
import type { SubscriptionStore } from '../subscription/subscriptions.ts';
import type { Connection } from './connection.ts';
import type { Rosters } from './roster.ts';

interface GroupsDeps {
  calendly: Pick<Rosters, 'groupMembers'>;
  subscriptions: Pick<SubscriptionStore, 'allSubscriptions' | 'updateSubscription'>;
  log: Pick<Logger, 'warn'>;
}

type GroupRule = Extract<Rule, { key: 'group' }>;

/** Never throws: what could not be read stays as it was, until the next check. */
export async function renewGroups(
  { calendly, subscriptions, log }: GroupsDeps,
  installationId: string,
  connections: readonly Connection[],
): Promise<void> {
  try {
    const naming = (await subscriptions.allSubscriptions(installationId)).filter(
      ({ filter }) => groupsIn(filter).length > 0,
    );
    const now = new Map<string, Promise<string[]>>();
    for (const { id, connectionId, filter } of naming) {
      const connection = connections.find((each) => each.id === connectionId && each.state === 'active');
      if (!connection) continue;
      const { token, organizationUri: organization } = connection;
      const members = new Map<string, string[]>();
      for (const { uri: group } of groupsIn(filter)) {
        const ask = async () => (await calendly.groupMembers(token, { organization, group })).map(({ uri }) => uri);
        members.set(group, await now.getOrInsertComputed(`${connectionId} ${group}`, ask));
      }
      const renewed = withMembers(filter, members);
      if (renewed) await subscriptions.updateSubscription(installationId, id, { filter: renewed });
    }
  } catch (error) {
    log.warn({ err: error }, 'who is in a group could not be read; the next check tries again');
  }
}

const groupsIn = ({ rules = [] }: Filter): GroupRule[] => rules.filter((rule) => rule.key === 'group');

/** Null where nobody came or went. */
function withMembers(filter: Filter, members: ReadonlyMap<string, string[]>): Filter | null {
  const differs = groupsIn(filter).some(({ uri, members: before }) => {
    const after = new Set(members.get(uri));
    return after.size !== before.length || before.some((each) => !after.has(each));
  });
  if (!differs) return null;
  const rules = (filter.rules ?? []).map((rule) =>
    rule.key === 'group' ? { ...rule, members: members.get(rule.uri) ?? rule.members } : rule,
  );
  return { ...filter, rules };
}
