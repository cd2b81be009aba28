// The webhooks that are sent: each a booking with a number, by which its card is known again, and a canary no log may hold.

import { makeWebhook, type WebhookKind } from '../../sandbox/calendly/payloads.ts';

/** One logical change: it may be sent many times and is kept once. */
export interface Mail {
  /** Event and invitee, as the app should tell changes apart. */
  key: string;
  /** The booking's number. */
  n: number;
  body: string;
  /** The signature's time, seconds; now by default. */
  t?: number;
  /** Another hook than the sender's. */
  to?: { path: string; signingKey: string };
}

/** Every invitee's address ends in this. */
export const canary = '@canary-invitee.example';

export interface MailMaker {
  /** Booking `n`, of the event type that channel `n mod channels` is subscribed to. */
  booked(n: number): Mail;
  canceled(n: number): Mail;
  /** A booking of this event type and no other. */
  bookedAs(n: number, type: { uri: string; name: string }): Mail;
}

export function mailMaker(o: {
  base: string;
  createdBy: string;
  types: readonly { uri: string; name: string }[];
}): MailMaker {
  const id = (n: number, kind: string) => `${kind}0000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  const createdAt = Date.now();
  const make = (kind: WebhookKind, n: number, type: { uri: string; name: string }): Mail => {
    const [eventId, inviteeId] = [id(n, 'e'), id(n, 'a')];
    const body = makeWebhook(kind, {
      base: o.base,
      createdBy: o.createdBy,
      type,
      eventId,
      inviteeId,
      name: `Guest ${n}.`,
      email: `guest.${n}${canary}`,
      createdAt,
      answers: [{ question: 'What should we cover?', answer: `Everything about number ${n}` }],
      location: { type: 'zoom', status: 'pushed', join_url: `https://acme.zoom.us/j/8${n}`, data: {} },
    });
    return { key: `${kind} ${o.base}/scheduled_events/${eventId}/invitees/${inviteeId}`, n, body };
  };
  const typeOf = (n: number) => o.types[n % o.types.length]!;
  return {
    booked: (n) => make('invitee.created', n, typeOf(n)),
    canceled: (n) => make('invitee.canceled', n, typeOf(n)),
    bookedAs: (n, type) => make('invitee.created', n, type),
  };
}

/** The booking's number in a card's or a reply's text. */
export function guestIn(text: unknown): number | null {
  const found = /Guest (\d+)\./.exec(String(text));
  return found ? Number(found[1]) : null;
}
