// The modal to subscribe a channel: which event types, which kinds of change, by which Calendly account, and how the cards look.

import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import type { Connection, EventType } from '../../connection/connection.ts';
import type { Member } from '../../connection/roster.ts';
import { defaultKinds, kinds, type Subscription } from '../../subscription/subscription.ts';
import type { Language, Texts } from '../../texts/index.ts';
import { typeChoices } from '../commands/event-types.ts';
import type { Outsiders } from '../guests.ts';
import { accountLabel, buttons, section, subscriptionLabel } from '../messages/answers.ts';
import { filterFields } from './filter-fields.ts';
import { lookFields, option } from './look.ts';
import { modal } from './modal.ts';

export const SUBSCRIBE = 'subscribe';
export const NEW = 'new';
/** Slack shows at most this many options at once; more are searched. */
const MOST_OPTIONS = 100;

/** `part`: `kinds` leaves the event types as they are. */
const stateShape = z.object({
  channel: z.string(),
  part: z.enum(['all', 'kinds']),
  connection: z.string().optional(),
  which: z.string().optional(),
  /** Nothing new is asked for: there has to be one to change. */
  must: z.boolean().optional(),
});
export type FormState = z.infer<typeof stateShape>;

export function readState(metadata: string): FormState {
  return stateShape.parse(JSON.parse(metadata));
}

export interface FormFacts {
  state: FormState;
  connection: Connection;
  connections: Connection[];
  /** What each is called, by its id. */
  names: ReadonlyMap<string, string>;
  /** The channel's subscriptions. */
  here: Subscription[];
  editing: Subscription | null;
  /** Empty where only the kinds are asked for. */
  types: EventType[];
  hosts: readonly Member[];
  /** What it would do, once somebody asked. */
  preview: string[];
  /** Who else can read the channel. */
  outsiders: Outsiders;
  /** What its people read; null where nobody says. */
  language: Language | null;
  /** Who has opened it. */
  person: { id: string; leads: boolean };
  command: string;
}

export function subscribeForm(facts: FormFacts, t: Texts): ModalView {
  const { state, connection, editing } = facts;
  const metadata = { ...state, connection: connection.id, which: editing?.id ?? NEW };
  return modal(
    {
      title: state.part === 'kinds' ? t.form.titleKinds : t.form.title,
      callbackId: SUBSCRIBE,
      submit: editing ? t.form.save : t.form.submit,
      close: t.common.cancel,
      metadata: JSON.stringify(metadata),
      blocks: [
        section(t.form.question(`<#${state.channel}>`)),
        ...whichSelect(facts, t),
        ...connectionSelect(facts, t),
        ...(state.part === 'kinds' ? [] : [typeSelect(facts, t), ...filters(facts, t)]),
        kindBoxes(facts, t),
        ...(state.part === 'kinds' ? [] : tryIt(facts, t)),
        ...(state.part === 'kinds' ? [] : look(facts, t)),
      ],
    },
    t,
  );
}

function whichSelect({ state, here, editing }: FormFacts, t: Texts): KnownBlock[] {
  const mine = here.slice(0, MOST_OPTIONS - 1).map((each) => option(subscriptionLabel(each, t), each.id));
  const fresh = option(t.form.newOne, NEW);
  const options = state.part === 'kinds' ? mine : [...mine, fresh];
  if (options.length < 2) return [];
  const initial = options.find((each) => each.value === (editing?.id ?? NEW)) ?? options[0]!;
  return [
    {
      type: 'input',
      block_id: 'which',
      dispatch_action: true,
      label: { type: 'plain_text', text: t.form.which },
      element: { type: 'static_select', action_id: 'which', options, initial_option: initial },
    },
  ];
}

function connectionSelect({ state, connection, connections, names, editing }: FormFacts, t: Texts): KnownBlock[] {
  // A subscription stays with the account it was made for.
  if (state.part === 'kinds' || editing || connections.length < 2) return [];
  const options = connections
    .slice(0, MOST_OPTIONS)
    .map((each) => option(accountLabel(each, names.get(each.id) ?? each.userName, t), each.id));
  const initial = options.find((each) => each.value === connection.id) ?? options[0]!;
  return [
    {
      type: 'input',
      block_id: 'connection',
      dispatch_action: true,
      label: { type: 'plain_text', text: t.form.account },
      element: { type: 'static_select', action_id: 'connection', options, initial_option: initial },
    },
  ];
}

function typeSelect({ connection, editing, types }: FormFacts, t: Texts): InputBlock {
  const chosen = editing?.filter.types ?? [];
  // What was chosen once stays choosable, also when Calendly no longer lists it as active.
  const lost = chosen
    .filter((type) => !types.some((each) => each.uri === type.uri))
    .map((type) => ({ ...type, owner: null }));
  const offered = [...types, ...lost];
  const options = typeChoices(offered, t);
  const initial = options.filter((_, i) => chosen.some((type) => type.uri === offered[i]?.uri));
  const common = {
    action_id: 'event_types',
    placeholder: { type: 'plain_text' as const, text: t.form.allTypes },
    max_selected_items: MOST_OPTIONS,
    ...(initial.length > 0 ? { initial_options: initial } : {}),
  };
  return {
    type: 'input',
    // Slack keeps what was entered as long as the ids stay: another account or subscription is another block.
    block_id: blockId('event_types', connection, editing),
    optional: true,
    label: { type: 'plain_text', text: t.form.types },
    hint: { type: 'plain_text', text: t.form.typesHint },
    element:
      options.length > 0 && options.length <= MOST_OPTIONS
        ? { type: 'multi_static_select', ...common, options }
        : { type: 'multi_external_select', ...common, min_query_length: 0 },
  };
}

function kindBoxes({ connection, editing }: FormFacts, t: Texts): InputBlock {
  const options = kinds.map((kind) => option(t.look.kindLabels[kind], kind));
  const chosen = editing?.kinds ?? defaultKinds;
  return {
    type: 'input',
    block_id: blockId('kinds', connection, editing),
    label: { type: 'plain_text', text: t.form.kinds },
    element: {
      type: 'checkboxes',
      action_id: 'kinds',
      options,
      initial_options: options.filter((each) => chosen.some((kind) => kind === each.value)),
    },
  };
}

function filters({ connection, editing, hosts }: FormFacts, t: Texts): InputBlock[] {
  const named = (name: string) => blockId(name, connection, editing);
  return filterFields({ before: editing?.filter ?? null, hosts, blockId: named }, t);
}

/** Says what the fields above would do, as they are. */
function tryIt({ preview }: FormFacts, t: Texts): KnownBlock[] {
  return [buttons([{ label: t.preview.button, action: 'form_preview' }]), ...preview.map(section)];
}

function look({ connection, editing, ...facts }: FormFacts, t: Texts): InputBlock[] {
  const named = (name: string) => blockId(name, connection, editing);
  return lookFields({ ...facts, before: editing?.options ?? null, blockId: named }, t);
}

function blockId(name: string, connection: Connection, editing: Subscription | null): string {
  return `${name}:${connection.id}:${editing?.id ?? NEW}`.slice(0, 255);
}
