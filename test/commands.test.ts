// What a person types in a terminal: each command says what it is, ends with a code that tells, and writes for whoever reads it, person or file.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../src/config.ts';
import { workOn } from '../src/terminal.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts, version } = JSON.parse(read('package.json')) as { scripts: Record<string, string>; version: string };
const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No settings, and a folder without a .env. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !(SETTING_NAMES as readonly string[]).includes(name)),
);

interface Said {
  code: number;
  out: string;
  err: string;
}

/** Runs what `npm run <name>` runs, in an empty folder. */
function npmRun(name: string, args: string[] = [], more: Record<string, string> = {}): Promise<Said> {
  const words = (scripts[name] ?? '').replace(/^.*exec node /, '').split(' ');
  const file = words.findIndex((word) => /\.[tj]s$/.test(word));
  const flags = words.slice(0, file);
  const command = [...flags, join(root, words[file] ?? ''), ...words.slice(file + 1), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: folder, env: { ...env, ...more } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
    );
  });
}

const usage = 'Usage: npm ';
const notSetUp = 'Welcome! The app is not set up yet.';

describe('each command', () => {
  it.each<[name: string, args: string[], code: number, says: string]>([
    ['start', ['--version'], 0, `calendly-for-slack ${version}, Node v`],
    ['start', ['--help'], 0, usage],
    ['start', ['--nonsense'], 2, 'I do not know --nonsense.'],
    ['start', [], 1, notSetUp],
    ['manifest', ['--help'], 0, usage],
    ['manifest', [], 2, 'Say where Slack reaches the app'],
    ['manifest', ['--nonsense'], 2, "Unknown option '--nonsense'"],
    ['doctor', [], 1, notSetUp],
    ['support', [], 0, '"notLookedAt": "settings are missing or wrong"'],
    ['backup', ['--help'], 0, usage],
    ['backup', [], 1, notSetUp],
    ['restore', ['--help'], 0, usage],
    ['restore', [], 1, usage],
    ['restore', ['nothing.db'], 1, notSetUp],
    ['config', ['--help'], 0, usage],
    ['config', ['nonsense'], 1, '“nonsense” is none of export, diff, import.'],
    ['config', ['export'], 1, 'The app’s settings are not complete'],
    ['replay', ['--help'], 0, usage],
    ['replay', [], 1, usage],
    ['replay', ['nothing.json'], 1, 'nothing.json cannot be read.'],
    ['bench', ['nonsense'], 2, 'There is no part called nonsense.'],
    ['faults', ['nonsense'], 2, 'There is no goal called NONSENSE.'],
  ])('npm run %s -- %j ends with %i', async (name, args, code, says) => {
    const said = await npmRun(name, args);
    expect(said.out + said.err).toContain(says);
    expect(said.code, said.err).toBe(code);
    // What went wrong is for people, and not for what reads the answer.
    if (code !== 0) expect(said.out).toBe('');
    for (const control of ['\x1b', '\r']) expect(said.out + said.err).not.toContain(control);
  });
});

describe('npm run release-notes', () => {
  it('prints the section of CHANGELOG.md that bears this version, and nothing else', async () => {
    const { code, out } = await npmRun('release-notes');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^## ${version.replaceAll('.', '\\.')}\n\n`));
    expect(out.match(/^## /gm)).toHaveLength(1);
    expect(read('CHANGELOG.md')).toContain(out.trim());
  });
});

const webhook = join(root, 'test/fixtures/calendly/webhooks/examples/invitee.created.json');

describe('npm run replay', () => {
  it('sends a saved webhook through the whole path, and shows the card that came of it', async () => {
    // Seen long ago, it would be over: a booking of next week is shown.
    const body = JSON.parse(readFileSync(webhook, 'utf8')) as {
      created_at: string;
      payload: { created_at: string; scheduled_event: { start_time: string; end_time: string; created_at: string } };
    };
    const now = Date.now();
    const at = (ms: number) => new Date(now + ms).toISOString();
    body.created_at = body.payload.created_at = body.payload.scheduled_event.created_at = at(0);
    body.payload.scheduled_event.start_time = at(7 * 86_400_000);
    body.payload.scheduled_event.end_time = at(7 * 86_400_000 + 1_800_000);
    const file = join(folder, 'booked.json');
    writeFileSync(file, JSON.stringify(body));
    const { code, out, err } = await npmRun('replay', [file]);
    expect(out, err).toContain('The app answered 200');
    expect(out).toContain('In the channel: Booked: ');
    expect(code).toBe(0);
  }, 180_000);

  it('says what the app answered to what is no webhook', async () => {
    const file = join(folder, 'torn.json');
    writeFileSync(file, '{"event":"invitee.created"');
    const { code, out } = await npmRun('replay', [file]);
    expect(out).toContain('The app answered 400');
    expect(code).toBe(1);
  }, 180_000);
});

describe('what takes long', () => {
  /** A file to write to, or a terminal of some width. */
  const paper = (isTTY: boolean) => {
    const written: string[] = [];
    return { isTTY, columns: 30, written, write: (text: string) => written.push(text) };
  };

  it('says in a file what it does, in lines, once two seconds have gone by', async () => {
    const file = paper(false);
    const work = workOn(file);
    work.now('Starting');
    work.now('Copying');
    expect(file.written).toEqual([]);
    await expect.poll(() => file.written).toEqual(['Copying…\n']);
    work.now('Ending');
    await expect.poll(() => file.written).toEqual(['Copying…\n', 'Ending…\n']);
    work.over();
    expect(file.written).toHaveLength(2);
  });

  it('turns on a terminal, within its line, and leaves it clean', async () => {
    const terminal = paper(true);
    const work = workOn(terminal);
    work.now('Looking at a great many things at once');
    await expect.poll(() => terminal.written.length).toBeGreaterThan(3);
    work.over();
    for (const line of terminal.written.map((each) => each.replace('\r\x1b[2K', '')))
      expect(line.length).toBeLessThan(30);
    expect(terminal.written.at(-1)).toBe('\r\x1b[2K');
  });

  it('is seen on a real terminal, where a file gets the answer alone', async () => {
    const settings = {
      SLACK_BOT_TOKEN: 'xoxb-1-a',
      SLACK_APP_TOKEN: 'xapp-1-a',
      SLACK_API_URL: 'http://127.0.0.1:9/',
    };
    const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64');
    const more = { ...settings, ENCRYPTION_KEY: key, DATA_DIR: join(folder, 'none') };
    const command = `${process.execPath} ${join(root, 'scripts/doctor.ts')}`;
    const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], { cwd: folder, env: { ...env, ...more } });
    let seen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
    await new Promise((resolve) => child.once('close', resolve));
    expect(seen).toContain('Looking at the database and at Slack…');
    const piped = await npmRun('doctor', [], more);
    expect(piped.code).toBe(1);
    expect(piped.out + piped.err).not.toContain('Looking at');
  });
});
