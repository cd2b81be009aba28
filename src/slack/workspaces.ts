// The workspaces the app is in and their bot tokens; with SLACK_BOT_TOKEN there is one, found by asking Slack whose token it is.

import { request } from 'undici';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import type { Workspace } from './product.ts';

interface Installed {
  id: string;
  teamId: string;
  botUserId: string;
  botToken: string;
  createdAt: number;
  state: 'active' | 'broken';
}

export interface WorkspacesDeps {
  installations: {
    all(): Promise<Installed[]>;
    save(team: { teamId: string; botUserId: string; botToken: string }): Promise<Installed>;
    markBroken(teamId: string, reason: string): Promise<void>;
  };
  apiUrl: URL;
  botToken: string;
  log: Logger;
}

const said = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  team_id: z.string().optional(),
  user_id: z.string().optional(),
});

/** Between two tries to reach Slack while the app starts, milliseconds. */
const again = 15_000;

export function workspaces(deps: WorkspacesDeps) {
  const { installations, log } = deps;
  const byTeam = new Map<string, Installed>();
  const byId = new Map<string, Installed>();
  const scopes = new Map<string, Set<string>>();
  let state: 'ok' | 'not reached yet' | 'token refused' = 'not reached yet';
  let timer: NodeJS.Timeout | undefined;

  function remember(found: Installed): void {
    byTeam.set(found.teamId, found);
    byId.set(found.id, found);
  }

  /** Asks Slack whose token this is, and keeps the answer. */
  async function identify(): Promise<void> {
    try {
      const response = await request(new URL('auth.test', deps.apiUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${deps.botToken}`, 'content-type': 'application/x-www-form-urlencoded' },
        headersTimeout: 10_000,
        bodyTimeout: 10_000,
      });
      const answer = said.parse(await response.body.json());
      const granted = response.headers['x-oauth-scopes'];
      if (answer.ok && answer.team_id && answer.user_id) {
        const found = await installations.save({
          teamId: answer.team_id,
          botUserId: answer.user_id,
          botToken: deps.botToken,
        });
        remember(found);
        scopes.set(found.id, new Set(String(granted ?? '').split(/[\s,]+/)));
        state = 'ok';
        return;
      }
      state = 'token refused';
      log.error(
        { said: answer.error },
        'Slack refuses SLACK_BOT_TOKEN. Copy the Bot User OAuth Token from api.slack.com/apps → OAuth & Permissions again, set it, and start again.',
      );
    } catch (error) {
      log.warn({ err: error }, 'Slack could not be reached to look up the workspace; trying again');
    }
    timer = setTimeout(() => void identify(), again).unref();
  }

  return {
    /** Loads what is known, then asks Slack. A known workspace does not wait for the answer, so that an outage of Slack delays no start. */
    async start(): Promise<void> {
      for (const known of await installations.all()) remember(known);
      const known = [...byId.values()].some((found) => found.botToken === deps.botToken && found.state === 'active');
      if (known) state = 'ok';
      const asked = identify();
      if (!known) await asked;
    },
    stop: () => clearTimeout(timer),
    state: () => state,
    async installationOf(teamId: string): Promise<Workspace | null> {
      const found = byTeam.get(teamId);
      return found ? { id: found.id, botUserId: found.botUserId, botToken: found.botToken } : null;
    },
    tokenOf: async (installationId: string) => byId.get(installationId)?.botToken ?? null,
    botUserIdOf: (installationId: string) => byId.get(installationId)?.botUserId ?? null,
    /** With one of Slack's history scopes a post of unknown outcome can be searched for. */
    mayReadHistory: (installationId: string) =>
      ['channels:history', 'groups:history'].some((scope) => scopes.get(installationId)?.has(scope)),
    /** The app was removed at `at` (UTC ms). News of a removal before the present installation is too late to matter. */
    async gone(teamId: string, at: number): Promise<void> {
      const found = byTeam.get(teamId);
      if (!found || at < found.createdAt) return;
      await installations.markBroken(teamId, 'The app was removed from the workspace. Install it again to go on.');
    },
  };
}
