// Pins `connect`: a token becomes a connection and one hook, or nothing at all and a sentence with the cure.

import { describe, expect, test } from 'vitest';
import { pauseReasons } from '../../src/connection/disconnect.ts';
import { Outage, Refusal } from '../../src/errors.ts';
import { across } from '../../src/store/handle.ts';
import { addressOf, type Bond, bond, callbacks } from './bond.ts';

async function failing(work: Promise<unknown>): Promise<Refusal | Outage> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal) && !(error instanceof Outage))
    throw new Error('not a failure of ours', { cause: error });
  return error;
}

/** Neither here nor at Calendly is anything left of a failed attempt. */
async function expectNothing({ store, installationId, sandbox }: Bond) {
  expect(await store.connections(installationId)).toEqual([]);
  expect(sandbox.hooks).toEqual([]);
}

describe('a first connection', () => {
  test.each([
    ['olga', 'owner', 'organization', 'owner'],
    ['adam', 'admin', 'organization', 'admin'],
    ['mia', 'user', 'user', 'member'],
  ] as const)('of %s', async (who, role, scope, scopeReason) => {
    const b = await bond();
    const connected = await b.connect(` ${b.sandbox.tokens[who]}\n`);
    expect(connected).toMatchObject({ replaced: false, scopeReason, hook: 'registered' });
    const kept = await b.connection(connected.connection.id);
    expect(kept).toMatchObject({
      userUri: b.sandbox.users[who].uri,
      userName: b.sandbox.users[who].name,
      organizationUri: b.sandbox.organization.uri,
      organizationName: 'Acme Sales',
      role,
      scope,
      token: b.sandbox.tokens[who],
      state: 'active',
      reason: null,
      connectedBy: 'UANN',
    });
    const [hook, ...others] = await b.rows(kept.id);
    if (!hook) throw new Error('no hook');
    expect(others).toEqual([]);
    expect(hook).toMatchObject({ family: 'invitee', state: 'active' });
    expect(b.sandbox.hooks).toHaveLength(1);
    expect(b.sandbox.hooks[0]).toMatchObject({
      uri: hook.calendlyUri,
      callback_url: addressOf(hook),
      signing_key: hook.signingKey,
      scope,
      user: scope === 'user' ? kept.userUri : null,
      events: ['invitee.created', 'invitee.canceled', 'invitee_no_show.created', 'invitee_no_show.deleted'],
    });
    expect(connected.notes.join(' ')).toMatch(
      scope === 'user' ? /only of the meetings of this account.*owner or admin/ : /^$/,
    );
  });

  test('of a person with an organization of his own', async () => {
    const b = await bond();
    expect(await b.connect(b.sandbox.createToken(b.sandbox.soloUser))).toMatchObject({
      scopeReason: 'owner',
      hook: 'registered',
    });
  });

  test('the hook is known here before Calendly is asked to call it', async () => {
    const b = await bond();
    let known: unknown = null;
    const createHook: typeof b.api.createHook = async (token, hook) => {
      known = await b.store.hookByUrlToken(hook.url.split('/').at(-1) ?? '');
      return await b.api.createHook(token, hook);
    };
    await b.connect(b.sandbox.tokens.olga, { calendly: b.calendlyWith({ createHook }) });
    expect(known).toMatchObject({ state: 'making', signingKey: b.sandbox.hooks[0]?.signing_key });
  });

  test('without a public address there is no hook, and a note says so', async () => {
    const b = await bond();
    const connected = await b.connect(b.sandbox.tokens.olga, { publicUrl: null });
    expect(connected.hook).toBe('none');
    expect(connected.notes.join(' ')).toContain('PUBLIC_URL');
    expect(b.sandbox.hooks).toEqual([]);
    expect(await b.connection(connected.connection.id)).toMatchObject({ state: 'active' });
  });

  test('a public address below a path', async () => {
    const b = await bond();
    await b.connect(b.sandbox.tokens.olga, { publicUrl: new URL('https://example.com/apps/bookings') });
    expect(callbacks(b.sandbox)[0]).toMatch(/^https:\/\/example\.com\/apps\/bookings\/calendly\/webhooks\/[\w-]{32}$/);
  });

  test('an admin whom Calendly refuses the organization is connected for himself, in words', async () => {
    const b = await bond();
    b.sandbox.setRole(b.sandbox.users.adam, 'user');
    const calendly = b.calendlyWith({ role: async () => 'admin' });
    const connected = await b.connect(b.sandbox.tokens.adam, { calendly });
    expect(connected).toMatchObject({ scopeReason: 'member', connection: { scope: 'user', role: 'admin' } });
    expect(connected.notes[0]).toContain('an admin');
    expect(b.sandbox.hooks).toMatchObject([{ scope: 'user' }]);
    expect(await b.connection(connected.connection.id)).toMatchObject({ scope: 'user' });
    expect(await b.rows(connected.connection.id)).toHaveLength(1);
  });

  test('two clicks make one connection', async () => {
    const b = await bond();
    const { withToken } = b.connector();
    const ask = () =>
      withToken({ installationId: b.installationId, slackUser: 'UANN', leads: true, token: b.sandbox.tokens.olga });
    const both = await Promise.all([ask(), ask()]);
    expect(both.map((one) => one.replaced).sort()).toEqual([false, true]);
    expect(both.map((one) => one.hook).sort()).toEqual(['kept', 'registered']);
    expect(b.sandbox.hooks).toHaveLength(1);
    expect(await b.store.connections(b.installationId)).toHaveLength(1);
  });
});

