// The Web API's conversations.* methods and users.conversations, and the events that membership brings.
import { channelFor, messageJson, missingField, refuse } from './chat.ts';
import { sendEvent } from './deliver.ts';
import type { Hub } from './hub.ts';
import type { Team } from './team.ts';
import type { Ack, Channel, Json, Message } from './types.ts';

export function channelJson(team: Team, channel: Channel, o: { members?: boolean; locale?: boolean } = {}): Json {
  const { id, created } = channel;
  if (channel.isIm) return { id, created, is_archived: false, is_im: true, is_org_shared: false, user: channel.imUser };
  return {
    id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: channel.isPrivate,
    created,
    creator: channel.creator,
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    unlinked: 0,
    is_shared: channel.isExtShared || channel.isOrgShared,
    is_ext_shared: channel.isExtShared,
    is_org_shared: channel.isOrgShared,
    pending_shared: [],
    is_pending_ext_shared: channel.isPendingExtShared,
    context_team_id: team.id,
    updated: created * 1000,
    is_member: channel.members.has(team.botUserId),
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    previous_names: [],
    ...(o.members ? { num_members: channel.members.size } : {}),
    ...(o.locale ? { locale: channel.locale } : {}),
  };
}

/** One page of a list, Slack's way: a `limit` and an opaque cursor that is empty at the end. */
export function page<T>(all: T[], args: Json, fallback = 100): { items: T[]; next: string } | Json {
  const limit = args.limit === undefined ? fallback : Number(args.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) return refuse('invalid_limit');
  const cursor = Buffer.from(String(args.cursor ?? ''), 'base64').toString();
  const start = args.cursor ? Number(/^next:(\d+)$/.exec(cursor)?.[1] ?? Number.NaN) : 0;
  if (Number.isNaN(start)) return refuse('invalid_cursor');
  const end = start + limit;
  return { items: all.slice(start, end), next: end < all.length ? Buffer.from(`next:${end}`).toString('base64') : '' };
}

function answerPage<T>(all: T[], args: Json, name: string, write: (item: T) => unknown): Json {
  const found = page(all, args);
  if (!('items' in found)) return found as Json;
  const { items, next } = found as { items: T[]; next: string };
  return { ok: true, [name]: items.map(write), response_metadata: { next_cursor: next } };
}

export function info(_hub: Hub, team: Team, args: Json): Json {
  if (!args.channel) return missingField('channel');
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  return {
    ok: true,
    channel: channelJson(team, channel, {
      members: args.include_num_members === true,
      locale: args.include_locale === true,
    }),
  };
}

const KINDS = ['public_channel', 'private_channel', 'mpim', 'im'];
const kindsOf = (args: Json) =>
  String(args.types ?? 'public_channel')
    .split(',')
    .map((kind) => kind.trim());
const kindOf = (channel: Channel) => (channel.isIm ? 'im' : channel.isPrivate ? 'private_channel' : 'public_channel');

function visible(team: Team, args: Json): Channel[] | Json {
  const kinds = kindsOf(args);
  if (!kinds.every((kind) => KINDS.includes(kind))) return refuse('invalid_types');
  return [...team.channels.values()].filter(
    (channel) =>
      kinds.includes(kindOf(channel)) &&
      channelFor(team, channel.id) !== undefined &&
      !(args.exclude_archived === true && channel.isArchived),
  );
}

export function list(_hub: Hub, team: Team, args: Json): Json {
  const all = visible(team, args);
  if (!Array.isArray(all)) return all;
  return answerPage(all, args, 'channels', (channel) => channelJson(team, channel, { members: true }));
}

export function usersConversations(_hub: Hub, team: Team, args: Json): Json {
  const all = visible(team, args);
  if (!Array.isArray(all)) return all;
  const user = String(args.user ?? team.botUserId);
  if (!team.users.has(user)) return refuse('user_not_found');
  const theirs = all.filter((channel) => channel.members.has(user));
  return answerPage(theirs, args, 'channels', (channel) => channelJson(team, channel));
}

