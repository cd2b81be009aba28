// The figures an operator watches, in Prometheus' form; no label ever holds a name, an address or a token.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  webhook(status: number): void;
  kept(total: number, fresh: number): void;
  delivery(op: string, outcome: string): void;
  slackCall(ms: number): void;
  check(ok: boolean): void;
  /** The page; `ledger` is asked for at the time. */
  page(ledger: () => Promise<Record<string, number>>): Promise<{ type: string; text: string }>;
}

const states = ['due', 'sending', 'held', 'uncertain', 'suppressed', 'dead'];

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
  const checks = new Counter({
    name: 'connection_checks_total',
    help: 'Connections looked at by the scheduled check',
    labelNames: ['ok'],
    registers,
  });
  const deliveries = new Gauge({
    name: 'deliveries',
    help: 'Messages that are not simply shown, by state; uncertain ones may or may not be in Slack',
    labelNames: ['state'],
    registers,
  });
  return {
    webhook: (status) => webhooks.inc({ status }),
    kept(total, fresh) {
      if (fresh > 0) changes.inc({ new: 'yes' }, fresh);
      if (total > fresh) changes.inc({ new: 'no' }, total - fresh);
    },
    delivery: (op, outcome) => calls.inc({ op, outcome }),
    slackCall: (ms) => time.observe(ms / 1_000),
    check: (ok) => checks.inc({ ok: ok ? 'yes' : 'no' }),
    async page(ledger) {
      deliveries.reset();
      for (const state of states) deliveries.set({ state }, 0);
      for (const [state, count] of Object.entries(await ledger())) deliveries.set({ state }, count);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
