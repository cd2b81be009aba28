// The Web API's methods about the app itself, its workspace and the people in it, and the exchange of OAuth codes.
import { botProfile, missingField, refuse } from './chat.ts';
import { page } from './conversations.ts';
import { sendEvent } from './deliver.ts';
import { isOrg } from './grants.ts';
import type { Hub } from './hub.ts';
import type { Team } from './team.ts';
import type { Json, Org, User } from './types.ts';

export function authTest(hub: Hub, team: Team): Json {
  return {
    ok: true,
    url: `${hub.url}/`,
    team: team.name,
    user: hub.appName.toLowerCase(),
    team_id: team.id,
    user_id: team.botUserId,
    bot_id: team.botId,
    enterprise_id: team.org?.id,
    is_enterprise_install: team.org?.installed === true,
  };
}

export function userJson(team: Team, user: User): Json {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.isDeleted,
    color: user.color,
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: 3600,
    profile: {
      title: '',
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      ...(team.scopes.includes('users:read.email') && !user.isBot ? { email: user.email } : {}),
      team: user.teamId,
      ...(user.isBot ? { bot_id: team.botId, api_app_id: '' } : {}),
    },
    ...(team.org && !user.isBot
      ? {
          enterprise_user: {
            id: user.id,
            enterprise_id: team.org.id,
            enterprise_name: team.org.name,
            teams: [team.id],
          },
        }
      : {}),
    is_admin: user.isAdmin,
    is_owner: user.isOwner,
    is_primary_owner: user.isOwner,
    is_restricted: user.isGuest || user.isSingleChannelGuest === true,
    is_ultra_restricted: user.isSingleChannelGuest === true,
    is_bot: user.isBot,
    is_app_user: false,
    ...(user.isBot ? {} : { is_email_confirmed: user.isEmailConfirmed }),
    ...(user.teamId === team.id ? {} : { is_stranger: true }),
    updated: 1,
  };
}

export function usersInfo(_hub: Hub, team: Team, args: Json): Json {
  if (!args.user) return missingField('user');
  const user = team.users.get(String(args.user));
  if (!user) return refuse('user_not_found');
  const locale = args.include_locale === true ? { locale: user.locale } : {};
  return { ok: true, user: { ...userJson(team, user), ...locale } };
}

export function usersList(_hub: Hub, team: Team, args: Json): Json {
  const found = page([...team.users.values()], args);
  if (!('items' in found)) return found as Json;
  const { items, next } = found as { items: User[]; next: string };
  return { ok: true, members: items.map((user) => userJson(team, user)), response_metadata: { next_cursor: next } };
}

export function lookupByEmail(_hub: Hub, team: Team, args: Json): Json {
  if (!args.email) return missingField('email');
  const wanted = String(args.email).toLowerCase();
  const user = [...team.users.values()].find((each) => !each.isBot && each.email.toLowerCase() === wanted);
  return user ? { ok: true, user: userJson(team, user) } : refuse('users_not_found');
}

export function teamInfo(hub: Hub, team: Team): Json {
  const { id, name, domain } = team;
  return { ok: true, team: { id, name, domain, url: `${hub.url}/`, email_domain: `${domain}.example`, icon: {} } };
}

export function botsInfo(hub: Hub, team: Team, args: Json): Json {
  if (args.bot && args.bot !== team.botId) return refuse('bot_not_found');
  return { ok: true, bot: botProfile(hub, team) };
}

/** The app leaves the workspace, or the organization: its tokens die and both events come, in no promised order. */
export async function uninstall(hub: Hub, holder: Team | Org, order: readonly string[] = leaving): Promise<void> {
  const teams = hub.teamsOf(holder);
  holder.installed = false;
  for (const team of teams) team.installed = false;
  hub.grants.kill(holder);
  hub.changed();
  const [first] = teams;
  for (const type of order)
    if (first) await sendEvent(hub, first, leavingEvent(type, holder.botUserId), { retry: true, ofOrg: isOrg(holder) });
}

export const leaving = ['tokens_revoked', 'app_uninstalled'] as const;
const leavingEvent = (type: string, bot: string): Json => ({
  type,
  ...(type === 'tokens_revoked' ? { tokens: { oauth: [], bot: [bot] } } : {}),
});

/** `auth.revoke`: this token is done, and Slack says so. */
export function revoke(hub: Hub, team: Team, args: Json): Json {
  if (args.test === true) return { ok: true, revoked: false };
  hub.grants.kill(team);
  hub.changed();
  void sendEvent(hub, team, leavingEvent('tokens_revoked', team.botUserId), { retry: true });
  return { ok: true, revoked: true };
}

/** `apps.uninstall`, with the app's own id and secret besides a token. */
export function uninstallByApp(hub: Hub, team: Team, args: Json): Json {
  if (args.client_id !== hub.clientId) return refuse('invalid_client_id');
  if (args.client_secret !== hub.clientSecret) return refuse('bad_client_secret');
  void uninstall(hub, team.org?.installed ? team.org : team);
  return { ok: true };
}

const CODE_LIFE_MS = 10 * 60_000;

/** OAuth codes of people who pressed Allow; each is good once, for ten minutes. */
export function createCodes() {
  const codes = new Map<string, { holder: Team | Org; user: string; at: number; redirectUri: string }>();

  function install(hub: Hub, holder: Team | Org): void {
    holder.installed = true;
    for (const team of hub.teamsOf(holder)) team.installed = true;
    hub.changed();
  }

  const answer = (hub: Hub, holder: Team | Org, granted: Json): Json => {
    const scopes = hub.teamsOf(holder)[0]?.scopes ?? [];
    const org = isOrg(holder) ? holder : holder.org;
    return {
      ok: true,
      app_id: hub.appId,
      scope: scopes.join(','),
      token_type: 'bot',
      bot_user_id: holder.botUserId,
      team: isOrg(holder) ? null : { id: holder.id, name: holder.name },
      enterprise: org ? { id: org.id, name: org.name } : null,
      is_enterprise_install: isOrg(holder),
      ...granted,
    };
  };

  return {
    issue: (hub: Hub, code: string, holder: Team | Org, user: string, redirectUri: string) =>
      void codes.set(code, { holder, user, at: hub.now(), redirectUri }),
    exchange(hub: Hub, args: Json): Json {
      if (args.client_id !== hub.clientId) return refuse('invalid_client_id');
      if (args.client_secret !== hub.clientSecret) return refuse('bad_client_secret');
      if (args.grant_type === 'refresh_token') {
        const renewed = hub.grants.renew(args.refresh_token);
        return renewed ? answer(hub, renewed.holder, renewed.granted) : refuse('invalid_refresh_token');
      }
      const found = codes.get(String(args.code ?? ''));
      codes.delete(String(args.code ?? ''));
      if (!found || hub.now() - found.at > CODE_LIFE_MS) return refuse('invalid_code');
      if (args.redirect_uri !== undefined && args.redirect_uri !== found.redirectUri) return refuse('bad_redirect_uri');
      const { holder, user } = found;
      install(hub, holder);
      return answer(hub, holder, { authed_user: { id: user }, ...hub.grants.issue(holder) });
    },
  };
}
export type Codes = ReturnType<typeof createCodes>;
