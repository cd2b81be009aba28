// The event types a connection can see, for menus and for what people type; asked of Calendly at most once a minute.

import type { Clock } from '../clock.ts';
import type { Calendly, Connection, EventType } from './connection.ts';

const freshForMs = 60_000;
const mostConnections = 100;

/**
 * Answers the active event types by name: of the organization where the connection reaches that far, else of its user.
 * Askers at the same time share one call; a failure is thrown to all of them and not remembered. Throws what Calendly throws.
 */
export function eventTypes(deps: {
  calendly: Calendly;
  clock: Clock;
}): (connection: Connection) => Promise<EventType[]> {
  const known = new Map<string, { at: number; types: Promise<EventType[]> }>();

  return async (connection) => {
    // The token is part of the question: a new one may see more.
    const key = `${connection.installationId} ${connection.id} ${connection.scope} ${connection.token}`;
    const hit = known.get(key);
    if (hit !== undefined && deps.clock.now() - hit.at < freshForMs) return await hit.types;
    const entry = { at: deps.clock.now(), types: ask(deps.calendly, connection) };
    known.delete(key);
    known.set(key, entry);
    const oldest = known.keys().next();
    if (known.size > mostConnections && !oldest.done) known.delete(oldest.value);
    try {
      return await entry.types;
    } catch (error) {
      if (known.get(key) === entry) known.delete(key);
      throw error;
    }
  };
}

async function ask(calendly: Calendly, { token, scope, organizationUri, userUri }: Connection): Promise<EventType[]> {
  const types = await calendly.eventTypes(
    token,
    scope === 'organization' ? { organization: organizationUri } : { user: userUri },
  );
  return types
    .filter((type) => type.active)
    .sort((a, b) => inOrder.compare(a.name, b.name) || inOrder.compare(a.uri, b.uri));
}

const inOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
