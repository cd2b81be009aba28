// The event types a connection can see, for menus and for what people type; asked of Calendly at most once a minute.

import type { Clock } from '../clock.ts';
import type { Calendly, Connection, EventType } from './connection.ts';
import { within } from './history.ts';
import type { ListedMeeting, Lists } from './lists.ts';

const freshForMs = 60_000;
const mostConnections = 100;
const day = 24 * 3_600_000;
/** Somebody waits for the menu: of a group’s meetings, the pages read in this time. */
const mostPages = 3;
const patience = 1_500;

/**
 * Answers the active event types by name: of the organization where the connection reaches that far, else of its user; of a group, its user's and those
 * of the group's meetings lately and soon.
 * Askers at the same time share one call; a failure is thrown to all of them and not remembered. Throws what Calendly throws.
 */
export function eventTypes(deps: {
  calendly: Pick<Calendly, 'eventTypes'>;
  lists: Pick<Lists, 'meetings'>;
  clock: Clock;
}): (connection: Connection) => Promise<EventType[]> {
  const known = new Map<string, { at: number; types: Promise<EventType[]> }>();

  return async (connection) => {
    // The token is part of the question: a new one may see more.
    const { installationId, id, scope, group, token } = connection;
    const key = `${installationId} ${id} ${scope} ${group?.uri} ${token}`;
    const hit = known.get(key);
    if (hit !== undefined && deps.clock.now() - hit.at < freshForMs) return await hit.types;
    const entry = { at: deps.clock.now(), types: ask(deps, connection) };
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

type Deps = Parameters<typeof eventTypes>[0];

async function ask(deps: Deps, connection: Connection): Promise<EventType[]> {
  const { token, scope, organizationUri, userUri, role } = connection;
  // Whoever leads a group may not list the event types of those in it; an owner or admin may.
  const ofAll = scope === 'organization' || (scope === 'group' && role !== 'user');
  const types = await deps.calendly.eventTypes(token, ofAll ? { organization: organizationUri } : { user: userUri });
  const more = scope === 'group' && !ofAll ? await ofMeetings(deps, connection) : [];
  return [...types, ...more.filter(({ uri }) => !types.some((type) => type.uri === uri))]
    .filter((type) => type.active)
    .sort((a, b) => inOrder.compare(a.name, b.name) || inOrder.compare(a.uri, b.uri));
}

/** As far as its meetings tell; nothing where Calendly does not answer in time. */
async function ofMeetings({ lists, clock }: Deps, connection: Connection): Promise<EventType[]> {
  const end = clock.now() + patience;
  const listed: ListedMeeting[] = [];
  let pageToken: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const query: Parameters<Lists['meetings']>[1] = {
      from: clock.now() - 30 * day,
      to: clock.now() + 60 * day,
      pageToken,
    };
    const answer: Awaited<ReturnType<Lists['meetings']>> | null = await within(
      end - clock.now(),
      lists.meetings(connection, query),
    );
    listed.push(...(answer?.meetings ?? []));
    pageToken = answer?.next ?? null;
    if (pageToken === null) break;
  }
  const found = new Map<string, EventType>();
  for (const { meeting } of listed) {
    const { eventType: uri, name, hosts } = meeting;
    if (uri === null || name === null) continue;
    const owner = hosts.length === 1 ? (hosts[0]?.name ?? null) : null;
    found.set(uri, { uri, name, active: true, schedulingUrl: null, slug: null, owner });
  }
  return [...found.values()];
}

const inOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
