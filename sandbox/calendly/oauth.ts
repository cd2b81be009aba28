// Sign in with Calendly: consent page, codes with PKCE, single-use refresh tokens, revoke, introspect, discovery.
import { createHash } from 'node:crypto';
import { type Answer, escapeHtml, redirect } from './http.ts';
import { secret } from './ids.ts';
import { everyScope, type Token, type TokenBook } from './tokens.ts';
import { personOf, type World } from './world.ts';

/** The OAuth app registered at this Calendly. With no redirect address registered, any loopback one will do. */
export type OAuthApp = {
  clientId: string;
  clientSecret: string;
  redirectUris: string[];
  signingKey: string;
  tokenLifeMs: number;
  /** Token requests that one user's sign-ins may make a minute. */
  tokensPerMinute: number;
};

type Code = { user: string; scopes: string[]; redirectUri: string; challenge: string; expiresAt: number };

const codeLifeMs = 600_000;

export type OAuth = ReturnType<typeof makeOAuth>;

export function makeOAuth(o: { world: World; tokens: TokenBook; app: OAuthApp }) {
  const { world, tokens, app } = o;
  const codes = new Map<string, Code>();
  const spent = new Set<string>();
  const requestTimes = new Map<string, number[]>();

  /** What is wrong with an authorize request, before anything may be sent to its redirect address. */
  function wrongClient(query: URLSearchParams): string | null {
    if (query.get('client_id') !== app.clientId) return 'This app is not registered here.';
    const uri = query.get('redirect_uri') ?? '';
    const known = app.redirectUris.length > 0 ? app.redirectUris.includes(uri) : isLoopback(uri);
    return known ? null : 'The redirect address is not registered for this app.';
  }

  function authorizePage(query: URLSearchParams): Answer {
    const wrong = wrongClient(query);
    if (wrong) return { status: 400, body: shell(`<h1>Calendly cannot open this</h1><p>${escapeHtml(wrong)}</p>`) };
    const error = wrongRequest(query);
    return error ? back(query, { error }) : { status: 200, body: consentPage(query) };
  }

  function wrongRequest(query: URLSearchParams): string | null {
    if (query.get('response_type') !== 'code') return 'unsupported_response_type';
    if (!query.get('code_challenge') || query.get('code_challenge_method') !== 'S256') return 'invalid_request';
    return scopesOf(query).every((scope) => allScopes.has(scope)) ? null : 'invalid_scope';
  }

  function consentPage(query: URLSearchParams): string {
    const people = world.memberships
      .map(({ user, role }, index) => {
        const text = escapeHtml(`${user.name} (${role})`);
        return `<label><input type="radio" name="user" value="${user.uri}"${index === 0 ? ' checked' : ''}> ${text}</label>`;
      })
      .join('');
    const scopes = scopesOf(query)
      .map((scope) => `<li>${escapeHtml(scope)}</li>`)
      .join('');
    return shell(`<h1>May the Slack app use this Calendly account?</h1>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="request" value="${escapeHtml(query.toString())}">
<fieldset><legend>Sign in as</legend>${people}</fieldset>
<p>The app will be able to use:</p><ul>${scopes}</ul>
<button class="primary" name="answer" value="allow" data-testid="oauth-allow">Allow</button>
<button name="answer" value="deny" data-testid="oauth-deny">Deny</button>
</form>`);
  }

  /** The person's answer on the consent page; `granted` where fewer scopes are given than were asked for. */
  function decide(query: URLSearchParams, user: string, allow: boolean, granted?: string[]): Answer {
    if (wrongClient(query) || wrongRequest(query)) return authorizePage(query);
    if (!allow) return back(query, { error: 'access_denied' });
    if (!personOf(world, user)) return { status: 400, body: shell('<p>Choose who signs in.</p>') };
    const code = secret(32);
    codes.set(code, {
      user,
      scopes: granted ?? scopesOf(query),
      redirectUri: query.get('redirect_uri') ?? '',
      challenge: query.get('code_challenge') ?? '',
      expiresAt: Date.now() + codeLifeMs,
    });
    return back(query, { code });
  }

  function token(form: URLSearchParams, authorization: string | undefined): Answer {
    if (!isClient(form, authorization)) return refusedClient;
    const grant = form.get('grant_type');
    if (grant === 'authorization_code') return exchange(form);
    if (grant === 'refresh_token') return refresh(form);
    return failure('unsupported_grant_type', 'The authorization grant type is not supported.');
  }

  function isClient(form: URLSearchParams, authorization: string | undefined): boolean {
    const [id, key] = basic(authorization) ?? [form.get('client_id'), form.get('client_secret')];
    return id === app.clientId && key === app.clientSecret;
  }

  function exchange(form: URLSearchParams): Answer {
    const code = form.get('code') ?? '';
    const found = codes.get(code);
    if (!found) return invalidGrant;
    if (isTooOften(found.user)) return tooMany;
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const right = found.redirectUri === form.get('redirect_uri') && found.challenge === challenge;
    if (!right || Date.now() > found.expiresAt) return invalidGrant;
    return grant(found.user, found.scopes);
  }

  function refresh(form: URLSearchParams): Answer {
    const value = form.get('refresh_token') ?? '';
    const old = tokens.findByRefresh(value);
    if (!old || old.state === 'revoked' || spent.has(value)) return invalidGrant;
    if (isTooOften(old.user)) return tooMany;
    spent.add(value);
    return grant(old.user, [...old.scopes]);
  }

  function grant(user: string, scopes: string[]): Answer {
    const made = tokens.issue(user, { scopes, kind: 'oauth', refresh: secret(32), lifeMs: app.tokenLifeMs });
    const body = {
      token_type: 'Bearer',
      access_token: made.value,
      refresh_token: made.refresh,
      scope: scopes.join(' '),
      created_at: Math.floor(made.createdAt / 1000),
      expires_in: app.tokenLifeMs / 1000,
      owner: user,
      organization: personOf(world, user)?.current_organization,
    };
    return { status: 200, body };
  }

  function isTooOften(user: string): boolean {
    const now = Date.now();
    const recent = (requestTimes.get(user) ?? []).filter((at) => now - at < 60_000);
    requestTimes.set(user, [...recent, now]);
    return recent.length >= app.tokensPerMinute;
  }

  function revoke(form: URLSearchParams): Answer {
    if (!form.get('token')) return failure('invalid_request', 'The token is missing.');
    if (!isClient(form, undefined)) return { status: 403, body: {} };
    const found = tokenOf(form);
    if (found) found.state = 'revoked';
    return { status: 200, body: {} };
  }

  /** Spends the refresh token that came with an access token, as if its answer had never arrived; false when it was spent already. */
  function spend(access: string): boolean {
    const refresh = tokens.find(access)?.refresh ?? null;
    if (refresh === null || spent.has(refresh)) return false;
    spent.add(refresh);
    return true;
  }

  function tokenOf(form: URLSearchParams): Token | undefined {
    const value = form.get('token') ?? '';
    return tokens.find(value) ?? tokens.findByRefresh(value);
  }

  function introspect(form: URLSearchParams): Answer {
    if (!isClient(form, undefined)) return refusedClient;
    const found = tokenOf(form);
    if (!found || typeof tokens.check(found.value) === 'string') return { status: 200, body: { active: false } };
    const scope = [...found.scopes].join(' ');
    return { status: 200, body: { active: true, scope, client_id: app.clientId, token_type: 'Bearer' } };
  }

  function discovery(): Answer {
    const { site } = world;
    const body = {
      issuer: site,
      authorization_endpoint: `${site}/oauth/authorize`,
      token_endpoint: `${site}/oauth/token`,
      revocation_endpoint: `${site}/oauth/revoke`,
      introspection_endpoint: `${site}/oauth/introspect`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      scopes_supported: [...allScopes],
    };
    return { status: 200, body };
  }

  return { authorizePage, decide, token, spend, revoke, introspect, discovery };
}

