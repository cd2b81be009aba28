// The workspaces the app is in and their bot tokens: one by SLACK_BOT_TOKEN, any number by installing; known to every process within seconds.

import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { botTokens, type Ending, type RenewalStore } from './bot-tokens.ts';
import { broken } from './failures.ts';
import type { Grant, SlackOAuth } from './oauth.ts';
import type { Where, Workspace } from './product.ts';
import { lacking } from './scopes.ts';

interface Installed extends Ending {
  organization: string | null;
  botUserId: string;
  scopes: string[] | null;
  state: 'active' | 'broken' | 'gone';
  reason: string | null;
  installedAt: number;
  installedBy: string | null;
}

interface Team {
  teamId: string;
  botUserId: string;
  botToken: string;
  organization?: string | null;
  scopes?: string[] | null;
  installedBy?: string | null;
  rotation?: { refresh: string; lifeMs: number } | null;
}

export interface WorkspacesDeps {
  installations: RenewalStore<Installed> & {
    byId(id: string): Promise<Installed | null>;
    changedSince(moment: number): Promise<Installed[]>;
    install(team: Team): Promise<{ found: Installed; was: Installed['state'] | null }>;
    mended(id: string, said: { botUserId: string; scopes: string[] }): Promise<void>;
    markGone(id: string, reason: string): Promise<boolean>;
    now(): Promise<number>;
  };
  apiUrl: URL;
  /** Null where workspaces come by installing alone. */
  botToken: string | null;
  oauth?: SlackOAuth | null;
  newSecret?: () => string;
  log: Logger;
  /** A workspace that refused us accepts us again: what waited can go out. */
  onBack?: () => void;
  /** It removed the app; what is kept of it at Calendly has to go. */
  onGone?: (installationId: string) => void;
  /** It was installed before a permission was needed, or without it; `person` did that. Called at each start. */
  onLacking?: (installationId: string, lacks: string[], person: string) => void;
  /** Between two looks whether a broken installation works again, milliseconds. */
  againMs?: number;
  /** Between two looks at what other processes changed. */
  syncMs?: number;
  pace?: Parameters<typeof botTokens>[0]['pace'];
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
const usualSyncMs = 5_000;
/** A change is stamped before it is committed: so much is read twice. */
const overlapMs = 60_000;
/** Slack's clock and the database's may differ by so much: within it, Slack is asked what news of a removal is about. */
const doubtMs = 10 * 60_000;
/** Slack may still accept a token that was taken back a moment ago. */
const lookAgainMs = 20_000;

const removed = 'The app was removed from the workspace. Install it again to go on.';

export function workspaces(deps: WorkspacesDeps) {
  const { installations, log } = deps;
  const byTeam = new Map<string, Installed>();
  const byId = new Map<string, Installed>();
  let state: 'ok' | 'not reached yet' | 'token refused' = deps.botToken === null ? 'ok' : 'not reached yet';
  /** The workspace of SLACK_BOT_TOKEN, once Slack has said which it is. */
  let ownTeam: string | null = null;
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;
  /** What is wrong with each broken installation, in the words of `state`. */
  const troubles = new Map<string, string>();
  let readUntil = 0;

  const tokens = botTokens<Installed>({
    store: installations,
    oauth: deps.oauth ?? null,
    newSecret: deps.newSecret ?? (() => ''),
    remember,
    onLost: (found) => trouble(found.id, 'token could not be renewed'),
    log,
    ...(deps.pace ? { pace: deps.pace } : {}),
  });

  function later(ms: number, work: () => void): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms).unref();
    timers.add(timer);
  }

  function remember(found: Installed): void {
    const known = byId.get(found.id);
    if (known && known.generation > found.generation) return;
    byTeam.set(found.teamId, found);
    byId.set(found.id, found);
    if (found.state === 'broken' && !troubles.has(found.id)) trouble(found.id, found.reason);
    if (found.state !== 'broken' && troubles.delete(found.id) && found.state === 'active') {
      log.info({ installation: found.id }, 'Slack accepts the app in this workspace again');
      deps.onBack?.();
    }
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
    const granted = String(response.headers['x-oauth-scopes'] ?? '')
      .split(/[\s,]+/)
      .filter(Boolean);
    return ok && team_id && user_id
      ? { team: { teamId: team_id, botUserId: user_id }, granted }
      : { team: null, error };
  }

  async function keep(team: Team): Promise<{ found: Installed; was: Installed['state'] | null }> {
    const kept = await installations.install(team);
    remember(kept.found);
    if (kept.was === 'gone') deps.onBack?.();
    return kept;
  }

  /** Finds the workspace of the token that was set. */
  async function identify(botToken: string): Promise<void> {
    try {
      const answer = await ask(botToken);
      if (answer.team) {
        ownTeam = answer.team.teamId;
        await keep({ ...answer.team, botToken, scopes: answer.granted });
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
    later(again, () => void identify(botToken));
  }

  function trouble(installationId: string, reason: string | null): void {
    troubles.set(installationId, `broken: ${reason ?? 'Slack refuses the app'}`);
  }

  /** What other processes changed, and who is new. */
  async function sync(): Promise<void> {
    const from = readUntil;
    readUntil = (await installations.now()) - overlapMs;
    for (const found of await installations.changedSince(from)) remember(found);
  }

  async function keepInSync(): Promise<void> {
    try {
      await sync();
      // Renewed before anybody waits for it.
      for (const found of byId.values())
        if (found.state === 'active' && tokens.isSoon(found)) void tokens.tokenOf(found).catch(() => {});
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'it could not be read which workspaces changed; trying again');
    }
    later(deps.syncMs ?? usualSyncMs, () => void keepInSync());
  }

  /** Whose token an installation uses: its own, or its organization's. */
  async function holderOf(found: Installed): Promise<Installed | null> {
    if (found.organization === null) return found;
    const known = byTeam.get(found.organization);
    if (known?.state === 'active') return known;
    const read = await installations.byTeam(found.organization);
    if (read) remember(read);
    return read;
  }

  async function tokenIn(found: Installed): Promise<string | null> {
    if (found.state === 'gone') return null;
    const holder = await holderOf(found);
    if (!holder || holder.state === 'gone') return null;
    return (await tokens.tokenOf(holder)) || null;
  }

  /**
   * Looks at broken installations and whether Slack accepts their token again. A yes says nothing of a missing scope; there, each waiting channel
   * tries once, and the next refusal breaks the installation again.
   */
  async function mend(): Promise<void> {
    try {
      await sync();
      for (const found of [...byId.values()]) {
        if (stopped) return;
        if (found.state === 'gone' && found.teamId === ownTeam && deps.botToken) await comeBack(deps.botToken);
        if (found.state === 'broken') await mendBroken(found);
        // What is installed by a page of ours tells its permissions itself.
        else if (found.teamId === ownTeam && deps.botToken && lacksOf(found).length > 0) await comeBack(deps.botToken);
      }
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'it could not be found out whether a broken installation works again');
    }
    later(deps.againMs ?? mendedMs, () => void mend());
  }

  async function mendBroken(found: Installed): Promise<void> {
    const holder = await holderOf(found);
    const fresh = holder?.rotation ? await tokens.renewNow(holder) : holder;
    if (!fresh?.botToken) return;
    const answer = await ask(fresh.botToken);
    if (stopped) return;
    // An organization's token is told by the organization's own name.
    const isOurs =
      answer.team && (found.organization !== null || found.rotation || answer.team.teamId === found.teamId);
    if (isOurs && answer.team) {
      await installations.mended(found.id, { botUserId: answer.team.botUserId, scopes: answer.granted });
      const now = await installations.byId(found.id);
      if (now) remember(now);
    } else if (!answer.team && broken.has(answer.error ?? '')) troubles.set(found.id, 'token refused');
  }

  /** Slack refused a message so that the whole installation waits. A token that ended a moment too early is renewed at once. */
  function refused(installationId: string, reason: string | null): void {
    trouble(installationId, reason);
    if (!byId.get(installationId)?.rotation) return;
    later(500, () => {
      installations
        .byId(installationId)
        .then((found) => (found?.state === 'broken' ? mendBroken(found) : undefined))
        .catch((error) => log.warn({ err: error }, 'a bot token could not be renewed at once'));
    });
  }

  /** The workspace of SLACK_BOT_TOKEN removed the app and may have installed it again. */
  async function comeBack(botToken: string): Promise<void> {
    const answer = await ask(botToken);
    if (answer.team && !stopped) await keep({ ...answer.team, botToken, scopes: answer.granted });
  }

  /** The workspace of a request; one of an organization the app is installed in is known from its first request on. */
  async function find({ team, organization }: Where): Promise<Installed | null> {
    const known = team === null ? null : await knownAs(team);
    if (known && known.state !== 'gone' && (organization === null || known.organization === organization)) return known;
    if (organization === null || team === null) return known?.state === 'gone' ? null : known;
    const whole = await knownAs(organization);
    if (!whole || whole.state === 'gone') return null;
    return (await keep({ teamId: team, botUserId: whole.botUserId, botToken: '', organization, scopes: whole.scopes }))
      .found;
  }

  async function knownAs(teamId: string): Promise<Installed | null> {
    const known = byTeam.get(teamId);
    if (known && known.state !== 'gone') return known;
    const read = await installations.byTeam(teamId);
    if (read) remember(read);
    return read;
  }

  async function knownBy(id: string): Promise<Installed | null> {
    const known = byId.get(id);
    if (known && known.state !== 'gone') return known;
    const read = await installations.byId(id);
    if (read) remember(read);
    return read;
  }

  /** The permissions it needs and was not given; none while Slack has not said what it gave. */
  const lacksOf = (found: Installed): string[] => (found.scopes === null ? [] : lacking(found.scopes));

  function sayWhatIsLacking(): void {
    for (const found of byId.values()) {
      const lacks = lacksOf(found);
      // A workspace of an organization has what the organization was given.
      if (lacks.length === 0 || found.state !== 'active' || found.organization !== null) continue;
      log.warn({ installation: found.id, lacks }, 'Slack did not give the app a permission it needs in this workspace');
      if (found.installedBy) deps.onLacking?.(found.id, lacks, found.installedBy);
    }
  }

  async function leave(found: Installed): Promise<void> {
    if (await installations.markGone(found.id, removed)) {
      log.info({ installation: found.id }, 'the app was removed from a workspace');
      deps.onGone?.(found.id);
    }
    const read = await installations.byId(found.id);
    if (read) remember(read);
  }

  /** News of a removal may be about an earlier installation: within the doubt of two clocks Slack is asked whether the present token works. */
  async function isAboutThis(found: Installed, at: number): Promise<boolean> {
    if (at < found.installedAt - doubtMs) return false;
    if (at > found.installedAt + doubtMs) return true;
    // A workspace of an organization works by the organization's token, which goes on working for the others: only the clocks can tell.
    if (found.organization) return at + 999 >= found.installedAt;
    const holder = await holderOf(found);
    if (!holder?.botToken) return true;
    try {
      return (await ask(holder.botToken)).team === null;
    } catch {
      // Slack does not say: the clocks have to do. Its news name whole seconds.
      return at + 999 >= found.installedAt;
    }
  }

  async function goneNow(where: Where, at: number): Promise<boolean> {
    const name = where.organization ?? where.team;
    const found = name === null ? null : await installations.byTeam(name);
    if (!found || found.state === 'gone') return true;
    if (!(await isAboutThis(found, at))) return false;
    await leave(found);
    await sync();
    for (const each of [...byId.values()]) if (each.organization === found.teamId) await leave(each);
    return true;
  }

  return {
    /** Loads what is known, then asks Slack. A known workspace does not wait for the answer, so that an outage of Slack delays no start. */
    async start(): Promise<void> {
      await sync();
      const known = [...byId.values()].some((found) => found.botToken === deps.botToken && found.state === 'active');
      if (known) state = 'ok';
      if (deps.botToken) {
        const asked = identify(deps.botToken);
        if (!known) await asked;
      }
      sayWhatIsLacking();
      later(deps.againMs ?? mendedMs, () => void mend());
      later(deps.syncMs ?? usualSyncMs, () => void keepInSync());
    },
    async stop(): Promise<void> {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.race([tokens.settle(), delay(5_000, undefined, { ref: false })]);
    },
    /** What is wrong, or `ok`. */
    state: () => troubles.values().next().value ?? state,
    refused,
    async installationOf(where: Where): Promise<Workspace | null> {
      const found = await find(where);
      const botToken = found && (await tokenIn(found));
      return found && botToken ? { id: found.id, botUserId: found.botUserId, botToken } : null;
    },
    async tokenOf(installationId: string): Promise<string | null> {
      const found = await knownBy(installationId);
      return found && (await tokenIn(found));
    },
    /** The workspace's own id, and whether its token is good for a whole organization: some of Slack's methods ask which workspace is meant then. */
    async teamOf(installationId: string): Promise<{ teamId: string; isShared: boolean } | null> {
      const found = await knownBy(installationId);
      return found && { teamId: found.teamId, isShared: found.organization !== null };
    },
    lacksOf(installationId: string): string[] {
      const found = byId.get(installationId);
      return found ? lacksOf(found) : [];
    },
    botUserIdOf: (installationId: string) => byId.get(installationId)?.botUserId ?? null,
    /** With one of Slack's history scopes a post of unknown outcome can be searched for; null until Slack has said which scopes there are. */
    mayReadHistory(installationId: string): boolean | null {
      const scopes = byId.get(installationId)?.scopes;
      return scopes ? ['channels:history', 'groups:history'].some((scope) => scopes.includes(scope)) : null;
    },
    /** Keeps what an installation gave. `again`: its data is still here; `first`: it was not here a moment ago. */
    async install(grant: Grant): Promise<{ installationId: string; again: boolean; first: boolean }> {
      const { teamId, botUserId, botToken, scopes, installedBy, rotation } = grant;
      const { found, was } = await keep({ teamId, botUserId, botToken, scopes, installedBy, rotation });
      if (grant.isOrganization) {
        await sync();
        for (const each of [...byId.values()])
          if (each.organization === teamId && each.state !== 'active')
            await keep({ teamId: each.teamId, botUserId, botToken: '', organization: teamId, scopes });
      }
      return { installationId: found.id, again: was !== null, first: was === null || was === 'gone' };
    },
    /** The app was removed, or its token taken back, at `at` (UTC ms). */
    async gone(where: Where, at: number): Promise<void> {
      if (await goneNow(where, at)) return;
      log.info({ ...where, at }, 'late news of a removal: the app is installed there again');
      later(lookAgainMs, () => {
        goneNow(where, at).catch((error) =>
          log.error({ err: error }, 'news of a removal could not be looked at again'),
        );
      });
    },
  };
}
