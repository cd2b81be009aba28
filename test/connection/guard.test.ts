// Pins the scheduled check: what is broken is found, put right make-before-break, and said once; what is not ours is left alone.

import { describe, expect, test } from 'vitest';
import { connector } from '../../src/connection/connect.ts';
import { Outage } from '../../src/errors.ts';
import { addressOf, type Bond, bond, callbacks } from './bond.ts';

const day = 24 * 3_600_000;

async function connected(who: 'olga' | 'mia' = 'olga') {
  const b = await bond();
  const { connection } = await b.connect(b.sandbox.tokens[who]);
  const check = (o?: Parameters<Bond['check']>[1]) => b.check(connection.id, o);
  const remote = () => {
    const [hook] = b.sandbox.hooks;
    if (!hook) throw new Error('Calendly has no hook');
    return hook;
  };
  return { ...b, b, id: connection.id, check, remote };
}
const whats = (report: { findings: { what: string }[] }) => report.findings.map((one) => one.what);

/** One live hook here, the same one at Calendly, and nothing else of ours there. */
async function expectOneHook({ b, id, sandbox }: Awaited<ReturnType<typeof connected>>) {
  const live = await b.live(id);
  expect(live).toMatchObject([{ state: 'active' }]);
  expect(callbacks(sandbox)).toEqual(live.map(addressOf));
  expect(sandbox.hooks.map((hook) => hook.uri)).toEqual(live.map((row) => row.calendlyUri));
  expect(sandbox.hooks.map((hook) => hook.signing_key)).toEqual(live.map((row) => row.signingKey));
}

test.each(['olga', 'mia'] as const)('all is well with %s: it is recorded, and nobody is told', async (who) => {
  const c = await connected(who);
  const before = Date.now();
  expect(await c.check()).toEqual({
    installationId: c.installationId,
    connectionId: c.id,
    ok: true,
    findings: [],
    sentence: 'All is well: the token works, and Calendly calls me.',
  });
  const { checkedAt, checkResult } = await c.connection(c.id);
  expect(checkedAt).toBeGreaterThanOrEqual(before);
  expect(checkResult).toBe('All is well: the token works, and Calendly calls me.');
  expect(c.told).toEqual([]);
  await expectOneHook(c);
});

