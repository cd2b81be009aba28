// What did we miss? Calendly's list, compared with what we know, and the rest filed as if a webhook had told it.
//
// Progress is kept after each page, so that whoever takes over repeats at most one; a look that meets an error waits and goes on from there, and only one
// that has reached the end of its list counts as done. Which changes are ours stands in differences.ts, when a look is due in look.ts.

import type { Arrival } from '../booking/intake.ts';
import { Outage, Refusal } from '../errors.ts';
import type { BackfillStore, Held } from './backfill-store.ts';
import { caughtUp, caughtUpHere } from './caught-up.ts';
import type { CatchUp, Connection, Notices } from './connection.ts';
import { type Log, nameOf } from './hook.ts';
import type { Lists, Page } from './lists.ts';
import {
  type Blind,
  both,
  dueLook,
  type Found,
  foundAny,
  type Last,
  nextDueAt,
  nothingFound,
  type Reason,
  type Run,
  sum,
  wishFor,
} from './look.ts';
import { closedGap, noList } from './news.ts';
import { comparePage } from './page.ts';
import { patient } from './patient.ts';
import { gapKey, progress } from './progress.ts';

export interface BackfillDeps {
  store: BackfillStore;
  connection(installationId: string, id: string): Promise<Connection | null>;
  lists: Lists;
  keep(arrival: Arrival): Promise<boolean>;
  notices: Notices;
  /** Calendly cannot call us: we ask. */
  polls: boolean;
  /** How long bookings are remembered. */
  keptDays: number;
  newId(): string;
  /** Calendly refused: is it the token? */
  onRefused?(connection: Connection): void;
  /** A long look at a gap has come so far; null: it no longer goes on here. */
  onProgress?(connection: Pick<Connection, 'id'>, done: { of: number; total: number } | null): void;
  log: Log;
}

export interface Backfills extends CatchUp {
  /** `aliveAt`: when the app was last running, if it ever was. */
  start(aliveAt: number | null): Promise<void>;
  /** Takes up what is due and works on it; resolves when that is done. */
  work(): Promise<void>;
  state(installationId: string, connectionId: string): Promise<Held | null>;
  stop(): Promise<void>;
}

/** Renewed three times as often; whoever is killed is followed by somebody else after it. */
const leaseMs = 30_000;
/** At the same time, each in its own connection: one that waits for Calendly keeps nobody else waiting. */
const atOnce = 32;
/** A start after less is no gap: Calendly repeats what failed meanwhile, and the look at a start finds the rest. */
const briefMs = 60_000;
const patience = [2_000, 10_000, 30_000, 60_000, 300_000];
/** What a person has to mend is not mended within seconds. */
const refusedMs = 15 * 60_000;

class NoLongerOurs extends Error {}

/** Lists come by start time, so a page that begins earlier than the one before it ended is one we have read, or stands for one that we have not. */
const goesBack = ({ meetings: [first] }: Page, reached: number) =>
  first !== undefined && first.meeting.startsAt < reached;

const turnsInCircles = () =>
  new Outage('Calendly’s list of meetings leads back to where I have been. I try again by myself.', {
    code: 'calendly_down',
  });

/** So many pages may be empty before another one comes. */
const mostEmpty = 20;

