// The scheduled check: is every token and every hook alive? What can be repaired is repaired make-before-break, the rest is said once.

import { createHash } from 'node:crypto';
import { Outage, Refusal } from '../errors.ts';
import type { Connection, Family, Hook, News, RemoteHook } from './connection.ts';
import type { HookHealth, Seen } from './hook.ts';
import { hookKeeper, hookUrl, isDeadToken, isLive, listedUnder, makingForMs, nameOf, urlTokenIn } from './hook.ts';
import { notReplaced, recovered, refused, replaced, retrying, tokenBack, tokenDead } from './news.ts';
import { reminders, type Trouble } from './reminders.ts';
import { type Loss, leftOrganization, lossIn, type StandbyDeps, standby } from './standby.ts';

export interface Finding {
  what:
    | 'not_connected'
    | 'token_dead'
    | 'token_back'
    | 'refused'
    | 'unreachable'
    | 'check_failed'
    | 'no_public_url'
    | 'making'
    | 'half_made'
    | 'hook_absent'
    | 'hook_spare'
    | 'hook_recovered'
    | 'stranger'
    | 'way_closed'
    | 'taken_over'
    | 'owner_left'
    | `hook_${HookHealth}`;
  /** What came of it: put right, said to the person, left for the next check, or nothing to do. */
  action: 'repaired' | 'told' | 'waiting' | 'none';
  sentence: string;
  /** Repaired, but our own try at the way in still fails. */
  stillClosed?: true;
}

export interface CheckReport {
  installationId: string;
  connectionId: string;
  /** True when messages can be expected to come in: everything is well, or was put right. */
  ok: boolean;
  findings: Finding[];
  /** The findings in one sentence, as kept in `checkResult`. */
  sentence: string;
}

export interface Guard {
  /** Every live connection of every installation. One that fails does not keep the others waiting. */
  checkAll(): Promise<CheckReport[]>;
  /** Only whether the tokens of those that work are still accepted: one call each. One that is not gets its whole check at once. */
  checkTokens(): Promise<void>;
  /** Two who ask for the same connection at the same time get the same check. Throws only when the store fails. */
  check(installationId: string, connectionId: string): Promise<CheckReport>;
}

/** One check under way. */
interface Round {
  connection: Connection;
  findings: Finding[];
  /** Calendly URIs of the hooks let go in this round: the list was made before. */
  released: Set<string>;
  /** The connection works again after a time without looks; or its hook was blind, which is a look of its own. */
  look: 'none' | 'again' | 'blind';
}

/** Calendly repeats a message for 24 hours; two more for its clock and ours. */
const acceptRetiredForMs = 26 * 3_600_000;
/** Connections of different people: one that waits for Calendly holds up none of the others. */
const atOnce = 16;

