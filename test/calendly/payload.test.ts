// Pins how Calendly's messages are read: every known one becomes the right kind, and no JSON whatever makes the reader throw.

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeKey } from '../../src/booking/change.ts';
import { keyOf, parseChange, parseInvitee } from '../../src/calendly/payload.ts';

// biome-ignore lint/suspicious/noExplicitAny: fixtures are changed at will before they are read
type Json = any;
const fixtures = new URL('../fixtures/calendly/', import.meta.url).pathname;
const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8'));
const webhook = (name: string): Json => read(`${fixtures}webhooks/${name}.json`);
const files = globSync(`${fixtures}webhooks/*/*.json`).map((path) => ({ name: basename(path, '.json'), path }));

const kinds: [start: string, kind: string][] = [
  ['sample_webhook_data.invitee_no_show.created', 'noshow'],
  ['sample_webhook_data.invitee.canceled', 'canceled'],
  ['invitee.created', 'booked'],
  ['invitee.canceled', 'canceled'],
  ['invitee_no_show.created', 'noshow'],
  ['invitee_no_show.deleted', 'noshow_undone'],
  ['routing_form_submission.created', 'routed'],
  ['event_type.', 'other'],
  ['contact.', 'other'],
  ['meeting_recap.', 'other'],
  // Not messages: a bare payload, and bodies of the API.
  ['InviteePayload', 'other'],
  ['webhook_subscription.', 'other'],
];

test('there are messages to read', () => expect(files.length).toBeGreaterThan(25));

test.each(files)('$name', ({ name, path }) => {
  const raw = read(path);
  const change = parseChange(raw);
  expect(change.kind).toBe(kinds.find(([start]) => name.startsWith(start))?.[1]);
  expect(change.event).toBe(typeof raw.event === 'string' ? raw.event : '');
  if (keyOf(raw) !== null) expect(change.key).toBe(keyOf(raw)?.key);
  expect(change.invitee === null).toBe(change.kind === 'routed' || change.kind === 'other');
  expect(change.form === null).toBe(change.kind !== 'routed');
});

describe('a real booking', () => {
  const raw = webhook('observed/invitee.created.google-meet-processing.with-guest.2025-05-22');
  test('reads every fact', () => {
    expect(parseChange(raw)).toEqual({
      event: 'invitee.created',
      kind: 'booked',
      key: changeKey({ event: 'invitee.created', uri: raw.payload.uri }),
      occurredAt: Date.UTC(2025, 4, 22, 10, 41, 8, 478),
      form: null,
      invitee: {
        uri: raw.payload.uri,
        name: 'Ivy Invitee',
        email: 'invitee@example.com',
        timezone: 'Asia/Calcutta',
        active: true,
        createdAt: Date.UTC(2025, 4, 22, 10, 41, 8, 478),
        updatedAt: Date.UTC(2025, 4, 22, 10, 41, 8, 478),
        answers: [
          { question: 'Please share anything that will help prepare for our meeting.', answer: 'asdmsdkjsdjj sdsd' },
        ],
        tracking: {},
        rescheduled: false,
        oldInvitee: null,
        newInvitee: null,
        cancellation: null,
        noShow: null,
        payment: null,
        scheduledBy: null,
        formSubmission: null,
        meeting: {
          uri: raw.payload.scheduled_event.uri,
          name: '30 Minute Meeting',
          active: true,
          startsAt: Date.UTC(2025, 4, 22, 16, 30),
          endsAt: Date.UTC(2025, 4, 22, 17),
          eventType: raw.payload.scheduled_event.event_type,
          place: { kind: 'google_conference', text: null, joinUrl: raw.payload.scheduled_event.location.join_url },
          seats: { active: 1, limit: 1 },
          everSeated: 1,
          hosts: [
            {
              uri: raw.payload.scheduled_event.event_memberships[0].user,
              name: 'Hana Host',
              email: 'host@example.com',
            },
          ],
          guests: ['guest1@example.com'],
          updatedAt: 1747910468359,
        },
      },
    });
  });
});

test('the halves of a reschedule point at each other', () => {
  const oldHalf = webhook('observed/invitee.canceled.host-reschedule.old-half.2025-05-22');
  const newHalf = webhook('observed/invitee.created.host-reschedule.new-half.2025-05-22');
  expect(parseChange(oldHalf).invitee).toMatchObject({
    rescheduled: true,
    active: false,
    newInvitee: oldHalf.payload.new_invitee,
    cancellation: { by: 'Hana Host', byType: 'host', reason: 'no reson', at: Date.UTC(2025, 4, 22, 10, 42, 31, 663) },
  });
  expect(parseChange(newHalf).invitee).toMatchObject({
    rescheduled: false,
    oldInvitee: newHalf.payload.old_invitee,
    scheduledBy: newHalf.payload.invitee_scheduled_by,
  });
});

