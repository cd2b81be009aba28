// The meetings of some days, as Calendly has them now, each with those who booked it; whom we know already is not asked for again.

import { type BookingState, meetingIn } from '../booking/booking.ts';
import type { Invitee, Meeting } from '../booking/change.ts';
import type { Connection } from './connection.ts';
import type { KnownBooking } from './differences.ts';
import type { ListedMeeting, Lists } from './lists.ts';

export interface Upcoming {
  connectionId: string;
  meeting: Meeting;
  invitees: Invitee[];
}

export interface UpcomingDeps {
  lists: Pick<Lists, 'meetings' | 'invitees'>;
  known(installationId: string, meetingUris: string[]): Promise<Map<string, KnownBooking>>;
}

/** More than these are counted, and not told one by one. */
const mostMeetings = 60;
const mostPages = 3;
const atOnce = 8;

/** By start. Throws Refusal or Outage, as Calendly's lists do. `wants`: of what the list itself says. `more`: so many could not be looked at. */
export function upcoming({ lists, known }: UpcomingDeps) {
  return async (
    connection: Connection,
    { from, to, wants }: { from: number; to: number; wants?: (meeting: Meeting) => boolean },
  ): Promise<{ meetings: Upcoming[]; more: number }> => {
    const account = { ...connection, userUri: connection.standIn?.userUri ?? connection.userUri };
    const listed: ListedMeeting[] = [];
    let pageToken: string | null = null;
    for (let page = 0; page < mostPages; page += 1) {
      // Calendly counts the end in.
      const answer = await lists.meetings(account, { from, to: to - 1, pageToken });
      listed.push(...answer.meetings.filter(({ meeting }) => meeting.active && (wants?.(meeting) ?? true)));
      pageToken = answer.next;
      if (pageToken === null) break;
    }
    const told = listed.slice(0, mostMeetings);
    const ours = await known(
      connection.installationId,
      told.map(({ meeting }) => meeting.uri),
    );
    const meetings: Upcoming[] = [];
    const left = [...told];
    const worker = async () => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        const remembered = whoIn(ours.get(one.meeting.uri)?.state, one.meeting);
        const invitees = remembered ?? (await lists.invitees(account, one))?.found.map(({ invitee }) => invitee) ?? [];
        const present = invitees.filter(({ active }) => active).map((each) => ({ ...each, meeting: one.meeting }));
        meetings.push({ connectionId: connection.id, meeting: one.meeting, invitees: present });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return {
      meetings: meetings.sort((a, b) => a.meeting.startsAt - b.meeting.startsAt),
      more: listed.length - told.length + (pageToken === null ? 0 : 1),
    };
  };
}

/** Null where we do not know all of them. Of those in a group, answers are not kept: filters may ask for them. */
function whoIn(state: BookingState | undefined, { uri, seats }: Meeting): Invitee[] | null {
  if (!state || (seats && seats.limit > 1)) return null;
  const here = meetingIn(state, uri)?.facts.map(({ invitee }) => invitee) ?? [];
  return here.some(({ active }) => active) ? here : null;
}
