// The sandbox Calendly's API answers as the real one does: shapes, permissions, refusals, paging, limits and faults.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CalendlySandbox } from '../../sandbox/calendly/server.ts';
import { calendlyWithClient, type caller } from './calendly-client.ts';

const fixtures = new URL('../fixtures/calendly/', import.meta.url);
const fixture = (path: string) => JSON.parse(readFileSync(new URL(path, fixtures), 'utf8'));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(fixture('schema/calendly-webhooks.2026-10-02.schema.json'), 'calendly');

let calendly: CalendlySandbox;
let call: ReturnType<typeof caller>;
beforeEach(async () => {
  ({ calendly, call } = await calendlyWithClient());
});
afterEach(() => calendly.stop());

function fits(definition: string, value: unknown): void {
  const validate = ajv.getSchema(`calendly#/$defs/${definition}`);
  expect(validate?.(value), JSON.stringify(validate?.errors)).toBe(true);
}

const hookBody = (o: object = {}) => ({
  url: 'https://app.example.com/calendly/webhooks/abc',
  events: ['invitee.created', 'invitee.canceled'],
  organization: calendly.organization.uri,
  scope: 'organization',
  ...o,
});

test('the token’s own user, organization and role can be found', async () => {
  const me = await call('GET /users/me', { token: calendly.tokens.mia });
  expect(me.json.resource).toMatchObject({ uri: calendly.users.mia.uri, resource_type: 'User' });
  expect(Object.keys(fixture('responses/calendlyr/users__retrieve.json').resource)).toEqual(
    expect.arrayContaining(Object.keys(me.json.resource).filter((key) => key !== 'locale')),
  );
  const query = new URLSearchParams({
    user: me.json.resource.uri,
    organization: me.json.resource.current_organization,
  });
  const roles = await call(`GET /organization_memberships?${query}`, { token: calendly.tokens.mia });
  expect(roles.json.collection[0].role).toBe('user');
  const like = fixture('responses/reconstructed/organization_memberships.me.owner.json');
  expect(Object.keys(roles.json.collection[0]).sort()).toEqual(Object.keys(like.collection[0]).sort());
  expect(Object.keys(roles.json.collection[0].user).sort()).toEqual(Object.keys(like.collection[0].user).sort());
  fits('Pagination', roles.json.pagination);
});

test('each way a token can be dead has its own sentence', async () => {
  const [revoked, expired] = [calendly.createToken(calendly.users.olga), calendly.createToken(calendly.users.olga)];
  calendly.revokeToken(revoked);
  calendly.expireToken(expired);
  const invalid = fixture('errors/observed/401_access-token-invalid.no-details.2026-10-09.json');
  for (const token of [null, 'GUWBQJLDX7VZ3ZSXJV3KQ7JPZQ7X6QRS', 'eyJnope']) {
    const answer = await call('GET /users/me', { token });
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual(invalid);
  }
  expect((await call('GET /users/me', { token: revoked })).json).toEqual(
    fixture('errors/reconstructed/401_access-token-revoked.json'),
  );
  expect((await call('GET /users/me', { token: expired })).json).toEqual(
    fixture('errors/reconstructed/401_access-token-expired.json'),
  );
});

test('a token without scopes is refused everywhere, and write includes read', async () => {
  const bare = calendly.createToken(calendly.users.olga, { scopes: 'none' });
  const refused = await call('GET /users/me', { token: bare });
  expect(refused.status).toBe(403);
  expect(refused.json.required_scopes).toEqual(['users:read']);
  const writer = calendly.createToken(calendly.users.olga, { scopes: ['webhooks:write'] });
  const query = new URLSearchParams({ organization: calendly.organization.uri, scope: 'organization' });
  expect((await call(`GET /webhook_subscriptions?${query}`, { token: writer })).status).toBe(200);
});

