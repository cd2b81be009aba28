// How far a long look has come, said to whoever is told of the gap in one message that is edited; a short one says nothing.

import type { Connection, Notices } from './connection.ts';
import { nameOf } from './hook.ts';
import type { Lists } from './lists.ts';
import type { Run } from './look.ts';

/** A look that ends within this time needs no word; milliseconds. */
const showAfterMs = 10_000;
/** Between two edits, milliseconds. */
const pauseMs = 4_000;

/** The same message from the first word to the last one. */
export const gapKey = (connectionId: string, beganAt: number) => `caught_up:${connectionId}:${beganAt}`;

interface ProgressDeps {
  notices: Notices;
  /** Shows the same to whoever runs the app. */
  onProgress?: (done: number, total: number) => void;
  lists: Pick<Lists, 'meetings'>;
  clock?: () => number;
}

export interface Place {
  run: Run;
  /** Meetings of the page at hand, and where the next one begins. */
  page: { size: number; next: string | null; from: number };
}

/** For one look; `done` counts the meetings dealt with in the page at hand. */
export function progress(
  { notices, lists, onProgress, clock = () => performance.now() }: ProgressDeps,
  connection: Connection,
) {
  const startedAt = clock();
  let saidAt = Number.NEGATIVE_INFINITY;
  let isOver = false;

  async function at({ run, page }: Place, done: number): Promise<void> {
    const now = clock();
    if (!run.blind || isOver || !notices.revise) return;
    if (now - startedAt < showAfterMs || now - saidAt < pauseMs) return;
    saidAt = now;
    try {
      run.total ??= (run.dealt ?? 0) + page.size + (await countFrom(run, page));
      const dealt = Math.min((run.dealt ?? 0) + done, run.total);
      onProgress?.(dealt, run.total);
      await notices.revise({
        installationId: connection.installationId,
        to: connection.connectedBy,
        key: gapKey(connection.id, run.beganAt),
        text: `⏳ Catching up on ${nameOf(connection)}: ${dealt} of ${run.total} meetings looked at. This message says when it is done.`,
      });
    } catch {
      // Nobody is worse off without it, and what is wrong with the list meets the look itself as well.
      isOver = true;
    }
  }

  /** Calendly says no totals, so the pages that are left are read for their number alone: a call for each hundred. */
  async function countFrom(run: Run, { next, from }: Place['page']): Promise<number> {
    let count = 0;
    for (let pageToken = next; pageToken !== null; ) {
      const page = await lists.meetings(connection, { from, to: run.to, pageToken });
      count += page.meetings.length;
      pageToken = page.next;
    }
    return count;
  }

  return { at };
}
