// The states of a connection as the channel of the admins is told them: what, since when, what is lost, what I did, what a person can do (pure).

import { foundInWords } from './caught-up.ts';
import type { Connection, News } from './connection.ts';
import { nameOf } from './hook.ts';
import { type Blind, type Found, foundAny } from './look.ts';

const untilThen = 'Nothing as long as its hook works; but I cannot see to that hook now.';
const everyCheck = 'I try again at every check.';

export const tokenBack = (connection: Connection): News => ({
  how: 'well',
  what: `Calendly accepts the access of ${nameOf(connection)} again.`,
  since: null,
  lost: 'Nothing that Calendly still lists: I look for what came meanwhile.',
  did: 'I see to its hook again.',
  cure: null,
});

export const tokenDead = (connection: Connection, now: number, cure: string): News => ({
  how: 'broken',
  what: `Calendly no longer accepts the access of ${nameOf(connection)}.`,
  since: connection.troubleSince ?? now,
  lost: untilThen,
  did: everyCheck,
  cure,
});

export const refused = (connection: Connection, now: number, cure: string): News => ({
  how: 'broken',
  what: `Calendly does not let me check ${nameOf(connection)}.`,
  since: connection.troubleSince ?? now,
  lost: untilThen,
  did: everyCheck,
  cure,
});

export const retrying = (connection: Connection, host: string, since: number, cure: string): News => ({
  how: 'shaky',
  what: `Calendly has trouble reaching ${host} for ${nameOf(connection)}.`,
  since,
  lost: 'Nothing yet: Calendly tries for 24 hours, and I read its list meanwhile.',
  did: 'I tried the way in myself.',
  cure,
});

export const recovered = (connection: Connection): News => ({
  how: 'well',
  what: `Calendly reaches me again for ${nameOf(connection)}.`,
  since: null,
  lost: 'Nothing that Calendly still lists: I look for what came meanwhile.',
  did: 'The hook stays as it is.',
  cure: null,
});

/** `since`: from when on the old one may have told nothing; null where there was none. `cause`: why the new one may not help. */
export const replaced = (
  connection: Connection,
  trouble: string,
  since: number | null,
  cause: string | null,
): News => ({
  how: cause === null ? 'well' : 'shaky',
  what: `${nameOf(connection)}: ${trouble}`,
  since,
  lost: since === null ? 'Nothing.' : 'Nothing that Calendly still lists: I look for what came meanwhile.',
  did: 'I registered a new hook.',
  cure: cause,
});

export const notReplaced = (connection: Connection, now: number, trouble: string, cure: string): News => ({
  how: 'broken',
  what: `${nameOf(connection)}: ${trouble}`,
  since: connection.troubleSince ?? now,
  lost: 'Nothing for good: until a hook works I find bookings in Calendly’s list, up to an hour late.',
  did: 'I could not register a new hook, and try again at every check.',
  cure,
});

export const stillBroken = (connection: Connection, since: number, days: number, sentence: string): News => ({
  how: 'broken',
  what: `${nameOf(connection)} does not work as it should, for ${days === 1 ? 'a day' : `${days} days`} now.`,
  since,
  lost: 'Perhaps what no working hook has told.',
  did: everyCheck,
  cure: sentence,
});

export const closedGap = (connection: Connection, blind: Blind, found: Found, unread: number): News => ({
  how: 'well',
  what: `${nameOf(connection)}: the gap is closed.`,
  since: blind.from,
  lost: unread > 0 ? `${unread} that I could not read; please look at those in Calendly.` : 'Nothing.',
  did: foundAny(found)
    ? `I caught up: ${foundInWords(found)}.`
    : 'I compared the list at Calendly: nothing was missed.',
  cure: null,
});

export const noList = (connection: Connection, now: number, cure: string): News => ({
  how: 'broken',
  what: `Calendly does not let me read the list of ${nameOf(connection)}.`,
  since: now,
  lost: 'What its hook does not tell; I cannot look for that now.',
  did: 'I try again every quarter of an hour.',
  cure,
});
