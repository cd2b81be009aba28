// Holds the retry rules: a decision for every code Slack documents, waits within their bounds, and no outage that loses or doubles a card.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type At, type Decision, decide } from '../../src/delivery/retry.ts';
import type { Outcome } from '../../src/delivery/write.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const post: At = { op: 'post', attempt: 1, ageMs: 0, plain: false, kind: 'card' };
const edit: At = { ...post, op: 'edit' };
const reply: At = { ...post, kind: 'reply' };
const deletion: At = { ...post, op: 'delete' };
const half = () => 0.5;
const refused = (error: string, detail: string | null = null): Outcome => ({ kind: 'refused', error, detail });
const no = (error: string, at: At = post) => decide(refused(error), at, half);
const afterADay = (at: At): At => ({ ...at, ageMs: DAY, attempt: 30 });

describe('every code', () => {
  test.each([
    ...[
      'invalid_auth',
      'not_authed',
      'account_inactive',
      'token_revoked',
      'token_expired',
      'invalid_refresh_token',
      'no_token',
    ],
    ...[
      'two_factor_setup_required',
      'missing_scope',
      'not_allowed_token_type',
      'team_access_not_granted',
      'enterprise_is_restricted',
    ],
  ])('%s pauses the workspace', (code) => {
    for (const at of [post, edit, reply, deletion, { ...post, kind: 'notice' as const }]) {
      expect(no(code, at)).toMatchObject({
        do: 'pause',
        what: 'installation',
        code,
        reason: expect.stringMatching(/^[A-Z].*\.$/),
      });
    }
  });

  test.each([
    ...[
      'channel_not_found',
      'not_in_channel',
      'user_not_in_channel',
      'is_archived',
      'is_inactive',
      'restricted_action',
    ],
    ...[
      'restricted_action_read_only_channel',
      'restricted_action_thread_only_channel',
      'restricted_action_non_threadable_channel',
    ],
    ...['channel_is_limited_access', 'ekm_access_denied', 'no_permission', 'access_denied', 'messages_tab_disabled'],
  ])('%s pauses the channel, and ends a notice', (code) => {
    expect(no(code)).toMatchObject({
      do: 'pause',
      what: 'channel',
      code,
      reason: expect.stringMatching(/^[A-Z{].*\.$/),
    });
    expect(no(code, edit)).toMatchObject({ do: 'pause', what: 'channel' });
    expect(no(code, { ...post, kind: 'notice' })).toMatchObject({ do: 'dead' });
  });

  test.each(['cannot_reply_to_message', 'restricted_action_thread_locked', 'restricted_action_non_threadable_channel'])(
    '%s drops the reply',
    (code) => {
      expect(no(code, reply)).toMatchObject({ do: 'drop_thread' });
    },
  );

  test.each(['message_not_found', 'thread_not_found'])('%s on a reply: somebody deleted its card', (code) => {
    expect(no(code, reply)).toMatchObject({ do: 'gone' });
    // Of a post it says nothing of the kind.
    expect(no(code, post)).toMatchObject({ do: 'again' });
  });

  test('a card that somebody deleted is gone; one that cannot be edited is not', () => {
    expect(no('message_not_found', edit)).toMatchObject({ do: 'gone' });
    for (const code of ['cant_update_message', 'edit_window_closed'])
      expect(no(code, edit)).toMatchObject({ do: 'uneditable', reason: expect.stringContaining(code) });
    expect(no('block_mismatch', edit)).toMatchObject({ do: 'repost' });
  });

  test.each(['user_not_found', 'users_not_found', 'user_not_visible', 'user_disabled', 'cannot_dm_bot'])(
    '%s ends a notice at once, so that somebody else is told',
    (code) => {
      expect(no(code, { ...post, kind: 'notice' })).toMatchObject({
        do: 'dead',
        reason: expect.stringContaining(code),
      });
      expect(no(code)).toMatchObject({ do: 'again' });
    },
  );

  test.each([
    ...[
      'invalid_blocks',
      'invalid_blocks_format',
      'msg_blocks_too_long',
      'msg_too_long',
      'no_text',
      'too_many_attachments',
    ],
    ...[
      'attachment_payload_limit_exceeded',
      'invalid_arguments',
      'invalid_metadata_format',
      'invalid_metadata_schema',
      'metadata_too_large',
    ],
    ...['markdown_text_conflict', 'invalid_form_data', 'invalid_arg_name', 'team_not_found', 'render_failed'],
  ])('%s is tried once more as plain text, then never', (code) => {
    for (const at of [post, edit, reply]) {
      expect(no(code, at)).toMatchObject({ do: 'again', plain: true });
      expect(no(code, { ...at, plain: true })).toMatchObject({ do: 'dead', reason: expect.stringContaining(code) });
    }
  });

  test.each<[string, Decision['do'], string?]>([
    ['team_added_to_org', 'pause', 'installation'],
    ['org_login_required', 'pause', 'installation'],
    ['accesslimited', 'pause', 'installation'],
    ['message_limit_exceeded', 'pause', 'installation'],
    ['external_channel_migrating', 'pause', 'channel'],
    ['streaming_state_conflict', 'dead'],
    ['http_403', 'dead'],
    ['new_in_2027', 'dead'],
    // Names every JavaScript object answers to must be codes like any other.
    ['constructor', 'dead'],
    ['__proto__', 'dead'],
  ])('%s is tried for a day, then %s', (code, end, what) => {
    for (const at of [post, edit]) {
      expect(no(code, at)).toMatchObject({ do: 'again', countsAsAttempt: true });
      expect(no(code, { ...at, ageMs: DAY - 1, attempt: 30 })).toMatchObject({ do: 'again' });
      expect(no(code, { ...at, ageMs: 3 * DAY, attempt: 2 })).toMatchObject({ do: 'again' });
      expect(no(code, afterADay(at))).toMatchObject(what ? { do: end, what, code } : { do: end });
    }
  });

  test('a deletion of what is gone is done', () => {
    expect(no('message_not_found', deletion)).toEqual({ do: 'done', ts: null });
    expect(no('cant_delete_message', deletion)).toMatchObject({ do: 'dead' });
    expect(no('invalid_arguments', deletion)).toMatchObject({ do: 'dead' });
  });

  test('Slack’s own lists hold no code without an end', () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(new URL(`../fixtures/slack/methods/${name}.json`, import.meta.url), 'utf8'));
    const methods = ['chat.postMessage', 'chat.update', 'chat.delete'].map((name) => Object.keys(read(name).errors));
    const codes = new Set([...methods.flat(), ...Object.keys(read('common_errors'))]);
    expect(codes.size).toBeGreaterThan(80);
    for (const code of codes) {
      for (const at of [post, edit, reply, deletion]) {
        const end = no(code, afterADay({ ...at, plain: true }));
        expect(
          ['pause', 'dead', 'repost', 'gone', 'uneditable', 'drop_thread', 'done'],
          `${code} on ${at.op}`,
        ).toContain(end.do);
      }
    }
  });

  test('the missing scope is named', () => {
    const reason = (detail: string | null) =>
      (decide(refused('missing_scope', detail), post, half) as { reason: string }).reason;
    expect(reason('needed: chat:write; provided: commands')).toContain(
      'a permission I need: chat:write. A workspace admin',
    );
    expect(reason(null)).toContain('a permission I need. A workspace admin');
  });
});

