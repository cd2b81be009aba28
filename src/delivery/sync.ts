// What must be written to bring one delivery up to date: post, edit, reply, take away, wait, or nothing (pure).

import { createHash } from 'node:crypto';
import { type BookingState, view } from '../booking/booking.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { type Content, cardOf, replyOf } from './card.ts';

/** One delivery with all it speaks of. */
export interface Item {
  kind: 'card' | 'reply' | 'notice';
  about: string | null;
  /** Where it stands in the channel already. */
  ts: string | null;
  sentHash: string | null;
  booking: BookingState | null;
  subscription: Subscription | null;
  /** For a notice or a sample: what it says. */
  content: Content | null;
  /** For a reply: the card it belongs under. */
  thread: { ts: string | null; state: string } | null;
}

export type Step =
  | { do: 'write'; op: 'post' | 'edit' | 'delete'; content: Content; threadTs: string | null; hash: string }
  /** The channel already shows just this. */
  | { do: 'nothing' }
  /** Its card is not there yet; look again in this many milliseconds. */
  | { do: 'wait'; ms: number }
  | { do: 'suppress'; reason: string };

export function nextStep(item: Item): Step {
  if (item.kind === 'reply') return replyStep(item);
  if (item.about === 'doubled') {
    return item.ts
      ? { do: 'write', op: 'delete', content: { kind: 'notice', text: '' }, threadTs: null, hash: 'gone' }
      : { do: 'suppress', reason: 'the booking has another card in this channel' };
  }
  if (item.content) return cardStep(item, item.content);
  if (!item.booking) return { do: 'suppress', reason: 'the booking is gone' };
  if (!item.subscription && !item.ts) return { do: 'suppress', reason: 'unsubscribed before it could be shown' };
  const card = cardOf(view(item.booking), item.subscription?.filter ?? null);
  return card ? cardStep(item, { kind: 'card', card }) : { do: 'suppress', reason: 'nothing to show' };
}

function cardStep(item: Item, content: Content): Step {
  const hash = hashOf(content);
  if (item.ts && item.sentHash === hash) return { do: 'nothing' };
  return { do: 'write', op: item.ts ? 'edit' : 'post', content, threadTs: null, hash };
}

function replyStep(item: Item): Step {
  if (item.ts) return { do: 'nothing' };
  if (!item.thread) return { do: 'suppress', reason: 'its card is gone' };
  if (!item.thread.ts) {
    return item.thread.state === 'due' || item.thread.state === 'sending'
      ? { do: 'wait', ms: 1_000 }
      : { do: 'suppress', reason: `its card is ${item.thread.state}` };
  }
  const reply = item.booking && item.about ? replyOf(view(item.booking), item.about) : null;
  if (!reply) return { do: 'suppress', reason: 'overtaken by a later change' };
  return { do: 'write', op: 'post', content: { kind: 'reply', reply }, threadTs: item.thread.ts, hash: hashOf(reply) };
}

const hashOf = (content: unknown) =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 16);
