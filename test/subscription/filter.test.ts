// Which bookings a filter lets through, key by key and together, and that the same verdict says why.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, Invitee } from '../../src/booking/change.ts';
import { plan } from '../../src/delivery/plan.ts';
import { factsOf } from '../../src/subscription/facts.ts';
import { judgeOf, lets, whyNot } from '../../src/subscription/filter.ts';
import { rulesFor, rulesInWords } from '../../src/subscription/filter-words.ts';
import { parseWish, printWish } from '../../src/subscription/grammar.ts';
import { sameFilter, type TypedRule, typedAs } from '../../src/subscription/rules.ts';
import { defaultKinds, type Filter, type Rule, type Subscription } from '../../src/subscription/subscription.ts';
import { textsFor } from '../../src/texts/index.ts';

const hour = 3_600_000;
const demo = { uri: 'https://api.calendly.com/event_types/demo', name: 'Demo call' };
const bo = { uri: 'https://api.calendly.com/users/bo', name: 'Bo Berg', email: 'bo@studio.example' };

const ada = (over: Partial<Invitee> = {}, meeting: Partial<Invitee['meeting']> = {}): Change => ({
  event: 'invitee.created',
  kind: 'booked',
  key: 'k',
  occurredAt: 0,
  form: null,
  invitee: {
    uri: 'https://api.calendly.com/scheduled_events/e/invitees/i',
    name: 'Ada',
    email: 'Ada@EU.Acme.com',
    timezone: null,
    active: true,
    createdAt: 0,
    updatedAt: 0,
    answers: [
      { question: 'Team size? 🚀', answer: '11-50' },
      { question: 'Company', answer: 'Acme Inc., since 1999' },
      { question: 'Empty', answer: ' ' },
    ],
    tracking: { utm_source: 'LinkedIn', utm_campaign: 'spring' },
    rescheduled: false,
    oldInvitee: null,
    newInvitee: null,
    cancellation: null,
    noShow: null,
    payment: { amount: '10', currency: 'EUR', successful: true },
    scheduledBy: null,
    formSubmission: null,
    ...over,
    meeting: {
      uri: 'https://api.calendly.com/scheduled_events/e',
      name: 'Demo call',
      active: true,
      startsAt: 20 * hour,
      endsAt: 21 * hour,
      eventType: demo.uri,
      place: { kind: 'zoom', text: null, joinUrl: null },
      seats: null,
      hosts: [bo],
      guests: [],
      ...meeting,
    },
  },
});

/** As typed; names are found as they would be at Calendly. */
const filter = (words: string): Filter => {
  const parsed = parseWish(words);
  if (!parsed.ok) throw new Error(parsed.message);
  const rules = parsed.wish.rules.map((rule): Rule => {
    const { not } = rule;
    switch (rule.key) {
      case 'type':
        return { key: 'type', not, name: rule.name, uri: rule.name === demo.name ? demo.uri : 'https://other' };
      case 'host':
        return { key: 'host', not, ...(rule.name === bo.name ? bo : { uri: null, email: null, name: rule.name }) };
      case 'group':
        return { key: 'group', not, name: rule.name, uri: 'g', members: rule.name === 'Sales' ? [bo.uri] : [] };
      default:
        return rule;
    }
  });
  return { types: parsed.wish.types.map((name) => ({ uri: name === demo.name ? demo.uri : 'x', name })), rules };
};
const verdict = (words: string, change = ada()) =>
  judgeOf(change).judge({ kinds: [...defaultKinds], filter: filter(words) });