export function guard(deps: StandbyDeps): Guard {
  const { store, calendly, clock, notices, log } = deps;
  const others = standby(deps);
  const remind = reminders({ store, clock, tell });
  const hooks = hookKeeper(deps);
  /** The last one asked for of each connection, until it has ended. */
  const asked = new Map<string, { report: Promise<CheckReport>; isUnderWay: boolean }>();

  async function checkAll(): Promise<CheckReport[]> {
    // Calendly counts requests per user, so the connections of one user wait for each other.
    const queues = [...Map.groupBy(await store.allLiveConnections(), speakerOf).values()];
    const reports: CheckReport[] = [];
    const worker = async () => {
      for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
        for (const { installationId, id } of queue) reports.push(await checkOrSay(installationId, id));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return reports;
  }

  /** Each token once, whoever else stands in with it. What fails otherwise is left to the scheduled check. */
  async function checkTokens(): Promise<void> {
    const working = (await store.allLiveConnections()).filter(({ state }) => state === 'active');
    const queue = [...Map.groupBy(working, ({ token }) => token).values()];
    const worker = async () => {
      for (let same = queue.shift(); same !== undefined; same = queue.shift()) {
        if (await isAccepted(same[0]!.token)) continue;
        for (const { installationId, id } of same) await checkOrSay(installationId, id);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  async function isAccepted(token: string): Promise<boolean> {
    try {
      await calendly.me(token);
      return true;
    } catch (error) {
      return !isDeadToken(error);
    }
  }

  async function checkOrSay(installationId: string, connectionId: string): Promise<CheckReport> {
    try {
      return await check(installationId, connectionId);
    } catch (error) {
      log?.error({ connectionId, err: error }, 'the check of a connection could not be recorded');
      return reportOf(installationId, connectionId, [checkFailed]);
    }
  }

  /** Whoever asks while one is under way gets the one after it: what they have just mended, the first may have looked at before. */
  function check(installationId: string, connectionId: string): Promise<CheckReport> {
    const key = `${installationId} ${connectionId}`;
    const last = asked.get(key);
    if (last && !last.isUnderWay) return last.report;
    const begin = () => {
      mine.isUnderWay = true;
      return look(installationId, connectionId);
    };
    const report = Promise.allSettled([last?.report])
      .then(begin)
      .finally(() => {
        if (asked.get(key) === mine) asked.delete(key);
      });
    const mine = { report, isUnderWay: false };
    asked.set(key, mine);
    return report;
  }

  async function look(installationId: string, connectionId: string): Promise<CheckReport> {
    const connection = await store.connection(installationId, connectionId);
    if (connection === null || connection.state === 'disconnected')
      return reportOf(installationId, connectionId, [notConnected]);
    const round: Round = { connection, findings: [], released: new Set(), look: 'none' };
    let state: Pick<Connection, 'state' | 'reason'> | null = null;
    try {
      await seeToOwner(round);
      state = await checkOnce(round);
    } catch (error) {
      state = await afterTrouble(round, error);
    }
    // Not before the hooks were seen to: what was missed must be told by the look that knows why.
    if (round.look === 'again') await deps.catchUp?.lookAgain(round.connection, 'connected');
    await prune(connection);
    const report = reportOf(installationId, connectionId, round.findings);
    await record(round.connection, report, state);
    return report;
  }

  async function checkOnce(round: Round): Promise<Pick<Connection, 'state' | 'reason'> | null> {
    const { connection } = round;
    const me = await calendly.me(connection.token);
    if (connection.scope !== 'user' && me.organization !== connection.organizationUri) throw leftOrganization();
    // Its name did not come back with a backup.
    if (connection.userName === '' && connection.standIn === null && me.uri === connection.userUri)
      await store.updateConnection(connection.installationId, connection.id, {
        userName: me.name,
        userEmail: me.email,
      });
    const state = connection.state === 'broken' ? await tokenIsBack(round) : null;
    try {
      await checkHooks(round);
    } catch (error) {
      return (await afterTrouble(round, error)) ?? state;
    }
    return state;
  }

  /** Somebody else takes over where they can, and is looked at in the same round. */
  async function afterTrouble(round: Round, error: unknown): Promise<Pick<Connection, 'state' | 'reason'> | null> {
    const why = lossIn(error, round.connection);
    if (why !== null && (await handOver(round, why))) {
      try {
        return await checkOnce(round);
      } catch (again) {
        return await trouble(round, again);
      }
    }
    const { connection } = round;
    const state = await trouble(round, error);
    if (why !== null && connection.troubleSince === null)
      await others.askForHelp(connection, why, incident(connection));
    return state;
  }

  // ── Whose it is ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function seeToOwner(round: Round): Promise<void> {
    const { connection, findings } = round;
    const { installationId, connectedBy } = connection;
    if (!(await deps.hasLeft?.(installationId, connectedBy))) return;
    if (await handOver(round, 'left_slack')) return;
    await others.askForHelp(connection, 'left_slack', connectedBy);
    findings.push({
      what: 'owner_left',
      action: 'none',
      sentence: `Whoever connected ${nameOf(connection)} has left Slack. It still works. Let somebody else type {command} connect, so that somebody hears when it stops.`,
    });
  }

  async function handOver(round: Round, why: Loss): Promise<boolean> {
    const before = round.connection;
    const after = await others.takeOver(before, why);
    if (after === null) return false;
    // What was blind before still was: the check has known since then.
    round.connection = { ...after, troubleSince: before.troubleSince };
    round.look = 'again';
    const by = after.standIn ? `the Calendly account of ${after.standIn.userName}` : nameOf(after);
    round.findings.push({
      what: 'taken_over',
      action: 'repaired',
      sentence: `${by} of the same organization has taken over for ${nameOf(before)}.`,
    });
    return true;
  }

  // ── The token ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function tokenIsBack(round: Round): Promise<Pick<Connection, 'state' | 'reason'>> {
    const { connection, findings } = round;
    const sentence = `Calendly accepts the token of ${nameOf(connection)} again. Everything goes on as before.`;
    await tell(connection, `token_back:${incident(connection)}`, sentence, tokenBack(connection));
    round.look = 'again';
    findings.push({ what: 'token_back', action: 'repaired', sentence });
    return { state: 'active', reason: null };
  }

  /** What a failed call means for the connection; answers its new state when that changes. */
  async function trouble(round: Round, error: unknown): Promise<Pick<Connection, 'state' | 'reason'> | null> {
    const { connection, findings } = round;
    if (isDeadToken(error)) return await tokenIsDead(round, error);
    if (error instanceof Outage) {
      findings.push({
        what: 'unreachable',
        action: 'waiting',
        sentence: `I could not check this time. ${error.message}`,
      });
    } else if (error instanceof Refusal) {
      const sentence = `I cannot check ${nameOf(connection)}. ${error.message}`;
      const news = refused(connection, clock.now(), error.message);
      await tell(connection, `refused:${connection.id}:${tokenMark(connection)}:${error.code}`, sentence, news);
      findings.push({ what: 'refused', action: 'told', sentence });
    } else {
      log?.error({ connectionId: connection.id, err: error }, 'the check of a connection failed');
      findings.push(checkFailed);
    }
    return null;
  }

  async function tokenIsDead(
    { connection, findings }: Round,
    error: Refusal,
  ): Promise<Pick<Connection, 'state' | 'reason'>> {
    const sentence = `${error.message} Until then I cannot see to the hook of ${nameOf(connection)}; your subscriptions stay as they are.`;
    if (connection.state !== 'broken') {
      const news = tokenDead(connection, clock.now(), error.message);
      await tell(connection, `token_dead:${incident(connection)}`, sentence, news);
    }
    findings.push({ what: 'token_dead', action: 'told', sentence: error.message });
    return { state: 'broken', reason: error.message };
  }

  // ── The hooks ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function checkHooks(round: Round): Promise<void> {
    const { connection, findings } = round;
    const address = deps.publicUrl;
    if (address === null) {
      findings.push(noAddress);
      return;
    }
    // Calendly's list before our rows: a hook made in between then has its row among ours, and is not taken for a stranger.
    const listed = await calendly.listHooks(connection.token, listedUnder(connection));
    const rows = await settleHalfMade(round, listed, address);
    const families = new Set<Family>(['invitee', ...rows.filter(isLive).map((row) => row.family)]);
    for (const family of families) {
      await checkFamily(
        round,
        family,
        rows.filter((row) => row.family === family),
        listed,
        address,
      );
    }
    await removeStrangers(round, listed, address);
  }

  /** Rows whose making was cut short: adopted when Calendly has them, else forgotten. Young ones are somebody's work under way. */
  async function settleHalfMade(
    { connection, findings }: Round,
    listed: readonly RemoteHook[],
    address: URL,
  ): Promise<Hook[]> {
    const rows = await store.hooks(connection.installationId, connection.id);
    const settled: Hook[] = [];
    for (const row of rows) {
      // One from the future was made before the clock was set back: no less old.
      if (row.state !== 'making' || Math.abs(clock.now() - row.createdAt) <= makingForMs) {
        settled.push(row);
        continue;
      }
      const remote = listed.find((one) => urlTokenIn(address, one.callbackUrl) === row.urlToken);
      if (remote === undefined) {
        await store.removeHook(row.installationId, row.id);
        findings.push({
          what: 'half_made',
          action: 'repaired',
          sentence: 'I cleared away a hook whose making was cut short.',
        });
      } else {
        const set = { calendlyUri: remote.uri, creator: remote.creator, state: 'active' as const };
        await store.updateHook(row.installationId, row.id, set);
        settled.push({ ...row, ...set });
        findings.push({
          what: 'half_made',
          action: 'repaired',
          sentence: 'I finished a hook whose making was cut short.',
        });
      }
    }
    return settled;
  }

  async function checkFamily(
    round: Round,
    family: Family,
    rows: Hook[],
    listed: readonly RemoteHook[],
    address: URL,
  ): Promise<void> {
    const { connection, findings } = round;
    const seen: Seen[] = [];
    for (const row of rows.filter(isLive)) seen.push(await hooks.look(connection, row, address, listed));
    const good = seen.filter((one) => one.health === 'well' || one.health === 'retrying').sort(bestFirst);
    const [best] = good;
    if (best !== undefined) {
      await note(round, best, address);
      for (const spare of seen.filter((one) => one !== best)) {
        await letGo(round, spare.hook);
        findings.push({
          what: 'hook_spare',
          action: 'repaired',
          sentence: 'I let go of a hook that another one has replaced.',
        });
      }
    } else if (rows.some((row) => row.state === 'making')) {
      findings.push(beingMade);
    } else {
      await replace(round, family, seen, address);
    }
  }

  /** Keeps what Calendly says of a living hook. A retry phase during which messages got through is no danger, so no warning either. */
  async function note({ connection, findings }: Round, { hook, remote }: Seen, address: URL): Promise<void> {
    const since = remote?.retryStartedAt ?? null;
    const isRetrying = since !== null && (connection.lastChangeAt ?? 0) <= since;
    const cause = await causeOf(hook, address);
    if (isRetrying) {
      const cure = cause ?? 'Please see that this address can be reached from the internet.';
      const sentence = `Calendly has trouble reaching ${address.host} since ${timeOf(since)}. It tries for 24 hours and then switches the hook off. ${cure}`;
      const news = retrying(connection, address.host, since, cure);
      await tell(connection, `retrying:${hook.id}:${since}`, sentence, news);
      // We can reach Calendly even where it cannot reach us.
      if (hook.family === 'invitee') await deps.catchUp?.lookAgain(connection, 'hook');
      findings.push({ what: 'hook_retrying', action: 'told', sentence });
    } else if (hook.state === 'retrying') {
      const sentence = 'Calendly reaches me again: messages arrive as they should.';
      await tell(connection, `recovered:${hook.id}:${hook.retryStartedAt}`, sentence, recovered(connection));
      if (hook.family === 'invitee') await deps.catchUp?.blind(connection, hook.retryStartedAt ?? clock.now());
      findings.push({ what: 'hook_recovered', action: 'told', sentence });
    }
    // Some networks let nobody in who comes from inside; as long as Calendly does not complain, this is worth a word and no more.
    if (cause !== null && !isRetrying)
      findings.push({
        what: 'way_closed',
        action: 'none',
        sentence: `Calendly does not complain, but my own try failed. ${cause}`,
      });
    const set = {
      state: isRetrying ? ('retrying' as const) : ('active' as const),
      retryStartedAt: since,
      calendlyUri: remote?.uri ?? hook.calendlyUri,
      creator: remote?.creator ?? hook.creator,
    };
    if (
      set.state !== hook.state ||
      set.retryStartedAt !== hook.retryStartedAt ||
      set.calendlyUri !== hook.calendlyUri ||
      set.creator !== hook.creator
    ) {
      await store.updateHook(hook.installationId, hook.id, set);
    }
  }

  /** What is wrong with the way in, as far as it can be seen from here; null when it is open. */
  async function causeOf(hook: Hook, address: URL): Promise<string | null> {
    if (hook.family !== 'invitee' || !deps.walkIn) return null;
    const way = await deps.walkIn(hookUrl(address, hook.urlToken), hook.signingKey);
    return way.ok ? null : way.sentence;
  }

  /** Make before break: the new hook is registered and kept before the old one goes; if that fails, the old one stays as it is. */
  async function replace(round: Round, family: Family, seen: readonly Seen[], address: URL): Promise<void> {
    const { connection, findings } = round;
    const what: Finding['what'] = seen[0] === undefined ? 'hook_absent' : `hook_${seen[0].health}`;
    for (const { hook, health } of seen) await keepHealth(hook, health);
    let made: Hook | null;
    try {
      made = await hooks.makeInstead(
        connection,
        family,
        address,
        seen.map(({ hook }) => hook),
      );
    } catch (error) {
      await cannotReplace(round, what, seen, error);
      return;
    }
    if (made === null) {
      findings.push(beingMade);
      return;
    }
    if (await wasLetGo(connection)) {
      await hooks.undo(connection, made);
      return;
    }
    for (const { hook } of seen) await letGo(round, hook);
    const wasBlind = what !== 'hook_absent' && family === 'invitee';
    const gap = wasBlind && deps.catchUp ? ` ${catchingUp}` : '';
    const cause = await causeOf(made, address);
    const stillClosed = cause === null ? '' : ` But the way in is still closed: ${cause}`;
    const trouble = troubleOf[what] ?? 'The hook needed care.';
    const sentence = `${trouble} I registered a new one for ${nameOf(connection)}.${gap}${stillClosed}`;
    const since = wasBlind ? blindSince(connection, seen) : null;
    await tell(connection, `replaced:${made.id}`, sentence, replaced(connection, trouble, since, cause));
    // Where there was none we have asked instead, until now.
    if (wasBlind) {
      round.look = 'blind';
      await deps.catchUp?.blind(connection, blindSince(connection, seen));
    } else if (family === 'invitee') await deps.catchUp?.lookAgain(connection, 'hook');
    findings.push({ what, action: 'repaired', sentence, ...(cause === null ? {} : { stillClosed: true }) });
  }

  async function cannotReplace(
    { connection, findings }: Round,
    what: Finding['what'],
    seen: readonly Seen[],
    error: unknown,
  ): Promise<void> {
    if (isDeadToken(error) || !(error instanceof Refusal || error instanceof Outage)) throw error;
    const trouble = troubleOf[what] ?? 'The hook needs care.';
    const sentence = `${trouble} I could not register a new one for ${nameOf(connection)}. ${error.message}`;
    if (error instanceof Refusal) {
      const news = notReplaced(connection, clock.now(), trouble, error.message);
      await tell(connection, `not_replaced:${seen[0]?.hook.id ?? connection.id}:${error.code}`, sentence, news);
    }
    findings.push({ what, action: error instanceof Refusal ? 'told' : 'waiting', sentence });
  }

  async function letGo({ connection, released }: Round, hook: Hook): Promise<void> {
    await hooks.release(connection, hook);
    if (hook.calendlyUri !== null) released.add(hook.calendlyUri);
  }

  async function keepHealth(hook: Hook, health: HookHealth): Promise<void> {
    if (health === 'disabled' || health === 'missing')
      await store.updateHook(hook.installationId, hook.id, { state: health });
  }

  /** True when somebody disconnected while a hook was being made. */
  async function wasLetGo({ installationId, id }: Connection): Promise<boolean> {
    const now = await store.connection(installationId, id);
    return now === null || now.state === 'disconnected';
  }

  /** Hooks at our address that we do not know or have retired. Whatever calls another address belongs to somebody else. */
  async function removeStrangers(round: Round, listed: readonly RemoteHook[], address: URL): Promise<void> {
    const { connection, released } = round;
    const rows = await store.hooks(connection.installationId, connection.id);
    for (const remote of listed) {
      if (released.has(remote.uri) || !(await isStranger(remote, rows, address))) continue;
      await removeOld(round, remote.uri, rows);
    }
    // Of another scope than today's, they stand in a list that is no longer asked for.
    const left = rows.flatMap(({ retiredAt, calendlyUri }) => (retiredAt !== null && calendlyUri ? [calendlyUri] : []));
    for (const uri of left)
      if (!released.has(uri) && !listed.some((remote) => remote.uri === uri)) await removeOld(round, uri, rows);
  }

  async function removeOld({ connection, findings }: Round, uri: string, rows: readonly Hook[]): Promise<void> {
    try {
      const isThere = (await calendly.getHook(connection.token, uri)) !== null;
      await calendly.deleteHook(connection.token, uri);
      for (const row of rows)
        if (row.calendlyUri === uri) await store.updateHook(row.installationId, row.id, { calendlyUri: null });
      if (isThere)
        findings.push({ what: 'stranger', action: 'repaired', sentence: 'I deleted an old hook of mine at Calendly.' });
    } catch (error) {
      // It does no harm but a few vain calls, and the next check tries again.
      log?.warn({ connectionId: connection.id, err: error }, 'could not delete an old hook at Calendly');
    }
  }

  async function isStranger(remote: RemoteHook, rows: readonly Hook[], address: URL): Promise<boolean> {
    const urlToken = urlTokenIn(address, remote.callbackUrl);
    // From before a change of PUBLIC_URL: ours by its URI alone.
    if (urlToken === null) return rows.some((row) => row.calendlyUri === remote.uri && row.retiredAt !== null);
    const row = await store.hookByUrlToken(urlToken);
    return row === null || row.retiredAt !== null;
  }

  // ── What is kept and said ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async function prune(connection: Connection): Promise<void> {
    const before = clock.now() - acceptRetiredForMs;
    for (const row of await store.hooks(connection.installationId, connection.id)) {
      if (row.retiredAt !== null && row.retiredAt < before) await store.removeHook(row.installationId, row.id);
    }
  }

  async function record(
    checked: Connection,
    report: CheckReport,
    state: Pick<Connection, 'state' | 'reason'> | null,
  ): Promise<void> {
    const { installationId, id } = checked;
    const now = await store.connection(installationId, id);
    // A new token or a disconnect during the check is newer than what the check found.
    if (now === null || now.token !== checked.token || now.state !== checked.state) return;
    await store.updateConnection(installationId, id, {
      checkedAt: clock.now(),
      checkResult: report.sentence,
      ...(await troubleIn(checked, report)),
      ...state,
    });
  }

  /** Since when only a person can help. An outage on the other side ends by itself. */
  async function troubleIn(connection: Connection, { ok, findings }: CheckReport): Promise<Partial<Trouble>> {
    const bad = findings.find((one) => one.action === 'told' && isBad(one));
    if (bad) return await remind.broken(connection, bad.sentence);
    const isClosed = findings.some((one) => one.what === 'way_closed' || one.stillClosed);
    const { troubleSince } = connection;
    // A new hook mends nothing where the way in is closed as before: only a message that came through shows that it is open.
    if (isClosed && troubleSince !== null && (connection.lastChangeAt ?? 0) <= troubleSince) return {};
    return ok ? await remind.well(connection) : {};
  }

  async function tell(connection: Connection, key: string, text: string, news: News): Promise<void> {
    const now = await store.connection(connection.installationId, connection.id);
    if (now === null || now.state === 'disconnected' || now.token !== connection.token) return;
    await notices.tell({ installationId: connection.installationId, to: now.connectedBy, key, text, news });
  }

  return { checkAll, checkTokens, check };
}

