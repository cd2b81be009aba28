// Promise: what was erased opens in no backup made before: of a workspace that left, and of a person. Accounts, webhooks and subscriptions in them stay good.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openBeside } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { place } from '../../src/store/rows.ts';
import { sealer } from '../../src/store/seal.ts';
import { personalColumns } from '../../src/store/sealed.ts';
import { emptyStorage, type Storage } from '../storage.ts';
import { install, installableWorld, inWorkspace } from './installing.ts';
import { processWorld } from './process.ts';
import { lose, script } from './scripts.ts';
import { unsealed } from './unsealed.ts';
import { canary, eventually, follow, inDatabase } from './view.ts';
import { connect } from './world.ts';

const bytes = (key: string) => Buffer.from(key, 'base64');
const open = ({ url, folder }: Storage, key: string) => openBeside({ url, folder, keys: [bytes(key)] });

/** Every key of a workspace's own there is, sealed and as it is. */
async function ownKeys(storage: Storage, key: string) {
  const database = await open(storage, key);
  try {
    const rows = await across(database.db, 'operator')
      .selectFrom('data_key as k')
      .innerJoin('installation as i', 'i.id', 'k.installation_id')
      .select(['k.installation_id', 'k.generation', 'k.wrapped', 'i.team_id'])
      .execute();
    return rows.map(({ installation_id: id, generation, wrapped, team_id }) => {
      const raw = bytes(sealer([bytes(key)]).open(wrapped, place.dataKey(id, generation)));
      return { id, team_id, wrapped: Buffer.from(wrapped), raw };
    });
  } finally {
    await database.close();
  }
}

/** Time for the new keys of the workspaces to come to their own; as if they had been made a minute ago. */
async function settled(storage: Storage): Promise<void> {
  await inDatabase(storage, 'update data_key set usable_at = usable_at - 60000 where settled_at is null');
  await eventually(
    async () => (await inDatabase(storage, 'select 1 from data_key where settled_at is null')).length === 0,
    { what: 'everything personal to be under the keys of its workspace', timeoutMs: 150_000 },
  );
}

/** Of each personal value whether anything opens it: the app's own way, and each of these keys by force. By the installation. */
async function opened(storage: Storage, key: string, others: readonly Buffer[]) {
  const database = await open(storage, key);
  const found = new Map<string, { opened: string[]; closed: number }>();
  try {
    // In the guise of ENCRYPTION_KEY each key is tried on each value.
    const seals = [database.seal, ...[bytes(key), ...others].map((each) => sealer([each]))];
    for (const { table, column, place: placeOf } of personalColumns) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
        across(database.db, 'operator'),
      );
      for (const row of rows) {
        const value = row[column];
        if (!(value instanceof Uint8Array) || value.length === 0) continue;
        const of = found.getOrInsertComputed(String(row.installation_id), () => ({ opened: [], closed: 0 }));
        const text = seals.map((seal) => attempt(() => seal.open(value, placeOf(row)))).find((each) => each !== null);
        if (text) of.opened.push(text);
        else of.closed += 1;
      }
    }
    return found;
  } finally {
    await database.close();
  }
}

function attempt(work: () => string): string | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** As bytes, and as PostgreSQL writes bytes. */
function held(path: string, secrets: readonly (Buffer | string)[]): string[] {
  const file = readFileSync(path);
  const forms = secrets.flatMap((secret) => {
    const raw = Buffer.from(secret as string);
    return [raw, Buffer.from(raw.toString('hex')), Buffer.from(raw.toString('base64'))];
  });
  return forms.flatMap((form) => (file.includes(form) ? [`${path} at ${file.indexOf(form)}`] : []));
}

const refuseBytes = (path: string, secrets: readonly (Buffer | string)[]) => expect(held(path, secrets)).toEqual([]);

const copiesIn = (folder: string) =>
  readdirSync(folder)
    .filter((each) => each !== 'data-keys.json')
    .sort();

