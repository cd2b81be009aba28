// R27: whatever fails on the way, each card only ever moves on, and a booking that is refused does not hold up the others.

import { setTimeout as pause } from 'node:timers/promises';
import { makeWebhook, type WebhookKind } from '../../sandbox/calendly/payloads.ts';
import type { Fault } from '../../sandbox/slack/faults.ts';
import { check, type Posted, postsOf } from './checker.ts';
import { type Goal, judged, type Run } from './goal.ts';
import { isPost } from './goals-delivery-ledger.ts';
import { type FaultWorld, startFaultWorld } from './harness.ts';
import { canary, guestIn, type Mail } from './mail.ts';
import { quantile } from './sender.ts';

/** A booking's life: booked, moved (two halves), marked as a no-show, canceled. */
function life(world: FaultWorld, n: number): Mail[] {
  const type = world.types[n % world.types.length]!;
  const id = (kind: string) => `${kind}0000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  const base = world.calendly.url;
  const uri = (which: 'a' | 'b') => `${base}/scheduled_events/${id(which === 'a' ? 'e' : 'f')}/invitees/${id(which)}`;
  const createdAt = Date.now();
  const start = new Date(Math.ceil(createdAt / 3_600_000) * 3_600_000 + 86_400_000);
  const make = (
    kind: WebhookKind,
    which: 'a' | 'b',
    at: number,
    more: Parameters<typeof makeWebhook>[1] = {},
  ): Mail => {
    const body = makeWebhook(kind, {
      base,
      type,
      eventId: id(which === 'a' ? 'e' : 'f'),
      inviteeId: id(which),
      name: `Guest ${n}.`,
      email: `guest.${n}${canary}`,
      createdAt: createdAt + at,
      start: which === 'a' ? start : new Date(start.getTime() + 3_600_000),
      ...more,
    });
    const noShow = /"no_show":{"uri":"([^"]+)"/.exec(body)?.[1];
    return { key: `${kind} ${uri(which)}${noShow ? ` ${noShow}` : ''}`, n, body };
  };
  return [
    make('invitee.created', 'a', 0),
    make('invitee.canceled', 'a', 0, { newInvitee: uri('b') }),
    make('invitee.created', 'b', 2_000, { oldInvitee: uri('a') }),
    make('invitee_no_show.created', 'b', 2_000),
    make('invitee.canceled', 'b', 2_000, { cancellation: { created_at: new Date(createdAt + 60_000).toISOString() } }),
  ];
}

const states = [/^Booked/, /^Being moved/, /^Moved/, /^No-show/, /^Canceled/];
const stateOf = (text: string) => states.findIndex((state) => state.test(text));

/** Every step backwards, and every card that did not end canceled. */
function backwards(posted: readonly Posted[]): string[] {
  const wrong: string[] = [];
  for (const card of posted.filter((each) => each.threadTs === null)) {
    const seen = card.texts.map(({ text }) => stateOf(text));
    if (seen.some((state, i) => state < 0 || (i > 0 && state < seen[i - 1]!)))
      wrong.push(`Guest ${card.n} went ${card.texts.map(({ text }) => text.split(':')[0]).join(' → ')}`);
    else if (seen.at(-1) !== states.length - 1)
      wrong.push(`Guest ${card.n} ended at ${card.texts.at(-1)?.text.split(':')[0]}`);
  }
  return wrong;
}

/** Surely not done, done and not said, or plainly not done: one of these for a fifth of all calls. */
const troubles: Fault[] = [
  { method: '*', kind: 'http', status: 503 },
  { method: '*', kind: 'ratelimited', retryAfter: 1 },
  { method: '*', kind: 'error', error: 'service_unavailable' },
  { method: '*', kind: 'error', error: 'an_error_nobody_knows' },
];
/** Edits may also be done without our hearing of it; posts of unknown outcome have a goal of their own (R23). */
const unclear: Fault[] = [
  { method: '*', kind: 'accept-then-500' },
  { method: '*', kind: 'accept-then-reset' },
  { method: '*', kind: 'reset-before' },
];

/** Their fault for a share of the calls; `stuck` is refused for good by a code that may mend itself. */
function makeTrouble(world: FaultWorld, share: number, stuck: number | null): void {
  const { slack } = world;
  slack.faults.take = (method) => {
    const call = slack.ledger.at(-1);
    if (!call || !method.startsWith('chat.')) return undefined;
    if (stuck !== null && guestIn(call.args.text) === stuck)
      return { method, kind: 'error', error: 'an_error_nobody_knows' };
    if (Math.random() >= share) return undefined;
    const among = isPost(call) ? troubles : [...troubles, ...unclear];
    return among[Math.floor(Math.random() * among.length)];
  };
}

const inOrder: Goal = {
  id: 'R27',
  title: 'Order within a booking',
  waits: 25,
  async run(run) {
    const channels = run.pick({ full: 40, fast: 15, control: 5 });
    const bookings = run.pick({ full: 1_000, fast: 75, control: 25 });
    const world = await startFaultWorld({ engine: 'sqlite', srcDir: run.srcDir, channels });
    makeTrouble(world, 0.2, null);
    // Slow enough for changes to come while a call is under way.
    world.slack.faults.onAccepted = () => pause(30);
    const sender = world.sender();
    const lives = Array.from({ length: bookings }, (_, n) => life(world, n));
    // Each booking's changes one after the other; all bookings at the same time.
    for (let step = 0; step < 5; step++) await sender.deliver(lives.map((each) => each[step]!));
    const rest = await world.settled(run.pick({ full: 1_200_000, fast: 300_000, control: 90_000 }));
    await world.stopApps();
    const found = await check(world);
    const wrong = backwards(postsOf(world));
    await world.close();
    // It compares milliseconds, which a short run beside others cannot.
    const stuck = run.scale === 'fast' ? [] : [await aStuckBooking(run)];
    return [
      {
        what: '20 % of all calls fail',
        trials: bookings * 5,
        figure: `steps backwards or wrong ends ${wrong.length}, lost ${found.lost}, duplicates ${found.duplicates}, uncertain ${found.uncertain}`,
        limit: '0, lost 0, duplicates 0, uncertain 0',
        ok: rest && wrong.length === 0 && found.violations.length === 0 && found.uncertain === 0,
        why: [...(rest ? [] : ['it did not come to rest']), ...wrong.slice(0, 5), ...found.violations],
      },
      ...stuck,
    ];
  },
};

/** One booking is refused again and again: how long do the others in its channel wait? */
async function aStuckBooking(run: Run) {
  const world = await startFaultWorld({ engine: 'sqlite', srcDir: run.srcDir });
  const sender = world.sender();
  const each = run.pick({ full: 300, fast: 80, control: 20 });
  const times = async (from: number) => {
    const sentAt = new Map<number, number>();
    function* some() {
      for (let n = from; n < from + each; n++) {
        sentAt.set(n, Date.now());
        yield world.mail.booked(n);
      }
    }
    await sender.deliver(some(), { perSecond: 20 });
    await world.slack.waitFor(
      () =>
        world.slack.posts(world.channels[0]).filter((call) => (guestIn(call.args.text) ?? -1) >= from).length >= each,
      { timeoutMs: 60_000, what: 'the other bookings to be posted' },
    );
    return world.slack.posts(world.channels[0]).flatMap((call) => {
      const since = sentAt.get(guestIn(call.args.text) ?? -1);
      return since === undefined ? [] : [call.at - since];
    });
  };
  const without = quantile(await times(0), 0.95);
  makeTrouble(world, 0, 900_000);
  await sender.deliver([world.mail.booked(900_000)]);
  await world.slack.waitFor(() => world.slack.ledger.some((call) => guestIn(call.args.text) === 900_000), {
    what: 'the first refusal',
  });
  const beside = quantile(await times(10_000), 0.95);
  const tries = world.slack.ledger.filter((call) => guestIn(call.args.text) === 900_000).length;
  await world.close();
  const grace = 100;
  return {
    what: 'one booking is refused again and again',
    trials: each,
    figure: `others p95 ${without} ms without, ${beside} ms beside it (${tries} tries of it)`,
    limit: `≤ 10 % and ${grace} ms longer`,
    ...judged(tries > 1, beside <= without * 1.1 + grace),
  };
}

export const orderGoals: readonly Goal[] = [inOrder];
