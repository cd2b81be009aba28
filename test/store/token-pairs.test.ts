// Pins the renewal of sign-ins: one call however many ask, in one process or two; nothing lost that can be kept, and what is lost is known.

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { afterEach, describe, expect, test } from 'vitest';
import { startCalendly } from '../../sandbox/calendly/server.ts';
import { calendlyApi } from '../../src/calendly/api.ts';
import { calendlyOAuth } from '../../src/calendly/oauth.ts';
import { type PairName, type PairStore, pairIn } from '../../src/connection/pair.ts';
import { signInScopes } from '../../src/connection/scopes.ts';
import { type OAuth, type Tokens, type TokensDeps, tokens } from '../../src/connection/token.ts';
import { Outage, Refusal } from '../../src/errors.ts';
import { connectionStore } from '../../src/store/connections.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { installationStore } from '../../src/store/installations.ts';
import { followClock } from '../../src/store/set-back.ts';
import { pairStore } from '../../src/store/token-pairs.ts';
import { freshStorage } from '../storage.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const redirectUri = 'http://127.0.0.1:3000/calendly/callback';
const keys = [randomBytes(32)];
const newSecret = () => randomBytes(24).toString('base64url');
/** As in life, but for what would make a test wait; a rest is ended by `rested`, so that none is over before it is looked at. */
const pace = { staleMs: 400, restMs: 15_000, lookAgainMs: 5, keepForMs: 2_000, patienceMs: 3_000 };

async function bench() {
  const storage = await freshStorage();
  opened.push(storage.remove);
  const open = async (): Promise<Database> => {
    const database = await openDatabase({ url: storage.url, folder: storage.folder, keys });
    opened.push(database.close);
    return database;
  };
  const database = await open();
  const { id: installationId } = await installationStore(database, uuidv7).save({
    teamId: 'T1',
    botUserId: 'UBOT',
    botToken: 'xoxb-1',
  });
  const calendly = await startCalendly();
  opened.push(calendly.stop);
  calendly.rateLimit.limit = 10_000;
  const client = { id: calendly.app.clientId, secret: calendly.app.clientSecret };
  const oauth = calendlyOAuth({ authUrl: new URL(calendly.url), client, redirectUri, timeoutMs: 1_000 });
  opened.push(oauth.close);
  const store = pairStore(database);
  const died: string[] = [];

  const keeper = (o: Partial<TokensDeps> = {}): Tokens =>
    tokens({ store, oauth, newSecret, onDeath: (token) => void died.push(token), pace, ...o });
  const api = (keeping: Tokens) => {
    const made = calendlyApi({ baseUrl: new URL(calendly.url), tokenOf: keeping.tokenOf, retryAfterMs: [1] });
    opened.push(made.close);
    return made;
  };
  /** Olga has signed in: the name of her pair. */
  async function signedIn(keeping = keeper()): Promise<string> {
    const { url, verifier } = await oauth.authorize('state', signInScopes([]));
    const params = new URL(calendly.consent(url.href)).searchParams;
    return keeping.keep(installationId, await oauth.exchange({ params, state: 'state', verifier, scopes: [] }));
  }
  return {
    database,
    open,
    installationId,
    calendly,
    oauth,
    store,
    died,
    keeper,
    api,
    signedIn,
    renewals: () => calendly.calls.filter((call) => call.body.grant_type === 'refresh_token'),
    revoked: () => calendly.calls.filter((call) => call.path === '/oauth/revoke').map((call) => call.body.token),
    async connected(token: string, userUri = calendly.users.olga.uri) {
      await connectionStore(database).addConnection({
        installationId,
        id: uuidv7(),
        userUri,
        userName: 'Olga',
        userEmail: null,
        organizationUri: calendly.organization.uri,
        organizationName: null,
        role: 'owner',
        scope: 'organization',
        group: null,
        isChosen: false,
        token,
        state: 'active',
        reason: null,
        connectedBy: 'UANN',
        createdAt: 0,
        checkedAt: null,
        checkResult: null,
        lastChangeAt: null,
        label: null,
        standIn: null,
        troubleSince: null,
        reminded: 0,
      });
    },
    async age(ms: number) {
      await across(database.db, 'operator')
        .updateTable('token_pair')
        .set((eb) => ({ expires_at: eb('expires_at', '-', ms), created_at: eb('created_at', '-', ms) }))
        .execute();
    },
    /** The rest after a renewal that failed has gone by. */
    async rested() {
      await across(database.db, 'operator')
        .updateTable('token_pair')
        .set((eb) => ({ not_before: eb('not_before', '-', pace.restMs) }))
        .execute();
    },
  };
}

