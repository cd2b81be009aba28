// The only reader of the environment: checks every setting, and names all that is missing or wrong at once, each with its cure.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { validate as isSchedule } from 'node-cron';
import { z } from 'zod';
import { Refusal } from './errors.ts';

/** Reads as a sentence: `${name} ${problem}.` The value itself is never part of it: it may be a secret. */
export interface Problem {
  name: string;
  problem: string;
  /** Whole sentences: where to get the value, or what to write. */
  cure: string;
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: Problem[] };

/** The problem of a required setting that is not there: by it the setup guide tells "not set up yet" from "set up wrongly". */
export const MISSING = 'is missing';
/** The problem of a setting that was copied from .env.example and not filled in: "not set up yet" as well. */
export const PLACEHOLDER = 'holds a placeholder, not your own value';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

class Complaint extends Error {}

function wrong(problem: string): never {
  throw new Complaint(problem);
}

/** A setting: `read` turns its text into a value, or says by `wrong` what is wrong with it. */
function setting<T>(read: (text: string) => T) {
  return z.string({ error: MISSING }).transform((text, context): T => {
    try {
      return isPlaceholder(text) ? wrong(PLACEHOLDER) : read(text);
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: undefined });
      return z.NEVER;
    }
  });
}

/** Real secrets are random letters: none begins with "your". */
function isPlaceholder(text: string): boolean {
  return /^(xox[bp]-|xapp-)?your[-_ ]|^https:\/\/your\.host\b|^<.*>$|^(xox[bp]-|xapp-)?(\.{3}|…|x{3,}|change[-_]?me)$/i.test(
    text,
  );
}

function wholeNumber(min: number, max: number) {
  return setting((text) =>
    /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max
      ? Number(text)
      : wrong(`must be a whole number from ${min} to ${max}`),
  );
}

const rate = setting((text) =>
  /^\d{1,3}(\.\d{1,6})?$/.test(text) && Number(text) > 0 && Number(text) <= 100
    ? Number(text)
    : wrong('must be a number above 0, at most 100'),
);