/** Names one incident of a connection: the last check before it. A crash between telling and recording finds the same name again. */
function incident(connection: Connection): string {
  return `${connection.id}:${tokenMark(connection)}:${connection.checkedAt ?? 'first'}`;
}

/** Calendly counts the requests of whoever acts. */
const speakerOf = ({ userUri, standIn }: Connection) => standIn?.userUri ?? userUri;

/** Tells one token from the next without being of any use to a thief. */
function tokenMark({ token }: Connection): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12);
}

const bestFirst = (a: Seen, b: Seen) =>
  Number(a.health === 'retrying') - Number(b.health === 'retrying') || b.hook.createdAt - a.hook.createdAt;

const troubleOf: Partial<Record<Finding['what'], string>> = {
  hook_absent: 'There was no hook at Calendly.',
  hook_disabled: 'Calendly had switched the hook off, as it does when its messages fail for a day.',
  hook_missing: 'The hook was deleted at Calendly.',
  hook_moved: 'My public address has changed, and the hook at Calendly still called the old one.',
  hook_foreign: 'The hook at Calendly belonged to another account than this one.',
  hook_other_events: 'The hook at Calendly did not tell of everything I need.',
};

const catchingUp = 'I am looking for what happened meanwhile, and tell you when that is done.';

/** Since when its messages may not have come: Calendly's own word, or our last look at which all was well. */
function blindSince(connection: Connection, seen: readonly Seen[]): number {
  const retries = seen.flatMap(({ hook, remote }) => remote?.retryStartedAt ?? hook.retryStartedAt ?? []);
  // While nobody could look, the last look says nothing.
  const known = Math.min(connection.checkedAt ?? connection.createdAt, connection.troubleSince ?? Infinity);
  return Math.min(known, ...retries);
}