describe('unknown outcomes', () => {
  const ambiguous: Outcome = { kind: 'ambiguous', reason: 'HTTP 500' };
  test('a post is never sent again', () => {
    for (const kind of ['card', 'reply', 'notice'] as const) {
      expect(decide(ambiguous, { ...post, kind }, half)).toMatchObject({
        do: 'uncertain',
        reason: expect.stringContaining('HTTP 500'),
      });
    }
  });
  test('an edit and a deletion are, for as long as it takes', () => {
    for (const at of [edit, deletion]) {
      expect(decide(ambiguous, at, half)).toMatchObject({ do: 'again', countsAsAttempt: true });
      expect(decide(ambiguous, { ...afterADay(at), ageMs: 9 * DAY }, half)).toMatchObject({ do: 'again' });
    }
  });
});

test('done is done', () => {
  expect(decide({ kind: 'done', ts: '1.2', channel: 'C1' }, post, half)).toEqual({ do: 'done', ts: '1.2' });
});

/** Tries as a worker would, until something else than `again` comes or the time is over. */
function run(
  outcomeAt: (now: number) => Outcome,
  at: At,
  random: () => number,
  until: number,
): { tries: number; now: number; last: Decision; waits: number[] } {
  let { attempt, plain } = at;
  const waits: number[] = [];
  for (let now = 0, tries = 1; ; tries += 1) {
    const last = decide(outcomeAt(now), { ...at, attempt, plain, ageMs: now }, random);
    if (last.do !== 'again') return { tries, now, last, waits };
    waits.push(last.afterMs);
    now += last.afterMs;
    if (now >= until || tries > 100_000) return { tries, now, last, waits };
    if (last.countsAsAttempt) attempt += 1;
    plain ||= last.plain ?? false;
  }
}