/** Plain http is safe to this very machine, and nowhere else. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** An https address (http for this machine alone): a bare `host`, a `folder` that names are appended to, or a `page`. */
function address(kind: 'host' | 'folder' | 'page') {
  return setting((text) => {
    const url = URL.parse(text) ?? wrong('must be an address that begins with https://');
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
      return wrong('must begin with https:// (http:// is accepted for this machine only)');
    }
    if (url.username || url.password) return wrong('must not hold a user name or a password');
    if (/[?#]/.test(text)) return wrong('must not hold a query or a fragment (? or #)');
    if (kind === 'host' && url.pathname !== '/') return wrong('must be the bare address, with nothing after the host');
    if (kind === 'folder' && !url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  });
}

export const publicUrlSetting = address('host');

const host = setting((text) =>
  isIP(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) ? text : wrong('must be an IP address or a host name'),
);

const databaseUrl = setting((text) => {
  if (!/^postgres(ql)?:\/\//.test(text)) return wrong('must begin with postgres:// or postgresql://');
  return URL.canParse(text) ? text : wrong('cannot be read as an address');
});

function encryptionKey(text: string, where: string): Buffer {
  if (text === '') return wrong(`has nothing${where}`);
  if (/^[0-9a-f]{64}$/i.test(text)) return wrong(`is hexadecimal, not base64${where}`);
  const key = Buffer.from(text, 'base64');
  // Buffer.from skips what is not base64, so only what comes back unchanged was base64.
  if (key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) return wrong(`is not base64${where}`);
  if (key.length !== 32) return wrong(`holds ${key.length} bytes instead of 32${where}`);
  return key.every((byte) => byte === key[0]) ? wrong(`is one byte 32 times, which anybody can guess${where}`) : key;
}

const encryptionKeys = setting((text): readonly Buffer[] => {
  const parts = text.split(',').map((part) => part.trim());
  return parts.map((part, at) => encryptionKey(part, parts.length > 1 ? ` (key ${at + 1} of ${parts.length})` : ''));
});

/** What each kind of Slack token is, so that a mix-up is named. */
const TOKEN_KINDS: [prefix: string, what: string][] = [
  ['xoxb-', 'a bot token (xoxb-), which belongs in SLACK_BOT_TOKEN'],
  ['xapp-', 'an app-level token (xapp-), which belongs in SLACK_APP_TOKEN'],
  ['xoxp-', 'a user token (xoxp-)'],
  ['xoxe', 'a rotating token (xoxe): switch token rotation off in the Slack app'],
  ['xox', 'a Slack token of another kind'],
];

const kindOfToken = (text: string): string | undefined => TOKEN_KINDS.find(([prefix]) => text.startsWith(prefix))?.[1];

function token(prefix: string) {
  return setting((text) => {
    if (!text.startsWith(prefix))
      return wrong(kindOfToken(text) ? `is ${kindOfToken(text)}` : `must begin with ${prefix}`);
    return /^[A-Za-z0-9-]+$/.test(text.slice(prefix.length))
      ? text
      : wrong('is not a whole token: copy it again, alone');
  });
}

const secret = setting((text) => (/\s/.test(text) ? wrong('has white space in it: copy it again, alone') : text));

const signingSecret = setting((text) => {
  if (kindOfToken(text)) return wrong(`is ${kindOfToken(text)}`);
  if (/\s/.test(text)) return wrong('has white space in it: copy it again, alone');
  return text.length >= 16 ? text : wrong('is too short: Slack’s signing secrets have 32 characters');
});

export const commandNameSetting = setting((text) => {
  if (!text.startsWith('/')) return wrong('must begin with a slash, such as /calendly');
  if (text !== text.toLowerCase()) return wrong('must be in lower case, such as /calendly');
  if (text.length > 32) return wrong('must have at most 32 characters');
  // Slack allows more signs, but the name is printed in every help text and must not format or mention there.
  return /^\/[\p{L}\p{N}_-]+$/u.test(text) ? text : wrong('may hold only letters, digits, - and _ after the slash');
});

const schedule = setting((text) =>
  [5, 6].includes(text.split(/\s+/).length) && isSchedule(text)
    ? text
    : wrong('is not a schedule of five fields, or six with the seconds first'),
);

const logLevel = setting(
  (text) => LOG_LEVELS.find((level) => level === text) ?? wrong(`must be one of ${LOG_LEVELS.join(', ')}`),
);

const uncertainPosts = setting((text): 'ask' | 'resend' =>
  text === 'ask' || text === 'resend' ? text : wrong('must be ask or resend'),
);

const SETTINGS = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: host.default('0.0.0.0'),
  PUBLIC_URL: publicUrlSetting.optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATA_DIR: setting((text) => text).default('./data'),
  ENCRYPTION_KEY: encryptionKeys,
  SLACK_SIGNING_SECRET: signingSecret.optional(),
  SLACK_BOT_TOKEN: token('xoxb-').optional(),
  SLACK_CLIENT_ID: secret.optional(),
  SLACK_CLIENT_SECRET: secret.optional(),
  SLACK_APP_TOKEN: token('xapp-').optional(),
  SLACK_API_URL: address('folder').default(() => new URL('https://slack.com/api/')),
  SLACK_AUTHORIZE_URL: address('page').default(() => new URL('https://slack.com/oauth/v2/authorize')),
  CALENDLY_API_URL: address('host').default(() => new URL('https://api.calendly.com')),
  CALENDLY_AUTH_URL: address('host').default(() => new URL('https://auth.calendly.com')),
  CALENDLY_CLIENT_ID: secret.optional(),
  CALENDLY_CLIENT_SECRET: secret.optional(),
  CALENDLY_WEBHOOK_SIGNING_KEY: secret.optional(),
  COMMAND_NAME: commandNameSetting.default('/calendly'),
  VERIFY_SCHEDULE: schedule.default('*/10 * * * *'),
  LOG_LEVEL: logLevel.default('info'),
  RETENTION_DAYS: wholeNumber(1, 400).default(90),
  PURGE_AFTER_HOURS: wholeNumber(0, 8_760).default(24),
  SLACK_CHANNEL_RATE: rate.default(1),
  UNCERTAIN_POSTS: uncertainPosts.default('ask'),
});

type Name = keyof typeof SETTINGS.shape;
export const SETTING_NAMES = Object.keys(SETTINGS.shape) as readonly Name[];

const SLACK_APP = 'At https://api.slack.com/apps, in your app:';
const CALENDLY_APP =
  'At https://developer.calendly.com, in your OAuth app. Leave all three out to use access tokens only.';
const HTTPS_OR_LEAVE_OUT = 'Write the whole address, or leave it out.';

/** Where each value comes from, or what to write. */
const CURES: Record<Name, string> = {
  PORT: 'Write the port to listen on, such as 3000; 0 takes any free one.',
  HOST: 'Write the address to listen on: 0.0.0.0 for all, 127.0.0.1 for this machine only.',
  PUBLIC_URL:
    'Write the address at which the world reaches this app, such as https://bookings.example.com, or leave it out.',
  DATABASE_URL:
    'Write postgres://user:password@host:5432/database (signs like @ and / in the password as %40 and %2F), or leave it out to keep data in DATA_DIR.',
  DATA_DIR: 'Write the folder that keeps the data, such as ./data.',
  ENCRYPTION_KEY: 'Make one by: openssl rand -base64 32. Several are separated by commas; the first seals, all open.',
  SLACK_SIGNING_SECRET: `${SLACK_APP} Basic Information, App Credentials, Signing Secret. Not needed with SLACK_APP_TOKEN.`,
  SLACK_BOT_TOKEN: `${SLACK_APP} OAuth & Permissions, Bot User OAuth Token; it begins with xoxb-. For many workspaces, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead.`,
  SLACK_CLIENT_ID: `${SLACK_APP} Basic Information, App Credentials. Set both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or neither.`,
  SLACK_CLIENT_SECRET: `${SLACK_APP} Basic Information, App Credentials. Set both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or neither.`,
  SLACK_APP_TOKEN: `${SLACK_APP} Basic Information, App-Level Tokens, with the scope connections:write. Leave it out if Slack reaches PUBLIC_URL.`,
  SLACK_API_URL: HTTPS_OR_LEAVE_OUT,
  SLACK_AUTHORIZE_URL: HTTPS_OR_LEAVE_OUT,
  CALENDLY_API_URL: HTTPS_OR_LEAVE_OUT,
  CALENDLY_AUTH_URL: HTTPS_OR_LEAVE_OUT,
  CALENDLY_CLIENT_ID: CALENDLY_APP,
  CALENDLY_CLIENT_SECRET: CALENDLY_APP,
  CALENDLY_WEBHOOK_SIGNING_KEY: CALENDLY_APP,
  COMMAND_NAME: 'Write the name that the Slack app’s manifest gives the command, such as /calendly.',
  VERIFY_SCHEDULE: 'Write a cron expression, such as */10 * * * * for every ten minutes.',
  LOG_LEVEL: 'Write info, or debug to see more.',
  PURGE_AFTER_HOURS:
    'Write how many hours after a workspace has removed the app its data is deleted, such as 24; 0 deletes it at once.',
  RETENTION_DAYS: 'Write how many days bookings are kept after they are over, such as 90.',
  UNCERTAIN_POSTS:
    'Write ask to leave a message of unknown outcome to its owner, or resend to send it again at the risk of a duplicate.',
  SLACK_CHANNEL_RATE: 'Write how many messages a second one channel may get; Slack allows about 1.',
};

/** What each setting is for, in the words of the README's table. */
const PURPOSES: Record<Name, string> = {
  PORT: 'Where the app listens',
  HOST: '`127.0.0.1` behind a reverse proxy',
  PUBLIC_URL:
    'The https address of this app. Without it Calendly cannot call, so it is asked every minute, and forms come in not at all',
  DATABASE_URL: 'A PostgreSQL server (15 or newer) instead of `DATA_DIR`, for several processes',
  DATA_DIR: 'The folder of the embedded database',
  ENCRYPTION_KEY: '32 bytes, base64; seals tokens and bookings. Several by commas: the first seals, all open',
  SLACK_SIGNING_SECRET: 'Proves that requests come from Slack; not needed in Socket Mode',
  SLACK_BOT_TOKEN: 'The bot token of your Slack app (`xoxb-`); not needed with `SLACK_CLIENT_ID`',
  SLACK_CLIENT_ID:
    'With its secret and `PUBLIC_URL`: [many workspaces](#many-workspaces) install the app at `/slack/install`',
  SLACK_CLIENT_SECRET: 'See above',
  SLACK_APP_TOKEN: 'An app-level token (`xapp-`); turns Socket Mode on',
  SLACK_API_URL: 'For tests and special networks',
  SLACK_AUTHORIZE_URL: 'The same',
  CALENDLY_API_URL: 'The same',
  CALENDLY_AUTH_URL: 'The same',
  CALENDLY_CLIENT_ID: 'With the two below: [sign in with Calendly](#sign-in-with-calendly) beside the pasted token',
  CALENDLY_CLIENT_SECRET: 'See above',
  CALENDLY_WEBHOOK_SIGNING_KEY: 'See above',
  COMMAND_NAME: 'The slash command’s name, as in the manifest',
  VERIFY_SCHEDULE: 'How often the webhooks at Calendly are checked (cron; six fields begin with seconds)',
  LOG_LEVEL: LOG_LEVELS.map((level) => `\`${level}\``).join(' '),
  RETENTION_DAYS: 'How long bookings are kept after they are over',
  PURGE_AFTER_HOURS: 'How long the data of a workspace that removed the app is kept, in hours',
  SLACK_CHANNEL_RATE: 'Messages a second to one channel',
  UNCERTAIN_POSTS:
    'When Slack does not say whether a message arrived: `ask` leaves it to you, `resend` risks a duplicate',
};

export interface SettingFacts {
  name: string;
  purpose: string;
  isNeeded: boolean;
  /** As one would write it; null where there is none. */
  preset: string | null;
}

/** Every setting, those that are needed first, from the schema itself. */
export function settingFacts(): SettingFacts[] {
  const nothing = readConfig({});
  const needed = new Set<string>(nothing.ok ? [] : nothing.problems.map(({ name }) => name));
  const facts = SETTING_NAMES.map((name): SettingFacts => {
    const { data } = SETTINGS.shape[name].safeParse(undefined);
    const preset =
      data === undefined ? null : data instanceof URL ? data.href.replace(/(?<=^https:..[^/]+)\/$/, '') : String(data);
    return { name, purpose: PURPOSES[name], isNeeded: needed.has(name), preset };
  });
  return [...facts.filter((each) => each.isNeeded), ...facts.filter((each) => !each.isNeeded)];
}

type Raw = Record<Name, string | undefined>;

const SLACK_CLIENT: Name[] = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'];
const CALENDLY_OAUTH: Name[] = ['CALENDLY_CLIENT_ID', 'CALENDLY_CLIENT_SECRET', 'CALENDLY_WEBHOOK_SIGNING_KEY'];

/** What one setting asks of another. */
function mismatches(raw: Raw): [Name, problem: string][] {
  const problems: [Name, string][] = [];
  // Over Socket Mode Slack sends nothing to us over HTTP, so there is no signature to check.
  if (!raw.SLACK_SIGNING_SECRET && !raw.SLACK_APP_TOKEN) problems.push(['SLACK_SIGNING_SECRET', MISSING]);
  const isInstallable = SLACK_CLIENT.every((name) => raw[name]);
  if (!raw.SLACK_BOT_TOKEN && !isInstallable) problems.push(['SLACK_BOT_TOKEN', MISSING]);
  // Whoever installs the app, or signs in with Calendly, comes to a page of ours.
  if (!raw.PUBLIC_URL && isInstallable)
    problems.push(['PUBLIC_URL', `${MISSING}, and the app is installed at its page /slack/install`]);
  else if (!raw.PUBLIC_URL && CALENDLY_OAUTH.every((name) => raw[name]))
    problems.push(['PUBLIC_URL', `${MISSING}, and whoever signs in with Calendly comes back to it`]);
  for (const group of [SLACK_CLIENT, CALENDLY_OAUTH]) {
    const present = group.find((name) => raw[name]);
    if (!present) continue;
    for (const name of group) if (!raw[name]) problems.push([name, `${MISSING}, but ${present} is set`]);
  }
  return problems;
}

/** The environment with the `.env` file of a folder beneath it: what the environment itself says wins. */
export function environment(folder: string = process.cwd()): NodeJS.ProcessEnv {
  const file = join(folder, '.env');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { ...process.env };
    throw new Refusal(`Cannot read ${file} (${code}). Make it a file that this user may read, or remove it.`, {
      code: 'env_file_unreadable',
      cause: error,
    });
  }
  // Windows editors begin a file with a byte order mark, which would become part of the first name.
  return { ...parseEnv(text.replace(/^\uFEFF/, '')), ...process.env };
}

