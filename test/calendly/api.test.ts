// Pins what is asked of Calendly, how its answers are read, and what is never done: a redirect, a foreign address, a token in a log.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { inspect } from 'node:util';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CalendlySandbox, startCalendly } from '../../sandbox/calendly/server.ts';
import { type CalendlyOptions, calendlyApi } from '../../src/calendly/api.ts';
import { familyEvents } from '../../src/connection/connection.ts';
import { Outage, Refusal } from '../../src/errors.ts';

const token = 'eyJ-the-secret-token.of-a.person';
const organization = 'https://api.calendly.com/organizations/ORG1';
const user = 'https://api.calendly.com/users/USER1';
const noPages = { count: 1, next_page: null, previous_page: null, next_page_token: null, previous_page_token: null };

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The API under test, with everything it logs. */
function api(o: Partial<CalendlyOptions> = {}) {
  const logged: unknown[] = [];
  const log = { debug: (...line: unknown[]) => logged.push(line), warn: (...line: unknown[]) => logged.push(line) };
  const calendly = calendlyApi({ baseUrl: new URL('https://api.calendly.com'), retryAfterMs: [1, 1], log, ...o });
  closers.push(calendly.close);
  return { calendly, logged };
}

async function failing(work: Promise<unknown>): Promise<Refusal | Outage> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal) && !(error instanceof Outage))
    throw new Error(`not a failure of ours: ${inspect(error)}`);
  return error;
}

