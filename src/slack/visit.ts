// One person's request, as the verbs see it: who, where, and the ways to answer.

import type { View } from '@slack/types';
import type { Logger } from 'pino';
import type { Texts } from '../texts/index.ts';
import type { Product, Workspace } from './product.ts';
import type { Message, SlackWeb } from './web.ts';

/** A modal that is open at the person's side. */
export interface Window {
  id: string;
  /** Shows this in the modal; if the person has closed it, sends `instead`, if there is one, as a direct message. */
  show(view: View, instead: Message | null): Promise<void>;
}

export interface Visit {
  product: Product;
  slack: SlackWeb;
  workspace: Workspace;
  user: string;
  /** Everything the app says, in this person's language. */
  t: Texts;
  /** Null where there is no channel: Home, and modals (which carry theirs in their metadata). */
  channel: string | null;
  /** What was typed or pressed, by our own name for it; for the record. */
  doing?: string;
  log: Logger;
  /** Only this person sees it. `replace`: in place of the message whose button was pressed. */
  answer(message: Message, how?: { replace?: boolean }): Promise<void>;
  /** Opens a modal. Slack allows 3 s for it, so nothing slow may come before. */
  open(view: View): Promise<Window>;
}

export interface CommandVisit extends Visit {
  channel: string;
  /** What follows the verb, as typed. */
  rest: string;
}

/** What was put into a modal: the values of each element, by its action_id. */
export interface Entered {
  text(actionId: string): string;
  /** The chosen options' values, or the ids of chosen channels; empty when there are none. */
  chosen(actionId: string): string[];
  /** A picked day and time, UTC milliseconds; null where none was. */
  moment(actionId: string): number | null;
  blockOf(actionId: string): string;
}

export interface ActionVisit extends Visit {
  value: string;
  window: Window | null;
  entered: Entered;
  metadata: string;
  /** The text of the message whose button was pressed; null where only this person sees it, or where it is none. */
  said: string | null;
}

export interface SubmitVisit extends Visit {
  entered: Entered;
  metadata: string;
  /** Says in the modal what must be put right, by action_id. */
  refuse(errors: Record<string, string>): Promise<void>;
  /** Closes the form at once and shows this instead; what takes long comes after. */
  proceed(view: View): Promise<Window>;
}

export interface SuggestVisit extends Pick<Visit, 'product' | 'slack' | 'workspace' | 'user' | 't' | 'log'> {
  query: string;
  metadata: string;
}

export interface Choice {
  text: { type: 'plain_text'; text: string };
  value: string;
}

/** One verb of the command, with all that belongs to it. Help is written from this. */
export interface Verb {
  /** What it is for stands under this name in the texts of each language. */
  name: keyof Texts['help']['verbs'];
  aliases: readonly string[];
  /** As typed after the command's name; what they mean stands there too. */
  examples: readonly [string, string];
  run(visit: CommandVisit): Promise<void>;
  /** Buttons and selects, by the part of the action_id before a colon. */
  actions?: Record<string, (visit: ActionVisit) => Promise<void>>;
  /** Modals, by callback_id. */
  submissions?: Record<string, (visit: SubmitVisit) => Promise<void>>;
  /** Slack's own menu of shortcuts, by callback_id. */
  shortcuts?: Record<string, (visit: ActionVisit) => Promise<void>>;
  /** Searched options, by action_id. */
  suggestions?: Record<string, (visit: SuggestVisit) => Promise<Choice[]>>;
}