describe('a workspace that left', () => {
  it('opens in no backup once its data is purged and a new one is made; the other is whole', {
    timeout: 400_000,
  }, async () => {
    const w = await installableWorld({ SLACK_CHANNEL_RATE: '100' });
    const team = w.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false });
    const beta = inWorkspace(w, team);
    for (const each of [w, beta]) {
      await install(each === w ? w : w, each.slack.team);
      await connect(each);
      await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
    }
    const shown = (each: typeof beta) =>
      each.slack.messages(each.slack.channels.sales).some((m) => /Ada Canary/.test(m.text));
    w.calendly.book({ name: 'Ada Canary', email: 'ada@canary.example' });
    await w.slack.waitFor(() => shown(w) && shown(beta), { what: 'a card in both', timeoutMs: 45_000 });
    await settled(w.storage);

    const env = {
      DATA_DIR: w.storage.folder,
      ...(w.storage.url ? { DATABASE_URL: w.storage.url } : {}),
      ENCRYPTION_KEY: w.key,
      SLACK_SIGNING_SECRET: w.slack.signingSecret,
      SLACK_BOT_TOKEN: w.slack.botToken,
    };
    const copies = join(w.storage.folder, 'copies');
    const before = await ownKeys(w.storage, w.key);
    const gone = before.find(({ team_id }) => team_id === team.team.id)!;
    expect(before).toHaveLength(2);
    expect((await script('backup', env, [copies])).code).toBe(0);
    const [first = ''] = copiesIn(copies);
    refuseBytes(join(copies, first), [
      ...before.flatMap(({ wrapped, raw }) => [wrapped, raw]),
      'Ada Canary',
      'ada@canary.example',
    ]);
    expect(readFileSync(join(copies, 'data-keys.json'), 'utf8')).toContain(gone.wrapped.toString('base64'));

    await team.uninstall();
    await w.slack.waitFor(() => w.calendly.hooks.length === 1, { what: 'the hook to be deleted' });
    await w.restart({ ...w.env, PURGE_AFTER_HOURS: '0' });
    await eventually(
      async () =>
        (await inDatabase(w.storage, `select 1 from installation where team_id = '${team.team.id}'`)).length === 0,
      { what: 'the workspace to be forgotten', timeoutMs: 200_000 },
    );
    // Whoever reads at this moment, as this test did, keeps the log for that long.
    const files = w.storage.url ? [] : ['app.db', 'app.db-wal'].map((file) => join(w.storage.folder, file));
    await eventually(async () => files.every((file) => held(file, [gone.wrapped, gone.raw]).length === 0), {
      what: 'its key to be in none of the files',
    });
    expect((await script('backup', env, [copies])).code).toBe(0);
    expect(copiesIn(copies)).toHaveLength(2);
    refuseBytes(join(copies, 'data-keys.json'), [gone.wrapped, gone.raw]);

    const other = await emptyStorage();
    try {
      const there = { ...env, DATA_DIR: other.folder, ...(other.url ? { DATABASE_URL: other.url } : {}) };
      const restored = await script('restore', there, [join(copies, first)]);
      expect(restored).toEqual({
        code: 0,
        said: expect.stringMatching(
          new RegExp(
            `✓ Restored\\.[^\\n]*\\n  ${team.team.id}: its accounts, webhooks and subscriptions are back\\. The key of .*1 × booking.* is gone`,
          ),
        ),
      });
      expect(restored.said.match(/is gone/g)).toHaveLength(1);
      const left = await ownKeys(other, w.key);
      expect(left.map(({ id }) => id)).toEqual(before.filter(({ id }) => id !== gone.id).map(({ id }) => id));
      const found = await opened(
        other,
        w.key,
        left.map(({ raw }) => raw),
      );
      expect(found.get(gone.id)!.opened).toEqual([]);
      expect(found.get(gone.id)!.closed).toBeGreaterThan(3);
      const mine = found.get(left[0]!.id)!;
      expect([mine.closed, mine.opened.some((text) => text.includes('ada@canary.example'))]).toEqual([0, true]);
      if (!other.url) refuseBytes(join(other.folder, 'app.db'), [gone.wrapped, gone.raw]);
      // The key that was destroyed would have opened it: it is what stood between.
      expect((await opened(other, w.key, [gone.raw])).get(gone.id)!.opened.length).toBeGreaterThan(3);
    } finally {
      await other.remove();
    }
  });
});

