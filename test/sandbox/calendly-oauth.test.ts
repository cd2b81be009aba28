// Sign-in at the sandbox Calendly: PKCE, single-use codes and refresh tokens, revocation, and hooks signed with the app's key.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sign } from '../../sandbox/calendly/payloads.ts';
import type { CalendlySandbox } from '../../sandbox/calendly/server.ts';
import { calendlyWithClient, type caller, startReceiver } from './calendly-client.ts';

const redirectUri = 'http://127.0.0.1:3000/calendly/callback';
const verifier = 'v'.repeat(50);
const challenge = createHash('sha256').update(verifier).digest('base64url');

let calendly: CalendlySandbox;
let call: ReturnType<typeof caller>;
beforeEach(async () => {
  ({ calendly, call } = await calendlyWithClient());
});
afterEach(() => calendly.stop());

function authorizeUrl(o: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: calendly.app.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'users:read webhooks:write scheduled_events:read',
    state: 'the state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...o,
  });
  return `${calendly.url}/oauth/authorize?${query}`;
}

async function post(path: string, form: Record<string, string>, secret: string | null = calendly.app.clientSecret) {
  const basic = Buffer.from(`${calendly.app.clientId}:${secret}`).toString('base64');
  const answer = await fetch(`${calendly.url}${path}`, {
    method: 'POST',
    headers: secret === null ? {} : { Authorization: `Basic ${basic}` },
    body: new URLSearchParams(form),
  });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

const codeFor = (o: { user?: (typeof calendly)['soloUser'] } = {}) =>
  new URL(calendly.consent(authorizeUrl(), o)).searchParams.get('code') ?? '';

const exchange = (code: string, o: Record<string, string> = {}) =>
  post('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...o,
  });

test('the consent page leads back with a code, or with a refusal', async () => {
  const page = await (await fetch(authorizeUrl())).text();
  expect(page).toContain('Olga Larsen (owner)');
  const request = new URL(authorizeUrl()).search.slice(1);
  const press = async (answer: string) => {
    const body = new URLSearchParams({ request, user: calendly.users.mia.uri, answer });
    const reply = await fetch(`${calendly.url}/oauth/authorize`, { method: 'POST', body, redirect: 'manual' });
    return new URL(reply.headers.get('location') ?? '');
  };
  const allowed = await press('allow');
  expect(allowed.href).toMatch(redirectUri);
  expect(allowed.searchParams.get('state')).toBe('the state');
  const tokens = await exchange(allowed.searchParams.get('code') ?? '');
  expect(tokens.json.owner).toBe(calendly.users.mia.uri);
  expect((await press('deny')).searchParams.get('error')).toBe('access_denied');
});

