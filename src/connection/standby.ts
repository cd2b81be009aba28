// Who takes over when a connection can no longer speak for its organization or group: another one that may, with its own token, for the same hook.
//
// The connection itself stays: its subscriptions, its hook, the keys of its changes and what is known of its bookings. So there is no gap in which a
// booking could be missed, and nothing that could be shown a second time.

import { Refusal } from '../errors.ts';
import type { Connection, News, Notices } from './connection.ts';
import type { BondDeps } from './hook.ts';
import { isDeadToken, listedUnder, nameOf } from './hook.ts';
import { reminderKey } from './reminders.ts';

export type Loss = 'token' | 'left_organization' | 'role' | 'left_slack';

export interface Standby {
  /** The connection as it is from now on; null when nobody can, or somebody else was quicker. */
  takeOver(connection: Connection, why: Loss): Promise<Connection | null>;
  /** Nobody took over: those who lead the workspace are asked, once for each `incident`. */
  askForHelp(connection: Connection, why: Loss, incident: string): Promise<void>;
}

export interface StandbyDeps extends BondDeps {
  notices: Notices;
  /** Is this person's Slack account deactivated? Left out, nobody ever leaves. */
  hasLeft?: (installationId: string, slackUser: string) => Promise<boolean>;
}

export function standby(deps: StandbyDeps): Standby {
  const { store, calendly, notices, log } = deps;
  const hasLeft = deps.hasLeft ?? (async () => false);

  async function takeOver(connection: Connection, why: Loss): Promise<Connection | null> {
    if (connection.scope === 'user') return null;
    const { installationId, id } = connection;
    const own = await store.connectionOf(installationId, connection.userUri);
    for (const other of await candidates(connection, own)) {
      if (!(await speaks(other, connection))) continue;
      const to = other.id === id ? null : other.id;
      if (!(await store.handOver(installationId, id, connection.standIn?.id ?? null, to))) return null;
      await store.withdraw(installationId, reminderKey(id));
      if (why === 'left_slack')
        await store.inheritSubscriptions(installationId, id, connection.connectedBy, other.connectedBy);
      log?.info({ connectionId: id, by: to ?? 'itself', why }, 'a connection was taken over');
      const after = await store.connection(installationId, id);
      // Each handing over is news of its own, also between the same two.
      const at = after?.standIn?.since ?? connection.standIn?.since ?? 0;
      await tellBoth(connection, other, own, why, at);
      return after;
    }
    return null;
  }

  /** First itself, where somebody else has stood in; then owners before admins, those connected longest first. */
  async function candidates(connection: Connection, own: Connection | null): Promise<Connection[]> {
    const rank = (one: Connection) => (one.role === 'owner' ? 0 : 1);
    const others = (await store.connections(connection.installationId))
      .filter(
        (one) =>
          one.id !== connection.id &&
          one.id !== connection.standIn?.id &&
          one.organizationUri === connection.organizationUri &&
          one.state === 'active' &&
          one.standIn === null &&
          mayLead(one, connection),
      )
      .sort((a, b) => rank(a) - rank(b) || a.createdAt - b.createdAt);
    return connection.standIn !== null && own !== null && own.token !== '' ? [own, ...others] : others;
  }

  /** By Calendly's own word at this moment: what is remembered of a role may be old. */
  async function speaks(
    { installationId, token, userUri, organizationUri, connectedBy }: Connection,
    instead: Connection,
  ): Promise<boolean> {
    if (await hasLeft(installationId, connectedBy)) return false;
    try {
      const me = await calendly.me(token);
      if (me.uri !== userUri || me.organization !== organizationUri) return false;
      if ((await calendly.role(token, { user: userUri, organization: organizationUri })) !== 'user') return true;
      if (instead.scope !== 'group') return false;
      // Only who leads the group is shown its hooks.
      await calendly.listHooks(token, listedUnder(instead));
      return true;
    } catch (error) {
      log?.warn({ err: error }, 'a connection that could take over does not work itself');
      return false;
    }
  }

  async function tellBoth(
    connection: Connection,
    other: Connection,
    own: Connection | null,
    why: Loss,
    at: number,
  ): Promise<void> {
    const { installationId, id } = connection;
    const { subscriptions, channels } = await store.countSubscriptions(installationId, id);
    const counts = `${counted(subscriptions, 'subscription')} in ${counted(channels, 'channel')}`;
    const [account, its] = [nameOf(connection), nameOf(other)];
    const isHome = other.id === id;
    const lossIs = lossInWords(why, connection);
    const key = `took_over:${id}:${other.id}:${at}`;
    const back = `To have ${account} do it again, connect it again with {command} connect.`;
    const did = isHome
      ? `${account} brings in its bookings by itself again.`
      : `${its}, of the same organization, has taken over its ${counts}.`;
    const news: News = {
      how: 'well',
      what: `${account}: ${lossIs}.`,
      since: null,
      lost: 'Nothing: the hook stays, and whatever came meanwhile is looked for.',
      did,
      cure: isHome ? null : back,
    };
    const owner = connection.standIn ? connection.connectedBy : (own?.connectedBy ?? connection.connectedBy);
    const isSame = other.connectedBy === owner;
    const text = isHome
      ? `${did} Whoever stood in for it no longer can: ${lossIs}. You need not do anything.`
      : `${account} stopped working: ${lossIs}. ${its}, which you connected, has taken over its ${counts}, since both belong to the same organization. Nothing is lost or shown twice.${isSame ? ` ${back}` : ' You need not do anything.'}`;
    await notices.tell({ installationId, to: other.connectedBy, key: `${key}:new`, text, news });
    if (isSame || (await hasLeft(installationId, owner))) return;
    const words = isHome
      ? `${account} brings in its bookings by itself again, in your place: ${lossIs}.`
      : `${account}: ${lossIs}. ${did} Your channels go on as before; nothing is lost or shown twice. ${back}`;
    await notices.tell({ installationId, to: owner, key: `${key}:old`, text: words });
  }

  async function askForHelp(connection: Connection, why: Loss, incident: string): Promise<void> {
    const account = nameOf(connection);
    const works = why === 'left_slack';
    const what = `${account}: ${lossInWords(why, connection)}, and no other connected account can take over.`;
    const cure = helpers[connection.scope];
    const lost = works
      ? 'Nothing: it goes on. But nobody would hear if it stopped.'
      : 'Nothing yet where its hook still works; I cannot see to that hook any more.';
    await notices.askAdmins?.({
      installationId: connection.installationId,
      key: `help:${connection.id}:${why}:${incident}`,
      text: `${what} ${lost} ${cure}`,
      except: works ? null : connection.connectedBy,
      news: { how: works ? 'shaky' : 'broken', what, since: null, lost, did: 'I looked for another account.', cure },
    });
  }

  return { takeOver, askForHelp };
}

