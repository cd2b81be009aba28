// The lines of a card's thread, each told once when it happened (pure).

import type { Booking, Guest } from '../booking/booking.ts';
import { defaultOptions, type Kind, type Subscription, threadMode } from '../subscription/subscription.ts';
import { textsFor } from '../texts/index.ts';
import { answersOf, changeOfPlace, spanOf } from './card.ts';
import type { Reply } from './content.ts';
import { confinedReply } from './privacy.ts';

/** What the line of a thread tells, without what `options` keep private; null when there is nothing to tell (any more). `about` as in plan.ts. */
export function replyOf(
  booking: Booking,
  about: string,
  subscription: Pick<Subscription, 'kinds' | 'options'> | null,
): Reply | null {
  const reply = fullReply(booking, about, subscription);
  return reply && confinedReply(reply, subscription?.options.privacy ?? defaultOptions.privacy);
}

function fullReply(
  booking: Booking,
  about: string,
  subscription: Pick<Subscription, 'kinds' | 'options'> | null,
): Reply | null {
  const [kind, uri] = about.split(' ');
  const { head, guests } = booking;
  if (!head || !uri) return null;
  const language = subscription?.options.language;
  const t = textsFor(language);
  const base = {
    ...(language ? { language } : {}),
    title: head.meeting.name ?? t.card.meeting,
    who: guests?.find((guest) => guest.invitee.uri === uri)?.invitee.name ?? head.name,
    by: null,
    byType: null,
    reason: null,
    was: null,
    now: null,
    before: null,
    joined: [],
    left: [],
    answers: [],
  };
  switch (kind) {
    case 'moved': {
      const move = booking.moves.find((m) => m.to.uri === uri);
      if (!move) return null;
      const byHost = move.to.scheduledBy ? 'host' : null;
      const place = move.from && changeOfPlace(move.from.meeting, move.to.meeting, t);
      const isElsewhen = move.from?.meeting.startsAt !== move.to.meeting.startsAt;
      return {
        ...base,
        kind,
        by: move.by?.by ?? null,
        byType: move.by?.byType ?? byHost,
        reason: move.by?.reason ?? null,
        was: move.from && isElsewhen ? spanOf(move.from) : null,
        now: spanOf(move.to),
        ...(place ? { place } : {}),
      };
    }
    case 'canceled': {
      const done = head.cancellation;
      if (uri !== (guests ? head.meeting.uri : head.uri)) return null;
      return {
        ...base,
        kind,
        by: done?.by ?? null,
        byType: done?.byType ?? null,
        reason: done?.reason ?? null,
        was: spanOf(head),
        before: done?.at == null ? null : head.meeting.startsAt - done.at,
      };
    }
    case 'noshow':
    case 'noshow_undone':
      return { ...base, kind, was: spanOf(head) };
    case 'answers':
      return { ...base, kind, answers: answersOf(booking, head) };
    case 'guests': {
      const coming = comings(guests ?? [], Number(uri), subscription);
      return coming.joined.length + coming.left.length > 0 ? { ...base, ...coming, kind } : null;
    }
    default:
      return null;
  }
}

/** Who comes and goes is told together, at most once in this time; milliseconds. */
export const guestsWindow = 60_000;

/** Those we heard of in the time that begins at `from`. The first guest is told by the card itself. */
function comings(
  guests: Guest[],
  from: number,
  subscription: Pick<Subscription, 'kinds' | 'options'> | null,
): Pick<Reply, 'joined' | 'left'> {
  const isNow = (at: number | null) => at !== null && at >= from && at < from + guestsWindow;
  const tells = (kind: Kind) => subscription?.kinds.includes(kind) && threadMode(subscription.options, kind) !== 'off';
  const names = (some: Guest[]) => some.map(({ invitee }) => invitee.name);
  return {
    joined: names(
      guests
        .slice(1)
        .filter((guest) => isNow(guest.heardAt) && tells(guest.invitee.oldInvitee ? 'rescheduled' : 'booked')),
    ),
    left: names(
      guests.filter(
        (guest) =>
          guest.state !== 'in' && isNow(guest.goneAt) && tells(guest.state === 'moved' ? 'rescheduled' : 'canceled'),
      ),
    ),
  };
}
