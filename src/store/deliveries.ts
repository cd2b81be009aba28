// Deliveries and lanes: claims what is due under a lease with a fence, commits intents before calls, and records what became of each.

import type { Job, JobResult, LaneStore, LookUp, Turn } from '../delivery/lane.ts';
import type { Item, Step } from '../delivery/sync.ts';
import type { UncertainPolicy } from '../delivery/write.ts';
import type { ChangeFolder, Folded } from './changes.ts';
import type { Database, Tx } from './database.ts';
import { claimLanes, keepDirect, keepOrRelease, type Lane, lanesOf, renewLapsed, wakeIn, wakeLanes } from './lanes.ts';
import { firstDue, nextJob } from './next-job.ts';
import { followAhead, type Heard } from './set-ahead.ts';
import { settle, settleAbandoned } from './settle.ts';

export interface DeliveriesOptions {
  database: Database;
  changes: Pick<ChangeFolder, 'fold'>;
  newId: () => string;
  nextStep: (item: Item) => Step;
  leaseMs: number;
  /** Posts a second in one channel, and how many may come at once before that. */
  pace: { perSecond: number; burst: number };
  /** For posts of unknown outcome. */
  policy: (installationId: string) => UncertainPolicy;
  /** What a paused channel's owner is told. */
  pausedNotice: (paused: { installationId: string; channelId: string; reason: string }) => string;
}

/** How long a channel waits after a message of unknown outcome, four times longer after each more in a row; milliseconds. */
const stumbleWait = 2_000;
const stumbleWaitCap = 15 * 60_000;

export interface DeliveryStore extends LaneStore {
  /** Channels that back off because Slack could not be reached may try at once, all or one by chance; those Slack itself told to wait do not. */
  wake(installationId: string, which: 'all' | 'one'): Promise<void>;
}

/** Slack's ids of people begin so; those of conversations with C, G or D. */
const isPerson = (id: string) => /^[UW]/.test(id);

export function deliveryStore(options: DeliveriesOptions): DeliveryStore {
  const { database, policy, pausedNotice } = options;
  const { engine } = database;
  const intervalMs = 1_000 / options.pace.perSecond;
  const slackMs = intervalMs * (options.pace.burst - 1);

  /** Of the embedded database's clock: as of the last turn that was committed, and of this one. */
  let heard: Heard | null = null;
  let hearing: Heard | null = null;

  async function advance(turn: Turn) {
    const turned = await inOneGo(turn);
    heard = hearing;
    return turned;
  }

  async function inOneGo(turn: Turn) {
    // Where others lock rows too, folding commits by itself: together the two would take their locks in an order of their own.
    if (!engine.skipsLocked || turn.fold === 0)
      return database.transaction(async (tx) => {
        const written: Folded = new Map();
        const done = turn.fold > 0 ? await options.changes.fold(tx, turn.fold, written) : { folded: 0, more: false };
        return { ...done, ...(await serve(tx, turn, written)) };
      });
    const done = await database.transaction((tx) => options.changes.fold(tx, turn.fold, new Map()));
    return { ...done, ...(await database.transaction((tx) => serve(tx, turn, new Map()))) };
  }

  async function serve(tx: Tx, { results, claim, release }: Turn, folded: Folded) {
    const now = await engine.readNow(tx);
    if (engine.name === 'sqlite') hearing = await followAhead(tx, heard, now);
    const leaseUntil = now + options.leaseMs;
    const { lanes, lost } = await record(tx, results, now);
    await renewLapsed(tx, lanes, now, leaseUntil);
    let repeated = 0;
    if (claim > 0) {
      const claimed = await claimLanes(tx, engine, { limit: claim, now, leaseUntil });
      repeated = await settleAbandoned(tx, { database, now, policy, pausedNotice }, claimed);
      lanes.push(...claimed);
    }
    const context = { database, now, newId: options.newId, nextStep: options.nextStep, folded, intervalMs, slackMs };
    const jobs: (Job | LookUp)[] = [];
    const released: { lane: Lane; dueAt: number | null }[] = [];
    for (const lane of lanes) {
      const next = release ? { dueAt: await firstDue(tx, lane) } : await nextJob(tx, context, lane);
      if ('job' in next) jobs.push(next.job);
      else released.push({ lane, dueAt: next.dueAt });
    }
    await keepOrRelease(tx, lanes, released, leaseUntil);
    return { jobs, lost, repeated, wakeInMs: await wakeIn(tx, now) };
  }

  /** Records the results whose lanes are still ours; answers those lanes, to be served on. */
  async function record(tx: Tx, results: JobResult[], now: number): Promise<{ lanes: Lane[]; lost: number }> {
    if (results.length === 0) return { lanes: [], lost: 0 };
    const held = await lanesOf(
      tx,
      engine,
      results.map(({ job }) => job),
    );
    const ours = new Map<string, Lane>();
    let lost = 0;
    for (const { job, settled } of results) {
      const key = `${job.installationId} ${job.channelId}`;
      const lane = held.get(key);
      if (!lane || lane.fence !== job.fence) {
        lost += 1;
        continue;
      }
      await settle(tx, { database, now, policy, pausedNotice }, lane, { job, settled });
      if (job.op !== 'look' && (settled.do === 'uncertain' || settled.do === 'look_up')) {
        // Whatever was unknown once will likely be unknown again: a channel must not spend all its messages on a sick Slack.
        lane.stumbles += 1;
        lane.not_before = now + Math.min(stumbleWait * 4 ** (lane.stumbles - 1), stumbleWaitCap);
      } else if (settled.do === 'shown' || settled.do === 'found') lane.stumbles = 0;
      const at = settled.do === 'shown' && isPerson(job.channelId) ? (settled.channel ?? null) : null;
      if (at !== null && at !== lane.direct && !isPerson(at)) await keepDirect(tx, lane, at);
      // Nothing more from this lane: it is claimed again once the installation works.
      if (settled.do === 'hold' && settled.what === 'installation') lane.not_before = now + 1;
      if (settled.do === 'again' && settled.laneDelayMs > 0) {
        lane.not_before = now + Math.ceil(settled.laneDelayMs);
        if (settled.told) lane.paced_until = Math.max(lane.paced_until, lane.not_before + Math.ceil(slackMs));
      }
      ours.set(key, lane);
    }
    return { lanes: [...ours.values()], lost };
  }

  return {
    advance,
    wake: (installationId, which) => wakeLanes(database, { installationId, slackMs, most: which === 'one' ? 1 : null }),
  };
}