const allScopes = new Set(everyScope.flatMap((scope) => [scope, scope.replace(':write', ':read')]));

function scopesOf(query: URLSearchParams): string[] {
  const named = (query.get('scope') ?? '').split(/[\s,]+/).filter(Boolean);
  return named.length > 0 ? named : everyScope;
}

function back(query: URLSearchParams, result: Record<string, string>): Answer {
  const to = new URL(query.get('redirect_uri') ?? '');
  for (const [key, value] of Object.entries(result)) to.searchParams.set(key, value);
  const state = query.get('state');
  if (state !== null) to.searchParams.set('state', state);
  return redirect(to.href);
}

function basic(header: string | undefined): [string, string] | null {
  const [kind, coded] = (header ?? '').split(' ');
  if (kind?.toLowerCase() !== 'basic' || !coded) return null;
  const [id = '', key = ''] = Buffer.from(coded, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return [id, key];
}

function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname);
}

const failure = (error: string, description: string, status = 400): Answer => ({
  status,
  body: { error, error_description: description },
});

const invalidGrant = failure(
  'invalid_grant',
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
);

const refusedClient = failure('invalid_client', 'Client authentication failed.', 401);

const tooMany: Answer = { status: 429, headers: { 'Content-Type': 'application/json' } };

function shell(content: string): string {
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Calendly sandbox</title><link rel="stylesheet" href="/page/style.css">
<main class="consent">${content}</main></html>`;
}
