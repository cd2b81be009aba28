// Sign in with Calendly: the address people are sent to, and the three calls that turn a code into tokens, renew them and end them.

import * as oauth from 'oauth4webapi';
import { Agent, request } from 'undici';
import type { Granted } from '../connection/pair.ts';
import type { OAuth } from '../connection/token.ts';
import { Outage, Refusal } from '../errors.ts';

export interface OAuthOptions {
  /** Where people sign in and tokens are given out: `CALENDLY_AUTH_URL`. */
  authUrl: URL;
  client: { id: string; secret: string };
  /** Where Calendly sends people back to; registered with the OAuth app. */
  redirectUri: string;
  /** Milliseconds for one call as a whole. */
  timeoutMs?: number;
  log?: { warn(fields: object, message: string): void };
}

/** Where Calendly does not say: what it documents. */
const usualLifeSeconds = 7_200;
const largestAnswer = 256 * 1024;

/**
 * Calendly's OAuth 2.1 endpoints (authorization code, PKCE S256). What it throws:
 * - `Refusal` grant_refused (the code or the refresh token is not accepted), client_refused (our id or secret is not);
 * - `Outage` rate_limited, calendly_unreachable (surely nothing was sent), calendly_unclear (an answer was not seen or not understood).
 * Nothing is tried again here: codes and refresh tokens work once. No token stands in a message, a cause or a log line.
 */
