// The nouns of the sandbox Calendly, in the JSON shapes its API answers with.

export type Role = 'owner' | 'admin' | 'user';

export type CalUser = {
  uri: string;
  name: string;
  slug: string;
  email: string;
  scheduling_url: string;
  timezone: string;
  avatar_url: null;
  created_at: string;
  updated_at: string;
  current_organization: string;
  resource_type: 'User';
  locale: string;
};

export type Organization = {
  uri: string;
  name: string;
  kind: 'single' | 'multiple';
  plan: string;
  stage: 'trial' | 'free' | 'paid';
  created_at: string;
  updated_at: string;
};

export type Membership = {
  uri: string;
  role: Role;
  user: CalUser;
  organization: string;
  created_at: string;
  updated_at: string;
};

export type Group = {
  uri: string;
  name: string;
  organization: string;
  member_count: number;
  created_at: string;
  updated_at: string;
};

/** `user` is ours, to find people by; the API answers without it. */
export type GroupRelationship = {
  uri: string;
  role: 'admin' | 'member';
  user: string;
  group: string;
  organization: string;
  created_at: string;
  updated_at: string;
};

export type Question = {
  name: string;
  type: 'string' | 'text' | 'phone_number' | 'single_select' | 'multi_select';
  position: number;
  enabled: boolean;
  required: boolean;
  answer_choices: string[];
  include_other: boolean;
};

export type EventType = {
  uri: string;
  name: string;
  active: boolean;
  booking_method: 'instant' | 'poll';
  slug: string;
  scheduling_url: string;
  duration: number;
  duration_options: number[] | null;
  kind: 'solo' | 'group';
  is_paid: boolean;
  pooling_type: 'round_robin' | 'collective' | 'multi_pool' | null;
  type: 'StandardEventType' | 'AdhocEventType';
  color: string;
  created_at: string;
  updated_at: string;
  internal_note: string | null;
  description_plain: string | null;
  description_html: string | null;
  profile: { type: 'User' | 'Team'; name: string; owner: string } | null;
  secret: boolean;
  deleted_at: string | null;
  admin_managed: boolean;
  locations: { kind: string; [key: string]: unknown }[] | null;
  position: number;
  custom_questions: Question[];
  locale: string;
};

/** What an event type needs besides its API shape: whose it is and who can host it. */
export type EventTypeRecord = { json: EventType; organization: string; hosts: CalUser[]; seats: number; turn: number };

export type Location = { type: string; [key: string]: unknown };

export type Cancellation = {
  canceled_by: string;
  reason: string | null;
  canceler_type: 'host' | 'invitee';
  created_at: string;
};

export type ScheduledEvent = {
  uri: string;
  name: string | null;
  meeting_notes_plain: string | null;
  meeting_notes_html: string | null;
  status: 'active' | 'canceled';
  start_time: string;
  end_time: string;
  event_type: string;
  location: Location;
  invitees_counter: { total: number; active: number; limit: number };
  created_at: string;
  updated_at: string;
  event_memberships: {
    user: string;
    user_email: string;
    user_name: string;
    buffered_start_time: string;
    buffered_end_time: string;
  }[];
  event_guests: { email: string; created_at: string; updated_at: string }[];
  cancellation?: Cancellation;
  calendar_event: { kind: string; external_id: string } | null;
};

export type Tracking = {
  utm_campaign: string | null;
  utm_source: string | null;
  utm_medium: string | null;
  utm_content: string | null;
  utm_term: string | null;
  salesforce_uuid: string | null;
};

export type Answer = { question: string; answer: string; position: number };

export type Payment = {
  external_id: string;
  provider: 'stripe' | 'paypal';
  amount: number | string;
  currency: 'AUD' | 'CAD' | 'EUR' | 'GBP' | 'USD';
  terms: string | null;
  successful: boolean;
};

export type Invitee = {
  uri: string;
  email: string;
  first_name: string | null;
  last_name: string | null;
  name: string;
  status: 'active' | 'canceled';
  questions_and_answers: Answer[];
  timezone: string | null;
  event: string;
  created_at: string;
  updated_at: string;
  tracking: Tracking;
  text_reminder_number: string | null;
  rescheduled: boolean;
  old_invitee: string | null;
  new_invitee: string | null;
  cancel_url: string;
  reschedule_url: string;
  routing_form_submission: string | null;
  cancellation?: Cancellation;
  payment: Payment | null;
  no_show: { uri: string; created_at: string } | null;
  reconfirmation: { created_at: string; confirmed_at: string | null } | null;
  scheduling_method: 'instant_book' | 'api' | null;
  invitee_scheduled_by: string | null;
};

export type EventRecord = { json: ScheduledEvent; organization: string; invitees: Invitee[] };

export type RoutingForm = {
  uri: string;
  organization: string;
  name: string;
  status: 'published' | 'draft';
  questions: { uuid: string; name: string; type: string; required: boolean; answer_choices: string[] | null }[];
  created_at: string;
  updated_at: string;
};

export type RoutingFormSubmission = {
  uri: string;
  routing_form: string;
  questions_and_answers: { question_uuid: string; question: string; answer: string }[];
  tracking: Tracking;
  result: { type: 'event_type' | 'external_url' | 'custom_message'; value: unknown };
  submitter: string | null;
  submitter_type: 'Invitee' | null;
  created_at: string;
  updated_at: string;
};

export type HookScope = 'organization' | 'user' | 'group';

/** A webhook subscription. `signing_key` is never answered by the API. */
export type Hook = {
  uri: string;
  callback_url: string;
  created_at: string;
  updated_at: string;
  retry_started_at: string | null;
  state: 'active' | 'disabled';
  events: string[];
  scope: HookScope;
  organization: string;
  user: string | null;
  group: string | null;
  creator: string | null;
  signing_key: string | null;
};

/** One person's place in one meeting. `event` and `invitee` are live: they change as the booking does. */
export type Booking = {
  eventUri: string;
  inviteeUri: string;
  event: ScheduledEvent;
  invitee: Invitee;
};