async function failing(work: Promise<unknown>): Promise<Refusal | Outage> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal) && !(error instanceof Outage))
    throw new Error('not a failure of ours', { cause: error });
  return error;
}

const nameOf = (token: string): PairName => pairIn(token) ?? { installationId: '', id: '' };
const fifty = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 50 }, work));

describe('a token of a sign-in', () => {
  test('is the same as long as it lives; a personal one is what it is, also after a refusal', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const [first, second] = [await keeping.tokenOf(token), await keeping.tokenOf(token)];
    expect(first).toBe(second);
    expect(await keeping.tokenOf('eyJpersonal')).toBe('eyJpersonal');
    expect(await keeping.tokenOf('eyJpersonal', 'eyJpersonal')).toBe('eyJpersonal');
    expect(b.renewals()).toHaveLength(0);
  });

  test('after 50 refusals at the same time is renewed by one call', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const api = b.api(keeping);
    b.calendly.expireToken(await keeping.tokenOf(token));
    const all = await fifty(() => api.me(token));
    expect(new Set(all.map((me) => me.uri))).toEqual(new Set([b.calendly.users.olga.uri]));
    expect(b.renewals()).toHaveLength(1);
    expect(b.calendly.calls.filter((call) => call.path === '/users/me' && call.status === 200)).toHaveLength(50);
    // All 50 refused before anybody asks for another one.
    const refused = await keeping.tokenOf(token);
    expect(new Set(await fifty(() => keeping.tokenOf(token, refused))).size).toBe(1);
    expect(b.renewals()).toHaveLength(2);
  });

  test('is renewed once by two processes that ask 50 times each', async () => {
    const b = await bench();
    // Two handles stand for two processes; the embedded database allows one, so there two keepers share it.
    const other = b.database.engine.name === 'postgresql' ? pairStore(await b.open()) : b.store;
    const [one, two] = [b.keeper(), b.keeper({ store: other })];
    const token = await b.signedIn(one);
    const [apiOne, apiTwo] = [b.api(one), b.api(two)];
    for (let round = 1; round <= 5; round += 1) {
      b.calendly.expireToken(await one.tokenOf(token));
      b.calendly.latencyMs = 20 * round;
      await Promise.all([fifty(() => apiOne.me(token)), fifty(() => apiTwo.me(token))]);
      b.calendly.latencyMs = 0;
      expect(b.renewals()).toHaveLength(round);
      expect(await one.tokenOf(token)).toBe(await two.tokenOf(token));
    }
  });

  test('that ends within a minute is renewed before it is used, and serves meanwhile if that fails', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const before = await keeping.tokenOf(token);
    await b.age(7_200_000 - 30_000);
    b.calendly.faults.add({ match: 'POST /oauth/token', times: 1, kind: { status: 503 } });
    expect(await keeping.tokenOf(token)).toBe(before);
    expect(await keeping.tokenOf(token)).toBe(before);
    expect(b.renewals()).toHaveLength(1);
    await b.rested();
    expect(await keeping.tokenOf(token)).not.toBe(before);
    expect(b.renewals()).toHaveLength(2);
  });

  test('that lives shorter than our margins is not renewed at each use', async () => {
    const b = await bench();
    b.calendly.app.tokenLifeMs = 40_000;
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    await b.connected(token);
    for (let i = 0; i < 5; i += 1) await keeping.tokenOf(token);
    await keeping.tend();
    expect(b.renewals()).toHaveLength(0);
    await b.age(31_000);
    await keeping.tokenOf(token);
    expect(b.renewals()).toHaveLength(1);
  });

  test('that is refused although it was renewed just now is refused for good after one more renewal', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    b.calendly.faults.add({
      match: 'GET /users/me',
      kind: { status: 401, body: { message: 'The access token expired' } },
    });
    expect((await failing(b.api(keeping).me(token))).code).toBe('sign_in_ended');
    expect(b.renewals()).toHaveLength(1);
    expect(b.calendly.calls.filter((call) => call.path === '/users/me')).toHaveLength(2);
  });

  test('is renewed in advance only where a connection uses it', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const [used, unused] = [await b.signedIn(keeping), await b.signedIn(keeping)];
    await b.connected(used);
    await keeping.tend();
    expect(b.renewals()).toHaveLength(0);
    await b.age(7_200_000 - 5 * 60_000);
    const before = await keeping.tokenOf(used);
    await keeping.tend();
    expect(await keeping.tokenOf(used)).not.toBe(before);
    expect(b.renewals()).toHaveLength(1);
    // The other one came of a sign-in that was cut short: it is cleared away.
    expect(await b.store.read(nameOf(unused))).toBeNull();
  });
});

