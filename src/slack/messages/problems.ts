// What is worth a look in a workspace, a line for each (pure).

import type { Texts } from '../../texts/index.ts';
import type { Figures, Product } from '../product.ts';
import { moment, type Names } from './answers.ts';

/** A message that waits longer is worth a line of its own. */
const slowAfterMs = 60_000;

export function problemsIn(
  { ledger: { changes, messages }, oldestDueAt, lacks }: Figures,
  paused: number,
  { publicUrl, installUrl, clock }: Pick<Product, 'publicUrl' | 'installUrl' | 'clock'>,
  { command, t }: Names,
): string[] {
  const { status } = t;
  const isSlow = messages.pending > 0 && oldestDueAt !== null && oldestDueAt < clock.now() - slowAfterMs;
  return [
    ...(publicUrl ? [] : [status.noAddress]),
    ...(lacks.length > 0 ? [lackInWords(lacks, installUrl, t)] : []),
    ...(messages.uncertain > 0 ? [status.uncertain(messages.uncertain)] : []),
    ...(isSlow ? [status.slow(messages.pending, moment(oldestDueAt, t))] : []),
    ...(messages.held > 0 ? [status.held(messages.held)] : []),
    ...(messages.dead > 0 ? [status.dead(messages.dead, command)] : []),
    ...(changes.quarantined > 0 ? [status.quarantined(changes.quarantined)] : []),
    ...(paused > 0 ? [status.paused(paused, command)] : []),
  ];
}

/** Which permissions are missing here, and who can give them how. */
export function lackInWords(lacks: readonly string[], installUrl: URL | null, { status }: Texts): string {
  const named = lacks.map((scope) => `\`${scope}\``).join(', ');
  return installUrl ? status.lacksHere(named, lacks.length, installUrl.href) : status.lacks(named, lacks.length);
}
