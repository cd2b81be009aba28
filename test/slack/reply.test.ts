// Holds what a card's thread says: one line for each step, plain to read, and harmless whatever names and reasons are given.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reply } from '../../src/delivery/card.ts';
import { render } from '../../src/slack/messages/content.ts';
import { renderReply } from '../../src/slack/messages/reply.ts';
import { hostile, shape } from './mrkdwn.ts';

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

test('strangers’ words stay words', () => {
  const word = fc.option(hostile.map((text) => `a ${text}`));
  const replies = fc.record({
    kind: fc.constantFrom('moved' as const, 'canceled' as const, 'noshow' as const, 'noshow_undone' as const),
    who: hostile.map((text) => `a ${text}`),
    by: word,
    byType: fc.constantFrom('host' as const, 'invitee' as const, null),
    reason: word,
    before: fc.option(fc.integer()),
  });
  fc.assert(
    fc.property(replies, (part) => {
      const text = renderReply({ ...moved, ...part }).text;
      const tame = renderReply({ ...moved, ...part, who: 'x', by: part.by && 'x', reason: part.reason && 'x' }).text;
      expect(shape(text)).toBe(shape(tame));
      expect(text).not.toContain('\n');
      expect(text.length).toBeLessThanOrEqual(1500);
    }),
    { numRuns: 2000 },
  );
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
