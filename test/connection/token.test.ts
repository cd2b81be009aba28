// Pins what a connection may carry as its token, what is asked of Calendly, and what a lost access does to hooks: nothing.

import { describe, expect, test } from 'vitest';
import { calendlyOAuth } from '../../src/calendly/oauth.ts';
import { type PairStore, pairIn, tokenNamed } from '../../src/connection/pair.ts';
import {
  cancelScope,
  linkScope,
  missingScopes,
  neededScopes,
  routingScope,
  signInScopes,
} from '../../src/connection/scopes.ts';
import { tokens } from '../../src/connection/token.ts';
import { Refusal } from '../../src/errors.ts';

const granted = { access: 'a', refresh: 'r', expiresInMs: 7_200_000, scopes: null, owner: null };
const unused = new Proxy({} as PairStore, {
  get(_target, name) {
    throw new Error(`the store was asked to ${String(name)}`);
  },
});

describe('the name of a pair', () => {
  test('comes back as what it names', () => {
    const name = { installationId: '0192-aa', id: 'x_-9' };
    expect(pairIn(tokenNamed(name))).toEqual(name);
  });

  test.each([
    '',
    'eyJhbGciOi',
    'signed in ',
    'signed in one',
    'signed in one two three',
    'Signed in one two',
    'signed  in a b',
  ])('is not seen in “%s”', (token) => expect(pairIn(token)).toBeNull());

  test('is nothing that could be sent as a token', () => {
    expect(tokenNamed({ installationId: 'i', id: 'p' })).toMatch(/\s/);
  });
});

describe('scopes', () => {
  test('what is asked for is exactly what is needed; routing forms, acting on cards and single-use links only where somebody wants them', () => {
    expect(signInScopes(['links', 'groups', 'forms', 'cards', 'cards'])).toEqual([
      'users:read',
      'organizations:read',
      'scheduled_events:read',
      'event_types:read',
      'webhooks:write',
      'routing_forms:read',
      'scheduled_events:write',
      'scheduling_links:write',
      'groups:read',
    ]);
    expect(signInScopes([])).toEqual(Object.keys(neededScopes));
    expect(signInScopes(['links'])).toEqual([...Object.keys(neededScopes), linkScope]);
    for (const extra of [routingScope, cancelScope, linkScope]) expect(Object.keys(neededScopes)).not.toContain(extra);
  });

  test.each([
    ['all', signInScopes(['forms', 'cards', 'links']), []],
    ['without more', signInScopes([]), []],
    [
      'writing includes reading',
      ['users:read', 'organizations:write', 'scheduled_events:write', 'event_types:write', 'webhooks:write'],
      [],
    ],
    [
      'reading does not include writing',
      [...signInScopes([]).filter((s) => s !== 'webhooks:write'), 'webhooks:read'],
      ['webhooks:write'],
    ],
    ['some', ['users:read', 'event_types:read', 'webhooks:write'], ['organizations:read', 'scheduled_events:read']],
    ['not said', null, []],
    ['said without a word', [], []],
    ['an app from before there were scopes', ['default'], []],
  ])('%s', (_name, has, missing) => expect(missingScopes(has)).toEqual(missing));
});

describe('a personal access token', () => {
  test('needs neither memory nor sign-in', async () => {
    const keeping = tokens({ store: unused, oauth: null, newSecret: () => 'x' });
    expect(await keeping.tokenOf('eyJx')).toBe('eyJx');
    expect(await keeping.tokenOf('eyJx', 'eyJx')).toBe('eyJx');
    await keeping.discard('eyJx', 'disconnected');
  });
});

describe('a pair without the settings to renew it', () => {
  test('serves as long as it lives, then names the settings', async () => {
    const pair = {
      ...{ installationId: 'i', id: 'p', access: 'a', refresh: 'r', generation: 1 },
      ...{ leftMs: 30_000, lifeMs: 7_200_000, waitMs: 0, dead: null },
    };
    const store: PairStore = { ...unusedStore(), read: async () => pair };
    const keeping = tokens({ store, oauth: null, newSecret: () => 'x' });
    // Due to be renewed, and still good.
    expect(await keeping.tokenOf('signed in i p')).toBe('a');
    pair.leftMs = 3_600_000;
    expect(await keeping.tokenOf('signed in i p')).toBe('a');
    const error = await keeping.tokenOf('signed in i p', 'a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: 'sign_in_off', message: expect.stringContaining('CALENDLY_CLIENT_SECRET') });
  });
});

describe('the stop of the app', () => {
  test('waits for a renewal under way and its record', async () => {
    const order: string[] = [];
    const answer = Promise.withResolvers<typeof granted>();
    let generation = 1;
    const store: PairStore = {
      ...unusedStore(),
      read: async () => ({
        ...{ installationId: 'i', id: 'p', access: `a${generation}`, refresh: 'r', generation },
        ...{ leftMs: 7_000_000, lifeMs: 7_200_000, waitMs: 0, dead: null },
      }),
      claim: async () => ({ unsure: false }),
      async renewed() {
        generation += 1;
        order.push('kept');
        return true;
      },
    };
    const oauth = {
      ...calendlyOAuth({
        authUrl: new URL('http://127.0.0.1:1'),
        client: { id: 'i', secret: 's' },
        redirectUri: 'http://127.0.0.1/',
      }),
      renew: () => answer.promise,
    };
    const keeping = tokens({ store, oauth, newSecret: () => 'x' });
    const asked = keeping.tokenOf('signed in i p', 'a1');
    await new Promise((resolve) => setTimeout(resolve, 10));
    const settled = keeping.settle().then(() => order.push('settled'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    answer.resolve(granted);
    await settled;
    expect(order).toEqual(['kept', 'settled']);
    expect(await asked).toBe('a2');
  });
});

function unusedStore(): PairStore {
  const never = async () => {
    throw new Error('not expected');
  };
  return {
    ...{ add: never, read: never, claim: never, renewed: never, failed: never, died: never, remove: never },
    ...{ hasTwin: never, due: never, orphans: never },
  };
}
