// Pins that every answer Calendly is known to give becomes a clear sentence with its cure.

import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Asked, failureOf, notUnderstood, refuseToken, unreachable } from '../../src/calendly/failure.ts';
import { Outage, Refusal } from '../../src/errors.ts';

const fixtures = new URL('../fixtures/calendly/errors/', import.meta.url).pathname;
const creating: Asked = {
  doing: 'register a hook for the whole organization',
  scopes: ['scheduled_events:read', 'webhooks:write'],
  takes: 'admin',
  hidesScopes: true,
};
const reading: Asked = { doing: 'list its event types', scopes: ['event_types:read'], takes: 'self' };
const answered = (status: number, body: unknown) => ({ status, body, resetSeconds: undefined });

const bodies = globSync(`${fixtures}*/*.json`)
  .map((path) => ({ name: basename(path, '.json'), body: JSON.parse(readFileSync(path, 'utf8')) as unknown }))
  .filter(({ name }) => name !== 'INDEX')
  .map(({ name, body }) => ({ name, status: Number(name.slice(0, 3)), body }));

/** One sentence or two that say something and what to do next, and nothing that leaked in. */
function expectClear(sentence: string) {
  expect(sentence).toMatch(/^[A-Z].{40,}\.$/);
  expect(sentence).toMatch(/\{command\}|Try again|calendly\.com|whoever runs this app/);
  expect(sentence).not.toMatch(/undefined|null|\[object|NaN|\(\)| {2}|\.\./);
}

/** The codes, by the beginning of the file's name. */
const codes: [start: string, code: string][] = [
  ['400_invalid_grant', 'token_invalid'],
  ['400_post-webhook-subscriptions.event-family-scope-missing', 'scopes_missing'],
  ['400_post-organizations-uuid-invitations-race-condition', 'calendly_down'],
  ['400_post-organizations-uuid-invitations-invitation-already-exists', 'scopes_missing'],
  ['400_', 'bad_request'],
  ['401_access-token-expired', 'token_expired'],
  ['401_access-token-revoked', 'token_revoked'],
  ['401_access-token-invalid', 'token_invalid'],
  ['403_insufficient-scope', 'scopes_missing'],
  ['403_post-webhook-subscriptions', 'plan_needed'],
  ['403_post-invitees.paid-plan', 'plan_needed'],
  ['403_enterprise-only', 'plan_needed'],
  ['403_post-data-compliance-deletion-invitees-missing-billing-permission', 'plan_needed'],
  ['403_', 'role_needed'],
  ['404_', 'not_found'],
  ['409_', 'hook_exists'],
  ['424_', 'calendar_unreachable'],
  ['429_', 'rate_limited'],
  ['50', 'calendly_down'],
];

test('there are bodies to answer', () => expect(bodies.length).toBeGreaterThan(25));

test.each(bodies)('$name', ({ name, status, body }) => {
  const failure = failureOf(answered(status, body), creating);
  expect(failure.code).toBe(codes.find(([start]) => name.startsWith(start))?.[1]);
  expect(failure).toBeInstanceOf(
    status === 429 || status >= 500 || failure.code === 'calendly_down' ? Outage : Refusal,
  );
  expectClear(failure.message);
  expectClear(failureOf(answered(status, body), reading).message);
});

describe('the words name the cure', () => {
  const said = (status: number, body: unknown, asked = creating) => failureOf(answered(status, body), asked).message;
  test('the missing scopes that Calendly names', () => {
    expect(said(403, { title: 'Insufficient scope', required_scopes: ['webhooks:write'] })).toContain(
      'with the scopes webhooks:write,',
    );
    expect(said(403, { title: 'Insufficient scope' }, reading)).toContain('with the scopes event_types:read,');
  });
  test('the scopes of creating, where Calendly names none', () => {
    expect(said(400, { title: 'Invalid Argument', message: 'The supplied parameters are invalid.' })).toContain(
      'with the scopes scheduled_events:read, webhooks:write,',
    );
  });
  test('which parameter was wrong', () => {
    expect(
      said(400, {
        message: 'The supplied parameters are invalid.',
        details: [{ parameter: 'organization', message: 'is missing' }],
      }),
    ).toContain('(organization is missing)');
  });
  test.each([
    ['Please upgrade your Calendly account to Standard', 'the Standard plan'],
    ['Please upgrade to a paid Calendly account.', 'a paid plan'],
    ['The Scheduling API is only available on paid Calendly plans.', 'a paid plan'],
    ['Please upgrade.', 'a larger plan'],
  ])('%s', (message, words) => {
    expect(said(403, { title: 'Permission Denied', message })).toContain(words);
  });
  test('who may do it: an admin, or the person himself', () => {
    expect(said(403, { message: 'Unauthorized' })).toContain('an owner or admin');
    expect(said(403, { message: 'Unauthorized' }, reading)).not.toContain('admin');
  });
});

describe('the status decides first', () => {
  test.each<[number, unknown, string]>([
    [401, { title: 'Internal Server Error' }, 'token_invalid'],
    [401, undefined, 'token_invalid'],
    [403, undefined, 'calendly_down'],
    [400, undefined, 'calendly_down'],
    [404, undefined, 'not_found'],
    [404, { title: 'Internal Server Error' }, 'not_found'],
    [302, undefined, 'calendly_down'],
    [503, undefined, 'calendly_down'],
    [429, undefined, 'rate_limited'],
    [418, {}, 'bad_request'],
  ])('%d', (status, body, code) => {
    expect(failureOf(answered(status, body), reading).code).toBe(code);
  });
});

test.each([
  ['17', 17_000],
  ['0', 1_000],
  ['1795000000', 60_000],
  ['soon', 60_000],
  [undefined, 60_000],
])('a limit that ends in %s s', (resetSeconds, retryAfterMs) => {
  const failure = failureOf({ status: 429, body: undefined, resetSeconds }, reading);
  expect(failure).toMatchObject({ code: 'rate_limited', retryAfterMs });
});

test.each([
  ['A1B2C3D4E5F6A1B2C3D4E5F6A1B2C3D4', 'token_v1'],
  ['', 'token_invalid'],
  ['two words', 'token_invalid'],
  ['eyJ“quotes”', 'token_invalid'],
  ['x\ny', 'token_invalid'],
  ['e'.repeat(8001), 'token_invalid'],
])('the token %j is refused before Calendly is asked', (token, code) => {
  const refusal = refuseToken(token);
  expect(refusal?.code).toBe(code);
  expectClear(refusal?.message ?? '');
  if (token !== '') expect(refusal?.message).not.toContain(token);
});

test.each(['eyJraWQiOiIxY2UxZ.eyJpc3MiOiJodHRw.5Fz-_x', 'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4', 'A1B2', 'A'.repeat(33)])(
  'the token %s is for Calendly to judge',
  (token) => {
    expect(refuseToken(token)).toBe(null);
  },
);

test('the other outages are clear too', () => {
  for (const failure of [notUnderstood(), unreachable(new Error('x'))]) expectClear(failure.message);
});

test('no body makes it throw or say nothing, and none brings markup in', () => {
  const word = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('<!channel>', '*x*', 'Please upgrade to <@U1>', 'Race Condition'),
  );
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record(
      {
        title: word,
        message: word,
        error: word,
        details: fc.array(fc.record({ parameter: word, message: word })),
        required_scopes: fc.array(word),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 300, max: 599 }),
      body,
      fc.constantFrom(creating, reading),
      (status, given, asked) => {
        const { message } = failureOf(answered(status, given), asked);
        expect(message.length).toBeGreaterThan(40);
        expect(message).not.toMatch(/[<>*`~|]/);
      },
    ),
    { numRuns: 500 },
  );
});