describe('a failure leaves nothing half-made', () => {
  type Sandbox = Bond['sandbox'];
  type FaultKind = Parameters<Sandbox['faults']['add']>[0]['kind'];
  interface Case {
    name: string;
    code: string;
    words: string;
    /** Olga's, unless given. */
    token?: (sandbox: Sandbox) => string;
    spoil?: (sandbox: Sandbox) => unknown;
  }
  const atTheLastStep = (kind: FaultKind) => (sandbox: Sandbox) =>
    sandbox.faults.add({ match: 'POST /webhook_subscriptions', kind });
  const withScopes =
    (...scopes: string[]) =>
    (sandbox: Sandbox) =>
      sandbox.createToken(sandbox.users.olga, { scopes });
  const taken = { status: 409, body: { title: 'Already Exists' } };
  const denied = { status: 403, body: { message: 'You do not have permission' } };

  const cases: Case[] = [
    { name: 'an old key', code: 'token_v1', words: 'V1', token: () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345' },
    { name: 'a token of nobody', code: 'token_invalid', words: 'copied all of it', token: () => 'eyJnothing' },
    {
      name: 'an expired token',
      code: 'token_expired',
      words: 'has expired',
      spoil: (s) => s.expireToken(s.tokens.olga),
    },
    {
      name: 'a revoked token',
      code: 'token_revoked',
      words: 'was revoked',
      spoil: (s) => s.revokeToken(s.tokens.olga),
    },
    { name: 'a token without any scope', code: 'scopes_missing', words: 'users:read', token: withScopes() },
    {
      name: 'a token that may not make hooks',
      code: 'scopes_missing',
      words: 'webhooks:write',
      token: withScopes('users:read', 'organizations:read', 'scheduled_events:read'),
    },
    {
      name: 'a token that may not hear of meetings, which Calendly does not say',
      code: 'scopes_missing',
      words: 'scheduled_events:read',
      token: withScopes('users:read', 'organizations:read', 'webhooks:write'),
    },
    {
      name: 'a plan without hooks',
      code: 'plan_needed',
      words: 'Standard plan',
      spoil: (s) => Object.assign(s, { plan: 'free-old' }),
    },
    {
      name: 'too many requests',
      code: 'rate_limited',
      words: 'Try again in',
      spoil: (s) => Object.assign(s.rateLimit, { limit: 1 }),
    },
    {
      name: 'too many requests at the last step',
      code: 'rate_limited',
      words: 'Try again in',
      spoil: atTheLastStep({ status: 429 }),
    },
    { name: 'a Calendly that is unwell', code: 'calendly_down', words: 'not well', spoil: (s) => s.faults.down() },
    {
      name: 'the same at the last step',
      code: 'calendly_down',
      words: 'not well',
      spoil: atTheLastStep({ status: 503 }),
    },
    { name: 'a page instead of an answer', code: 'calendly_down', words: 'not well', spoil: atTheLastStep('html') },
    {
      name: 'no way to Calendly',
      code: 'calendly_unreachable',
      words: 'cannot reach',
      spoil: (s) => s.faults.down('refuse'),
    },
    {
      name: 'a cut line at the last step',
      code: 'calendly_unreachable',
      words: 'cannot reach',
      spoil: atTheLastStep('reset'),
    },
    { name: 'an address that is always taken', code: 'hook_exists', words: 'new address', spoil: atTheLastStep(taken) },
    { name: 'a refusal of every hook', code: 'role_needed', words: 'Sign in', spoil: atTheLastStep(denied) },
  ];

  test.each(cases)('$name', async ({ code, words, token, spoil }) => {
    const b = await bond();
    const pasted = token?.(b.sandbox) ?? b.sandbox.tokens.olga;
    await spoil?.(b.sandbox);
    const failure = await failing(b.connect(pasted));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
    await b.sandbox.faults.up();
    await expectNothing(b);
  });

  test('a memory that fails after Calendly made the hook', async () => {
    const b = await bond();
    await expect(b.connect(b.sandbox.tokens.olga, { store: b.dyingAt('updateHook') })).rejects.toThrow('killed here');
    await expectNothing(b);
  });

  test('a memory that fails at the very end', async () => {
    const b = await bond();
    await expect(b.connect(b.sandbox.tokens.olga, { store: b.dyingAt('resumeSubscriptions') })).rejects.toThrow(
      'killed here',
    );
    await expectNothing(b);
  });

  test('an answer that got lost: the hook it made is found and used', async () => {
    const b = await bond();
    b.sandbox.faults.add({ match: 'POST /webhook_subscriptions', times: 1, kind: 'reset-after' });
    const connected = await b.connect(b.sandbox.tokens.olga);
    const [hook] = await b.rows(connected.connection.id);
    expect(b.sandbox.hooks).toMatchObject([{ uri: hook?.calendlyUri, signing_key: hook?.signingKey }]);
  });

  test('an address that is taken once: another one is used', async () => {
    const b = await bond();
    b.sandbox.faults.add({
      match: 'POST /webhook_subscriptions',
      times: 1,
      kind: { status: 409, body: { title: 'Already Exists' } },
    });
    const connected = await b.connect(b.sandbox.tokens.olga);
    expect(await b.rows(connected.connection.id)).toHaveLength(1);
    expect(b.sandbox.hooks).toHaveLength(1);
  });
});

describe('connecting again', () => {
  test('replaces the token, and keeps subscriptions and the hook that is well', async () => {
    const b = await bond();
    const first = await b.connect(b.sandbox.tokens.olga);
    const state = await b.subscribe(first.connection.id);
    const before = b.sandbox.hooks[0]?.uri;
    const token = b.sandbox.createToken(b.sandbox.users.olga);
    const again = await b
      .connector()
      .withToken({ installationId: b.installationId, slackUser: 'UBEN', leads: true, token });
    expect(again).toMatchObject({ replaced: true, hook: 'kept', connection: { id: first.connection.id } });
    expect(await b.connection(first.connection.id)).toMatchObject({ token, connectedBy: 'UBEN', state: 'active' });
    expect(b.sandbox.hooks.map((hook) => hook.uri)).toEqual([before]);
    expect(await state()).toBe('active');
  });

  test('is a success also when the sign-in it replaces cannot be cleared away just now', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    const token = b.sandbox.createToken(b.sandbox.users.olga);
    const discard = async () => {
      throw new Error('the memory is away');
    };
    const logged: string[] = [];
    const say = (_fields: object, words: string) => void logged.push(words);
    const again = await b.connect(token, {
      signedIn: { tokens: { discard }, signingKey: null },
      log: { info: say, warn: say, error: say },
    });
    expect(again).toMatchObject({ replaced: true, hook: 'kept' });
    expect(await b.connection(connection.id)).toMatchObject({ token, state: 'active' });
    expect(logged).toEqual([expect.stringMatching(/could not be cleared away/)]);
  });

  test.each([
    ['switched off', (b: Bond) => b.sandbox.setHookState(b.sandbox.hooks[0]!, 'disabled')],
    ['deleted', (b: Bond) => b.sandbox.deleteHook(b.sandbox.hooks[0]!)],
    [
      'at another address',
      (b: Bond) => Object.assign(b.sandbox.hooks[0]!, { callback_url: 'https://old.example.com/calendly/webhooks/x' }),
    ],
    ['of fewer events', (b: Bond) => void b.sandbox.hooks[0]!.events.pop()],
  ])('replaces a hook that is %s', async (_name, spoil) => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    spoil(b);
    expect(await b.connect(b.sandbox.tokens.olga)).toMatchObject({ replaced: true, hook: 'registered' });
    expect(b.sandbox.hooks).toHaveLength(1);
    const rows = await b.rows(connection.id);
    expect(rows.map((row) => row.state).sort()).toEqual(['active', 'retired']);
    expect(callbacks(b.sandbox)).toEqual(rows.filter((row) => row.state === 'active').map(addressOf));
  });

  test('takes up what disconnecting paused, and nothing else', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    const states = [await b.subscribe(connection.id, 'C1'), await b.subscribe(connection.id, 'C2')];
    await b.disconnect(connection.id);
    const muted = await b.subscribe(connection.id, 'C3');
    await b.store.pauseSubscriptions(b.installationId, connection.id, 'Muted by a person.');
    const again = await b.connect(b.sandbox.tokens.olga);
    expect(again).toMatchObject({ replaced: true, hook: 'registered', connection: { id: connection.id } });
    expect(again.notes.join(' ')).toContain('2 paused subscriptions run again');
    expect(await Promise.all(states.map((state) => state()))).toEqual(['active', 'active']);
    expect(await muted()).toBe('paused');
    expect(b.sandbox.hooks).toHaveLength(1);
  });

  test('takes up what a dead token paused', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    const state = await b.subscribe(connection.id);
    await b.store.pauseSubscriptions(b.installationId, connection.id, pauseReasons.deadToken);
    expect((await b.connect(b.sandbox.tokens.olga)).notes).toEqual(['One paused subscription runs again.']);
    expect(await state()).toBe('active');
  });

  test('an admin who became a member gets a hook of his own meetings in place of everybody’s', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.adam);
    const old = b.sandbox.hooks[0]?.uri;
    b.sandbox.setRole(b.sandbox.users.adam, 'user');
    b.sandbox.leaveGroup(b.sandbox.users.adam);
    expect(await b.connect(b.sandbox.tokens.adam)).toMatchObject({ hook: 'registered', scopeReason: 'member' });
    expect(await b.connection(connection.id)).toMatchObject({ role: 'user', scope: 'user' });
    // A member may not delete the hook of the organization; its row is retired, so what it sends changes nothing.
    expect(b.sandbox.hooks.filter((hook) => hook.uri !== old)).toMatchObject([{ scope: 'user' }]);
    expect((await b.live(connection.id)).map((row) => row.calendlyUri)).not.toContain(old);
  });

  test('an admin who became a member, and still leads a group, gets a hook of that group', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.adam);
    b.sandbox.setRole(b.sandbox.users.adam, 'user');
    expect(await b.connect(b.sandbox.tokens.adam)).toMatchObject({ hook: 'registered', scopeReason: 'group' });
    const { uri, name } = b.sandbox.group;
    expect(await b.connection(connection.id)).toMatchObject({ role: 'user', scope: 'group', group: { uri, name } });
    expect(b.sandbox.hooks.at(-1)).toMatchObject({ scope: 'group', group: uri, user: null });
  });

  test('a version from before there were groups may write a scope alone: what is left behind of a group counts for nothing', async () => {
    const b = await bond();
    b.sandbox.joinGroup(b.sandbox.users.mia, { role: 'admin' });
    const { connection } = await b.connect(b.sandbox.tokens.mia);
    const write = (set: { scope?: 'user'; group_uri?: null }) =>
      across(b.database.db, 'operator').updateTable('connection').set(set).where('id', '=', connection.id).execute();
    await write({ scope: 'user' });
    expect(await b.connection(connection.id)).toMatchObject({ scope: 'user', group: null });
    await b.store.updateConnection(b.installationId, connection.id, { scope: 'group' });
    expect(await b.connection(connection.id)).toMatchObject({ scope: 'group', group: { name: 'Sales team' } });
    await write({ group_uri: null });
    expect(await b.connection(connection.id)).toMatchObject({ scope: 'user', group: null });
  });

  test('a new token that fails changes nothing, and the old hook lives on', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    const before = { connection: await b.connection(connection.id), hooks: await b.rows(connection.id) };
    const weak = b.sandbox.createToken(b.sandbox.users.olga, { scopes: ['users:read', 'organizations:read'] });
    expect(
      (
        await failing(
          b.connector().withToken({ installationId: b.installationId, slackUser: 'UBEN', leads: true, token: weak }),
        )
      ).code,
    ).toBe('scopes_missing');
    expect(await b.connection(connection.id)).toEqual(before.connection);
    expect(await b.rows(connection.id)).toEqual(before.hooks);
    expect(b.sandbox.hooks).toHaveLength(1);
  });

  test('a failure after disconnecting leaves it disconnected', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    await b.disconnect(connection.id);
    b.sandbox.faults.add({ match: 'POST /webhook_subscriptions', kind: { status: 503 } });
    b.sandbox.faults.add({ match: 'GET /webhook_subscriptions', kind: { status: 503 } });
    await failing(b.connect(b.sandbox.tokens.olga));
    expect(await b.connection(connection.id)).toMatchObject({ state: 'disconnected', token: '' });
    expect(await b.live(connection.id)).toEqual([]);
  });
});