describe('a hook that does not work is replaced', () => {
  const broken: [name: string, what: string, spoil: (c: Awaited<ReturnType<typeof connected>>) => void][] = [
    ['switched off', 'hook_disabled', ({ sandbox, remote }) => sandbox.setHookState(remote(), 'disabled')],
    ['deleted by somebody', 'hook_missing', ({ sandbox, remote }) => sandbox.deleteHook(remote())],
    [
      'calling another address',
      'hook_moved',
      ({ remote }) => {
        remote().callback_url = 'https://old.example.com/calendly/webhooks/x';
      },
    ],
    [
      'telling of fewer events',
      'hook_other_events',
      ({ remote }) => {
        remote().events = ['invitee.created'];
      },
    ],
    [
      'that brings the messages of somebody else',
      'hook_foreign',
      ({ remote, sandbox }) => {
        Object.assign(remote(), { scope: 'user', user: sandbox.users.mia.uri });
      },
    ],
  ];

  test.each(broken)('%s', async (_name, what, spoil) => {
    const c = await connected();
    const [old] = await c.rows(c.id);
    spoil(c);
    const report = await c.check();
    expect(report).toMatchObject({ ok: true, findings: [{ what, action: 'repaired' }] });
    await expectOneHook(c);
    const rows = await c.rows(c.id);
    expect(rows.find((row) => row.id === old?.id)).toMatchObject({ state: 'retired', retiredAt: expect.any(Number) });
    expect(c.told).toMatchObject([{ to: 'UANN', text: expect.stringContaining('Olga Larsen') }]);
    expect((await c.connection(c.id)).checkResult).toBe(report.sentence);
    expect(await c.check()).toMatchObject({ ok: true, findings: [] });
    expect(c.told).toHaveLength(1);
  });

  test('the new one is made and kept before the old one goes', async () => {
    const c = await connected();
    const [old] = await c.rows(c.id);
    c.sandbox.setHookState(c.remote(), 'disabled');
    const seen: string[] = [];
    const calendly = c.calendlyWith({
      async deleteHook(token, uri) {
        const fresh = (await c.live(c.id)).find((row) => row.id !== old?.id);
        seen.push(
          uri === old?.calendlyUri && fresh?.state === 'active' && fresh.calendlyUri !== null ? 'after' : 'before',
        );
        await c.api.deleteHook(token, uri);
      },
    });
    await c.check({ calendly });
    expect(seen).toEqual(['after']);
  });

  test('messages to the old address are accepted for 26 hours, then it is forgotten', async () => {
    const c = await connected();
    const [old] = await c.rows(c.id);
    c.sandbox.setHookState(c.remote(), 'disabled');
    await c.check();
    c.clock.shift = 25 * 3_600_000;
    await c.check();
    expect((await c.rows(c.id)).map((row) => row.id)).toContain(old?.id);
    c.clock.shift = 27 * 3_600_000;
    await c.check();
    expect((await c.rows(c.id)).map((row) => row.id)).not.toContain(old?.id);
    await expectOneHook(c);
  });

  test('when no new one can be made, the old one stays and the person hears it once', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    c.sandbox.plan = 'free-old';
    for (const _ of [1, 2]) {
      expect(await c.check()).toMatchObject({ ok: false, findings: [{ what: 'hook_disabled', action: 'told' }] });
      expect(c.sandbox.hooks).toHaveLength(1);
      expect(await c.live(c.id)).toMatchObject([{ state: 'disabled', calendlyUri: c.remote().uri }]);
    }
    expect(c.told).toMatchObject([{ text: expect.stringMatching(/Standard plan.*\{command\} connect/) }]);
    c.sandbox.plan = 'paid';
    expect(await c.check()).toMatchObject({ ok: true });
    await expectOneHook(c);
  });

  test('when Calendly is unwell at that moment, the old one stays and nobody is bothered', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    c.sandbox.faults.add({ match: 'POST /webhook_subscriptions', times: 1, kind: { status: 503 } });
    expect(await c.check()).toMatchObject({ ok: false, findings: [{ what: 'hook_disabled', action: 'waiting' }] });
    expect(c.told).toEqual([]);
    expect(await c.live(c.id)).toMatchObject([{ calendlyUri: c.remote().uri }]);
    expect(await c.check()).toMatchObject({ ok: true });
    await expectOneHook(c);
  });

  test('an old one that cannot be deleted now is deleted at the next check', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    c.sandbox.faults.add({ match: 'DELETE *', times: 1, kind: { status: 503 } });
    await c.check();
    expect(c.sandbox.hooks).toHaveLength(2);
    expect(whats(await c.check())).toEqual(['stranger']);
    await expectOneHook(c);
  });

  test('a changed public address', async () => {
    const c = await connected();
    const moved = new URL('https://new.example.com/app');
    c.sandbox.faults.add({ match: 'DELETE *', times: 1, kind: { status: 503 } });
    expect(whats(await c.check({ publicUrl: moved }))).toEqual(['hook_moved']);
    expect(callbacks(c.sandbox)).toHaveLength(2);
    // The one at the old address is ours as well, known by its URI.
    await c.check({ publicUrl: moved });
    expect(callbacks(c.sandbox)).toEqual([
      expect.stringMatching(/^https:\/\/new\.example\.com\/app\/calendly\/webhooks\//),
    ]);
  });

  test('a public address that came later gives the first hook', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga, { publicUrl: null });
    expect(whats(await b.check(connection.id, { publicUrl: null }))).toEqual(['no_public_url']);
    expect(b.sandbox.hooks).toEqual([]);
    expect(whats(await b.check(connection.id))).toEqual(['hook_absent']);
    expect(b.sandbox.hooks).toHaveLength(1);
  });

  test('the hook of routing forms is looked after in the same way', async () => {
    const c = await connected();
    await c.connector().ensureFamily(await c.connection(c.id), 'routing');
    const routing = c.sandbox.hooks.find((hook) => hook.events.includes('routing_form_submission.created'));
    if (!routing) throw new Error('no hook');
    c.sandbox.setHookState(routing, 'disabled');
    expect(whats(await c.check())).toEqual(['hook_disabled']);
    expect((await c.live(c.id)).map((row) => row.family).sort()).toEqual(['invitee', 'routing']);
    expect(c.sandbox.hooks.map((hook) => hook.state)).toEqual(['active', 'active']);
  });
});

