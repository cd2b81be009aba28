// Everything that can go wrong while connecting: one sentence with its cure, nothing half-made, and a second try that works.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../sandbox/calendly/faults.ts';
import { ask, bookingArrives, calls, paste, said } from './people.ts';
import { type World, world } from './world.ts';

const v1Key = 'ABCD1234EFGH5678IJKL9012MNOP3456';
const everything = ['users:read', 'organizations:read', 'scheduled_events:read', 'event_types:read', 'webhooks:write'];
const without = (...scopes: string[]) => everything.filter((scope) => !scopes.includes(scope));
const fixtures = join(import.meta.dirname, '../fixtures/calendly/errors');
const fixture = (path: string) => JSON.parse(readFileSync(join(fixtures, path), 'utf8')) as unknown;

/** What a person can do; each sentence ends with one of these. */
const nextStep =
  /\btype \/calendly connect|\btry (again|once more)|\btell whoever runs this app|\bcheck at calendly\.com/i;

function isPlainAndHelpful(sentence: string, secrets: string[]): void {
  expect(sentence).not.toBe('');
  expect(sentence).not.toMatch(/[{}]|<\/?[a-z!]|undefined|\[object|null|NaN|Sorry, something went wrong/i);
  for (const secret of secrets) expect(sentence).not.toContain(secret);
  const last = sentence
    .trim()
    .split(/(?<=[.!?])\s+/)
    .at(-1);
  expect(last, sentence).toMatch(nextStep);
  expect(last).toMatch(/\.$/);
}

/** No hook, no account, no word in any channel: as if nobody had tried. Then a good token works. */
async function nothingIsHalfMade(w: World): Promise<void> {
  expect(w.calendly.hooks).toEqual([]);
  expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/^No Calendly account is connected yet/);
  expect(said(w, 'general')).toEqual([]);
  w.calendly.faults.clear();
  await w.calendly.faults.up();
  w.calendly.plan = 'paid';
  w.calendly.rateLimit.limit = 500;
  expect(await paste(w, w.calendly.createToken(w.calendly.users.adam))).toMatch(/✅ Connected: \*Adam Osei\*/);
  expect(w.calendly.hooks).toHaveLength(1);
}

interface Trouble {
  name: string;
  /** Brings the trouble about, and answers with the token to paste. */
  given: (w: World) => string | Promise<string>;
  says: RegExp;
}

const spoil = (match: string, kind: FaultKind, times?: number) => (w: World) => {
  w.calendly.faults.add({ match, kind, ...(times === undefined ? {} : { times }) });
  return w.calendly.tokens.olga;
};
const registering = 'POST /webhook_subscriptions';

const troubles: Trouble[] = [
  {
    name: 'a V1 key',
    given: () => v1Key,
    says: /old API \(V1\), which Calendly has switched off\. Make a new personal/,
  },
  { name: 'a word that is no token', given: () => 'hello', says: /does not accept this token\. Check that you copied/ },
  { name: 'a token with an accent', given: () => 'eyJé', says: /not a Calendly token.*Copy the whole token/s },
  {
    name: 'an expired token',
    given(w) {
      w.calendly.expireToken(w.calendly.tokens.olga);
      return w.calendly.tokens.olga;
    },
    says: /has expired\. Make a new personal access token/,
  },
  {
    name: 'a revoked token',
    given(w) {
      w.calendly.revokeToken(w.calendly.tokens.olga);
      return w.calendly.tokens.olga;
    },
    says: /was revoked.*Make a new personal access token/s,
  },
  {
    name: 'a token without the scope to register hooks, which Calendly names',
    given: (w) => w.calendly.createToken(w.calendly.users.olga, { scopes: without('webhooks:write') }),
    says: /lacks permission to .* with the scopes webhooks:write/s,
  },
  {
    name: 'a token without the scope to read the profile',
    given: (w) => w.calendly.createToken(w.calendly.users.olga, { scopes: without('users:read') }),
    says: /lacks permission to read its own profile.*users:read/s,
  },
  {
    name: 'a token without the scope to read bookings, which Calendly hides behind a bare 400',
    given: (w) => w.calendly.createToken(w.calendly.users.olga, { scopes: without('scheduled_events:read') }),
    says: /does not say why; most often the token lacks scopes.*scheduled_events:read, webhooks:write/s,
  },
  {
    name: 'a token without any scope',
    given: (w) => w.calendly.createToken(w.calendly.users.olga, { scopes: 'none' }),
    says: /lacks permission/,
  },
  {
    name: 'a plan without webhooks',
    given(w) {
      w.calendly.plan = 'free-old';
      return w.calendly.tokens.olga;
    },
    says: /asks for the Standard plan.*Upgrade at calendly\.com under Billing/s,
  },
  {
    name: 'a hook at this address, again and again',
    given: spoil(registering, {
      status: 409,
      body: fixture('examples/409_post-webhook-subscriptions-url-already-exists.json'),
    }),
    says: /a hook with my address exists already/,
  },
  {
    name: 'too many requests, at the first step',
    given(w) {
      w.calendly.rateLimit.limit = 0;
      return w.calendly.tokens.olga;
    },
    says: /asks me to slow down.*Try again in \d+ seconds/s,
  },
  {
    name: 'too many requests, at the last step',
    given: spoil(registering, { status: 429, headers: { 'X-RateLimit-Reset': '17' } }),
    says: /Try again in 17 seconds/,
  },
  { name: '500 at the first step', given: spoil('GET /users/me', { status: 500 }), says: /not well right now.*500/ },
  { name: '500 at the last step', given: spoil(registering, { status: 500 }), says: /not well right now.*500/ },
  { name: '503 at the last step', given: spoil(registering, { status: 503 }), says: /not well right now.*503/ },
  { name: 'a page of HTML with 502', given: spoil('GET /organization_memberships', 'html'), says: /not well.*502/ },
  {
    name: 'a page of HTML with 200',
    given: spoil('GET /users/me', { status: 200, body: '<html><body>Sign in to the hotel network</body></html>' }),
    says: /its answer was not what I asked for/,
  },
  {
    name: 'a page of HTML with 403, as a firewall shows it',
    given: spoil(registering, { status: 403, body: '<html>blocked</html>' }),
    says: /a page instead of data/,
  },
  {
    name: 'no network',
    async given(w) {
      await w.calendly.faults.down('refuse');
      return w.calendly.tokens.olga;
    },
    says: /cannot reach Calendly right now/,
  },
  { name: 'a cut connection', given: spoil(registering, 'reset'), says: /cannot reach Calendly right now/ },
];