test('an unknown app, a foreign redirect address or no PKCE gets no code', async () => {
  calendly.app.redirectUris.push(redirectUri);
  expect((await fetch(authorizeUrl({ client_id: 'x' }))).status).toBe(400);
  expect((await fetch(authorizeUrl({ redirect_uri: 'http://127.0.0.1:3000/other' }))).status).toBe(400);
  const plain = await fetch(authorizeUrl({ code_challenge_method: 'plain' }), { redirect: 'manual' });
  expect(new URL(plain.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
});

test('a code works once, for the right client, address and verifier', async () => {
  const code = codeFor();
  expect((await post('/oauth/token', { grant_type: 'authorization_code', code }, 'wrong')).status).toBe(401);
  const first = await exchange(code);
  expect(first.status).toBe(200);
  expect(first.json).toMatchObject({
    token_type: 'Bearer',
    expires_in: 7200,
    owner: calendly.users.olga.uri,
    organization: calendly.organization.uri,
    scope: 'users:read webhooks:write scheduled_events:read',
  });
  expect((await call('GET /users/me', { token: first.json.access_token })).status).toBe(200);
  expect((await call('GET /event_types', { token: first.json.access_token })).status).toBe(403);
  expect((await exchange(code)).json.error).toBe('invalid_grant');
  expect((await exchange(codeFor(), { code_verifier: 'other' })).json.error).toBe('invalid_grant');
  expect((await exchange(codeFor(), { redirect_uri: 'http://127.0.0.1:1/' })).json.error).toBe('invalid_grant');
});

test('a refresh token works once and gives a new pair', async () => {
  const { json } = await exchange(codeFor());
  const refresh = (token: string) => post('/oauth/token', { grant_type: 'refresh_token', refresh_token: token });
  const second = await refresh(json.refresh_token);
  expect(second.status).toBe(200);
  expect(second.json.refresh_token).not.toBe(json.refresh_token);
  expect((await refresh(json.refresh_token)).json.error).toBe('invalid_grant');
  expect((await refresh(second.json.refresh_token)).status).toBe(200);
});

test('a lost answer still spends the refresh token', async () => {
  const { json } = await exchange(codeFor());
  const form = { grant_type: 'refresh_token', refresh_token: json.refresh_token };
  calendly.faults.add({ match: 'POST /oauth/token', times: 1, kind: 'reset-after' });
  await expect(post('/oauth/token', form)).rejects.toThrow();
  expect((await post('/oauth/token', form)).json.error).toBe('invalid_grant');
});

test('a refresh token that is spent elsewhere works no more, and people may grant less than is asked for', async () => {
  const { json } = await exchange(codeFor());
  expect([calendly.spendRefresh(json.access_token), calendly.spendRefresh(json.access_token)]).toEqual([true, false]);
  const form = { grant_type: 'refresh_token', refresh_token: json.refresh_token };
  expect((await post('/oauth/token', form)).json.error).toBe('invalid_grant');
  const back = new URL(calendly.consent(authorizeUrl(), { scopes: ['users:read'] }));
  expect((await exchange(back.searchParams.get('code') ?? '')).json.scope).toBe('users:read');
});

test('more than eight token requests a minute are refused', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 9; i += 1) statuses.push((await exchange(codeFor())).status);
  expect(statuses).toEqual([...Array(8).fill(200), 429]);
  expect((await exchange(codeFor({ user: calendly.soloUser }))).status).toBe(200);
});

test('tokens end by time and by revocation, and introspection says so', async () => {
  calendly.app.tokenLifeMs = 0;
  const { json: brief } = await exchange(codeFor());
  expect((await call('GET /users/me', { token: brief.access_token })).json.message).toBe('The access token expired');
  calendly.app.tokenLifeMs = 7_200_000;
  const { json } = await exchange(codeFor());
  const { clientId: client_id, clientSecret: client_secret } = calendly.app;
  const form = { client_id, client_secret, token: json.access_token };
  expect((await post('/oauth/introspect', form, null)).json).toMatchObject({ active: true, client_id });
  expect((await post('/oauth/revoke', { ...form, client_secret: 'x' }, null)).status).toBe(403);
  expect((await post('/oauth/revoke', { client_id, client_secret }, null)).json.error).toBe('invalid_request');
  expect((await post('/oauth/revoke', form, null)).status).toBe(200);
  expect((await call('GET /users/me', { token: json.access_token })).json.message).toBe('The access token was revoked');
  expect((await post('/oauth/introspect', form, null)).json).toEqual({ active: false });
  const found = await call('GET /.well-known/oauth-authorization-server', { token: null });
  expect(found.json.token_endpoint).toBe(`${calendly.url}/oauth/token`);
});

test('a hook made with a sign-in token is signed with the app’s key', async () => {
  const receiver = await startReceiver();
  const { json } = await exchange(codeFor());
  const body = {
    url: receiver.url,
    events: ['invitee.created'],
    organization: calendly.organization.uri,
    scope: 'organization',
    signing_key: 'not this one',
  };
  expect((await call('POST /webhook_subscriptions', { token: json.access_token, body })).status).toBe(201);
  calendly.book();
  await calendly.idle();
  const header = String(receiver.received[0]?.headers['calendly-webhook-signature']);
  const t = Number(/\d+/.exec(header)?.[0]);
  expect(header).toBe(sign(calendly.app.signingKey, receiver.received[0]?.body ?? '', t));
  await receiver.stop();
});
