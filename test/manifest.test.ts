// The Slack app's manifest in every variant: valid by Slack's schema, no right too many or too few, and a reason for each.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '@slack/web-api/dist/types/request/manifest.js';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, test } from 'vitest';
import { isMap, isScalar, isSeq, parse, parseDocument, visit } from 'yaml';
import { type ManifestChoice, manifest, readChoice } from '../scripts/manifest.ts';
import { neededScopes, optionalScopes } from '../src/slack/scopes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const template = readFileSync(join(root, 'manifest.yml'), 'utf8');
const schemas = join(root, 'test/fixtures/slack/manifest-schema');
const readJson = (path: string): object => JSON.parse(readFileSync(path, 'utf8'));

type BotEvent = NonNullable<
  NonNullable<NonNullable<Manifest['settings']>['event_subscriptions']>['bot_events']
>[number];

/** What Slack asks for before it sends an event. Written from Slack's reference, and typed: no event name is misspelt. */
const SCOPE_OF_EVENT: Partial<Record<BotEvent, string | null>> = {
  app_home_opened: null,
  app_uninstalled: null,
  tokens_revoked: null,
  channel_id_changed: null,
  member_joined_channel: 'channels:read',
  member_left_channel: 'channels:read',
  channel_left: 'channels:read',
  channel_archive: 'channels:read',
  channel_unarchive: 'channels:read',
  channel_deleted: 'channels:read',
  group_left: 'groups:read',
  group_archive: 'groups:read',
  group_unarchive: 'groups:read',
  group_deleted: 'groups:read',
  // For a private channel Slack asks for groups:read in its place.
  channel_shared: 'channels:read',
  channel_unshared: 'channels:read',
};

const url = new URL('https://bookings.example.com');
const choice: ManifestChoice = { url, command: '/calendly', name: null, mentionHosts: false, many: false, json: false };
const VARIANTS: [string, ManifestChoice][] = [
  ['as HTTP', choice],
  ['as Socket Mode', { ...choice, url: null }],
  ['as JSON', { ...choice, json: true }],
  ['as Socket Mode and JSON', { ...choice, url: null, json: true }],
  ['with another command and name', { ...choice, command: '/bookings', name: 'Bookings' }],
  ['with mentions of hosts', { ...choice, mentionHosts: true }],
  ['with the longest command and name', { ...choice, command: `/${'b'.repeat(31)}`, name: 'B'.repeat(35) }],
];

const ajv = new Ajv({ strict: false, allErrors: true, formats: { uri: URL.canParse } });
for (const version of ['1.0.0', '2.0.0']) {
  const file = `schemas/manifest.schema.${version}.json`;
  ajv.addSchema(
    readJson(join(schemas, file)),
    `https://raw.githubusercontent.com/slackapi/manifest-schema/v0.5.0/${file}`,
  );
}
const isValid = ajv.compile(readJson(join(schemas, 'manifest.schema.json')));

/** Every text in a manifest that is an address, wherever it stands. */
function addresses(value: unknown): string[] {
  if (typeof value === 'string') return /^https?:/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addresses) : [];
}

describe.each(VARIANTS)('%s', (_name, variant) => {
  const text = manifest(template, variant);
  const made = (variant.json ? JSON.parse(text) : parse(text)) as Manifest;

  test('Slack’s schema accepts it', () => {
    isValid(made);
    expect(isValid.errors ?? []).toEqual([]);
  });

  test('each event has the scope it needs, and no scope is there without use', () => {
    const scopes: string[] = made.oauth_config?.scopes?.bot ?? [];
    const events = made.settings?.event_subscriptions?.bot_events ?? [];
    expect(events.filter((event) => SCOPE_OF_EVENT[event] === undefined)).toEqual([]);
    expect(events.map((event) => SCOPE_OF_EVENT[event]).filter((scope) => scope && !scopes.includes(scope))).toEqual(
      [],
    );
    expect(scopes.toSorted()).toEqual(
      [
        ...['channels:join', 'channels:read', 'chat:write', 'commands', 'groups:read', 'users:read'],
        ...(variant.mentionHosts ? ['users:read.email'] : []),
      ].toSorted(),
    );
  });

  test('the only address is the one the app serves, and in Socket Mode there is none', () => {
    expect(new Set(addresses(made))).toEqual(new Set(variant.url ? ['https://bookings.example.com/slack/events'] : []));
    expect(addresses(made)).toHaveLength(variant.url ? 4 : 0);
    expect(made.settings?.socket_mode_enabled).toBe(variant.url === null);
    expect(made.settings?.interactivity?.is_enabled).toBe(true);
  });

  test('the command and the name are the chosen ones, and mentions arrive as ids', () => {
    expect(made.features?.slash_commands).toMatchObject([{ command: variant.command, should_escape: true }]);
    expect(made.display_information.name).toBe(variant.name ?? 'Calendly for Slack');
    expect(made.features?.bot_user?.display_name).toBe(variant.name ?? 'Calendly for Slack');
  });
});