describe('what goes wrong when connecting', () => {
  it.each(troubles)('$name', async ({ given, says }) => {
    const w = await world();
    const token = await given(w);
    const sentence = await paste(w, token);
    expect(sentence).toMatch(says);
    isPlainAndHelpful(sentence, [token, w.calendly.tokens.olga]);
    expect(w.logs.join('')).not.toContain(token.length > 10 ? token : v1Key);
    await nothingIsHalfMade(w);
  });

  it('a Calendly that never answers is given up on, and said so', async () => {
    const w = await world();
    const sentence = await paste(w, spoil(registering, 'hang')(w));
    expect(sentence).toMatch(/cannot reach Calendly right now/);
    isPlainAndHelpful(sentence, [w.calendly.tokens.olga]);
    await nothingIsHalfMade(w);
  });

  it('"Try again" leads back to the form, and nothing of the token stands in it', async () => {
    const w = await world();
    const ann = w.slack.as('ann');
    await paste(w, 'eyJhbGciOiJIUzI1NiJ9.wrong.token');
    await ann.click(ann.modal()!, 'Try again');
    const form = await w.slack.waitFor(() => (JSON.stringify(ann.modal()).includes('eyJ…') ? ann.modal() : null));
    expect(JSON.stringify(form)).not.toContain('wrong.token');
    await ann.submit(form, { token: w.calendly.tokens.olga });
    await w.slack.waitFor(() => JSON.stringify(ann.modal()).includes('Connected'));
  });

  it('one 409 is nothing to say: another address is tried', async () => {
    const w = await world();
    const told = await paste(w, spoil(registering, { status: 409, body: { title: 'Already Exists' } }, 1)(w));
    expect(told).toMatch(/✅ Connected/);
    const urls = calls(w, 'POST', /webhook_subscriptions/).map((call) => call.body.url);
    expect(new Set(urls).size).toBe(2);
    expect(w.calendly.hooks).toHaveLength(1);
  });

  it('a hook whose answer got lost is found and kept, not made twice', async () => {
    const w = await world();
    expect(await paste(w, spoil(registering, 'reset-after', 1)(w))).toMatch(/✅ Connected/);
    expect(w.calendly.hooks).toHaveLength(1);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });

  it('an owner whom Calendly refuses the organization gets his own meetings, and hears why', async () => {
    const w = await world();
    const denied = fixture('examples/403_get-webhook-subscriptions-caller-is-not-the-user-of-the-account.json');
    const told = await paste(w, spoil(registering, { status: 403, body: denied }, 1)(w));
    expect(told).toMatch(/✅ Connected.*the meetings of \w+ \w+ alone/s);
    expect(told).toMatch(/calls this account an owner, but refused a hook for the whole organization/);
    expect(w.calendly.hooks.map((hook) => hook.scope)).toEqual(['user']);
  });

  it('when an account is connected already, a failed second try changes nothing', async () => {
    const w = await world();
    await w.subscribed();
    const [hook] = w.calendly.hooks;
    const dead = w.calendly.createToken(w.calendly.users.olga);
    w.calendly.revokeToken(dead);
    expect(await paste(w, dead)).toMatch(/was revoked/);
    const blind = w.calendly.createToken(w.calendly.users.olga, { scopes: without('webhooks:write') });
    w.calendly.deleteHook(hook!);
    expect(await paste(w, blind)).toMatch(/lacks permission/);

    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/Olga Larsen.*✅ connected/);
    // The good token is still the one in use: with it the missing hook is replaced.
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/registered a new one/);
    await bookingArrives(w, 'sales', 'Grace Hopper');
  });
});

describe('every error body Calendly is known to send, as the answer to each step', () => {
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\d{3}_.*\.json$/.test(path))
    .toSorted();
  const steps = [
    ['who is it', 'GET /users/me'],
    ['which role', 'GET /organization_memberships'],
    ['register the hook', registering],
  ];

  it('there are such files', () => expect(files.length).toBeGreaterThan(25));

  it.each(steps)('%s', { timeout: 120_000 }, async (_name, match) => {
    const w = await world();
    const heard = new Map<string, string>();
    for (const path of files) {
      const status = Number(/(\d{3})_/.exec(path)?.[1]);
      const file = fixture(path) as { _note?: string; headers?: Record<string, string>; body?: unknown };
      const answer = file._note ? { headers: file.headers ?? {}, body: file.body ?? undefined } : { body: file };
      w.calendly.faults.add({ match: match!, kind: { status, ...answer } });
      const sentence = await paste(w, w.calendly.tokens.olga);
      heard.set(path, sentence);
      isPlainAndHelpful(sentence, [w.calendly.tokens.olga]);
      expect(w.calendly.hooks, path).toEqual([]);
      w.calendly.faults.clear();
    }
    // Different troubles have different words.
    expect(new Set(heard.values()).size).toBeGreaterThan(6);
    await nothingIsHalfMade(w);
  });
});
