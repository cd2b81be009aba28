// Promise: a workspace's subscriptions can be kept as a file; what it would change is shown first, and done all at once or not at all, beside the running app.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type ProcessWorld, processWorld } from './process.ts';
import { eventually, follow, inDatabase, watch } from './view.ts';
import { connect } from './world.ts';

const script = fileURLToPath(new URL('../../scripts/config.ts', import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Entry {
  id?: string;
  channel: string;
  account: string;
  kinds: string[];
  types?: { uri: string; name: string }[];
  rules?: object[];
  look?: string;
  made_by?: string;
}
interface File {
  version: number;
  workspace: string;
  subscriptions: Entry[];
}

async function staged() {
  const w = await processWorld();
  await w.start();
  await connect(w);
  const sales = await follow(w, '"Demo call" booked canceled domain:example.com --style compact');
  const general = await follow(w, 'all', w.slack.channels.general);
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  folders.push(folder);
  const file = join(folder, 'subscriptions.yaml');
  return { w, sales, general, file };
}

async function config(w: ProcessWorld, ...args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...w.env },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = await once(child, 'close');
  return { code, said };
}

const rows = (w: ProcessWorld) => inDatabase(w.storage, 'select * from subscription order by id');

function edit(file: string, change: (all: File) => void): void {
  const all = parse(readFileSync(file, 'utf8')) as File;
  change(all);
  writeFileSync(file, stringify(all));
}

describe('subscriptions by a file', () => {
  it('are written as they are, and brought back into what the file says while the app works', async () => {
    const { w, sales, general, file } = await staged();
    expect((await config(w, 'export', file)).said).toMatch(/^2 subscriptions of T\w+ are in/);
    expect(await config(w, 'diff', file)).toEqual({
      code: 0,
      said: expect.stringMatching(/2 as before\.\nNothing differs\./),
    });
    const before = await rows(w);
    const support = w.calendly.eventTypes.find(({ name }) => name === 'Support')!;
    edit(file, ({ subscriptions }) => {
      const compact = subscriptions.find(({ look }) => look?.includes('compact'));
      Object.assign(compact!, { kinds: ['canceled', 'booked', 'noshow'], look: '' });
      subscriptions.push({
        channel: w.slack.channels.demos,
        account: 'olga@acme.example',
        kinds: ['booked'],
        types: [{ uri: support.uri, name: support.name }],
        look: '--style line',
      });
    });
    const shown = await config(w, 'diff', file);
    expect(shown.code).toBe(2);
    expect(shown.said).toMatch(
      new RegExp(`^\\+ ${w.slack.channels.demos}  olga@acme.example  "Support"  booked$`, 'm'),
    );
    expect(shown.said).toMatch(
      /^~ .*"Demo call" with 1 rule \(domain\): kinds booked canceled → booked canceled noshow; look --style compact → as usual$/m,
    );
    expect(shown.said).toMatch(/1 new, 1 changed, 0 taken away, 1 as before\.\nNothing was changed yet/);
    expect(await rows(w)).toEqual(before);
    // The app is busy meanwhile, and loses nothing.
    const names = Array.from({ length: 30 }, (_, i) => `Guest ${i} of all`);
    const booking = (async () => {
      for (const name of names) {
        w.calendly.book({ type: 'Onboarding', name });
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const done = await config(w, 'import', file);
    await booking;
    expect(done).toEqual({
      code: 0,
      said: expect.stringMatching(/1 new, 1 changed.*\nDone, all of it\. The channels are told\./),
    });
    for (const channel of [w.slack.channels.sales, w.slack.channels.demos])
      await w.slack.waitFor(() =>
        w.slack.messages(channel).some(({ text }) => /^🔔 Whoever runs me (added|changed) 1 subscription/.test(text)),
      );
    for (const name of names) await general.shows(new RegExp(`${name}\\b`));
    const deals = watch(w, w.slack.channels.demos);
    w.calendly.book({ type: 'Support', name: 'Grace Hopper' });
    await deals.shows('Grace Hopper');
    const booked = w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace', email: 'ada@example.com' });
    expect((await sales.shows('Ada Lovelace')).blocks?.length).toBeGreaterThan(1);
    w.calendly.cancel(booked);
    await sales.shows('Ada Lovelace', /^Canceled/);
    // The entry without an id is found again by what it is.
    expect((await config(w, 'diff', file)).code).toBe(0);
    expect((await config(w, 'import', file)).said).toMatch(/Nothing had to be changed/);
    expect(
      (await inDatabase(w.storage, `select what from audit where who is null order by what`)).map(({ what }) => what),
    ).toEqual(['change', 'subscribe']);
    // What is not in the file goes only when that is asked for.
    edit(file, (all) => {
      all.subscriptions = all.subscriptions.filter(({ channel }) => channel !== w.slack.channels.demos);
    });
    expect((await config(w, 'diff', file)).said).toMatch(/^· .*it stays without --prune/m);
    expect((await config(w, 'import', file)).said).toMatch(/Nothing had to be changed/);
    expect(await rows(w)).toHaveLength(3);
    expect((await config(w, 'import', file, '--prune')).said).toMatch(/1 taken away/);
    await eventually(async () => (await rows(w)).length === 2, { what: 'one is gone' });
  });

  it('what is wrong is named all at once, with its line, and nothing is half done', async () => {
    const { w, file } = await staged();
    await config(w, 'export', file);
    const before = await rows(w);
    edit(file, ({ subscriptions: [first, second] }) => {
      Object.assign(first!, { kinds: ['boooked'], account: 'nobody@acme.example', extra: 1 });
      Object.assign(second!, { channel: '#sales' });
    });
    const shape = await config(w, 'import', file);
    expect(shape.code).toBe(1);
    expect(shape.said).toMatch(/Nothing was changed\. 3 things are wrong:/);
    expect(shape.said).toMatch(/line \d+: subscriptions\.0\.kinds\.0 .*"booked"/);
    expect(shape.said).toMatch(/line \d+: subscriptions\.1\.channel is no id of a Slack channel/);
    await config(w, 'export', file);
    edit(file, (all) => {
      all.workspace = 'T0ELSE';
      const [first, second] = all.subscriptions;
      Object.assign(first!, { account: 'nobody@acme.example' });
      Object.assign(second!, { look: '--stlye card', kinds: ['booked'] });
      all.subscriptions.push({ ...second!, look: '' }, { ...second!, look: '', kinds: ['routed'] });
    });
    const sense = (await config(w, 'import', file)).said;
    expect(sense).toMatch(/workspace is T0ELSE, but this is T\w+: the file is of another workspace/);
    expect(sense).toMatch(/account is no account of this workspace; there is: olga@acme\.example/);
    expect(sense).toMatch(/look .*--style/);
    expect(sense).toMatch(/subscriptions\.3 is the same as number 3: one id stands for one subscription/);
    expect(sense).toMatch(/kinds holds routed, which needs a hook/);
    writeFileSync(file, 'version: 1\n  workspace: [');
    expect((await config(w, 'diff', file)).said).toMatch(/is not YAML: .*line/);
    expect((await config(w, 'export', '--workspace', 'T0ELSE')).said).toMatch(
      /not in the workspace T0ELSE\. It is in: T/,
    );
    // A failure in the middle of it leaves all as it was.
    await config(w, 'export', file);
    await inDatabase(w.storage, `create unique index trap on subscription (made_by) where channel_id = 'C0TRAP'`);
    edit(file, ({ subscriptions }) => {
      const [first] = subscriptions;
      const trapped = subscriptions.map((each) => ({ ...each, id: undefined, channel: 'C0TRAP' }));
      Object.assign(first!, { kinds: ['noshow'] });
      subscriptions.push(...(trapped as unknown as Entry[]));
    });
    const failed = await config(w, 'import', file);
    expect(failed).toEqual({ code: 1, said: expect.stringMatching(/Nothing was changed/) });
    expect(await rows(w)).toEqual(before);
    expect(await inDatabase(w.storage, `select what from audit where who is null`)).toEqual([]);
  });
});
