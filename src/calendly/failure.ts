// What an answer of Calendly that is not a success means, in words a person can act on (pure).

import type { Extra } from '../connection/scopes.ts';
import { Outage, Refusal } from '../errors.ts';

/** What was asked for, so that the sentence can name it. */
export interface Asked {
  /** Completes "Calendly does not let this account …". */
  doing: string;
  /** The scopes it takes (developer.calendly.com, authorization scopes). */
  scopes: readonly string[];
  /** Who may do it: an owner or admin of the organization, whoever leads the group as well, or everybody for himself. */
  takes: 'admin' | 'group admin' | 'self';
  /** True when Calendly hides a missing scope behind a bare 400, as it does for creating a hook (n8n-io/n8n#33286). */
  hidesScopes?: boolean;
  /** More than connecting takes: a token that lacks it serves for everything else. */
  isExtra?: true;
  /** By what word a sign-in asks for it. */
  extra?: Extra;
}

export interface Answered {
  status: number;
  /** Undefined when it was not JSON. */
  body: unknown;
  /** `X-RateLimit-Reset`: seconds until the limit starts anew, not an epoch. */
  resetSeconds: string | undefined;
}

/** What the person types to give us another token. */
const again = 'then type {command} connect again';
const newToken = 'a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token)';
const makeToken = `Make ${newToken}`;

/** V1 keys were 32 capital letters and digits; a V2 token is a long JWT, so this shape is surely an old key. */
const v1Key = /^[A-Z0-9]{32}$/;
const slackToken = /^(xox[a-z]|xapp)[-.]/;

/** What is surely wrong with a pasted token before Calendly is asked; null when only Calendly can tell. */
export function refuseToken(token: string): Refusal | null {
  if (token === '') return new Refusal(`There is no token yet. ${makeToken}, ${again}.`, { code: 'token_invalid' });
  if (v1Key.test(token)) {
    return new Refusal(
      `That is a key of Calendly's old API (V1), which Calendly has switched off. ${makeToken}, ${again}.`,
      { code: 'token_v1' },
    );
  }
  if (slackToken.test(token)) {
    return new Refusal(`That is a Slack token. ${makeToken}, ${again}.`, { code: 'token_invalid' });
  }
  if (!/^[\x21-\x7e]{1,8000}$/.test(token)) {
    return new Refusal(
      `That is not a Calendly token: it holds spaces or unusual characters. Copy the whole token once more, ${again}.`,
      {
        code: 'token_invalid',
      },
    );
  }
  return null;
}

/**
 * Names the failure. The status decides first and the words second, since the published 401 and 404 bodies differ from the real ones.
 * Codes: token_invalid token_expired token_revoked scopes_missing role_needed plan_needed hook_exists not_found bad_request
 * calendar_unreachable (Refusal) · rate_limited calendly_down (Outage).
 */
export function failureOf(answered: Answered, asked: Asked): Refusal | Outage {
  const { status } = answered;
  const said = wordsOf(answered.body);
  if (status === 429) return rateLimited(answered.resetSeconds);
  if (status >= 500 || status < 400 || status === 408) return down(`it answered ${status}`);
  if (status === 401) return tokenRefused(said.message);
  // Nothing but Calendly's API answers in JSON: a page of HTML comes from what stands before it and says nothing about the account.
  if (answered.body === undefined && status !== 404) return down(`it answered ${status} with a page instead of data`);
  if (status === 403) return forbidden(said, asked);
  if (status === 404) {
    return new Refusal(
      `Calendly no longer knows what I asked for, so I could not ${asked.doing}. Check at calendly.com whether it still exists.`,
      {
        code: 'not_found',
      },
    );
  }
  if (status === 409) {
    return new Refusal(
      'Calendly says that a hook with my address exists already. Type {command} connect again: I then use a new address.',
      {
        code: 'hook_exists',
      },
    );
  }
  if (status === 424) {
    return new Refusal(
      'Calendly cannot reach the calendar behind this account. Connect that calendar at calendly.com again, then try once more.',
      {
        code: 'calendar_unreachable',
      },
    );
  }
  return badRequest(said, asked);
}

/** The same for who signed in, with other cures for what is wrong with the token: it is Calendly's consent that is missing. */
export function failureOfSignIn(answered: Answered, asked: Asked): Refusal | Outage {
  const failure = failureOf(answered, asked);
  if (!(failure instanceof Refusal)) return failure;
  if (answered.status === 401) {
    return new Refusal('Calendly no longer accepts this sign-in. Type {command} connect and sign in again.', {
      code: 'sign_in_ended',
    });
  }
  if (failure.code !== 'scopes_missing') return failure;
  const named = wordsOf(answered.body).scopes;
  const scopes = named && named.length > 0 ? named : asked.scopes;
  if (asked.extra)
    return new Refusal(
      `This account was connected without the permission to ${asked.doing} (${scopes.join(', ')}), since it is asked for only where somebody needs it. Sign in again with it, as the same account, by {command} connect ${asked.extra}, and do it once more; all else goes on as it is.`,
      { code: `needs_${asked.extra}` },
    );
  return new Refusal(
    `Calendly let me in, but does not let me ${asked.doing}: that takes the permission ${scopes.join(', ')}. Allow all that Calendly lists, ${again} and sign in; if it does not list it, whoever runs this app has to tick it in the OAuth app.`,
    { code: 'scopes_missing' },
  );
}

/** For an answer whose status is a success but which is not what was asked for. */
export function notUnderstood(): Outage {
  return down('its answer was not what I asked for');
}

