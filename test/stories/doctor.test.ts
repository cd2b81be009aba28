// `npm run doctor`: beside the running app it finds what should never be, names the cure, and gives nothing away.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ofAnother } from '../../src/booking/intake.ts';
import { keyIdFor } from '../../src/store/seal.ts';
import { type ProcessWorld, processWorld } from './process.ts';
import { ask, eventually, follow, inDatabase } from './view.ts';
import { connect } from './world.ts';

const script = fileURLToPath(new URL('../../scripts/doctor.ts', import.meta.url));

/** Runs the doctor with these settings and nothing else, in an empty folder. */
async function doctor(env: Record<string, string>, of = script): Promise<{ code: number | null; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  try {
    const child = spawn(process.execPath, [of], { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env } });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = await once(child, 'close');
    return { code, said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An app with a card shown, a subscription, an account and its hook. */
async function inUse(): Promise<{ w: ProcessWorld; stop(): Promise<void> }> {
  const w = await processWorld();
  const app = await w.start();
  await connect(w);
  const sales = await follow(w, '"Demo call" booked');
  w.calendly.book({ type: 'Demo call', name: 'Ada Canary', email: 'ada@canary.example' });
  w.calendly.book({ type: 'Support', name: 'Nobody Wants' });
  await sales.shows('Ada Canary');
  await w.calendly.idle();
  await eventually(async () => /deliveries\{state="shown"\} 1$/m.test((await ask(`${w.url}/metrics`)).text), {
    what: 'the card to be written down as shown',
  });
  return {
    w,
    async stop() {
      app.child.kill('SIGTERM');
      await app.ended;
    },
  };
}

describe('the doctor', () => {
  it('without settings: shows how to set it up', async () => {
    const { code, said } = await doctor({});
    expect(code).toBe(1);
    expect(said).toContain('Welcome! The app is not set up yet.');
  });

  it('before the first start: says so', async () => {
    const w = await processWorld();
    const { code, said } = await doctor(w.env);
    expect([code, said]).toEqual([1, expect.stringMatching(/^✗ .*Start the app once.*npm start/)]);
  });

  it('beside a healthy app: all is well, the sums are right, and nobody’s secrets are told', async () => {
    const { w } = await inUse();
    const { code, said } = await doctor(w.env);
    expect(said).toMatch(
      w.storage.url
        ? /^Looked at PostgreSQL\.\nRow-level security is in force\.\n/
        : /^Looked at SQLite in .*\nChanges: /,
    );
    expect(said).toContain('2 received = 1 for a channel + 0 pending + 1 suppressed + 0 quarantined');
    expect(said).toContain('1 to send = 1 shown + 0 due + 0 held + 0 suppressed + 0 uncertain + 0 dead');
    expect(said).toMatch(/✓ All is well\.\n$/);
    expect(code).toBe(0);
    const bundle = await doctor(w.env, script.replace('doctor.ts', 'support.ts'));
    expect(bundle.code).toBe(0);
    expect(JSON.parse(bundle.said)).toMatchObject({
      wrong: [],
      memory: { findings: [], ledger: { messages: { shown: 1 } } },
    });
    const { SLACK_BOT_TOKEN, ENCRYPTION_KEY, SLACK_SIGNING_SECRET, DATABASE_URL } = w.env;
    for (const secret of [SLACK_BOT_TOKEN, ENCRYPTION_KEY, SLACK_SIGNING_SECRET, DATABASE_URL, 'anary', 'acme.example'])
      if (secret) expect(said + bundle.said).not.toContain(secret);
    // The app never noticed.
    expect((await ask(`${w.url}/readyz`)).status).toBe(200);
  });

  it('names everything that is off, each with its cure', { timeout: 180_000 }, async () => {
    const { w, stop } = await inUse();
    await stop();
    const past = Date.now() - 3_600_000;
    const ahead = Date.now() + 3_600_000;
    const plants: [what: RegExp, plant: string, undo: string][] = [
      [
        /1 change waits to be looked at for more than a minute\.\n.*See that the app runs.*folding failed/,
        `update change set folded_at = null, received_at = ${past} where verdict like 'supp%'`,
        `update change set folded_at = 1 where folded_at is null`,
      ],
      [
        /1 change could not be read \(quarantined\)/,
        `update change set verdict = 'quarantined: x' where verdict like 'supp%'`,
        `update change set verdict = 'suppressed: x' where verdict like 'quar%'`,
      ],
      [
        /1 message came to the address of one account and was told for another \(quarantined\)/,
        `update change set verdict = 'quarantined: ${ofAnother}' where verdict like 'supp%'`,
        `update change set verdict = 'suppressed: x' where verdict like 'quar%'`,
      ],
      [
        /1 message is due in a channel that nobody will look at/,
        `update delivery set state = 'due', due_at = ${past}`,
        `update delivery set state = 'shown', due_at = null`,
      ],
      [
        /1 message was left half sent, and nobody took over/,
        `update delivery set state = 'sending', op = 'edit'`,
        `update delivery set state = 'shown', op = null`,
      ],
      [
        /1 channel is held longer than a lease lasts/,
        `update lane set lease_until = ${ahead}`,
        'update lane set lease_until = 0',
      ],
      [
        /1 channel has had messages due for more than a minute, and no worker came/,
        `update lane set due_at = ${past}`,
        'update lane set due_at = null',
      ],
      [
        /\d bookings? (is|are) known by no invitee/,
        `insert into booking (installation_id, id, connection_id, version, state, ends_at, updated_at)
         select installation_id, 'x' || id, connection_id, version, state, ends_at, updated_at from booking`,
        `delete from booking where id like 'x%'`,
      ],
      [
        /1 message waits for a subscription that is gone/,
        `update delivery set state = 'held', subscription_id = 'x' || subscription_id, updated_at = 1, reason = ts, ts = null`,
        `update delivery set state = 'shown', subscription_id = substr(subscription_id, 2), ts = reason`,
      ],
      [
        /The workspace T\w+ refuses the app\. My token was revoked\.\n.*Install the app there again/,
        `update installation set state = 'broken', reason = 'My token was revoked.'`,
        `update installation set state = 'active', reason = null`,
      ],
      [
        /In the workspace T\w+ Slack did not give the app what it needs: groups:read\.\n.*install it there once more/,
        `update installation set scopes = replace(scopes, 'groups:read', 'x')`,
        `update installation set scopes = replace(scopes, ',x', ',groups:read')`,
      ],
      [
        /The Calendly account that U\w+ connected does not work\./,
        `update connection set state = 'broken'`,
        `update connection set state = 'active'`,
      ],
      [
        /its hook for bookings is “disabled”\.\n.*\/calendly verify/,
        `update hook set state = 'disabled'`,
        `update hook set state = 'active'`,
      ],
      [
        /The ledger’s figures of messages differ from the messages there are/,
        `update tally set n = n + 1 where what = 'message' and state = 'shown'`,
        `update tally set n = n - 1 where what = 'message' and state = 'shown'`,
      ],
      [
        /The ledger’s figures of changes differ from the changes there are/,
        `update tally set n = n + 1 where what = 'change' and state in ('shown', 'received')`,
        `update tally set n = n - 1 where what = 'change' and state in ('shown', 'received')`,
      ],
      [
        /The ledger’s figures of changes differ from the changes there are/,
        `update tally set n = n + case when state = 'shown' then 1 else -1 end where what = 'change' and state in ('shown', 'suppressed')`,
        `update tally set n = n - case when state = 'shown' then 1 else -1 end where what = 'change' and state in ('shown', 'suppressed')`,
      ],
      ...(w.storage.url
        ? [
            [
              /Row-level security is not in force on 1 table: lane\./,
              'alter table lane no force row level security',
              'alter table lane force row level security',
            ] satisfies [RegExp, string, string],
          ]
        : []),
      // The last one cannot be undone.
      [
        /1 Calendly token of those I tried does not open with ENCRYPTION_KEY/,
        `update connection set token = substr(token, 1, 40) || ${w.storage.url ? "'\\x00'" : "x'00'"}`,
        'select 1',
      ],
    ];
    expect((await doctor(w.env)).said).toMatch(/All is well/);
    for (const [what, plant, undo] of plants) {
      await inDatabase(w.storage, plant);
      const { code, said } = await doctor(w.env);
      expect([code, said]).toEqual([1, expect.stringMatching(what)]);
      expect(said, plant).toMatch(/^\d+ things? (is|are) off\.$/m);
      await inDatabase(w.storage, undo);
    }
    // As if another key had sealed it: its name stands behind the first byte.
    const named = (column: string, id: Buffer) =>
      w.storage.url
        ? `overlay(${column} placing '\\x${id.toString('hex')}'::bytea from 2 for 4)`
        : `cast(substr(${column}, 1, 1) || x'${id.toString('hex')}' || substr(${column}, 6) as blob)`;
    await inDatabase(w.storage, 'update data_key set usable_at = 1');
    const master = keyIdFor(Buffer.from(w.env.ENCRYPTION_KEY!, 'base64'));
    await inDatabase(w.storage, `update change set body = ${named('body', master)}`);
    expect((await doctor(w.env)).said).toMatch(
      /\d+ values of what is personal are sealed with ENCRYPTION_KEY alone, not with the key of their workspace\.\n.*looks for more each night/,
    );
    await inDatabase(w.storage, `update booking set state = ${named('state', Buffer.of(1, 2, 3, 4))}`);
    expect((await doctor(w.env)).said).toMatch(
      /cannot be opened where the key of its workspace is gone: [1-9] × booking\.\n.*data-keys\.json/,
    );
  });

  it('says when the schedule did not run, when an account has no hook, and what waits for a person', async () => {
    const { w, stop } = await inUse();
    await stop();
    const past = Date.now() - 3_600_000;
    await inDatabase(w.storage, `update connection set created_at = ${past}, checked_at = ${past}`);
    await inDatabase(w.storage, `update hook set state = 'retired'`);
    await inDatabase(w.storage, `update delivery set state = 'dead'`);
    const { said } = await doctor({ ...w.env, VERIFY_SCHEDULE: '*/10 * * * *', COMMAND_NAME: '/bookings' });
    expect(said).toMatch(/was last checked \d+ minutes ago/);
    expect(said).toMatch(/has no hook\.\n.*`\/bookings verify` makes one/);
    expect(said).toContain('1 message waits for a person. In Slack, an admin types /bookings admin dead.');
    // Rarely is no fault.
    expect((await doctor(w.env)).said).not.toMatch(/last checked/);
  });

  it('compares the clocks, and says when Slack cannot be reached', async () => {
    const { w } = await inUse();
    const server = createServer((_req, res) => {
      res.setHeader('date', new Date(Date.now() + 600_000).toUTCString());
      res.end('{"ok":true}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
    const off = await doctor({ ...w.env, SLACK_API_URL: url });
    expect([off.code, off.said]).toEqual([
      1,
      expect.stringMatching(/Slack’s clock is (599|600|601) s ahead of this machine’s/),
    ]);
    await new Promise((resolve) => server.close(resolve));
    const gone = await doctor({ ...w.env, SLACK_API_URL: url });
    expect(gone.said).toContain('Slack cannot be reached from here (ECONNREFUSED).');
  });

  it('finds what was sealed with another key, and gives no password away when the database is not there', async () => {
    const { w } = await inUse();
    const { code, said } = await doctor({ ...w.env, ENCRYPTION_KEY: Buffer.alloc(32, 'another').toString('base64') });
    expect(code).toBe(1);
    for (const what of ['bot token', 'key of a workspace', 'Calendly token', 'signing key'])
      expect(said).toMatch(new RegExp(`\\d ${what} of those I tried`));
    const nowhere = await doctor({ ...w.env, DATABASE_URL: 'postgres://me:s3cret-word@127.0.0.1:1/none' });
    expect(nowhere.said).toMatch(/^✗ .*ECONNREFUSED/);
    expect(nowhere.said).not.toContain('s3cret-word');
  });
});
