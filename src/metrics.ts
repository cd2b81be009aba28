// The figures an operator watches, in Prometheus' form; no label ever holds a name, an address or a token.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  webhook(status: number): void;
  kept(total: number, fresh: number): void;
  delivery(op: string, outcome: string): void;
  slackCall(ms: number): void;
  repeated(count: number): void;
  check(ok: boolean): void;
  /** The page; `ledger` is asked for at the time: how many changes and messages are in which state. */
  page(ledger: () => Promise<LedgerPage>): Promise<{ type: string; text: string }>;
}

interface LedgerPage {
  changes?: Record<string, number>;
  messages?: Record<string, number>;
}

/** Those of the ledger (delivery/ledger.ts); `muted`, `folded` and `kept` are changes no channel was to hear of. `received` is the sum of the others. */
const changeStates = ['received', 'pending', 'shown', 'suppressed', 'muted', 'folded', 'kept', 'quarantined'];
const messageStates = ['received', 'due', 'sending', 'shown', 'held', 'uncertain', 'suppressed', 'dead'];

export function metrics(): Metrics {
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
    async page(ledger) {
      const { changes: byVerdict, messages } = await ledger();
      show(kept, changeStates, byVerdict);
      show(deliveries, messageStates, messages);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
