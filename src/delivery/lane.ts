// The worker: folds what was kept, claims channels that are due, sends one message at a time in each at the messenger's pace, and records what came of it.
//
// It works in turns. One turn is one commit: it folds, records every result that has come in, claims every lane that is due, and keeps the intent of each
// next call before the call is made.

import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { Content } from './content.ts';
import { presence } from './presence.ts';
import { rests } from './rest.ts';
import { type Decision, decide } from './retry.ts';
import type { Found, Messenger, Outcome, UncertainPolicy, Write } from './write.ts';

/** One call to make, its intent already committed. */
export interface Job {
  installationId: string;
  channelId: string;
  /** Where messages to this person stand, once that is known. */
  direct?: string | null;
  deliveryId: string;
  /** For the log, where it is about one. */
  bookingId?: string | null;
  /** The lane's fence when it was claimed: a result with an older one is refused. */
  fence: number;
  kind: 'card' | 'reply' | 'notice';
  op: 'post' | 'edit' | 'delete';
  ts: string | null;
  threadTs: string | null;
  content: Content;
  hash: string;
  /** How the message to edit looks, as the messenger has marked it; null when that is not known. */
  seen?: string | null;
  /** The wanted version this call brings about. */
  version: number;
  attemptId: string;
  /** 1 for the first. */
  attempt: number;
  plain: boolean;
  /** Since it first became due, milliseconds. */
  ageMs: number;
}

/** What to record of a call. */
export type Settled =
  /** `channel`: where it stands by the messenger's own word; `seen`: how it looks. */
  | { do: 'shown'; ts: string; channel?: string; seen?: string }
  /** `told`: the messenger itself named the wait (429). */
  | {
      do: 'again';
      itemDelayMs: number;
      laneDelayMs: number;
      told: boolean;
      plain: boolean;
      counts: boolean;
      reason: string;
    }
  | { do: 'repost'; reason: string }
  /** The card, or the thread it is about, was deleted; the card cannot be edited; its thread takes no replies. */
  | { do: 'gone' | 'uneditable' | 'unthreaded'; reason: string }
  | { do: 'uncertain' | 'suppressed' | 'dead'; reason: string }
  /** Search the channel for it, after a while. */
  | { do: 'look_up'; delayMs: number; reason: string }
  | { do: 'found'; ts: string }
  /** Not found in a search that would have shown it. */
  | { do: 'absent' }
  | { do: 'hold'; what: 'channel' | 'installation'; code: string; reason: string };

/** One search to make for a post of unknown outcome. */
export interface LookUp {
  installationId: string;
  channelId: string;
  deliveryId: string;
  fence: number;
  kind: 'card' | 'reply' | 'notice';
  op: 'look';
  threadTs: string | null;
  attemptId: string;
  /** When the post was about to be made, and how long ago that is, both by the database's clock; milliseconds. */
  triedAt: number;
  ageMs: number;
}

export interface JobResult {
  job: Job | LookUp;
  settled: Settled;
}

/** What to do in one turn. */
export interface Turn {
  /** Kept changes to fold at most, in the order they came. */
  fold: number;
  results: JobResult[];
  /** Lanes to claim at most. */
  claim: number;
  /** No lane is served on: they go back for whoever comes next. */
  release: boolean;
}

export interface Turned {
  folded: number;
  /** More may wait to be folded. */
  more: boolean;
  jobs: (Job | LookUp)[];
  lost: number;
  /** Posts that a dead process left under way and that are now made again, whether they had arrived or not. */
  repeated: number;
  wakeInMs: number | null;
}

export interface LaneStore {
  /**
   * In one commit (two where several processes share the database): folds changes into bookings and the cards they want, records the results (those of a
   * lane that was lost are refused and counted in `lost`), keeps serving their lanes, claims more, and keeps the intent of each lane's next call.
   * `wakeInMs`: when to look again if nothing else happens, null for never.
   */
  advance(turn: Turn): Promise<Turned>;
}

export interface Worker {
  start(): void;
  /** Something may be due, or was kept by another process. */
  nudge(): void;
  /** New changes were kept, one of each of these accounts. */
  kept(accounts: readonly string[]): void;
  /** Stops claiming, waits for the calls under way (at most `deadlineMs`) and records them. */
  stop(deadlineMs: number): Promise<void>;
}

