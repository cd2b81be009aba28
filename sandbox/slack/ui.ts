// The endpoints behind the sandbox's page: what a person sees now, word of changes, and everything they can do.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { isObject } from './checks.ts';
import { answerJson, answerText, parseObject, readBody } from './http.ts';
import type { Hub } from './hub.ts';
import { act, close, keep, openHome, submit, suggest, type } from './interact.ts';
import { places, stateKey } from './state.ts';
import type { Team } from './team.ts';
import type { Channel, Element, Json, Message, Values, View } from './types.ts';

const PAGE = join(import.meta.dirname, 'page');
const SHOWN = 300;
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
/** The page shows hostile text on purpose; should it ever fail to tame it, the browser still runs no script but ours. */
const SAFE =
  "default-src 'self'; img-src * data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'";

export function createUi(hub: Hub) {
  const teamOf = (user: string) => [...hub.teams.values()].find((team) => team.users.has(user));

  return async function handle(
    req: IncomingMessage,
    res: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    if (!path.startsWith('/ui/')) return serveFile(res, path);
    if (path === '/ui/people') return answerJson(res, 200, people(hub));
    const body = req.method === 'POST' ? (parseObject((await readBody(req)).toString('utf8')) ?? {}) : {};
    const user = String(query.get('user') ?? body.user ?? firstUser(hub));
    const team = teamOf(user);
    if (!team) return answerJson(res, 404, { ok: false, error: 'user_not_found' });
    if (path === '/ui/state') return answerJson(res, 200, snapshot(hub, team, user));
    if (path === '/ui/stream') return stream(hub, req, res);
    try {
      answerJson(res, 200, await perform(hub, team, user, path.slice('/ui/'.length), body));
    } catch (error) {
      answerJson(res, 400, { ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  };
}

const firstUser = (hub: Hub) => people(hub)[0]?.id ?? '';
const people = (hub: Hub) =>
  [...hub.teams.values()].flatMap((team) => [...team.users.values()].filter((user) => !user.isBot));

async function perform(hub: Hub, team: Team, user: string, what: string, body: Json): Promise<Json> {
  if (what === 'command') {
    const { error, status, timedOut, ms } = await type(hub, team, user, String(body.channel), String(body.text ?? ''));
    return error ? { ok: false, error } : { ok: true, status, timedOut, ms };
  }
  if (what === 'home') return { ok: true, status: (await openHome(hub, team, user)).status };
  const view = body.view === undefined ? undefined : team.view(String(body.view));
  if (body.view !== undefined && view?.user !== user) return { ok: false, error: 'view_not_found' };
  if (what === 'action') return press(hub, team, user, view, body);
  if (what === 'suggest') return look(hub, team, user, view, body);
  if (!view) return { ok: false, error: 'view_not_found' };
  if (what === 'close') return { ok: true, status: (await close(hub, team, user, view)).status };
  if (what === 'submit') {
    const { status, timedOut, errors } = await submit(hub, team, user, view, (body.values ?? {}) as Values);
    return { ok: true, status, timedOut, ...(errors ? { errors } : {}) };
  }
  return { ok: false, error: 'unknown_endpoint' };
}

/** Asks the app for a select's choices, in a view or in a message. */
async function look(hub: Hub, team: Team, user: string, view: View | undefined, body: Json): Promise<Json> {
  const from = view ?? messageOf(team, user, body);
  if (!from) return { ok: false, error: 'message_not_found' };
  const { blockId, actionId, value } = body;
  const found = await suggest(hub, team, user, from, String(blockId), String(actionId), String(value ?? ''));
  return {
    ok: true,
    status: found.status,
    ...(found.groups ? { option_groups: found.groups } : { options: found.options }),
  };
}

async function press(hub: Hub, team: Team, user: string, view: View | undefined, body: Json): Promise<Json> {
  const message = view ? undefined : messageOf(team, user, body);
  if (!view && !message) return { ok: false, error: 'message_not_found' };
  const attached = (message?.attachments ?? []).flatMap((each) => places(each.blocks as View['blocks'] | undefined));
  const all = [...places(view?.blocks ?? message?.blocks), ...attached];
  const place = all.find((each) => each.block.block_id === body.blockId && each.element.action_id === body.actionId);
  if (!place) return { ok: false, error: 'element_not_found' };
  let current = view;
  if (current && isObject(body.values)) {
    for (const other of places(current.blocks)) {
      const given = (body.values as Values)[other.block.block_id ?? '']?.[other.element.action_id ?? ''];
      if (given) current = keep(team, current, other.block.block_id ?? '', other.element, given);
    }
  }
  const value = valueGiven(place.element, body);
  const { status, timedOut } = await act(hub, team, user, {
    blockId: String(body.blockId),
    element: place.element,
    ...(current ? { view: current } : {}),
    ...(message ? { message } : {}),
    ...(value ? { value } : {}),
  });
  return { ok: true, status, timedOut };
}

/** What the page says was picked or typed, under the key that Slack uses for this element. */
function valueGiven(element: Element, body: Json): Json | undefined {
  const key = element.type === 'overflow' ? 'selected_option' : stateKey(element.type);
  if (!key) return undefined;
  if (key === 'selected_option') return { [key]: body.selectedOption ?? null };
  if (key === 'selected_options') return { [key]: body.selectedOptions ?? [] };
  return { [key]: body[key] ?? body.value ?? body.text ?? null };
}

/** The message the page speaks of, as far as this person can see it. */
function messageOf(team: Team, user: string, body: Json): Message | undefined {
  const at = isObject(body.message) ? body.message : {};
  const ts = String(at.ts);
  const channel = team.channels.get(String(at.channel));
  if (!channel?.members.has(user)) return undefined;
  const message = team.find(channel, ts) ?? team.findEphemeral(user, ts);
  return message?.deleted ? undefined : message;
}

/** Everything the page shows to one person. */
function snapshot(hub: Hub, team: Team, user: string): Json {
  team.im(user);
  const me = team.users.get(user);
  const mayBrowse = (channel: Channel) =>
    channel.members.has(user) || (!channel.isPrivate && !channel.isIm && me?.isGuest !== true);
  const channels = [...team.channels.values()].filter(mayBrowse);
  return {
    rev: hub.rev,
    commandName: hub.commandName,
    appName: hub.appName,
    teamName: team.name,
    installed: team.installed,
    installUrl: hub.installUrl,
    workspaces: [...hub.teams.values()].map(workspaceForPage),
    botUserId: team.botUserId,
    me,
    users: [...team.users.values()],
    groups: [...team.groups.values()],
    channels: channels.map(({ id, name, isPrivate, isArchived, isIm, topic, members }) => ({
      id,
      name,
      isPrivate,
      isArchived,
      isIm,
      topic,
      isMember: members.has(user),
      botIsMember: members.has(team.botUserId),
    })),
    messages: Object.fromEntries(channels.map((channel) => [channel.id, shownIn(team, channel, user)])),
    modals: (team.stacks.get(user) ?? []).map(viewForPage),
    home: team.homes.has(user) ? viewForPage(team.homes.get(user) as View) : null,
    notice: team.notices.get(user) ?? null,
  };
}

/** Who one could act as there. */
function workspaceForPage({ id, name, installed, users }: Team): Json {
  const people = [...users.values()].filter((user) => !user.isBot && !user.isDeleted);
  return { id, name, installed, people };
}

/** The channel's latest messages with the person's own ephemerals among them, by time. */
function shownIn(team: Team, channel: Channel, user: string): Message[] {
  const mine = (team.ephemerals.get(user) ?? []).filter((message) => message.channel === channel.id);
  const public_ = channel.list.slice(-SHOWN).filter((message) => !message.deleted || channel.replies.has(message.ts));
  return [...public_, ...mine].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

function viewForPage({ id, type, title, submit, close, blocks, callback_id, errors, hash, state }: View): Json {
  return { id, type, title, submit, close, blocks, callback_id, hash, state, ...(errors ? { errors } : {}) };
}

/** Tells the page that something changed, at most every 30 ms. */
function stream(hub: Hub, req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' });
  const tell = () => res.write(`event: changed\ndata: ${JSON.stringify({ rev: hub.rev })}\n\n`);
  let pending: NodeJS.Timeout | undefined;
  const stop = hub.onChange(() => {
    pending ??= setTimeout(() => {
      pending = undefined;
      tell();
    }, 30);
  });
  req.on('close', () => {
    stop();
    clearTimeout(pending);
  });
  tell();
}

async function serveFile(res: ServerResponse, path: string): Promise<void> {
  const wanted = path === '/' || path.startsWith('/archives/') ? '/index.html' : path;
  const file = join(PAGE, normalize(wanted));
  const type = TYPES[extname(file)];
  const content = type && file.startsWith(PAGE) ? await readFile(file).catch(() => undefined) : undefined;
  if (!content) return answerText(res, 404, 'Not found');
  answerText(res, 200, content.toString('utf8'), type, {
    'content-security-policy': SAFE,
    'cache-control': 'no-cache',
  });
}
