// Promise: who did what is written down, those who were not allowed to included; nobody can change it unseen, admins read it in Slack, and the operator takes
// it away as a file.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ask, modalSaying } from './people.ts';
import { eventually, follow, inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));

/** A script of ours beside the app of this world, in an empty folder. */
async function script(w: World, name: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  const env = {
    PATH: process.env.PATH ?? '',
    ENCRYPTION_KEY: w.key,
    DATA_DIR: w.storage.folder,
    ...(w.storage.url ? { DATABASE_URL: w.storage.url } : {}),
    SLACK_SIGNING_SECRET: w.slack.signingSecret,
    SLACK_BOT_TOKEN: w.slack.botToken,
    SLACK_API_URL: w.slack.apiUrl,
  };
  try {
    const child = spawn(process.execPath, [join(scripts, name), ...words], { cwd: folder, env });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out, err };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const recorded = (w: World) =>
  inDatabase(w.storage, 'select who, what, channel_id, subject, result from audit order by seq') as Promise<
    { who: string | null; what: string; channel_id: string | null; subject: string; result: string }[]
  >;

describe('the record', () => {
  it('has every act and every denial with who, what, where and what came of it', { timeout: 180_000 }, async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    const { ann, bo, gil } = w.slack.users;
    const { sales: channel } = w.slack.channels;
    await connect(w);
    const sales = await follow(w, '"Demo call" booked canceled noshow');
    await ask(w, 'bo', 'sales', 'unsubscribe');
    await ask(w, 'gil', 'demos', 'status');
    await ask(w, 'bo', 'sales', 'admin audit');
    await ask(w, 'ann', 'sales', 'mute 1h');
    await ask(w, 'ann', 'sales', 'unmute');
    await ask(w, 'ann', 'sales', 'agenda daily 9:00');
    // What a spreadsheet would take for a formula.
    await ask(w, 'ann', 'sales', 'rename "=HYPERLINK(1), x"');
    await ask(w, 'ann', 'sales', `admin host nobody@example.com <@${bo}>`);
    const booking = w.calendly.book({ name: 'Ada Lovelace', email: 'ada@example.com' });
    const card = await sales.shows('Ada Lovelace');
    await w.slack.as('bo').click(card, 'Cancel…');
    await modalSaying(w, 'bo', /Only Olga/);
    await w.slack.as('ann').click(card, 'No-show');
    await sales.shows('Ada Lovelace', /no-show/i);
    await w.slack.as('ann').click(card, 'Cancel…', { stale: true });
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /cannot be undone/));
    await modalSaying(w, 'ann', /It is canceled/);
    await w.slack.as('ann').click(await ask(w, 'ann', 'sales', 'admin erase ada@example.com'), 'Erase');
    await w.slack.waitFor(() => w.slack.ephemerals('ann').some(({ text }) => /^✅ Erased/.test(text)), {
      what: 'the receipt',
    });
    await ask(w, 'ann', 'sales', 'unsubscribe');
    const done = (who: string, what: string, where: string | null = channel) =>
      expect.objectContaining({ who, what, channel_id: where, result: 'done' });
    const no = (who: string, subject: string, code: string) =>
      expect.objectContaining({ who, what: 'denied', subject, result: `denied: ${code}` });
    await eventually(async () => (await recorded(w)).length >= 14, { what: 'the record' });
    expect(await recorded(w)).toEqual(
      expect.arrayContaining([
        done(ann, 'connect', null),
        done(ann, 'subscribe'),
        no(bo, 'unsubscribe', 'not_yours'),
        no(gil, 'status', 'guest'),
        no(bo, 'admin', 'admins_only'),
        done(ann, 'mute'),
        done(ann, 'unmute'),
        done(ann, 'agenda'),
        done(ann, 'host', null),
        no(bo, 'cancel_meeting', 'not_host'),
        done(ann, 'noshow'),
        done(ann, 'cancel'),
        done(ann, 'erase', null),
        done(ann, 'unsubscribe'),
      ]),
    );
    // What is recorded names no invitee.
    expect(JSON.stringify(await recorded(w))).not.toMatch(/ada|lovelace/i);
    expect(JSON.stringify(await recorded(w))).toContain(booking.event.uri.split('/').at(-1));

    // Admins read it in Slack.
    const page = await ask(w, 'ann', 'general', 'admin audit');
    expect(page.text).toMatch(/Who did what/);
    expect(page.text).toMatch(new RegExp(`<@${bo}> was not allowed to: \`cancel_meeting\`, in <#${channel}>`));
    expect(page.text).toMatch(new RegExp(`<@${ann}> had a person’s data erased`));

    // The operator takes it away, and it is whole.
    const lines = await script(w, 'audit.ts');
    expect([lines.code, lines.err]).toEqual([0, '✓ The record is whole.\n']);
    const entries = lines.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
    expect(entries.find(({ what }) => what === 'mute')).toMatchObject({ from: { mutedUntil: null }, who: ann });
    const csv = await script(w, 'audit.ts', '--csv');
    expect(csv.out.split('\n')[0]).toBe('workspace,seq,at,who,what,channel,subject,from,to,result,deed');
    expect(csv.out).toMatch(/"'=HYPERLINK\(1\), x"/);
    for (const line of csv.out.trim().split('\n').slice(1))
      expect(line).toMatch(/^("(?![=+@\t\r-])([^"]|"")*"(,|$)){11}$/);
    expect((await script(w, 'audit.ts', '--workspace', 'TNONE')).err).toMatch(/There is no workspace TNONE/);
  });

  it('cannot be changed through the app, and a change by hand is found', async () => {
    const w = await world();
    await connect(w);
    await follow(w, 'all');
    await ask(w, 'ann', 'sales', 'mute 1h');
    await ask(w, 'ann', 'sales', 'unmute');
    expect((await recorded(w)).length).toBe(4);
    for (const statement of [
      `update audit set who = 'U0' where what = 'mute'`,
      `update audit set result = 'done'`,
      `delete from audit where what = 'mute'`,
    ])
      await expect(inDatabase(w.storage, statement)).rejects.toThrow(/never changed|kept for 13 months/);
    expect((await script(w, 'audit.ts')).code).toBe(0);
    // Somebody who owns the database takes the lock off.
    for (const name of ['audit_unchanged', 'audit_kept'])
      await inDatabase(w.storage, w.storage.url ? `drop trigger ${name} on audit` : `drop trigger ${name}`);
    const plants: [change: string, found: RegExp][] = [
      [`update audit set who = 'U0' where what = 'mute'`, /was changed at entry 3\./],
      [`delete from audit where what = 'mute'`, /lacks entry 3\./],
      [`delete from audit where what = 'unmute'`, /lacks entry 3\.|ends at entry/],
    ];
    for (const [change, found] of plants) {
      await inDatabase(w.storage, change);
      const checked = await script(w, 'audit.ts');
      expect([checked.code, checked.err]).toEqual([1, expect.stringMatching(found)]);
      expect((await script(w, 'doctor.ts')).out).toMatch(/✗ The record of who did what in T\w+ /);
    }
  });

  it('says of an erasure by the operator that it was done, and edits what Slack shows', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await connect(w);
    const sales = await follow(w, 'all');
    w.calendly.book({ name: 'Ada Lovelace', email: 'ada@example.com' });
    await sales.shows('Ada Lovelace');
    const looked = await script(w, 'erase.ts', 'ada@example.com');
    expect(looked.out).toMatch(/^T\w+: 1 bookings, 1 messages from Calendly.*\nNothing was changed/);
    await sales.shows('Ada Lovelace');
    const erased = await script(w, 'erase.ts', 'Ada@Example.com', '--yes');
    expect([erased.code, erased.out]).toEqual([0, expect.stringMatching(/erased 1 bookings.*\n✓ Done/)]);
    await sales.shows('Erased person');
    expect(JSON.stringify(w.slack.messages(sales.id))).not.toMatch(/lovelace|ada@/i);
    expect(await recorded(w)).toContainEqual(expect.objectContaining({ who: null, what: 'erase', result: 'done' }));
    expect((await script(w, 'erase.ts', 'no address')).code).toBe(1);
  });
});