describe('the early warning', () => {
  test('is said once per retry phase, and its end once', async () => {
    const c = await connected();
    const since = new Date(Date.now() - 60_000);
    c.sandbox.setRetrying(c.remote(), since);
    for (const _ of [1, 2]) expect(await c.check()).toMatchObject({ ok: false, findings: [{ what: 'hook_retrying' }] });
    expect(await c.live(c.id)).toMatchObject([{ state: 'retrying', retryStartedAt: expect.any(Number) }]);
    expect(c.told).toMatchObject([{ text: expect.stringMatching(/bookings\.example\.com since .* UTC.*24 hours/) }]);
    c.remote().retry_started_at = null;
    for (const _ of [1, 2]) expect(await c.check()).toMatchObject({ ok: true });
    expect(c.told.map((one) => one.text)).toEqual([c.told[0]?.text, expect.stringContaining('reaches me again')]);
    expect(await c.live(c.id)).toMatchObject([{ state: 'active', retryStartedAt: null }]);
    c.sandbox.setRetrying(c.remote(), new Date(Date.now() + 1000));
    await c.check();
    expect(c.told).toHaveLength(3);
    expect(c.sandbox.hooks).toHaveLength(1);
  });

  test('is none when messages got through since', async () => {
    const c = await connected();
    const since = Date.now() - 60_000;
    c.sandbox.setRetrying(c.remote(), new Date(since));
    await c.store.updateConnection(c.installationId, c.id, { lastChangeAt: since + 1_000 });
    expect(await c.check()).toMatchObject({ ok: true, findings: [] });
    expect(c.told).toEqual([]);
  });
});