export function members(_hub: Hub, team: Team, args: Json): Json {
  if (!args.channel) return missingField('channel');
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  return answerPage([...channel.members], args, 'members', (id) => id);
}

export function join(hub: Hub, team: Team, args: Json): Json {
  if (!args.channel) return missingField('channel');
  const channel = team.channels.get(String(args.channel));
  if (!channel || (channel.isPrivate && !channel.members.has(team.botUserId))) return refuse('channel_not_found');
  if (channel.isPrivate) return refuse('method_not_supported_for_channel_type');
  if (channel.isArchived) return refuse('is_archived');
  const already = channel.members.has(team.botUserId);
  if (!already) void enter(hub, team, channel, team.botUserId);
  const note = already
    ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
    : {};
  return { ok: true, channel: channelJson(team, channel), ...note };
}

export function open(_hub: Hub, team: Team, args: Json): Json {
  const users = String(args.users ?? '')
    .split(',')
    .filter(Boolean);
  if (args.channel) {
    const known = channelFor(team, args.channel);
    return known?.isIm
      ? { ok: true, no_op: true, already_open: true, channel: { id: known.id } }
      : refuse('channel_not_found');
  }
  if (users.length === 0) return refuse('users_list_not_supplied');
  const user = team.users.get(users[0] ?? '');
  if (!user || users.length > 1) return refuse(user ? 'method_not_supported_for_channel_type' : 'user_not_found');
  const channel = team.im(user.id);
  return { ok: true, channel: args.return_im === true ? channelJson(team, channel) : { id: channel.id } };
}

export function history(hub: Hub, team: Team, args: Json): Json {
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  if (!channel.members.has(team.botUserId)) return refuse('not_in_channel');
  const shown = (message: Message) => !message.deleted && (!message.threadTs || message.replyBroadcast === true);
  return readBack(hub, team, args, channel.list, shown, 'newest first');
}

export function replies(hub: Hub, team: Team, args: Json): Json {
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  const parent = team.find(channel, String(args.ts ?? ''));
  if (!parent) return refuse('thread_not_found');
  const root = parent.threadTs ?? parent.ts;
  const places = channel.replies.get(root) ?? [];
  const thread = [team.find(channel, root), ...places.map((place) => channel.list[place])];
  const messages = thread.filter((message): message is Message => message !== undefined);
  return readBack(hub, team, args, messages, (message) => !message.deleted, 'oldest first');
}

/** Messages between `oldest` and `latest`; walks from the newest back, so recent ones cost the same in any channel. */
function readBack(
  hub: Hub,
  team: Team,
  args: Json,
  all: Message[],
  shown: (message: Message) => boolean,
  order: string,
): Json {
  const limit = Math.min(Number(args.limit ?? 100), 999);
  if (!(limit >= 1)) return refuse('invalid_limit');
  const oldest = String(args.oldest ?? '0');
  const latest = args.cursor ? Buffer.from(String(args.cursor), 'base64').toString() : String(args.latest ?? '');
  const inclusive = args.inclusive === true && !args.cursor;
  const found: Message[] = [];
  let hasMore = false;
  for (let i = all.length - 1; i >= 0; i--) {
    const message = all[i];
    if (!message || (latest && (inclusive ? message.ts > latest : message.ts >= latest))) continue;
    if (inclusive ? message.ts < oldest : message.ts <= oldest) break;
    if (!shown(message)) continue;
    if (found.length === limit) {
      hasMore = true;
      break;
    }
    found.push(message);
  }
  const next = hasMore ? Buffer.from(found.at(-1)?.ts ?? '').toString('base64') : '';
  if (order === 'oldest first') found.reverse();
  const write = (message: Message) => {
    const { metadata, ...rest } = messageJson(hub, team, message);
    return metadata && args.include_all_metadata === true ? { ...rest, metadata } : rest;
  };
  return { ok: true, messages: found.map(write), has_more: hasMore, response_metadata: { next_cursor: next } };
}