test('meetings are listed by who may see them', async () => {
  calendly.book({ type: 'Demo call' });
  calendly.book({ type: 'Quarterly review' });
  const [org, mia, adam, group] = [
    calendly.organization.uri,
    calendly.users.mia.uri,
    calendly.users.adam.uri,
    calendly.group.uri,
  ];
  const list = async (person: 'olga' | 'adam' | 'mia', query: Record<string, string>) => {
    const answer = await call(`GET /scheduled_events?${new URLSearchParams(query)}`, {
      token: calendly.tokens[person],
    });
    return answer.status === 200 ? answer.json.collection.length : answer.json.message;
  };
  expect(await list('olga', { organization: org })).toBe(2);
  expect(await list('adam', { organization: org, user: mia })).toBe(1);
  expect(await list('adam', { group })).toBe(1);
  expect(await list('mia', { user: mia })).toBe(1);
  expect(await list('mia', { organization: org })).toBe('You do not have permission');
  expect(await list('mia', { group })).toBe('You do not have permission');
  expect(await list('mia', { user: adam })).toBe(
    'Please also specify organization when requesting events for a user within your organization.',
  );
  expect(await list('olga', { user: calendly.soloUser.uri })).toBe('This user is not in your organization');
  expect(await list('olga', { organization: calendly.soloUser.current_organization })).toBe(
    'You do not have permission to access this resource.',
  );
});

test('meetings are filtered by status, time and e-mail, sorted, and paged to the last', async () => {
  const first = Date.now() + 3_600_000;
  const starts = Array.from({ length: 25 }, (_, i) => new Date(first + i * 3_600_000));
  for (const start of [...starts].reverse()) calendly.book({ start, email: 'ada@example.com' });
  calendly.cancel(calendly.book({ start: new Date(first - 60_000), email: 'gone@example.com' }));
  const org = encodeURIComponent(calendly.organization.uri);
  const seen: string[] = [];
  let path: string | null = `/scheduled_events?organization=${org}&status=active&sort=start_time:asc&count=10`;
  while (path) {
    const { json } = await call(`GET ${path}`);
    fits('Pagination', json.pagination);
    for (const event of json.collection) {
      fits('Event', event);
      seen.push(event.start_time);
    }
    path = json.pagination.next_page;
  }
  expect(seen).toEqual(starts.map((start) => start.toISOString().replace('Z', '000Z')));
  const count = async (query: string) =>
    (await call(`GET /scheduled_events?organization=${org}&${query}`)).json.collection.length;
  expect(await count('status=canceled')).toBe(1);
  expect(await count('invitee_email=gone@example.com')).toBe(1);
  expect(await count(`max_start_time=${starts[3]?.toISOString()}&status=active`)).toBe(4);
  expect((await call(`GET /scheduled_events?organization=${org}&count=101`)).json.details[0].parameter).toBe('count');
  expect((await call(`GET /scheduled_events?organization=${org}&sort=created_at:asc`)).status).toBe(400);
  expect((await call(`GET /scheduled_events?organization=${org}&page_token=nope`)).status).toBe(400);
});

test('invitees are read one by one and by event, by host or lead only', async () => {
  const booking = calendly.book({ type: 'Webinar', answers: [{ question: 'Why?', answer: 'Because' }] });
  calendly.join(booking.eventUri, { email: 'second@example.com' });
  const path = new URL(booking.eventUri).pathname;
  const invitees = await call(`GET ${path}/invitees`);
  expect(invitees.json.collection).toHaveLength(2);
  for (const invitee of invitees.json.collection) fits('Invitee', invitee);
  expect((await call(`GET ${path}/invitees?email=second@example.com`)).json.collection).toHaveLength(1);
  expect((await call(`GET ${path}`)).json.resource.invitees_counter).toEqual({ total: 2, active: 2, limit: 25 });
  const one = await call(`GET ${new URL(booking.inviteeUri).pathname}`);
  expect(one.json.resource.uri).toBe(booking.inviteeUri);
  const strangers = await call(`GET ${path}/invitees`, { token: calendly.tokens.mia });
  expect(strangers.json).toEqual(
    fixture('errors/examples/403_get-scheduled-events-uuid-invitees-caller-is-not-the-event-owner.json'),
  );
  expect((await call('GET /scheduled_events/nope')).json).toEqual(
    fixture('errors/observed/404_not_found.koshilife.json'),
  );
});

