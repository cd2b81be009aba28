// Slack's OAuth: where to send whoever installs the app, what the code they bring back is worth, and renewing a token that ends.

import { request } from 'undici';
import { z } from 'zod';
import { Outage, Refusal } from '../errors.ts';
import { neededScopes, optionalScopes } from './scopes.ts';

/** A token for a workspace or a whole organization. */
export interface Grant {
  /** The workspace's id, or the organization's where it was installed in all of it. */
  teamId: string;
  teamName: string;
  isOrganization: boolean;
  botUserId: string;
  botToken: string;
  scopes: string[];
  /** Who installed it. */
  installedBy: string | null;
  /** Null for a token that does not end. */
  rotation: { refresh: string; lifeMs: number } | null;
}

export interface SlackOAuth {
  authorizeUrl(state: string): URL;
  /** Throws Refusal `code_refused`, `client_refused`, Outage. */
  exchange(code: string): Promise<Grant>;
  /** Throws Refusal `grant_refused` where the refresh token will never work again, Outage. */
  renew(refresh: string): Promise<Grant>;
}

const named = z.object({ id: z.string().regex(/^[A-Z0-9]{2,30}$/), name: z.string().nullish() });
const grantShape = z.object({
  ok: z.literal(true),
  access_token: z.string().regex(/^[\x21-\x7e]{8,1000}$/),
  scope: z.string(),
  bot_user_id: z.string().min(1),
  team: named.nullish(),
  enterprise: named.nullish(),
  is_enterprise_install: z.boolean().nullish(),
  authed_user: z.object({ id: z.string() }).nullish(),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.number().positive().nullish(),
});
const refusalShape = z.object({ ok: z.literal(false), error: z.string().regex(/^[a-z_]{1,60}$/) });

const dead = new Set(['invalid_refresh_token', 'token_revoked', 'token_expired', 'invalid_auth', 'account_inactive']);
const ofTheClient = new Set(['invalid_client_id', 'bad_client_secret', 'bad_redirect_uri']);
const unwell = new Set(['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

const timeoutMs = 10_000;

export function slackOAuth(options: {
  apiUrl: URL;
  authorizeUrl: URL;
  client: { id: string; secret: string };
  redirectUri: string;
}): SlackOAuth {
  const { apiUrl, client, redirectUri } = options;
  // RFC 6749, 2.3.1: both are form-encoded before they are put together.
  const basic = Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`).toString('base64');

  async function ask(args: Record<string, string>): Promise<Grant> {
    let answer: unknown;
    try {
      const response = await request(new URL('oauth.v2.access', apiUrl), {
        method: 'POST',
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(args).toString(),
        signal: AbortSignal.timeout(timeoutMs),
      });
      answer = await response.body.json();
    } catch (cause) {
      throw away(cause);
    }
    const refused = refusalShape.safeParse(answer).data;
    if (refused) throw refusalOf(refused.error);
    const granted = grantShape.safeParse(answer);
    if (!granted.success) throw away(granted.error);
    const found = granted.data;
    const isOrganization = found.is_enterprise_install === true;
    const where = isOrganization ? found.enterprise : found.team;
    if (!where) throw away(new Error('a grant for nobody'));
    return {
      teamId: where.id,
      teamName: where.name ?? '',
      isOrganization,
      botUserId: found.bot_user_id,
      botToken: found.access_token,
      scopes: found.scope.split(/[\s,]+/).filter(Boolean),
      installedBy: found.authed_user?.id ?? null,
      rotation:
        found.refresh_token && found.expires_in
          ? { refresh: found.refresh_token, lifeMs: found.expires_in * 1_000 }
          : null,
    };
  }

  return {
    authorizeUrl(state) {
      const url = new URL(options.authorizeUrl);
      url.searchParams.set('client_id', client.id);
      url.searchParams.set('scope', [...neededScopes, ...optionalScopes].join(','));
      url.searchParams.set('redirect_uri', redirectUri);
      url.searchParams.set('state', state);
      return url;
    },
    exchange: (code) => ask({ code, redirect_uri: redirectUri }),
    renew: (refresh) => ask({ grant_type: 'refresh_token', refresh_token: refresh }),
  };
}

function refusalOf(error: string): Refusal | Outage {
  if (unwell.has(error)) return away(error);
  const code = dead.has(error) ? 'grant_refused' : ofTheClient.has(error) ? 'client_refused' : 'code_refused';
  return new Refusal(`Slack refused it (${error}).`, { code, cause: error });
}

const away = (cause: unknown) => new Outage('Slack did not answer me just now.', { code: 'slack_unreachable', cause });
