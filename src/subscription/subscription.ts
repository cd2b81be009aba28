// What a subscription is: this channel wants these kinds of change of these bookings, through this connection.

export const kinds = ['booked', 'canceled', 'rescheduled', 'noshow', 'routed'] as const;
export type Kind = (typeof kinds)[number];

/** What `subscribe` means when no kind is named. */
export const defaultKinds: readonly Kind[] = ['booked', 'canceled', 'rescheduled'];

/** An event type as chosen by a person: its URI decides, its name is what people read. */
export interface TypeChoice {
  uri: string;
  name: string;
}

export interface Filter {
  /** Empty means every event type. */
  types: TypeChoice[];
}

export interface Subscription {
  installationId: string;
  id: string;
  connectionId: string;
  /** Slack conversation id. */
  channelId: string;
  kinds: Kind[];
  filter: Filter;
  /** Slack user id of the person who made it. */
  madeBy: string;
  state: 'active' | 'paused';
  /** Why it is paused, as a sentence with its cure; null while active. */
  reason: string | null;
  createdAt: number;
  updatedAt: number;
}
