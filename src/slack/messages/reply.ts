// Says one step of a booking's history in its card's thread: what, by whom, from when to when, and why (pure).

import type { Reply, Span } from '../../delivery/content.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { answersInFull } from './full-answers.ts';
import { joined, placeChange } from './parts.ts';
import { dateToken, duration, SHORT_DATE, safeMrkdwn, span } from './text.ts';

/** Names of those who came or went, by name up to this many. */
const NAMED = 10;

/**
 * It goes out as text alone: nobody's words can format in it, and with `parse: none` no bare link or name comes alive. `broadcast`: it is read in the
 * channel too, away from its card, so it names the meeting.
 */
export function renderReply(reply: Reply, broadcast = false): { text: string } {
  const t = textsFor(reply.language);
  if (reply.kind === 'answers') return { text: answersInFull(safeMrkdwn(reply.who, 100), reply.answers, t) };
  const reason = safeMrkdwn(reply.reason ?? '', 300);
  const about = broadcast ? `*${safeMrkdwn(reply.title, 100) || t.card.meeting}*` : '';
  const place = reply.place ? placeChange(reply.place, t) : '';
  return { text: joined([deed(reply, reply.kind, t), place, about, reason && t.card.quoted(reason)]) };
}

function deed(reply: Reply, kind: Exclude<Reply['kind'], 'answers'>, t: Texts): string {
  const by = byWords(reply, t);
  switch (kind) {
    case 'moved': {
      const times = moveWords(reply, t);
      // No colon of ours right behind a stranger's name: the two could make an emoji.
      return `${t.thread.moved(by)}${times && `${reply.byType ? ':' : ' ·'} ${times}`}`;
    }
    case 'canceled': {
      const { before } = reply;
      if (before === null) return t.thread.canceled(by);
      const long = duration(before, t);
      return before >= 0 ? t.thread.canceledBefore(long, by) : t.thread.canceledAfter(long, by);
    }
    case 'noshow':
      return t.thread.noShow(whoOf(reply, t), by);
    case 'noshow_undone':
      return t.thread.noShowUndone(whoOf(reply, t), by);
    case 'guests': {
      const changes = joined([came(reply.joined, t.thread.joined, t), came(reply.left, t.thread.left, t)]);
      return `👥 ${changes || t.thread.sameGuests}`;
    }
  }
}

const whoOf = (reply: Reply, t: Texts) => safeMrkdwn(reply.who, 100) || t.thread.theInvitee;

function byWords(reply: Reply, t: Texts): string {
  const by = safeMrkdwn(reply.by ?? (reply.byType === 'invitee' ? reply.who : ''), 100);
  if (by) return t.thread.by(by, reply.byType);
  return reply.byType ? t.thread.byRole(reply.byType) : '';
}

/** `3 joined: Ada, Bo, Cy`. */
function came(all: readonly string[], words: (count: number, names: string) => string, t: Texts): string {
  if (all.length === 0) return '';
  const shown = all.slice(0, NAMED).map((name) => safeMrkdwn(name, 60) || t.card.somebody);
  const more = all.length - shown.length;
  return words(all.length, `${shown.join(', ')}${more > 0 ? `, ${t.thread.more(more)}` : ''}`);
}

function moveWords({ was, now }: Reply, t: Texts): string {
  const old = was ? `~${short(was, t)}~` : '';
  const next = now ? `*${span(now.startsAt, now.endsAt, null, undefined, t)}*` : '';
  if (old && next) return `${old} → ${next}`;
  return next || (old && `${old} → ${t.card.newTimeToFollow}`);
}

const short = (time: Span, t: Texts) => dateToken(time.startsAt, SHORT_DATE, null, t);