describe('a pair that does not open', () => {
  test('is said once, with the one thing to do, and the others are renewed', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const [damaged, whole] = [await b.signedIn(keeping), await b.signedIn(keeping)];
    await b.connected(damaged);
    await b.connected(whole, 'https://api.calendly.com/users/other');
    await across(b.database.db, 'operator')
      .updateTable('token_pair')
      .set({ refresh: randomBytes(80), expires_at: 1 })
      .where('id', '=', nameOf(damaged).id)
      .execute();
    await b.age(7_200_000 - 5 * 60_000);
    const before = await keeping.tokenOf(whole);
    await keeping.tend();
    await keeping.tend();
    expect(await keeping.tokenOf(whole)).not.toBe(before);
    expect(b.died).toEqual([damaged]);
    const error = await failing(keeping.tokenOf(damaged));
    expect(error).toMatchObject({ code: 'sign_in_unreadable', message: expect.stringContaining('sign in again') });
    // Signing in again puts another in its place.
    await keeping.discard(damaged, 'replaced');
    expect(await b.store.read(nameOf(damaged))).toBeNull();
  });
});

describe('a renewal that goes wrong', () => {
  test.each([
    ['429', { status: 429 }, 'rate_limited', 60_000],
    ['500', { status: 500 }, 'calendly_unclear', pace.restMs],
    ['a page of HTML', 'html' as const, 'calendly_unclear', pace.restMs],
    ['a cut line', 'reset' as const, 'calendly_unclear', pace.restMs],
    ['no answer', 'hang' as const, 'calendly_unclear', pace.restMs],
    ['our own secret', { status: 401, body: { error: 'invalid_client' } }, 'client_refused', pace.restMs],
  ])(
    'by %s ends nothing: all who wait hear of it, and nobody asks again at once',
    async (_name, kind, code, restMs) => {
      const b = await bench();
      const keeping = b.keeper();
      const token = await b.signedIn(keeping);
      const refused = await keeping.tokenOf(token);
      b.calendly.faults.add({ match: 'POST /oauth/token', kind });
      const failures = await fifty(() => failing(keeping.tokenOf(token, refused)));
      const codes = new Set(failures.map((failure) => failure.code));
      expect(codes).toContain(code);
      // Whoever looked a moment later hears only that it has to wait.
      codes.delete('sign_in_waits');
      expect([...codes]).toEqual([code]);
      expect((await failing(keeping.tokenOf(token, refused))).code).toBe('sign_in_waits');
      expect(b.renewals()).toHaveLength(1);
      const pair = await b.store.read(nameOf(token));
      expect(pair?.dead).toBeNull();
      expect(pair?.waitMs).toBeGreaterThan(0);
      expect(pair?.waitMs).toBeLessThanOrEqual(restMs);
      expect(b.died).toEqual([]);
      if (restMs > pace.restMs) return;
      b.calendly.faults.clear();
      await b.rested();
      expect(await keeping.tokenOf(token, refused)).not.toBe(refused);
    },
  );

  test('because Calendly cannot be reached leaves no doubt about the refresh token', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const refused = await keeping.tokenOf(token);
    await b.calendly.faults.down('refuse');
    expect((await failing(keeping.tokenOf(token, refused))).code).toBe('calendly_unreachable');
    await b.calendly.faults.up();
    b.calendly.revokeToken(refused);
    await b.rested();
    expect((await failing(keeping.tokenOf(token, refused))).code).toBe('sign_in_ended');
  });

  test('for good is known at once, said once, and asked no more', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const api = b.api(keeping);
    b.calendly.revokeToken(await keeping.tokenOf(token));
    const failures = await fifty(() => failing(api.me(token)));
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set(['sign_in_ended']));
    expect((await failing(api.me(token))).message).toMatch(/sign in again; your subscriptions stay\.$/);
    expect(b.renewals()).toHaveLength(1);
    expect(b.died).toEqual([token]);
  });

  test('with an answer that got lost is tried once more, and then known as lost', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const refused = await keeping.tokenOf(token);
    b.calendly.faults.add({ match: 'POST /oauth/token', times: 1, kind: 'reset-after' });
    expect((await failing(keeping.tokenOf(token, refused))).code).toBe('calendly_unclear');
    await b.rested();
    expect((await failing(keeping.tokenOf(token, refused))).code).toBe('sign_in_lost');
    expect(b.died).toEqual([token]);
    expect(b.renewals()).toHaveLength(2);
  });

  test.each([16])(
    'cut off by a crash between answer and record, %i times: each is found, said and told apart',
    async (times) => {
      const b = await bench();
      for (let round = 0; round < times; round += 1) {
        // A user of their own for each round, since Calendly counts token requests for each.
        b.calendly.app.tokenLifeMs = 7_200_000;
        let answered = false;
        const token = await signInOf(b, round);
        const dying: PairStore = {
          ...b.store,
          renewed: async () => {
            answered = true;
            return await new Promise<never>(() => {});
          },
        };
        const refused = await b.keeper().tokenOf(token);
        void b.keeper({ store: dying }).tokenOf(token, refused);
        await b.calendly.waitFor(() => answered, { what: 'the answer' });
        // The next process: at first somebody seems to be at it, then the right is stale.
        expect((await failing(b.keeper().tokenOf(token, refused))).code).toBe('sign_in_lost');
      }
      expect(b.died).toHaveLength(times);
    },
  );

  test('while the memory is away for a moment: the answer in hand is kept when it is back', async () => {
    const b = await bench();
    const token = await b.signedIn();
    let failures = 0;
    const flaky: PairStore = {
      ...b.store,
      async renewed(...args) {
        failures += 1;
        if (failures <= 3) throw new Error('connection lost');
        return await b.store.renewed(...args);
      },
    };
    const keeping = b.keeper({ store: flaky });
    const refused = await keeping.tokenOf(token);
    expect(await keeping.tokenOf(token, refused)).not.toBe(refused);
    expect(b.renewals()).toHaveLength(1);
  });

  test('so slowly that another process takes over: the pair that works wins', async () => {
    const b = await bench();
    const token = await b.signedIn();
    const refused = await b.keeper().tokenOf(token);
    const late = Promise.withResolvers<void>();
    const slow: OAuth = {
      ...b.oauth,
      async renew(refresh) {
        const granted = await b.oauth.renew(refresh);
        await late.promise;
        return granted;
      },
    };
    const first = b.keeper({ oauth: slow }).tokenOf(token, refused);
    await b.calendly.waitFor(() => b.renewals().length === 1);
    expect((await failing(b.keeper().tokenOf(token, refused))).code).toBe('sign_in_lost');
    late.resolve();
    const fresh = await first;
    expect(fresh).not.toBe(refused);
    expect(await b.keeper().tokenOf(token, refused)).toBe(fresh);
  });
});

