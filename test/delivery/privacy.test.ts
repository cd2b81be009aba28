// What a channel may not read is not in the card at all, whatever form it is put in later.

import { describe, expect, it } from 'vitest';
import { emptyBooking, fold, view } from '../../src/booking/booking.ts';
import { cardOf, noFrame } from '../../src/delivery/card.ts';
import { personOf } from '../../src/delivery/privacy.ts';
import { replyOf } from '../../src/delivery/reply.ts';
import { defaultOptions, type Privacy } from '../../src/subscription/subscription.ts';
import { aChange, anInvitee } from '../booking/samples.ts';

const t0 = Date.UTC(2026, 10, 20);
const base = anInvitee('Ada');
const ada = anInvitee('Ada', {
  name: 'Ada Lovelace',
  email: 'ada.secret@engines.example',
  active: false,
  answers: [{ question: 'Why?', answer: 'a secret' }],
  payment: { amount: '10', currency: 'secret', successful: true },
  cancellation: { by: 'Ada Lovelace', byType: 'invitee', reason: 'a secret', at: t0 },
  meeting: {
    ...base.meeting,
    place: { kind: 'outbound_call', text: '+44 secret', joinUrl: null },
    guests: ['guest@secret.example'],
  },
});
const booking = view(fold(emptyBooking(), aChange('canceled', ada, t0), t0));
const subscription = (privacy: Privacy) => ({
  kinds: ['booked' as const, 'canceled' as const],
  filter: { types: [] },
  options: { ...defaultOptions, privacy },
});
const earlier = { bookings: 1, noShows: 1 };

describe('privacy', () => {
  it('full says what is known', () => {
    const card = cardOf(booking, { ...noFrame, earlier, subscription: subscription('full') });
    expect(JSON.stringify(card).match(/secret/g)).toHaveLength(6);
  });

  it('business says who and for which company', () => {
    const card = cardOf(booking, { ...noFrame, earlier, subscription: subscription('business') });
    expect(card).toMatchObject({
      who: { name: 'Ada Lovelace', email: 'engines.example' },
      place: { words: 'Phone call' },
      earlier,
    });
    expect(card?.guests).toHaveLength(1);
    expect(JSON.stringify(card)).not.toContain('secret');
  });

  it('minimal says initials', () => {
    const card = cardOf(booking, { ...noFrame, earlier, subscription: subscription('minimal') });
    expect(card).toMatchObject({ who: { name: 'A. L.', email: null }, earlier: null, inviteeZone: null });
    expect(JSON.stringify(card)).not.toMatch(/secret|Lovelace|engines/);
  });

  it.each(['business', 'minimal'] as const)('%s holds in the thread as well', (privacy) => {
    expect(replyOf(booking, `answers ${ada.uri}`, subscription(privacy))).toBeNull();
    const canceled = replyOf(booking, `canceled ${ada.uri}`, subscription(privacy));
    expect(canceled).toMatchObject({ kind: 'canceled', by: null, reason: null });
    expect(JSON.stringify(canceled)).not.toContain('secret');
  });

  it.each([
    ['Ada Lovelace', 'A. L.'],
    ['ada.lovelace@engines.example', 'A. L.'],
    ['李 雷', '李. 雷.'],
    ['👻', 'Somebody'],
    ['', 'Somebody'],
    ['José María de la Cruz y Ortega', 'J. M. D.'],
  ])('%s becomes %s', (name, initials) => {
    expect(personOf(name, 'minimal')).toBe(initials);
  });
});