const notConnected: Finding = {
  what: 'not_connected',
  action: 'none',
  sentence: 'There is no Calendly connection here to check. Type {command} connect.',
};
const beingMade: Finding = {
  what: 'making',
  action: 'waiting',
  sentence: 'A hook is being made at this moment.',
};
const noAddress: Finding = {
  what: 'no_public_url',
  action: 'none',
  sentence:
    'The token works. I have no public address, so I ask Calendly every minute instead of being called: set PUBLIC_URL, and I register a hook.',
};
const checkFailed: Finding = {
  what: 'check_failed',
  action: 'waiting',
  sentence: 'The check itself went wrong on my side. I try again at the next one; the log has the details.',
};

const isBad = ({ action, what }: Finding) =>
  action !== 'repaired' && !['hook_recovered', 'way_closed', 'no_public_url', 'owner_left'].includes(what);

function reportOf(installationId: string, connectionId: string, findings: Finding[]): CheckReport {
  const bad = findings.filter(isBad);
  const sentence = (bad[0] ?? findings[0])?.sentence ?? 'All is well: the token works, and Calendly calls me.';
  return { installationId, connectionId, ok: bad.length === 0, findings, sentence };
}

/** A moment in words that need no reader's zone. */
function timeOf(at: number): string {
  return `${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(at)} UTC`;
}