describe('the token', () => {
  test.each([
    ['revoked', 'revokeToken'],
    ['expired', 'expireToken'],
  ] as const)('%s: the owner hears it once, and the hook stays', async (word, kill) => {
    const c = await connected();
    c.sandbox[kill](c.sandbox.tokens.olga);
    for (const _ of [1, 2]) expect(await c.check()).toMatchObject({ ok: false, findings: [{ what: 'token_dead' }] });
    const kept = await c.connection(c.id);
    expect(kept).toMatchObject({ state: 'broken', reason: expect.stringContaining(word) });
    expect(kept.reason).toContain('{command} connect');
    expect(kept.checkResult).toBe(kept.reason);
    expect(c.told).toMatchObject([{ to: 'UANN', text: expect.stringContaining(word) }]);
    expect(c.sandbox.hooks).toHaveLength(1);
    expect(await c.live(c.id)).toMatchObject([{ state: 'active' }]);
    // A new token heals everything.
    const token = c.sandbox.createToken(c.sandbox.users.olga);
    expect(await c.connect(token)).toMatchObject({ replaced: true, hook: 'kept' });
    expect(await c.check()).toMatchObject({ ok: true, findings: [] });
    expect(await c.connection(c.id)).toMatchObject({ state: 'active', reason: null });
  });

  test('that works again after all is said once', async () => {
    const c = await connected();
    const dead = {
      match: 'GET /users/me',
      times: 1,
      kind: { status: 401, body: { message: 'The access token is invalid' } },
    };
    c.sandbox.faults.add(dead);
    await c.check();
    for (const _ of [1, 2]) expect(await c.check()).toMatchObject({ ok: true });
    expect(await c.connection(c.id)).toMatchObject({ state: 'active', reason: null });
    expect(c.told.map((one) => one.text)).toEqual([
      expect.stringContaining('does not accept'),
      expect.stringContaining('again'),
    ]);
    // A second time is news again.
    c.clock.shift = day;
    c.sandbox.faults.add(dead);
    await c.check();
    expect(c.told).toHaveLength(3);
  });

  test('that dies in the middle of a check', async () => {
    const c = await connected();
    c.sandbox.faults.add({
      match: 'GET /webhook_subscriptions/*',
      kind: { status: 401, body: { message: 'The access token was revoked' } },
    });
    expect(whats(await c.check())).toEqual(['token_dead']);
    expect(await c.connection(c.id)).toMatchObject({ state: 'broken' });
  });

  test('that was replaced during the check is not called dead', async () => {
    const c = await connected();
    c.sandbox.revokeToken(c.sandbox.tokens.olga);
    const token = c.sandbox.createToken(c.sandbox.users.olga);
    const calendly = c.calendlyWith({
      async me(old) {
        try {
          return await c.api.me(old);
        } finally {
          await c.connect(token);
        }
      },
    });
    await c.check({ calendly });
    expect(await c.connection(c.id)).toMatchObject({ state: 'active', token, checkResult: null });
    expect(c.told).toEqual([]);
  });

  test('that lost a permission: said once, with its name; the hook stays, and the permission mends it', async () => {
    const c = await connected();
    const body = {
      title: 'Insufficient scope',
      message: "This operation requires the scopes listed in the 'required_scopes' array.",
      required_scopes: ['webhooks:read'],
    };
    c.sandbox.faults.add({ match: /^GET \/webhook_subscriptions/, kind: { status: 403, body } });
    for (const _ of [1, 2]) expect(await c.check()).toMatchObject({ ok: false, findings: [{ what: 'refused' }] });
    expect(c.told).toMatchObject([{ to: 'UANN', text: expect.stringContaining('webhooks:read') }]);
    expect(await c.connection(c.id)).toMatchObject({ state: 'active', troubleSince: expect.any(Number) });
    expect(c.sandbox.hooks).toHaveLength(1);
    c.sandbox.faults.clear();
    expect(await c.check()).toMatchObject({ ok: true });
    expect(await c.connection(c.id)).toMatchObject({ troubleSince: null });
  });

  test('of somebody who is no admin any more: said once, the hook stays', async () => {
    const c = await connected();
    c.sandbox.setRole(c.sandbox.users.olga, 'user');
    for (const _ of [1, 2]) expect(await c.check()).toMatchObject({ ok: false, findings: [{ what: 'refused' }] });
    expect(c.told).toMatchObject([{ text: expect.stringContaining('owner or admin') }]);
    expect(await c.connection(c.id)).toMatchObject({ state: 'active' });
    expect(c.sandbox.hooks).toHaveLength(1);
  });
});

describe('Calendly out of reach', () => {
  test.each(['unwell', 'refuse'] as const)('%s: nothing changes and nobody is told', async (how) => {
    const c = await connected();
    const before = await c.connection(c.id);
    await c.sandbox.faults.down(how);
    const report = await c.check();
    expect(report).toMatchObject({ ok: false, findings: [{ what: 'unreachable', action: 'waiting' }] });
    const { checkedAt, checkResult, ...after } = await c.connection(c.id);
    expect({ ...after, checkedAt: null, checkResult: null }).toEqual(before);
    expect(checkedAt).toEqual(expect.any(Number));
    expect(checkResult).toBe(report.sentence);
    expect(await c.live(c.id)).toMatchObject([{ state: 'active' }]);
    expect(c.told).toEqual([]);
  });

  test('half way: a list that fails makes no hook look gone', async () => {
    const c = await connected();
    c.sandbox.faults.add({ match: 'GET /webhook_subscriptions', kind: { status: 500 } });
    await c.check();
    expect(c.sandbox.hooks).toHaveLength(1);
    expect(await c.live(c.id)).toHaveLength(1);
  });
});