test('canceling and no-shows by API change the state and cannot be done twice', async () => {
  const booking = calendly.book();
  const path = new URL(booking.eventUri).pathname;
  const marked = await call('POST /invitee_no_shows', { body: { invitee: booking.inviteeUri } });
  expect(marked.status).toBe(201);
  expect(booking.invitee.no_show?.uri).toBe(marked.json.resource.uri);
  expect((await call('POST /invitee_no_shows', { body: { invitee: booking.inviteeUri } })).status).toBe(400);
  const noShow = new URL(marked.json.resource.uri).pathname;
  expect((await call(`GET ${noShow}`)).json.resource.invitee).toBe(booking.inviteeUri);
  expect((await call(`DELETE ${noShow}`)).status).toBe(204);
  expect((await call(`GET ${noShow}`)).status).toBe(404);
  const canceled = await call(`POST ${path}/cancellation`, { body: { reason: 'ill' } });
  expect(canceled.status).toBe(201);
  fits('Cancellation', canceled.json.resource);
  expect(canceled.json.resource).toMatchObject({ canceled_by: 'Olga Larsen', canceler_type: 'host', reason: 'ill' });
  expect((await call(`POST ${path}/cancellation`, { body: {} })).status).toBe(403);
  expect((await call(`GET ${path}`)).json.resource.status).toBe('canceled');
});

test('event types: leads see the organization’s, a plain member only those they host', async () => {
  const org = encodeURIComponent(calendly.organization.uri);
  const all = await call(`GET /event_types?organization=${org}&active=true&sort=name:asc`);
  const names = all.json.collection.map((type: { name: string }) => type.name);
  expect(names).toEqual(['Demo call', 'Intro call', 'Onboarding', 'Quarterly review', 'Support', 'Webinar']);
  const example = fixture('responses/calendlyr/event_types__retrieve.json').resource;
  expect(Object.keys(all.json.collection[0])).toEqual(expect.arrayContaining(Object.keys(example)));
  expect((await call(`GET /event_types?organization=${org}`, { token: calendly.tokens.mia })).status).toBe(403);
  const own = encodeURIComponent(calendly.users.mia.uri);
  expect((await call(`GET /event_types?user=${own}`, { token: calendly.tokens.mia })).json.collection).toHaveLength(3);
  expect((await call('GET /event_types')).json.details).toEqual([{ parameter: 'organization', message: 'is missing' }]);
  const intro = calendly.eventTypes.find((type) => type.name === 'Intro call');
  const hosts = await call(`GET /event_type_memberships?event_type=${encodeURIComponent(intro?.uri ?? '')}`);
  expect(hosts.json.collection.map((m: { member: { name: string } }) => m.member.name)).toEqual([
    'Adam Osei',
    'Mia Rao',
  ]);
  calendly.addEventTypes(120);
  expect((await call(`GET /event_types?organization=${org}&count=100`)).json.pagination.next_page_token).toBeTruthy();
});

test('links, groups and routing forms', async () => {
  const owner = calendly.eventTypes[0]?.uri;
  const body = { max_event_count: 1, owner, owner_type: 'EventType' };
  const link = await call('POST /scheduling_links', { body });
  expect(link.status).toBe(201);
  const opened = await call(`GET ${new URL(link.json.resource.booking_url).pathname}`, { token: null });
  expect(opened.headers.get('location')).toBe('/?type=demo-call');
  expect((await call('POST /scheduling_links', { body: { ...body, max_event_count: 2 } })).status).toBe(400);
  const org = encodeURIComponent(calendly.organization.uri);
  expect((await call(`GET /groups?organization=${org}`)).json.collection[0].uri).toBe(calendly.group.uri);
  const relations = await call(`GET /group_relationships?group=${encodeURIComponent(calendly.group.uri)}`);
  expect(relations.json.collection.map((r: { role: string }) => r.role)).toEqual(['admin', 'member']);
  const submission = calendly.submitRoutingForm();
  fits('RoutingFormSubmission', submission);
  const form = (await call(`GET /routing_forms?organization=${org}`)).json.collection[0];
  const listed = await call(`GET /routing_form_submissions?form=${encodeURIComponent(form.uri)}`);
  expect(listed.json.collection).toEqual([submission]);
});

