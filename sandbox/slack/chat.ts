// The Web API's chat.* methods: posting, editing, deleting, ephemerals, permalinks.
import { messageProblems, visibleLength } from './blocks.ts';
import { isObject } from './checks.ts';
import type { Hub } from './hub.ts';
import { refusalOfEdit, refusalOfPost } from './rules.ts';
import { nextTs, type Team } from './team.ts';
import type { Block, Channel, Json, Message } from './types.ts';

const MAX_TEXT = 40_000;
const MAX_UPDATE_TEXT = 4_000;
/** Undocumented; seen as `msg_blocks_too_long` (bolt-js issue 2509). */
const MAX_BLOCK_CHARACTERS = 13_200;
const MAX_METADATA = 8_000;

export const refuse = (error: string, more: Json = {}): Json => ({ ok: false, error, ...more });
/** Slack takes `true` and 1 alike. */
const yes = (value: unknown) => value === true || value === 1 || value === '1';
export const missingField = (name: string) =>
  refuse('invalid_arguments', { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });

/** A message's content as given, or the error Slack answers with. */
export function readContent(args: Json): { text: string; blocks?: Block[]; attachments?: Json[] } | Json {
  const { blocks, attachments } = args;
  const text = args.text === undefined || args.text === null ? '' : String(args.text);
  if (args.markdown_text !== undefined && (text || blocks)) return refuse('markdown_text_conflict');
  const shown = text || (args.markdown_text === undefined ? '' : String(args.markdown_text));
  if (blocks !== undefined) {
    if (!Array.isArray(blocks)) return refuse('invalid_blocks_format');
    const messages = messageProblems(blocks);
    if (messages.length > 0) return refuse('invalid_blocks', { errors: messages, response_metadata: { messages } });
    if (visibleLength(blocks) > MAX_BLOCK_CHARACTERS) return refuse('msg_blocks_too_long');
  }
  if (attachments !== undefined) {
    if (!Array.isArray(attachments) || !attachments.every(isObject)) return refuse('invalid_attachments');
    if (attachments.length > 100) return refuse('too_many_attachments');
    for (const attachment of attachments) {
      const messages = attachment.blocks === undefined ? [] : messageProblems(attachment.blocks);
      if (messages.length > 0) return refuse('invalid_blocks', { errors: messages, response_metadata: { messages } });
    }
  }
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  const hasAttachments = Array.isArray(attachments) && attachments.length > 0;
  if (!shown && !hasBlocks && !hasAttachments) return refuse('no_text');
  return {
    text: shown.slice(0, MAX_TEXT),
    ...(hasBlocks ? { blocks } : {}),
    ...(hasAttachments ? { attachments } : {}),
  };
}

function readMetadata(args: Json): Json | undefined {
  const { metadata } = args;
  if (metadata === undefined) return undefined;
  if (!isObject(metadata)) return refuse('invalid_metadata_format');
  if (typeof metadata.event_type !== 'string' || !isObject(metadata.event_payload)) {
    return Object.keys(metadata).length === 0 ? undefined : refuse('invalid_metadata_schema');
  }
  return JSON.stringify(metadata).length > MAX_METADATA ? refuse('metadata_too_large') : undefined;
}

/**
 * A channel by id or `#name`, as far as the app may know of it; with a person's id, the DM with that person. Slack takes a message to somebody who was
 * deactivated without a word (slackapi/python-slack-sdk issue 1156).
 */