describe('killed', () => {
  test('between Calendly’s hook and its keeping: the next check adopts it', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    // A dead process takes nothing back, so neither does this one.
    let writes = 0;
    const store = {
      ...c.store,
      updateHook: async (...args: Parameters<typeof c.store.updateHook>) => {
        writes += 1;
        if (writes > 1) throw new Error('killed here');
        await c.store.updateHook(...args);
      },
      removeHook: () => Promise.reject(new Error('killed here')),
    };
    const calendly = c.calendlyWith({ deleteHook: () => Promise.reject(new Error('killed here')) });
    expect(await c.check({ store, calendly })).toMatchObject({ ok: false, findings: [{ what: 'check_failed' }] });
    expect((await c.live(c.id)).map((row) => row.state).sort()).toEqual(['disabled', 'making']);
    expect(c.sandbox.hooks).toHaveLength(2);

    expect(whats(await c.check())).toEqual(['making']);
    expect(c.sandbox.hooks).toHaveLength(2);
    c.clock.shift = 61_000;
    expect(whats(await c.check())).toEqual(['half_made', 'hook_spare']);
    await expectOneHook(c);
  });

  test.each([
    ['a minute later', 61_000],
    ['after the clock was set back by three days', -72 * 3_600_000],
  ])('before Calendly was asked: %s the check forgets the row', async (_when, shift) => {
    const c = await connected();
    const making = {
      installationId: c.installationId,
      connectionId: c.id,
      family: 'invitee' as const,
      calendlyUri: null,
      creator: null,
      state: 'making' as const,
    };
    await c.store.addHook({
      ...making,
      id: 'h1',
      urlToken: 'u1',
      signingKey: 'k1',
      retryStartedAt: null,
      createdAt: Date.now(),
      retiredAt: null,
    });
    expect(await c.check()).toMatchObject({ findings: [] });
    expect(await c.rows(c.id)).toHaveLength(2);
    c.clock.shift = shift;
    expect(whats(await c.check())).toEqual(['half_made']);
    await expectOneHook(c);
  });

  test('while connecting for the first time: the next check finishes it', async () => {
    const b = await bond();
    const store = {
      ...b.dyingAt('updateHook'),
      removeHook: () => Promise.reject(new Error('killed here')),
      removeConnection: () => Promise.reject(new Error('killed here')),
    };
    const calendly = b.calendlyWith({ deleteHook: () => Promise.reject(new Error('killed here')) });
    await expect(b.connect(b.sandbox.tokens.olga, { store, calendly })).rejects.toThrow('killed here');
    const [half] = await b.store.connections(b.installationId);
    if (!half) throw new Error('no connection');
    b.clock.shift = 61_000;
    expect(whats(await b.check(half.id))).toEqual(['half_made']);
    expect((await b.live(half.id)).map((row) => [row.state, addressOf(row)])).toEqual([
      ['active', callbacks(b.sandbox)[0]],
    ]);
  });
});

