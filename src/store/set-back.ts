// Notices that the database's clock was set back, and moves what waits along with it: a wait lasts as long as it was meant to, whatever the clock says.
//
// A clock set ahead is set-ahead.ts's; there what is searched for is searched for further back.

import { sql } from 'kysely';
import type { Logger } from '../log.ts';
import { clockRow } from './cron-runs.ts';
import type { Database, Tx } from './database.ts';
import { across } from './handle.ts';

/** How often is looked, and how often the time is kept for the others and for the next start; milliseconds. */
const lookEveryMs = 2_000;
const keepEveryMs = 5_000;
/** A smaller step back is not worth a change. */
const leastMs = 1_000;
/** How far off a moment may be whose time the clock told wrongly, milliseconds. */
const inaccuracyMs = 60_000;

/** What the clock said, and when we heard it by `performance.now()`, which never jumps. */
interface Look {
  now: number;
  at: number;
}
/** The least that the clock must say to whoever asks at `at`. An answer that took long, or a process that was frozen, thus never looks like a step back. */
const leastOf = (last: Look, at: number) => last.now + at - last.at;

export interface ClockWatchOptions {
  database: Database;
  log: Logger;
  /** Something may be due now. */
  onSetBack: () => void;
}

/** Looks once before it answers, for what happened while the app was off, and then goes on looking; answers how to stop. */
export async function watchClock({ database, log, onSetBack }: ClockWatchOptions): Promise<() => Promise<void>> {
  const follow = async (last: Look | null) => {
    const followed = await followClock(database, last);
    const { byMs } = followed;
    if (byMs > 0) log.warn({ byMs }, 'the clock of the database was set back; what waits was moved with it');
    return followed;
  };
  let { look: last } = await follow(null);
  const watch = async () => {
    const asked = performance.now();
    const now = await database.now();
    const isBack = leastOf(last, asked) - now >= leastMs;
    // Set ahead: whatever is set back from there is measured from there.
    const isAhead = now - leastOf(last, performance.now()) >= leastMs;
    if (!isBack && !isAhead && performance.now() - last.at < keepEveryMs) return;
    const { byMs, look } = await follow(last);
    last = look;
    if (byMs > 0) onSetBack();
  };
  let watching: Promise<void> | null = null;
  const timer = setInterval(() => {
    watching ??= watch()
      .catch((error) => log.error({ err: error }, 'the clock could not be looked at; trying again'))
      .finally(() => (watching = null));
  }, lookEveryMs).unref();
  return async () => {
    clearInterval(timer);
    await watching;
  };
}

/**
 * Compares the clock with the latest time at which any process has looked at it, and keeps the new time; answers by how much it was set back (0: it was
 * not). Whoever was the last to look, as `last` says, knows what the time should be. Others, and whoever starts, know only what it must not be below. The row
 * is ours alone until the commit, so that several processes do not move the same thing twice.
 */
export function followClock(database: Database, last: Look | null = null): Promise<{ byMs: number; look: Look }> {
  const { engine } = database;
  return database.transaction(async (tx) => {
    const { ran_at: kept } = await tx
      .insertInto('cron_run')
      .values({ name: clockRow, period: 0, ran_at: engine.now })
      .onConflict((conflict) =>
        conflict.columns(['name', 'period']).doUpdateSet({ ran_at: sql<number>`cron_run.ran_at` }),
      )
      .returning('ran_at')
      .executeTakeFirstOrThrow();
    const asked = performance.now();
    const now = await engine.readNow(tx);
    const look = { now, at: performance.now() };
    const back = Math.round(last?.now === kept ? leastOf(last, asked) : kept) - now;
    const byMs = back >= leastMs ? back : 0;
    if (byMs > 0) {
      await moveBack(tx, byMs, now);
      await engine.wake(tx);
    }
    await tx.updateTable('cron_run').set({ ran_at: now }).where('name', '=', clockRow).execute();
    return { byMs, look };
  });
}