export interface WorkerOptions {
  store: LaneStore;
  messenger: Messenger;
  clock: Clock;
  log: Logger;
  random?: () => number;
  /** For posts of unknown outcome. */
  policy: (installationId: string) => UncertainPolicy;
  /** What then, where the search turns out to be forbidden; by default `ask`. */
  unreadable?: 'ask' | 'resend';
  onOutcome?: (job: Job, outcome: Outcome, settled: Settled) => void;
  onLookUp?: (job: LookUp, found: Found, settled: Settled) => void;
  /** So many posts of unknown outcome are made again: each may be there twice. */
  onRepeated?: (count: number) => void;
  /** Channels served at the same time. */
  lanes?: number;
  pollMs?: number;
  leaseMs: number;
}

/** Per turn, so that webhooks which arrive meanwhile wait a few milliseconds at most. */
const foldsAtOnce = 50;
/**
 * Where a turn takes longer than this, the next folds half as many; on a server, changes of fifty workspaces take a second, in which nothing else is recorded,
 * claimed or said. Milliseconds.
 */
const longTurnMs = 100;
const foldsAtLeast = 4;
/** In a flood, so that others than those who flood wait for short turns only; while nothing can be shown to anybody there are few turns. */
const foldsInFlood = 16;
const resultsAtOnce = 16;
const claimsAtOnce = 32;
/** Results wait this long for a turn that is made anyway: seldom is anything else due in their channels. Milliseconds. */
const resultsWaitMs = 8;
/** So many calls are begun in one go; what has come in meanwhile is seen to before the next few. */
const callsAtOnce = 4;
/** After folding has failed, milliseconds; lanes are served meanwhile. */
const foldAgainMs = 1_000;
/** Nothing could be claimed although something is due: another process is at it. Milliseconds. */
const idleMs = 25;

/** A lane whose messenger does not answer is tried again at least this often, however long the outage: one try a minute for a whole channel is no load. */
const laneDelayCap = 60_000;

