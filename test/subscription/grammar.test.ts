// The words of `subscribe`: every way people write them, and that no text at all can break the reading of them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWish, printWish, type TypedWish } from '../../src/subscription/grammar.ts';
import { distance, nearest, slipsOf } from '../../src/subscription/nearest.ts';
import { kinds } from '../../src/subscription/subscription.ts';

const wish = (words: string): TypedWish => {
  const parsed = parseWish(words);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.wish;
};
const refusal = (words: string) => {
  const parsed = parseWish(words);
  if (parsed.ok) throw new Error(`understood as ${JSON.stringify(parsed.wish)}`);
  return parsed;
};

describe('what is understood', () => {
  test.each<[string, Partial<TypedWish>]>([
    ['', {}],
    ['  , , ', {}],
    ['all', { all: true }],
    ['ALL booked', { all: true, kinds: ['booked'] }],
    ['"Demo call" booked canceled', { types: ['Demo call'], kinds: ['booked', 'canceled'] }],
    ['“Demo call” booked,canceled', { types: ['Demo call'], kinds: ['booked', 'canceled'] }],
    ['„Demo call“ booked', { types: ['Demo call'], kinds: ['booked'] }],
    ['«Demo call», ‘Support’', { types: ['Demo call', 'Support'] }],
    ["'Ada's call' moved", { types: ["Ada's call"], kinds: ['rescheduled'] }],
    ['‘Ada’s call’ moved', { types: ['Ada’s call'], kinds: ['rescheduled'] }],
    ['Demo call booked', { types: ['Demo call'], kinds: ['booked'] }],
    ['demo-call', { types: ['demo-call'] }],
    ['type:"Demo call" type:support new', { types: ['Demo call', 'support'], kinds: ['booked'] }],
    ['"Demo call', { types: ['Demo call'] }],
    ['"booked"', { types: ['booked'] }],
    [
      '<https://calendly.com/acme/demo|calendly.com/acme/demo> booked',
      { types: ['https://calendly.com/acme/demo'], kinds: ['booked'] },
    ],
    ['<https://calendly.com/acme/demo?a=1&amp;b=2>', { types: ['https://calendly.com/acme/demo?a=1&b=2'] }],
    ['https://calendly.com/acme/demo', { types: ['https://calendly.com/acme/demo'] }],
    [
      'Booked CANCELLED moved no-show no_show form',
      { kinds: ['booked', 'canceled', 'rescheduled', 'noshow', 'routed'] },
    ],
    ['booked booked', { kinds: ['booked'] }],
    ['"Demo" "Demo"', { types: ['Demo'] }],
  ])('%s', (words, expected) => {
    expect(wish(words)).toEqual({ all: false, types: [], kinds: [], options: {}, ...expected });
  });
});

describe('what is refused says what would work', () => {
  test('a slip in a kind is not taken for an event type', () => {
    const no = refusal('"Demo call" boked');
    expect(no.suggestions).toEqual(['booked']);
    expect(no.message).toContain('boked');
    expect(no.message).toContain('quotes');
    expect(refusal('cancelde').suggestions).toEqual(['canceled']);
  });
  test.each(['--', '@ann', '<@U123|ann>', '<#C12|sales>', 'host:ann', '-type:x'])('%s is no event type', (words) => {
    expect(refusal(words).message).toMatch(/Demo call|event type/);
  });
  test('all and a name contradict each other', () => {
    expect(refusal('all "Demo call"').message).toContain('not both');
  });
  test('more names than a list can hold', () => {
    expect(refusal(Array.from({ length: 101 }, (_, i) => `"t${i}"`).join(' ')).message).toContain('100');
    expect(wish(Array.from({ length: 100 }, (_, i) => `"t${i}"`).join(' ')).types).toHaveLength(100);
  });
});

describe('for any text', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          '“',
          '”',
          '„',
          '«',
          '»',
          '‘',
          '’',
          "'",
          ',',
          ' ',
          '\n',
          '<',
          '>',
          '|',
          '&amp;',
          'all',
          'booked',
          'noshow',
          'type:',
          'https://calendly.com/a',
          '<https://calendly.com/a|b>',
          'Demo',
          'call',
          '@',
          '#',
          '--',
          '--style',
          '—style=',
          '--thread',
          '–mention',
          '--privacy=',
          '--loud',
          'compact',
          'on',
          'broadcast',
          'off',
          'canceled:broadcast',
          'noshow:',
          '=',
          'host',
          'business',
          '<@U1|ann b>',
          '<!subteam^S1|@sales>',
          '<!here>',
          '-',
          ':',
          '__proto__',
          'constructor',
          '\u202e',
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join('')),
  );

  test('there is a wish or a refusal in words', () => {
    fc.assert(
      fc.property(nasty, (words) => {
        const parsed = parseWish(words);
        if (!parsed.ok) expect(parsed.message.length).toBeGreaterThan(20);
        else for (const kind of parsed.wish.kinds) expect(kinds).toContain(kind);
      }),
      { numRuns: 1000 },
    );
  });

  test('a wish that is printed and read again is the same wish', () => {
    fc.assert(
      fc.property(nasty, (words) => {
        const parsed = parseWish(words);
        if (!parsed.ok) return;
        const again = parseWish(printWish(parsed.wish));
        expect(again).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    '"',
    '<',
    'boooke ',
    '<https://',
    "' ",
    'type:',
    'a,',
    '“”',
    '<https://a|',
    '—',
    '--',
    "--style='",
    '--thread on,',
    '--thread ',
    '<@',
    '=<@',
    '--mention=<@U1|',
  ])('10,000 characters of %s are read in 10 ms', (part) => {
    const words = part.repeat(Math.ceil(10_000 / part.length));
    parseWish(words);
    // The best of several runs: what the code needs, not what else the machine is doing.
    const best = Math.min(
      ...Array.from({ length: 7 }, () => {
        const from = performance.now();
        parseWish(words);
        return performance.now() - from;
      }),
    );
    expect(best).toBeLessThan(10);
  });
});

describe('near misses', () => {
  test('slips are counted, a swap of neighbours as one', () => {
    expect(distance('booked', 'boked')).toBe(1);
    expect(distance('canceled', 'cancelde')).toBe(1);
    expect(distance('', 'abc')).toBe(3);
  });
  test('a word that is far from everything has no suggestion', () => {
    expect(slipsOf('xylophone', kinds)).toEqual([]);
    expect(slipsOf('x'.repeat(5000), kinds)).toEqual([]);
  });
  test('the likeliest names come first', () => {
    const names = ['Support', 'Demo call', 'Demo call (30 min)', 'Onboarding', 'Interview', 'Coffee'];
    expect(nearest('demo cal', names, (name) => name, 2)).toEqual(['Demo call', 'Demo call (30 min)']);
    expect(nearest('suport', names, (name) => name, 1)).toEqual(['Support']);
    expect(nearest('', names, (name) => name)).toHaveLength(5);
  });
});