const randoms = fc
  .infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true }))
  .map((stream) => () => stream.next().value ?? 0);

describe('outages', () => {
  test.each<[string, (now: number) => Outcome]>([
    ['503', () => ({ kind: 'not_sent', reason: 'HTTP 503', retryAfterMs: null })],
    [
      'refused connections',
      () => ({ kind: 'not_sent', reason: 'could not connect: ECONNREFUSED', retryAfterMs: null }),
    ],
    ['429', () => ({ kind: 'not_sent', reason: 'ratelimited', retryAfterMs: 30_000 })],
  ])('two days of %s end with the card shown, within a quarter of an hour', (_name, trouble) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seeded(seed);
        const outage = 2 * DAY;
        const { last, now } = run(
          (t) => (t < outage ? trouble(t) : { kind: 'done', ts: '1.2', channel: 'C1' }),
          post,
          random,
          30 * DAY,
        );
        expect(last).toEqual({ do: 'done', ts: '1.2' });
        expect(now - outage).toBeLessThanOrEqual(15 * MINUTE);
      }),
      { numRuns: 50 },
    );
  });

  test('waits grow from a second to a quarter of an hour, and are spread over all of it', () => {
    const wait = (attempt: number, random: number) =>
      (
        decide({ kind: 'not_sent', reason: 'HTTP 503', retryAfterMs: null }, { ...post, attempt }, () => random) as {
          afterMs: number;
        }
      ).afterMs;
    expect([1, 2, 3, 10, 11, 50, 1e9].map((attempt) => wait(attempt, 1))).toEqual(
      [1, 2, 4, 512, 900, 900, 900].map((seconds) => seconds * SECOND),
    );
    expect([0, 0.25, 0.5].map((random) => wait(11, random))).toEqual([0, 225, 450].map((seconds) => seconds * SECOND));
  });

  test('a thousand channels that fail together do not come back together: chi-square at 1 %', () => {
    const outcome: Outcome = { kind: 'not_sent', reason: 'HTTP 503', retryAfterMs: null };
    for (const attempt of [1, 5, 11, 30]) {
      const random = seeded(attempt);
      const full = (decide(outcome, { ...post, attempt }, () => 1) as { afterMs: number }).afterMs;
      const buckets = new Array<number>(20).fill(0);
      for (let channel = 0; channel < 1_000; channel++) {
        const { afterMs } = decide(outcome, { ...post, attempt }, random) as { afterMs: number };
        buckets[Math.min(19, Math.floor((afterMs / full) * 20))]! += 1;
      }
      const chiSquare = buckets.reduce((sum, n) => sum + (n - 50) ** 2 / 50, 0);
      // 19 degrees of freedom.
      expect(chiSquare, `attempt ${attempt}`).toBeLessThan(36.19);
    }
  });

  test('Slack’s own wait is never cut short, and little is added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: DAY }),
        fc.integer({ min: 1, max: 99 }),
        randoms,
        (retryAfterMs, attempt, random) => {
          const decision = decide(
            { kind: 'not_sent', reason: 'ratelimited', retryAfterMs },
            { ...post, attempt },
            random,
          );
          if (decision.do !== 'again') throw new Error(decision.do);
          expect(decision.countsAsAttempt).toBe(false);
          expect(decision.afterMs).toBeGreaterThanOrEqual(retryAfterMs);
          expect(decision.afterMs).toBeLessThanOrEqual(retryAfterMs + Math.max(500, retryAfterMs / 10) + 1);
        },
      ),
    );
  });
});

