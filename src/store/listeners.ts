// The subscriptions of a connection, remembered between folds: every change asks for all of them, and they seldom differ from the last time.

import type { Subscription } from '../subscription/subscription.ts';
import type { Db } from './database.ts';
import { statement, statementOfMany } from './statement.ts';
import { toSubscription } from './subscription-rows.ts';

/** Subscriptions remembered at most, of all connections together. */
const atMost = 20_000;

/** Answers all subscriptions of the named connections, in the order of their ids. Nobody may change what it answers. */
export function listeners(): (
  tx: Db,
  installationId: string,
  connections: readonly string[],
) => Promise<Subscription[]> {
  const known = new Map<string, { revision: number; subscriptions: Subscription[] }>();
  let held = 0;

  function remember(key: string, revision: number, subscriptions: Subscription[]): void {
    held += subscriptions.length - (known.get(key)?.subscriptions.length ?? 0);
    if (held > atMost) {
      known.clear();
      held = subscriptions.length;
    }
    known.set(key, { revision, subscriptions });
  }

  return async (tx, installationId, connections) => {
    if (connections.length === 0) return [];
    const found: Subscription[] = [];
    // The database itself numbers every change of a connection's subscriptions: another process's changes are seen as well.
    const revisions = await revisionsOf(
      tx,
      connections.map((id) => ({ installationId, id })),
    );
    for (const { id, revision } of revisions) {
      const key = `${installationId} ${id}`;
      if (known.get(key)?.revision !== revision)
        remember(key, revision, (await subscriptionsOf(tx, { installationId, id })).map(toSubscription));
      found.push(...known.get(key)!.subscriptions);
    }
    return found;
  };
}

type Name = { installationId: string; id: string };

const revisionsOf = statementOfMany((db, connections: Name[]) =>
  db
    .selectFrom('connection')
    .select(['id', 'revision'])
    .where('installation_id', '=', connections[0]!.installationId)
    .where(
      'id',
      'in',
      connections.map((each) => each.id),
    ),
);

const subscriptionsOf = statement((db, { installationId, id }: Name) =>
  db
    .selectFrom('subscription')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('connection_id', '=', id)
    .orderBy('id'),
);
