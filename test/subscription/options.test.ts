// The options of `subscribe`: every way people and phones write them, what a refusal says, and that what is printed is read again.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWish, printWish, type TypedWish } from '../../src/subscription/grammar.ts';
import { type OptionsWish, privacyHere, sameOptions, wishFor, withWish } from '../../src/subscription/options.ts';
import {
  defaultOptions,
  kinds,
  type Mention,
  type Options,
  privacies,
  styles,
  threadMode,
  threadModes,
} from '../../src/subscription/subscription.ts';

const wish = (words: string): TypedWish => {
  const parsed = parseWish(words);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.wish;
};
const options = (words: string) => wish(words).options;
const refusal = (words: string) => {
  const parsed = parseWish(words);
  if (parsed.ok) throw new Error(`understood as ${JSON.stringify(parsed.wish)}`);
  return parsed;
};
/** What a channel would get that had the usual options. */
const modes = (words: string, before = defaultOptions) => {
  const after = withWish(before, options(words));
  return Object.fromEntries(kinds.map((kind) => [kind, threadMode(after, kind)]));
};
const every = (mode: string, but = {}) => ({ ...Object.fromEntries(kinds.map((kind) => [kind, mode])), ...but });

describe('what is understood', () => {
  test('everything in one line, with an event type and kinds around it', () => {
    const line = '"Demo call" booked --style compact --thread off --mention host --privacy business';
    const understood = {
      all: false,
      types: ['Demo call'],
      rules: [],
      kinds: ['booked'],
      options: {
        style: 'compact',
        thread: { all: 'off', but: {} },
        mention: { who: 'host' },
        privacy: 'business',
      },
    };
    expect(wish(line)).toEqual(understood);
    expect(wish('--style compact --thread off "Demo call" --mention host booked --privacy business')).toEqual(
      understood,
    );
  });

  test.each([
    '--style compact',
    '--style=compact',
    '--STYLE Compact',
    '—style compact',
    '–style compact',
    '―style=compact',
    '——style compact',
    '−−style compact',
    '-style compact',
    '--style:compact',
    '--style = compact',
    '--style "compact"',
    '--style “compact”',
    '--style=“compact”',
    "--style='compact'",
    '--style ‘compact’',
    '--style line --style compact',
  ])('%s', (words) => {
    expect(wish(`all ${words} booked`)).toEqual({
      all: true,
      types: [],
      rules: [],
      kinds: ['booked'],
      options: { style: 'compact' },
    });
  });

  test.each<[string, OptionsWish]>([
    ['none', { mention: { who: 'none' } }],
    ['Host', { mention: { who: 'host' } }],
    ['<@U123|ann>', { mention: { who: 'user', id: 'U123' } }],
    ['<@U123>', { mention: { who: 'user', id: 'U123' } }],
    ['<@W0AB|Ann Archer, sales>', { mention: { who: 'user', id: 'W0AB' } }],
    ['<!subteam^S123|@sales>', { mention: { who: 'group', id: 'S123' } }],
    ['<!subteam^S123>', { mention: { who: 'group', id: 'S123' } }],
  ])('--mention %s', (who, expected) => {
    expect(options(`all --mention ${who} booked`)).toEqual(expected);
    expect(wish(`all —mention=${who} booked`)).toEqual({
      all: true,
      types: [],
      rules: [],
      kinds: ['booked'],
      options: expected,
    });
  });

  test.each([
    ['--thread on', every('on')],
    ['--thread off', every('off')],
    ['--thread broadcast', every('broadcast')],
    ['--thread all:off', every('off')],
    ['--thread canceled:broadcast', every('on', { canceled: 'broadcast' })],
    ['--thread on,canceled:broadcast,noshow:off', every('on', { canceled: 'broadcast', noshow: 'off' })],
    ['--thread=on,canceled:broadcast, noshow:off', every('on', { canceled: 'broadcast', noshow: 'off' })],
    ['--thread on canceled:broadcast no-show=off', every('on', { canceled: 'broadcast', noshow: 'off' })],
    ['--thread canceled: broadcast', every('on', { canceled: 'broadcast' })],
    ['--thread canceled∶broadcast', every('on', { canceled: 'broadcast' })],
    ['--thread canceled:broadcast --thread noshow:off', every('on', { canceled: 'broadcast', noshow: 'off' })],
    ['--thread cancellations:off --thread broadcast', every('broadcast', { canceled: 'off' })],
    ['--thread on,canceled:on --thread broadcast', every('broadcast', { canceled: 'on' })],
    ['--thread moved:off,moved:on', every('on')],
    ['--thread off,canceled:broadcast', every('off')],
    ['--thread canceled:broadcast --thread off', every('off')],
  ])('%s', (words, expected) => {
    expect(modes(words)).toEqual(expected);
  });

  test('beside off for all, exceptions are not kept', () => {
    for (const words of ['off,canceled:broadcast', 'canceled:broadcast --thread off'])
      expect(options(`--thread ${words}`)).toEqual({ thread: { all: 'off', but: {} } });
  });

  test('what follows a comma is read as what it is', () => {
    expect(wish('all --thread off, booked')).toEqual({
      all: true,
      types: [],
      rules: [],
      kinds: ['booked'],
      options: { thread: { all: 'off', but: {} } },
    });
    expect(wish('--thread on,canceled:off,"Demo call",noshow').types).toEqual(['Demo call']);
    expect(wish('--style compact, Demo call').types).toEqual(['Demo call']);
  });

  test('a dash within a name is part of the name', () => {
    expect(wish('Demo — intro booked').types).toEqual(['Demo — intro']);
    expect(wish('"--style compact"')).toMatchObject({ types: ['--style compact'], options: {} });
  });
});