test('the right to renew is given to one, for the generation that is there, not too early, and not for the dead', async () => {
  const b = await bench();
  const name = nameOf(await b.signedIn());
  const claim = (generation: number, staleMs = 60_000) => b.store.claim(name, generation, newSecret(), staleMs);
  const granted = { access: 'a', refresh: 'r', expiresInMs: 60_000, scopes: null, owner: null };
  expect(await claim(2)).toBeNull();
  const all = await fifty(() => claim(1));
  expect(all.filter((right) => right !== null)).toEqual([{ unsure: false }]);
  expect(await claim(1)).toBeNull();
  expect(await claim(1, -1)).toEqual({ unsure: true });
  expect(await b.store.renewed(name, 1, granted)).toBe(true);
  expect(await b.store.renewed(name, 1, granted)).toBe(false);
  // Whoever read the pair before must not spend the old refresh token a second time.
  expect(await claim(1)).toBeNull();
  expect(await b.store.claim(name, 2, 'mine', 60_000)).toEqual({ unsure: false });
  await b.store.failed(name, 'not mine', { unsure: true, waitMs: 0 });
  expect(await claim(2)).toBeNull();
  await b.store.failed(name, 'mine', { unsure: true, waitMs: 150 });
  expect(await claim(2)).toBeNull();
  await pause(200);
  expect(await b.store.claim(name, 2, 'mine', 60_000)).toEqual({ unsure: true });
  await b.store.died(name, 'not mine', 'refused');
  expect((await b.store.read(name))?.dead).toBeNull();
  await b.store.died(name, 'mine', 'refused');
  expect(await claim(2)).toBeNull();
});

