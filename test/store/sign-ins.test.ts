// Pins the memory of sign-in links: each is used once by one browser in time, whoever else tries at the same moment, and none of its secrets is kept.

import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { installationStore } from '../../src/store/installations.ts';
import { signInStore } from '../../src/store/sign-ins.ts';
import { freshStorage } from '../storage.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function memory() {
  const storage = await freshStorage();
  opened.push(storage.remove);
  const database = await openDatabase({ url: storage.url, folder: storage.folder, keys: [randomBytes(32)] });
  opened.push(database.close);
  const { id: installationId } = await installationStore(database, uuidv7).save({
    teamId: 'T1',
    botUserId: 'UBOT',
    botToken: 'xoxb-1',
  });
  const store = signInStore(database);
  const add = (link: string, lifeMs = 60_000) =>
    store.add(link, { installationId, slackUser: 'UANN', extras: [], lifeMs });
  return { database, store, installationId, add };
}

const twenty = <T>(work: (turn: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 20 }, (_, turn) => work(turn)));

describe('a link', () => {
  test('is found by itself alone, and looking changes nothing', async () => {
    const { store, installationId, add } = await memory();
    await add('link');
    for (let i = 0; i < 3; i += 1)
      expect(await store.byLink('link', 'browser')).toMatchObject({
        installationId,
        slackUser: 'UANN',
        verifier: null,
        browser: 'none',
        isUsed: false,
        isDone: false,
      });
    expect(await store.byLink('Link', 'browser')).toBeNull();
    expect(await store.byState('link', 'browser')).toBeNull();
  });

  test('leaves with the first browser; others are too late, and so is everybody in the end', async () => {
    const { store, add } = await memory();
    await add('link');
    await add('late', -1);
    const left = await twenty((turn) => store.leave('link', { browser: `b${turn}`, state: `s${turn}`, verifier: 'v' }));
    expect(left.filter(Boolean)).toHaveLength(1);
    const first = left.indexOf(true);
    expect(await store.byLink('link', `b${first}`)).toMatchObject({ browser: 'this', verifier: 'v' });
    expect(await store.byLink('link', 'other')).toMatchObject({ browser: 'other' });
    expect(await store.leave('link', { browser: `b${first}`, state: 'again', verifier: 'w' })).toBe(true);
    expect(await store.byState(`s${first}`, `b${first}`)).toBeNull();
    expect(await store.byState('again', `b${first}`)).toMatchObject({ verifier: 'w' });
    expect(await store.leave('late', { browser: 'b', state: 's', verifier: 'v' })).toBe(false);
    expect(await store.leave('unknown', { browser: 'b', state: 's', verifier: 'v' })).toBe(false);
  });

  test('is used by one of 20 at the same time, with its browser, in time, and then never again', async () => {
    const { database, store, add } = await memory();
    await add('link');
    await store.leave('link', { browser: 'b', state: 's', verifier: 'v' });
    expect(await store.use('s', 'other')).toBe(false);
    expect(await store.use('other', 'b')).toBe(false);
    expect((await twenty(() => store.use('s', 'b'))).filter(Boolean)).toHaveLength(1);
    expect(await store.byState('s', 'b')).toMatchObject({ isUsed: true, isDone: false, verifier: null });
    expect(await store.leave('link', { browser: 'b', state: 't', verifier: 'v' })).toBe(false);
    await store.done('s');
    expect(await store.byLink('link', 'b')).toMatchObject({ isDone: true });
    await add('second');
    await store.leave('second', { browser: 'b', state: 'u', verifier: 'v' });
    await across(database.db, 'operator').updateTable('sign_in').set({ expires_at: 1 }).execute();
    expect(await store.use('u', 'b')).toBe(false);
    expect((await store.byState('u', 'b'))?.leftMs).toBeLessThan(0);
  });

  test('is forgotten a day after its end', async () => {
    const { database, store, add } = await memory();
    await add('old', -23 * 3_600_000);
    await add('older', -25 * 3_600_000);
    await add('new');
    expect(await store.byLink('old', null)).not.toBeNull();
    expect(await store.byLink('older', null)).toBeNull();
    expect(await across(database.db, 'operator').selectFrom('sign_in').select('link_hash').execute()).toHaveLength(2);
  });

  test('what somebody signed in for beside the bookings is known for longer, of them and their workspace alone', async () => {
    const { database, store, installationId, add } = await memory();
    const sign = async (link: string, extras: ('forms' | 'cards' | 'links')[], isDone: boolean) => {
      await store.add(link, { installationId, slackUser: 'UANN', extras, lifeMs: 60_000 });
      await store.leave(link, { browser: 'b', state: link, verifier: 'v' });
      if (isDone) await store.done(link);
    };
    await sign('one', ['forms', 'links'], true);
    await sign('two', ['cards'], false);
    await across(database.db, 'operator')
      .updateTable('sign_in')
      .set({ expires_at: Date.now() - 48 * 3_600_000 })
      .execute();
    await add('new');
    expect(await store.byLink('two', null)).toBeNull();
    expect(await store.byLink('one', null)).toMatchObject({ extras: ['forms', 'links'] });
    expect(await store.askedBefore({ installationId, slackUser: 'UANN' })).toEqual(['forms', 'links']);
    expect(await store.askedBefore({ installationId, slackUser: 'UBO' })).toEqual([]);
    expect(await store.askedBefore({ installationId: 'another', slackUser: 'UANN' })).toEqual([]);
  });

  test('leaves none of its secrets in the table, and a verifier opens only where it belongs', async () => {
    const { database, store, add } = await memory();
    const [link, browser, state, verifier] = Array.from({ length: 4 }, () => randomBytes(24).toString('base64url'));
    await add(link!);
    await store.leave(link!, { browser: browser!, state: state!, verifier: verifier! });
    const [row] = await across(database.db, 'operator').selectFrom('sign_in').selectAll().execute();
    const kept = Object.values(row ?? {})
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
      .join(' ');
    for (const secret of [link, browser, state, verifier]) expect(kept).not.toContain(secret);
    await add('other');
    await store.leave('other', { browser: browser!, state: 'other', verifier: 'v' });
    await across(database.db, 'operator').updateTable('sign_in').set({ verifier: row!.verifier }).execute();
    await expect(store.byState('other', browser!)).rejects.toThrow('belongs to another place');
  });
});