/** For a connection that could not be made, was cut, or took too long. */
export function unreachable(cause: unknown): Outage {
  return new Outage(
    'I cannot reach Calendly right now. Try again in a minute; if it goes on, look at calendlystatus.com.',
    {
      code: 'calendly_unreachable',
      cause,
    },
  );
}

function down(how: string): Outage {
  return new Outage(
    `Calendly is not well right now: ${how}. Try again in a minute; if it goes on, look at calendlystatus.com.`,
    {
      code: 'calendly_down',
    },
  );
}

function rateLimited(resetSeconds: string | undefined): Outage {
  const seconds = /^\d{1,3}$/.test(resetSeconds ?? '') ? Math.max(1, Number(resetSeconds)) : 60;
  return new Outage(
    `Calendly asks me to slow down: too many requests for this account in the last minute. Try again in ${seconds} seconds.`,
    {
      code: 'rate_limited',
      retryAfterMs: seconds * 1000,
    },
  );
}

function tokenRefused(message: string): Refusal {
  if (/expired/i.test(message)) {
    return new Refusal(`This Calendly token has expired. ${makeToken}, ${again}.`, { code: 'token_expired' });
  }
  if (/revoked/i.test(message)) {
    return new Refusal(
      `This Calendly token was revoked: by hand, or because the account's e-mail, password or way to sign in changed. ${makeToken}, ${again}.`,
      { code: 'token_revoked' },
    );
  }
  return new Refusal(
    `Calendly does not accept this token. Check that you copied all of it. If it still fails: make ${newToken}, ${again}.`,
    {
      code: 'token_invalid',
    },
  );
}

const cures: Record<Asked['takes'], string> = {
  admin: 'That takes an owner or admin of the Calendly organization: ask one of them to type {command} connect.',
  'group admin':
    'That takes an admin of this group at Calendly, or an owner or admin of the organization: ask one of them to type {command} connect.',
  self: 'Sign in at Calendly as the person whose meetings it is about, make a token there, and type {command} connect again.',
};

function forbidden(said: Words, asked: Asked): Refusal {
  if (said.scopes !== null) return scopesMissing(said.scopes.length > 0 ? said.scopes : asked.scopes, asked);
  const plan = /upgrade.*?(standard|professional|teams|enterprise|paid)|only available on (paid)/i.exec(said.message);
  if (plan !== null || /upgrade/i.test(said.message)) {
    const name = (plan?.[1] ?? plan?.[2] ?? 'larger').toLowerCase();
    const which = name === 'paid' || name === 'larger' ? `a ${name}` : `the ${name[0]?.toUpperCase()}${name.slice(1)}`;
    return new Refusal(
      `Calendly asks for ${which} plan before this account may ${asked.doing}. Upgrade at calendly.com under Billing, ${again}.`,
      {
        code: 'plan_needed',
      },
    );
  }
  return new Refusal(`Calendly does not let this account ${asked.doing}. ${cures[asked.takes]}`, {
    code: 'role_needed',
  });
}

function scopesMissing(scopes: readonly string[], asked: Asked): Refusal {
  // A new token replaces the old one, so it needs what that has as well.
  if (asked.isExtra)
    return new Refusal(
      `This Calendly token lacks permission to ${asked.doing}. ${makeToken} with all scopes of the present one and also ${scopes.join(', ')}, ${again}.`,
      { code: 'scopes_missing' },
    );
  return new Refusal(
    `This Calendly token lacks permission to ${asked.doing}. ${makeToken} with the scopes ${scopes.join(', ')}, ${again}.`,
    { code: 'scopes_missing' },
  );
}

function badRequest(said: Words, asked: Asked): Refusal | Outage {
  if (said.error === 'invalid_grant') {
    return new Refusal('Calendly no longer accepts this sign-in. Type {command} connect and sign in again.', {
      code: 'token_invalid',
    });
  }
  if (/race condition/i.test(said.title)) return down('two requests met there');
  if (asked.hidesScopes && said.details.length === 0) {
    return new Refusal(
      `Calendly did not let me ${asked.doing} and does not say why; most often the token lacks scopes. ${makeToken} with the scopes ${asked.scopes.join(', ')}, ${again}.`,
      { code: 'scopes_missing' },
    );
  }
  const why = said.details.length > 0 ? said.details.join(', ') : said.message;
  return new Refusal(
    `Calendly did not accept my request to ${asked.doing}${why === '' ? '' : ` (${why})`}. Please tell whoever runs this app: it is not your fault.`,
    { code: 'bad_request' },
  );
}

interface Words {
  title: string;
  message: string;
  error: string;
  details: string[];
  /** Null when it is not about scopes. */
  scopes: string[] | null;
}

/** Picks the parts of an error body that tell something; any body will do. */
function wordsOf(body: unknown): Words {
  const row = isObject(body) ? body : {};
  const title = plain(row.title);
  const scopes = Array.isArray(row.required_scopes) ? row.required_scopes.filter(isScope) : null;
  const details = (Array.isArray(row.details) ? row.details.slice(0, 3) : [])
    .filter(isObject)
    .map((one) => `${plain(one.parameter)} ${plain(one.message)}`.trim())
    .filter((one) => one !== '');
  return {
    title,
    message: plain(row.message),
    error: plain(row.error),
    details,
    scopes: scopes ?? (/insufficient scope/i.test(title) ? [] : null),
  };
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && /^[\w:]{1,60}$/.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A foreign text, short and without what a messenger could read as markup. */
function plain(value: unknown): string {
  return typeof value === 'string'
    ? value
        .replace(/[^\p{L}\p{N} .,:;'()[\]/_-]/gu, ' ')
        .trim()
        .slice(0, 160)
    : '';
}
