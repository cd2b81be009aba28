// The shapes that the parts of the sandbox Slack hand to each other, to its page and to tests.

export type Json = Record<string, unknown>;
export type Block = { type: string; block_id?: string } & Json;
export type Element = { type: string; action_id?: string } & Json;
export type Option = { text: { type: string; text: string }; value: string } & Json;
/** `view.state.values`: block_id → action_id → the value as Slack sends it. */
export type Values = Record<string, Record<string, Json>>;

export interface User {
  id: string;
  teamId: string;
  name: string;
  realName: string;
  email: string;
  isAdmin: boolean;
  isOwner: boolean;
  isBot: boolean;
  isGuest: boolean;
  /** A guest of one channel alone. */
  isSingleChannelGuest?: boolean;
  isDeleted: boolean;
  /** They have opened the link that Slack sends to a new address. */
  isEmailConfirmed: boolean;
  tz: string;
  /** The language they read Slack in, such as `de-DE`; told to apps that ask for it. */
  locale: string;
  color: string;
}

/** An Enterprise organization; its workspaces know it as `team.org`. */
export interface Org {
  isOrg: true;
  id: string;
  name: string;
  botUserId: string;
  /** The app is installed in all of it. */
  installed: boolean;
}

/** Several people under one name, such as `@sales-team`. */
export interface UserGroup {
  id: string;
  handle: string;
  members: string[];
}

/** One message as the channel shows it now; an edit makes a new object, so one that a test holds never changes. */
export interface Message {
  channel: string;
  ts: string;
  threadTs?: string;
  user: string;
  text: string;
  blocks?: Block[];
  attachments?: Json[];
  edited?: true;
  ephemeral?: true;
  deleted?: true;
  replyBroadcast?: true;
  metadata?: Json;
  /** Whom an ephemeral message is for. */
  to?: string;
  unfurlLinks?: boolean;
  unfurlMedia?: boolean;
}

export interface Channel {
  id: string;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  isIm: boolean;
  /** Shared with another company by Slack Connect, about to be, or with other workspaces of the same organization. */
  isExtShared: boolean;
  isPendingExtShared: boolean;
  isOrgShared: boolean;
  /** The person at the other end of a direct message with the app. */
  imUser?: string;
  topic: string;
  /** The language of the conversation, told to apps that ask for it. */
  locale: string;
  created: number;
  creator: string;
  members: Set<string>;
  /** Oldest first; `index` finds a message by its ts, `replies` the places of a thread's replies. */
  list: Message[];
  index: Map<string, number>;
  replies: Map<string, number[]>;
}

export interface View {
  id: string;
  type: 'modal' | 'home';
  user: string;
  blocks: Block[];
  title?: Json;
  submit?: Json | null;
  close?: Json | null;
  private_metadata: string;
  callback_id: string;
  external_id: string;
  clear_on_close: boolean;
  notify_on_close: boolean;
  hash: string;
  root_view_id: string;
  previous_view_id: string | null;
  state: { values: Values };
  errors?: Record<string, string>;
  /** Where the person stood when the modal opened, for `default_to_current_conversation`. */
  channel?: string;
}

/** What came back from the app: `status` 0 means that nothing could be reached. */
export interface Ack {
  status: number;
  body: unknown;
  ms: number;
  timedOut: boolean;
}

/** What the app said in its answer to something Slack sent it, kept beside the ledger. */
export interface Answered {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  body: Json;
}

/** One call of the Web API, of a `response_url` (method `response_url`), kept in the ledger. */
export interface ApiCall {
  at: number;
  method: string;
  token: string | null;
  team: string | null;
  args: Json;
  headers: Record<string, string>;
  /** The HTTP status that was sent; 0 when the connection was cut or left hanging. */
  status: number;
  /** What Slack did with it, whether or not the answer then reached the caller. */
  answer: Json;
  accepted: boolean;
}
