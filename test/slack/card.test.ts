// Holds the card: what people read in each state and style. What strangers write, and Slack's limits, are held by any-message.test.ts.

import type { ActionsBlockElement, KnownBlock, SectionBlockAccessory } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { Card, GroupGuest } from '../../src/delivery/content.ts';
import { renderCard } from '../../src/slack/messages/card.ts';
import { render } from '../../src/slack/messages/content.ts';
import { joinUrl } from '../../src/slack/messages/join.ts';
import { blockProblems } from './blocks.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const START = Date.UTC(2026, 10, 24, 15, 0);

const booked: Card = {
  state: 'booked',
  test: false,
  style: 'card',
  privacy: 'full',
  mention: { who: 'none' },
  ref: null,
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
  group: null,
  earlier: null,
  threadAnswers: true,
  payment: null,
  shortNotice: null,
  answers: [{ question: 'What should we cover?', answer: 'Pricing for 40 seats' }],
  canceled: null,
  noShowAt: null,
  late: null,
  because: 'Sales demos: booked, canceled and moved',
};

const styles = ['card', 'compact', 'line'] as const;

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
      earlier: { bookings: 1, noShows: 1 },
      seats: { active: 3, limit: 10 },
      payment: 'paid 50 USD',
      shortNotice: 2 * HOUR,
      late: 3 * HOUR + 10 * MIN,
      answers: ['a', 'b', 'c', 'd', 'e'].map((answer) => ({ question: `${answer}?`, answer })),
    });
    expect(blocks.length).toBeLessThanOrEqual(5);
    const [main, answers] = texts(blocks);
    expect(main).toContain('*TEST* · ✅ *Demo call* · booked');
    expect(main).toContain('ada_l@example.com · 2nd booking, 1 earlier no-show · +2 guests');
    expect(main).toContain('Hosts Bo, Cy, Di, Ed, Flo · Zoom · 3 of 10 seats · paid 50 USD · ⚠️ booked 2 h ahead');
    expect(answers).toBe('> *a?*  a\n> *b?*  b\n> *c?*  c\n> +2 more answers in the thread');
    expect(JSON.stringify(blocks.at(-1))).toContain('⏱ arrived 3 h 10 min late');
    for (const words of [
      'TEST',
      '2nd booking, 1 earlier no-show.',
      '2 guests',
      '3 of 10 seats',
      'paid 50 USD',
      'booked 2 h ahead',
      'Arrived 3 h 10 min late',
      '+2 more answers in the thread',
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
      canceled: {
        at: START - 40 * MIN,
        before: 40 * MIN,
        late: true,
        byType: 'invitee',
        by: 'Ada Lovelace',
        reason: 'conflict',
      },
    };
    const { text, blocks } = renderCard(canceled);
    expect(first(canceled).slice(0, 2)).toEqual([
      '❌ ~*Demo call*~ · canceled 40 min before · ⚠️ late · by invitee · “conflict”',
      '~[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)~',
    ]);
    expect(texts(blocks)).not.toContain('actions');
    expect(text).toContain('Canceled 40 min before, late: Demo call with Ada Lovelace');
    expect(text).toContain(', by invitee, “conflict”.');
    const byHost = {
      ...canceled,
      canceled: { ...canceled.canceled!, before: -10 * MIN, byType: 'host' as const, by: 'Bo', reason: null },
    };
    expect(first(byHost)[0]).toBe('❌ ~*Demo call*~ · canceled 10 min after its start · by host Bo');
    const early = { ...canceled, canceled: { ...canceled.canceled!, before: 50 * HOUR, late: false } };
    expect(first(early)[0]).toContain('canceled 2 days before · by invitee');
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

  test('all answers there is no room for are in the thread, and the card says so', () => {
    const answers = (...all: string[]) =>
      texts(renderCard({ ...booked, answers: all.map((answer) => ({ question: 'Why?', answer })) }).blocks)[1];
    expect(answers('a', 'b', 'c', 'd')).toBe('> *Why?*  a\n> *Why?*  b\n> *Why?*  c\n> +1 more answer in the thread');
    expect(answers('x'.repeat(300))).toBe(`> *Why?*  ${'x'.repeat(300)}`);
    expect(answers('👩‍💻'.repeat(61))).toBe(`> *Why?*  ${'👩‍💻'.repeat(59)}… (whole in the thread)`);
    expect(answers('&'.repeat(300))!.length).toBeLessThan(1000);
    const threadless = renderCard({
      ...booked,
      threadAnswers: false,
      answers: Array(4).fill({ question: 'Why?', answer: 'x'.repeat(400) }),
    });
    expect(JSON.stringify(threadless)).toContain('+1 more answer');
    expect(JSON.stringify(threadless)).not.toContain('thread');
  });

  test('plain is the text alone', () => {
    expect(render({ kind: 'card', card: booked }, { plain: true })).toEqual({ text: renderCard(booked).text });
    expect(render({ kind: 'card', card: booked }, { plain: false })).toEqual(renderCard(booked));
  });
});

