// Holds what is said without blocks: a card's thread, digests, notices. That it is harmless is held by any-message.test.ts.

import { describe, expect, test } from 'vitest';
import type { Digest, Reply } from '../../src/delivery/content.ts';
import { render } from '../../src/slack/messages/content.ts';
import { renderReply } from '../../src/slack/messages/reply.ts';

const MIN = 60_000;
const OLD = Date.UTC(2026, 10, 24, 15, 0);
const NEW = Date.UTC(2026, 10, 26, 10, 0);

const moved: Reply = {
  kind: 'moved',
  title: 'Demo call',
  who: 'Ada Lovelace',
  by: 'Ada Lovelace',
  byType: 'invitee',
  reason: 'conflict',
  was: { startsAt: OLD, endsAt: OLD + 30 * MIN },
  now: { startsAt: NEW, endsAt: NEW + 30 * MIN },
  before: null,
  joined: [],
  left: [],
  answers: [],
};
const line = (reply: Reply) => renderReply(reply).text.replace(/<!date\^\d+\^[^|]+\|([^>]+)>/g, '$1');

test('a move says who, from when, to when and why', () => {
  expect(line(moved)).toBe(
    '🔁 Moved by Ada Lovelace (invitee): ~Tue, Nov 24, 2026, 3:00 PM (UTC)~ → *Thu, Nov 26, 2026, 10:00 AM – 10:30 AM (UTC)* · “conflict”',
  );
  expect(line({ ...moved, by: null, reason: null, now: null })).toBe(
    '🔁 Moved by Ada Lovelace (invitee): ~Tue, Nov 24, 2026, 3:00 PM (UTC)~ → new time to follow',
  );
  expect(line({ ...moved, by: null, byType: 'host', reason: null, was: null, now: null })).toBe('🔁 Moved by the host');
  expect(line({ ...moved, by: 'Bo', byType: null, reason: null, was: null })).toBe(
    '🔁 Moved by Bo · *Thu, Nov 26, 2026, 10:00 AM – 10:30 AM (UTC)*',
  );
});

test.each<[Partial<Reply>, string]>([
  [{ kind: 'canceled', before: 40 * MIN }, '❌ Canceled 40 min before by Ada Lovelace (invitee) · “conflict”'],
  [{ kind: 'canceled', before: -5 * MIN, by: null, byType: null, reason: null }, '❌ Canceled 5 min after its start'],
  [{ kind: 'canceled', before: null, by: null, byType: 'host', reason: ' ' }, '❌ Canceled by the host'],
  [{ kind: 'noshow', by: 'Bo', byType: 'host', reason: null }, '👻 Ada Lovelace marked as a no-show by Bo (host)'],
  [
    { kind: 'noshow_undone', by: null, byType: null, reason: null, who: '' },
    '↩️ No-show mark of the invitee taken back',
  ],
])('%j reads %s', (part, words) => {
  expect(line({ ...moved, ...part })).toBe(words);
});

test('what the channel reads too names its meeting', () => {
  const broadcast = {
    kind: 'reply',
    reply: { ...moved, kind: 'canceled', before: 40 * MIN },
    broadcast: true,
  } as const;
  expect(render(broadcast, { plain: false }).text).toBe(
    '❌ Canceled 40 min before by Ada Lovelace (invitee) · *Demo call* · “conflict”',
  );
});

test('who joined and left a group meeting', () => {
  const guests = (joined: string[], left: string[] = []) =>
    line({ ...moved, kind: 'guests', by: null, byType: null, reason: null, joined, left });
  expect(guests(['Ada', 'Bo', 'Cy'], ['Di'])).toBe('👥 3 joined: Ada, Bo, Cy · 1 left: Di');
  expect(guests([], ['Di', ' '])).toBe('👥 2 left: Di, Somebody');
  expect(guests(Array.from({ length: 12 }, (_, i) => `G${i}`))).toBe(
    '👥 12 joined: G0, G1, G2, G3, G4, G5, G6, G7, G8, G9, +2 more',
  );
});