export function backfills(deps: BackfillDeps): Backfills {
  const { store, log, polls, keptDays } = deps;
  const lists = patient(deps.lists, () => stopping);
  const underWay = new Set<Promise<void>>();
  const holding = new Set<Held>();
  let stopping = false;

  async function work(): Promise<void> {
    if (stopping || underWay.size >= atOnce) return;
    const claimed = await store.claim(atOnce - underWay.size, leaseMs);
    await Promise.all(
      claimed.map((held) => {
        const mine = serve(held).finally(() => underWay.delete(mine));
        underWay.add(mine);
        return mine;
      }),
    );
  }

  async function serve(held: Held & { now: number }): Promise<void> {
    holding.add(held);
    const heartbeat = setInterval(() => void store.extend(held, leaseMs).catch(() => {}), leaseMs / 3);
    try {
      await store.release(held, await goOn(held));
    } catch (error) {
      if (!stopping && !(error instanceof NoLongerOurs))
        log.error(
          { connectionId: held.connectionId, err: error },
          'a look for what was missed broke off; it is taken up again',
        );
    } finally {
      clearInterval(heartbeat);
      deps.onProgress?.({ id: held.connectionId }, null);
      holding.delete(held);
    }
  }

  /** Does what there is to do; answers when there will be more. */
  async function goOn(held: Held & { now: number }): Promise<number> {
    const found = await deps.connection(held.installationId, held.connectionId);
    if (!found) throw new NoLongerOurs();
    // Calendly counts the requests of whoever acts.
    const connection = { ...found, userUri: found.standIn?.userUri ?? found.userUri };
    const run = held.run ?? (await begun(held));
    if (!run) return nextDueAt(held, held.now, polls);
    try {
      const last = await readAll(held, connection, run);
      await done(held, connection, last);
      return nextDueAt({ ...held, last }, last.endedAt, polls);
    } catch (error) {
      if (stopping || error instanceof NoLongerOurs) throw error;
      return await waitFor(held, connection, error);
    }
  }

  async function begun(held: Held & { now: number }): Promise<Run | null> {
    const { now } = held;
    const due = dueLook(held, now, polls, keptDays);
    const wish = held.wish && due ? both(due, held.wish) : (held.wish ?? due);
    if (!wish) return null;
    const run: Run = {
      ...wish,
      id: deps.newId(),
      beganAt: now,
      cursor: null,
      found: nothingFound,
      unread: 0,
      failures: 0,
      waits: null,
    };
    const covers = wishFor('hourly', now, { keptDays });
    const isWide = run.to > now + 300 * 86_400_000;
    held.pollAt = isWide ? now : held.pollAt;
    held.hourlyAt = run.to >= covers.to ? now : held.hourlyAt;
    held.nightlyAt = due?.reason === 'nightly' ? now : held.nightlyAt;
    if (!(await store.take(held, run, held))) throw new NoLongerOurs();
    return run;
  }

  async function readAll(held: Held, connection: Connection, begun: Run): Promise<Last> {
    let run = begun;
    const onProgress = (of: number, total: number) => deps.onProgress?.(connection, { of, total });
    const told = progress({ ...deps, lists, onProgress }, connection);
    for (let empty = 0; ; ) {
      if (stopping) throw new NoLongerOurs();
      const seenAt = await store.now();
      const from = run.cursor?.from ?? run.from;
      const page = await pageFrom(connection, run, from);
      empty = page.meetings.length === 0 ? empty + 1 : 0;
      if (empty > mostEmpty && page.next !== null) throw turnsInCircles();
      const place = { run, page: { size: page.meetings.length, next: page.next, from: page.from } };
      const onDone = (count: number) => told.at(place, count);
      // Whoever takes over reads the page again, and finds none of this new any more.
      const onFiled = async (found: Found) => {
        held.run = { ...place.run, found: sum(place.run.found, found) };
        if (!(await store.save(held, held.run))) throw new NoLongerOurs();
      };
      const news = await comparePage({ ...deps, store, lists, connection, held, run, page, seenAt, onDone, onFiled });
      const reached = page.meetings.at(-1)?.meeting.startsAt ?? run.cursor?.reached ?? from;
      run = {
        ...run,
        cursor: { from: page.from, pageToken: page.next, reached },
        found: sum(run.found, news.found),
        unread: run.unread + page.unread + news.unread,
        failures: 0,
        waits: null,
        dealt: (run.dealt ?? 0) + page.meetings.length,
      };
      held.run = run;
      if (page.next === null) break;
      if (!(await store.save(held, run))) throw new NoLongerOurs();
    }
    const { reason, to, blind, beganAt, found, unread } = run;
    const before = held.last && foundAny(held.last.found) ? held.last : (held.last?.earlier ?? null);
    const earlier = foundAny(found) || !before ? null : { endedAt: before.endedAt, found: before.found };
    return { reason, from: run.from, to, blind, beganAt, found, unread, endedAt: await store.now(), earlier };
  }

  /**
   * Nobody says how long a page token lives: where it is refused, or leads back to what was read already, the list is read on from the last meeting that
   * was dealt with.
   */
  async function pageFrom(connection: Connection, { cursor, to }: Run, from: number): Promise<Page & { from: number }> {
    const pageToken = cursor?.pageToken ?? null;
    const page = await pageOrNull(connection, { from, to, pageToken });
    if (page && !(cursor && pageToken !== null && goesBack(page, cursor.reached))) return { ...page, from };
    if (!cursor) throw turnsInCircles();
    // Whether the list begins with this moment or just after it is not documented; others may begin at the same time.
    const again = cursor.reached - 1;
    const rest = await lists.meetings(connection, { from: again, to, pageToken: null });
    const last = rest.meetings.at(-1)?.meeting.startsAt ?? again;
    // More of them at one moment than a page holds, and no way to the next page: nobody gets further here for now.
    if (rest.next !== null && last <= cursor.reached) throw turnsInCircles();
    return { ...rest, from: again };
  }

  /** Null where the page token is refused. */
  async function pageOrNull(
    connection: Connection,
    page: { from: number; to: number; pageToken: string | null },
  ): Promise<Page | null> {
    try {
      return await lists.meetings(connection, page);
    } catch (error) {
      if (page.pageToken !== null && error instanceof Refusal && error.code === 'bad_request') return null;
      throw error;
    }
  }

  async function done(held: Held, connection: Connection, last: Last): Promise<void> {
    // Whoever read how far it has come reads its end as well, in the same message.
    const wasShown = held.run?.total !== undefined;
    const quiet = `I have compared the list of ${nameOf(connection)} at Calendly: nothing was missed.`;
    const words = isToldAlready(held, last) ? null : caughtUp(last, nameOf(connection));
    const text = words ?? (wasShown ? quiet : null);
    // Told before it is recorded: whoever dies in between finds the same notice again, which is said once.
    if (text)
      await (deps.notices.revise ?? deps.notices.tell)({
        installationId: held.installationId,
        to: connection.connectedBy,
        key: gapKey(held.connectionId, last.beganAt),
        text,
        ...(last.blind ? { news: closedGap(connection, last.blind, last.found, last.unread) } : {}),
      });
    await tellChannels(held, last);
    if (!(await store.finish(held, last))) throw new NoLongerOurs();
    held.run = null;
    log.info(
      { connectionId: held.connectionId, reason: last.reason, ms: last.endedAt - last.beganAt, ...last.found },
      'looked for what was missed',
    );
  }

  /** Whoever reads a channel learns why its cards came late. */
  async function tellChannels({ installationId, connectionId }: Held, last: Last): Promise<void> {
    const text = caughtUpHere(last);
    if (!text) return;
    const key = gapKey(connectionId, last.beganAt);
    for (const to of await store.channels(installationId, connectionId))
      await deps.notices.tell({ installationId, to, key, text });
  }

  /** A start and a hook that failed meanwhile are two looks at one gap: the second is told only where it found more. */
  function isToldAlready({ last: before }: Held, { blind, found }: Last): boolean {
    return Boolean(blind && before?.blind && before.blind.to >= blind.from - briefMs && !foundAny(found));
  }

  async function waitFor(held: Held, connection: Connection, error: unknown): Promise<number> {
    const run = held.run ?? (await store.state(held.installationId, held.connectionId))?.run;
    if (!run) throw error;
    const now = await store.now();
    const failures = run.failures + 1;
    const usual = patience[Math.min(failures, patience.length) - 1]!;
    const isRefused = error instanceof Refusal;
    const until =
      now + (isRefused ? refusedMs : Math.max(usual, error instanceof Outage ? (error.retryAfterMs ?? 0) : 0));
    const sentence =
      isRefused || error instanceof Outage
        ? error.message
        : 'Something went wrong on my side; the log has the details.';
    if (isRefused) {
      const text = `I cannot look for what I may have missed in the Calendly list of ${nameOf(connection)}. ${sentence}`;
      // A dead token is told by the check.
      if (!error.code.startsWith('token_') && !error.code.startsWith('sign_in_'))
        await deps.notices.tell({
          installationId: held.installationId,
          to: connection.connectedBy,
          key: `no_list:${held.connectionId}:${error.code}`,
          text,
          news: noList(connection, now, error.message),
        });
      deps.onRefused?.(connection);
    }
    log.warn(
      { connectionId: held.connectionId, err: error, failures },
      'the list of meetings could not be read; going on later',
    );
    if (!(await store.save(held, { ...run, failures, waits: { sentence, until } }))) throw new NoLongerOurs();
    return until;
  }

  async function wish(
    installationId: string,
    connectionId: string,
    reason: Reason,
    blind: Blind | null,
  ): Promise<void> {
    await store.wish(installationId, connectionId, wishFor(reason, await store.now(), { blind, keptDays }));
    void work().catch((error) => !stopping && log.error({ err: error }, 'what is due could not be read; trying again'));
  }

  return {
    polls,
    work,
    state: store.state,
    async connected({ installationId, id }) {
      await store.begin(installationId, id, await store.now());
    },
    async blind({ installationId, id }, since) {
      await wish(installationId, id, 'hook', { from: since, to: await store.now(), why: 'hook' });
    },
    lookAgain: ({ installationId, id }, why) => wish(installationId, id, why, null),
    async start(aliveAt) {
      await store.beginMissing();
      const now = await store.now();
      const blind: Blind | null =
        aliveAt !== null && now - aliveAt >= briefMs ? { from: aliveAt, to: now, why: 'down' } : null;
      await store.wishAll(wishFor('start', now, { blind, keptDays }));
      await store.dueNow();
    },
    async stop() {
      stopping = true;
      // What is under way is taken up by whoever starts next, who need not wait for a lease to end; nobody waits for Calendly now.
      await Promise.allSettled([...holding].map((held) => store.release(held, 0)));
      await Promise.race([Promise.allSettled(underWay), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    },
  };
}
