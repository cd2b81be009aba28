// Who may act where: the tokens of installations, in one workspace or a whole organization, how they rotate and how they die.
import { randomBytes } from 'node:crypto';
import { makeId, type Team } from './team.ts';
import type { Json, Org } from './types.ts';

interface Token {
  holder: Team | Org;
  /** Null: it does not end by itself. */
  expiresAt: number | null;
  dead: boolean;
}

export const isOrg = (holder: Team | Org): holder is Org => 'isOrg' in holder;
const refuse = (error: string): Json => ({ ok: false, error });
const newToken = (kind: string) => `${kind}-${Date.now()}-${randomBytes(16).toString('hex')}`;

export const createOrg = (name: string): Org => ({
  isOrg: true,
  id: makeId('E'),
  name,
  botUserId: makeId('U'),
  installed: false,
});

export function createGrants(clock: () => number, teams: Map<string, Team>) {
  const tokens = new Map<string, Token>();
  const refreshes = new Map<string, Team | Org>();
  const settings = {
    /** The app's own switch: tokens end, and are renewed. */
    rotates: false,
    /** Seconds that a token lives then. */
    tokenLife: 43_200,
  };

  function add(token: string, holder: Team | Org, expiresAt: number | null = null): void {
    tokens.set(token, { holder, expiresAt, dead: false });
  }

  const live = (holder: Team | Org) => [...tokens].filter(([, each]) => each.holder === holder && !each.dead);

  /** What `oauth.v2.access` says of a token: the one there is, or a fresh one. */
  function issue(holder: Team | Org): Json {
    if (!settings.rotates) {
      const known = live(holder).find(([, each]) => each.expiresAt === null)?.[0];
      const token = known ?? newToken('xoxb');
      if (!known) add(token, holder);
      if (!isOrg(holder)) holder.botToken = token;
      return { access_token: token };
    }
    const token = newToken('xoxe.xoxb-1');
    add(token, holder, clock() + settings.tokenLife * 1_000);
    // Slack keeps at most two that work.
    for (const [, each] of live(holder).slice(0, -2)) each.dead = true;
    if (!isOrg(holder)) holder.botToken = token;
    for (const [old, of] of refreshes) if (of === holder) refreshes.delete(old);
    const refresh = newToken('xoxe-1');
    refreshes.set(refresh, holder);
    return { access_token: token, refresh_token: refresh, expires_in: settings.tokenLife };
  }

  return {
    settings,
    add,
    issue,
    /** A refresh token is good once. */
    renew(refresh: unknown): { holder: Team | Org; granted: Json } | null {
      const holder = refreshes.get(String(refresh));
      if (!holder?.installed) return null;
      return { holder, granted: issue(holder) };
    },
    /** The workspace a token is used in, or why it is good for none. An organization's token says it by its arguments. */
    use(token: string, args: Json): Team | Json {
      const known = tokens.get(token);
      if (!known) return refuse('invalid_auth');
      const { holder } = known;
      if (!holder.installed) return refuse('account_inactive');
      if (known.dead) return refuse('token_revoked');
      if (known.expiresAt !== null && known.expiresAt <= clock()) return refuse('token_expired');
      if (!isOrg(holder)) return holder;
      const named = [args.team_id, args.channel, args.user, args.user_id].map(String);
      const ours = [...teams.values()].filter((team) => team.org === holder);
      const found = ours.find((team) =>
        named.some((id) => team.id === id || team.channels.has(id) || team.users.has(id)),
      );
      return found ?? ours[0] ?? refuse('team_not_found');
    },
    /** Whose token this is, whether or not it works. */
    holderOf: (token: string) => tokens.get(token)?.holder,
    kill(holder: Team | Org): void {
      for (const [, each] of live(holder)) each.dead = true;
      for (const [old, of] of refreshes) if (of === holder) refreshes.delete(old);
    },
    revive(holder: Team | Org): void {
      for (const each of tokens.values()) if (each.holder === holder) each.dead = false;
    },
  };
}

export const isTeam = (found: Team | Json): found is Team => 'users' in found;
/** What Slack says of a workspace's organization in what it sends. */
export const orgOf = ({ org }: Team) => ({
  enterprise_id: org?.id ?? null,
  is_enterprise_install: org?.installed === true,
});

export type Grants = ReturnType<typeof createGrants>;