describe('routing forms', () => {
  test('get a hook of their own, once', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    const { ensureFamily } = b.connector();
    await Promise.all([ensureFamily(connection, 'routing'), ensureFamily(connection, 'routing')]);
    expect(b.sandbox.hooks.map((hook) => hook.events)).toEqual([
      expect.arrayContaining(['invitee.created']),
      ['routing_form_submission.created'],
    ]);
  });

  test('come back with those who had them', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    await b.connector().ensureFamily(connection, 'routing');
    await b.disconnect(connection.id);
    expect(b.sandbox.hooks).toEqual([]);
    await b.connect(b.sandbox.tokens.olga);
    expect(b.sandbox.hooks).toHaveLength(2);
  });

  test('that no longer come are a note, and meetings still come', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    await b.connector().ensureFamily(connection, 'routing');
    await b.disconnect(connection.id);
    b.sandbox.plan = 'free';
    const again = await b.connect(b.sandbox.tokens.olga);
    expect(again.notes.join(' ')).toMatch(/Routing forms.*plan/);
    expect(b.sandbox.hooks).toHaveLength(1);
  });

  test.each<[string, string, (b: Bond) => Promise<unknown>]>([
    [
      'a member',
      'role_needed',
      async (b) => b.connector().ensureFamily((await b.connect(b.sandbox.tokens.mia)).connection, 'routing'),
    ],
    [
      'no public address',
      'no_public_url',
      async (b) =>
        b.connector({ publicUrl: null }).ensureFamily((await b.connect(b.sandbox.tokens.olga)).connection, 'routing'),
    ],
    [
      'a plan without them',
      'plan_needed',
      async (b) => {
        b.sandbox.plan = 'free';
        await b.connector().ensureFamily((await b.connect(b.sandbox.tokens.olga)).connection, 'routing');
      },
    ],
    [
      'a broken connection',
      'not_connected',
      async (b) => {
        const { connection } = await b.connect(b.sandbox.tokens.olga);
        await b.connector().ensureFamily({ ...connection, state: 'broken' }, 'routing');
      },
    ],
  ])('are refused with %s', async (_name, code, ask) => {
    const b = await bond();
    const failure = await failing(ask(b));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/\{command\}|PUBLIC_URL/);
    expect(b.sandbox.hooks).toHaveLength(1);
  });
});