test('a paid booking with tracking and two hosts', () => {
  expect(
    parseChange(webhook('reconstructed/invitee.created.paid.reconfirmation.split-name.utm')).invitee,
  ).toMatchObject({
    payment: { amount: '50.0', currency: 'USD', successful: true },
    tracking: { utm_campaign: 'q4', utm_source: 'slack' },
  });
  expect(
    parseChange(webhook('reconstructed/invitee.created.collective-two-hosts.teams')).invitee?.meeting.hosts,
  ).toHaveLength(2);
});

test('a form without a booking tells its words, one with a booking where it led', () => {
  expect(
    parseChange(webhook('reconstructed/routing_form_submission.created.no-booking.custom-message')).form,
  ).toMatchObject({
    answers: [{ question: 'What is your industry?', answer: 'IT & Software' }],
    outcome: {
      type: 'custom_message',
      text: 'Thank you for your interest\nWe aren’t able to offer any meetings at this time.',
    },
    submitter: null,
    createdAt: Date.UTC(2022, 4, 15, 3, 4, 5, 678),
  });
  expect(parseChange(webhook('examples/routing_form_submission.created')).form?.outcome).toEqual({
    type: 'event_type',
    text: 'https://api.calendly.com/event_types/GBGBDCAADAEDCRZ2',
  });
});

describe('when it happened', () => {
  const at = (event: string, change: (payload: Json) => void = () => {}) => {
    const raw = webhook('observed/sample_webhook_data.invitee.canceled.by-invitee.2026-06-24');
    raw.event = event;
    change(raw.payload);
    return new Date(parseChange(raw).occurredAt).toISOString();
  };
  const sent = '2026-06-24T22:30:45.574Z';
  test.each<[string, string, ((payload: Json) => void)?]>([
    ['invitee.created', '2026-06-17T01:40:15.793Z'],
    ['invitee.created', sent, (payload) => delete payload.created_at],
    ['invitee.created', sent, (payload) => (payload.created_at = 'yesterday')],
    ['invitee.created', sent, (payload) => (payload.created_at = '2026-06-17T01:40:15')],
    ['invitee.canceled', '2026-06-17T01:40:57.223Z'],
    [
      'invitee.canceled',
      '2026-06-17T01:40:57.238Z',
      (payload) => [payload, payload.scheduled_event].map((one) => delete one.cancellation),
    ],
    [
      'invitee_no_show.created',
      '2026-06-20T00:00:00.000Z',
      (payload) => (payload.no_show = { uri: 'u', created_at: '2026-06-20T00:00:00Z' }),
    ],
    ['invitee_no_show.created', sent],
    ['invitee_no_show.deleted', sent],
  ])('%s: %s', (event, expected, change) => {
    expect(at(event, change)).toBe(expected);
  });
  test('nothing told: the beginning of time', () => {
    expect(parseChange({ event: 'contact.created' }).occurredAt).toBe(0);
  });
});

