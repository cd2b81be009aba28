// The methods of the Web API that this Slack knows: what each does, the scopes it asks for, and how it reads arguments.
import * as account from './account.ts';
import * as chat from './chat.ts';
import * as conversations from './conversations.ts';
import type { Hub } from './hub.ts';
import type { Team } from './team.ts';
import type { Json } from './types.ts';
import * as views from './views.ts';

export interface Method {
  run(hub: Hub, team: Team, args: Json): Json;
  /** Any one of these scopes will do. */
  scopes: (team: Team, args: Json) => string[];
  /** Slack reads JSON bodies only for methods that write; elsewhere it acts as if there were no arguments. */
  json: boolean;
}

const scopes =
  (...names: string[]) =>
  () =>
    names;
const FAMILIES = { public_channel: 'channels', private_channel: 'groups', im: 'im', mpim: 'mpim' };

/** `channels:read`, `groups:read` … by the kind of conversation that is asked about. */
const byChannel = (verb: string) => (team: Team, args: Json) => {
  const channel = team.channels.get(String(args.channel));
  if (!channel) return Object.values(FAMILIES).map((family) => `${family}:${verb}`);
  return [`${channel.isIm ? 'im' : channel.isPrivate ? 'groups' : 'channels'}:${verb}`];
};

/** The first scope among those that the asked-for types need and the app lacks. */
const byTypes = (team: Team, args: Json) => {
  const kinds = String(args.types ?? 'public_channel').split(',') as (keyof typeof FAMILIES)[];
  const needed = kinds.map((kind) => `${FAMILIES[kind] ?? 'channels'}:read`);
  const lacking = needed.filter((scope) => !team.scopes.includes(scope));
  return lacking.length > 0 ? lacking : needed;
};

const none = scopes();
const write = scopes('chat:write');
const people = scopes('users:read');

const answerView = (hub: Hub, team: Team, outcome: ReturnType<typeof views.openView>): Json => {
  if ('view' in outcome) return { ok: true, view: views.viewJson(hub, team, outcome.view) };
  const { error, messages } = outcome;
  return messages ? { ok: false, error, response_metadata: { messages } } : { ok: false, error };
};

export const methods = new Map<string, Method>(
  Object.entries({
    'auth.test': { run: account.authTest, scopes: none, json: true },
    'auth.revoke': { run: account.revoke, scopes: none, json: true },
    'apps.uninstall': { run: account.uninstallByApp, scopes: none, json: false },
    'team.info': { run: account.teamInfo, scopes: scopes('team:read'), json: false },
    'bots.info': { run: account.botsInfo, scopes: people, json: false },
    'users.info': { run: account.usersInfo, scopes: people, json: false },
    'users.list': { run: account.usersList, scopes: people, json: false },
    'users.lookupByEmail': { run: account.lookupByEmail, scopes: scopes('users:read.email'), json: false },
    'users.conversations': { run: conversations.usersConversations, scopes: byTypes, json: false },
    'chat.postMessage': { run: chat.postMessage, scopes: write, json: true },
    'chat.update': { run: chat.updateMessage, scopes: write, json: true },
    'chat.delete': { run: chat.deleteMessage, scopes: write, json: true },
    'chat.postEphemeral': { run: chat.postEphemeral, scopes: write, json: true },
    'chat.getPermalink': { run: chat.getPermalink, scopes: none, json: false },
    'conversations.info': { run: conversations.info, scopes: byChannel('read'), json: false },
    'conversations.list': { run: conversations.list, scopes: byTypes, json: false },
    'conversations.members': { run: conversations.members, scopes: byChannel('read'), json: false },
    'conversations.history': { run: conversations.history, scopes: byChannel('history'), json: false },
    'conversations.replies': { run: conversations.replies, scopes: byChannel('history'), json: false },
    'conversations.join': { run: conversations.join, scopes: scopes('channels:join'), json: true },
    'conversations.open': { run: conversations.open, scopes: scopes('im:write', 'mpim:write'), json: true },
    'views.open': {
      run: (hub, team, args) => answerView(hub, team, views.openView(hub, team, args)),
      scopes: none,
      json: true,
    },
    'views.push': {
      run: (hub, team, args) => answerView(hub, team, views.pushView(hub, team, args)),
      scopes: none,
      json: true,
    },
    'views.update': {
      run: (hub, team, args) => answerView(hub, team, views.updateView(team, args)),
      scopes: none,
      json: true,
    },
    'views.publish': {
      run: (hub, team, args) => answerView(hub, team, views.publishView(team, args)),
      scopes: none,
      json: true,
    },
  } satisfies Record<string, Method>),
);
