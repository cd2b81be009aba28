// What people do in Slack (type a command, press, fill in, close), as the requests and screens that follow from it.

import { messageJson } from './chat.ts';
import { isObject } from './checks.ts';
import { enter, leave, setState } from './conversations.ts';
import { deliver, sendEvent } from './deliver.ts';
import type { Hub } from './hub.ts';
import { escapeMentions } from './mentions.ts';
import { respond } from './responses.ts';
import { missing, stateKey, stateOf } from './state.ts';
import type { Team } from './team.ts';
import type { Ack, Channel, Element, Json, Message, Option, Values, View } from './types.ts';
import { dropView, problems, push, replace, viewJson } from './views.ts';

const TOKEN = 'sandbox-verification-token';
const TROUBLE = 'We had some trouble connecting. Try again?';

function slackName(channel: Channel): string {
  return channel.isIm ? 'directmessage' : channel.isPrivate ? 'privategroup' : channel.name;
}

const accepted = (ack: Ack) => ack.status >= 200 && ack.status < 300;

function userJson(team: Team, id: string): Json {
  const name = team.users.get(id)?.name ?? id;
  return { id, username: name, name, team_id: team.id };
}

function envelope(hub: Hub, team: Team, user: string, type: string): Json {
  return {
    type,
    user: userJson(team, user),
    api_app_id: hub.appId,
    token: TOKEN,
    team: { id: team.id, domain: team.domain },
    enterprise: team.org ? { id: team.org.id, name: team.org.name } : null,
    is_enterprise_install: team.org?.installed === true,
  };
}

/** Types in the composer: the app's command, or words that become a message. */
export async function type(
  hub: Hub,
  team: Team,
  user: string,
  channelId: string,
  text: string,
): Promise<Ack & { error?: string; triggerId?: string; responseUrl?: string }> {
  const done: Ack = { status: 200, body: '', ms: 0, timedOut: false };
  const channel = team.channels.get(channelId);
  if (!channel) return { ...done, status: 0, error: 'channel_not_found' };
  if (!channel.members.has(user)) return { ...done, status: 0, error: 'not_in_channel' };
  if (channel.isArchived) return { ...done, status: 0, error: 'is_archived' };
  team.notice(user, null);
  const [first = '', ...rest] = text.trimStart().split(/(?<=^\S+)\s/);
  if (first === hub.commandName && team.installed) return command(hub, team, user, channel, rest.join(' ').trim());
  if (first.startsWith('/')) {
    const error = await builtIn(hub, team, user, channel, first, rest.join(' '));
    if (error)
      team.notice(user, error === 'unknown_command' ? `${first} is not a valid command.` : `${first}: ${error}`);
    return error ? { ...done, status: 0, error } : done;
  }
  const message = team.post(channel, { user, text });
  if (channel.isIm && team.scopes.includes('im:history') && team.installed) {
    const event = {
      type: 'message',
      channel: channel.id,
      user,
      text,
      ts: message.ts,
      channel_type: 'im',
      team: team.id,
    };
    return sendEvent(hub, team, event, { retry: true });
  }
  return done;
}

/** Slack's own commands, as far as they matter to an app: who is in a channel, and whether it lives. */
async function builtIn(hub: Hub, team: Team, user: string, channel: Channel, name: string, text: string) {
  if (name === '/archive') {
    await setState(hub, team, channel, 'archive', user);
    return undefined;
  }
  if (name !== '/invite' && name !== '/remove') return 'unknown_command';
  const wanted = text.trim().replace(/^@/, '').toLowerCase();
  const person = [...team.users.values()].find((each) => each.name === wanted || each.id.toLowerCase() === wanted);
  if (!person) return `nobody here is called ${text.trim() || '…'}`;
  if (name === '/invite') await enter(hub, team, channel, person.id, user);
  else await leave(hub, team, channel, person.id, user);
  return undefined;
}

async function command(hub: Hub, team: Team, user: string, channel: Channel, text: string) {
  const target = { team, user, channel: channel.id };
  const triggerId = hub.trigger(target);
  const responseUrl = hub.responseUrl('commands', target);
  const ack = await deliver(hub, 'slash_commands', {
    token: TOKEN,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: slackName(channel),
    user_id: user,
    user_name: team.users.get(user)?.name ?? '',
    command: hub.commandName,
    text: hub.shouldEscape ? escapeMentions(team, user, text) : text,
    api_app_id: hub.appId,
    ...(team.org ? { enterprise_id: team.org.id, enterprise_name: team.org.name } : {}),
    is_enterprise_install: String(team.org?.installed === true),
    response_url: responseUrl,
    trigger_id: triggerId,
  });
  const failure = commandFailure(ack);
  if (failure) team.notice(user, `${hub.commandName} failed with the error "${failure}"`);
  else {
    const said = isObject(ack.body) ? ack.body : ack.body ? { text: String(ack.body) } : null;
    if (said?.response_type === 'in_channel') team.post(channel, { user, text: `${hub.commandName} ${text}`.trim() });
    if (said) respond({ ...target, at: hub.now(), uses: 0 }, said);
  }
  return { ...ack, triggerId, responseUrl };
}