describe('strangers', () => {
  const at = (c: Awaited<ReturnType<typeof connected>>, url: string) =>
    c.api.createHook(c.sandbox.tokens.olga, {
      url,
      events: ['invitee.created'],
      organization: c.sandbox.organization.uri,
      scope: 'organization',
      signingKey: 'x',
    });

  test('at our address that nobody knows are deleted; those of others never are', async () => {
    const c = await connected();
    await at(c, 'https://bookings.example.com/calendly/webhooks/forgotten');
    const others = [
      'https://other.example.com/calendly/webhooks/forgotten',
      'https://bookings.example.com/another-app',
      'https://bookings.example.com.evil.example/calendly/webhooks/x',
      'https://bookings.example.com/calendly/webhooks/x/y',
    ];
    for (const url of others) await at(c, url);
    expect(whats(await c.check())).toEqual(['stranger']);
    expect(callbacks(c.sandbox)).toEqual([...others, ...(await c.live(c.id)).map(addressOf)].sort());
  });

  test('of a scope that the account no longer has are deleted as well, though their list is asked for no more', async () => {
    const c = await connected();
    const [old] = c.sandbox.hooks;
    c.sandbox.faults.add({ match: 'DELETE *', times: 1, kind: { status: 503 } });
    await connector(c.deps()).setReach(c.installationId, c.id, { scope: 'user', group: null });
    expect(c.sandbox.hooks).toContain(old);
    expect(whats(await c.check())).toEqual(['stranger']);
    expect(c.sandbox.hooks).toMatchObject([{ scope: 'user' }]);
    c.sandbox.calls.length = 0;
    expect(await c.check()).toMatchObject({ ok: true, findings: [] });
    expect(c.sandbox.calls.filter(({ path }) => path.includes('webhook_subscriptions/'))).toHaveLength(1);
  });

  test('are not those of another connection of the same organization', async () => {
    const c = await connected();
    const adam = await c.connect(c.sandbox.tokens.adam);
    expect(await c.check()).toMatchObject({ ok: true, findings: [] });
    expect(await c.check()).toMatchObject({ ok: true, findings: [] });
    expect(c.sandbox.hooks).toHaveLength(2);
    expect((await c.live(adam.connection.id))[0]?.calendlyUri).toBe(c.sandbox.hooks[1]?.uri);
  });

  test('of two living hooks the newest stays', async () => {
    const c = await connected();
    const [first] = await c.rows(c.id);
    const url = 'https://bookings.example.com/calendly/webhooks/second';
    const second = await at(c, url);
    const remote = c.sandbox.hooks[1];
    if (!first || !remote) throw new Error('no hook');
    remote.events = [...c.remote().events];
    remote.signing_key = 'k2';
    await c.store.addHook({
      ...first,
      id: 'h2',
      urlToken: 'second',
      signingKey: 'k2',
      calendlyUri: second.uri,
      createdAt: first.createdAt + 1,
    });
    expect(whats(await c.check())).toEqual(['hook_spare']);
    await expectOneHook(c);
    expect(callbacks(c.sandbox)).toEqual([url]);
  });
});

