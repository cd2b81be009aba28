// Pins the two halves of signing in over stored state: what a crash, a change of mind or a second comer leaves behind, and that hooks live apart from tokens.

import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { afterEach, describe, expect, test } from 'vitest';
import { startCalendly } from '../../sandbox/calendly/server.ts';
import { calendlyApi } from '../../src/calendly/api.ts';
import { calendlyOAuth } from '../../src/calendly/oauth.ts';
import { connector } from '../../src/connection/connect.ts';
import type { ConnectionStore } from '../../src/connection/connection.ts';
import { guard } from '../../src/connection/guard.ts';
import { type SignInDeps, type SignInNews, signIn } from '../../src/connection/sign-in.ts';
import { tokens } from '../../src/connection/token.ts';
import { Refusal } from '../../src/errors.ts';
import { connectionStore } from '../../src/store/connections.ts';
import { openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { installationStore } from '../../src/store/installations.ts';
import { signInStore } from '../../src/store/sign-ins.ts';
import { pairStore } from '../../src/store/token-pairs.ts';
import { freshStorage } from '../storage.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const publicUrl = new URL('https://bookings.example.com');
const newSecret = () => randomBytes(24).toString('base64url');
const clock = { now: () => Date.now() };

async function desk() {
  const storage = await freshStorage();
  opened.push(storage.remove);
  const database = await openDatabase({ url: storage.url, folder: storage.folder, keys: [randomBytes(32)] });
  opened.push(database.close);
  const { id: installationId } = await installationStore(database, uuidv7).save({
    teamId: 'T1',
    botUserId: 'UBOT',
    botToken: 'xoxb-1',
  });
  const calendly = await startCalendly();
  opened.push(calendly.stop);
  const client = { id: calendly.app.clientId, secret: calendly.app.clientSecret };
  const redirectUri = 'http://127.0.0.1:3000/calendly/callback';
  const oauth = calendlyOAuth({ authUrl: new URL(calendly.url), client, redirectUri });
  const pairs = pairStore(database);
  const keeping = tokens({ store: pairs, oauth, newSecret, pace: { orphanMs: -1 } });
  const api = calendlyApi({ baseUrl: new URL(calendly.url), tokenOf: keeping.tokenOf, retryAfterMs: [1, 1] });
  opened.push(oauth.close, api.close);
  const store = connectionStore(database);
  const said: SignInNews[] = [];
  const told: string[] = [];
  const bond = (own: ConnectionStore = store) => ({
    ...{ store: own, calendly: api, publicUrl, clock, newId: uuidv7, newSecret },
    signedIn: { tokens: keeping, signingKey: calendly.app.signingKey },
  });
  const flow = (o: Partial<SignInDeps> = {}) =>
    signIn({
      ...{ store: signInStore(database), oauth, tokens: keeping, newSecret },
      connect: connector(bond()).withSignIn,
      askerOf: async () => ({ workspace: 'Acme', person: 'Ann', leads: true }),
      tell: async (news) => void said.push(news),
      ...o,
    });
  const notices = { tell: async ({ text }: { text: string }) => void told.push(text) };
  return {
    ...{ installationId, calendly, oauth, keeping, store, said, told, bond, flow },
    watch: guard({ ...bond(), notices }),
    /** As far as Calendly's answer; then what the browser brings back. */
    async away(way = flow()): Promise<{ params: URLSearchParams; browser: string }> {
      const browser = newSecret();
      const link = await way.begin({ installationId, slackUser: 'UANN', extras: [] });
      const url = await way.leave({ link, browser });
      return { params: new URL(calendly.consent(url.href)).searchParams, browser };
    },
    damage: () =>
      across(database.db, 'operator')
        .updateTable('token_pair')
        .set({ access: randomBytes(80) })
        .execute(),
    pairs: () => across(database.db, 'operator').selectFrom('token_pair').selectAll().execute(),
    calls: (path: string) => calendly.calls.filter((call) => call.path === path),
  };
}

async function failing(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error('not a refusal', { cause: error });
  return error;
}

describe('finish', () => {
  test('stores the pair before its first use, under a name that stays', async () => {
    const d = await desk();
    let kept = -1;
    const withSignIn = connector(d.bond()).withSignIn;
    const connect: SignInDeps['connect'] = async (input) => {
      kept = (await d.pairs()).length;
      expect(d.calls('/users/me')).toHaveLength(0);
      return withSignIn(input);
    };
    const way = d.flow({ connect });
    const { connected } = await way.finish(await d.away(way));
    expect(kept).toBe(1);
    expect(connected).toMatchObject({ hook: 'registered', scopeReason: 'owner' });
    const { token } = (await d.store.connections(d.installationId))[0]!;
    const before = await d.keeping.tokenOf(token);
    d.calendly.expireToken(before);
    expect((await d.watch.check(d.installationId, connected.connection.id)).ok).toBe(true);
    expect((await d.store.connections(d.installationId))[0]?.token).toBe(token);
    expect(await d.keeping.tokenOf(token)).not.toBe(before);
  });

  test('cut off by a crash before the account was bound leaves a pair that is cleared away and ended', async () => {
    const d = await desk();
    const way = d.flow({ connect: () => new Promise<never>(() => {}) });
    const back = await d.away(way);
    void way.finish(back);
    await d.calendly.waitFor(() => d.calls('/oauth/token').some((call) => call.status === 200));
    while ((await d.pairs()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The next process: the link is used up, and says what to do.
    expect((await failing(d.flow().finish(back))).code).toBe('link_used');
    await d.keeping.tend();
    expect(await d.pairs()).toEqual([]);
    expect(d.calls('/oauth/revoke')).toHaveLength(2);
  });

  test('by somebody who became a guest meanwhile asks for no token', async () => {
    const d = await desk();
    const back = await d.away();
    const askerOf = async () => {
      throw new Refusal('Guests cannot.', { code: 'guest' });
    };
    expect((await failing(d.flow({ askerOf }).finish(back))).code).toBe('guest');
    expect(d.calls('/oauth/token')).toHaveLength(0);
    expect(d.said).toEqual([]);
  });

  test('stands although Slack could not be told', async () => {
    const d = await desk();
    const tell = async () => {
      throw new Error('database away');
    };
    const way = d.flow({ tell });
    expect((await way.finish(await d.away(way))).connected.hook).toBe('registered');
  });

  test('that fails tells the person, and takes everything back', async () => {
    const d = await desk();
    d.calendly.faults.add({ match: 'POST /webhook_subscriptions', kind: { status: 403, body: { message: 'no' } } });
    const failure = await failing(d.flow().finish(await d.away()));
    expect(d.said).toMatchObject([{ slackUser: 'UANN', failure }]);
    expect(await d.store.connections(d.installationId)).toEqual([]);
    expect(await d.pairs()).toEqual([]);
    expect(d.calls('/oauth/revoke')).toHaveLength(2);
  });

  test('with another user’s state, or the verifier of another flow, ends without an account', async () => {
    const d = await desk();
    const [mine, theirs] = [await d.away(), await d.away()];
    expect((await failing(d.flow().finish({ params: theirs.params, browser: mine.browser }))).code).toBe(
      'link_elsewhere',
    );
    // Somebody else's code in one's own flow: PKCE binds it to the flow it was made for.
    const mixed = new URLSearchParams(mine.params);
    mixed.set('code', theirs.params.get('code') ?? '');
    expect((await failing(d.flow().finish({ params: mixed, browser: mine.browser }))).code).toBe('grant_refused');
    expect(await d.store.connections(d.installationId)).toEqual([]);
  });
});

describe('a connection by sign-in', () => {
  test('whose access is dead keeps its hook, is told once, and works again after signing in', async () => {
    const d = await desk();
    const { connected } = await d.flow().finish(await d.away());
    const { id } = connected.connection;
    const check = () => d.watch.check(d.installationId, id);
    const before = d.calendly.hooks.map((hook) => hook.uri);
    d.calendly.revokeToken(await d.keeping.tokenOf(connected.connection.token));
    expect(await check()).toMatchObject({ ok: false, findings: [{ what: 'token_dead', action: 'told' }] });
    await check();
    expect(d.told).toHaveLength(1);
    expect(d.told[0]).toMatch(/sign in again.*your subscriptions stay/s);
    expect(d.calendly.hooks.map((hook) => hook.uri)).toEqual(before);
    expect(await d.store.hooks(d.installationId, id)).toMatchObject([{ state: 'active' }]);
    expect(await d.store.connection(d.installationId, id)).toMatchObject({ state: 'broken' });
    // Asked no more while it is dead: one try to renew in all.
    expect(d.calls('/oauth/token').filter((call) => call.body.grant_type === 'refresh_token')).toHaveLength(1);
    const again = await d.flow().finish(await d.away());
    expect(again.connected).toMatchObject({ replaced: true, hook: 'kept' });
    expect(await check()).toMatchObject({ ok: true });
  });

  test('whose sign-in does not open any more waits to be connected again, and connecting mends it', async () => {
    const d = await desk();
    const { connected } = await d.flow().finish(await d.away());
    const { id } = connected.connection;
    await d.damage();
    const check = () => d.watch.check(d.installationId, id);
    expect(await check()).toMatchObject({ ok: false, findings: [{ what: 'token_dead', action: 'told' }] });
    await check();
    expect(d.told).toEqual([expect.stringMatching(/can no longer read the sign-in.*sign in again/s)]);
    expect(await d.store.connection(d.installationId, id)).toMatchObject({ state: 'broken' });
    expect((await d.flow().finish(await d.away())).connected).toMatchObject({ replaced: true });
    expect(await check()).toMatchObject({ ok: true });
  });

  test('whose hook is switched off gets a new one, signed with the app’s key', async () => {
    const d = await desk();
    const { connected } = await d.flow().finish(await d.away());
    d.calendly.setHookState(d.calendly.hooks[0]!, 'disabled');
    expect(await d.watch.check(d.installationId, connected.connection.id)).toMatchObject({ ok: true });
    expect(d.calendly.hooks).toMatchObject([{ state: 'active', signing_key: d.calendly.app.signingKey }]);
    const rows = await d.store.hooks(d.installationId, connected.connection.id);
    expect(rows.filter((row) => row.state === 'active')).toMatchObject([{ signingKey: d.calendly.app.signingKey }]);
  });

  test('cannot be had by pasting its name', async () => {
    const d = await desk();
    const { connected } = await d.flow().finish(await d.away());
    const paste = connector(d.bond()).withToken({
      installationId: d.installationId,
      slackUser: 'UEVE',
      leads: true,
      token: ` ${connected.connection.token}\n`,
    });
    expect((await failing(paste)).code).toBe('token_invalid');
    expect(await d.store.connections(d.installationId)).toMatchObject([{ connectedBy: 'UANN' }]);
  });
});