const letter = (channel: Channel) => (channel.isPrivate ? 'G' : 'C');
/** The app hears of what happens in the channels it is in. */
const heard = (team: Team, channel: Channel) => team.installed && channel.members.has(team.botUserId);

/** Puts a person (or the app) into a channel and tells the app. */
export async function enter(
  hub: Hub,
  team: Team,
  channel: Channel,
  user: string,
  inviter?: string,
): Promise<Ack | null> {
  if (channel.members.has(user)) return null;
  channel.members.add(user);
  hub.changed();
  if (!heard(team, channel)) return null;
  const event = {
    type: 'member_joined_channel',
    user,
    channel: channel.id,
    channel_type: letter(channel),
    team: team.id,
  };
  return sendEvent(hub, team, inviter ? { ...event, inviter } : event, { retry: true });
}

/** Takes a person (or the app) out of a channel and tells the app; its own removal comes as two events. */
export async function leave(hub: Hub, team: Team, channel: Channel, user: string, actor: string): Promise<Ack | null> {
  const wasHeard = heard(team, channel);
  if (!channel.members.delete(user)) return null;
  hub.changed();
  if (!wasHeard) return null;
  const event = {
    type: 'member_left_channel',
    user,
    channel: channel.id,
    channel_type: letter(channel),
    team: team.id,
  };
  const ack = await sendEvent(hub, team, event, { retry: true });
  if (user !== team.botUserId) return ack;
  const type = channel.isPrivate ? 'group_left' : 'channel_left';
  return sendEvent(hub, team, { type, channel: channel.id, actor_id: actor }, { retry: true });
}

/** Archives, brings back or deletes a channel and tells the app. */
export async function setState(
  hub: Hub,
  team: Team,
  channel: Channel,
  state: 'archive' | 'unarchive' | 'deleted',
  user: string,
): Promise<Ack | null> {
  const wasHeard = heard(team, channel);
  if (state === 'deleted') team.channels.delete(channel.id);
  else channel.isArchived = state === 'archive';
  hub.changed();
  if (!wasHeard) return null;
  const type = `${channel.isPrivate ? 'group' : 'channel'}_${state}`;
  return sendEvent(hub, team, { type, channel: channel.id, ...(state === 'deleted' ? {} : { user }) }, { retry: true });
}

export async function rename(hub: Hub, team: Team, channel: Channel, name: string): Promise<Ack | null> {
  channel.name = name;
  hub.changed();
  if (!heard(team, channel)) return null;
  const type = channel.isPrivate ? 'group_rename' : 'channel_rename';
  return sendEvent(hub, team, { type, channel: { id: channel.id, name, created: channel.created } }, { retry: true });
}

/** A public channel becomes a private one: it keeps its id and its members, and no event of its own tells apps. */
export function makePrivate(hub: Hub, channel: Channel): void {
  channel.isPrivate = true;
  hub.changed();
}

/** Another organization reads along, or no longer does. */
export async function setShared(hub: Hub, team: Team, channel: Channel, isShared: boolean): Promise<Ack | null> {
  channel.isExtShared = isShared;
  hub.changed();
  if (!heard(team, channel)) return null;
  const other = 'T0OTHERCORP';
  const event = isShared
    ? { type: 'channel_shared', connected_team_id: other, channel: channel.id }
    : { type: 'channel_unshared', previously_connected_team_id: other, channel: channel.id, is_ext_shared: false };
  return sendEvent(hub, team, event, { retry: true });
}

/** A private channel that is shared gets a new id, with all its messages; the old one leads nowhere from then on. */
export async function changeId(hub: Hub, team: Team, channel: Channel, id: string): Promise<Ack | null> {
  const old = channel.id;
  team.channels.delete(old);
  channel.id = id;
  channel.list = channel.list.map((message) => ({ ...message, channel: id }));
  team.channels.set(id, channel);
  hub.changed();
  if (!heard(team, channel)) return null;
  const event = { type: 'channel_id_changed', old_channel_id: old, new_channel_id: id };
  return sendEvent(hub, team, event, { retry: true });
}