describe('all connections', () => {
  test('are looked at, the disconnected ones left out, and one that fails keeps none waiting', async () => {
    const b = await bond();
    const olga = await b.connect(b.sandbox.tokens.olga);
    const adam = await b.connect(b.sandbox.tokens.adam);
    const mia = await b.connect(b.sandbox.tokens.mia);
    await b.disconnect(mia.connection.id);
    const store = {
      ...b.store,
      hooks: async (installationId: string, id: string) => {
        if (id === olga.connection.id) throw new Error('no memory');
        return await b.store.hooks(installationId, id);
      },
    };
    b.sandbox.deleteHook(b.sandbox.hooks[1]!);
    const reports = await b.guard({ store }).checkAll();
    const byId = new Map(reports.map((report) => [report.connectionId, report]));
    expect([...byId.keys()].sort()).toEqual([olga.connection.id, adam.connection.id].sort());
    expect(byId.get(olga.connection.id)).toMatchObject({ ok: false, findings: [{ what: 'check_failed' }] });
    expect(byId.get(adam.connection.id)).toMatchObject({
      ok: true,
      findings: [{ what: 'hook_missing', action: 'repaired' }],
    });
  });

  test('one whose calls hang holds up none of the others, of this or another workspace', async () => {
    const b = await bond();
    const { connection: olga } = await b.connect(b.sandbox.tokens.olga);
    const { connection: adam } = await b.connect(b.sandbox.tokens.adam);
    const hangs = Promise.withResolvers<never>();
    const calendly = b.calendlyWith({
      me: (token) => (token === b.sandbox.tokens.olga ? hangs.promise : b.api.me(token)),
    });
    const all = b.guard({ calendly }).checkAll();
    await expect.poll(async () => (await b.connection(adam.id)).checkedAt).not.toBeNull();
    expect((await b.connection(olga.id)).checkedAt).toBeNull();
    hangs.reject(new Outage('Calendly does not answer.', { code: 'calendly_unreachable' }));
    expect((await all).map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  test('one asked for twice at the same time is looked at once', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    const { check } = c.guard();
    const [one, other] = await Promise.all([check(c.installationId, c.id), check(c.installationId, c.id)]);
    expect(one).toBe(other);
    await expectOneHook(c);
  });

  test('one asked for while another is under way sees what was mended meanwhile', async () => {
    const c = await connected();
    c.sandbox.setRetrying(c.remote(), new Date(Date.now() - 3_600_000));
    const held = Promise.withResolvers<void>();
    let looks = 0;
    const calendly = c.calendlyWith({
      async getHook(token, uri) {
        const found = await c.api.getHook(token, uri);
        looks += 1;
        if (looks === 1) await held.promise;
        return found;
      },
    });
    const { check } = c.guard({ calendly });
    const first = check(c.installationId, c.id);
    await expect.poll(() => looks).toBe(1);
    c.remote().retry_started_at = null;
    const [second, third] = [check(c.installationId, c.id), check(c.installationId, c.id)];
    held.resolve();
    const found = async (report: typeof first) => (await report).findings.map(({ what }) => what);
    expect([await found(first), await found(second)]).toEqual([['hook_retrying'], ['hook_recovered']]);
    // All who ask meanwhile share the next one.
    expect(await third).toBe(await second);
    expect(looks).toBe(2);
  });

  test('one that two processes look at gets one hook, and one word of it', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    c.sandbox.latencyMs = 30;
    const made = () => c.sandbox.calls.filter(({ method, status }) => method === 'POST' && status === 201).length;
    const before = made();
    await Promise.all(Array.from({ length: 4 }, () => c.guard().check(c.installationId, c.id)));
    expect(made() - before).toBe(1);
    expect(c.told).toHaveLength(1);
    await expectOneHook(c);
  });

  test('are asked each minute whether their tokens work, and no more; one that does not is seen to at once', async () => {
    const b = await bond();
    const { connection } = await b.connect(b.sandbox.tokens.olga);
    const adam = await b.connect(b.sandbox.tokens.adam);
    const watch = b.guard();
    b.sandbox.calls.length = 0;
    await watch.checkTokens();
    expect(b.sandbox.calls.map(({ path }) => path)).toEqual(['/users/me', '/users/me']);
    expect((await b.connection(connection.id)).checkedAt).toBeNull();

    b.sandbox.revokeToken(b.sandbox.tokens.olga);
    b.sandbox.revokeToken(b.sandbox.tokens.adam);
    await watch.checkTokens();
    expect(await b.connection(connection.id)).toMatchObject({ state: 'broken' });
    expect(await b.connection(adam.connection.id)).toMatchObject({ state: 'broken' });
    expect(b.told).toHaveLength(2);
    b.sandbox.calls.length = 0;
    await watch.checkTokens();
    expect(b.sandbox.calls).toEqual([]);
  });

  test('one that was disconnected during the check gets no new hook', async () => {
    const c = await connected();
    c.sandbox.setHookState(c.remote(), 'disabled');
    const calendly = c.calendlyWith({
      async createHook(token, hook) {
        await c.disconnect(c.id);
        return await c.api.createHook(token, hook);
      },
    });
    await c.check({ calendly });
    expect(c.sandbox.hooks).toEqual([]);
    expect(await c.connection(c.id)).toMatchObject({ state: 'disconnected', token: '' });
    expect(await c.live(c.id)).toEqual([]);
    expect(c.told).toEqual([]);
  });

  test('there is nothing to check where nothing is connected', async () => {
    const b = await bond();
    expect(await b.check('nobody')).toMatchObject({ ok: false, findings: [{ what: 'not_connected' }] });
  });
});