/** Whether another account could do better, and what the matter is; null for any other failure. */
export function lossIn(error: unknown, { scope }: Pick<Connection, 'scope'>): Loss | null {
  if (isDeadToken(error)) return 'token';
  if (!(error instanceof Refusal) || scope === 'user') return null;
  if (error.code === 'left_organization') return 'left_organization';
  return error.code === 'role_needed' ? 'role' : null;
}

/** Thrown where an account turns out to belong to another organization now. */
export function leftOrganization(): Refusal {
  return new Refusal(
    'This Calendly account has left its organization, so I no longer hear of that organization through it. Ask an owner or admin there to type {command} connect.',
    { code: 'left_organization' },
  );
}

/** Only who hears of as much already: no account tells of more than it was connected for. */
const mayLead = ({ role, scope, group }: Connection, instead: Connection) =>
  (scope === 'organization' && role !== 'user') ||
  (instead.scope === 'group' && scope === 'group' && group?.uri === instead.group?.uri);

const helpers: Record<Connection['scope'], string> = {
  organization:
    'Ask an owner or admin of this Calendly organization to type {command} connect: their account then takes over by itself.',
  group:
    'Ask another admin of this group, or an owner or admin of the Calendly organization, to type {command} connect: their account then takes over by itself.',
  user: 'Its meetings are heard of by that account alone: please have {command} connect typed for it again, or unsubscribe its channels.',
};

const lossInWords = (why: Loss, { scope }: Connection) =>
  why === 'role' && scope === 'group' ? 'it may no longer see the whole group' : lossWords[why];

const lossWords: Record<Loss, string> = {
  token: 'Calendly no longer accepts its access',
  left_organization: 'it has left the Calendly organization',
  role: 'it may no longer see the whole Calendly organization',
  left_slack: 'whoever connected it has left Slack',
};

const counted = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
