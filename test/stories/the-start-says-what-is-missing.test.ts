// Whoever starts the app wrongly reads what is wrong and how to put it right: no stack, no guessing, no half start.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { processWorld, type Running, runMain } from './process.ts';
import { canary, figures, follow, inDatabase } from './view.ts';
import { connect } from './world.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** It ended by itself, with words for people and nothing for programmers. */
async function refused(app: Running): Promise<string> {
  expect(await app.ended).toEqual({ code: 1, signal: null });
  const said = app.stderr();
  expect(said).not.toMatch(/^\s+at |node:internal|\.ts:\d|Error:|undefined|\[object/m);
  expect(said.trim()).not.toBe('');
  expect(said.split('\n').length).toBeLessThanOrEqual(31);
  return said;
}

describe('the start says what is missing', { timeout: 60_000 }, () => {
  it('with nothing set: a short guide', async () => {
    const said = await refused(runMain({}));
    for (const name of ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN', 'ENCRYPTION_KEY', 'PUBLIC_URL'])
      expect(said).toContain(name);
    expect(said).toMatch(/npm run demo/);
    expect(said).toMatch(/npm run manifest/);
    expect(said).toMatch(/ENCRYPTION_KEY=[A-Za-z0-9+/]{43}=/);
  });

  it('all problems at once, without the values', async () => {
    const said = await refused(
      runMain({
        PORT: '99999',
        PUBLIC_URL: 'http://bookings.example.com',
        ENCRYPTION_KEY: 'c2VjcmV0LWtleQ==',
        SLACK_BOT_TOKEN: 'xapp-1-secret-canary',
        SLACK_SIGNING_SECRET: 'canary',
        DATABASE_URL: 'mysql://root:canary@db',
        VERIFY_SCHEDULE: 'every now and then',
        LOG_LEVEL: 'loud',
      }),
    );
    for (const name of [
      'PORT',
      'PUBLIC_URL',
      'ENCRYPTION_KEY',
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'DATABASE_URL',
      'VERIFY_SCHEDULE',
      'LOG_LEVEL',
    ])
      expect(said).toMatch(new RegExp(`^ *${name} `, 'm'));
    expect(said).not.toMatch(/canary|c2VjcmV0/);
  });

  it('a taken port', async () => {
    const w = await processWorld();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    undo.push(async () => void other.close());
    const port = String((other.address() as AddressInfo).port);
    const said = await refused(runMain({ ...w.env, PORT: port }));
    expect(said).toContain(port);
    expect(said).toContain('PORT');
  });

  it('a data folder that cannot be one', async () => {
    const w = await processWorld();
    const folder = mkdtempSync(join(tmpdir(), 'no-folder-'));
    undo.push(async () => rmSync(folder, { recursive: true }));
    const file = join(folder, 'file');
    writeFileSync(file, 'not a folder');
    const { DATABASE_URL: _, ...env } = w.env as Record<string, string>;
    const said = await refused(runMain({ ...env, DATA_DIR: join(file, 'data') }));
    expect(said).toContain('DATA_DIR');
  });

  it('a file that is no database', async () => {
    const w = await processWorld();
    const folder = mkdtempSync(join(tmpdir(), 'no-database-'));
    undo.push(async () => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'app.db'), 'x'.repeat(10_000));
    const { DATABASE_URL: _, ...env } = w.env as Record<string, string>;
    const said = await refused(runMain({ ...env, DATA_DIR: folder }));
    expect(said).toContain(folder);
  });

  it('another key than the one everything was sealed with', async () => {
    const w = await processWorld();
    const app = await w.start();
    await connect(w);
    const sales = await follow(w);
    await app.kill9();
    const said = await refused(runMain({ ...w.env, ENCRYPTION_KEY: Buffer.alloc(32, 'another').toString('base64') }));
    expect(said).toContain('ENCRYPTION_KEY');
    // Nothing was harmed: with both, or the old one alone, all goes on.
    const both = `${Buffer.alloc(32, 'another').toString('base64')},${w.env.ENCRYPTION_KEY}`;
    await w.start({ ENCRYPTION_KEY: both });
    await canary(w, sales);
  });

  it('a second process on the same data: refused on SQLite, welcome on PostgreSQL', async () => {
    const w = await processWorld();
    await w.start();
    await connect(w);
    const sales = await follow(w);
    const second = runMain({ ...w.env, PORT: '0' });
    if (w.storage.engine === 'sqlite') {
      const said = await refused(second);
      expect(said).toContain(w.storage.folder);
      expect(said).toContain('DATA_DIR');
      expect(said).toContain('DATABASE_URL');
    } else {
      await w.slack.waitFor(() => second.logged('listening'), { what: 'the second process', timeoutMs: 45_000 });
    }
    for (let i = 0; i < 20; i++) w.calendly.book({ name: `Guest ${i}` });
    await w.slack.waitFor(() => sales.cards().length === 20, { what: 'twenty cards', timeoutMs: 45_000 });
    await canary(w, sales);
    expect(sales.cards()).toHaveLength(21);
    expect((await figures(w.url)).uncertain).toBe(0);
  });

  it('a server that may lose what it has confirmed, or is not there', async () => {
    const w = await processWorld();
    if (w.storage.engine === 'sqlite') {
      // The embedded database cannot be set unsafely from outside: what stands in the file is set at every start.
      const app = await w.start();
      await app.kill9();
      await inDatabase(w.storage, 'pragma journal_mode = delete');
      await w.start();
      expect(await inDatabase(w.storage, 'pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      return;
    }
    const admin = new pg.Client({ connectionString: w.storage.url! });
    await admin.connect();
    const role = `unsafe_${Math.random().toString(36).slice(2)}`;
    undo.push(async () => {
      await admin.query(`drop owned by ${role}; drop role ${role}`);
      await admin.end();
    });
    const database = new URL(w.storage.url!).pathname.slice(1);
    await admin.query(
      `create role ${role} login superuser password 'p'; alter role ${role} set synchronous_commit = off`,
    );
    const url = new URL(w.storage.url!);
    url.username = role;
    url.password = 'p';
    const said = await refused(runMain({ ...w.env, DATABASE_URL: url.href }));
    expect(said).toMatch(/synchronous_commit = off/);
    await admin.query(`alter role ${role} reset synchronous_commit`);
    const app = await w.start({ DATABASE_URL: url.href });
    await app.kill9();
    url.pathname = `/${database}_that_is_not_there`;
    expect(await refused(runMain({ ...w.env, DATABASE_URL: url.href }))).toContain('DATABASE_URL');
  });
});
