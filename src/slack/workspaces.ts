// The workspaces the app is in and their bot tokens; with SLACK_BOT_TOKEN there is one, found by asking Slack whose token it is.

import { request } from 'undici';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { broken } from './failures.ts';
import type { Workspace } from './product.ts';

interface Installed {
  id: string;
  teamId: string;
  botUserId: string;
  botToken: string;
  createdAt: number;
  state: 'active' | 'broken';
  reason: string | null;
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
  /** A workspace that refused us accepts us again: what waited can go out. */
  onBack?: () => void;
  /** Between two looks whether a broken installation works again, milliseconds. */
  againMs?: number;
}

const said = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  team_id: z.string().optional(),
  user_id: z.string().optional(),
});

/** Between two tries to reach Slack while the app starts, milliseconds. */
const again = 15_000;
/** A refused token or a missing scope is mended by people: once a minute is soon enough, and no load. */
const mendedMs = 60_000;

export function workspaces(deps: WorkspacesDeps) {
  const { installations, log } = deps;
  const byTeam = new Map<string, Installed>();
  const byId = new Map<string, Installed>();
  const scopes = new Map<string, Set<string>>();
  let state: 'ok' | 'not reached yet' | 'token refused' = 'not reached yet';
  let timer: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let stopped = false;
  /** What is wrong with each broken installation, in the words of `state`. */
  const troubles = new Map<string, string>();

  function remember(found: Installed): void {
    byTeam.set(found.teamId, found);
    byId.set(found.id, found);
  }

  /** Asks Slack whose token this is; a team only with a yes. */
  async function ask(token: string) {
    const response = await request(new URL('auth.test', deps.apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      headersTimeout: 10_000,
      bodyTimeout: 10_000,
    });
    const { ok, error, team_id, user_id } = said.parse(await response.body.json());
    const granted = new Set(String(response.headers['x-oauth-scopes'] ?? '').split(/[\s,]+/));
    return ok && team_id && user_id
      ? { team: { teamId: team_id, botUserId: user_id }, granted }
      : { team: null, error };
  }

  async function keep(team: { teamId: string; botUserId: string }, botToken: string, granted: Set<string>) {
    const found = await installations.save({ ...team, botToken });
    remember(found);
    scopes.set(found.id, granted);
    if (troubles.delete(found.id)) {
      log.info({ installation: found.id }, 'Slack accepts the app in this workspace again');
      deps.onBack?.();
    }
  }

  /** Finds the workspace of the token that was set. */
  async function identify(): Promise<void> {
    try {
      const answer = await ask(deps.botToken);
      if (answer.team) {
        await keep(answer.team, deps.botToken, answer.granted);
        state = 'ok';
        return;
      }
      state = 'token refused';
      log.error(
        { said: answer.error },
        'Slack refuses SLACK_BOT_TOKEN. Copy the Bot User OAuth Token from api.slack.com/apps → OAuth & Permissions again, set it, and start again.',
      );
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'Slack could not be reached to look up the workspace; trying again');
    }
    if (!stopped) timer = setTimeout(() => void identify(), again).unref();
  }

  function trouble(installationId: string, reason: string | null): void {
    troubles.set(installationId, `broken: ${reason ?? 'Slack refuses the app'}`);
  }

  /**
   * Looks for broken installations and whether Slack accepts their token again. A yes says nothing of a missing scope; there, each waiting channel
   * tries once, and the next refusal breaks the installation again.
   */
  async function mend(): Promise<void> {
    try {
      for (const found of await installations.all()) {
        if (stopped) return;
        remember(found);
        if (found.state === 'active') {
          // Another process may have mended it.
          if (troubles.delete(found.id)) deps.onBack?.();
          continue;
        }
        if (!troubles.has(found.id)) trouble(found.id, found.reason);
        const answer = await ask(found.botToken);
        if (stopped) return;
        if (answer.team && answer.team.teamId === found.teamId) await keep(answer.team, found.botToken, answer.granted);
        else if (!answer.team && broken.has(answer.error ?? '')) troubles.set(found.id, 'token refused');
      }
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'it could not be found out whether a broken installation works again');
    }
    if (!stopped) watch = setTimeout(() => void mend(), deps.againMs ?? mendedMs).unref();
  }

  return {
    /** Loads what is known, then asks Slack. A known workspace does not wait for the answer, so that an outage of Slack delays no start. */
    async start(): Promise<void> {
      for (const known of await installations.all()) {
        remember(known);
        if (known.state === 'broken') trouble(known.id, known.reason);
      }
      const known = [...byId.values()].some((found) => found.botToken === deps.botToken && found.state === 'active');
      if (known) state = 'ok';
      const asked = identify();
      if (!known) await asked;
      if (!stopped) watch = setTimeout(() => void mend(), deps.againMs ?? mendedMs).unref();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(watch);
    },
    /** What is wrong, or `ok`. */
    state: () => troubles.values().next().value ?? state,
    /** Slack refused a message so that the whole installation waits. */
    refused: trouble,
    async installationOf(teamId: string): Promise<Workspace | null> {
      const found = byTeam.get(teamId);
      return found ? { id: found.id, botUserId: found.botUserId, botToken: found.botToken } : null;
    },
    tokenOf: async (installationId: string) => byId.get(installationId)?.botToken ?? null,
    botUserIdOf: (installationId: string) => byId.get(installationId)?.botUserId ?? null,
    /** With one of Slack's history scopes a post of unknown outcome can be searched for; null until Slack has said which scopes there are. */
    mayReadHistory(installationId: string): boolean | null {
      const granted = scopes.get(installationId);
      return granted ? ['channels:history', 'groups:history'].some((scope) => granted.has(scope)) : null;
    },
    /** The app was removed at `at` (UTC ms). News of a removal before the present installation is too late to matter. */
    async gone(teamId: string, at: number): Promise<void> {
      const found = byTeam.get(teamId);
      if (!found || at < found.createdAt) return;
      const reason = 'The app was removed from the workspace. Install it again to go on.';
      await installations.markBroken(teamId, reason);
      trouble(found.id, reason);
    },
  };
}
