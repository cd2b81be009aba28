// What to do after a write: Slack's answer and how often it was tried → again, stop and say why, or leave it (pure).
//
// Reasons are sentences people read. In them `{bot}` stands for a mention of the bot (so never within backticks), `{channel}` for the channel as people
// see it, `{command}` for the slash command's name; whoever shows a reason fills these in.

import type { Outcome, Write } from './write.ts';

export type Decision =
  /** `ts` is null where there was nothing left to delete. */
  | { do: 'done'; ts: string | null }
  /** `plain`: text alone. `countsAsAttempt`: false where Slack itself set the pace, so that the next wait does not grow. */
  | { do: 'again'; afterMs: number; plain?: boolean; countsAsAttempt: boolean }
  /** It may be there or not; nobody may send it again. */
  | { do: 'uncertain'; reason: string }
  /** This message cannot become what it should be: forget its ts and post a new one. */
  | { do: 'repost'; reason: string }
  /** Somebody deleted it: the card to edit, or the card a reply belongs under. Only real news bring it back. */
  | { do: 'gone'; reason: string }
  /** The card is there and cannot be edited: its thread says what changed. */
  | { do: 'uneditable'; reason: string }
  /** The thread takes no reply: the reply is left out, since the card above it says the same. */
  | { do: 'drop_thread'; reason: string }
  /** Everything for this channel, or for the whole workspace, waits until a person has done what the reason says. */
  | { do: 'pause'; what: 'channel' | 'installation'; code: string; reason: string }
  | { do: 'dead'; reason: string };