describe('the contract, request by request', () => {
  beforeAll(() => nock.disableNetConnect());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
  const calendlyCom = () =>
    nock('https://api.calendly.com', { reqheaders: { authorization: `Bearer ${token}`, accept: 'application/json' } });

  test('me', async () => {
    const scope = calendlyCom()
      .get('/users/me')
      .reply(200, {
        resource: {
          uri: user,
          name: 'Olga',
          email: 'olga@example.com',
          timezone: 'Europe/Berlin',
          current_organization: organization,
          new_field: 1,
        },
      });
    expect(await api().calendly.me(token)).toEqual({
      uri: user,
      name: 'Olga',
      email: 'olga@example.com',
      timezone: 'Europe/Berlin',
      organization,
    });
    expect(scope.isDone()).toBe(true);
  });

  test('role: asked for this user in this organization', async () => {
    const row = (uri: string, role: string) => ({ role, organization, user: { uri } });
    const scope = calendlyCom()
      .get('/organization_memberships')
      .query({ user, organization, count: '100' })
      .reply(200, {
        collection: [row('https://api.calendly.com/users/OTHER', 'owner'), row(user, 'admin')],
        pagination: noPages,
      });
    expect(await api().calendly.role(token, { user, organization })).toBe('admin');
    expect(scope.isDone()).toBe(true);
  });

  test.each([
    [{ role: 'emperor', user: { uri: user } }, 'user'],
    [null, 'user'],
  ])('role: what nobody knows is the least', async (row, role) => {
    calendlyCom()
      .get('/organization_memberships')
      .query(true)
      .reply(200, { collection: row ? [row] : [], pagination: noPages });
    expect(await api().calendly.role(token, { user, organization })).toBe(role);
  });

  test('creating a hook of the organization, and one of a user', async () => {
    const resource = {
      uri: 'https://api.calendly.com/webhook_subscriptions/HOOK1',
      callback_url: 'https://app.example.com/x',
      state: 'active',
      retry_started_at: null,
      events: ['invitee.created'],
      created_at: '2026-11-20T10:00:00.000000Z',
      organization,
      scope: 'organization',
    };
    const common = { url: 'https://app.example.com/x', events: ['invitee.created'], organization, signing_key: 'k1' };
    const scope = calendlyCom()
      .post('/webhook_subscriptions', { ...common, scope: 'organization' })
      .reply(201, { resource })
      .post('/webhook_subscriptions', { ...common, scope: 'user', user })
      .reply(201, { resource });
    const hook = { url: 'https://app.example.com/x', events: ['invitee.created'], organization, signingKey: 'k1' };
    const { calendly } = api();
    expect(await calendly.createHook(token, { ...hook, scope: 'organization' })).toEqual({
      uri: resource.uri,
      callbackUrl: resource.callback_url,
      state: 'active',
      retryStartedAt: null,
      events: ['invitee.created'],
      createdAt: Date.UTC(2026, 10, 20, 10),
      organization,
      scope: 'organization',
      user: null,
      group: null,
      creator: null,
    });
    await calendly.createHook(token, { ...hook, scope: 'user', user });
    expect(scope.isDone()).toBe(true);
  });

  test('of a group: its hooks made and listed, its meetings listed by it alone, and the groups somebody leads', async () => {
    const group = 'https://api.calendly.com/groups/GROUP1';
    const membership = 'https://api.calendly.com/organization_memberships/MEMBER1';
    const relation = (role: string, of: string, who = user) => ({ role, group: of, owner: { user: { uri: who } } });
    const resource = {
      ...{ uri: 'https://api.calendly.com/webhook_subscriptions/HOOK1', callback_url: 'https://app.example.com/x' },
      ...{ state: 'active', events: ['invitee.created'], scope: 'group', organization, user: null, group },
    };
    const hook = { url: resource.callback_url, events: resource.events, organization, scope: 'group' as const, group };
    const list = (...collection: object[]) => ({ collection, pagination: { next_page_token: null } });
    const scope = calendlyCom()
      .post('/webhook_subscriptions', hook)
      .reply(201, { resource })
      .get('/webhook_subscriptions')
      .query({ organization, scope: 'group', group, count: '100' })
      .reply(200, list(resource))
      .get('/scheduled_events')
      .query((query) => query.group === group && !('organization' in query) && !('user' in query))
      .reply(200, list())
      .get('/organization_memberships')
      .query({ user, organization, count: '100' })
      .reply(200, list({ uri: membership, role: 'user', user: { uri: user } }))
      .get('/group_relationships')
      .query({ organization, owner: membership, count: '100' })
      .reply(
        200,
        list(
          relation('member', 'https://api.calendly.com/groups/GROUP0'),
          relation('admin', group),
          relation('admin', 'https://api.calendly.com/groups/GROUP2', 'https://api.calendly.com/users/OTHER'),
        ),
      )
      .get('/groups')
      .query({ organization, count: '100' })
      .reply(200, list(...[0, 1, 2].map((n) => ({ uri: `https://api.calendly.com/groups/GROUP${n}`, name: `G${n}` }))));
    const { calendly } = api();
    expect(await calendly.createHook(token, hook)).toMatchObject({ scope: 'group', group });
    expect(await calendly.listHooks(token, hook)).toHaveLength(1);
    const account = {
      token,
      userUri: user,
      organizationUri: organization,
      scope: hook.scope,
      group: { uri: group, name: 'G1' },
    };
    await calendly.lists.meetings(account, { from: 0, to: 1, pageToken: null });
    expect(await calendly.ledGroups(token, { user, organization, role: 'user' })).toEqual([{ uri: group, name: 'G1' }]);
    expect(scope.isDone()).toBe(true);
  });

  test('a hook that is gone reads as null, and deleting it again succeeds', async () => {
    const gone = { title: 'Resource Not Found', message: 'The server could not find the requested resource.' };
    const scope = calendlyCom()
      .get('/webhook_subscriptions/HOOK1')
      .reply(404, gone)
      .delete('/webhook_subscriptions/HOOK1')
      .reply(404, gone);
    const { calendly } = api();
    expect(await calendly.getHook(token, 'https://api.calendly.com/webhook_subscriptions/HOOK1')).toBe(null);
    await calendly.deleteHook(token, 'https://api.calendly.com/webhook_subscriptions/HOOK1');
    expect(scope.isDone()).toBe(true);
  });

  test('lists are read to their end by token, never by the address in an answer', async () => {
    const page = (id: string, next: string | null) => ({
      collection: [{ uri: `https://api.calendly.com/event_types/${id}`, name: id, active: true }],
      pagination: { count: 1, next_page: 'https://evil.example.com/steal', next_page_token: next },
    });
    const query = { organization, active: 'true', sort: 'name:asc', count: '100' };
    const scope = calendlyCom()
      .get('/event_types')
      .query(query)
      .reply(200, page('ET1', 'second'))
      .get('/event_types')
      .query({ ...query, page_token: 'second' })
      .reply(200, page('ET2', null));
    expect((await api().calendly.eventTypes(token, { organization })).map((one) => one.name)).toEqual(['ET1', 'ET2']);
    expect(scope.isDone()).toBe(true);
  });

  test('a list that turns in circles is no list', async () => {
    nock('https://api.calendly.com')
      .persist()
      .get('/webhook_subscriptions')
      .query(true)
      .reply(200, { collection: [], pagination: { next_page_token: 'same' } });
    expect((await failing(api().calendly.listHooks(token, { organization, scope: 'organization' }))).code).toBe(
      'calendly_down',
    );
  });

  test('a row that points elsewhere is left out', async () => {
    const row = (uri: string) => ({ uri, name: 'x', active: true });
    const scope = calendlyCom()
      .get('/event_types')
      .query(true)
      .reply(200, {
        collection: [
          row('https://evil.example.com/event_types/ET1'),
          row('http://api.calendly.com/event_types/ET1'),
          row('https://api.calendly.com/users/ET1'),
          row('https://api.calendly.com/event_types/../users/me'),
          null,
          7,
        ],
        pagination: noPages,
      });
    expect(await api().calendly.eventTypes(token, { user })).toEqual([]);
    expect(scope.isDone()).toBe(true);
  });

  test('an address elsewhere is never asked', async () => {
    const { calendly } = api();
    for (const uri of [
      'https://evil.example.com/webhook_subscriptions/H1',
      'https://api.calendly.com.evil.example/webhook_subscriptions/H1',
      'https://api.calendly.com/webhook_subscriptions/a%2Fb',
      'nonsense',
    ]) {
      expect(await calendly.getHook(token, uri)).toBe(null);
      await calendly.deleteHook(token, uri);
      expect(await calendly.organizationName(token, uri)).toBe(null);
      expect((await failing(calendly.eventTypes(token, { organization: uri }))).code).toBe('calendly_down');
    }
    // Every one of them would have failed here: no connection is allowed and nothing is promised.
    expect(nock.pendingMocks()).toEqual([]);
  });

  test('an account that claims to live elsewhere is not understood', async () => {
    const scope = calendlyCom()
      .get('/users/me')
      .reply(200, {
        resource: { uri: 'https://evil.example.com/users/U', name: 'x', current_organization: organization },
      });
    expect((await failing(api().calendly.me(token))).code).toBe('calendly_down');
    expect(scope.isDone()).toBe(true);
  });

  test('a hidden organization name is no obstacle, a dead token is', async () => {
    calendlyCom()
      .get('/organizations/ORG1')
      .reply(403, { title: 'Insufficient scope', required_scopes: ['organizations:read'] });
    expect(await api().calendly.organizationName(token, organization)).toBe(null);
    calendlyCom().get('/organizations/ORG1').reply(401, { message: 'The access token was revoked' });
    expect((await failing(api().calendly.organizationName(token, organization))).code).toBe('token_revoked');
  });

  test('reading is tried again while Calendly is unwell, twice and no more', async () => {
    const well = calendlyCom()
      .get('/users/me')
      .reply(503, '<html>')
      .get('/users/me')
      .replyWithError('socket hang up')
      .get('/users/me')
      .reply(200, { resource: { uri: user, current_organization: organization } });
    expect((await api().calendly.me(token)).name).toBe('Unnamed account');
    expect(well.isDone()).toBe(true);
    const unwell = calendlyCom().get('/users/me').times(3).reply(500, {});
    expect((await failing(api().calendly.me(token))).code).toBe('calendly_down');
    expect(unwell.isDone()).toBe(true);
  });

  test('writing is never tried again by itself', async () => {
    let asked = 0;
    calendlyCom()
      .persist()
      .post('/webhook_subscriptions')
      .reply(() => {
        asked += 1;
        return [500, {}];
      });
    const hook = {
      url: 'https://app.example.com/x',
      events: familyEvents.invitee,
      organization,
      scope: 'organization' as const,
      signingKey: 'k',
    };
    expect((await failing(api().calendly.createHook(token, hook))).code).toBe('calendly_down');
    expect(asked).toBe(1);
  });

  test('a limit says when to come back', async () => {
    const scope = calendlyCom().get('/users/me').reply(429, '', { 'x-ratelimit-reset': '23' });
    expect(await failing(api().calendly.me(token))).toMatchObject({ code: 'rate_limited', retryAfterMs: 23_000 });
    expect(scope.isDone()).toBe(true);
  });

  test('an old key is refused without asking', async () => {
    expect((await failing(api().calendly.me('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'))).code).toBe('token_v1');
  });

  test('creating a hook of routing forms names the scope it takes besides', async () => {
    const scope = calendlyCom()
      .post('/webhook_subscriptions')
      .reply(400, { title: 'Invalid Argument', message: 'The supplied parameters are invalid.' });
    const hook = {
      url: 'https://app.example.com/x',
      events: familyEvents.routing,
      organization,
      scope: 'organization' as const,
      signingKey: 'k',
    };
    const failure = await failing(api().calendly.createHook(token, hook));
    expect(failure.code).toBe('scopes_missing');
    for (const needed of [
      'scheduled_events:read',
      'webhooks:write',
      'users:read',
      'organizations:read',
      'event_types:read',
      'routing_forms:read',
    ]) {
      expect(failure.message).toContain(needed);
    }
    expect(scope.isDone()).toBe(true);
  });

  test('the token is in no sentence, no cause and no log line, even when Calendly repeats it', async () => {
    const echo = `Bearer ${token} is wrong`;
    const { calendly, logged } = api();
    const answers = [400, 401, 403, 404, 409, 418, 424, 429];
    for (const status of answers) {
      calendlyCom()
        .get('/users/me')
        .reply(status, { title: echo, message: echo, details: [{ parameter: token, message: echo }] });
      expect(inspect(await failing(calendly.me(token)), { depth: 20 })).not.toContain(token);
    }
    expect(logged.length).toBeGreaterThanOrEqual(answers.length);
    expect(inspect(logged, { depth: 20 })).not.toContain(token);
  });
});

