// `disconnect`: what would stop, and stopping it so that connecting again takes everything up where it was.

import { Refusal } from '../errors.ts';
import type { Connection, Hook } from './connection.ts';
import type { BondDeps } from './hook.ts';
import { hookKeeper, hookUrl, listedUnder } from './hook.ts';
import { reminderKey } from './reminders.ts';

/** Why subscriptions are paused, word for word: `connect` resumes exactly those that carry one of these. */
export const pauseReasons = {
  disconnected: 'Calendly was disconnected. Type {command} connect, and this subscription goes on as it was.',
  deadToken:
    'Calendly no longer accepts our token. Type {command} connect with a new one, and this subscription goes on as it was.',
} as const;

export interface Disconnected {
  /** How many subscriptions this paused, and how many hooks Calendly has deleted. */
  subscriptions: number;
  hooksDeleted: number;
  /** How many hooks could not be deleted at Calendly. */
  leftOver: number;
  /** Sentences for the person. */
  notes: string[];
}

export interface Disconnector {
  impact(installationId: string, connectionId: string): Promise<{ subscriptions: number; channels: number }>;
  /** `by` is the Slack user. Succeeds also when Calendly is down or the token is dead, and when it was done before. Throws Refusal not_connected. */
  disconnect(installationId: string, connectionId: string, by: string): Promise<Disconnected>;
}

export function disconnector(deps: BondDeps): Disconnector {
  const { store, calendly, clock, publicUrl, log } = deps;
  const hooks = hookKeeper(deps);

  async function disconnect(installationId: string, connectionId: string, by: string): Promise<Disconnected> {
    const connection = await store.connection(installationId, connectionId);
    if (connection === null) {
      throw new Refusal('There is no such Calendly connection here any more, so nothing had to be stopped.', {
        code: 'not_connected',
      });
    }
    // The state first: from here on the scheduled check leaves it alone and would not make anew what is deleted below.
    await store.updateConnection(installationId, connectionId, {
      state: 'disconnected',
      reason: 'Disconnected on purpose.',
    });
    const subscriptions = await store.pauseSubscriptions(installationId, connectionId, pauseReasons.disconnected);
    const { hooksDeleted, leftOver } = await letHooksGo(connection);
    // Last: until every hook had its chance to be deleted, a second try still needs the token. Whoever stands in keeps theirs.
    const own = await store.connectionOf(installationId, connection.userUri);
    await store.updateConnection(installationId, connectionId, { token: '', standIn: null, troubleSince: null });
    await store.withdraw(installationId, reminderKey(connectionId));
    await deps.signedIn?.tokens.discard(own?.token ?? '', 'disconnected');
    log?.info({ connectionId, by, subscriptions, hooksDeleted, leftOver }, 'disconnected');
    return { subscriptions, hooksDeleted, leftOver, notes: leftOver > 0 ? [leftOverNote(leftOver)] : [] };
  }

  async function letHooksGo(connection: Connection): Promise<{ hooksDeleted: number; leftOver: number }> {
    const rows = (await store.hooks(connection.installationId, connection.id)).filter((row) => row.retiredAt === null);
    let hooksDeleted = 0;
    let leftOver = 0;
    for (const row of await withUris(connection, rows)) {
      const gone = await hooks.release(connection, row);
      if (row.calendlyUri === null) continue;
      if (gone) hooksDeleted += 1;
      else leftOver += 1;
    }
    return { hooksDeleted, leftOver };
  }

  /** A hook whose making was cut short may exist at Calendly under an address only we know. */
  async function withUris(connection: Connection, rows: Hook[]): Promise<Hook[]> {
    if (publicUrl === null || rows.every((row) => row.calendlyUri !== null)) return rows;
    try {
      const listed = await calendly.listHooks(connection.token, listedUnder(connection));
      return rows.map((row) => ({
        ...row,
        calendlyUri:
          row.calendlyUri ?? listed.find((one) => one.callbackUrl === hookUrl(publicUrl, row.urlToken))?.uri ?? null,
      }));
    } catch (error) {
      log?.warn(
        { connectionId: connection.id, at: clock.now(), err: error },
        'could not list hooks while disconnecting',
      );
      return rows;
    }
  }

  return {
    impact: (installationId, connectionId) => store.countSubscriptions(installationId, connectionId),
    disconnect,
  };
}

function leftOverNote(count: number): string {
  const what = count === 1 ? 'One hook is' : `${count} hooks are`;
  return `${what} left over at Calendly, since I could not delete it just now. Nothing is shown any more, and Calendly gives up on it by itself within three days.`;
}