describe('leniency', () => {
  const parsed = (change: (payload: Json, event: Json) => void) => {
    const raw = webhook('observed/sample_webhook_data.invitee.canceled.by-invitee.2026-06-24');
    change(raw.payload, raw.payload.scheduled_event);
    return parseChange(raw);
  };
  const minimum = {
    event: 'invitee.created',
    payload: {
      uri: 'https://api.calendly.com/scheduled_events/E/invitees/I',
      scheduled_event: {
        uri: 'https://api.calendly.com/scheduled_events/E',
        start_time: '2026-01-01T10:00:00Z',
        end_time: '2026-01-01T11:00:00+00:00',
        status: 'active',
      },
    },
  };
  test('the least there can be is a booking', () => {
    expect(parseChange(minimum)).toMatchObject({
      kind: 'booked',
      invitee: {
        name: 'Unnamed invitee',
        email: null,
        active: true,
        answers: [],
        meeting: { place: null, seats: null, hosts: [], guests: [] },
      },
    });
  });
  test.each(['uri', 'start_time', 'end_time', 'status'])(
    'without scheduled_event.%s it is kept, but is no booking',
    (name) => {
      expect(parsed((_payload, event) => delete event[name])).toMatchObject({
        kind: 'other',
        event: 'invitee.canceled',
        invitee: null,
      });
    },
  );
  test.each(['__proto__', 'u', 'javascript:alert(1)'])('%j is no address, so it is no booking', (given) => {
    expect(parsed((payload) => Object.assign(payload, { uri: given }))).toMatchObject({
      kind: 'other',
      invitee: null,
    });
    expect(parsed((payload) => Object.assign(payload, { old_invitee: given })).invitee?.oldInvitee).toBe(null);
  });
  test('without an URI it still has a key of its own', () => {
    const one = parsed((payload) => delete payload.uri);
    expect(one.kind).toBe('other');
    expect(one.key).toMatch(/^invitee\.canceled [0-9a-f]{64}$/);
  });
  test('every other field may be anything', () => {
    const keep = new Set(['uri', 'scheduled_event', 'start_time', 'end_time', 'status']);
    for (const junk of [null, 7, 'x', [], {}, [null], { type: 7 }, true]) {
      const change = parsed((payload, event) => {
        for (const part of [payload, event])
          for (const name of Object.keys(part)) if (!keep.has(name)) part[name] = junk;
      });
      expect(change.kind, JSON.stringify(junk)).toBe('canceled');
    }
  });
  test.each([
    ['Ada Lovelace', { name: 'Ada Lovelace' }],
    ['Ada Lovelace', { name: ' ', first_name: 'Ada', last_name: 'Lovelace' }],
    ['Ada', { name: null, first_name: 'Ada' }],
    ['ada@example.com', { name: null, email: 'ada@example.com' }],
  ])('the name is %s', (name, set) => {
    expect(parsed((payload) => Object.assign(payload, { email: null }, set)).invitee?.name).toBe(name);
  });
  test.each([
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['America/New York', 'America/New_York'],
    ['Mars/Olympus', null],
    ['', null],
    [5, null],
  ])('the zone %s is read as %s', (given, expected) => {
    expect(parsed((payload) => (payload.timezone = given)).invitee?.timezone).toBe(expected);
  });
  test.each([
    [
      { type: 'zoom_conference', join_url: 'https://zoom.us/j/1' },
      { kind: 'zoom', text: null, joinUrl: 'https://zoom.us/j/1' },
    ],
    [
      { kind: 'physical', location: 'Room 1', additional_info: '2nd floor' },
      { kind: 'physical', text: 'Room 1 · 2nd floor', joinUrl: null },
    ],
    [
      { type: 'outbound_call', location: null },
      { kind: 'outbound_call', text: null, joinUrl: null },
    ],
    [
      { type: 'webex_conference', join_url: 'javascript:alert(1)' },
      { kind: 'webex_conference', text: null, joinUrl: null },
    ],
    [
      { type: 'something_new', status: 'odd' },
      { kind: 'something_new', text: null, joinUrl: null },
    ],
    ['Room 1', null],
  ])('the place %o', (given, expected) => {
    expect(parsed((_payload, event) => (event.location = given)).invitee?.meeting.place).toEqual(expected);
  });
  test.each([
    [1234.56, '1234.56'],
    ['50.0', '50.0'],
  ])('the amount %s may be a number or a text', (amount, expected) => {
    expect(
      parsed((payload) => (payload.payment = { amount, currency: 'EUR', successful: true })).invitee?.payment,
    ).toEqual({
      amount: expected,
      currency: 'EUR',
      successful: true,
    });
  });
  test('answers: the good ones stay, lists become lines, and there is an end to them', () => {
    const list = [null, { question: 'A', answer: ['x', 'y'] }, { question: 'B', answer: 3 }, { question: 'C' }, 'odd'];
    expect(parsed((payload) => (payload.questions_and_answers = list)).invitee?.answers).toEqual([
      { question: 'A', answer: 'x\ny' },
      { question: 'B', answer: '3' },
      { question: 'C', answer: '' },
    ]);
    const many = Array.from({ length: 5000 }, () => ({ question: 'q', answer: '🗓'.repeat(20_000) }));
    const answers = parsed((payload) => (payload.questions_and_answers = many)).invitee?.answers ?? [];
    expect(answers).toHaveLength(50);
    expect(answers[0]?.answer).toBe('🗓'.repeat(5_000));
  });
  test('cut texts hold no half characters, and none holds what a database refuses', () => {
    const change = parsed((payload) => {
      payload.name = `x${'🗓'.repeat(400)}`;
      payload.email = 'a\u0000b\ud800@example.com';
    });
    expect(change.invitee?.name).toBe(`x${'🗓'.repeat(149)}`);
    expect(change.invitee?.email).toBe('ab\ufffd@example.com');
  });
  test('a cancellation that says little', () => {
    const change = parsed((payload) => (payload.cancellation = { canceled_by: 'TestUser', reason: null }));
    expect(change.invitee?.cancellation).toEqual({ by: 'TestUser', byType: null, reason: null, at: null });
  });
});

test('an answer of the API, in two parts, gives the same facts as the message', () => {
  const { payload } = webhook('observed/sample_webhook_data.invitee.canceled.by-invitee.2026-06-24');
  const { scheduled_event: event, ...alone } = payload;
  expect(parseInvitee(alone, event)).toEqual(parseInvitee(payload, event));
  expect(parseInvitee(alone, event)?.meeting.uri).toBe(event.uri);
  const { resource } = read(`${fixtures}responses/observed/get_invitee.rescheduled-old-half.2021-08-25.json`);
  expect(parseInvitee(resource, event)).toMatchObject({ rescheduled: true, newInvitee: resource.new_invitee });
  expect(parseInvitee(resource, null)).toBe(null);
});

