// Holds the card: what people read in each state, that strangers' words stay words, and that Slack's limits hold for any card.

import { readFileSync } from 'node:fs';
import type { KnownBlock } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Card } from '../../src/delivery/card.ts';
import { joinUrl, renderCard } from '../../src/slack/messages/card.ts';
import { render } from '../../src/slack/messages/content.ts';
import { hostile, shape } from './mrkdwn.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const START = Date.UTC(2026, 10, 24, 15, 0);

const booked: Card = {
  state: 'booked',
  test: false,
  title: 'Demo call',
  moves: 0,
  when: { startsAt: START, endsAt: START + 30 * MIN },
  was: null,
  inviteeZone: 'Europe/Berlin',
  who: { name: 'Ada Lovelace', email: 'ada_l@example.com' },
  guests: [],
  hosts: [{ name: 'Bo', email: 'bo@example.com' }],
  place: { words: 'Zoom', joinUrl: 'https://us05web.zoom.us/j/1?pwd=x' },
  seats: null,
  payment: null,
  shortNotice: null,
  answers: [{ question: 'What should we cover?', answer: 'Pricing for 40 seats' }],
  canceled: null,
  noShowAt: null,
  late: null,
  because: 'Sales demos: booked, canceled and moved',
};

/** Date tokens as a reader in UTC would see them, so that the sentences can be read here. */
const readable = (text: string) =>
  text.replace(/<!date\^\d+\^([^|]+)\|([^>]+)>/g, (_, tokens: string, fallback: string) =>
    tokens === '{time}' ? fallback : `[${fallback}]`,
  );
const texts = (blocks: KnownBlock[]) =>
  blocks.map((block) => (block.type === 'section' ? readable(block.text?.text ?? '') : block.type));
const first = (card: Card) => texts(renderCard(card).blocks)[0]!.split('\n');

