// The drill: a copy is taken while the app runs, everything is lost, the copy is put back, and it goes on as if nothing had been.

import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processWorld } from './process.ts';
import { lose, script } from './scripts.ts';
import { ask, eventually, figures, follow } from './view.ts';
import { connect } from './world.ts';

describe('a backup brings all back', () => {
  it('after everything was lost: known cards are edited, nothing is posted twice, and the doctor is content', {
    timeout: 120_000,
  }, async () => {
    const w = await processWorld();
    const copies = join(w.storage.folder, 'copies');
    const isServer = w.storage.url !== null;

    const tooEarly = await script('backup', { ...w.env, ...(isServer ? {} : { DATA_DIR: join(copies, 'none') }) }, [
      copies,
    ]);
    if (!isServer) expect(tooEarly).toEqual({ code: 1, said: expect.stringMatching(/^✗ There is no database in/) });
    rmSync(copies, { recursive: true, force: true });

    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    const ada = w.calendly.book({ type: 'Demo call', name: 'Ada Canary', email: 'ada@canary.example' });
    w.calendly.book({ type: 'Demo call', name: 'Bob Canary' });
    const [cardOfAda, cardOfBob] = [await sales.shows('Ada Canary'), await sales.shows('Bob Canary')];
    await eventually(async () => /deliveries\{state="shown"\} 2$/m.test((await ask(`${w.url}/metrics`)).text), {
      what: 'both cards to be written down as shown',
    });

    // While it runs, and is written to.
    const taken = await script('backup', w.env, [copies]);
    expect(taken).toEqual({
      code: 0,
      said: expect.stringMatching(
        /^✓ .*copies\/[\dTZ-]+\.(db|sql), [\d.]+ MB\. Its keys: .*copies\/data-keys\.json, .*\. Keep ENCRYPTION_KEY/,
      ),
    });
    const [name = '', ...others] = readdirSync(copies).sort();
    expect(others).toEqual(['data-keys.json']);
    const file = join(copies, name);
    for (const made of [file, join(copies, 'data-keys.json')]) {
      expect(statSync(made).mode & 0o777).toBe(0o600);
      for (const secret of ['canary.example', 'Ada Canary', w.slack.botToken, w.calendly.tokens.olga])
        expect(readFileSync(made, 'latin1')).not.toContain(secret);
    }
    expect((await ask(`${w.url}/readyz`)).status).toBe(200);

    // Beside the running app, and over what is there.
    const beside = await script('restore', w.env, [file]);
    expect(beside).toEqual({
      code: 1,
      said: expect.stringMatching(/Another process already works in|The app works in this database/),
    });
    await app.kill9();
    const over = await script('restore', w.env, [file]);
    expect(over).toEqual({ code: 1, said: expect.stringContaining('nothing is overwritten') });

    await lose(w.storage);
    // Changed while nobody listens: told by Calendly later, or found in its list.
    w.calendly.cancel(ada, { reason: 'conflict' });
    const damaged = join(w.storage.folder, `damaged.${isServer ? 'sql' : 'db'}`);
    writeFileSync(damaged, readFileSync(file));
    truncateSync(damaged, statSync(damaged).size - (isServer ? 4_000 : 40_000));
    if (!isServer) {
      expect(await script('restore', w.env, [damaged])).toEqual({
        code: 1,
        said: expect.stringContaining('is damaged'),
      });
      expect(readdirSync(w.storage.folder).filter((each) => each.startsWith('app.db'))).toEqual([]);
    }
    writeFileSync(damaged, 'something else');
    for (const [path, said] of [
      [damaged, 'is no backup'],
      [`${damaged}.not`, 'There is no file'],
    ] as const)
      expect(await script('restore', w.env, [path])).toEqual({ code: 1, said: expect.stringContaining(said) });
    const { DATABASE_URL, ...onFolder } = w.env;
    const elsewhere = DATABASE_URL ? onFolder : { ...w.env, DATABASE_URL: 'postgres://127.0.0.1:1/none' };
    expect(await script('restore', elsewhere, [file])).toEqual({
      code: 1,
      said: expect.stringMatching(/is a copy of .*DATABASE_URL/),
    });

    // Without the keys nothing would open of whoever booked: not by mistake.
    const ownKeys = join(copies, 'data-keys.json');
    const elsewhereKeys = join(w.storage.folder, 'kept.json');
    renameSync(ownKeys, elsewhereKeys);
    expect(await script('restore', w.env, [file])).toEqual({
      code: 1,
      said: expect.stringMatching(
        /^✗ There is no file .*data-keys\.json, and without the keys in it nothing opens.*--keys/,
      ),
    });
    expect(await script('restore', w.env, [file, '--keys', damaged])).toEqual({
      code: 1,
      said: expect.stringMatching(/is no file of keys made by npm run backup/),
    });
    expect(await script('restore', w.env, [file, '--keys', elsewhereKeys])).toEqual({
      code: 0,
      said: expect.stringMatching(/(^|\n)✓ Restored\.[^\n]*\n$/),
    });
    await w.start({ VERIFY_SCHEDULE: '*/2 * * * * *' });
    await sales.shows('Ada Canary', /canceled/i);
    w.calendly.book({ type: 'Demo call', name: 'Eve Canary' });
    await sales.shows('Eve Canary');
    expect(
      sales
        .cards()
        .map(({ ts }) => ts)
        .slice(0, 2),
    ).toEqual([cardOfAda.ts, cardOfBob.ts]);
    expect(sales.cards()).toHaveLength(3);
    const after = await eventually(
      async () => {
        const found = await figures(w.url);
        return found.due === 0 && found.sending === 0 && found;
      },
      { what: 'nothing to be due' },
    );
    expect([after.uncertain, after.dead, after.held]).toEqual([0, 0, 0]);
    // Calendly may still be repeating what it could not deliver: the next check finds that it is through.
    await expect
      .poll(() => script('doctor', w.env), { interval: 500 })
      .toEqual({
        code: 0,
        said: expect.stringMatching(/✓ All is well\.\n$/),
      });
  });

  it('says which programs are missing, and no password', async () => {
    const w = await processWorld();
    const secret = 'postgres://me:s3cret-word@127.0.0.1:1/none';
    const env = { ...w.env, DATABASE_URL: secret };
    const none = await script('backup', { ...env, PATH: '/nowhere' }, [join(w.storage.folder, 'copies')]);
    expect(none).toEqual({
      code: 1,
      said: expect.stringMatching(/^✗ pg_dump is not on this machine\. Install .*postgresql-client/),
    });
    const away = await script('backup', env, [join(w.storage.folder, 'copies')]);
    expect(away).toEqual({ code: 1, said: expect.stringMatching(/^✗ pg_dump did not succeed: /) });
    expect(readdirSync(join(w.storage.folder, 'copies'))).toEqual([]);
    expect(none.said + away.said).not.toContain('s3cret-word');
  });
});