describe('a person', () => {
  it('is erased from backups as well; killed midway, a second run goes on; a backup without its keys brings back all but people, and these return from Calendly’s list', {
    timeout: 400_000,
  }, async () => {
    const w = await processWorld();
    const key = w.env.ENCRYPTION_KEY!;
    const app = await w.start();
    await connect(w);
    const sales = await follow(w, 'all');
    w.calendly.book({ type: 'Demo call', name: 'Ada Canary', email: 'ada@canary.example' });
    w.calendly.book({ type: 'Demo call', name: 'Bob Canary', email: 'bob@canary.example' });
    await sales.shows('Ada Canary');
    const bob = await sales.shows('Bob Canary');
    await settled(w.storage);
    const copies = join(w.storage.folder, 'copies');
    expect((await script('backup', w.env, [copies])).code).toBe(0);
    const [first = ''] = copiesIn(copies);
    const [old] = await ownKeys(w.storage, key);

    const words = ['ada@canary.example', '--yes', '--backups'];
    const killed = await script('erase', w.env, words, 'waiting until');
    expect([killed.code, killed.said]).toEqual([null, expect.stringMatching(/erased 1 bookings/)]);
    expect(await ownKeys(w.storage, key)).toHaveLength(2);
    const done = await script('erase', w.env, words);
    expect(done).toEqual({
      code: 0,
      said: expect.stringMatching(
        /the earlier key is destroyed, at .*Copies from before .*delete those\.\n✓ Done\. Make a backup now, into every folder/s,
      ),
    });
    for (const secret of [key, old!.raw.toString('base64'), 'Canary'])
      expect(killed.said + done.said).not.toContain(secret);
    // Nobody at work noticed.
    await canary(w, sales);
    const kept = await unsealed(w.storage, key);
    expect(kept).toContain('bob@canary.example');
    expect(kept).not.toContain('ada@canary.example');
    const now = await ownKeys(w.storage, key);
    expect(now).toHaveLength(1);
    expect((await script('backup', w.env, [copies])).code).toBe(0);
    const second = copiesIn(copies).at(-1)!;
    for (const secret of [key, old!.raw.toString('base64'), now[0]!.raw.toString('base64')])
      expect(app.stdout() + app.stderr()).not.toContain(secret);

    await app.kill9();
    await lose(w.storage);
    const restored = await script('restore', w.env, [join(copies, first)]);
    expect(restored).toEqual({ code: 0, said: expect.stringMatching(/The key of .*2 × booking.* is gone/) });
    const found = [
      ...(
        await opened(
          w.storage,
          key,
          now.map(({ raw }) => raw),
        )
      ).values(),
    ];
    expect(found.map((each) => each.opened)).toEqual([[]]);
    expect(found[0]!.closed).toBeGreaterThan(3);
    expect(await script('doctor', w.env)).toEqual({
      code: 1,
      said: expect.stringMatching(
        /✗ What is personal cannot be opened where the key of its workspace is gone: .*2 × booking/,
      ),
    });
    const again = await w.start();
    await canary(w, sales);
    await eventually(async () => (await openedText(w.storage, key)).includes('bob@canary.example'), {
      what: 'Bob to be back from the list',
    });
    expect(
      sales
        .cards()
        .filter(({ text }) => /Bob/.test(text))
        .map(({ ts }) => ts),
    ).toEqual([bob.ts]);
    await eventually(async () => (await openedText(w.storage, key)).includes('connection.user_name Olga'), {
      what: 'the name of the account to be back',
      timeoutMs: 45_000,
    });
    await again.kill9();

    await lose(w.storage);
    const bare = await script('restore', w.env, [join(copies, second), '--without-keys']);
    expect(bare).toEqual({ code: 0, said: expect.stringMatching(/The key of .* × booking.* is gone/) });
    await w.start();
    await canary(w, sales);
  });
});

/** What opens of the personal values, each with its column. */
async function openedText(storage: Storage, key: string): Promise<string> {
  const database = await open(storage, key);
  try {
    const found: string[] = [];
    for (const { table, column, place: placeOf } of personalColumns) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
        across(database.db, 'operator'),
      );
      for (const row of rows) {
        const value = row[column];
        if (value instanceof Uint8Array && value.length > 0)
          found.push(`${table}.${column} ${attempt(() => database.seal.open(value, placeOf(row))) ?? ''}`);
      }
    }
    return found.join('\n');
  } finally {
    await database.close();
  }
}