/** The word Slackbot shows when a command goes wrong. */
function commandFailure(ack: Ack): string | undefined {
  if (ack.timedOut) return 'operation_timeout';
  if (ack.status === 0) return 'dispatch_failed';
  if (accepted(ack)) return undefined;
  return ack.status >= 500 ? 'http_service_error' : 'http_client_error';
}

export interface Act {
  blockId: string;
  element: Element;
  message?: Message;
  view?: View;
  /** What was picked or typed, under the key that Slack uses for this kind of element. */
  value?: Json;
}

/** Presses a button, picks in a menu or changes an input that reports at once. */
export async function act(hub: Hub, team: Team, user: string, o: Act): Promise<Ack> {
  const { element, message, view, blockId } = o;
  const action: Json = {
    type: element.type,
    action_id: element.action_id ?? '',
    block_id: blockId,
    action_ts: `${Date.now() / 1000}`,
  };
  for (const key of ['text', 'value', 'style', 'placeholder'])
    if (element[key] !== undefined) action[key] = element[key];
  if (!stateKey(element.type)?.startsWith('selected') && stateKey(element.type)) delete action.placeholder;
  Object.assign(action, o.value, { type: element.type });
  const payload = envelope(hub, team, user, 'block_actions');
  const trigger = { team, user, ...(message ? { channel: message.channel } : {}) };
  if (view) {
    const now = o.value && stateKey(element.type) ? keep(team, view, blockId, element, o.value) : view;
    Object.assign(payload, {
      container: { type: 'view', view_id: view.id },
      trigger_id: hub.trigger({ ...trigger, viewId: view.id, ...(view.channel ? { channel: view.channel } : {}) }),
      view: viewJson(hub, team, now),
      actions: [action],
    });
  } else if (message) {
    const channel = team.channels.get(message.channel);
    if (!channel) return { status: 0, body: '', ms: 0, timedOut: false };
    const values = stateOf(message.blocks ?? []);
    if (o.value && stateKey(element.type))
      values[blockId] = { ...values[blockId], [element.action_id ?? '']: { type: element.type, ...o.value } };
    Object.assign(payload, {
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: channel.id,
        is_ephemeral: message.ephemeral === true,
        ...(message.threadTs ? { thread_ts: message.threadTs } : {}),
      },
      trigger_id: hub.trigger(trigger),
      channel: { id: channel.id, name: slackName(channel) },
      ...(message.ephemeral ? {} : { message: messageJson(hub, team, message) }),
      state: { values },
      response_url: hub.responseUrl('actions', { team, user, channel: channel.id, source: message }),
      actions: [action],
    });
  }
  team.notice(user, null);
  const ack = await deliver(hub, 'interactive', payload);
  if (!accepted(ack)) team.notice(user, 'Something went wrong while running this action. Try again?');
  return ack;
}

/** Picks one of the app's global shortcuts in the menu of the composer; it is of no channel, so there is nowhere to answer but a window. */
export async function shortcut(hub: Hub, team: Team, user: string, callbackId: string): Promise<Ack> {
  team.notice(user, null);
  const ack = await deliver(hub, 'interactive', {
    ...envelope(hub, team, user, 'shortcut'),
    callback_id: callbackId,
    trigger_id: hub.trigger({ team, user }),
    action_ts: String(hub.now() / 1000),
  });
  if (!accepted(ack)) team.notice(user, TROUBLE);
  return ack;
}

/** Writes down what stands in an input of an open view. */
export function keep(team: Team, view: View, blockId: string, element: Element, value: Json): View {
  const current = team.view(view.id) ?? view;
  const values: Values = { ...current.state.values };
  values[blockId] = { ...values[blockId], [element.action_id ?? '']: { type: element.type, ...value } };
  const next = { ...current, state: { values } };
  team.putView(next);
  return next;
}

/** Presses a modal's submit button. Slack's own complaints keep it from reaching the app. */
export async function submit(
  hub: Hub,
  team: Team,
  user: string,
  open: View,
  values: Values,
): Promise<Ack & { errors?: Record<string, string> }> {
  const current = team.view(open.id);
  if (!current) throw new Error('this modal is no longer open');
  const view: View = {
    ...current,
    state: { values: stateOf(current.blocks, { ...current.state.values, ...values }, current) },
  };
  const { errors: _shown, ...clean } = view;
  const own = missing(view, view.state.values);
  if (Object.keys(own).length > 0) {
    team.putView({ ...clean, errors: own });
    return { status: 0, body: '', ms: 0, timedOut: false, errors: own };
  }
  team.putView(clean);
  team.notice(user, null);
  const ack = await deliver(hub, 'interactive', {
    ...envelope(hub, team, user, 'view_submission'),
    trigger_id: hub.trigger({ team, user, viewId: view.id, ...(view.channel ? { channel: view.channel } : {}) }),
    view: viewJson(hub, team, clean),
    response_urls: responseUrls(hub, team, user, view),
  });
  const errors = accepted(ack) ? afterSubmit(hub, team, user, view.id, ack.body) : 'trouble';
  if (errors === 'trouble') team.notice(user, TROUBLE);
  return isObject(errors) ? { ...ack, errors: errors as Record<string, string> } : ack;
}

