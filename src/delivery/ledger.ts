// The ledger: what became of every change that came in and of every message that was meant to go out.

/**
 * Two sums, each true at every moment, since all counts are read from one snapshot of the database and are kept in the commits they count:
 *
 * - `changes.received = shown + pending + suppressed + quarantined`. Received: kept once each, duplicates not counted (but for those of a flood, until they are told apart). Shown: at least one channel
 *   hears of it, so there is a message for it. Pending: kept, not looked at yet. Suppressed: for one of four reasons, no message came of it.
 *   Quarantined: it could not be read.
 * - `messages.received = shown + pending + held + suppressed + uncertain + dead`. Received: meant to go out (a card, a line in its thread, a notice).
 *   Shown: Slack confirmed it. Pending: due or under way. Held: its channel is paused. Suppressed: no longer wanted, its row says why. Uncertain:
 *   Slack did not say whether it arrived. Dead: given up, its row says why.
 *
 * A change can come to several messages or to none, so one sum over both would count apples as pears.
 */
export interface Ledger {
  changes: {
    received: number;
    shown: number;
    pending: number;
    suppressed: { unwanted: number; muted: number; halfOfMove: number; otherKind: number };
    quarantined: number;
  };
  messages: {
    received: number;
    shown: number;
    pending: number;
    held: number;
    suppressed: number;
    uncertain: number;
    dead: number;
  };
}

export function suppressedChanges({ changes: { suppressed } }: Ledger): number {
  return suppressed.unwanted + suppressed.muted + suppressed.halfOfMove + suppressed.otherKind;
}

/** What each sum is off by; both 0 in a sound ledger. */
export function imbalance(ledger: Ledger): { changes: number; messages: number } {
  const { changes, messages } = ledger;
  const { received, ...states } = messages;
  return {
    changes: changes.received - changes.shown - changes.pending - suppressedChanges(ledger) - changes.quarantined,
    messages: received - Object.values(states).reduce((sum, n) => sum + n, 0),
  };
}