describe('what people read', () => {
  test('a booking', () => {
    const { text, blocks } = renderCard(booked);
    expect(texts(blocks)).toEqual([
      [
        '✅ *Demo call* · booked',
        '*[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)* (Tue 4:00 PM in Berlin)',
        '*Ada Lovelace* · ada_l@example.com',
        'Host Bo · Zoom',
      ].join('\n'),
      '> *What should we cover?*  Pricing for 40 seats',
      'actions',
      'context',
    ]);
    expect(readable(text)).toBe(
      'Booked: Demo call with Ada Lovelace (ada_l@example.com), [Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin) (Tue 4:00 PM in Berlin for the invitee). ' +
        'Host Bo, Zoom. What should we cover? – Pricing for 40 seats. Sales demos: booked, canceled and moved.',
    );
    expect(blocks[2]).toEqual({
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'join',
          text: { type: 'plain_text', text: 'Join', emoji: false },
          url: 'https://us05web.zoom.us/j/1?pwd=x',
          accessibility_label: 'Join Demo call with Ada Lovelace',
        },
      ],
    });
  });

  test('everything a booking can carry still takes five blocks at most', () => {
    const { text, blocks } = renderCard({
      ...booked,
      test: true,
      guests: ['c@example.com', 'd@example.com'],
      hosts: ['Bo', 'Cy', 'Di', 'Ed', 'Flo'].map((name) => ({ name, email: null })),
      seats: { active: 3, limit: 10 },
      payment: 'paid 50 USD',
      shortNotice: 2 * HOUR,
      late: 3 * HOUR + 10 * MIN,
      answers: ['a', 'b', 'c', 'd', 'e'].map((answer) => ({ question: `${answer}?`, answer })),
    });
    expect(blocks.length).toBeLessThanOrEqual(5);
    const [main, answers] = texts(blocks);
    expect(main).toContain('*TEST* · ✅ *Demo call* · booked');
    expect(main).toContain('ada_l@example.com · +2 guests');
    expect(main).toContain('Hosts Bo, Cy, Di +2 · Zoom · 3 of 10 seats · paid 50 USD · ⚠️ booked 2 h ahead');
    expect(answers).toBe('> *a?*  a\n> *b?*  b\n> *c?*  c\n> +2 more answers');
    expect(JSON.stringify(blocks.at(-1))).toContain('⏱ arrived 3 h 10 min late');
    for (const words of [
      'TEST',
      '2 guests',
      '3 of 10 seats',
      'paid 50 USD',
      'booked 2 h ahead',
      'Arrived 3 h 10 min late',
      '+2 more answers',
    ]) {
      expect(text).toContain(words);
    }
  });

  test('a move shows old and new time, and how often', () => {
    const moved: Card = {
      ...booked,
      state: 'moved',
      moves: 1,
      was: { startsAt: START - 24 * HOUR, endsAt: START - 23 * HOUR },
    };
    expect(first(moved).slice(0, 2)).toEqual([
      '🔁 *Demo call* · moved',
      '~[Mon, Nov 23, 2026, 4:00 PM (Europe/Berlin)]~ → *[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)* (Tue 4:00 PM in Berlin)',
    ]);
    expect(first({ ...moved, moves: 2 })[0]).toBe('🔁 *Demo call* · moved (2nd time)');
    expect(first({ ...moved, moves: 11 })[0]).toContain('11th');
    expect(readable(renderCard(moved).text)).toContain(
      'Moved: Demo call with Ada Lovelace (ada_l@example.com), from [Mon, Nov 23, 2026, 4:00 PM (Europe/Berlin)] to [Tue',
    );
  });

  test('half a move never reads as a cancellation', () => {
    const { text, blocks } = renderCard({ ...booked, state: 'moving', because: 'Sales demos' });
    expect(texts(blocks)[0]).toContain(
      '🔁 *Demo call* · being moved\n~[Tue, Nov 24, 2026, 4:00 PM (Europe/Berlin)]~ → new time to follow',
    );
    expect(texts(blocks)).not.toContain('actions');
    expect(text).toContain('Being moved: Demo call');
    expect(text).not.toMatch(/cancel/i);
  });

  test('a cancellation is struck, says when, by whom and why, and has no buttons', () => {
    const canceled: Card = {
      ...booked,
      state: 'canceled',
      canceled: { at: START - 40 * MIN, before: 40 * MIN, byType: 'invitee', by: 'Ada Lovelace', reason: 'conflict' },
    };
    const { text, blocks } = renderCard(canceled);
    expect(first(canceled).slice(0, 2)).toEqual([
      '❌ ~*Demo call*~ · canceled 40 min before · by invitee · “conflict”',
      '~[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)~',
    ]);
    expect(texts(blocks)).not.toContain('actions');
    expect(text).toContain('Canceled 40 min before: Demo call with Ada Lovelace');
    expect(text).toContain(', by invitee, “conflict”.');
    const byHost = {
      ...canceled,
      canceled: { ...canceled.canceled!, before: -10 * MIN, byType: 'host' as const, by: 'Bo', reason: null },
    };
    expect(first(byHost)[0]).toBe('❌ ~*Demo call*~ · canceled 10 min after its start · by host Bo');
    expect(first({ ...canceled, canceled: null })[0]).toBe('❌ ~*Demo call*~ · canceled');
  });

  test('a no-show and a form', () => {
    expect(first({ ...booked, state: 'noshow', noShowAt: START + HOUR })[0]).toBe(
      '👻 *Demo call* · no-show, marked [Tue, Nov 24, 2026, 5:00 PM (Europe/Berlin)]',
    );
    expect(texts(renderCard({ ...booked, state: 'noshow' }).blocks)).not.toContain('actions');
    const form = renderCard({
      ...booked,
      state: 'routed',
      title: 'Contact us',
      when: null,
      hosts: [],
      place: null,
      inviteeZone: null,
    });
    expect(texts(form.blocks)[0]).toBe('📝 *Contact us* · form submitted\n*Ada Lovelace* · ada_l@example.com');
    expect(form.text).toContain('Form submitted: Contact us by Ada Lovelace (ada_l@example.com).');
  });

  test('nothing known still makes a card', () => {
    const { text, blocks } = renderCard({
      ...booked,
      title: ' \u200B ',
      when: null,
      who: { name: '', email: null },
      hosts: [{ name: '', email: null }],
      place: null,
      answers: [{ question: 'Why?', answer: ' ' }],
      because: '',
    });
    expect(texts(blocks)).toEqual(['✅ *Meeting* · booked\n*Somebody*']);
    expect(text).toBe('Booked: Meeting with Somebody.');
  });

  test('plain is the text alone', () => {
    expect(render({ kind: 'card', card: booked }, { plain: true })).toEqual({ text: renderCard(booked).text });
    expect(render({ kind: 'card', card: booked }, { plain: false })).toEqual(renderCard(booked));
  });
});