async function moveBack(tx: Tx, byMs: number, now: number): Promise<void> {
  await across(tx, 'clock')
    .updateTable('lane')
    .set((eb) => ({
      due_at: eb('due_at', '-', byMs),
      not_before: eb('not_before', '-', byMs),
      paced_until: eb('paced_until', '-', byMs),
      lease_until: eb('lease_until', '-', byMs),
      back_at: eb('back_at', '-', byMs),
    }))
    .execute();
  await across(tx, 'clock')
    .updateTable('delivery')
    .set((eb) => ({
      due_at: eb('due_at', '-', byMs),
      // What began by the right clock is no older than it was, and nothing changes its place among the others.
      first_due_at: sql<number>`case when first_due_at - ${byMs} > ${now} then first_due_at - ${byMs}
        when first_due_at > ${now} then ${now} else first_due_at end`,
    }))
    .where((eb) => eb.or([eb('due_at', 'is not', null), eb('state', '=', 'held')]))
    .execute();
  await across(tx, 'clock')
    .updateTable('backfill')
    .set((eb) => ({
      due_at: eb('due_at', '-', byMs),
      lease_until: eb('lease_until', '-', byMs),
      poll_at: eb('poll_at', '-', byMs),
      hourly_at: eb('hourly_at', '-', byMs),
      nightly_at: eb('nightly_at', '-', byMs),
    }))
    .execute();
  await across(tx, 'clock')
    .updateTable('token_pair')
    .set((eb) => ({
      expires_at: eb('expires_at', '-', byMs),
      not_before: eb('not_before', '-', byMs),
      attempt_at: eb('attempt_at', '-', byMs),
      created_at: eb('created_at', '-', byMs),
    }))
    .execute();
  await across(tx, 'clock')
    .updateTable('sign_in')
    .set((eb) => ({ expires_at: eb('expires_at', '-', byMs) }))
    .execute();
  // How long ago these were tried is no longer known: the app may have been off for longer than the clock shows. They are searched for from the beginning.
  await across(tx, 'clock')
    .updateTable('delivery')
    .set({ tried_at: 0 })
    .where('op', 'is not', null)
    .where('state', 'in', ['due', 'sending'])
    .execute();
  await moveBeginnings(tx, byMs, now);
  await moveChecks(tx, byMs, now);
  // A person who was told “in a minute from now” could not be told again until then; a period that is still to come has not run.
  await across(tx, 'clock').updateTable('told').set({ at: now }).where('at', '>', now).execute();
  await tx.deleteFrom('cron_run').where('ran_at', '>', now).where('name', '<>', clockRow).execute();
}

/** When accounts were last heard of and looked at: a time still to come would hide that their hooks fail, and since when. */
async function moveChecks(tx: Tx, byMs: number, now: number): Promise<void> {
  for (const column of ['last_change_at', 'checked_at', 'trouble_since'] as const)
    await across(tx, 'clock')
      .updateTable('connection')
      .set({
        [column]: sql<number>`case when ${sql.ref(column)} - ${byMs} > ${now} then ${now} else ${sql.ref(column)} - ${byMs} end`,
      })
      .where(column, '>', now)
      .execute();
}

/**
 * Since when an account's changes are ours, and since when a channel hears of them: what lies in the future now was told by the wrong clock, and
 * would make whatever is booked until then look older. An account gets some more, since a moment found wrong here is never put right again; a channel
 * is given as much wherever it is compared (delivery/plan.ts).
 */
async function moveBeginnings(tx: Tx, byMs: number, now: number): Promise<void> {
  await across(tx, 'clock')
    .updateTable('backfill')
    .set((eb) => ({ since: eb('since', '-', byMs + inaccuracyMs) }))
    .where('since', '>', now)
    .execute();
  await across(tx, 'clock').updateTable('backfill').set({ since: now }).where('since', '>', now).execute();
  await across(tx, 'clock')
    .updateTable('subscription')
    .set((eb) => ({ created_at: eb('created_at', '-', byMs) }))
    .where('created_at', '>', now)
    .execute();
  await across(tx, 'clock')
    .updateTable('subscription')
    .set({ created_at: now })
    .where('created_at', '>', now)
    .execute();
}
