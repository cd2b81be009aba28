// Holds how hosts are found in Slack: only those who are surely meant, asked about once, and never for longer than a card can wait.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type PeopleMemory, type PeopleOptions, people } from '../../src/slack/people.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Answer = (email: string, response: ServerResponse, method: string) => void;
const say = (response: ServerResponse, body: unknown, status = 200, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const bo = { id: 'U0BO', team_id: 'T1', deleted: false, is_bot: false, is_email_confirmed: true };
const isBo: Answer = (_email, response) => say(response, { ok: true, user: bo });

/** What is kept, in memory; `ages` moves everything back in time. */
function keeper() {
  const rows = new Map<string, { userId: string | null; setBy: string | null; at: number }>();
  let shift = 0;
  const memory: PeopleMemory = {
    async known(installationId, addresses) {
      const found = addresses.map((address) => [address, rows.get(`${installationId} ${address}`)] as const);
      return new Map(
        found.flatMap(([address, row]) =>
          row ? [[address, { userId: row.userId, setBy: row.setBy, ageMs: shift - row.at }] as const] : [],
        ),
      );
    },
    async learned(installationId, address, userId) {
      const key = `${installationId} ${address}`;
      if (!rows.get(key)?.setBy) rows.set(key, { userId, setBy: null, at: shift });
    },
    async set({ installationId, address, userId, by }) {
      rows.set(`${installationId} ${address}`, { userId, setBy: by, at: shift });
    },
    async forget(installationId, address) {
      const was = rows.get(`${installationId} ${address}`)?.setBy;
      rows.delete(`${installationId} ${address}`);
      return was !== null && was !== undefined;
    },
    pairs: async () => ({ total: 0, pairs: [] }),
    teamOf: async () => 'T1',
  };
  return { rows, memory, ages: (ms: number) => (shift += ms) };
}

async function stage(answer: Answer = isBo, more: Partial<PeopleOptions> = {}) {
  const state = { answer, asked: [] as string[], methods: [] as string[] };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    state.asked.push(form.get('email') ?? form.get('user') ?? '');
    state.methods.push(`${request.url} ${request.headers.authorization}`);
    state.answer(state.asked.at(-1) ?? '', response, request.url ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kept = keeper();
  const logged: unknown[] = [];
  const log = { info: (...line: unknown[]) => logged.push(line), warn: (...line: unknown[]) => logged.push(line) };
  let ms = 0;
  const made = people({
    memory: kept.memory,
    apiUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`),
    tokenOf: async (id) => `xoxb-${id}`,
    log,
    // A machine may be busy: only where it is about the time itself does it have to be short.
    patienceMs: 5_000,
    now: () => performance.now() + ms,
    ...more,
  });
  cleanups.push(() => {
    made.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    ...state,
    state,
    ...kept,
    logged,
    made,
    later: (by: number) => {
      ms += by;
      kept.ages(by);
    },
    of: async (...addresses: string[]) => Object.fromEntries(await made.usersOf('I1', addresses)),
  };
}

const short = { patienceMs: 600 };
const minute = 60_000;
const day = 24 * 60 * minute;

describe('who is called', () => {
  test('whoever has the address, whatever its case; Slack hears the form it understands', async () => {
    const s = await stage();
    expect(await s.of(' Bo@Example.com')).toEqual({ 'bo@example.com': 'U0BO' });
    expect(s.state.asked).toEqual(['bo@example.com']);
    expect(s.state.methods).toEqual(['/api/users.lookupByEmail Bearer xoxb-I1']);
  });

  test.each<[string, object]>([
    ['somebody who left', { deleted: true }],
    ['a bot', { is_bot: true }],
    ['Slackbot', { id: 'USLACKBOT' }],
    ['a stranger', { is_stranger: true }],
    ['somebody of another workspace', { team_id: 'T2' }],
    ['somebody of no workspace', { team_id: undefined }],
    ['somebody who never confirmed the address', { is_email_confirmed: false }],
  ])('not %s', async (_who, set) => {
    const s = await stage((_email, response) => say(response, { ok: true, user: { ...bo, ...set } }));
    expect(await s.of('bo@example.com')).toEqual({});
    // It was an answer, and is as good as any.
    expect([...s.rows.values()]).toMatchObject([{ userId: null, setBy: null }]);
  });

  test('an id that is none is not believed', async () => {
    const s = await stage((_email, response) => say(response, { ok: true, user: { ...bo, id: 'U1> <!channel' } }));
    expect(await s.of('bo@example.com')).toEqual({});
  });

  test('many at once, each asked about once; what is no address is not asked about', async () => {
    const s = await stage((email, response) =>
      setTimeout(() => say(response, { ok: true, user: { ...bo, id: `U${email.slice(0, 1).toUpperCase()}` } }), 150),
    );
    const names = Array.from('abcdefgh', (letter) => `${letter}@example.com`);
    const start = performance.now();
    const [first, second] = await Promise.all([s.of(...names), s.of(...names, 'no address', '', 'x@y@z', '<@U1>@x')]);
    expect(performance.now() - start).toBeLessThan(8 * 150);
    expect(first).toEqual(Object.fromEntries(names.map((name) => [name, `U${name.slice(0, 1).toUpperCase()}`])));
    expect(second).toEqual(first);
    expect(s.state.asked.toSorted()).toEqual(names);
  });
});

describe('what is remembered', () => {
  test('a yes for seven days, a no for one; a clock set back makes both old', async () => {
    const s = await stage();
    await s.of('bo@example.com');
    s.later(7 * day - minute);
    await s.of('bo@example.com');
    expect(s.state.asked).toHaveLength(1);
    s.later(2 * minute);
    s.state.answer = (_email, response) => say(response, { ok: false, error: 'users_not_found' });
    expect(await s.of('bo@example.com')).toEqual({});
    s.later(day - minute);
    expect(await s.of('bo@example.com')).toEqual({});
    expect(s.state.asked).toHaveLength(2);
    s.later(2 * minute);
    s.state.answer = isBo;
    expect(await s.of('bo@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
    s.later(minute + 1);
    s.ages(-365 * day);
    await s.of('bo@example.com');
    expect(s.state.asked).toHaveLength(4);
  });

  test('another installation is asked for itself', async () => {
    const s = await stage();
    await s.of('bo@example.com');
    await s.made.usersOf('I2', ['bo@example.com']);
    expect(s.state.methods.map((each) => each.slice(-2))).toEqual(['I1', 'I2']);
  });

  test('what an admin set, above all, for good, at once and without asking', async () => {
    const s = await stage();
    await s.of('bo@example.com');
    await s.made.setPerson({ installationId: 'I1', address: 'Bo@example.com', userId: null, by: 'UADMIN' });
    expect(await s.of('bo@example.com')).toEqual({});
    s.later(400 * day);
    expect(await s.of('bo@example.com')).toEqual({});
    expect(await s.made.personOf('I1', 'bo@example.com')).toEqual({ says: 'admin', userId: null, by: 'UADMIN' });
    expect(s.state.asked).toHaveLength(1);
    expect(await s.made.forgetPerson('I1', 'bo@example.com')).toBe(true);
    expect(await s.of('bo@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
    expect(await s.made.forgetPerson('I1', 'bo@example.com')).toBe(false);
  });

  test('also when Slack’s answer comes after it', async () => {
    let answer: () => void = () => {};
    const s = await stage((_email, response) => {
      answer = () => say(response, { ok: true, user: bo });
    });
    const first = s.of('bo@example.com');
    while (s.state.asked.length === 0) await pause(5);
    await s.made.setPerson({ installationId: 'I1', address: 'bo@example.com', userId: null, by: 'UADMIN' });
    answer();
    await first;
    expect(await s.of('bo@example.com')).toEqual({});
  });

  test('of an address that was never set by hand, nobody who cannot be called is set', async () => {
    const s = await stage((_user, response, method) => {
      expect(method).toBe('/api/users.info');
      say(response, { ok: true, user: { ...bo, is_bot: true } });
    });
    const set = { installationId: 'I1', address: 'bo@example.com', userId: 'U0BO', by: 'UADMIN' };
    await expect(s.made.setPerson(set)).rejects.toThrow(/an app, not a person.*`none`/);
    s.state.answer = (_user, response) => say(response, { ok: false, error: 'user_not_found' });
    await expect(s.made.setPerson(set)).rejects.toThrow(/does not know that person/);
    s.state.answer = (_user, response) => say(response, {}, 503);
    await expect(s.made.setPerson(set)).rejects.toThrow(/try again/);
    expect(s.rows.size).toBe(0);
  });
});

describe('when Slack does not say', () => {
  test.each<[string, Answer]>([
    ['an outage', (_email, response) => say(response, {}, 503)],
    ['a rate limit', (_email, response) => say(response, { ok: false, error: 'ratelimited' }, 429)],
    ['a page', (_email, response) => response.writeHead(200).end('<html>')],
    ['a cut connection', (_email, response) => response.destroy()],
    ['a missing scope', (_email, response) => say(response, { ok: false, error: 'missing_scope' })],
    ['a word nobody knows', (_email, response) => say(response, { ok: false, error: 'new_in_2027' })],
  ])('%s is not taken for "nobody", and not asked about again at once', async (_name, answer) => {
    const s = await stage(answer);
    expect(await s.of('bo@example.com')).toEqual({});
    expect(await s.of('bo@example.com')).toEqual({});
    expect(s.state.asked).toHaveLength(1);
    expect(s.rows.size).toBe(0);
    expect(s.logged).toHaveLength(1);
    expect(JSON.stringify(s.logged)).not.toMatch(/bo@|xoxb/);
    s.state.answer = isBo;
    s.later(10 * minute + 1);
    expect(await s.of('bo@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
  });

  test('one address that Slack refuses does not stop the others', async () => {
    const s = await stage((email, response, method) =>
      email.startsWith('bo') ? isBo(email, response, method) : say(response, { ok: false, error: 'invalid_arguments' }),
    );
    expect(await s.of('odd@example.com')).toEqual({});
    expect(await s.of('odd@example.com', 'bo@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
  });

  test('a missing scope is remembered for ten minutes, a rate limit as long as Slack says', async () => {
    const s = await stage((_email, response) => say(response, { ok: false, error: 'missing_scope' }));
    await s.of('bo@example.com');
    s.later(10 * minute - 1_000);
    await s.of('cy@example.com');
    expect(s.state.asked).toHaveLength(1);
    s.state.answer = (_email, response) =>
      say(response, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '120' });
    s.later(2_000);
    await s.of('bo@example.com');
    s.later(110_000);
    await s.of('bo@example.com');
    expect(s.state.asked).toHaveLength(2);
    s.later(11_000);
    await s.of('bo@example.com');
    expect(s.state.asked).toHaveLength(3);
  });

  test('asking on purpose tells a missing scope, and ends the wait once it is there', async () => {
    const s = await stage((_email, response) => say(response, { ok: false, error: 'missing_scope' }));
    await s.of('bo@example.com');
    expect(await s.made.mayLookUp('I1')).toBe('missing_scope');
    expect(await s.made.personOf('I1', 'bo@example.com')).toEqual({ says: 'nobody knows' });
    s.state.answer = (email, response, method) =>
      email.startsWith('nobody@')
        ? say(response, { ok: false, error: 'users_not_found' })
        : isBo(email, response, method);
    expect(await s.made.mayLookUp('I1')).toBe('yes');
    expect(await s.of('bo@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
  });

  test('a look-up that hangs costs a card its patience once, and its answer serves the next', async () => {
    let answer: () => void = () => {};
    const s = await stage((_email, response) => {
      answer = () => say(response, { ok: true, user: bo });
    }, short);
    const start = performance.now();
    expect(await s.of('bo@example.com')).toEqual({});
    const waited = performance.now() - start;
    expect(waited).toBeGreaterThan(550);
    expect(waited).toBeLessThan(2_000);
    // The same look-up still hangs: whoever comes now does not wait for it anew.
    expect(await s.of('bo@example.com')).toEqual({});
    expect(performance.now() - start - waited).toBeLessThan(500);
    answer();
    await expect.poll(() => s.of('bo@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
    expect(s.state.asked).toHaveLength(1);
  });

  test('some are found in time though another hangs', async () => {
    const s = await stage((email, response, method) => {
      if (email.startsWith('bo')) isBo(email, response, method);
    }, short);
    expect(await s.of('bo@example.com', 'cy@example.com')).toEqual({ 'bo@example.com': 'U0BO' });
  });

  test('a database that hangs or fails costs no more either', async () => {
    const hangs = await stage(isBo, short);
    hangs.memory.known = () => new Promise(() => {});
    const start = performance.now();
    expect(await hangs.of('bo@example.com')).toEqual({});
    expect(performance.now() - start).toBeLessThan(2_000);
    const fails = await stage();
    fails.memory.known = () => Promise.reject(new Error('disk full'));
    expect(await fails.of('bo@example.com')).toEqual({});
    expect(fails.logged).toHaveLength(1);
    const forgets = await stage();
    forgets.memory.learned = () => Promise.reject(new Error('disk full'));
    expect(await forgets.of('bo@example.com')).toEqual({});
  });

  test('closing lets go of what hangs, without a word', async () => {
    let isCut = false;
    const s = await stage((_email, response) => response.on('close', () => (isCut = true)));
    const asking = s.of('bo@example.com');
    while (s.state.asked.length === 0) await pause(5);
    s.made.close();
    expect(await asking).toEqual({});
    await expect.poll(() => isCut, { timeout: 1_000 }).toBe(true);
    expect(s.logged).toEqual([]);
  });

  test('without a token nothing is asked', async () => {
    const s = await stage(isBo, { tokenOf: async () => null });
    expect(await s.of('bo@example.com')).toEqual({});
    expect(s.state.asked).toEqual([]);
  });
});