describe('what is refused says what would work', () => {
  test.each<[string, string[], RegExp]>([
    ['--styl compact', ['--style'], /no option “--styl”\. Did you mean --style\?/],
    ['—threads off', ['--thread'], /no option “--threads”\. Did you mean --thread\?/],
    [
      '--loud',
      expect.arrayContaining(['--style', '--account']),
      /The options are --style, --thread, --mention, --privacy/,
    ],
    ['--style', [], /after --style: card, compact or line/],
    ['--style --thread off', [], /after --style: card, compact or line/],
    ['--style compakt', ['compact'], /--style cannot be “compakt”\. Did you mean compact\?/],
    ['--style=xylophone', ['card', 'compact', 'line'], /It can be card, compact or line/],
    ['--privacy buisness', ['business'], /Did you mean business\?/],
    ['--privacy 7', ['full', 'business', 'minimal'], /full, business or minimal/],
    ['--thread brodcast', ['broadcast'], /Did you mean broadcast\?/],
    ['--thread on,canceled:brodcast', ['broadcast'], /Did you mean broadcast\?/],
    ['--thread on,brodcast', ['broadcast'], /Did you mean broadcast\?/],
    ['--thread canceld:off', ['canceled'], /no kind of change “canceld”\. Did you mean canceled\?/],
    ['--thread xylophone:off', [...kinds], /The kinds are booked, canceled/],
    ['--thread maybe', ['on', 'off', 'broadcast'], /for one kind as in canceled:broadcast/],
    ['--mention hots', ['host'], /Did you mean host\?/],
    ['--mention @bo', ['host', 'none'], /cannot tell who “@bo” is\. Type the @ again and pick the name/],
    ['--mention bo', ['none', 'host'], /a person or user group such as @ann/],
    ['--mention <!here>', ['host'], /never call a whole channel/],
    ['--mention @channel', ['host'], /never call a whole channel/],
    ['--mention <!everyone>', ['host'], /never call a whole channel/],
    ['--mention <#C12|sales>', ['none', 'host'], /cannot be “#sales”/],
    ['--mention=<ann', ['none', 'host'], /cannot be “<ann”/],
    ['--mention <@u1>', ['none', 'host'], /cannot be/],
  ])('%s', (words, suggestions, says) => {
    const no = refusal(`all booked ${words}`);
    expect(no.message).toMatch(says);
    expect(no.suggestions).toEqual(suggestions);
  });
});

describe('what was named changes, and nothing else', () => {
  const before: Options = {
    style: 'compact',
    thread: { all: 'on', but: { canceled: 'broadcast' } },
    mention: { who: 'group', id: 'S1' },
    privacy: 'minimal',
  };

  test('nothing named keeps all', () => {
    expect(withWish(before, options('all booked'))).toEqual(before);
  });
  test('one option named keeps the others', () => {
    expect(withWish(before, options('--style line'))).toEqual({ ...before, style: 'line' });
    expect(withWish(before, options('--mention none'))).toEqual({ ...before, mention: { who: 'none' } });
    expect(withWish(before, options('--privacy full'))).toEqual({ ...before, privacy: 'full' });
  });
  test('a thread mode for all is for all; for one kind, the others keep theirs', () => {
    expect(modes('--thread on', before)).toEqual(every('on'));
    expect(modes('--thread noshow:off', before)).toEqual(every('on', { canceled: 'broadcast', noshow: 'off' }));
    const silent: Options = { ...before, thread: { all: 'off', but: {} } };
    expect(modes('--thread canceled:broadcast', silent)).toEqual(every('off', { canceled: 'broadcast' }));
    expect(modes('--thread canceled:broadcast --thread canceled:off', silent)).toEqual(every('off'));
  });
  test('a difference nobody would see is none', () => {
    expect(sameOptions(defaultOptions, { ...defaultOptions, thread: { all: 'on', but: { booked: 'on' } } })).toBe(true);
    const off: Options = { ...defaultOptions, thread: { all: 'off', but: {} } };
    expect(sameOptions(off, { ...off, thread: { all: 'off', but: { booked: 'on' } } })).toBe(true);
    expect(sameOptions(off, defaultOptions)).toBe(false);
    const user = (id: string): Options => ({ ...before, mention: { who: 'user', id } });
    expect(sameOptions(user('U1'), user('U2'))).toBe(false);
    expect(sameOptions(user('U1'), user('U1'))).toBe(true);
    expect(sameOptions(before, { ...before, style: 'line' })).toBe(false);
    expect(sameOptions(before, { ...before, privacy: 'full' })).toBe(false);
  });
});

describe('what outsiders can read', () => {
  test('is business at most, unless an admin says otherwise', () => {
    const shown = (isShared: boolean, adminSaysSo: boolean) =>
      privacies.map((privacy) => privacyHere(privacy, { isShared, adminSaysSo }));
    expect(shown(true, false)).toEqual(['business', 'business', 'minimal']);
    expect(shown(true, true)).toEqual([...privacies]);
    expect(shown(false, false)).toEqual([...privacies]);
  });
});

const mention = fc.oneof<fc.Arbitrary<Mention>[]>(
  fc.constantFrom<Mention>({ who: 'none' }, { who: 'host' }),
  fc.stringMatching(/^[UW][A-Z0-9]{1,30}$/).map((id): Mention => ({ who: 'user', id })),
  fc.stringMatching(/^S[A-Z0-9]{1,30}$/).map((id): Mention => ({ who: 'group', id })),
);
const mode = fc.constantFrom(...threadModes);
const but = fc.dictionary(fc.constantFrom(...kinds), mode, { noNullPrototype: true });
const anyOptions: fc.Arbitrary<Options> = fc.record({
  style: fc.constantFrom(...styles),
  thread: fc.record({ all: mode, but }),
  mention,
  privacy: fc.constantFrom(...privacies),
});
const threadWish = fc.oneof(
  but.filter((each) => Object.keys(each).length > 0).map((each) => ({ but: each })),
  fc.record({ all: mode, but }).map(({ all, but: each }) => ({
    all,
    but: Object.fromEntries(Object.entries(each).filter(([, one]) => all !== 'off' && one !== all)),
  })),
);
const anyWish = fc
  .record({
    types: fc.uniqueArray(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        .map((name) =>
          name
            .replace(/["“”„«»]/g, '')
            .replace(/\s+/g, ' ')
            .trim(),
        )
        .filter((name) => name !== ''),
      { maxLength: 4 },
    ),
    rules: fc.constant([] as TypedWish['rules']),
    all: fc.boolean(),
    kinds: fc.uniqueArray(fc.constantFrom(...kinds)),
    options: fc.record(
      { style: fc.constantFrom(...styles), thread: threadWish, mention, privacy: fc.constantFrom(...privacies) },
      { requiredKeys: [] },
    ),
  })
  .map((each) => ({ ...each, all: each.all && each.types.length === 0 }));

describe('for any wish', () => {
  test('what is printed is read as the same wish', () => {
    fc.assert(
      fc.property(anyWish, (any) => {
        expect(parseWish(printWish(any))).toEqual({ ok: true, wish: any });
      }),
      { numRuns: 2000 },
    );
  });

  test('phones’ dashes and another case change nothing', () => {
    fc.assert(
      fc.property(anyWish, fc.constantFrom('—', '–', '——'), (any, dash) => {
        const { options: named } = any;
        const words = printWish({ all: true, types: [], rules: [], kinds: [], options: named }).replaceAll('--', dash);
        expect(options(words)).toEqual(named);
      }),
    );
  });

  test('options are what their own wish makes of the usual ones', () => {
    fc.assert(
      fc.property(anyOptions, (any) => {
        const again = withWish(
          defaultOptions,
          options(printWish({ all: true, types: [], rules: [], kinds: [], options: wishFor(any) })),
        );
        expect(sameOptions(again, any)).toBe(true);
        expect(again.mention).toEqual(any.mention);
      }),
      { numRuns: 1000 },
    );
  });

  test('naming one thing leaves the others; naming it twice is naming it once', () => {
    fc.assert(
      fc.property(anyOptions, anyWish, (before, { options: named }) => {
        const after = withWish(before, named);
        if (!named.style) expect(after.style).toBe(before.style);
        if (!named.privacy) expect(after.privacy).toBe(before.privacy);
        if (!named.mention) expect(after.mention).toEqual(before.mention);
        for (const kind of kinds) {
          const thread: OptionsWish['thread'] = named.thread;
          const wanted = thread?.but[kind] ?? thread?.all;
          expect(threadMode(after, kind)).toBe(wanted ?? threadMode(before, kind));
        }
        expect(sameOptions(withWish(after, named), after)).toBe(true);
      }),
    );
  });
});

describe('the account', () => {
  test.each(['--account "Acme Sales"', '--account=“Acme Sales”', '—account ‘Acme Sales’', '--account = "Acme Sales"'])(
    '%s',
    (words) => {
      expect(wish(`"Demo call" booked ${words} --style line`)).toEqual({
        all: false,
        types: ['Demo call'],
        rules: [],
        kinds: ['booked'],
        options: { style: 'line' },
        account: 'Acme Sales',
      });
    },
  );
  test('is read again as it is printed, and asked for where it is missing', () => {
    const typed = wish('all --account "Acme, Ada’s Sales"');
    expect(parseWish(printWish(typed))).toEqual({ ok: true, wish: typed });
    expect(refusal('all --account').message).toMatch(/after --account: the name of a Calendly account/);
  });
});
