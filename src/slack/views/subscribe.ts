// The modal to subscribe a channel: which event types, which kinds of change, and by which Calendly account.

import type { InputBlock, KnownBlock, ModalView, Option } from '@slack/types';
import { z } from 'zod';
import type { Connection, EventType } from '../../connection/connection.ts';
import { defaultKinds, type Kind, kinds, type Subscription } from '../../subscription/subscription.ts';
import { typeChoices } from '../commands/event-types.ts';
import { accountLabel, section, subscriptionLabel } from '../messages/answers.ts';
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
});
export type FormState = z.infer<typeof stateShape>;

export function readState(metadata: string): FormState {
  return stateShape.parse(JSON.parse(metadata));
}

export interface FormFacts {
  state: FormState;
  connection: Connection;
  connections: Connection[];
  /** The channel's subscriptions. */
  here: Subscription[];
  editing: Subscription | null;
  /** Empty where only the kinds are asked for. */
  types: EventType[];
}

const kindLabels: Record<Kind, string> = {
  booked: 'Booked',
  canceled: 'Canceled',
  rescheduled: 'Rescheduled',
  noshow: 'Marked as no-show',
  routed: 'Routing form submitted',
};

export function subscribeForm(facts: FormFacts): ModalView {
  const { state, connection, editing } = facts;
  const metadata = { ...state, connection: connection.id, which: editing?.id ?? NEW };
  return modal({
    title: state.part === 'kinds' ? 'Kinds of change' : 'Subscribe',
    callbackId: SUBSCRIBE,
    submit: editing ? 'Save' : 'Subscribe',
    close: 'Cancel',
    metadata: JSON.stringify(metadata),
    blocks: [
      section(`What should <#${state.channel}> hear of?`),
      ...whichSelect(facts),
      ...connectionSelect(facts),
      ...(state.part === 'kinds' ? [] : [typeSelect(facts)]),
      kindBoxes(facts),
    ],
  });
}

function whichSelect({ state, here, editing }: FormFacts): KnownBlock[] {
  const mine = here.slice(0, MOST_OPTIONS - 1).map((each) => option(subscriptionLabel(each), each.id));
  const fresh = option('A new subscription', NEW);
  const options = state.part === 'kinds' ? mine : [...mine, fresh];
  if (options.length < 2) return [];
  const initial = options.find((each) => each.value === (editing?.id ?? NEW)) ?? options[0]!;
  return [
    {
      type: 'input',
      block_id: 'which',
      dispatch_action: true,
      label: { type: 'plain_text', text: 'Subscription' },
      element: { type: 'static_select', action_id: 'which', options, initial_option: initial },
    },
  ];
}

function connectionSelect({ state, connection, connections, editing }: FormFacts): KnownBlock[] {
  // A subscription stays with the account it was made for.
  if (state.part === 'kinds' || editing || connections.length < 2) return [];
  const options = connections.slice(0, MOST_OPTIONS).map((each) => option(accountLabel(each), each.id));
  const initial = options.find((each) => each.value === connection.id) ?? options[0]!;
  return [
    {
      type: 'input',
      block_id: 'connection',
      dispatch_action: true,
      label: { type: 'plain_text', text: 'Calendly account' },
      element: { type: 'static_select', action_id: 'connection', options, initial_option: initial },
    },
  ];
}

function typeSelect({ connection, editing, types }: FormFacts): InputBlock {
  const chosen = editing?.filter.types ?? [];
  // What was chosen once stays choosable, also when Calendly no longer lists it as active.
  const lost = chosen
    .filter((type) => !types.some((each) => each.uri === type.uri))
    .map((type) => ({ ...type, owner: null }));
  const offered = [...types, ...lost];
  const options = typeChoices(offered);
  const initial = options.filter((_, i) => chosen.some((type) => type.uri === offered[i]?.uri));
  const common = {
    action_id: 'event_types',
    placeholder: { type: 'plain_text' as const, text: 'All event types' },
    max_selected_items: MOST_OPTIONS,
    ...(initial.length > 0 ? { initial_options: initial } : {}),
  };
  return {
    type: 'input',
    // Slack keeps what was entered as long as the ids stay: another account or subscription is another block.
    block_id: blockId('event_types', connection, editing),
    optional: true,
    label: { type: 'plain_text', text: 'Event types' },
    hint: { type: 'plain_text', text: 'Leave empty for all of them, those made later included.' },
    element:
      options.length > 0 && options.length <= MOST_OPTIONS
        ? { type: 'multi_static_select', ...common, options }
        : { type: 'multi_external_select', ...common, min_query_length: 0 },
  };
}

function kindBoxes({ connection, editing }: FormFacts): InputBlock {
  const options = kinds.map((kind) => option(kindLabels[kind], kind));
  const chosen = editing?.kinds ?? defaultKinds;
  return {
    type: 'input',
    block_id: blockId('kinds', connection, editing),
    label: { type: 'plain_text', text: 'Kinds of change' },
    element: {
      type: 'checkboxes',
      action_id: 'kinds',
      options,
      initial_options: options.filter((each) => chosen.some((kind) => kind === each.value)),
    },
  };
}

function blockId(name: string, connection: Connection, editing: Subscription | null): string {
  return `${name}:${connection.id}:${editing?.id ?? NEW}`.slice(0, 255);
}

function option(label: string, value: string): Option & { value: string; text: { type: 'plain_text'; text: string } } {
  return { text: { type: 'plain_text', text: label }, value };
}
