// Says one step of a booking's history in its card's thread: what, by whom, from when to when, and why (pure).

import type { Reply, Span } from '../../delivery/card.ts';
import { dateToken, duration, safeMrkdwn, span } from './text.ts';

/** One line of mrkdwn. It goes out as text alone: nobody's words can format in it, and with `parse: none` no bare link or name comes alive. */
export function renderReply(reply: Reply): { text: string } {
  const reason = safeMrkdwn(reply.reason ?? '', 300);
  return { text: [deed(reply), reason && `“${reason}”`].filter((words) => words !== '').join(' · ') };
}

function deed(reply: Reply): string {
  const by = byWords(reply);
  switch (reply.kind) {
    case 'moved': {
      const times = moveWords(reply);
      // No colon of ours right behind a stranger's name: the two could make an emoji.
      return `🔁 Moved${by}${times && `${reply.byType ? ':' : ' ·'} ${times}`}`;
    }
    case 'canceled':
      return `❌ Canceled${beforeWords(reply.before)}${by}`;
    case 'noshow':
      return `👻 ${whoOf(reply)} marked as a no-show${by}`;
    case 'noshow_undone':
      return `↩️ No-show mark of ${whoOf(reply)} taken back${by}`;
  }
}

const whoOf = (reply: Reply) => safeMrkdwn(reply.who, 100) || 'the invitee';

function byWords(reply: Reply): string {
  const by = safeMrkdwn(reply.by ?? (reply.byType === 'invitee' ? reply.who : ''), 100);
  if (by) return ` by ${by}${reply.byType ? ` (${reply.byType})` : ''}`;
  return reply.byType ? ` by the ${reply.byType}` : '';
}

function beforeWords(before: number | null): string {
  if (before === null) return '';
  return before >= 0 ? ` ${duration(before)} before` : ` ${duration(before)} after its start`;
}

function moveWords({ was, now }: Reply): string {
  const old = was ? `~${short(was)}~` : '';
  const next = now ? `*${span(now.startsAt, now.endsAt)}*` : '';
  if (old && next) return `${old} → ${next}`;
  return next || (old && `${old} → new time to follow`);
}

const short = (time: Span) => dateToken(time.startsAt, '{date_short_pretty} {time}', null);