test('a Node that may make no code of texts reads the same', () => {
  const raws = files.map(({ path }) => read(path));
  const program = `const { parseChange } = await import('./src/calendly/payload.ts');
    console.log(JSON.stringify(${JSON.stringify(raws)}.map(parseChange)))`;
  const hardened = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', program];
  const said = execFileSync(process.execPath, hardened, { encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual(JSON.parse(JSON.stringify(raws.map(parseChange))));
});

describe('keys', () => {
  test.each([null, 7, 'text', [], [{ event: 'x' }], {}, { event: 7 }])('%o is no message', (raw) => {
    expect(keyOf(raw)).toBe(null);
  });
  test('a no-show is told from the next one of the same invitee', () => {
    const raw = webhook('observed/sample_webhook_data.invitee_no_show.created.2026-06-24');
    const first = keyOf(raw)?.key;
    expect(first).toContain(raw.payload.no_show.uri);
    raw.payload.no_show.uri += '2';
    expect(keyOf(raw)?.key).not.toBe(first);
  });
  test('a message without an URI has the same key in whatever order its fields come', () => {
    const one = keyOf(JSON.parse('{"event":"contact.created","payload":{"a":[1,{"b":2,"c":3}]}}'));
    const same = keyOf(JSON.parse('{"payload":{"a":[1,{"c":3,"b":2}]},"event":"contact.created"}'));
    const other = keyOf(JSON.parse('{"payload":{"a":[{"c":3,"b":2},1]},"event":"contact.created"}'));
    expect(one).toEqual(same);
    expect(one?.key).not.toBe(other?.key);
  });
  test('are short enough for an index, and are texts that every database keeps', () => {
    for (const uri of ['x'.repeat(100_000), 'a\u0000b']) {
      const key = keyOf({ event: 'invitee.created', payload: { uri } })?.key ?? '';
      expect(key).toMatch(/^sha256 [0-9a-f]{64}$/);
    }
  });
});

describe('hostile JSON', () => {
  test('nested deeper than the stack', () => {
    const deep = '['.repeat(300_000) + ']'.repeat(300_000);
    for (const text of [
      `{"event":"x","payload":${deep}}`,
      `{"event":"invitee.created","payload":{"uri":"u","scheduled_event":${deep}}}`,
      deep,
    ]) {
      expect(parseChange(JSON.parse(text)).kind).toBe('other');
    }
  });
  test('answers that cannot be put into words', () => {
    const raw = webhook('examples/invitee.created');
    raw.payload.questions_and_answers = [{ question: 'q', answer: [{ toString: 1, valueOf: 1 }, 'x'] }];
    expect(parseChange(raw).invitee?.answers).toEqual([{ question: 'q', answer: 'x' }]);
  });
  test('names of prototypes change nothing', () => {
    const text = JSON.stringify(webhook('examples/invitee.created')).replaceAll(
      '"tracking":{',
      '"__proto__":{"bad":1},"constructor":{"bad":1},"tracking":{"__proto__":{"bad":1},',
    );
    const change = parseChange(JSON.parse(text));
    expect(change.kind).toBe('booked');
    expect(({} as { bad?: number }).bad).toBe(undefined);
    expect(Object.getPrototypeOf(change.invitee?.tracking)).toBe(Object.prototype);
    expect(change.invitee?.tracking).toEqual({});
  });
  test('any JSON value at all', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (raw) => {
        expect(typeof parseChange(raw).key).toBe('string');
        expect(() => keyOf(raw)).not.toThrow();
      }),
    );
  });
  test('real messages with anything anywhere', () => {
    const originals = files
      .filter(({ name }) => !name.startsWith('webhook_subscription'))
      .map(({ path }) => read(path));
    const junk = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('', '\u0000', '2026-13-45T99:99:99Z', 1e308, -1, '__proto__'),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat(), junk), { maxLength: 6 }),
        (original, edits) => {
          const raw = structuredClone(original);
          for (const [at, value] of edits) edit(raw, at, value);
          const change = parseChange(raw);
          expect(Number.isFinite(change.occurredAt)).toBe(true);
          expect(JSON.parse(JSON.stringify(change))).toEqual(change);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Puts a value into one of the places of a JSON tree. */
function edit(root: Json, at: number, value: unknown): void {
  const places: [Json, string][] = [];
  const walk = (node: Json) => {
    if (typeof node !== 'object' || node === null) return;
    for (const name of Object.keys(node)) {
      places.push([node, name]);
      walk(node[name]);
    }
  };
  walk(root);
  const place = places[at % Math.max(1, places.length)];
  if (place) place[0][place[1]] = value;
}