describe('any outcome at any time', () => {
  const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
    fc.record({
      kind: fc.constant('not_sent' as const),
      reason: fc.string(),
      retryAfterMs: fc.option(fc.nat({ max: DAY })),
    }),
    fc.record({ kind: fc.constant('ambiguous' as const), reason: fc.string() }),
    fc.record({
      kind: fc.constant('refused' as const),
      error: fc.oneof(
        fc.string(),
        fc.constantFrom('invalid_blocks', 'channel_not_found', 'ratelimited', 'toString', 'accesslimited'),
      ),
      detail: fc.option(fc.string()),
    }),
  );
  const ats: fc.Arbitrary<At> = fc.record({
    op: fc.constantFrom('post', 'edit', 'delete'),
    attempt: fc.integer({ min: 1, max: 10_000 }),
    ageMs: fc.nat({ max: 90 * DAY }),
    plain: fc.boolean(),
    kind: fc.constantFrom('card', 'reply', 'notice'),
  });

  test('gives the same answer for the same question, with a wait or a sentence', () => {
    fc.assert(
      fc.property(outcomes, ats, fc.double({ min: 0, max: 0.999999, noNaN: true }), (outcome, at, random) => {
        const asked = JSON.stringify([outcome, at]);
        const decision = decide(outcome, at, () => random);
        expect(decide(outcome, at, () => random)).toEqual(decision);
        expect(JSON.stringify([outcome, at])).toBe(asked);
        if (decision.do === 'again') {
          expect(
            Number.isInteger(decision.afterMs) && decision.afterMs >= 0 && decision.afterMs <= 1.1 * DAY + SECOND,
          ).toBe(true);
        } else if (decision.do !== 'done') expect(decision.reason).toMatch(/[.]$/);
        if (outcome.kind === 'ambiguous' && at.op === 'post') expect(decision.do).toBe('uncertain');
        if (outcome.kind === 'not_sent') expect(decision.do).toBe('again');
      }),
      { numRuns: 3000 },
    );
  });

  test('what Slack clearly does not want is tried for a day, at most 40 times', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('new_in_2027', 'accesslimited', 'http_403'),
        fc.constantFrom(post, edit, reply),
        fc.integer(),
        fc.boolean(),
        (code, at, seed, atOnce) => {
          const { tries, now, last, waits } = run(() => refused(code), at, atOnce ? () => 0 : seeded(seed), 30 * DAY);
          expect(['dead', 'pause']).toContain(last.do);
          expect(tries).toBeLessThanOrEqual(40);
          expect(now).toBeGreaterThanOrEqual(DAY);
          expect(now).toBeLessThanOrEqual(DAY + 75 * MINUTE);
          expect(Math.max(...waits)).toBeLessThanOrEqual(75 * MINUTE);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** A small generator of numbers in [0, 1), so that a failing run can be run again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
