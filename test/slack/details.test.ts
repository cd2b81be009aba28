// The window with everything about a booking: within Slack's limits however much there is, whole where there is room, and without life in strangers' words.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewProblems } from '../../sandbox/slack/blocks.ts';
import { type BookingState, emptyBooking, fold, view } from '../../src/booking/booking.ts';
import type { Change, Invitee } from '../../src/booking/change.ts';
import { cardOf, noFrame } from '../../src/delivery/card.ts';
import { type CardBooking, isShownIn, mayTellAll } from '../../src/delivery/details.ts';
import { detailsView, inFull } from '../../src/slack/views/details.ts';
import { textObjects } from './blocks.ts';
import { hostile, shape } from './mrkdwn.ts';
import { nastyStrings } from './nasty-strings.ts';

const at = 1_795_000_000_000;
const hour = 3_600_000;

function invitee(set: Partial<Invitee> = {}, meeting: Partial<Invitee['meeting']> = {}): Invitee {
  return {
    uri: 'https://api.calendly.com/scheduled_events/E1/invitees/I1',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    timezone: 'Europe/Berlin',
    active: true,
    createdAt: at,
    updatedAt: at,
    answers: [{ question: 'What should we cover?', answer: 'Pricing' }],
    tracking: { utm_source: 'newsletter' },
    rescheduled: false,
    oldInvitee: null,
    newInvitee: null,
    cancellation: null,
    noShow: null,
    payment: null,
    scheduledBy: null,
    formSubmission: null,
    meeting: {
      uri: 'https://api.calendly.com/scheduled_events/E1',
      name: 'Demo call',
      active: true,
      startsAt: at + 48 * hour,
      endsAt: at + 49 * hour,
      eventType: null,
      place: { kind: 'zoom', text: null, joinUrl: 'https://zoom.us/j/1' },
      seats: null,
      hosts: [{ uri: null, name: 'Bo Berg', email: 'bo@example.com' }],
      guests: [],
      ...meeting,
    },
    ...set,
  };
}

const change = (one: Invitee, kind: Change['kind'] = 'booked'): Change => ({
  event: 'invitee.created',
  kind,
  key: `${kind} ${one.uri}`,
  occurredAt: one.createdAt,
  invitee: one,
  form: null,
});

function known(...changes: Change[]): CardBooking {
  const state = changes.reduce<BookingState>((all, each) => fold(all, each, at + 60_000), emptyBooking());
  const booking = view(state);
  const card = cardOf(booking, { ...noFrame, ref: 'f'.repeat(32) });
  if (!card) throw new Error('no card');
  return { channelId: 'C1', isOut: true, connectionId: 'c', subscription: null, card, booking };
}

const shown = (...changes: Change[]) => detailsView(known(...changes));
const textOf = (modal: ReturnType<typeof detailsView>) =>
  textObjects(modal.blocks)
    .map(({ text }) => text)
    .join('\n');

