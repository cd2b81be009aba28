// Modals and Home: opening, pushing, updating, publishing, and closing, with Slack's checks on each.
import { randomBytes } from 'node:crypto';
import { viewProblems } from './blocks.ts';
import { isObject } from './checks.ts';
import type { Hub } from './hub.ts';
import { stateOf } from './state.ts';
import { makeId, type Team } from './team.ts';
import type { Json, View } from './types.ts';

const MAX_STACK = 3;
const MAX_VIEW_BYTES = 250_000;

type Outcome = { view: View } | { error: string; messages?: string[] };
type Args = Json;

const fail = (error: string, messages?: string[]): Outcome => (messages ? { error, messages } : { error });
const newHash = () => `${Math.floor(Date.now() / 1000)}.${randomBytes(5).toString('hex')}`;

export function openView(hub: Hub, team: Team, args: Args): Outcome {
  const wrong = problems(team, args.view, 'modal');
  if (wrong) return wrong;
  const trigger = hub.exchange(String(args.trigger_id ?? args.interactivity_pointer ?? ''));
  if (typeof trigger === 'string') return fail(trigger);
  if (trigger.team !== team) return fail('invalid_trigger_id');
  const view = make(team, trigger.user, args.view as Json, [], trigger.channel);
  team.stacks.set(trigger.user, [view]);
  hub.changed();
  return { view };
}

export function pushView(hub: Hub, team: Team, args: Args): Outcome {
  const wrong = problems(team, args.view, 'modal');
  if (wrong) return wrong;
  const trigger = hub.exchange(String(args.trigger_id ?? args.interactivity_pointer ?? ''));
  if (typeof trigger === 'string') return fail(trigger);
  if (trigger.team !== team) return fail('invalid_trigger_id');
  return push(hub, team, trigger.user, args.view as Json, trigger.viewId);
}

/** Puts a view on top of those the person has open. */
export function push(hub: Hub, team: Team, user: string, given: Json, from?: string): Outcome {
  const stack = team.stacks.get(user) ?? [];
  if (stack.length === 0 || (from !== undefined && !stack.some((view) => view.id === from))) return fail('not_found');
  if (stack.length >= MAX_STACK) return fail('push_limit_reached');
  const view = make(team, user, given, stack, stack[0]?.channel);
  stack.push(view);
  hub.changed();
  return { view };
}

export function updateView(team: Team, args: Args): Outcome {
  const old = args.view_id
    ? team.view(String(args.view_id))
    : args.external_id
      ? team.viewByExternalId(String(args.external_id))
      : undefined;
  if (!args.view_id && !args.external_id) {
    return fail('invalid_arguments', ['[ERROR] missing required field: view_id']);
  }
  if (!old) return fail('not_found');
  const wrong = problems(team, args.view, old.type, old);
  if (wrong) return wrong;
  if (args.hash && args.hash !== old.hash) return fail('hash_conflict');
  return { view: replace(team, old, args.view as Json) };
}

/** Shows other content in an open view; inputs that are still there keep what was put in. */
export function replace(team: Team, old: View, given: Json): View {
  const view: View = {
    ...fields(team, given),
    id: old.id,
    user: old.user,
    type: old.type,
    hash: newHash(),
    root_view_id: old.root_view_id,
    previous_view_id: old.previous_view_id,
    state: { values: {} },
    ...(old.channel ? { channel: old.channel } : {}),
  };
  if (!view.external_id) view.external_id = old.external_id;
  view.state.values = stateOf(view.blocks, old.state.values, view);
  team.putView(view);
  return view;
}

export function publishView(team: Team, args: Args): Outcome {
  const user = team.users.get(String(args.user_id ?? ''));
  if (!user) return fail('invalid_arguments', ['[ERROR] invalid `user_id`']);
  const old = team.homes.get(user.id);
  const wrong = problems(team, args.view, 'home', old);
  if (wrong) return wrong;
  if (args.hash && args.hash !== old?.hash) return fail('hash_conflict');
  if (old) return { view: replace(team, old, args.view as Json) };
  const view = { ...make(team, user.id, args.view as Json, []), type: 'home' as const };
  team.putView(view);
  return { view };
}

/** Takes a view away; what lay under it shows again. */
export function dropView(team: Team, view: View): void {
  const stack = (team.stacks.get(view.user) ?? []).filter((open) => open.id !== view.id);
  team.stacks.set(view.user, stack);
}

/** What is wrong with a view that an app wants to show; undefined when nothing is. */
export function problems(team: Team, given: unknown, kind: 'modal' | 'home', self?: View): Outcome | undefined {
  if (given === undefined) return fail('invalid_arguments', ['[ERROR] missing required field: view']);
  if (!isObject(given)) return fail('invalid_arguments', ['[ERROR] must provide an object [json-pointer:/view]']);
  if (JSON.stringify(given).length > MAX_VIEW_BYTES) return fail('view_too_large');
  const messages = viewProblems(given, kind);
  if (messages.length > 0) return fail('invalid_arguments', messages);
  const taken = given.external_id ? team.viewByExternalId(String(given.external_id)) : undefined;
  return taken && taken.id !== self?.id ? fail('duplicate_external_id') : undefined;
}

function make(team: Team, user: string, given: Json, stack: View[], channel?: string): View {
  const id = makeId('V');
  const view: View = {
    ...fields(team, given),
    id,
    user,
    type: 'modal',
    hash: newHash(),
    root_view_id: stack[0]?.id ?? id,
    previous_view_id: stack.at(-1)?.id ?? null,
    state: { values: {} },
    ...(channel ? { channel } : {}),
  };
  view.state.values = stateOf(view.blocks, {}, view);
  return view;
}

function fields(team: Team, given: Json) {
  return {
    blocks: team.withBlockIds(given.blocks as View['blocks']),
    ...(given.title ? { title: given.title as Json } : {}),
    submit: (given.submit as Json | undefined) ?? null,
    close: (given.close as Json | undefined) ?? null,
    private_metadata: String(given.private_metadata ?? ''),
    callback_id: String(given.callback_id ?? ''),
    external_id: String(given.external_id ?? ''),
    clear_on_close: given.clear_on_close === true,
    notify_on_close: given.notify_on_close === true,
  };
}

/** A view as Slack writes it in answers and payloads. */
export function viewJson(hub: Hub, team: Team, view: View): Json {
  return {
    id: view.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata,
    callback_id: view.callback_id,
    state: view.state,
    hash: view.hash,
    title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.clear_on_close,
    notify_on_close: view.notify_on_close,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: view.previous_view_id,
    root_view_id: view.root_view_id,
    app_id: hub.appId,
    external_id: view.external_id,
    app_installed_team_id: team.id,
    bot_id: team.botId,
  };
}