test('of a group: its admin makes, lists and reads its hooks, lists its meetings and sees who booked them, and does no more with them', async () => {
  const { group, users, tokens } = calendly;
  const olga = calendly.book({ type: 'Demo call' });
  const adam = calendly.book({ type: 'Onboarding' });
  const [token, about] = [tokens.mia, encodeURIComponent(group.uri)];
  const make = (url: string) =>
    call('POST /webhook_subscriptions', { body: hookBody({ url, scope: 'group', group: group.uri }), token });
  const hooks = `GET /webhook_subscriptions?organization=${encodeURIComponent(calendly.organization.uri)}&scope=group`;
  const meetings = `GET /scheduled_events?group=${about}`;
  const path = (uri: string, more = '') => `${new URL(uri).pathname}${more}`;
  for (const refused of [
    await make('https://app.example/a'),
    await call(`${hooks}&group=${about}`, { token }),
    await call(meetings, { token }),
  ])
    expect(refused.status).toBe(403);
  expect((await call(`GET ${path(adam.eventUri, '/invitees')}`, { token })).status).toBe(403);
  calendly.joinGroup(users.mia, { role: 'admin' });
  const made = await make('https://app.example/a');
  expect(made.json.resource).toMatchObject({ scope: 'group', group: group.uri, user: null });
  expect((await make('https://app.example/a')).status).toBe(409);
  expect((await call(hooks, { token })).status).toBe(400);
  expect((await call(`${hooks}&group=${about}`, { token })).json.collection).toEqual([made.json.resource]);
  expect((await call(meetings, { token })).json.collection.map((each: { uri: string }) => each.uri)).toEqual([
    adam.eventUri,
  ]);
  expect((await call(`GET ${path(adam.eventUri, '/invitees')}`, { token })).status).toBe(200);
  expect((await call(`GET ${path(olga.eventUri)}`, { token })).status).toBe(403);
  expect((await call(`POST ${path(adam.eventUri, '/cancellation')}`, { token, body: {} })).status).toBe(403);
  const blind = calendly.createToken(users.mia, { scopes: ['users:read'] });
  expect((await call('GET /group_relationships', { token: blind })).json.required_scopes).toEqual(['groups:read']);
});

test('a hook is made once per address, listed, read and deleted, and never shows its key', async () => {
  const made = await call('POST /webhook_subscriptions', { body: hookBody({ signing_key: 'k' }) });
  expect(made.status).toBe(201);
  fits('WebhookSubscription', made.json.resource);
  expect(made.text).not.toContain('signing_key');
  expect(calendly.hooks[0]?.signing_key).toBe('k');
  const twice = await call('POST /webhook_subscriptions', { body: hookBody() });
  expect(twice.status).toBe(409);
  expect(twice.json).toEqual(fixture('errors/examples/409_post-webhook-subscriptions-url-already-exists.json'));
  const query = new URLSearchParams({ organization: calendly.organization.uri, scope: 'organization' });
  expect((await call(`GET /webhook_subscriptions?${query}`)).json.collection).toEqual([made.json.resource]);
  const path = new URL(made.json.resource.uri).pathname;
  expect((await call(`GET ${path}`, { token: calendly.tokens.adam })).status).toBe(200);
  expect((await call(`GET ${path}`, { token: calendly.tokens.mia })).status).toBe(403);
  expect((await call(`DELETE ${path}`, { token: calendly.tokens.adam })).status).toBe(204);
  expect((await call(`GET ${path}`)).status).toBe(404);
  expect(calendly.hooks).toHaveLength(0);
});

