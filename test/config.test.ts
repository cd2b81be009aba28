// The settings: defaults, every rule, all problems at once, no secret in any of them, and the guide that prints them.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { environment, readConfig, SETTING_NAMES } from '../src/config.ts';
import { Refusal } from '../src/errors.ts';
import { setupGuide } from '../src/setup-guide.ts';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64');
const OTHER_KEY = Buffer.from(Array.from({ length: 32 }, (_, at) => 200 - at)).toString('base64');
const NEEDED = {
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  SLACK_BOT_TOKEN: 'xoxb-1-2-abc',
  ENCRYPTION_KEY: KEY,
};

function config(env: NodeJS.ProcessEnv) {
  const result = readConfig({ ...NEEDED, ...env });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** The problems as `NAME problem`. */
function problems(env: NodeJS.ProcessEnv): string[] {
  const result = readConfig(env);
  return result.ok ? [] : result.problems.map(({ name, problem }) => `${name} ${problem}`);
}

test('what is needed is enough, and the rest has the documented defaults', () => {
  const result = config({});
  expect(result).toMatchObject({
    port: 3000,
    host: '0.0.0.0',
    publicUrl: null,
    databaseUrl: null,
    dataDir: './data',
    slackBotToken: 'xoxb-1-2-abc',
    slackClient: null,
    slackAppToken: null,
    calendlyClient: null,
    commandName: '/calendly',
    verifySchedule: '*/10 * * * *',
    logLevel: 'info',
    retentionDays: 90,
    slackChannelRate: 1,
  });
  expect(result.slackApiUrl.href).toBe('https://slack.com/api/');
  expect(result.slackAuthorizeUrl.href).toBe('https://slack.com/oauth/v2/authorize');
  expect(result.calendlyApiUrl.origin).toBe('https://api.calendly.com');
  expect(result.calendlyAuthUrl.origin).toBe('https://auth.calendly.com');
  expect(result.encryptionKeys.map((key) => key.toString('base64'))).toEqual([KEY]);
  expect(Object.isFrozen(result)).toBe(true);
});

test('a blank setting counts as not set, and white space around a value does not matter', () => {
  expect(config({ PORT: ' ', COMMAND_NAME: '', DATABASE_URL: '', SLACK_BOT_TOKEN: ' xoxb-1\n' })).toMatchObject({
    port: 3000,
    commandName: '/calendly',
    databaseUrl: null,
    slackBotToken: 'xoxb-1',
  });
});

test('everything wrong is named at once, in the order of the settings', () => {
  expect(problems({ PORT: '80a', LOG_LEVEL: 'loud', RETENTION_DAYS: '0' })).toEqual([
    'PORT must be a whole number from 0 to 65535',
    'ENCRYPTION_KEY is missing',
    'SLACK_SIGNING_SECRET is missing',
    'SLACK_BOT_TOKEN is missing',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
    'RETENTION_DAYS must be a whole number from 1 to 400',
  ]);
});

const HEX_KEY = Buffer.from(KEY, 'base64').toString('hex');
const WRONG: [name: string, value: string, problem: RegExp][] = [
  ['PORT', '65536', /from 0 to 65535/],
  ['PORT', '-1', /from 0 to 65535/],
  ['PORT', '3000.5', /from 0 to 65535/],
  ['PORT', '1e3', /from 0 to 65535/],
  ['HOST', 'http://localhost', /IP address or a host name/],
  ['PUBLIC_URL', 'bookings.example.com', /https:\/\//],
  ['PUBLIC_URL', 'http://bookings.example.com', /this machine only/],
  ['PUBLIC_URL', 'http://localhost.example.com', /this machine only/],
  ['PUBLIC_URL', 'http://127.0.0.1.example.com', /this machine only/],
  ['PUBLIC_URL', 'ftp://localhost', /https:\/\//],
  ['PUBLIC_URL', 'https://bookings.example.com/app', /bare address/],
  ['PUBLIC_URL', 'https://bookings.example.com/?a=b', /query/],
  ['PUBLIC_URL', 'https://bookings.example.com/#', /query/],
  ['PUBLIC_URL', 'https://me:secret@bookings.example.com', /user name/],
  ['PUBLIC_URL', 'https://your.host', /placeholder/],
  ['SLACK_API_URL', 'http://slack.example.com/api/', /this machine only/],
  ['SLACK_AUTHORIZE_URL', 'slack', /https:\/\//],
  ['CALENDLY_API_URL', 'http://10.0.0.1', /this machine only/],
  ['CALENDLY_API_URL', 'https://api.calendly.com/v2', /bare address/],
  ['CALENDLY_AUTH_URL', 'file:///etc/passwd', /https:\/\//],
  ['DATABASE_URL', 'mysql://db/app', /postgres:\/\//],
  ['DATABASE_URL', 'postgres://me:a/b#c@db:port/app', /cannot be read/],
  ['ENCRYPTION_KEY', 'c2hvcnQ=', /5 bytes instead of 32/],
  ['ENCRYPTION_KEY', `${KEY}AAAA`, /not base64/],
  ['ENCRYPTION_KEY', `${KEY.slice(0, 20)}!${KEY.slice(21)}`, /not base64/],
  ['ENCRYPTION_KEY', HEX_KEY, /hexadecimal/],
  ['ENCRYPTION_KEY', Buffer.alloc(32, 7).toString('base64'), /anybody can guess/],
  ['ENCRYPTION_KEY', `${KEY},`, /nothing \(key 2 of 2\)/],
  ['ENCRYPTION_KEY', `${KEY},c2hvcnQ=`, /5 bytes .*\(key 2 of 2\)/],
  ['ENCRYPTION_KEY', 'your-key', /placeholder/],
  ['SLACK_SIGNING_SECRET', 'short', /too short/],
  ['SLACK_SIGNING_SECRET', '8f742231b10e8888 abcd99yyyzzz85a5', /white space/],
  ['SLACK_SIGNING_SECRET', 'xoxb-1-2-abcdefghijkl', /is a bot token/],
  ['SLACK_SIGNING_SECRET', 'your-signing-secret', /placeholder/],
  ['SLACK_BOT_TOKEN', 'xoxp-1-2-abc', /is a user token \(xoxp-\)/],
  ['SLACK_BOT_TOKEN', 'xapp-1-2-abc', /belongs in SLACK_APP_TOKEN/],
  ['SLACK_BOT_TOKEN', 'xoxe.xoxb-1-abc', /token rotation off/],
  ['SLACK_BOT_TOKEN', 'xoxa-2', /another kind/],
  ['SLACK_BOT_TOKEN', '8f742231b10e8888abcd99yyyzzz85a5', /must begin with xoxb-/],
  ['SLACK_BOT_TOKEN', 'xoxb-1 2', /whole token/],
  ['SLACK_BOT_TOKEN', 'xoxb-', /whole token/],
  ['SLACK_BOT_TOKEN', 'xoxb-your-token', /placeholder/],
  ['SLACK_APP_TOKEN', 'xoxb-1-2-abc', /belongs in SLACK_BOT_TOKEN/],
  ['COMMAND_NAME', 'calendly', /begin with a slash/],
  ['COMMAND_NAME', '/Calendly', /lower case/],
  ['COMMAND_NAME', '/my bookings', /only letters/],
  ['COMMAND_NAME', '/a<b', /only letters/],
  ['COMMAND_NAME', '/', /only letters/],
  ['COMMAND_NAME', `/${'a'.repeat(32)}`, /at most 32/],
  ['VERIFY_SCHEDULE', 'hourly', /schedule/],
  ['VERIFY_SCHEDULE', '61 * * * *', /schedule/],
  ['VERIFY_SCHEDULE', '* * * *', /schedule/],
  ['VERIFY_SCHEDULE', '* * * * * * *', /schedule/],
  ['LOG_LEVEL', 'verbose', /must be one of/],
  ['RETENTION_DAYS', '401', /from 1 to 400/],
  ['SLACK_CHANNEL_RATE', '0', /above 0, at most 100/],
  ['SLACK_CHANNEL_RATE', '100.5', /above 0, at most 100/],
  ['SLACK_CHANNEL_RATE', 'Infinity', /above 0, at most 100/],
];

test.each(WRONG)('%s=%s is refused', (name, value, problem) => {
  const result = readConfig({ ...NEEDED, [name]: value });
  expect(result.ok).toBe(false);
  if (result.ok) return;
  expect(result.problems.map((found) => found.name)).toEqual([name]);
  expect(result.problems[0]?.problem).toMatch(problem);
  expect(result.problems[0]?.cure).toMatch(/^[A-Z].*\.$/);
});

test('what fits is taken: addresses, keys, schedules, rates', () => {
  expect(config({ PUBLIC_URL: 'https://bookings.example.com/' }).publicUrl?.href).toBe('https://bookings.example.com/');
  for (const url of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000', 'http://app.localhost']) {
    expect(config({ PUBLIC_URL: url }).publicUrl?.origin).toBe(url);
  }
  expect(config({ SLACK_API_URL: 'http://127.0.0.1:4010/api' }).slackApiUrl.href).toBe('http://127.0.0.1:4010/api/');
  const keys = config({ ENCRYPTION_KEY: `${OTHER_KEY.replace('=', '')}, ${KEY}` }).encryptionKeys;
  expect(keys.map((key) => key.toString('base64'))).toEqual([OTHER_KEY, KEY]);
  expect(config({ VERIFY_SCHEDULE: '*/2 * * * * *' }).verifySchedule).toBe('*/2 * * * * *');
  expect(config({ SLACK_CHANNEL_RATE: '0.5' }).slackChannelRate).toBe(0.5);
  expect(config({ SLACK_CHANNEL_RATE: '100' }).slackChannelRate).toBe(100);
  expect(config({ PORT: '0', HOST: '::1' })).toMatchObject({ port: 0, host: '::1' });
  expect(config({ COMMAND_NAME: '/termine-büro_2' }).commandName).toBe('/termine-büro_2');
  for (const url of ['postgres://me:p%40ss@db:5432/app', 'postgresql:///app?host=/var/run/postgresql']) {
    expect(config({ DATABASE_URL: url }).databaseUrl).toBe(url);
  }
});

describe('settings that belong together', () => {
  const { SLACK_BOT_TOKEN: _token, ...noToken } = NEEDED;
  const { SLACK_SIGNING_SECRET: _secret, ...noSecret } = NEEDED;

  test('Socket Mode needs no signing secret, and has none', () => {
    const result = readConfig({ ...noSecret, SLACK_APP_TOKEN: 'xapp-1-A-2-b' });
    expect(result).toMatchObject({ ok: true, config: { slackSigningSecret: null, slackAppToken: 'xapp-1-A-2-b' } });
    expect(problems(noSecret)).toEqual(['SLACK_SIGNING_SECRET is missing']);
  });

  test('the Slack client: both or none; with an address of ours it is enough without a bot token', () => {
    expect(problems({ ...NEEDED, SLACK_CLIENT_ID: '1.2' })).toEqual([
      'SLACK_CLIENT_SECRET is missing, but SLACK_CLIENT_ID is set',
    ]);
    const client = { SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 'abc' };
    expect(problems({ ...noToken, ...client })).toEqual([
      'PUBLIC_URL is missing, and the app is installed at its page /slack/install',
    ]);
    expect(readConfig({ ...noToken, ...client, PUBLIC_URL: 'https://app.example.com' })).toMatchObject({
      ok: true,
      config: { slackBotToken: null },
    });
    expect(problems({ ...NEEDED, ...client })).toEqual([
      'PUBLIC_URL is missing, and the app is installed at its page /slack/install',
    ]);
    const address = { PUBLIC_URL: 'https://app.example.com' };
    expect(config({ ...client, ...address }).slackClient).toEqual({ id: '1.2', secret: 'abc' });
  });

  test('Calendly OAuth: all three or none, and an address of ours', () => {
    expect(problems({ ...NEEDED, CALENDLY_CLIENT_ID: 'a', CALENDLY_CLIENT_SECRET: 'b' })).toEqual([
      'CALENDLY_WEBHOOK_SIGNING_KEY is missing, but CALENDLY_CLIENT_ID is set',
    ]);
    const trio = { CALENDLY_CLIENT_ID: 'a', CALENDLY_CLIENT_SECRET: 'b', CALENDLY_WEBHOOK_SIGNING_KEY: 'c' };
    expect(problems({ ...NEEDED, ...trio })).toEqual([
      'PUBLIC_URL is missing, and whoever signs in with Calendly comes back to it',
    ]);
    const address = { PUBLIC_URL: 'https://app.example.com' };
    expect(config({ ...trio, ...address }).calendlyClient).toEqual({ id: 'a', secret: 'b', signingKey: 'c' });
  });
});

test('no value, secret or not, is part of a problem; no text crashes the reader', () => {
  const value = fc.oneof(
    fc.string({ minLength: 12, maxLength: 80 }),
    fc.stringMatching(/^(xoxp-|xapp-|xoxb-|postgres:\/\/u:|https:\/\/u:|\/)[a-zA-Z0-9 @/=+]{12,40}$/),
    fc.base64String({ minLength: 12, maxLength: 80 }),
  );
  const env = fc.dictionary(fc.constantFrom(...SETTING_NAMES), value, { maxKeys: SETTING_NAMES.length });
  fc.assert(
    fc.property(env, (settings) => {
      const result = readConfig(settings);
      if (result.ok) return;
      const said = result.problems.map(({ problem }) => problem).join('\n');
      for (const text of Object.values(settings)) if (text?.trim()) expect(said).not.toContain(text.trim());
    }),
  );
});

test('.env.example names every setting and no other, shows the defaults, and its placeholders are told as such', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const active = parseEnv(example);
  const all = parseEnv(example.replace(/^#([A-Z_]+=)/gm, '$1'));
  expect(Object.keys(all).toSorted()).toEqual([...SETTING_NAMES].toSorted());
  expect(problems(active)).toEqual(
    ['PUBLIC_URL', 'ENCRYPTION_KEY', 'SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN'].map(
      (name) => `${name} holds a placeholder, not your own value`,
    ),
  );
  const shown = Object.fromEntries(Object.entries(all).filter(([, text]) => !/your|postgres:/.test(text ?? '')));
  expect(config(shown)).toEqual(config({}));
});

describe('the file .env', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is read, with the byte order mark of a Windows editor; the environment wins over it', () => {
    writeFileSync(join(folder, '.env'), '\uFEFFCOMMAND_NAME=/bookings # ours\nPATH=/nowhere\n');
    const env = environment(folder);
    expect(env.COMMAND_NAME).toBe('/bookings');
    expect(env.PATH).toBe(process.env.PATH);
  });

  test('need not be there', () => {
    expect(environment(folder)).toEqual({ ...process.env });
  });

  test('that cannot be read is said, not passed over', () => {
    mkdirSync(join(folder, '.env'));
    chmodSync(join(folder, '.env'), 0o700);
    expect(() => environment(folder)).toThrow(Refusal);
    expect(() => environment(folder)).toThrow(/EISDIR.*remove it/);
  });
});

describe('the guide', () => {
  const facts = { encryptionKey: KEY, nodeVersion: 'v26.10.0' };
  function guide(env: NodeJS.ProcessEnv, nodeVersion = facts.nodeVersion): string {
    const result = readConfig(env);
    return setupGuide(result.ok ? [] : result.problems, { ...facts, nodeVersion });
  }

  test('with nothing set: every step, and what to try without an account', () => {
    const text = guide({});
    for (const needed of [
      'npm run demo',
      'npm run manifest -- --url https://your.host',
      'https://api.slack.com/apps',
      'SLACK_SIGNING_SECRET',
      'SLACK_BOT_TOKEN',
      `ENCRYPTION_KEY=${KEY}`,
      'PUBLIC_URL=https://your.host',
      'npm start',
    ]) {
      expect(text).toContain(needed);
    }
  });

  test('a copied .env.example is as good as nothing, and what else is wrong is said too', () => {
    const example = parseEnv(readFileSync(new URL('../.env.example', import.meta.url), 'utf8'));
    const untouched = guide({}).replace(
      'run  cp .env.example .env  and fill in the file .env:',
      'fill in the file .env here:',
    );
    expect(guide(example)).toBe(untouched);
    expect(untouched).not.toBe(guide({}));
    expect(guide({ ...example, PORT: 'x' })).toMatch(/5\. Set right:\n {2}PORT must be/);
  });

  test('with one thing wrong: that one, with its cure, and nothing else', () => {
    const text = guide({ ...NEEDED, SLACK_BOT_TOKEN: 'xoxp-1' });
    expect(text).toContain('SLACK_BOT_TOKEN is a user token (xoxp-).');
    expect(text).toContain('OAuth & Permissions, Bot User OAuth Token');
    expect(text).not.toMatch(/ENCRYPTION_KEY|manifest|SIGNING/);
  });

  test('offers a fresh key only where there is none that may have sealed something', () => {
    const { ENCRYPTION_KEY: _key, ...noKey } = NEEDED;
    expect(guide(noKey)).toContain(`ENCRYPTION_KEY=${KEY}`);
    expect(guide({ ...NEEDED, ENCRYPTION_KEY: 'c2hvcnQ=' })).not.toContain(KEY);
  });

  test('an old Node is named', () => {
    expect(guide({}, 'v24.1.0')).toContain('Node v24.1.0');
    expect(guide({})).not.toContain('v26');
  });

  test('fits 30 lines of 100 columns, however much is wrong', () => {
    const wrongs = fc.dictionary(
      fc.constantFrom(...SETTING_NAMES),
      fc.constantFrom('// bad ?', 'xoxp-1', 'xoxe.1', 'https://a:b@c', `${KEY},${HEX_KEY}`, 'http://a.b/', '', 'a'),
      { maxKeys: SETTING_NAMES.length },
    );
    fc.assert(
      fc.property(wrongs, fc.constantFrom('v26.0.0', 'v24.1.0'), (env, nodeVersion) => {
        const lines = guide(env, nodeVersion).trimEnd().split('\n');
        expect(lines.length).toBeLessThanOrEqual(30);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
      }),
    );
  });
});