const guest = (name: string, more: Partial<GroupGuest> = {}): GroupGuest => ({
  name,
  email: null,
  state: 'in',
  noShow: false,
  ...more,
});
const workshop: Card = {
  ...booked,
  title: 'Workshop',
  who: { name: '', email: null },
  seats: { active: 3, limit: 12 },
  group: [
    guest('Ada'),
    guest('Bo', { noShow: true }),
    guest('Cy', { state: 'left' }),
    guest('', { email: 'di@example.com' }),
    guest('Ed', { state: 'moved' }),
  ],
  answers: [],
};

describe('a group meeting', () => {
  test('names its guests and counts those who gave up their seat', () => {
    expect(first(workshop)).toEqual([
      '✅ *Workshop* · booked',
      '*[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)*',
      '*3 of 12 seats* · Ada, Bo (no-show), di@example.com · 1 left · 1 moved to another time',
      'Host Bo · Zoom',
    ]);
    expect(readable(renderCard(workshop).text)).toBe(
      'Booked: Workshop, [Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin). ' +
        '3 of 12 seats: Ada, Bo (no-show), di@example.com, 1 left, 1 moved to another time. ' +
        'Host Bo, Zoom. Sales demos: booked, canceled and moved.',
    );
  });

  test('names ten, and says what the rest hides', () => {
    const group = Array.from({ length: 13 }, (_, i) => guest(`G${i + 1}`, { noShow: i > 10 }));
    const line = first({ ...workshop, seats: { active: 13, limit: 20 }, group })[2];
    expect(line).toBe('*13 of 20 seats* · G1, G2, G3, G4, G5, G6, G7, G8, G9, G10, +3 more (2 no-shows)');
  });

  test('never has fewer seats taken than guests named', () => {
    expect(first({ ...workshop, seats: { active: 1, limit: 12 } })[2]).toMatch(/^\*3 of 12 seats\* · Ada, Bo/);
    expect(first({ ...workshop, seats: null })[2]).toMatch(/^\*3 guests\* · Ada, Bo/);
  });

  test('without a guest it is neither booked nor canceled', () => {
    const empty = { ...workshop, seats: { active: 0, limit: 12 }, group: [guest('Ada', { state: 'left' })] };
    expect(first(empty)[0]).toBe('➖ *Workshop* · no guests left');
    expect(first(empty)[2]).toBe('*0 of 12 seats* · 1 left');
    expect(renderCard(empty).text).toMatch(/^No guests left: Workshop, /);
  });

  test('canceled, it is canceled for all', () => {
    const canceled: Card = {
      ...workshop,
      state: 'canceled',
      canceled: { at: null, before: 5 * HOUR, late: true, byType: 'host', by: 'Bo', reason: null },
    };
    expect(first(canceled)[0]).toBe('❌ ~*Workshop*~ · canceled 5 h before · ⚠️ late · by host Bo');
    expect(renderCard(canceled).text).toMatch(
      /^Canceled 5 h before, late: Workshop, .*, by host Bo\. 3 of 12 seats: Ada/,
    );
  });

  test('fits every style', () => {
    const compact = renderCard({ ...workshop, style: 'compact' });
    expect(texts(compact.blocks)[0]).toMatch(/\n\*3 of 12 seats\* · Ada, Bo \(no-show\), di@example.com · 1 left/);
    expect(texts(renderCard({ ...workshop, style: 'line' }).blocks)[0]).toContain('· *3 of 12 seats* · Host Bo');
  });
});

