// Tells each channel its agenda at its hour: once for each day or week, however many processes look, and late rather than never after an outage.

import type { Card } from '../delivery/content.ts';
import { Outage } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Digest, lastDue } from '../subscription/agenda.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { Texts } from '../texts/index.ts';
import { agendaMessage, agendaTitle } from './messages/agenda.ts';
import type { AgendaAsk, Product } from './product.ts';

export interface DigestsDeps {
  store: {
    allDigests(): Promise<Digest[]>;
    ran(digest: Digest, period: string): Promise<void>;
  };
  subscriptionsIn(installationId: string, channelId: string): Promise<Subscription[]>;
  agenda(ask: AgendaAsk): Promise<{ cards: Card[]; more: number; left: string[]; addresses: string[] }>;
  textsOf(installationId: string, channelId: string): Promise<Texts>;
  /** Once for each key. */
  sayOnce: Product['sayOnce'];
  now(): Promise<number>;
  log: Logger;
}

/** Older news of a day is no help any more; milliseconds. */
const stillWorthIt = 3 * 3_600_000;

export function digests(deps: DigestsDeps): () => Promise<void> {
  const { store, log } = deps;

  async function tell(digest: Digest, { period, from, to }: ReturnType<typeof lastDue>, now: number): Promise<void> {
    const { installationId, channelId, zone } = digest;
    const all = await deps.subscriptionsIn(installationId, channelId);
    const subscriptions = all.filter((each) => each.state === 'active' && (each.mutedUntil ?? 0) <= now);
    // A channel that hears of nothing wants no agenda either.
    if (subscriptions.length === 0) return;
    const t = await deps.textsOf(installationId, channelId);
    const ids = [...new Set(subscriptions.map((each) => each.connectionId))];
    const found = await deps.agenda({ installationId, connections: ids, subscriptions, from, to, language: t.code });
    const isAll = found.more === 0 && found.left.length === 0;
    if (found.cards.length === 0 && isAll && digest.empty === 'silence') return;
    const facts = { ...found, from, to, zone };
    const { text } = agendaMessage(agendaTitle(facts, t), facts, t);
    await deps.sayOnce({ installationId, to: channelId, key: `agenda ${period}`, text, names: found.addresses });
  }

  return async () => {
    const now = await deps.now();
    for (const digest of await store.allDigests()) {
      const due = lastDue(digest, now);
      if (digest.lastPeriod === due.period) continue;
      try {
        if (now - due.at < stillWorthIt) await tell(digest, due, now);
        await store.ran(digest, due.period);
      } catch (error) {
        log.warn({ err: error, channel: digest.channelId }, 'an agenda could not be told');
        // Calendly is unwell: tried again in a minute. What a person has to mend is told to its owner by the check.
        if (!(error instanceof Outage)) await store.ran(digest, due.period);
      }
    }
  };
}
