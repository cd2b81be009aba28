// Access tokens, personal and OAuth: who they stand for, what they may do, and why they may have stopped working.
import { jwtLike } from './ids.ts';

/** Everything a token can be given; a `:write` scope includes `:read` of its family. */
export const everyScope = [
  'users:read',
  'organizations:write',
  'scheduled_events:write',
  'event_types:write',
  'availability:write',
  'webhooks:write',
  'routing_forms:read',
  'groups:read',
  'locations:read',
  'scheduling_links:write',
  'shares:write',
  'contacts:write',
  'meeting_recaps:write',
  'data_compliance:write',
];

export type Token = {
  value: string;
  user: string;
  scopes: Set<string>;
  kind: 'personal' | 'oauth';
  refresh: string | null;
  state: 'live' | 'expired' | 'revoked';
  createdAt: number;
  /** Unix milliseconds; personal tokens never expire. */
  expiresAt: number;
};

export type TokenBook = ReturnType<typeof makeTokens>;

export function makeTokens() {
  const byValue = new Map<string, Token>();

  function issue(user: string, o: { scopes: string[]; kind: Token['kind']; refresh?: string; lifeMs?: number }): Token {
    const now = Date.now();
    const token: Token = {
      value: jwtLike(user),
      user,
      scopes: new Set(o.scopes),
      kind: o.kind,
      refresh: o.refresh ?? null,
      state: 'live',
      createdAt: now,
      expiresAt: o.lifeMs === undefined ? Number.POSITIVE_INFINITY : now + o.lifeMs,
    };
    byValue.set(token.value, token);
    return token;
  }

  /** The token, or the sentence its 401 carries. */
  function check(value: string | null): Token | string {
    const token = value === null ? undefined : byValue.get(value);
    if (!token) return 'The access token is invalid';
    if (token.state === 'revoked') return 'The access token was revoked';
    if (token.state === 'expired' || Date.now() >= token.expiresAt) return 'The access token expired';
    return token;
  }

  function end(value: string, state: 'revoked' | 'expired'): void {
    const token = byValue.get(value);
    if (!token) throw new Error('The sandbox never made this token.');
    token.state = state;
  }

  return {
    issue,
    check,
    find: (value: string) => byValue.get(value),
    findByRefresh: (refresh: string) => [...byValue.values()].find((token) => token.refresh === refresh),
    revoke: (value: string) => end(value, 'revoked'),
    expire: (value: string) => end(value, 'expired'),
  };
}

export function allows(token: Token, scope: string): boolean {
  if (token.scopes.has(scope)) return true;
  const [family, verb] = scope.split(':');
  return verb === 'read' && token.scopes.has(`${family}:write`);
}