/** Follows the app's answer to a submission; returns the errors it shows, or 'trouble' when Slack cannot use it. */
function afterSubmit(hub: Hub, team: Team, user: string, viewId: string, body: unknown): Json | 'trouble' | undefined {
  const view = team.view(viewId);
  if (!view) return undefined;
  const action = isObject(body) ? body.response_action : undefined;
  if (action === undefined) dropView(team, view);
  else if (action === 'clear') team.stacks.set(user, []);
  else if (action === 'errors' && isObject(body) && isObject(body.errors)) {
    const inputs = new Set(view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id));
    if (!Object.keys(body.errors).every((id) => inputs.has(id)) || Object.keys(body.errors).length === 0)
      return 'trouble';
    team.putView({ ...view, errors: body.errors as Record<string, string> });
    return body.errors;
  } else if ((action === 'update' || action === 'push') && isObject(body)) {
    if (problems(team, body.view, 'modal', action === 'update' ? view : undefined)) return 'trouble';
    if (action === 'update') replace(team, view, body.view as Json);
    else if ('error' in push(hub, team, user, body.view as Json, view.id)) return 'trouble';
  } else return 'trouble';
  hub.changed();
  return undefined;
}

function responseUrls(hub: Hub, team: Team, user: string, view: View): Json[] {
  return view.blocks.flatMap((block) => {
    const element = block.element as Element | undefined;
    if (element?.response_url_enabled !== true) return [];
    const value = view.state.values[block.block_id ?? '']?.[element.action_id ?? ''];
    const channel = value?.selected_conversation ?? value?.selected_channel;
    if (typeof channel !== 'string') return [];
    const response_url = hub.responseUrl('actions', { team, user, channel });
    return [{ block_id: block.block_id, action_id: element.action_id, channel_id: channel, response_url }];
  });
}

/** Closes a modal without submitting it; the app hears of it only if it asked to. */
export async function close(hub: Hub, team: Team, user: string, open: View): Promise<Ack> {
  const view = team.view(open.id);
  const done: Ack = { status: 200, body: '', ms: 0, timedOut: false };
  if (!view) return done;
  if (view.clear_on_close) team.stacks.set(user, []);
  else dropView(team, view);
  hub.changed();
  if (!view.notify_on_close) return done;
  return deliver(hub, 'interactive', {
    ...envelope(hub, team, user, 'view_closed'),
    view: viewJson(hub, team, view),
    is_cleared: view.clear_on_close,
  });
}

/** Asks the app for the choices of an external select. */
export async function suggest(
  hub: Hub,
  team: Team,
  user: string,
  from: View | Message,
  blockId: string,
  actionId: string,
  value: string,
): Promise<Ack & { options: Option[]; groups?: Json[] }> {
  const ack = await deliver(hub, 'interactive', {
    ...envelope(hub, team, user, 'block_suggestion'),
    ...('ts' in from ? messagePlace(hub, team, from) : viewPlace(hub, team, from)),
    action_id: actionId,
    block_id: blockId,
    value,
  });
  const body = accepted(ack) && isObject(ack.body) ? ack.body : {};
  if (Array.isArray(body.option_groups)) {
    const groups = body.option_groups.filter(isObject);
    return { ...ack, groups, options: groups.flatMap((group) => group.options as Option[]).slice(0, 100) };
  }
  return { ...ack, options: (Array.isArray(body.options) ? (body.options as Option[]) : []).slice(0, 100) };
}

function viewPlace(hub: Hub, team: Team, view: View): Json {
  return {
    container: { type: 'view', view_id: view.id },
    view: viewJson(hub, team, team.view(view.id) ?? view),
  };
}

function messagePlace(hub: Hub, team: Team, message: Message): Json {
  const channel = team.channels.get(message.channel);
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: message.ephemeral === true,
    },
    channel: { id: message.channel, name: channel ? slackName(channel) : '' },
    ...(message.ephemeral ? {} : { message: messageJson(hub, team, message) }),
  };
}

/** Opens the app's Home tab, or its Messages tab. */
export function openHome(hub: Hub, team: Team, user: string, tab: 'home' | 'messages' = 'home'): Promise<Ack> {
  const view = team.homes.get(user);
  const channel = team.im(user).id;
  const event = {
    type: 'app_home_opened',
    user,
    channel,
    tab,
    ...(view && tab === 'home' ? { view: viewJson(hub, team, view) } : {}),
  };
  return sendEvent(hub, team, event, { retry: true });
}
