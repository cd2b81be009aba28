// The tables as Kysely sees them; what each is for stands in migrations/001-start.ts. Times are UTC milliseconds of the database's clock.

type Bytes = Uint8Array;

export interface Schema {
  /** See migrations/025-data-keys.ts. */
  data_key: {
    installation_id: string;
    generation: number;
    key_id: Bytes;
    wrapped: Bytes;
    usable_at: number;
    created_at: number;
    settled_at: number | null;
    whole_since: number | null;
  };
  installation: {
    id: string;
    team_id: string;
    bot_user_id: string;
    bot_token: Bytes;
    /** Gone: it removed the app. */
    state: 'active' | 'broken' | 'gone';
    reason: string | null;
    /** See migrations/015-many-workspaces.ts. */
    organization: string | null;
    scopes: string | null;
    installed_by: string | null;
    installed_at: number;
    gone_at: number | null;
    refresh_token: Bytes | null;
    token_ends_at: number | null;
    token_life_ms: number | null;
    token_generation: number;
    renewal: string | null;
    renewal_at: number | null;
    /** Where the states of connections are told. */
    admin_channel: string | null;
    /** Slack users whom admins let do what admins do, divided by spaces; null: nobody. */
    managers: string | null;
    created_at: number;
    updated_at: number;
  };
  install_state: { state_hash: Bytes; browser_hash: Bytes; expires_at: number; used_at: number | null };
  connection: {
    installation_id: string;
    id: string;
    user_uri: string;
    user_name: Bytes;
    user_email: Bytes | null;
    organization_uri: string;
    organization_name: string | null;
    role: 'owner' | 'admin' | 'user';
    scope: 'organization' | 'group' | 'user';
    /** Whose meetings it tells of, by what name; of the scope `group` alone, and left behind where it has another by now. */
    group_uri: string | null;
    group_name: string | null;
    /** 1: the scope was chosen by hand. */
    chosen: number;
    token: Bytes;
    state: 'active' | 'broken' | 'disconnected';
    reason: string | null;
    connected_by: string;
    created_at: number;
    checked_at: number | null;
    check_result: string | null;
    last_change_at: number | null;
    /** Grows with every change to its subscriptions (a trigger counts). */
    revision: number;
    /** Its token is that pair's; null for a personal access token. */
    pair_id: string | null;
    /** Given by a person; null: what Calendly calls it. */
    label: string | null;
    /** The connection that acts in its place. */
    stand_in: string | null;
    stand_in_at: number | null;
    trouble_since: number | null;
    /** The day of the last reminder, counted from then. */
    reminded: number;
  };
  sign_in: {
    link_hash: Bytes;
    installation_id: string;
    slack_user: string;
    browser_hash: Bytes | null;
    state_hash: Bytes | null;
    verifier: Bytes | null;
    created_at: number;
    expires_at: number;
    used_at: number | null;
    done_at: number | null;
    /** What is asked for beside the bookings, as bits: 1 routing forms, 2 what is pressed on cards, 4 single-use links, 8 groups. */
    forms: number;
  };
  token_pair: {
    installation_id: string;
    id: string;
    access: Bytes;
    refresh: Bytes;
    owner_hash: Bytes | null;
    generation: number;
    expires_at: number;
    life_ms: number;
    attempt: string | null;
    attempt_at: number | null;
    unsure: number;
    not_before: number;
    dead: 'refused' | 'lost' | null;
    created_at: number;
  };
  hook: {
    installation_id: string;
    id: string;
    connection_id: string;
    family: 'invitee' | 'routing';
    url_token: string;
    signing_key: Bytes;
    calendly_uri: string | null;
    /** See migrations/022-hook-creator.ts. */
    creator: string | null;
    state: 'making' | 'active' | 'retrying' | 'disabled' | 'missing' | 'retired';
    retry_started_at: number | null;
    created_at: number;
    retired_at: number | null;
  };
  subscription: {
    installation_id: string;
    id: string;
    connection_id: string;
    channel_id: string;
    kinds: string;
    filter: string;
    /** Null: the usual ones. */
    options: string | null;
    made_by: string;
    state: 'active' | 'paused';
    reason: string | null;
    created_at: number;
    updated_at: number;
    muted_until: number | null;
  };
  /** Who did what, see migrations/013-deeds.ts. */
  audit: {
    installation_id: string;
    deed: string;
    subject: string;
    at: number;
    who: string | null;
    what: string;
    channel_id: string | null;
    was: Bytes | null;
    became: Bytes | null;
    result: string;
    /** See migrations/017-audit-chain.ts. */
    seq: number | null;
    details: Bytes | null;
    link: Bytes | null;
  };
  audit_head: {
    installation_id: string;
    seq: number;
    link: Bytes;
    dropped_seq: number;
    dropped_link: Bytes;
    began_at: number;
  };
  /** See migrations/016-erased.ts. */
  installation_key: { installation_id: string; secret: Bytes; created_at: number };
  erased: { installation_id: string; address_hash: Bytes; until: number };
  named: { installation_id: string; address_hash: Bytes; delivery_id: string; at: number };
  change: {
    installation_id: string;
    id: string;
    connection_id: string;
    key_hash: Bytes;
    event: string;
    source: string;
    signed_at: number | null;
    signature_age: string | null;
    received_at: number;
    body: Bytes | null;
    folded_at: number | null;
    verdict: string | null;
  };
  /** See migrations/026-arrivals.ts. */
  arrivals: {
    installation_id: string;
    id: string;
    connection_id: string;
    changes: number;
    unread: number;
    received_at: number;
    body: Bytes;
  };
  booking: {
    installation_id: string;
    id: string;
    connection_id: string;
    version: number;
    state: Bytes;
    /** When its last known meeting ends; for a form, when it was filled in. */
    ends_at: number;
    /** For "2nd booking": whose it is (hashed; null where nobody can tell), since when, and whether nobody came. */
    person_hash: Bytes | null;
    booked_at: number | null;
    no_show: number;
    updated_at: number;
  };
  booking_uri: { installation_id: string; uri_hash: Bytes; booking_id: string };
  delivery: DeliveryTable;
  lane: {
    installation_id: string;
    channel_id: string;
    due_at: number | null;
    lease_until: number;
    fence: number;
    /** Backing off until then, whatever becomes due. */
    not_before: number;
    /** Messages of unknown outcome in a row. */
    stumbles: number;
    /** When the next post would be due were posts spread evenly (GCRA's theoretical arrival time). */
    paced_until: number;
    /** When the channel was last resumed: what Slack refused before that says nothing of it now. */
    back_at: number;
    /** Of a person: the conversation that direct messages to them stand in, once one was posted. */
    direct: string | null;
  };
  person: {
    installation_id: string;
    address_hash: Bytes;
    /** Sealed; only where an admin set it. */
    address: Bytes | null;
    /** Null: nobody. */
    user_id: string | null;
    set_by: string | null;
    checked_at: number;
  };
  /** When a person was last told of messages of unknown outcome. */
  told: { installation_id: string; person: string; at: number };
  /** Kept by triggers, see migrations/tally-triggers.ts; `received` counts all rows, whatever their state. */
  tally: { installation_id: string; what: 'change' | 'message'; state: string; slot: number; n: number };
  digest: {
    installation_id: string;
    channel_id: string;
    every: 'day' | 'week';
    /** 1 is Monday; null for every day. */
    weekday: number | null;
    minute: number;
    zone: string;
    empty: 'line' | 'silence';
    made_by: string;
    last_period: string | null;
    created_at: number;
  };
  cron_run: { name: string; period: number; ran_at: number };
  /** Looking for what was missed, see connection/backfill.ts. */
  backfill: {
    installation_id: string;
    connection_id: string;
    since: number;
    due_at: number;
    lease_until: number;
    fence: number;
    wish: string | null;
    run: string | null;
    last: string | null;
    poll_at: number;
    hourly_at: number;
    nightly_at: number;
  };
}

export interface DeliveryTable {
  installation_id: string;
  id: string;
  channel_id: string;
  kind: 'card' | 'reply' | 'notice';
  booking_id: string | null;
  subscription_id: string | null;
  /** For a reply: which change of the booking it tells. */
  about: string | null;
  /** For a notice or a sample: the content, sealed. */
  body: Bytes | null;
  state: 'due' | 'sending' | 'shown' | 'held' | 'uncertain' | 'suppressed' | 'dead';
  op: 'post' | 'edit' | 'delete' | 'look' | null;
  attempt_id: string | null;
  attempts: number;
  /** When the last post was about to be made. */
  tried_at: number | null;
  /** Searches for a post of unknown outcome that did not find it. */
  looks: number;
  plain: number;
  due_at: number | null;
  first_due_at: number;
  ts: string | null;
  wanted_version: number;
  sent_version: number;
  sent_hash: string | null;
  /** How the card looked when it was last written, where that is not the usual: kept for when its subscription is gone. */
  look: string | null;
  reason: string | null;
  /** When its owner was told that its outcome is unknown. */
  told_at: number | null;
  created_at: number;
  updated_at: number;
}
