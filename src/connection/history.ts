// What was booked lately, for trying a subscription on it: from our own memory where it goes back far enough, else from Calendly.

import { type BookingState, view } from '../booking/booking.ts';
import type { Invitee } from '../booking/change.ts';
import { type Happened, happenedIn, happenedTo } from '../booking/happened.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { History, Past } from '../subscription/preview.ts';
import type { Connection } from './connection.ts';
import type { ListedMeeting, Lists, Page } from './lists.ts';

export interface HistoryDeps {
  /** The newest bookings of a connection that were first heard of since then; what cannot be read is left out. */
  recent(connection: Pick<Connection, 'installationId' | 'id'>, since: number, most: number): Promise<BookingState[]>;
  /** Somebody waits for what they answer. */
  lists: Lists;
  clock: Clock;
  log: Pick<Logger, 'info'>;
  keptDays: number;
}

const day = 24 * 3_600_000;
const DAYS = 30;
const MOST_KEPT = 3_000;
/** Somebody waits: what Calendly has not answered by then is left out. Milliseconds. */
const patience = 1_500;
const MOST_PAGES = 3;
const MOST_ASKED = 30;
/** Meetings are listed by when they begin: few are booked longer ahead. */
const AHEAD = 120 * day;

/** `withInvitees`: those who booked have to be known, which costs a call for each. Never throws. */
export function histories(deps: HistoryDeps): (connection: Connection, withInvitees: boolean) => Promise<History> {
  const { clock, log } = deps;

  async function kept(connection: Connection, since: number): Promise<Past[]> {
    const states = await deps.recent(connection, since, MOST_KEPT);
    return states.map(pastOf).filter((past) => past !== null && past.bookedAt >= since) as Past[];
  }

  /** The newest first; ends where the time is over. */
  async function asked(connection: Connection, since: number, withInvitees: boolean): Promise<Omit<History, 'days'>> {
    const end = clock.now() + patience;
    const left = () => end - clock.now();
    const listed: ListedMeeting[] = [];
    let pageToken: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query: Parameters<Lists['meetings']>[1] = { from: since, to: clock.now() + AHEAD, pageToken };
      const answer: Page | null = await within(left(), deps.lists.meetings(connection, query));
      if (answer === null) return { bookings: [], isPart: true };
      listed.push(...answer.meetings);
      pageToken = answer.next;
      if (pageToken === null) break;
    }
    let isPart = pageToken !== null;
    const booked = listed
      .filter(({ createdAt }) => (createdAt ?? 0) >= since)
      .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
    if (!withInvitees) return { bookings: booked.map(pastOfListed), isPart };
    const some = booked.slice(0, MOST_ASKED);
    const found = await Promise.all(
      some.map(async (each) => {
        const answer = await within(left(), deps.lists.invitees(connection, each));
        return answer?.found.map(({ invitee }) => pastWith(each, invitee)) ?? null;
      }),
    );
    isPart ||= some.length < booked.length || found.includes(null);
    return { bookings: found.flatMap((each) => each ?? []), isPart };
  }

  return async (connection, withInvitees) => {
    const now = clock.now();
    const days = Math.min(DAYS, deps.keptDays);
    if (now - connection.createdAt >= days * day)
      return { days, bookings: await kept(connection, now - days * day), isPart: false };
    try {
      const answer = await asked(connection, now - DAYS * day, withInvitees);
      if (answer.bookings.length > 0 || !answer.isPart) return { days: DAYS, ...answer };
    } catch (error) {
      log.info({ err: error, connection: connection.id }, 'Calendly did not tell what was booked lately');
    }
    const since = connection.createdAt;
    return { days: Math.max(1, Math.ceil((now - since) / day)), bookings: await kept(connection, since), isPart: true };
  };
}

function pastOf(state: BookingState): Past | null {
  const { head, form, moves } = view(state);
  const happened = happenedIn(state);
  if (!head) return form ? { bookedAt: form.createdAt, startsAt: null, title: null, who: null, happened } : null;
  const first = moves.find((move) => move.from !== null)?.from ?? head;
  const { name: title, startsAt } = head.meeting;
  return { bookedAt: first.createdAt, startsAt, title, who: head.name, happened };
}

function pastOfListed(listed: ListedMeeting): Past {
  const { meeting, createdAt, canceledAt } = listed;
  const bookedAt = createdAt ?? 0;
  const invitee: Invitee = {
    ...nobody,
    uri: meeting.uri,
    createdAt: bookedAt,
    active: canceledAt === null && meeting.active,
    meeting,
  };
  return { bookedAt, startsAt: meeting.startsAt, title: meeting.name, who: null, happened: happenedTo(invitee, false) };
}

function pastWith({ meeting }: ListedMeeting, invitee: Invitee): Past {
  const happened: Happened[] = happenedTo(invitee, invitee.noShow !== null);
  return { bookedAt: invitee.createdAt, startsAt: meeting.startsAt, title: meeting.name, who: invitee.name, happened };
}

/** Of a meeting in the list, its invitee is not known; nobody asks for them then. */
const nobody: Omit<Invitee, 'uri' | 'createdAt' | 'active' | 'meeting'> = {
  name: '',
  email: null,
  timezone: null,
  updatedAt: 0,
  answers: [],
  tracking: {},
  rescheduled: false,
  oldInvitee: null,
  newInvitee: null,
  cancellation: null,
  noShow: null,
  payment: null,
  scheduledBy: null,
  formSubmission: null,
};

/** Null where the time was over first; the work goes on by itself, and its failure is nobody's then. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  const { promise: over, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, Math.max(0, ms), null);
  work.catch(() => {});
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