describe('links', () => {
  test.each([
    'https://zoom.us/j/1',
    'https://us05web.zoom.us/j/1?pwd=x',
    'https://meet.google.com/abc-defg-hij',
    'https://calendly.com/events/5844988d-0a2c/google_meet',
    'https://calendly.com/events/xxx/microsoft_teams',
    'https://teams.microsoft.com/l/meetup-join/1',
    'https://teams.live.com/meet/1',
    'https://acme.webex.com/meet/bo',
    'https://meet.goto.com/1',
    'https://global.gotomeeting.com/join/1',
  ])('%s gets a Join button', (url) => {
    expect(joinUrl(url)).toBe(url);
  });

  test.each([
    'http://zoom.us/j/1',
    'https://zoom.us.evil.example/j/1',
    'https://evilzoom.us/j/1',
    'https://zoom.us@evil.example/',
    'https://user:pw@zoom.us/',
    'https://zoom.us:8443/',
    'https://calendly.com/cancellations/SECRET',
    'https://calendly.com/reschedulings/SECRET',
    'https://calendly.com/events/x/google_meet/../../../cancellations/SECRET',
    'https://calendly.com.evil.example/events/x/google_meet',
    'javascript:alert(1)',
    `https://zoom.us/${'x'.repeat(3000)}`,
    'not a url',
    '',
  ])('%s does not', (url) => {
    expect(joinUrl(url)).toBeNull();
    const { blocks } = renderCard({ ...booked, place: { words: 'Somewhere', joinUrl: url } });
    expect(texts(blocks)).not.toContain('actions');
    expect(JSON.stringify(blocks)).not.toContain('://');
  });

  test('an unknown address is shown to be copied', () => {
    expect(first({ ...booked, place: { words: 'Whereby', joinUrl: 'https://whereby.com/bo' } })[3]).toBe(
      'Host Bo · Whereby whereby.com/bo',
    );
  });

  test('links that cancel or move a meeting never appear, wherever they come from', () => {
    const link = 'https://calendly.com/cancellations/SECRET and https://calendly.com/reschedulings/SECRET';
    const everywhere = JSON.stringify(
      renderCard({
        ...booked,
        title: link,
        who: { name: link, email: link },
        hosts: [{ name: link, email: null }],
        place: { words: link, joinUrl: 'https://calendly.com/cancellations/SECRET' },
        payment: link,
        answers: [{ question: link, answer: link }],
        because: link,
      }),
    );
    expect(everywhere).not.toContain('SECRET');
  });
});

const limits = JSON.parse(readFileSync(new URL('../fixtures/slack/limits.json', import.meta.url), 'utf8'));

function judge(blocks: KnownBlock[]): void {
  expect(blocks.length).toBeLessThanOrEqual(5);
  for (const block of blocks) {
    if (block.type === 'section') {
      expect(block.text!.text.length).toBeGreaterThanOrEqual(limits.text.min_length);
      expect(block.text!.text.length).toBeLessThanOrEqual(limits.section.text.max_length);
      expect(block.text).toMatchObject({ type: 'mrkdwn', verbatim: true });
    } else if (block.type === 'context') {
      expect(block.elements.length).toBeLessThanOrEqual(limits.context.elements.max_items);
      for (const element of block.elements) {
        expect(element.type).toBe('plain_text');
        if (element.type !== 'plain_text') continue;
        expect(element.text.length).toBeGreaterThanOrEqual(limits.text.min_length);
        expect(element.text.length).toBeLessThanOrEqual(limits.text.max_length);
      }
    } else if (block.type === 'actions') {
      const [button] = block.elements;
      if (button?.type !== 'button') throw new Error('not a button');
      expect(button.text.text.length).toBeLessThanOrEqual(limits.button.text.max_length);
      expect(button.url!.length).toBeLessThanOrEqual(limits.button.url.max_length);
      expect(button.accessibility_label!.length).toBeLessThanOrEqual(limits.button.accessibility_label.max_length);
    } else throw new Error(`unexpected ${block.type}`);
  }
  expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(12_000);
}

