// A booking that no word of has reached us: is it at Calendly at all?

import type { Invitee } from '../booking/change.ts';
import type { Clock } from '../clock.ts';
import type { AskedAbout } from '../subscription/asked-about.ts';
import type { Connection } from './connection.ts';
import { within } from './history.ts';
import type { ListedMeeting, Lists } from './lists.ts';

const day = 24 * 3_600_000;
/** Somebody waits; milliseconds. */
const patience = 1_500;
const MOST = 2;

/** Those of it that Calendly shows to this account; null where it did not answer in time. Throws Refusal and Outage. */
export function elsewhere({
  lists,
  clock,
}: {
  lists: Lists;
  clock: Clock;
}): (connection: Connection, asked: AskedAbout) => Promise<Invitee[] | null> {
  async function meetings(connection: Connection, asked: AskedAbout): Promise<ListedMeeting[]> {
    if (asked.by === 'message') return [];
    if (asked.by === 'email') {
      const [from, to] = [clock.now() - 90 * day, clock.now() + 365 * day];
      const page = await lists.meetings(connection, { from, to, pageToken: null, email: asked.email });
      return [...page.meetings].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)).slice(0, MOST);
    }
    const found = await Promise.all(
      asked.ids.map((id) => lists.meeting(connection, `https://api.calendly.com/scheduled_events/${id}`)),
    );
    return found.filter((each) => each !== null).slice(0, MOST);
  }

  return (connection, asked) =>
    within(
      patience,
      (async () => {
        const listed = await meetings(connection, asked);
        const found = await Promise.all(listed.map((each) => lists.invitees(connection, each)));
        const invitees = found.flatMap((each) => each?.found.map(({ invitee }) => invitee) ?? []);
        return asked.by === 'email'
          ? invitees.filter((each) => each.email?.toLowerCase() === asked.email)
          : invitees.slice(0, MOST);
      })(),
    );
}
