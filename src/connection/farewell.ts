// A workspace has removed the app: its hooks at Calendly go, its sign-ins end, and nothing of it is read any more. Tried until Calendly has done its part.

import { Outage } from '../errors.ts';
import type { Connection } from './connection.ts';
import { pauseReasons } from './disconnect.ts';
import type { BondDeps } from './hook.ts';
import { hookUrl, listedUnder } from './hook.ts';
import { reminderKey } from './reminders.ts';

export interface FarewellDeps extends BondDeps {
  /** Connections of workspaces that removed the app and are not let go yet, by installation. */
  left(): Promise<string[]>;
}

export function farewell(deps: FarewellDeps) {
  const { store, calendly, clock, publicUrl, log } = deps;

  /** Everything of one workspace; true once nothing of it is left at Calendly. */
  async function part(installationId: string): Promise<boolean> {
    const connections = await store.connections(installationId);
    for (const { id } of connections) {
      await store.updateConnection(installationId, id, { state: 'disconnected', reason: 'Disconnected on purpose.' });
      await store.pauseSubscriptions(installationId, id, pauseReasons.disconnected);
      await store.withdraw(installationId, reminderKey(id));
    }
    let left = 0;
    for (const connection of connections) left += await letHooksGo(connection);
    // The tokens last: until every hook is deleted, the next try needs them.
    if (left === 0) for (const connection of connections) await forgetToken(connection);
    log?.info({ installationId, connections: connections.length, left }, 'a workspace that removed the app was let go');
    return left === 0;
  }

  async function letHooksGo(connection: Connection): Promise<number> {
    let left = 0;
    for (const hook of await store.hooks(connection.installationId, connection.id)) {
      if (hook.retiredAt !== null) continue;
      try {
        const uri = hook.calendlyUri ?? (await lookUp(connection, hook.urlToken));
        if (uri !== null) await calendly.deleteHook(connection.token, uri);
      } catch (error) {
        log?.warn({ hookId: hook.id, err: error }, 'could not delete a hook at Calendly');
        if (error instanceof Outage) {
          left += 1;
          continue;
        }
      }
      await store.updateHook(hook.installationId, hook.id, { state: 'retired', retiredAt: clock.now() });
    }
    return left;
  }

  /** A hook whose making was cut short may exist at Calendly under an address only we know. */
  async function lookUp(connection: Connection, urlToken: string): Promise<string | null> {
    if (publicUrl === null) return null;
    const listed = await calendly.listHooks(connection.token, listedUnder(connection));
    return listed.find((one) => one.callbackUrl === hookUrl(publicUrl, urlToken))?.uri ?? null;
  }

  async function forgetToken(connection: Connection): Promise<void> {
    const { installationId, id, userUri } = connection;
    const own = await store.connectionOf(installationId, userUri);
    await store.updateConnection(installationId, id, { token: '', standIn: null, troubleSince: null });
    // Another workspace may have signed in with the same account: its sign-in must not end with this one.
    await deps.signedIn?.tokens.discard(own?.token ?? '', 'replaced');
  }

  return {
    part,
    /** Goes on with those that could not be let go so far; what fails is tried again the next time. */
    async work(): Promise<void> {
      for (const installationId of await deps.left()) {
        try {
          await part(installationId);
        } catch (error) {
          log?.error(
            { installationId, err: error },
            'a workspace that removed the app could not be let go; trying again',
          );
        }
      }
    },
  };
}
