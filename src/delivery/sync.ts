// What must be written to bring one delivery up to date: post, edit, reply, take away, wait, or nothing (pure).

import { hash } from 'node:crypto';
import { type BookingState, view } from '../booking/booking.ts';
import { type Kind, type Subscription, threadMode } from '../subscription/subscription.ts';
import { cardOf, type Look } from './card.ts';
import type { Content, Earlier, Reply } from './content.ts';
import { replyOf } from './reply.ts';

/** One delivery with all it speaks of. */
export interface Item {
  id: string;
  kind: 'card' | 'reply' | 'notice';
  about: string | null;
  /** Where it stands in the channel already. */
  ts: string | null;
  /** What was written there last. */
  sent: Sent | null;
  booking: BookingState | null;
  subscription: Subscription | null;
  /** How it was written last, where that was not the usual. */
  look: Look | null;
  earlier: Earlier | null;
  /** For a notice or a sample: what it says. */
  content: Content | null;
  /** For a reply: the card it belongs under. */
  thread: { ts: string | null; state: string; dueInMs: number } | null;
}

/** What a message said, and how it looks by the messenger's own mark. */
export interface Sent {
  hash: string;
  seen: string | null;
}

/** As one word, for whoever keeps it. */
export const sentWord = ({ hash, seen }: Sent): string => (seen ? `${hash}.${seen}` : hash);

export function readSent(word: string | null): Sent | null {
  if (word === null) return null;
  const [hash = '', seen = null] = word.split('.');
  return { hash, seen };
}

export type Step =
  | { do: 'write'; op: 'post' | 'edit' | 'delete'; content: Content; threadTs: string | null; hash: string }
  /** The channel already shows just this. */
  | { do: 'nothing' }
  /** Its card is not there yet; look again in this many milliseconds. */
  | { do: 'wait'; ms: number }
  | { do: 'suppress'; reason: string };

/** Why a card, or a line, is left out once nobody follows it any more. */
export const unsubscribed = 'unsubscribed before it could be shown';
export const untold = 'unsubscribed before it could be told';
export const hasItsOwnCard = 'it has a card of its own';
/** Whoever subscribes again by Undo gets what was left out for one of these. */
export const leftOutFor = [unsubscribed, untold, itsCardIs('suppressed')];

/** What a message is about once it is to be taken away: its card is not the only one, or somebody in it asked to be forgotten. */
export const doubled = 'doubled';
export const erased = 'erased';

export function nextStep(item: Item): Step {
  if (item.about === doubled || item.about === erased) {
    return item.ts
      ? { do: 'write', op: 'delete', content: { kind: 'notice', text: '' }, threadTs: null, hash: 'gone' }
      : {
          do: 'suppress',
          reason:
            item.about === erased
              ? 'somebody in it asked to be forgotten'
              : 'the booking has another card in this channel',
        };
  }
  if (item.kind === 'reply') return replyStep(item);
  // Taken back while it was on its way.
  if (item.content?.kind === 'notice' && item.content.text === '')
    return item.ts ? { do: 'nothing' } : { do: 'suppress', reason: 'it was put right before this could be said' };
  if (item.content) return cardStep(item, item.content);
  if (!item.booking) return { do: 'suppress', reason: 'the booking is gone' };
  if (!item.subscription && !item.ts) return { do: 'suppress', reason: unsubscribed };
  const { id: ref, subscription, look, earlier } = item;
  const card = cardOf(view(item.booking), { subscription, look, ref, earlier });
  return card ? cardStep(item, { kind: 'card', card }) : { do: 'suppress', reason: 'nothing to show' };
}

function cardStep(item: Item, content: Content): Step {
  const hash = hashOf(content);
  if (item.ts && item.sent?.hash === hash) return { do: 'nothing' };
  return { do: 'write', op: item.ts ? 'edit' : 'post', content, threadTs: null, hash };
}

function replyStep(item: Item): Step {
  if (item.ts) return { do: 'nothing' };
  if (!item.thread) return { do: 'suppress', reason: 'its card is gone' };
  if (!item.thread.ts) {
    return item.thread.state === 'due' || item.thread.state === 'sending'
      ? { do: 'wait', ms: 1_000 }
      : { do: 'suppress', reason: itsCardIs(item.thread.state) };
  }
  // The card's own edit first, so that the thread never runs ahead of it.
  if (item.thread.state === 'due') return { do: 'wait', ms: Math.max(1, item.thread.dueInMs + 1) };
  // Whoever has ended a subscription has ended its threads as well.
  if (!item.subscription) return { do: 'suppress', reason: untold };
  const reply = item.booking && item.about ? replyOf(view(item.booking), item.about, item.subscription) : null;
  if (!reply) return { do: 'suppress', reason: 'overtaken by a later change' };
  const kind = kindsTold[reply.kind];
  const mode = kind ? threadMode(item.subscription.options, kind) : 'on';
  if (mode === 'off') return { do: 'suppress', reason: 'this channel has no threads for it' };
  const content: Content = { kind: 'reply', reply, broadcast: mode === 'broadcast' };
  return { do: 'write', op: 'post', content, threadTs: item.thread.ts, hash: hashOf(reply) };
}

function itsCardIs(state: string): string {
  return `its card is ${state}`;
}

/** By which kind's thread a line goes; null for those made of several, which have asked already. */
const kindsTold: Record<Reply['kind'], Kind | null> = {
  moved: 'rescheduled',
  canceled: 'canceled',
  noshow: 'noshow',
  noshow_undone: 'noshow',
  guests: null,
  answers: null,
};

const hashOf = (content: unknown) => hash('sha256', JSON.stringify(content), 'base64url').slice(0, 16);
