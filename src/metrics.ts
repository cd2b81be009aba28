// The figures an operator watches, in Prometheus' form; no label ever holds a name, an address or a token.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  webhook(status: number): void;
  kept(total: number, fresh: number): void;
  delivery(op: string, outcome: string): void;
  slackCall(ms: number): void;
  repeated(count: number): void;
  check(ok: boolean): void;
  /** `status` is null where no answer came. */
  calendlyCall(call: { method: string; status: number | null; ms: number }): void;
  /** A card is in its channel for the first time, so long after it was due. */
  cardShown(afterMs: number): void;
  /** Changes that no webhook told of. */
  found(): void;
  /** The page; `figures` are asked for at the time. */
  page(figures: () => Promise<FiguresPage>): Promise<{ type: string; text: string }>;
}

/** How many of what are in which state, by the states that there are. */
interface FiguresPage {
  changes?: Record<string, number>;
  messages?: Record<string, number>;
  hooks?: Record<string, number>;
  connections?: Record<string, number>;
  /** Accounts whose list at Calendly is being looked through. */
  catchingUp?: number;
  /** How long the oldest message that is due waits. */
  oldestDueMs?: number;
}

/** Those of the ledger (delivery/ledger.ts); `muted`, `folded` and `kept` are changes no channel was to hear of. `received` is the sum of the others. */
const changeStates = ['received', 'pending', 'shown', 'suppressed', 'muted', 'folded', 'kept', 'quarantined'];
const messageStates = ['received', 'due', 'sending', 'shown', 'held', 'uncertain', 'suppressed', 'dead'];

const hookStates = ['making', 'active', 'retrying', 'disabled', 'missing'];
const connectionStates = ['active', 'broken', 'disconnected'];

/** @param about what runs here, such as its version */
export function metrics(about: Record<string, string> = {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const webhooks = new Counter({
    name: 'calendly_webhooks_total',
    help: 'Webhooks answered, by status',
    labelNames: ['status'],
    registers,
  });
  const changes = new Counter({
    name: 'calendly_changes_kept_total',
    help: 'Changes kept; duplicates are those known already',
    labelNames: ['new'],
    registers,
  });
  const calls = new Counter({
    name: 'slack_writes_total',
    help: 'Messages sent to Slack, by kind of call and outcome',
    labelNames: ['op', 'outcome'],
    registers,
  });
  const time = new Histogram({
    name: 'slack_write_seconds',
    help: 'How long Slack took to answer',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const repeats = new Counter({
    name: 'slack_possible_duplicates_total',
    help: 'Posts of unknown outcome that were made again, as UNCERTAIN_POSTS=resend asks for: each may be there twice',
    registers,
  });
  const checks = new Counter({
    name: 'connection_checks_total',
    help: 'Connections looked at by the scheduled check',
    labelNames: ['ok'],
    registers,
  });
  const kept = new Gauge({
    name: 'changes',
    help: 'Changes by what became of them; received is the sum of the others',
    labelNames: ['state'],
    registers,
  });
  const deliveries = new Gauge({
    name: 'deliveries',
    help: 'Messages by state; received is the sum of the others, uncertain ones may or may not be in Slack',
    labelNames: ['state'],
    registers,
  });
  const calendlyCalls = new Counter({
    name: 'calendly_requests_total',
    help: 'Requests to Calendly, by method and the status of the answer; none where no answer came',
    labelNames: ['method', 'status'],
    registers,
  });
  const calendlyTime = new Histogram({
    name: 'calendly_request_seconds',
    help: 'How long Calendly took to answer',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const lag = new Histogram({
    name: 'card_lag_seconds',
    help: 'From a change that makes a new card until Slack has the card',
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 10800],
    registers,
  });
  const found = new Counter({
    name: 'changes_found_total',
    help: 'Changes found in the list at Calendly, most of which a webhook tells as well',
    registers,
  });
  const hooks = new Gauge({ name: 'hooks', help: 'Webhooks at Calendly, by state', labelNames: ['state'], registers });
  const connections = new Gauge({
    name: 'connections',
    help: 'Calendly accounts, by state',
    labelNames: ['state'],
    registers,
  });
  const catchingUp = new Gauge({
    name: 'catching_up',
    help: 'Accounts whose list at Calendly is being looked through for what was missed',
    registers,
  });
  const oldest = new Gauge({
    name: 'oldest_due_seconds',
    help: 'How long the oldest message that is due waits; 0 where none does',
    registers,
  });
  new Gauge({
    name: 'calendly_for_slack_info',
    help: 'What runs here; always 1',
    labelNames: Object.keys(about),
    registers,
  }).set(about, 1);
  const show = (gauge: Gauge<'state'>, states: string[], counts: Record<string, number> = {}) => {
    gauge.reset();
    for (const state of states) gauge.set({ state }, counts[state] ?? 0);
  };
  return {
    webhook: (status) => webhooks.inc({ status }),
    kept(total, fresh) {
      if (fresh > 0) changes.inc({ new: 'yes' }, fresh);
      if (total > fresh) changes.inc({ new: 'no' }, total - fresh);
    },
    delivery: (op, outcome) => calls.inc({ op, outcome }),
    repeated: (count) => repeats.inc(count),
    slackCall: (ms) => time.observe(ms / 1_000),
    check: (ok) => checks.inc({ ok: ok ? 'yes' : 'no' }),
    calendlyCall({ method, status, ms }) {
      calendlyCalls.inc({ method, status: status ?? 'none' });
      calendlyTime.observe(ms / 1_000);
    },
    cardShown: (afterMs) => lag.observe(afterMs / 1_000),
    found: () => found.inc(),
    async page(figures) {
      const now = await figures();
      show(kept, changeStates, now.changes);
      show(deliveries, messageStates, now.messages);
      show(hooks, hookStates, now.hooks);
      show(connections, connectionStates, now.connections);
      catchingUp.set(now.catchingUp ?? 0);
      oldest.set((now.oldestDueMs ?? 0) / 1_000);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