export interface At {
  op: Write['op'];
  /** 1 for the first try, one more for each try since that counted. */
  attempt: number;
  /** Since the first try, milliseconds. */
  ageMs: number;
  /** This try was sent as text alone. */
  plain: boolean;
  kind: 'card' | 'reply' | 'notice';
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Fewer tries than this are never the end, however old the write: a long outage may have used up its day. */
const TRIES_BEFORE_THE_END = 10;

/**
 * The rules, in one place. An outage (no connection, 503, 429; for edits also an unknown outcome) is waited out without end. A code that
 * may mend itself is tried for a day. A post whose outcome nobody knows is never sent again. `random` gives numbers in [0, 1).
 */
export function decide(outcome: Outcome, at: At, random: () => number): Decision {
  switch (outcome.kind) {
    case 'done':
      return { do: 'done', ts: outcome.ts };
    case 'not_sent':
      return { do: 'again', ...outageWait(outcome.retryAfterMs, at, random) };
    case 'ambiguous':
      // Edits and deletions come to the same however often they are done.
      if (at.op !== 'post') return { do: 'again', ...outageWait(null, at, random) };
      return {
        do: 'uncertain',
        reason: `Slack did not say whether this message arrived (${outcome.reason}). I did not send it again, so that it cannot appear twice: look in {channel}.`,
      };
    case 'refused':
      return refused(outcome.error, outcome.detail, at, random);
  }
}

function refused(code: string, detail: string | null, at: At, random: () => number): Decision {
  if (at.op === 'delete') {
    if (code === 'message_not_found') return { do: 'done', ts: null };
    if (code === 'cant_delete_message')
      return { do: 'dead', reason: 'Slack does not let me delete this message. A workspace admin can.' };
  }
  if (at.op === 'edit') {
    if (code === 'message_not_found')
      return {
        do: 'gone',
        reason: 'Somebody deleted this card. It comes back when there is real news of the meeting.',
      };
    if (UNEDITABLE.has(code))
      return { do: 'uneditable', reason: `Slack does not let me edit this card any more (${code}).` };
    if (code === 'block_mismatch')
      return { do: 'repost', reason: `The message could not be edited any more (${code}), so I posted a new one.` };
  }
  if (at.kind === 'reply') {
    if (PARENT_GONE.has(code)) return { do: 'gone', reason: 'Somebody deleted the card of this thread.' };
    if (THREAD.has(code))
      return { do: 'drop_thread', reason: `The thread takes no replies (${code}). The card itself shows the change.` };
  }
  if (OURS.has(code) || code.startsWith('invalid_metadata_')) return ours(code, detail, at);
  const cure = INSTALLATION.get(code);
  if (cure) return { do: 'pause', what: 'installation', code, reason: cure(detail) };
  const channelCure = CHANNEL.get(code);
  if (channelCure) {
    // A notice may be meant for one person: their closed door is no reason to stop a channel. A channel's cards will find out themselves.
    if (at.kind === 'notice') return unsaid(code);
    return { do: 'pause', what: 'channel', code, reason: channelCure };
  }
  if (at.kind === 'notice' && PERSON.has(code)) return unsaid(code);
  return passing(code, at, random);
}

const unsaid = (code: string): Decision => ({ do: 'dead', reason: `I could not say this to {channel}: ${code}.` });

/** The same message would be refused for ever; text alone may pass. */
function ours(code: string, detail: string | null, at: At): Decision {
  if (!at.plain && at.op !== 'delete') return { do: 'again', afterMs: SECOND, plain: true, countsAsAttempt: true };
  return {
    do: 'dead',
    reason: `Slack could not read this message, even as plain text (${code}${detail ? `: ${detail}` : ''}). Please report it.`,
  };
}

/** Codes that may mend themselves, and those we do not know: a day of tries, then the end that fits the code. */
function passing(code: string, at: At, random: () => number): Decision {
  if (at.ageMs < DAY || at.attempt < TRIES_BEFORE_THE_END)
    return { do: 'again', afterMs: patientWait(at.attempt, random), countsAsAttempt: true };
  const end = PASSING.get(code);
  if (end && at.kind !== 'notice') return { do: 'pause', what: end.what, code, reason: end.reason };
  return {
    do: 'dead',
    reason: `Slack refused this message for a day with “${code}”. Look that up in Slack’s documentation, or report it.`,
  };
}

/** Full jitter over 1 s, 2 s, 4 s … 15 min: after an outage, a thousand lanes must not come back in the same second. */
function backOff(attempt: number, random: () => number): number {
  const cap = Math.min(15 * MINUTE, SECOND * 2 ** Math.min(Math.max(attempt, 1) - 1, 20));
  return Math.round(cap * random());
}

/** Slack's own wait is a floor: a tenth of it, and at least half a second, is spread on top. */
function outageWait(
  retryAfterMs: number | null,
  at: At,
  random: () => number,
): { afterMs: number; countsAsAttempt: boolean } {
  if (retryAfterMs === null) return { afterMs: backOff(at.attempt, random), countsAsAttempt: true };
  const spread = Math.max(SECOND / 2, retryAfterMs / 10);
  return { afterMs: Math.ceil(retryAfterMs + spread * random()), countsAsAttempt: false };
}

/** As `backOff` for the first tries, then once an hour: at most 40 tries a day for what Slack clearly does not want. */
function patientWait(attempt: number, random: () => number): number {
  if (attempt < TRIES_BEFORE_THE_END) return backOff(attempt, random);
  return Math.round(HOUR + (HOUR / 4) * random());
}

/** A setting of the workspace, or a card of a bot user that was replaced since. */
const UNEDITABLE = new Set(['cant_update_message', 'edit_window_closed']);

const PARENT_GONE = new Set(['message_not_found', 'thread_not_found']);

const THREAD = new Set([
  'cannot_reply_to_message',
  'restricted_action_thread_locked',
  'restricted_action_non_threadable_channel',
]);

/** Nobody is there to read a direct message; `user_disabled` is also our own word for those who left (see slack/leavers.ts). */
const PERSON = new Set([
  'user_not_found',
  'users_not_found',
  'user_not_visible',
  'user_disabled',
  'cannot_dm_bot',
  'cannot_dm_user',
]);

/** Our own mistakes, as Slack names them; `render_failed` and `http_413` are ours and a proxy's. */
const OURS = new Set([
  ...[
    'invalid_blocks',
    'invalid_blocks_format',
    'msg_blocks_too_long',
    'msg_too_long',
    'no_text',
    'render_failed',
    'http_413',
  ],
  ...[
    'too_many_attachments',
    'invalid_attachments',
    'attachment_payload_limit_exceeded',
    'too_many_contact_cards',
    'markdown_text_conflict',
  ],
  ...['metadata_too_large', 'metadata_must_be_sent_from_app', 'as_user_not_supported', 'cant_broadcast_message'],
  ...[
    'invalid_arguments',
    'invalid_arg_name',
    'invalid_array_arg',
    'invalid_charset',
    'invalid_form_data',
    'invalid_post_type',
  ],
  ...['missing_post_type', 'team_not_found'],
]);

const reinstall = 'A workspace admin needs to install the app again; nothing is lost, I continue where I stopped.';

/** `needed: chat:write; provided: commands` → chat:write */
const neededScope = (detail: string | null) => /needed: ([a-z][a-z0-9:._,-]*)/.exec(detail ?? '')?.[1] ?? null;

const INSTALLATION = new Map<string, (detail: string | null) => string>(
  Object.entries({
    no_token: () => `I have no token for this Slack workspace. ${reinstall}`,
    invalid_auth: () => `Slack no longer accepts my token. ${reinstall}`,
    not_authed: () => `Slack says that I have no token. ${reinstall}`,
    account_inactive: () => `My bot user in this workspace was deactivated. ${reinstall}`,
    token_revoked: () => `My token was revoked, or the app was removed. ${reinstall}`,
    token_expired: () => `My token has expired and could not be renewed. ${reinstall}`,
    invalid_refresh_token: () => `My token could not be renewed. ${reinstall}`,
    two_factor_setup_required: () =>
      'This workspace asks for two-factor sign-in. The person who installed the app needs to set it up; I then continue.',
    missing_scope: (detail) => {
      const scope = neededScope(detail);
      return `Slack did not give me a permission I need${scope ? `: ${scope}` : ''}. ${reinstall}`;
    },
    not_allowed_token_type: () =>
      'My token is not a bot token (those start with xoxb-). Whoever runs the app needs to put the right one in place.',
    team_access_not_granted: () =>
      'The app was not given access to this workspace. An organization admin needs to add the workspace to the app.',
    enterprise_is_restricted: () =>
      'This Slack organization does not let apps do this. An organization admin can allow it.',
  }),
);

const inviteAgain = 'type `/invite` {bot} there, then `{command} subscribe`';
const askAdmin =
  'Ask a workspace admin to let {bot} post there, then type `{command} subscribe` there; or subscribe another channel.';

const CHANNEL = new Map<string, string>(
  Object.entries({
    channel_not_found: `I cannot see {channel}: it was deleted, or it is private and I am not in it. If it is still there, ${inviteAgain}.`,
    not_in_channel: `I am not in {channel}. To go on, ${inviteAgain}.`,
    user_not_in_channel: `I am not in {channel}. To go on, ${inviteAgain}.`,
    is_archived:
      '{channel} is archived. Unarchive it, then type `{command} subscribe` there, or subscribe another channel.',
    is_inactive:
      '{channel} is archived or frozen. Once it is open again, type `{command} subscribe` there, or subscribe another channel.',
    restricted_action: `The settings of this workspace do not let me post in {channel}. ${askAdmin}`,
    restricted_action_read_only_channel: `{channel} is read-only. ${askAdmin}`,
    restricted_action_thread_only_channel: `{channel} takes replies in threads only. ${askAdmin}`,
    restricted_action_non_threadable_channel: `{channel} takes no replies in threads. ${askAdmin}`,
    restricted_action_thread_locked: `The thread in {channel} is locked. ${askAdmin}`,
    channel_is_limited_access: `Only some people may post in {channel}. ${askAdmin}`,
    ekm_access_denied:
      'Admins have suspended posting in {channel}. Ask them; once it is open again, type `{command} subscribe` there.',
    no_permission: `I have no permission to post in {channel}. To go on, ${inviteAgain}.`,
    access_denied: `Slack denies me access to {channel}. ${askAdmin}`,
    messages_tab_disabled:
      'Direct messages from me are switched off in the app’s settings (App Home, Messages tab). Whoever runs the app can switch them on.',
  }),
);

/** What passes by itself within hours, as a rule; the end when it does not. */
const PASSING = new Map<string, { what: 'channel' | 'installation'; reason: string }>(
  Object.entries({
    team_added_to_org: {
      what: 'installation',
      reason: `This workspace has been moving to an Enterprise organization for a day. When that is done: ${reinstall}`,
    },
    org_login_required: {
      what: 'installation',
      reason: `This workspace has been moving to an Enterprise organization for a day. When that is done: ${reinstall}`,
    },
    accesslimited: {
      what: 'installation',
      reason: 'Slack limits this workspace to certain networks. An admin needs to allow the address I run at.',
    },
    message_limit_exceeded: {
      what: 'installation',
      reason: 'This free Slack workspace has used up its messages. An admin can upgrade it or free some.',
    },
    external_channel_migrating: {
      what: 'channel',
      reason:
        '{channel} has been moving between workspaces for a day. When that is done, type `{command} subscribe` there.',
    },
  }),
);