describe('over a real wire', () => {
  /** A server that answers as told, and what it was asked. */
  async function stub(answer: (req: IncomingMessage, res: ServerResponse) => void) {
    const asked: string[] = [];
    const server: Server = createServer((req, res) => {
      asked.push(`${req.method} ${req.url}`);
      answer(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { asked, baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
  }

  test('a server that never answers', async () => {
    const { asked, baseUrl } = await stub(() => {});
    const failure = await failing(api({ baseUrl, timeouts: { headers: 60 } }).calendly.me(token));
    expect(failure.code).toBe('calendly_unreachable');
    expect(inspect(failure, { depth: 20 })).not.toContain(token);
    expect(asked).toHaveLength(3);
  });

  test('a body that never ends', async () => {
    const { baseUrl } = await stub((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => res.write(' '), 10);
      res.on('close', () => clearInterval(timer));
    });
    const failure = await failing(api({ baseUrl, timeouts: { total: 80 }, retryAfterMs: [] }).calendly.me(token));
    expect(failure.code).toBe('calendly_unreachable');
  });

  test('a body without end in size', async () => {
    const { baseUrl } = await stub((_req, res) => {
      res.writeHead(200);
      const more = () => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
      };
      res.on('drain', more);
      more();
    });
    expect((await failing(api({ baseUrl, retryAfterMs: [] }).calendly.me(token))).code).toBe('calendly_unreachable');
  });

  test('nobody listens', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect((await failing(api({ baseUrl: new URL(`http://127.0.0.1:${port}`) }).calendly.me(token))).code).toBe(
      'calendly_unreachable',
    );
  });

  test('a redirect is not followed, so the token stays here', async () => {
    const { asked, baseUrl } = await stub((req, res) => {
      res.writeHead(req.url === '/users/me' ? 302 : 200, { location: '/elsewhere' });
      res.end('{}');
    });
    expect((await failing(api({ baseUrl }).calendly.me(token))).code).toBe('calendly_down');
    expect(asked).toEqual(['GET /users/me']);
  });

  test.each(['<html>maintenance</html>', '', '[]', '{"resource":{}}', 'null'])(
    'a success that says %j is not understood',
    async (text) => {
      const { baseUrl } = await stub((_req, res) => res.end(text));
      expect((await failing(api({ baseUrl }).calendly.me(token))).code).toBe('calendly_down');
    },
  );

  test('an API below a path, whose URIs are its own', async () => {
    const { asked, baseUrl } = await stub((_req, res) =>
      res.end(
        JSON.stringify({
          resource: {
            uri: `${baseUrl.origin}/v2/users/U1`,
            current_organization: 'https://api.calendly.com/organizations/O1',
          },
        }),
      ),
    );
    const { calendly } = api({ baseUrl: new URL('/v2/', baseUrl) });
    expect(await calendly.me(token)).toMatchObject({
      uri: `${baseUrl.origin}/v2/users/U1`,
      organization: 'https://api.calendly.com/organizations/O1',
    });
    expect(asked).toEqual(['GET /v2/users/me']);
  });
});

describe('with the whole of a Calendly', () => {
  let sandbox: CalendlySandbox;
  beforeAll(async () => {
    sandbox = await startCalendly();
  });
  afterAll(() => sandbox.stop());

  test('people, hooks and event types', async () => {
    const { calendly } = api({ baseUrl: new URL(sandbox.url) });
    const me = await calendly.me(sandbox.tokens.olga);
    expect(me).toMatchObject({ name: 'Olga Larsen', organization: sandbox.organization.uri });
    expect(await calendly.organizationName(sandbox.tokens.olga, me.organization)).toBe('Acme Sales');
    expect(await calendly.role(sandbox.tokens.olga, { user: me.uri, organization: me.organization })).toBe('owner');
    const mia = await calendly.me(sandbox.tokens.mia);
    expect(await calendly.role(sandbox.tokens.mia, { user: mia.uri, organization: mia.organization })).toBe('user');
    const solo = sandbox.createToken(sandbox.soloUser);
    const alone = await calendly.me(solo);
    expect(await calendly.role(solo, { user: alone.uri, organization: alone.organization })).toBe('owner');

    const where = { organization: me.organization, scope: 'organization' as const };
    const made = await calendly.createHook(sandbox.tokens.olga, {
      ...where,
      url: 'http://127.0.0.1:9/x',
      events: familyEvents.invitee,
      signingKey: 'k',
    });
    expect(await calendly.getHook(sandbox.tokens.olga, made.uri)).toEqual(made);
    expect(await calendly.listHooks(sandbox.tokens.olga, where)).toEqual([made]);
    await calendly.deleteHook(sandbox.tokens.olga, made.uri);
    expect(await calendly.getHook(sandbox.tokens.olga, made.uri)).toBe(null);

    sandbox.addEventTypes(250);
    const types = await calendly.eventTypes(sandbox.tokens.olga, { organization: me.organization });
    expect(types.length).toBeGreaterThan(250);
    expect(types.every((type) => type.active && type.uri.startsWith(sandbox.url))).toBe(true);
  });

  test('the refusals of a real account', async () => {
    const { calendly } = api({ baseUrl: new URL(sandbox.url) });
    const { olga, mia } = sandbox.users;
    const hook = {
      url: 'http://127.0.0.1:9/y',
      events: familyEvents.invitee,
      organization: sandbox.organization.uri,
      scope: 'organization' as const,
      signingKey: 'k',
    };
    const bare = sandbox.createToken(olga, { scopes: 'none' });
    expect(await failing(calendly.me(bare))).toMatchObject({ code: 'scopes_missing' });
    const blind = sandbox.createToken(olga, { scopes: ['webhooks:write', 'users:read'] });
    expect(await failing(calendly.createHook(blind, hook))).toMatchObject({ code: 'scopes_missing' });
    expect(await failing(calendly.createHook(sandbox.tokens.mia, hook))).toMatchObject({ code: 'role_needed' });
    const expired = sandbox.createToken(mia);
    sandbox.expireToken(expired);
    expect(await failing(calendly.me(expired))).toMatchObject({ code: 'token_expired' });
    await calendly.createHook(sandbox.tokens.olga, hook);
    expect(await failing(calendly.createHook(sandbox.tokens.olga, hook))).toMatchObject({ code: 'hook_exists' });
  });
});