/** What Slack would say, and what is ours to hold: nothing of a stranger's lives. */
function isFine(modal: ReturnType<typeof detailsView>): void {
  expect(viewProblems(JSON.parse(JSON.stringify(modal)), 'modal')).toEqual([]);
  expect(modal.blocks.length).toBeLessThanOrEqual(100);
  expect(JSON.stringify(modal).replace(/[^\x20-\x7e]/g, '\\uXXXX').length).toBeLessThan(250_000);
  for (const { type, text, verbatim, emoji } of textObjects(modal.blocks) as {
    type: string;
    text: string;
    verbatim?: boolean;
    emoji?: boolean;
  }[]) {
    expect(text).not.toMatch(/:\/\//);
    expect(text.isWellFormed()).toBe(true);
    if (type === 'plain_text') expect(emoji).toBe(false);
    else {
      expect(verbatim).toBe(true);
      // Nothing but our own bold labels and dates.
      expect(shape(text).replaceAll(/bold\(\)|special|\s/g, '')).toBe('');
      expect(text.replace(/<!date\^-?\d+\^[^|<>]*\|[^<>]*>/g, '')).not.toMatch(/[<>]/);
    }
  }
}

describe('the window', () => {
  test('says all there is, in words', () => {
    const from = invitee({
      active: false,
      rescheduled: true,
      newInvitee: 'https://api.calendly.com/scheduled_events/E2/invitees/I2',
      cancellation: { by: 'Ada Lovelace', byType: 'invitee', reason: 'A train is late', at: at + hour },
    });
    const to = invitee(
      {
        uri: 'https://api.calendly.com/scheduled_events/E2/invitees/I2',
        oldInvitee: from.uri,
        createdAt: at + hour,
        answers: [],
        tracking: {},
        payment: { amount: '10.00', currency: 'EUR', successful: true },
      },
      {
        uri: 'https://api.calendly.com/scheduled_events/E2',
        startsAt: at + 72 * hour,
        endsAt: at + 73 * hour,
        guests: ['grace@example.com'],
      },
    );
    const modal = shown(change(from), change(to), change(from, 'canceled'));
    isFine(modal);
    const text = textOf(modal);
    for (const part of [
      '*Demo call* · booked, moved',
      '*Invitee:* Ada Lovelace · ada@example.com',
      '*Guest:* grace@example.com',
      '*Host:* Bo Berg · bo@example.com',
      '*Place:* Zoom',
      '*Payment:* 10.00 EUR paid',
      `*Booked:* <!date^${at / 1000}^`,
      `*I heard of it:* <!date^${(at + 60_000) / 1000}^`,
      'by invitee Ada Lovelace · “A train is late”',
      'What should we cover?',
      'Pricing',
      'utm_source: newsletter',
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/1\. <!date\^.*→ <!date\^.* · moved <!date\^/);
  });

  test.each(nastyStrings.map((text) => [text]))('is only words with %j', (evil) => {
    isFine(
      shown(
        change(
          invitee(
            {
              name: evil,
              email: evil,
              timezone: evil,
              answers: [{ question: evil, answer: evil }],
              tracking: { [evil.slice(0, 50)]: evil },
            },
            {
              name: evil,
              guests: [evil],
              hosts: [{ uri: null, name: evil, email: evil }],
              place: { kind: 'custom', text: evil, joinUrl: evil },
            },
          ),
        ),
      ),
    );
  });

  test('is within the limits with whatever strangers write', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { maxLength: 30 }), hostile, (pairs, words) => {
        const answers = pairs.map(([question, answer]) => ({
          question,
          answer: answer.repeat(1 + (answer.length % 40)),
        }));
        isFine(
          shown(change(invitee({ name: words, answers, tracking: { utm_term: words } }, { guests: [words, words] }))),
        );
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['ASCII', 'pricing for forty seats, '],
    ['Chinese', '四十個座位的價格是多少'],
    ['emoji', '👩‍👩‍👧‍👦 '],
  ])('is within the limits with two hundred long answers in %s, and says that there is more', (_name, piece) => {
    const answers = Array.from({ length: 200 }, (_, i) => ({ question: `Question ${i}?`, answer: piece.repeat(400) }));
    const modal = shown(change(invitee({ answers })));
    isFine(modal);
    expect(modal.blocks.length).toBeGreaterThan(20);
    expect(textOf(modal)).toMatch(/There is more than Slack has room for/);
  });

  test('a full room has a line for each, within the limits', () => {
    const guest = (i: number) =>
      invitee(
        {
          uri: `https://api.calendly.com/scheduled_events/E1/invitees/I${i}`,
          name: `Guest ${i}`,
          createdAt: at + i * 1_000,
        },
        { seats: { active: 300, limit: 300 } },
      );
    const modal = shown(...Array.from({ length: 300 }, (_, i) => change(guest(i))));
    isFine(modal);
    expect(textOf(modal)).toMatch(/\n?300\. Guest 299 · ada@example\.com/);
  });
});

describe('a long answer', () => {
  const bare = (text: string) => text.replace(/\s+/g, '');

  test('is whole, in parts of at most 3,000 characters that end between graphemes', () => {
    const family = '👩‍👩‍👧‍👦';
    for (const text of [
      'We would like to talk about pricing. '.repeat(600),
      '四十個座位的價格是多少'.repeat(1_500),
      `${family}${family} e\u0301\u0301 `.repeat(800),
      `${'line\n'.repeat(3_000)}end`,
    ]) {
      const parts = inFull(text);
      expect(bare(parts.join(''))).toBe(bare(text));
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(3_000);
        expect(part).not.toMatch(/^(?:\u0301|\u200D|\uFE0F)|\u200D$/);
        expect(part.isWellFormed()).toBe(true);
      }
    }
  });

  test('hides what cancels or moves a booking, wherever in it that stands', () => {
    for (const filler of ['x ', '四', 'x', 'e\u0301', '\u200B'])
      for (let length = 4_860; length <= 4_960; length += 7) {
        const link = 'https://calendly.com/cancellations/SECRET-0123456789';
        const parts = inFull(
          `${filler.repeat(Math.ceil(length / filler.length)).slice(0, length)}${link} and ${link.repeat(2)}`,
        );
        expect(parts.join(' ')).not.toMatch(/SECRET|:\/\//);
      }
  });

  test('is never torn to pieces that are too long, nor endless', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 60 })), fc.nat(4_000), (text, times) => {
        const parts = inFull(text.repeat(1 + Math.min(times, Math.floor(20_000 / (text.length + 1)))));
        expect(parts.every((part) => part.length <= 3_000 && part !== '' && part.isWellFormed())).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(inFull(`a${'\u0301'.repeat(20_000)}`).every((part) => part.length <= 3_000)).toBe(true);
  });
});

test('all is told only where the card stands, and only where its channel may read all', () => {
  const full = known(change(invitee()));
  expect(mayTellAll(full, 'C1')).toBe(true);
  expect(mayTellAll(full, 'C2')).toBe(false);
  expect(mayTellAll(full, null)).toBe(false);
  expect(mayTellAll({ ...full, isOut: false }, 'C1')).toBe(false);
  for (const privacy of ['business', 'minimal'] as const)
    expect(mayTellAll({ ...full, card: { ...full.card, privacy } }, 'C1')).toBe(false);
  expect(isShownIn(full, 'C1')).toBe(true);
});