describe('whom a card calls', () => {
  const people = new Map([['bo@example.com', 'U012AB3CD']]);

  test.each(styles)('the host, found by address, in style %s', (style) => {
    const card: Card = {
      ...booked,
      style,
      mention: { who: 'host' },
      hosts: [{ name: 'Bo', email: ' BO@example.com' }],
    };
    const { text, blocks } = renderCard(card, people);
    expect(texts(blocks)[0]).toContain('Host <@U012AB3CD>');
    expect(text).toContain('Host <@U012AB3CD>');
    expect(renderCard(card).text).toContain('Host Bo');
    expect(renderCard({ ...card, mention: { who: 'none' } }, people).text).toContain('Host Bo');
  });

  test.each(styles)('a person or a group, in style %s', (style) => {
    const user = renderCard({ ...booked, style, mention: { who: 'user', id: 'W012AB3CD' } });
    const group = renderCard({ ...booked, style, mention: { who: 'group', id: 'S012AB3CD' } });
    for (const words of [texts(user.blocks)[0], user.text]) expect(words).toContain('cc <@W012AB3CD>');
    for (const words of [texts(group.blocks)[0], group.text]) expect(words).toContain('cc <!subteam^S012AB3CD>');
  });

  test.each(['', 'u1', '!channel', 'U1|x', 'U1>', 'S012AB3CD', `U${'1'.repeat(40)}`])('nobody by the id %j', (id) => {
    const { text, blocks } = renderCard({ ...booked, mention: { who: 'user', id } });
    expect(`${text}${texts(blocks)}`).not.toMatch(/cc |<@/);
    const host = renderCard({ ...booked, mention: { who: 'host' } }, new Map([['bo@example.com', id]]));
    expect(host.text).toContain('Host Bo,');
  });
});

describe('short styles', () => {
  const compact: Card = { ...booked, style: 'compact', ref: 'delivery-1' };
  const line: Card = { ...booked, style: 'line', ref: 'delivery-1' };

  test('compact: two lines, a menu with everything beside them, Join within', () => {
    const { text, blocks } = renderCard(compact);
    expect(texts(blocks)).toEqual([
      '✅ *Demo call* · booked · *[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)*\n' +
        '*Ada Lovelace* · ada_l@example.com · Host Bo · Zoom · <https://us05web.zoom.us/j/1?pwd=x|Join>',
    ]);
    expect(blocks[0]).toMatchObject({ accessory: { type: 'overflow', action_id: 'more' } });
    expect(pressable(compact).map(({ value }) => value)).toEqual(
      ['details', 'cancel', 'noshow', 'links', 'why'].map((verb) => `${verb} delivery-1`),
    );
    expect(text).toBe(renderCard(booked).text);
  });

  test('compact: on a sample, or where its address is long, Join is the button', () => {
    for (const card of [
      { ...compact, ref: null },
      { ...compact, place: { words: 'Zoom', joinUrl: `https://zoom.us/j/${'1'.repeat(700)}` } },
    ]) {
      const { blocks } = renderCard(card);
      expect(blocks[0]).toMatchObject({ accessory: { action_id: 'join' } });
      expect(texts(blocks)[0]).not.toContain('|Join>');
    }
  });

  test('compact: what happened stays in two lines', () => {
    const canceled = { at: null, before: HOUR, late: true, byType: 'invitee' as const, by: 'Ada', reason: 'conflict' };
    expect(texts(renderCard({ ...compact, state: 'canceled', canceled }).blocks)[0]).toBe(
      '❌ ~*Demo call*~ · canceled 1 h before · ⚠️ late · ~[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)~\n' +
        '*Ada Lovelace* · ada_l@example.com · Host Bo · Zoom · by invitee · “conflict”',
    );
    const busy = { ...compact, shortNotice: 2 * HOUR, late: HOUR, earlier: { bookings: 2, noShows: 0 } };
    const words = texts(renderCard(busy).blocks)[0]!;
    expect(words).toContain('· 3rd booking · Host Bo · Zoom · ⚠️ booked 2 h ahead · ⏱ arrived 1 h late · <https');
    expect(words.split('\n')).toHaveLength(2);
  });

  test('more answers are not said to be in a thread that has none', () => {
    const answers = ['a', 'b', 'c', 'd', 'e'].map((answer) => ({ question: 'Why?', answer }));
    for (const card of [compact, line])
      expect(renderCard({ ...card, threadAnswers: false, answers }).text).toContain('c. +2 more answers. ');
  });

  test('line: one line, no buttons', () => {
    const { text, blocks } = renderCard(line);
    expect(texts(blocks)).toEqual([
      '✅ *Demo call* · booked · *[Tue, Nov 24, 2026, 4:00 PM] – 4:30 PM (Europe/Berlin)* · *Ada Lovelace* · Host Bo · <https://us05web.zoom.us/j/1?pwd=x|Join>',
    ]);
    expect(blocks[0]).not.toHaveProperty('accessory');
    expect(text).toBe(renderCard(booked).text);
  });
});

