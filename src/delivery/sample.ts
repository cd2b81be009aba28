// Sample cards, one for each kind, for whoever wants to see how they look in a channel (pure).

import type { Kind } from '../subscription/subscription.ts';
import { type Language, textsFor } from '../texts/index.ts';
import { blank, lateCancel } from './card.ts';
import type { Card } from './content.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A sample of a kind, marked TEST, at an hour of work. At least a day lies between, so that it looks the same at every time of day. */
export function sampleCard(kind: Kind, now: number, language?: Language): Card {
  const t = textsFor(language).card;
  const startsAt = (Math.floor(now / day) + 2) * day + 14 * 60 * minute;
  const span = { startsAt, endsAt: startsAt + 30 * minute };
  const card: Card = {
    ...blank,
    ...(language ? { language } : {}),
    state: 'booked',
    test: true,
    title: 'Demo call',
    when: span,
    inviteeZone: 'Europe/Berlin',
    who: { name: 'Ada Lovelace', email: 'ada@example.com' },
    hosts: [{ name: 'Bo Berg', email: 'bo@example.com' }],
    place: { words: 'Zoom', joinUrl: null },
    answers: [{ question: t.question, answer: t.answer }],
    because: t.asked,
  };
  const earlier = { startsAt: span.startsAt - 3 * 60 * minute, endsAt: span.endsAt - 3 * 60 * minute };
  switch (kind) {
    case 'booked':
      return card;
    case 'rescheduled':
      return { ...card, state: 'moved', moves: 1, was: earlier };
    case 'canceled':
      return {
        ...card,
        state: 'canceled',
        canceled: {
          at: now,
          before: span.startsAt - now,
          late: span.startsAt - now < lateCancel,
          byType: 'invitee',
          by: 'Ada Lovelace',
          reason: t.conflict,
        },
      };
    case 'noshow':
      return { ...card, state: 'noshow', noShowAt: now };
    case 'routed':
      return { ...card, state: 'routed', title: t.routingForm, when: null, hosts: [], place: null, inviteeZone: null };
  }
}
