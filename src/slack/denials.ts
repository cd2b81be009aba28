// Whoever was not allowed to do something stands in the record as well: who, what, where, and by which rule.

import { Refusal } from '../errors.ts';
import type { Visit } from './visit.ts';

/** The codes of refusals that are about who asks, and not about what is asked. */
const denied = new Set(['guest', 'admins_only', 'not_yours', 'not_host']);

type Asking = Pick<Visit, 'product' | 'workspace' | 'log'> & Partial<Pick<Visit, 'user' | 'channel' | 'doing'>>;

/** Never throws, and nobody waits for it. */
export function noteDenial(error: unknown, { product, workspace, log, user, channel, doing }: Asking): void {
  if (!(error instanceof Refusal) || !denied.has(error.code) || !user || workspace.id === '') return;
  const deed = { id: product.newId(), who: user, what: 'denied' as const };
  const row = { subject: doing ?? 'unknown', channelId: channel ?? null, was: null, became: null };
  product.deeds
    .record(workspace.id, { ...deed, ...row, result: `denied: ${error.code}` })
    .catch((reason: unknown) => log.error({ err: reason }, 'a denial could not be recorded'));
}
