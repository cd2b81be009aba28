// Prints the Slack app's manifest with your own address, command and name filled in: npm run manifest -- --url https://your.host

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Document, isSeq, parseDocument } from 'yaml';
import { commandNameSetting, environment, publicUrlSetting } from '../src/config.ts';
import { Refusal } from '../src/errors.ts';

const USAGE = `Usage: npm run manifest -- --url <https address> [--command <name>] [--name <name>] [--mention-hosts] [--many] [--json]
       npm run manifest -- --socket [--command <name>] [--name <name>] [--mention-hosts] [--json]

  --url            the https address at which Slack reaches the app (default: PUBLIC_URL)
  --socket         Socket Mode: the app calls Slack, and needs no address; set SLACK_APP_TOKEN
  --command        the slash command's name (default: COMMAND_NAME, or /calendly)
  --name           the app's name in Slack, at most 35 characters
  --mention-hosts  asks for users:read.email as well, so that cards can call their hosts
  --many           for installing in many workspaces and in organizations; set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET
  --json           JSON instead of YAML with comments
  --help           this text`;

/** Slack's own limit for `display_information.name`. */
const LONGEST_NAME = 35;

const emailScope = {
  name: 'users:read.email',
  reason: 'finds the host of a booking by their confirmed e-mail address, so that a card can call them',
};

export interface ManifestChoice {
  /** Null: Socket Mode. */
  url: URL | null;
  command: string;
  name: string | null;
  /** With the permission to find hosts among the people of the workspace. */
  mentionHosts: boolean;
  /** Installed in many workspaces, by whoever likes to. */
  many: boolean;
  json: boolean;
}

/** The manifest in `template` (YAML), as the choice wants it; YAML keeps its comments. */
export function manifest(template: string, choice: ManifestChoice): string {
  const document = parseDocument(template);
  const command = ['features', 'slash_commands', 0];
  const addresses = [
    [...command, 'url'],
    ['settings', 'event_subscriptions', 'request_url'],
    ['settings', 'interactivity', 'request_url'],
    ['settings', 'interactivity', 'message_menu_options_url'],
  ];
  for (const path of addresses) {
    if (choice.url) document.setIn(path, new URL('/slack/events', choice.url).href);
    else document.deleteIn(path);
  }
  document.setIn([...command, 'command'], choice.command);
  document.setIn(['settings', 'socket_mode_enabled'], choice.url === null);
  if (choice.name !== null) {
    document.setIn(['display_information', 'name'], choice.name);
    document.setIn(['features', 'bot_user', 'display_name'], choice.name);
  }
  if (choice.mentionHosts || choice.many) askForAddresses(document);
  if (choice.many) forMany(document, choice.url);
  return choice.json ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString({ lineWidth: 0 });
}

/** Where Slack sends whoever installed it, organizations, tokens that end, and what whoever installs it may decline. */
function forMany(document: Document, url: URL | null): void {
  if (url) document.setIn(['oauth_config', 'redirect_urls'], [new URL('/slack/oauth_redirect', url).href]);
  document.setIn(['oauth_config', 'scopes', 'bot_optional'], [emailScope.name]);
  const events = document.getIn(['settings', 'event_subscriptions', 'bot_events'], true);
  if (!isSeq(events)) throw new Error('The manifest has no list of events.');
  events.add('team_access_revoked');
  document.setIn(['settings', 'org_deploy_enabled'], true);
  document.setIn(['settings', 'token_rotation_enabled'], true);
}

function askForAddresses(document: Document): void {
  const scopes = document.getIn(['oauth_config', 'scopes', 'bot'], true);
  if (!isSeq(scopes)) throw new Error('The manifest has no list of bot scopes.');
  const scope = document.createNode(emailScope.name);
  scope.comment = ` ${emailScope.reason}`;
  scopes.add(scope);
  // It says why this one is not there.
  scopes.comment = null;
}

/** Reads the flags, with the settings as defaults; throws a Refusal that names what is wrong. */
export function readChoice(args: string[], env: NodeJS.ProcessEnv): ManifestChoice {
  const flags = readFlags(args);
  const name = flags.name?.trim() ?? null;
  if (name !== null && (name === '' || name.length > LONGEST_NAME)) {
    throw refusal(`--name must have 1 to ${LONGEST_NAME} characters.`);
  }
  if (flags.socket && flags.many)
    throw refusal('--many needs an address: whoever installs the app comes to a page of it.');
  if (flags.socket && flags.url !== undefined) throw refusal('Choose one of --url and --socket.');
  return {
    url: flags.socket ? null : readUrl(flags.url ?? env.PUBLIC_URL, flags.url === undefined ? 'PUBLIC_URL' : '--url'),
    command: readCommand(flags.command ?? env.COMMAND_NAME, flags.command === undefined ? 'COMMAND_NAME' : '--command'),
    name,
    mentionHosts: flags['mention-hosts'] ?? false,
    many: flags.many ?? false,
    json: flags.json ?? false,
  };
}

function readFlags(args: string[]) {
  const text = { type: 'string' } as const;
  const yesNo = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      options: {
        url: text,
        command: text,
        name: text,
        socket: yesNo,
        'mention-hosts': yesNo,
        many: yesNo,
        json: yesNo,
      },
    }).values;
  } catch (error) {
    // Node's second sentence is about positional arguments, which there are none of.
    const [what] = (error instanceof Error ? error.message : String(error)).split(/[.\n] ?/);
    throw refusal(`${what}.`);
  }
}

function readUrl(text: string | undefined, from: string): URL {
  if (!text?.trim()) throw refusal('Say where Slack reaches the app: --url https://your.host (or use --socket).');
  const url = publicUrlSetting.safeParse(text.trim());
  if (!url.success) throw refusal(`${from} ${url.error.issues[0]?.message}.`);
  if (url.data.protocol !== 'https:') throw refusal(`${from} must begin with https://: Slack calls no other address.`);
  return url.data;
}

function readCommand(text: string | undefined, from: string): string {
  const command = commandNameSetting.safeParse(text?.trim() || '/calendly');
  if (!command.success) throw refusal(`${from} ${command.error.issues[0]?.message}.`);
  return command.data;
}

const refusal = (message: string) => new Refusal(message, { code: 'usage' });

if (import.meta.main) {
  const args = process.argv.slice(2);
  try {
    const template = readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8');
    const isAsking = args.some((arg) => arg === '--help' || arg === '-h');
    process.stdout.write(isAsking ? `${USAGE}\n` : manifest(template, readChoice(args, environment())));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`${error.message}\nAll flags: npm run manifest -- --help`);
    process.exitCode = 2;
  }
}