/** Checks everything at once. A setting that is set but blank counts as not set. */
export function readConfig(env: NodeJS.ProcessEnv): ConfigResult {
  const raw = Object.fromEntries(SETTING_NAMES.map((name) => [name, env[name]?.trim() || undefined])) as Raw;
  const parsed = SETTINGS.safeParse(raw);
  const found = new Map<PropertyKey | undefined, string>(mismatches(raw));
  for (const issue of parsed.error?.issues ?? []) {
    const name = issue.path[0];
    if (!found.has(name)) found.set(name, issue.message);
  }
  if (parsed.success && found.size === 0) return { ok: true, config: Object.freeze(named(parsed.data)) };
  const problems = SETTING_NAMES.flatMap((name) => {
    const problem = found.get(name);
    return problem === undefined ? [] : [{ name, problem, cure: CURES[name] }];
  });
  return { ok: false, problems };
}

export type Config = Readonly<ReturnType<typeof named>>;

/** The names the code uses; what goes together only together (a client is its id and its secret). */
function named(values: z.output<typeof SETTINGS>) {
  const { SLACK_CLIENT_ID, SLACK_CLIENT_SECRET } = values;
  const { CALENDLY_CLIENT_ID, CALENDLY_CLIENT_SECRET, CALENDLY_WEBHOOK_SIGNING_KEY } = values;
  return {
    /** 0 takes any free port. */
    port: values.PORT,
    host: values.HOST,
    /** Without it Calendly cannot call us: no hooks. */
    publicUrl: values.PUBLIC_URL ?? null,
    /** Null: the embedded database in `dataDir`. */
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: values.DATA_DIR,
    /** 32 bytes each; the first seals, all open. */
    encryptionKeys: values.ENCRYPTION_KEY,
    /** Null only with an app token (Socket Mode). */
    slackSigningSecret: values.SLACK_SIGNING_SECRET ?? null,
    /** Null where workspaces come by installing alone. */
    slackBotToken: values.SLACK_BOT_TOKEN ?? null,
    slackClient: SLACK_CLIENT_ID && SLACK_CLIENT_SECRET ? { id: SLACK_CLIENT_ID, secret: SLACK_CLIENT_SECRET } : null,
    /** Present: Socket Mode. */
    slackAppToken: values.SLACK_APP_TOKEN ?? null,
    /** Ends with a slash: method names are appended. */
    slackApiUrl: values.SLACK_API_URL,
    slackAuthorizeUrl: values.SLACK_AUTHORIZE_URL,
    calendlyApiUrl: values.CALENDLY_API_URL,
    calendlyAuthUrl: values.CALENDLY_AUTH_URL,
    calendlyClient:
      CALENDLY_CLIENT_ID && CALENDLY_CLIENT_SECRET && CALENDLY_WEBHOOK_SIGNING_KEY
        ? { id: CALENDLY_CLIENT_ID, secret: CALENDLY_CLIENT_SECRET, signingKey: CALENDLY_WEBHOOK_SIGNING_KEY }
        : null,
    /** With its slash. */
    commandName: values.COMMAND_NAME,
    verifySchedule: values.VERIFY_SCHEDULE,
    logLevel: values.LOG_LEVEL,
    retentionDays: values.RETENTION_DAYS,
    /** After which the data of a workspace that removed the app goes. */
    purgeAfterHours: values.PURGE_AFTER_HOURS,
    /** Messages a second in one channel. */
    slackChannelRate: values.SLACK_CHANNEL_RATE,
    /** For posts of unknown outcome that cannot be searched for. */
    uncertainPosts: values.UNCERTAIN_POSTS,
  };
}
