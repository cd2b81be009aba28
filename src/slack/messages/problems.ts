// What is worth a look in a workspace, a line for each (pure).

import type { Figures } from '../product.ts';
import { moment, type Names } from './answers.ts';

/** A message that waits longer is worth a line of its own. */
const slowAfterMs = 60_000;

export function problemsIn(
  { ledger: { changes, messages }, oldestDueAt }: Figures,
  paused: number,
  hasPublicUrl: boolean,
  { command, t }: Names,
  now: number,
): string[] {
  const { status } = t;
  const isSlow = messages.pending > 0 && oldestDueAt !== null && oldestDueAt < now - slowAfterMs;
  return [
    ...(hasPublicUrl ? [] : [status.noAddress]),
    ...(messages.uncertain > 0 ? [status.uncertain(messages.uncertain)] : []),
    ...(isSlow ? [status.slow(messages.pending, moment(oldestDueAt, t))] : []),
    ...(messages.held > 0 ? [status.held(messages.held)] : []),
    ...(messages.dead > 0 ? [status.dead(messages.dead, command)] : []),
    ...(changes.quarantined > 0 ? [status.quarantined(changes.quarantined)] : []),
    ...(paused > 0 ? [status.paused(paused, command)] : []),
  ];
}