describe('one key', () => {
  test.each([
    ['"Demo call"', true],
    ['"Other"', false],
    ['-type:"Demo call"', false],
    ['-type:"Other"', true],
    ['host:"Bo Berg"', true],
    ['host:"Someone"', false],
    ['-host:"Bo Berg"', false],
    ['group:"Sales"', true],
    ['group:"Support"', false],
    ['-group:"Sales"', false],
    ['domain:acme.com', true],
    ['domain:eu.acme.com', true],
    ['domain:me.com', false],
    ['domain:cme.com', false],
    ['domain:ada@eu.acme.com', true],
    ['domain:ada@acme.com', false],
    ['-domain:acme.com', false],
    ['answer."team size":"11-50"', true],
    ['answer."Team size":50', false],
    ['answer."Team size":11', false],
    ['answer."Company":acme', true],
    ['answer."Company":1999', true],
    ['answer."Company":199', false],
    ['answer."Company"', true],
    ['answer."Empty"', false],
    ['answer."Nobody asked"', false],
    ['-answer."Company":acme', false],
    ['utm:linkedin', true],
    ['utm:spring', true],
    ['utm.source:linkedin', true],
    ['utm:campaign=linkedin', false],
    ['utm.term:*', false],
    ['utm:*', true],
    ['-utm.source:linkedin', false],
    ['lead:<24h', true],
    ['lead:<20h', false],
    ['lead:>20h', true],
    ['lead:12h-1d', true],
    ['lead:1d-2d', false],
    ['-lead:<24h', false],
    ['location:zoom', true],
    ['location:online', true],
    ['location:phone', false],
    ['-location:online', false],
    ['paid:yes', true],
    ['paid:no', false],
    ['-paid:yes', false],
  ])('%s', (words, matches) => {
    expect(verdict(words).matches).toBe(matches);
  });
});

describe('together', () => {
  test('all keys must be met, one rule of each is enough, and none may be ruled out', () => {
    expect(verdict('host:"Bo Berg" domain:acme.com lead:<24h').matches).toBe(true);
    expect(verdict('host:"Bo Berg" domain:beta.io lead:<24h').matches).toBe(false);
    expect(verdict('domain:beta.io domain:acme.com').matches).toBe(true);
    expect(verdict('domain:acme.com -domain:ada@eu.acme.com').matches).toBe(false);
  });
  test('the kind comes first, and every step is told whatever the first says', () => {
    const { steps } = judgeOf(ada()).judge({ kinds: ['noshow'], filter: filter('host:"Someone" domain:acme.com') });
    expect(steps.map(({ about, passes }) => [about, passes])).toEqual([
      ['kind', false],
      ['host', false],
      ['domain', true],
    ]);
  });
  test('what a form cannot tell does not keep it out', () => {
    const form = {
      uri: 'f',
      form: null,
      answers: [
        { question: 'E-mail', answer: 'ada@acme.com' },
        { question: 'Company', answer: 'Acme' },
      ],
      outcome: null,
      submitter: null,
      createdAt: 0,
    };
    const change: Change = { ...ada(), kind: 'routed', invitee: null, form };
    const { judge } = judgeOf(change);
    const asks = (words: string) => judge({ kinds: ['routed'], filter: filter(words) }).matches;
    expect(asks('"Other" host:"Someone" lead:<1h domain:acme.com answer."Company":acme')).toBe(true);
    expect(asks('domain:beta.io')).toBe(false);
  });
  test('of a group meeting that is kept, answers are not known, and so are not asked', () => {
    const { invitee } = ada({ answers: [], tracking: {} }, { seats: { active: 2, limit: 5 } });
    const kept = factsOf({ invitee, form: null }, { isKept: true });
    expect(lets(filter('answer."Company":acme utm:linkedin domain:acme.com'), kept)).toBe(true);
    expect(lets(filter('domain:beta.io'), kept)).toBe(false);
  });
  test('a host without an address here is known by name', () => {
    const change = ada({}, { hosts: [{ uri: null, email: null, name: 'SOME  one' }] });
    expect(verdict('host:"Some one"', change).matches).toBe(true);
  });
  test('why not is one clause', () => {
    const asking = { kinds: [...defaultKinds], filter: filter('host:"Someone" -domain:acme.com') };
    expect(whyNot(judgeOf(ada()).judge(asking), asking)).toBe('its host is not Someone');
    const out = { ...asking, filter: filter('-domain:acme.com') };
    expect(whyNot(judgeOf(ada()).judge(out), out)).toBe('its domain is ruled out');
  });
});