test('the file itself shows the same address four times, as a placeholder', () => {
  expect(addresses(parse(template))).toEqual(Array(4).fill('https://your.host/slack/events'));
});

test('for many workspaces: an address to come back to, organizations, tokens that rotate, one scope that may be declined', () => {
  const made = parse(manifest(template, { ...choice, many: true })) as Manifest;
  expect(made.oauth_config?.redirect_urls).toEqual([new URL('/slack/oauth_redirect', url).href]);
  expect(made.oauth_config?.scopes).toMatchObject({ bot_optional: [...optionalScopes] });
  expect(made.oauth_config?.scopes?.bot).toEqual([...neededScopes, ...optionalScopes]);
  expect(made.settings).toMatchObject({ org_deploy_enabled: true, token_rotation_enabled: true });
  isValid(made);
  expect(isValid.errors ?? []).toEqual([]);
  expect(() => readChoice(['--socket', '--many'], {})).toThrow(/--many needs an address/);
});

test('each scope, event and address has its reason beside it, also once filled in', () => {
  const withHosts = manifest(template, { ...choice, mentionHosts: true });
  for (const text of [template, manifest(template, choice), manifest(template, { ...choice, url: null }), withHosts]) {
    const bare: string[] = [];
    let seen = 0;
    visit(parseDocument(text), {
      Scalar(key, node, path) {
        const list = path.at(-1);
        const isItem = key !== 'key' && isSeq(list);
        const isAddress = key === 'value' && isScalar(node) && /^https?:/.test(String(node.value));
        if (!isItem && !isAddress) return;
        seen += 1;
        if (!node.comment?.trim()) bare.push(String(node.value));
      },
    });
    expect(bare).toEqual([]);
    expect(seen).toBeGreaterThanOrEqual(19);
    expect(isMap(parseDocument(text).contents)).toBe(true);
  }
});

describe('the flags', () => {
  test('come before the settings, which are the defaults', () => {
    const env = { PUBLIC_URL: 'https://env.example.com', COMMAND_NAME: '/termine' };
    expect(readChoice([], env)).toMatchObject({ url: new URL('https://env.example.com'), command: '/termine' });
    expect(readChoice(['--url', 'https://flag.example.com', '--command', '/bookings'], env)).toMatchObject({
      url: new URL('https://flag.example.com'),
      command: '/bookings',
    });
    expect(readChoice(['--socket'], env)).toMatchObject({ url: null, command: '/termine' });
    expect(readChoice(['--socket', '--name', ' Bookings ', '--json'], {})).toEqual({
      url: null,
      command: '/calendly',
      name: 'Bookings',
      mentionHosts: false,
      many: false,
      json: true,
    });
    expect(readChoice(['--socket', '--mention-hosts'], {})).toMatchObject({ mentionHosts: true });
  });

  test.each([
    [[], {}, /--url https:\/\/your\.host/],
    [['--url', 'http://bookings.example.com'], {}, /^--url must begin with https/],
    [['--url', 'http://localhost:3000'], {}, /Slack calls no other address/],
    [['--url', 'https://bookings.example.com/app'], {}, /^--url must be the bare address/],
    [['--url', 'https://your.host'], {}, /^--url holds a placeholder/],
    [[], { PUBLIC_URL: 'bookings.example.com' }, /^PUBLIC_URL must be an address/],
    [['--url', 'https://a.example.com', '--socket'], {}, /one of --url and --socket/],
    [['--socket', '--command', 'bookings'], {}, /^--command must begin with a slash/],
    [['--socket'], { COMMAND_NAME: '/My' }, /^COMMAND_NAME must be in lower case/],
    [['--socket', '--name', 'N'.repeat(36)], {}, /^--name must have 1 to 35/],
    [['--socket', '--name', ''], {}, /^--name must have 1 to 35/],
    [['--sockets'], {}, /--sockets/],
    [['bookings'], {}, /bookings/],
  ])('%j with %j is refused in words', (args, env, message) => {
    expect(() => readChoice(args, env)).toThrow(message);
  });
});

describe('npm run manifest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '.env'), 'PUBLIC_URL=https://file.example.com\n');

  function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const { PUBLIC_URL: _url, COMMAND_NAME: _command, ...env } = process.env;
    const script = join(root, 'scripts/manifest.ts');
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [script, ...args], { cwd: folder, env }, (_error, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      );
    });
  }

  test('prints the manifest alone, with the settings of .env', async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(addresses(parse(out))).toContain('https://file.example.com/slack/events');
  });

  test('ends with 2 and the cure alone on a flag or a value it cannot use', async () => {
    const { code, out, err } = await run('--sokcet');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe("Unknown option '--sokcet'.\nAll flags: npm run manifest -- --help\n");
    expect((await run('--command', 'x')).err).toMatch(/^--command must begin with a slash.*\nAll flags: .*\n$/);
  });

  test.each(['--help', '-h'])('%s prints the usage', async (flag) => {
    const { code, out, err } = await run(flag);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Usage: npm run manifest/);
    for (const each of ['--url', '--socket', '--command', '--name', '--mention-hosts', '--json'])
      expect(out).toContain(each);
  });
});