describe('all answers', () => {
  const all = (...answers: [question: string, answer: string][]) =>
    line({ ...moved, kind: 'answers', answers: answers.map(([question, answer]) => ({ question, answer })) });

  test('questions in bold, answers quoted, line by line', () => {
    expect(all(['What should we cover?', 'Pricing\r\n\r\n\r\n> for *40* seats'], ['', ' 40 '])).toBe(
      [
        '📝 All answers of Ada Lovelace',
        '*What should we cover?*',
        '> Pricing',
        '> › for ∗40∗ seats',
        '*Answer*',
        '> 40',
      ].join('\n'),
    );
  });

  test('a long answer is cut between graphemes, a short one beside it is whole', () => {
    const text = all(['Why?', '👩‍💻'.repeat(1000)], ['How?', 'by train'], ['When?', 'x '.repeat(5000)]);
    expect(text.length).toBeLessThanOrEqual(3_500);
    expect(text.length).toBeGreaterThan(3_300);
    expect(text).toContain('\n> by train\n');
    expect(text).toMatch(/\n> (👩‍💻)+…\n/u);
    expect(text).toMatch(/x…$/);
    expect(all(['Why?', '<'.repeat(100_000)])).toMatch(/&lt;…$/);
  });

  test('a page of lines does not become a wall of quotes', () => {
    expect(all(['Why?', 'a\n'.repeat(2_000)]).split('\n').length).toBeLessThanOrEqual(33);
    expect(all(['Why?', 'one\ntwo'.repeat(600)])).toMatch(/…$/);
  });

  test('the twenty first, and how many more', () => {
    const text = all(...Array.from({ length: 23 }, (_, i): [string, string] => [`Q${i}`, 'x'.repeat(900)]));
    expect(text.length).toBeLessThanOrEqual(3_500);
    expect(text).toContain('*Q19*');
    expect(text).toMatch(/\n\+3 more$/);
  });
});

describe('what was over before it was heard of', () => {
  const digest = (past: Digest['past'], more = 0) =>
    render({ kind: 'digest', digest: { past, more } }, { plain: false }).text.replace(
      /<!date\^\d+\^[^|]+\|([^>]+)>/g,
      '$1',
    );
  const past = (title: string, who: string, state: 'booked' | 'canceled' = 'booked') => ({
    title,
    who,
    when: { startsAt: OLD, endsAt: OLD + 30 * MIN },
    state,
  });

  test('one message, a line for each', () => {
    expect(digest([past('Demo call', 'Ada'), past('Workshop', ''), past('', 'Bo', 'canceled')])).toBe(
      [
        '⏱ 3 meetings were over before I heard of them:',
        '• *Demo call* with Ada · Tue, Nov 24, 2026, 3:00 PM (UTC)',
        '• *Workshop* · Tue, Nov 24, 2026, 3:00 PM (UTC)',
        '• *Meeting* with Bo · Tue, Nov 24, 2026, 3:00 PM (UTC) · canceled',
      ].join('\n'),
    );
    expect(digest([past('Demo call', 'Ada')])).toContain('1 meeting was over before I heard of it:\n');
  });

  test('at most ten by name', () => {
    const text = digest(
      Array.from({ length: 12 }, (_, i) => past(`Call ${i}`, 'Ada')),
      100,
    );
    expect(text).toContain('112 meetings');
    expect(text.split('\n')).toHaveLength(12);
    expect(text).toMatch(/\n\+102 more$/);
  });
});

test('a notice goes out as it is, and a far too long one ends whole', () => {
  expect(render({ kind: 'notice', text: '<@U1> subscribed this channel.' }, { plain: false })).toEqual({
    text: '<@U1> subscribed this channel.',
  });
  const { text } = render({ kind: 'notice', text: '<https://example.com|link> &amp; '.repeat(200) }, { plain: true });
  expect(text.length).toBeLessThanOrEqual(3900);
  expect(text.match(/</g)?.length).toBe(text.match(/>/g)?.length);
  expect(text).not.toMatch(/&(?!amp;)/);
  expect(text.endsWith('…')).toBe(true);
});