export function calendlyOAuth(options: OAuthOptions): OAuth & { close(): Promise<void> } {
  const { authUrl, redirectUri, log } = options;
  const { origin } = authUrl;
  const server: oauth.AuthorizationServer = {
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    revocation_endpoint: `${origin}/oauth/revoke`,
  };
  const client: oauth.Client = { client_id: options.client.id };
  const agent = new Agent({ connections: 4, connect: { timeout: 5_000 }, maxResponseSize: largestAnswer });

  /** oauth4webapi's requests by undici, with our limits on time and size, and no redirects. */
  const send = async (url: string, asked: oauth.CustomFetchOptions<'POST', URLSearchParams>): Promise<Response> => {
    const answer = await request(url, {
      dispatcher: agent,
      method: asked.method,
      headers: { ...asked.headers, 'user-agent': 'calendly-for-slack' },
      body: asked.body.toString(),
      signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
    });
    const headers = new Headers();
    for (const name of ['content-type', 'www-authenticate', 'x-ratelimit-reset']) {
      const value = answer.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    const text = await answer.body.text();
    return new Response([204, 304].includes(answer.statusCode) ? null : text, { status: answer.statusCode, headers });
  };
  // Plain http is for this machine alone: the settings refuse any other such address.
  const how = { [oauth.customFetch]: send, [oauth.allowInsecureRequests]: authUrl.protocol === 'http:' };
  const byBasic = oauth.ClientSecretBasic(options.client.secret);

  async function granted(
    doing: string,
    ask: () => Promise<Response>,
    read: (answer: Response) => Promise<oauth.TokenEndpointResponse>,
    previous: string | null,
  ): Promise<Granted> {
    let answer: Response | null = null;
    try {
      answer = await ask();
      return grantIn(await read(answer), previous);
    } catch (error) {
      const failure = failureOf(error, answer);
      log?.warn({ doing, status: answer?.status, code: failure.code }, 'Calendly gave out no tokens');
      throw failure;
    }
  }

  return {
    async authorize(state, scopes) {
      const verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(`${origin}/oauth/authorize`);
      const query = {
        client_id: options.client.id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return { url, verifier };
    },

    async exchange({ params, state, verifier, scopes }) {
      let checked: URLSearchParams;
      try {
        checked = oauth.validateAuthResponse(server, client, params, state);
      } catch (error) {
        throw turnedBack(error instanceof oauth.AuthorizationResponseError ? error.error : 'not_understood', scopes);
      }
      return await granted(
        'exchange',
        () => oauth.authorizationCodeGrantRequest(server, client, byBasic, checked, redirectUri, verifier, how),
        (answer) => oauth.processAuthorizationCodeResponse(server, client, answer),
        null,
      );
    },

    async renew(refresh) {
      return await granted(
        'renew',
        () => oauth.refreshTokenGrantRequest(server, client, byBasic, refresh, how),
        (answer) => oauth.processRefreshTokenResponse(server, client, answer),
        refresh,
      );
    },

    async revoke(token) {
      // Calendly's revocation takes id and secret in the form (developer.calendly.com, post-oauth-revoke).
      const inForm = oauth.ClientSecretPost(options.client.secret);
      let answer: Response | null = null;
      try {
        answer = await oauth.revocationRequest(server, client, inForm, token, how);
        await oauth.processRevocationResponse(answer);
      } catch (error) {
        throw failureOf(error, answer);
      }
    },

    close: () => agent.close(),
  };
}

function grantIn(answer: oauth.TokenEndpointResponse, previous: string | null): Granted {
  // A server may leave the refresh token out of an answer to a renewal: then the old one stays good (RFC 6749, section 6).
  const refresh = answer.refresh_token ?? previous;
  if (refresh === null) throw unclear();
  const { owner } = answer;
  return {
    access: answer.access_token,
    refresh,
    expiresInMs: (answer.expires_in ?? usualLifeSeconds) * 1_000,
    scopes: answer.scope === undefined ? null : answer.scope.split(/[\s,]+/).filter((scope) => scope !== ''),
    owner: typeof owner === 'string' ? owner : null,
  };
}

/** What the person or Calendly's consent page said no to. */
function turnedBack(error: string, scopes: readonly string[]): Refusal {
  if (error === 'access_denied') {
    return new Refusal(
      'You did not allow it at Calendly, so nothing was connected. If that was a slip, type {command} connect again.',
      { code: 'denied' },
    );
  }
  const named = /^[\w ]{1,60}$/.test(error) ? error : 'not understood';
  const cure =
    error === 'invalid_scope'
      ? `Whoever runs this app has to tick these scopes in its OAuth app at developer.calendly.com: ${scopes.join(', ')}. Then type {command} connect again.`
      : 'Type {command} connect again; if it stays, please tell whoever runs this app.';
  return new Refusal(`Calendly sent you back without letting me in (${named}). Nothing was connected. ${cure}`, {
    code: 'sign_in_refused',
  });
}

/** Reads status and OAuth's error code; the error itself is dropped, since its cause may hold the whole answer. */
function failureOf(error: unknown, answer: Response | null): Refusal | Outage {
  if (error instanceof Refusal || error instanceof Outage) return error;
  if (answer === null) return wasNotSent(error) ? unreachable() : unclear();
  const { status } = answer;
  if (status === 429) return rateLimited(answer.headers.get('x-ratelimit-reset'));
  const said = error instanceof oauth.ResponseBodyError ? error.error : null;
  if (said === 'invalid_grant') {
    return new Refusal('Calendly no longer accepts this sign-in. Type {command} connect and sign in again.', {
      code: 'grant_refused',
    });
  }
  const isOurClient =
    said === 'invalid_client' ||
    said === 'unauthorized_client' ||
    (said === null && (status === 401 || status === 403));
  if (isOurClient) {
    return new Refusal(
      'Calendly does not accept this app’s own client id or secret. Whoever runs this app has to set CALENDLY_CLIENT_ID and CALENDLY_CLIENT_SECRET right; until then, type {command} connect and paste a personal access token.',
      { code: 'client_refused' },
    );
  }
  if (said !== null && status < 500) {
    return new Refusal(
      `Calendly did not accept my request for tokens (${/^\w{1,60}$/.test(said) ? said : 'not understood'}). Please tell whoever runs this app: it is not your fault.`,
      { code: 'request_refused' },
    );
  }
  return unclear();
}

const surelyNotSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function wasNotSent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return surelyNotSent.has(code) || code === 'UND_ERR_CONNECT_TIMEOUT';
}

function unreachable(): Outage {
  return new Outage(
    'I cannot reach Calendly right now. Try again in a minute; if it goes on, look at calendlystatus.com.',
    { code: 'calendly_unreachable' },
  );
}

/** The request may have done its work: what it spent is spent. */
function unclear(): Outage {
  return new Outage(
    'Calendly is not well right now: its answer to the sign-in did not arrive, or was not what I asked for. Try again in a minute; if it goes on, look at calendlystatus.com.',
    { code: 'calendly_unclear' },
  );
}

function rateLimited(reset: string | null): Outage {
  const seconds = reset !== null && /^\d{1,3}$/.test(reset) ? Math.max(1, Number(reset)) : 60;
  return new Outage(
    `Calendly asks me to slow down: too many sign-ins of this account in the last minute. Try again in ${seconds} seconds.`,
    { code: 'rate_limited', retryAfterMs: seconds * 1_000 },
  );
}