export function channelFor(
  team: Team,
  wanted: unknown,
  o: { dm?: boolean; names?: boolean } = {},
): Channel | undefined {
  const key = String(wanted ?? '');
  let channel = team.channels.get(key);
  if (!channel && o.names) {
    const name = key.replace(/^#/, '');
    channel = [...team.channels.values()].find((each) => !each.isIm && !each.isPrivate && each.name === name);
  }
  const person = o.dm && !channel ? team.users.get(key) : undefined;
  if (person && !person.isBot) return team.im(person.id);
  return channel && (!channel.isPrivate || channel.members.has(team.botUserId)) ? channel : undefined;
}

export function postMessage(hub: Hub, team: Team, args: Json): Json {
  if (!args.channel) return missingField('channel');
  const channel = channelFor(team, args.channel, { dm: true, names: true });
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  if (!channel.members.has(team.botUserId) && !team.scopes.includes('chat:write.public'))
    return refuse('not_in_channel');
  const content = readContent(args);
  if ('ok' in content) return content;
  const badMetadata = readMetadata(args);
  if (badMetadata) return badMetadata;
  const threadTs = args.thread_ts === undefined ? undefined : threadRoot(team, channel, String(args.thread_ts));
  if (threadTs === null) return refuse('message_not_found');
  const forbidden = refusalOfPost(channel, threadTs);
  if (forbidden) return refuse(forbidden);
  const message = team.post(channel, {
    ...(content as { text: string }),
    user: team.botUserId,
    ...(threadTs ? { threadTs } : {}),
    ...(threadTs && yes(args.reply_broadcast) ? { replyBroadcast: true as const } : {}),
    ...(args.metadata ? { metadata: args.metadata as Json } : {}),
    ...(args.unfurl_links === undefined ? {} : { unfurlLinks: yes(args.unfurl_links) }),
    ...(args.unfurl_media === undefined ? {} : { unfurlMedia: yes(args.unfurl_media) }),
  });
  return { ok: true, channel: channel.id, ts: message.ts, message: messageJson(hub, team, message) };
}

/** The ts that a reply hangs on (a reply's own ts leads to its parent); null when there is no such message. */
function threadRoot(team: Team, channel: Channel, ts: string): string | null {
  const parent = team.find(channel, ts);
  if (!parent || (parent.deleted && !channel.replies.has(ts))) return null;
  return parent.threadTs ?? parent.ts;
}

export function updateMessage(hub: Hub, team: Team, args: Json): Json {
  if (!args.channel) return missingField('channel');
  if (!args.ts) return missingField('ts');
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  const old = team.find(channel, String(args.ts));
  if (!old || old.deleted) return refuse('message_not_found');
  if (old.user !== team.botUserId) return refuse('cant_update_message');
  if (channel.isArchived) return refuse('is_inactive');
  const forbidden = refusalOfEdit(channel);
  if (forbidden) return refuse(forbidden);
  if (String(args.text ?? '').length > MAX_UPDATE_TEXT) return refuse('msg_too_long');
  const content = readContent(
    args.attachments === undefined && old.attachments ? { ...args, attachments: old.attachments } : args,
  );
  if ('ok' in content) return content;
  const badMetadata = readMetadata(args);
  if (badMetadata) return badMetadata;
  const { blocks: _blocks, attachments: _attachments, metadata: before, ...rest } = old;
  const metadata = args.metadata === undefined ? before : (args.metadata as Json);
  team.replace(channel, {
    ...rest,
    ...(content as { text: string }),
    edited: true,
    ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(old.threadTs && yes(args.reply_broadcast) ? { replyBroadcast: true as const } : {}),
  });
  const now = team.find(channel, old.ts) ?? old;
  return { ok: true, channel: channel.id, ts: old.ts, text: now.text, message: messageJson(hub, team, now) };
}

export function deleteMessage(_hub: Hub, team: Team, args: Json): Json {
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  const message = team.find(channel, String(args.ts ?? ''));
  if (!message || message.deleted) return refuse('message_not_found');
  if (message.user !== team.botUserId) return refuse('cant_delete_message');
  removeMessage(team, channel, message);
  return { ok: true, channel: channel.id, ts: message.ts };
}

/** Only the place stays, for the thread that may hang on it. */
export function removeMessage(team: Team, channel: Channel, message: Message): void {
  const { channel: id, ts, user, threadTs } = message;
  team.replace(channel, {
    channel: id,
    ts,
    user,
    text: 'This message was deleted.',
    deleted: true,
    ...(threadTs ? { threadTs } : {}),
  });
}

export function postEphemeral(_hub: Hub, team: Team, args: Json): Json {
  if (!args.channel) return missingField('channel');
  if (!args.user) return missingField('user');
  const channel = channelFor(team, args.channel, { dm: true, names: true });
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  if (!channel.members.has(team.botUserId)) return refuse('not_in_channel');
  if (!channel.members.has(String(args.user))) return refuse('user_not_in_channel');
  const content = readContent(args);
  if ('ok' in content) return content;
  if (String(args.text ?? '').length > MAX_TEXT) return refuse('msg_too_long');
  const thread = args.thread_ts ? { threadTs: String(args.thread_ts) } : {};
  const shown = team.postEphemeral(channel.id, String(args.user), { ...(content as { text: string }), ...thread });
  return { ok: true, message_ts: shown.ts };
}

export function getPermalink(hub: Hub, team: Team, args: Json): Json {
  const channel = channelFor(team, args.channel);
  if (!channel) return refuse('channel_not_found');
  const message = team.find(channel, String(args.message_ts ?? ''));
  if (!message || message.deleted) return refuse('message_not_found');
  return { ok: true, channel: channel.id, permalink: permalink(hub, message) };
}

/** The web address of a message; it lies on the sandbox's own origin, so that a click on it leads somewhere. */
export function permalink(hub: Hub, message: Message): string {
  const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${message.channel}` : '';
  return `${hub.url}/archives/${message.channel}/p${message.ts.replace('.', '')}${thread}`;
}

/** A message as Slack writes it in answers and payloads. */
export function messageJson(hub: Hub, team: Team, message: Message): Json {
  const channel = team.channels.get(message.channel);
  const replies = channel?.replies.get(message.ts)?.length ?? 0;
  const byApp = message.user === team.botUserId;
  const threadTs = message.threadTs ?? (replies > 0 ? message.ts : undefined);
  return {
    type: 'message',
    ...(message.replyBroadcast ? { subtype: 'thread_broadcast' } : {}),
    user: message.user,
    text: message.text,
    ts: message.ts,
    team: team.id,
    ...(byApp ? { bot_id: team.botId, app_id: hub.appId, bot_profile: botProfile(hub, team) } : {}),
    ...(message.blocks ? { blocks: message.blocks } : {}),
    ...(message.attachments ? { attachments: message.attachments } : {}),
    ...(message.edited ? { edited: { user: team.botId, ts: nextTs() } } : {}),
    ...(threadTs ? { thread_ts: threadTs } : {}),
    ...(replies > 0 ? { reply_count: replies } : {}),
    ...(message.metadata ? { metadata: message.metadata } : {}),
  };
}

export const botProfile = (hub: Hub, team: Team): Json => ({
  id: team.botId,
  app_id: hub.appId,
  user_id: team.botUserId,
  name: hub.appName,
  deleted: false,
  updated: 1,
  icons: {},
  team_id: team.id,
});