describe('the end of a pair', () => {
  test('by disconnecting ends both tokens at Calendly, also where the user has signed in elsewhere', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const [mine, other] = [await b.signedIn(keeping), await b.signedIn(keeping)];
    const pair = await b.store.read(nameOf(mine));
    await keeping.discard(mine, 'disconnected');
    expect(b.revoked()).toEqual([pair?.refresh, pair?.access]);
    expect((await failing(keeping.tokenOf(mine))).code).toBe('sign_in_ended');
    expect(await b.api(keeping).me(other)).toMatchObject({ uri: b.calendly.users.olga.uri });
  });

  test('by being replaced ends nothing at Calendly that a younger sign-in of the user may need', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const [old, young] = [await b.signedIn(keeping), await b.signedIn(keeping)];
    await keeping.discard(old, 'replaced');
    expect(b.revoked()).toEqual([]);
    await keeping.discard(young, 'replaced');
    expect(b.revoked()).toHaveLength(2);
  });

  test('while Calendly is down is the end here', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    await b.calendly.faults.down();
    await keeping.discard(token, 'disconnected');
    expect(await b.store.read(nameOf(token))).toBeNull();
    await keeping.discard(token, 'disconnected');
    await keeping.discard('eyJpersonal', 'disconnected');
  });

  test('during a renewal: the new pair is ended too', async () => {
    const b = await bench();
    const keeping = b.keeper();
    const token = await b.signedIn(keeping);
    const refused = await keeping.tokenOf(token);
    b.calendly.latencyMs = 100;
    const renewal = failing(keeping.tokenOf(token, refused));
    await b.calendly.waitFor(() => b.renewals().length === 1);
    await b.store.remove(nameOf(token));
    expect((await renewal).code).toBe('sign_in_ended');
    expect(b.revoked()).toHaveLength(2);
  });
});

test('a clock that was set back makes nobody wait for it to come as far again', async () => {
  const b = await bench();
  const keeping = b.keeper();
  const token = await b.signedIn(keeping);
  const refused = await keeping.tokenOf(token);
  b.calendly.faults.add({ match: 'POST /oauth/token', times: 1, kind: { status: 503 } });
  expect((await failing(keeping.tokenOf(token, refused))).code).toBe('calendly_unclear');
  await followClock(b.database);
  const back = 3 * 24 * 3_600_000;
  const db = across(b.database.db, 'operator');
  await db
    .updateTable('cron_run')
    .set((eb) => ({ ran_at: eb('ran_at', '+', back) }))
    .execute();
  await db
    .updateTable('token_pair')
    .set((eb) => ({ expires_at: eb('expires_at', '+', back), not_before: eb('not_before', '+', back) }))
    .execute();
  await followClock(b.database);
  await b.rested();
  expect((await b.store.read(nameOf(token)))?.leftMs).toBeLessThanOrEqual(7_200_000);
  expect(await keeping.tokenOf(token, refused)).not.toBe(refused);
});

test('tokens are sealed for their row: copied to another one, they do not open', async () => {
  const b = await bench();
  const keeping = b.keeper();
  const [one, two] = [await b.signedIn(keeping), await b.signedIn(keeping)];
  const rows = await across(b.database.db, 'operator').selectFrom('token_pair').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(await keeping.tokenOf(one));
  const [from] = rows.filter((row) => row.id === nameOf(one).id);
  await across(b.database.db, 'operator')
    .updateTable('token_pair')
    .set({ access: from!.access })
    .where('id', '=', nameOf(two).id)
    .execute();
  await expect(keeping.tokenOf(two)).rejects.toMatchObject({ code: 'sign_in_unreadable' });
  expect((await b.store.read(nameOf(two)))?.access).toBe('');
});

async function signInOf(b: Awaited<ReturnType<typeof bench>>, round: number): Promise<string> {
  const users = [...Object.values(b.calendly.users), b.calendly.soloUser];
  const { url, verifier } = await b.oauth.authorize('state', signInScopes([]));
  const params = new URL(b.calendly.consent(url.href, { user: users[round % users.length]! })).searchParams;
  return b.keeper().keep(b.installationId, await b.oauth.exchange({ params, state: 'state', verifier, scopes: [] }));
}