export function laneWorker(options: WorkerOptions): Worker {
  const { store, messenger, log } = options;
  const random = options.random ?? Math.random;
  const limit = options.lanes ?? 64;
  const pollMs = options.pollMs ?? 3_000;
  let results: JobResult[] = [];
  let inFlight = 0;
  let due = false;
  let unfolded = false;
  let foldFrom = 0;
  let foldsNext = foldsAtOnce;
  const between = rests();
  const there = presence();
  /**
   * How often in a row nobody was reached for a channel: each message that comes while Slack is away would else begin the channel's waits anew, and a day of
   * it would be hundreds of tries for each.
   */
  const unreached = new Map<string, number>();
  let stopping = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let resultsTimer: NodeJS.Timeout | undefined;

  function nudge(): void {
    due = true;
    running ??= pump().finally(() => {
      running = null;
      // Something came in between the last look and the end.
      if (due || results.length > 0) nudge();
    });
  }

  async function pump(): Promise<void> {
    while (due || results.length > 0) {
      // One turn of the event loop, so that results and nudges of this moment share a commit.
      await new Promise((resolve) => setImmediate(resolve));
      due = false;
      clearTimeout(resultsTimer);
      resultsTimer = undefined;
      const batch = results.splice(0, resultsAtOnce);
      const inFlood = between.begin(there.isGone());
      const mayFold = unfolded && !stopping && performance.now() >= foldFrom;
      const fold = mayFold ? Math.min(foldsNext, inFlood && !there.isGone() ? foldsInFlood : foldsAtOnce) : 0;
      if (fold > 0) unfolded = false;
      const granted = performance.now();
      try {
        // What has come in and waits to be recorded holds its lane as well.
        const free = limit - inFlight - batch.length - results.length;
        const wanted = Math.max(0, stopping ? 0 : Math.min(free, claimsAtOnce));
        const claim = there.allows(wanted);
        const turn = { fold, results: batch, claim, release: stopping };
        const { folded, more, jobs, lost, repeated, wakeInMs } = await store.advance(turn);
        if (fold > 0)
          foldsNext =
            performance.now() - granted > longTurnMs
              ? Math.max(foldsAtLeast, Math.floor(fold / 2))
              : Math.min(foldsAtOnce, foldsNext + foldsAtLeast);
        if (repeated > 0) report(() => options.onRepeated?.(repeated));
        if (more) unfolded = true;
        if (jobs.length > 0) there.began();
        if (lost > 0) log.warn({ lost }, 'results came after the lane was taken over; refused');
        for (const [i, job] of jobs.entries()) {
          if (i > 0 && i % callsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
          void (job.op === 'look' ? lookUp(job, granted) : run(job, granted));
        }
        const holdMs = there.waitMs();
        // Also where the time has come during this turn, which could not claim yet. A flood's rest ends then, too.
        const isHeld = holdMs > 0 || claim < Math.min(wanted, 1);
        if (!stopping && isHeld) wakeIn(holdMs);
        else if (!stopping && claim > 0)
          wakeIn(jobs.length > 0 ? (wakeInMs ?? pollMs) : Math.max(wakeInMs ?? pollMs, idleMs));
        // With every place taken, the next result looks again by itself; where all of them came back at once, there is no next.
        const hasRoom = inFlight + results.length < limit;
        const areAllBack = !stopping && free <= 0 && inFlight === 0;
        const isMore = more || areAllBack || (holdMs === 0 && claim > 0 && jobs.length >= claim && hasRoom);
        if (isMore) due = true;
        if (stopping) continue;
        const left = isMore || results.length >= resultsAtOnce;
        const done = { results: batch.length, begun: folded + jobs.length, isMore: left };
        await between.after(done, isHeld ? holdMs : undefined);
      } catch (error) {
        log.error({ err: error }, 'a turn of the worker failed; trying again');
        results = [...batch, ...results];
        due = true;
        if (fold > 0) {
          // Whatever it was that could not be folded must not stop the channels.
          unfolded = true;
          foldFrom = performance.now() + foldAgainMs;
        } else await between.rest(1_000);
        if (stopping) return;
      }
    }
  }

  async function run(job: Job, granted: number): Promise<void> {
    inFlight += 1;
    let outcome: Outcome;
    // A process that was frozen between claim and call may have lost its lane: it must not speak any more.
    const notAfter = granted + options.leaseMs / 2;
    if (performance.now() > notAfter) outcome = { kind: 'not_sent', reason: 'woke up too late', retryAfterMs: null };
    else outcome = await send(job, notAfter);
    hear(outcome);
    finish(job, () => {
      const settled = settle(job, outcome, random, options.policy(job.installationId), missesOf(job, outcome));
      report(() => options.onOutcome?.(job, outcome, settled));
      if (job.op === 'post' && outcome.kind === 'ambiguous' && settled.do === 'again')
        report(() => options.onRepeated?.(1));
      return settled;
    });
  }

  function hear(of: Outcome | Found): void {
    const change = there.heard(of);
    if (change === 'gone') log.warn('Slack cannot be reached: one message is tried now and then until it can');
    if (change !== 'back') return;
    log.info('Slack can be reached again');
    between.back();
    nudge();
  }

  function missesOf({ installationId, channelId }: Job, outcome: Outcome): number {
    const channel = `${installationId} ${channelId}`;
    if (outcome.kind !== 'not_sent' || outcome.retryAfterMs !== null) {
      unreached.delete(channel);
      return 0;
    }
    const misses = (unreached.get(channel) ?? 0) + 1;
    unreached.set(channel, misses);
    return misses;
  }

  /** Gives the place back whatever happens: a lane that nobody finishes would stand still until its lease ends. */
  function finish(job: Job | LookUp, outcome: () => Settled): void {
    let settled: Settled;
    try {
      settled = outcome();
    } catch (error) {
      log.error({ err: error, delivery: job.deliveryId }, 'the outcome of a call could not be judged');
      settled = { do: 'uncertain', reason: 'I could not tell what became of this message. Please report it.' };
    }
    inFlight -= 1;
    results.push({ job, settled });
    if (stopping || results.length >= resultsAtOnce || inFlight + results.length >= limit) nudge();
    else resultsTimer ??= setTimeout(nudge, resultsWaitMs);
  }

  function report(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      log.error({ err: error }, 'an outcome could not be reported');
    }
  }

  async function lookUp(job: LookUp, granted: number): Promise<void> {
    inFlight += 1;
    const { installationId, channelId, threadTs, attemptId, triedAt } = job;
    const ageMs = job.ageMs + performance.now() - granted;
    const found: Found =
      options.policy(installationId) === 'look_up'
        ? await messenger
            .find({ installationId, channel: channelId, threadTs, attemptId, triedAt, ageMs })
            .catch((): Found => ({ kind: 'unknown', reason: 'the search failed', retryAfterMs: null }))
        : { kind: 'forbidden', reason: 'I may not read this channel to look for the message.' };
    hear(found);
    finish(job, () => {
      const settled = settleSearch(found, options.unreadable ?? 'ask');
      report(() => options.onLookUp?.(job, found, settled));
      if (settled.do === 'repost') report(() => options.onRepeated?.(1));
      return settled;
    });
  }

  async function send(job: Job, notAfter: number): Promise<Outcome> {
    const write: Write = {
      installationId: job.installationId,
      op: job.op,
      channel: job.op === 'post' ? job.channelId : (job.direct ?? job.channelId),
      ts: job.ts,
      threadTs: job.threadTs,
      content: job.content,
      plain: job.plain,
      seen: job.seen ?? null,
      attemptId: job.attemptId,
      notAfter,
    };
    try {
      return await messenger.send(write);
    } catch (error) {
      log.error({ err: error, delivery: job.deliveryId }, 'a message could not be rendered');
      return {
        kind: 'refused',
        error: 'render_failed',
        detail: error instanceof Error ? error.name : null,
        isUnasked: true,
      };
    }
  }

  function wakeIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(1, Math.min(ms, pollMs)));
    timer.unref();
  }

  /** Whoever looks for lanes that are due looks for changes that another process kept, or left behind, as well. */
  function look(): void {
    unfolded = true;
    nudge();
  }

  return {
    start() {
      stopping = false;
      look();
    },
    nudge() {
      if (!stopping) look();
    },
    kept(accounts) {
      between.came(accounts);
      if (!stopping) look();
    },
    async stop(deadlineMs) {
      stopping = true;
      clearTimeout(timer);
      between.end();
      if (results.length > 0) nudge();
      const deadline = performance.now() + deadlineMs;
      while ((inFlight > 0 || results.length > 0 || running) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** Between a post of unknown outcome and the search for it, and between two searches: Slack's own lists may lag. Milliseconds. */
const searchAfter = 12_000;

function settleSearch(found: Found, unreadable: 'ask' | 'resend'): Settled {
  switch (found.kind) {
    case 'found':
      return { do: 'found', ts: found.ts };
    case 'absent':
      return { do: 'absent' };
    case 'unknown':
      return { do: 'look_up', delayMs: Math.max(searchAfter, found.retryAfterMs ?? 0), reason: found.reason };
    case 'forbidden':
      return { do: unreadable === 'resend' ? 'repost' : 'uncertain', reason: found.reason };
  }
}

function settle(job: Job, outcome: Outcome, random: () => number, policy: UncertainPolicy, misses: number): Settled {
  const decision: Decision = decide(
    outcome,
    { op: job.op, attempt: Math.max(job.attempt, misses), ageMs: job.ageMs, plain: job.plain, kind: job.kind },
    random,
  );
  switch (decision.do) {
    case 'done':
      return {
        do: 'shown',
        ts: decision.ts ?? job.ts ?? '',
        ...(outcome.kind === 'done' ? { channel: outcome.channel } : {}),
        ...(outcome.kind === 'done' && outcome.seen ? { seen: outcome.seen } : {}),
      };
    case 'again': {
      const common = {
        do: 'again' as const,
        plain: decision.plain ?? job.plain,
        counts: decision.countsAsAttempt,
        reason: outcome.kind === 'done' ? '' : outcome.kind === 'refused' ? outcome.error : outcome.reason,
      };
      // Where the messenger could not be reached at all, the whole channel waits and keeps its order; otherwise only this message does.
      if (outcome.kind !== 'not_sent') return { ...common, itemDelayMs: decision.afterMs, laneDelayMs: 0, told: false };
      const told = outcome.retryAfterMs !== null;
      return {
        ...common,
        itemDelayMs: 0,
        laneDelayMs: told ? decision.afterMs : Math.min(decision.afterMs, laneDelayCap),
        told,
      };
    }
    case 'drop_thread':
      return { do: 'unthreaded', reason: decision.reason };
    case 'pause':
      return { do: 'hold', what: decision.what, code: decision.code, reason: decision.reason };
    case 'uncertain':
      // One sent as text alone bears no mark to be found by.
      if (policy === 'look_up' && !job.plain) return { do: 'look_up', delayMs: searchAfter, reason: decision.reason };
      if (policy === 'resend')
        return {
          do: 'again',
          itemDelayMs: searchAfter,
          laneDelayMs: 0,
          told: false,
          plain: job.plain,
          counts: true,
          reason: decision.reason,
        };
      return { do: 'uncertain', reason: decision.reason };
    case 'repost':
    case 'gone':
    case 'uneditable':
    case 'dead':
      return { do: decision.do, reason: decision.reason };
  }
}