/** What can be pressed, in order: by its words, and what it sends. */
const pressable = (card: Card) =>
  renderCard(card)
    .blocks.flatMap((block): (ActionsBlockElement | SectionBlockAccessory)[] =>
      block.type === 'actions' ? block.elements : block.type === 'section' && block.accessory ? [block.accessory] : [],
    )
    .flatMap((element): { text: string; value: string; label?: string | undefined }[] =>
      element.type === 'overflow'
        ? element.options.map(({ text, value }) => ({ text: text.text, value: value ?? '' }))
        : element.type === 'button'
          ? [{ text: element.text.text, value: element.value ?? '', label: element.accessibility_label }]
          : [],
    );
const labels = (card: Card) => pressable(card).map(({ text }) => text);

describe('what can be pressed', () => {
  const real = { ...booked, ref: 'delivery-1' };

  test('names its delivery, and for whom it is when read aloud', () => {
    expect(pressable(real)).toEqual([
      { text: 'Join', value: '', label: 'Join Demo call with Ada Lovelace' },
      { text: 'Cancel…', value: 'delivery-1', label: 'Cancel Demo call with Ada Lovelace' },
      { text: 'No-show', value: 'delivery-1', label: 'Mark as a no-show: Demo call with Ada Lovelace' },
      { text: 'Details', value: 'details delivery-1' },
      { text: 'Copy invitee’s link', value: 'links delivery-1' },
      { text: 'Why here?', value: 'why delivery-1' },
    ]);
  });

  test('is what can be done in its state, and tells no more than its channel may read', () => {
    const rest = ['Details', 'Copy invitee’s link', 'Why here?'];
    expect(labels(booked)).toEqual(['Join']);
    expect(labels({ ...real, state: 'canceled' })).toEqual([]);
    expect(labels({ ...real, state: 'noshow' })).toEqual(['Undo no-show', ...rest]);
    expect(labels({ ...real, state: 'moving' })).toEqual(['Details', 'Why here?']);
    expect(labels({ ...real, state: 'routed' })).toEqual(['Details', 'Why here?']);
    expect(labels({ ...real, state: 'moved' })).toEqual(['Join', 'Cancel…', 'No-show', ...rest]);
    for (const privacy of ['business', 'minimal'] as const)
      expect(labels({ ...real, privacy })).not.toContain('Details');
    expect(labels({ ...workshop, ref: 'x' })).toEqual(expect.arrayContaining(['Cancel…', 'No-show…', 'Why here?']));
    expect(labels({ ...workshop, ref: 'x' })).not.toContain('Copy invitee’s link');
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

test('the judge of blocks sees what is wrong with them', () => {
  const { text, blocks } = renderCard({ ...booked, ref: 'x' });
  expect(blockProblems({ text, blocks })).toEqual([]);
  const section = (text: string) => [{ type: 'section', text: { type: 'mrkdwn', text } }];
  const button = (more: object) => [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'x' }, ...more }],
    },
  ];
  const wrong = {
    'no text': { text: '' },
    'a long text': { text: 'x'.repeat(3_901) },
    'half a character': { text: 'x\uD800' },
    'no blocks': { text, blocks: [] },
    'too many': { text, blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
    'an empty section': { text, blocks: section('') },
    'a long section': { text, blocks: section('x'.repeat(3_001)) },
    'an unknown key': { text, blocks: [{ type: 'divider', color: 'red' }] },
    'an unknown type': { text, blocks: [{ type: 'marquee' }] },
    'a long value': { text, blocks: button({ value: 'x'.repeat(2_001) }) },
    'a long label': { text, blocks: button({ accessibility_label: 'x'.repeat(76) }) },
    'an address that is none': { text, blocks: button({ url: 'javascript:alert(1)' }) },
    'an id twice': { text, blocks: [...button({}), ...button({})].map((block) => ({ ...block, block_id: 'b' })) },
    'all too long': { text, blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_900))).flat() },
  };
  for (const [what, message] of Object.entries(wrong)) expect(blockProblems(message), what).not.toEqual([]);
});