test('a change asks the subscriptions of its own account only, however many others there are', () => {
  let asked = 0;
  const other = {
    id: 'o',
    connectionId: 'other',
    channelId: 'C',
    get kinds() {
      asked += 1;
      return [];
    },
  } as unknown as Subscription;
  const change = { connectionId: 'mine', change: ada(), receivedAt: 0 };
  const input = { now: 0, changes: [change], bookings: [], bookingOf: new Map(), cards: [], newId: () => 'b' };
  expect(plan({ ...input, subscriptions: Array.from({ length: 1_000 }, () => other) }).newCards).toEqual([]);
  expect(asked).toBe(0);
});

const word = fc
  .stringMatching(/^[A-Za-z0-9äß][A-Za-z0-9äß '&;<>|@:*=.,-]{0,20}[a-z0-9]$/)
  .map((text) => text.replace(/\s+/g, ' '));
const minutes = fc.integer({ min: 1, max: 366 * 24 * 60 }).map((count) => count * 60_000);
const anyRule: fc.Arbitrary<TypedRule> = fc
  .tuple(
    fc.boolean(),
    fc.oneof(
      fc.record({ key: fc.constantFrom('host' as const, 'group' as const), name: word }),
      fc.record({ key: fc.constant('type' as const), name: word }),
      fc.record({ key: fc.constant('domain' as const), domain: fc.constantFrom('acme.com', 'ada@b.io', 'edu') }),
      fc.record({ key: fc.constant('answer' as const), question: word, words: fc.option(word) }),
      fc.record({
        key: fc.constant('utm' as const),
        name: fc.constantFrom('source' as const, 'term' as const),
        value: fc.option(word),
      }),
      fc.tuple(minutes, minutes).map(([a, b]) => ({
        key: 'lead' as const,
        from: Math.min(a, b),
        to: a === b ? null : Math.max(a, b),
      })),
      fc.record({
        key: fc.constant('location' as const),
        place: fc.constantFrom('zoom' as const, 'in-person' as const),
      }),
    ),
  )
  .map(([not, rule]) => ({ not: rule.key === 'type' ? true : not, ...rule }));

describe('for any rules', () => {
  test('what is printed is read as the same rules, in any order of words', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), (rules) => {
        const empty = { all: false, types: [], kinds: [], options: {} };
        const first = parseWish(printWish({ ...empty, rules }));
        // What contradicts itself is refused; all else comes back, once each.
        if (!first.ok) {
          expect(first.message).toMatch(/both asked for|lead times/);
          return;
        }
        expect(parseWish(printWish(first.wish))).toEqual(first);
        for (const rule of first.wish.rules)
          expect(rules.map((each) => JSON.stringify(sorted(each)))).toContain(JSON.stringify(sorted(rule)));
      }),
      { numRuns: 1000 },
    );
  });
  test('what is kept is the same filter as itself, typed and said', () => {
    const all = filter(
      '"Demo call" -type:"Other" host:"Bo Berg" group:"Sales" domain:ada@acme.com answer."Q":a utm:x lead:1d-7d location:phone paid:no',
    );
    const again: Filter = JSON.parse(JSON.stringify(all));
    expect(sameFilter(all, again)).toBe(true);
    expect(sameFilter(all, { ...all, rules: all.rules!.slice(1) })).toBe(false);
    expect(typedAs(all.rules![1]!)).toEqual({ key: 'host', not: false, name: 'bo@studio.example' });
    for (const t of [textsFor('en'), textsFor('de')])
      expect(rulesInWords(all.rules ?? [], t, (name) => name)).toHaveLength(9);
  });
  test('a channel that may read less is not told by the filter', () => {
    const all = filter('domain:ada@acme.com answer."Q":secret paid:yes utm:x host:"Bo Berg"');
    const said = (privacy: 'full' | 'business' | 'minimal') =>
      rulesInWords(rulesFor(privacy, all), textsFor('en'), (name) => name).join(', ');
    expect(said('full')).toContain('ada@acme.com');
    expect(said('business')).toBe('host Bo Berg, from acme.com, utm “x”');
    expect(said('minimal')).toBe('host Bo Berg');
  });
});

const sorted = (rule: object) => Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));