test('hooks are refused for role, plan, scope and wrong parameters', async () => {
  const make = async (body: object, token = calendly.tokens.olga) =>
    call('POST /webhook_subscriptions', { body, token });
  const { mia } = calendly.tokens;
  const mine = { scope: 'user', user: calendly.users.mia.uri };
  expect((await make(hookBody(), mia)).json.message).toBe('You do not have permission to access this resource.');
  expect((await make(hookBody(mine), calendly.tokens.adam)).json.message).toBe('You do not have permission');
  expect((await make(hookBody(mine), mia)).status).toBe(201);
  calendly.plan = 'free-old';
  expect((await make(hookBody({ url: 'https://a.example' }))).json).toEqual(
    fixture('errors/observed/403_post-webhook-subscriptions.free-plan.before-2026-11-03.json'),
  );
  calendly.plan = 'free';
  const routed = hookBody({ url: 'https://b.example', events: ['routing_form_submission.created'] });
  expect((await make(routed)).json).toEqual(
    fixture('errors/reconstructed/403_post-webhook-subscriptions.plan.since-2026-11-03.json'),
  );
  calendly.plan = 'paid';
  const { organization: _, ...headless } = hookBody();
  expect((await make(headless)).json).toEqual(
    fixture('errors/reconstructed/400_post-webhook-subscriptions.organization-missing.json'),
  );
  const recap = await make(hookBody({ url: 'https://c.example', events: ['meeting_recap.created'] }));
  expect(recap.json.details[0].parameter).toBe('events[0]');
  const reader = calendly.createToken(calendly.users.olga, { scopes: ['webhooks:read'] });
  expect((await make(hookBody({ url: 'https://d.example' }), reader)).json).toEqual(
    fixture('errors/reconstructed/403_insufficient-scope.webhooks-write.json'),
  );
  const halfway = calendly.createToken(calendly.users.olga, { scopes: ['webhooks:write'] });
  const opaque = await make(hookBody({ url: 'https://e.example' }), halfway);
  expect(opaque.status).toBe(400);
  expect(opaque.json).toEqual(
    fixture('errors/reconstructed/400_post-webhook-subscriptions.event-family-scope-missing.json'),
  );
});

test('the sample is bare and carries the latest booking', async () => {
  calendly.book({ name: 'Earlier' });
  const latest = calendly.book({ name: 'Latest' });
  const query = new URLSearchParams({
    event: 'invitee.created',
    organization: calendly.organization.uri,
    scope: 'organization',
  });
  const sample = await call(`GET /sample_webhook_data?${query}`);
  fits('WebhookPayload', sample.json);
  fits('InviteePayload', sample.json.payload);
  expect(sample.json.payload.uri).toBe(latest.inviteeUri);
});

test('calls are counted per user, told in headers, and refused with an empty 429', async () => {
  calendly.rateLimit.limit = 2;
  const second = calendly.createToken(calendly.users.olga);
  const first = await call('GET /users/me');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
  expect(Number(first.headers.get('x-ratelimit-reset'))).toBeLessThanOrEqual(60);
  expect((await call('GET /users/me', { token: second })).status).toBe(200);
  const refused = await call('GET /users/me');
  expect(refused.status).toBe(429);
  expect(refused.text).toBe('');
  expect((await call('GET /users/me', { token: calendly.tokens.adam })).status).toBe(200);
  calendly.rateLimit.limit = 500;
  expect((await call('GET /users/me')).status).toBe(200);
});

test('faults strike the calls they name, as often as they say', async () => {
  calendly.faults.add({ match: 'GET /users/me', times: 1, kind: { status: 500, body: { title: 'Internal' } } });
  expect((await call('GET /users/me')).status).toBe(500);
  expect((await call('GET /users/me')).status).toBe(200);
  calendly.faults.add({ match: /^GET \/users/, times: 1, kind: 'html' });
  expect((await call('GET /users/me')).text).toContain('<!DOCTYPE html>');
  calendly.faults.add({ match: 'GET /users/*', kind: 'reset' });
  await expect(call('GET /users/me')).rejects.toThrow();
  calendly.faults.clear();
  calendly.faults.add({ match: 'POST /webhook_subscriptions', times: 1, kind: 'reset-after' });
  await expect(call('POST /webhook_subscriptions', { body: hookBody() })).rejects.toThrow();
  expect(calendly.hooks).toHaveLength(1);
  expect(calendly.calls.at(-1)).toMatchObject({ method: 'POST', path: '/webhook_subscriptions', status: 0 });
});

test('an outage answers 503, a closed port nothing, and both end', async () => {
  await calendly.faults.down();
  expect((await call('GET /users/me')).status).toBe(503);
  await calendly.faults.up();
  expect((await call('GET /users/me')).status).toBe(200);
  await calendly.faults.down('refuse');
  await expect(call('GET /users/me')).rejects.toThrow();
  await calendly.faults.up();
  expect((await call('GET /users/me')).status).toBe(200);
});