/** A card whose every word comes from `word`. */
function cardOf(word: fc.Arbitrary<string>): fc.Arbitrary<Card> {
  const maybe = fc.option(word);
  const moment = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(0, -1, Number.NaN, 1e20));
  const times = fc.option(fc.record({ startsAt: moment, endsAt: moment }));
  return fc.record({
    state: fc.constantFrom('booked', 'moving', 'moved', 'canceled', 'noshow', 'routed'),
    test: fc.boolean(),
    title: word,
    moves: fc.nat({ max: 500 }),
    when: times,
    was: times,
    inviteeZone: fc.option(fc.oneof(word, fc.constantFrom('Europe/Berlin', 'America/Argentina/ComodRivadavia'))),
    who: fc.record({ name: word, email: maybe }),
    guests: fc.array(word, { maxLength: 12 }),
    hosts: fc.array(fc.record({ name: word, email: maybe }), { maxLength: 6 }),
    place: fc.option(
      fc.record({ words: word, joinUrl: fc.option(fc.oneof(word, fc.constant('https://zoom.us/j/1'))) }),
    ),
    seats: fc.option(fc.record({ active: fc.nat(), limit: fc.nat() })),
    payment: maybe,
    shortNotice: fc.option(fc.integer()),
    answers: fc.array(fc.record({ question: word, answer: word }), { maxLength: 8 }),
    canceled: fc.option(
      fc.record({
        at: fc.option(moment),
        before: fc.option(fc.integer()),
        byType: fc.constantFrom('host', 'invitee', null),
        by: maybe,
        reason: maybe,
      }),
    ),
    noShowAt: fc.option(moment),
    late: fc.option(fc.integer()),
    because: word,
  });
}

/** The same card with one harmless word in place of all others. */
function tamed(card: Card, word: string): Card {
  const w = (text: string | null) => (text === null ? null : word);
  return {
    ...card,
    title: word,
    who: { name: word, email: card.who.email === null ? null : 'else' },
    hosts: card.hosts.map((host) => ({ name: word, email: w(host.email) })),
    place: card.place && { words: word, joinUrl: null },
    payment: w(card.payment),
    answers: card.answers.map(() => ({ question: word, answer: word })),
    canceled: card.canceled && { ...card.canceled, by: w(card.canceled.by), reason: w(card.canceled.reason) },
    because: word,
    inviteeZone: null,
  };
}

describe('any card', () => {
  const long = fc.oneof(
    fc.constant(''),
    hostile,
    fc.constantFrom('&'.repeat(100_000), '話'.repeat(100_000), '<!channel> '.repeat(9_000), '👩‍💻'.repeat(20_000)),
  );

  test('keeps Slack’s limits', () => {
    fc.assert(
      fc.property(cardOf(long), (card) => {
        const { text, blocks } = renderCard(card);
        judge(blocks);
        expect(text.length).toBeGreaterThan(0);
        expect(text.length).toBeLessThanOrEqual(3000);
      }),
      { numRuns: 200 },
    );
  });

  test('does in Slack what the same card with harmless words does, and nothing else', () => {
    // A letter in front, so that no word vanishes in the cleaning and the two cards have the same parts.
    fc.assert(
      fc.property(cardOf(hostile.map((text) => `a ${text}`)), (card) => {
        const real = renderCard(card);
        const tame = renderCard(tamed(card, 'x'));
        expect(shape(real.text)).toBe(shape(tame.text));
        const sections = (blocks: KnownBlock[]) =>
          blocks.flatMap((block) => (block.type === 'section' ? [shape(block.text?.text ?? '')] : []));
        expect(sections(real.blocks)).toEqual(sections(tame.blocks));
      }),
      { numRuns: 1500 },
    );
  });
});
