// How long it takes to find which of a connection's subscriptions want a change: in this process, each change another booking.

import { makeWebhook } from '../sandbox/calendly/payloads.ts';
import type { Change } from '../src/booking/change.ts';
import { parseChange } from '../src/calendly/payload.ts';
import { plan } from '../src/delivery/plan.ts';
import { judgeOf } from '../src/subscription/filter.ts';
import { parseWish } from '../src/subscription/grammar.ts';
import { defaultKinds, defaultOptions, type Rule, type Subscription } from '../src/subscription/subscription.ts';
import { type Figure, figure, number } from './figures.ts';

const by = 'https://api.calendly.com/users/bo';
const type = (n: number) => ({ uri: `https://api.calendly.com/event_types/t${n}`, name: `Type ${n}` });

/** As people write them, each of them several keys; one in ten asks for everything of its event type. */
const written = [
  'domain:acme@C.com lead:<24h -location:phone',
  'answer."Company":"Acme N" utm.source:linkedin',
  'host:"Host N" lead:1d-30d -domain:spamN.com,otherN.io',
  'lead:>7d paid:yes',
  '',
];

function subscription(n: number, connectionId: string): Subscription {
  const parsed = parseWish(written[n % written.length]!.replace('acme@C', `acme${n}`).replaceAll('N', String(n)));
  if (!parsed.ok) throw new Error(parsed.message);
  const rules = parsed.wish.rules.map(
    (rule): Rule =>
      rule.key === 'host'
        ? { key: 'host', not: rule.not, name: rule.name, uri: `https://api.calendly.com/users/h${n}`, email: null }
        : (rule as Rule),
  );
  return {
    installationId: 'i',
    id: `${connectionId} ${n}`,
    connectionId,
    channelId: `C${n}`,
    kinds: [...defaultKinds],
    filter: { types: n % 3 === 0 ? [type(n % 50)] : [], rules },
    options: defaultOptions,
    madeBy: 'U1',
    state: 'active',
    reason: null,
    createdAt: 0,
    updatedAt: 0,
    mutedUntil: null,
  };
}

export function matchings({ quick }: { quick: boolean }): { figures: Figure[]; rows: string[][] } {
  const changes = Array.from({ length: 200 }, (_, n) =>
    parseChange(
      JSON.parse(
        makeWebhook('invitee.created', { eventId: `E${n}`, inviteeId: `I${n}`, createdBy: by, type: type(n % 50) }),
      ),
    ),
  );
  const mine = Array.from({ length: 1_000 }, (_, n) => subscription(n, 'mine'));
  const runs = quick ? 400 : 2_000;
  const judged = timed(runs, (n) => {
    const { matches } = judgeOf(changes[n % changes.length]!);
    return mine.filter(matches).length;
  });
  const alone = timed(runs, (n) => planned(changes[n % changes.length]!, mine));
  const row = (name: string, each: typeof judged) => [
    name,
    number(each.p50, 3),
    number(each.p99, 3),
    number(each.found, 1),
  ];
  return {
    figures: [figure('matching 1,000 subscriptions p50', 'most', [[judged.p50, 1, 0.5]], 'ms', 3)],
    rows: [row('1,000 filters judged', judged), row('the whole plan of a change', alone)],
  };
}

function planned(change: Change, subscriptions: Subscription[]): number {
  let ids = 0;
  const { newCards, past } = plan({
    now: 0,
    changes: [{ connectionId: 'mine', change, receivedAt: Date.now() }],
    bookings: [],
    bookingOf: new Map(),
    subscriptions,
    cards: [],
    newId: () => `b${ids++}`,
  });
  return newCards.length + past.length;
}

/** The first half only warms up: in life it is the same code, change after change. */
function timed(runs: number, work: (n: number) => number) {
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < runs; i++) {
    const from = performance.now();
    found += work(i);
    if (i >= runs / 2) times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), found: found / runs };
}
