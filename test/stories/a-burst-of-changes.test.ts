// One booking that changes again and again in a moment: people see where it ends, and Slack is not written to for each step.

import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { canary, follow } from './view.ts';
import { connect, world } from './world.ts';

it.each([
  ['with a line for each in its thread, at Slack’s pace', '', {}],
  // Then only the card itself is left to be written, and nothing but its own rest holds that back.
  ['in the card alone, at a hundred a second', '--thread off', { SLACK_CHANNEL_RATE: '100' }],
])('fifty changes at once are at most two writes a second, and end in what is true: %s', async (_, options, env) => {
  const w = await world({ env });
  await connect(w);
  const sales = await follow(w, `booked canceled rescheduled noshow ${options}`);
  let booking = w.calendly.book({ name: 'Ada Lovelace' });
  const { ts } = await sales.shows('Ada Lovelace', /^Booked/);
  for (let i = 0; i < 50; i++) {
    booking = w.calendly.move(booking);
    // Long enough that each could be a write of its own.
    await w.calendly.idle();
    await pause(20);
  }
  await sales.shows('Ada Lovelace', /^Moved \(50th time\)/);
  await canary(w, sales);

  const about = ({ args }: { args: Record<string, unknown> }) => args.ts === ts || args.thread_ts === ts;
  const times = w.slack.ledger.filter((call) => call.method.startsWith('chat.') && about(call)).map((call) => call.at);
  expect(times.length).toBeGreaterThan(0);
  // Two a second, counted from any of them to any later one; two more for what stands at the borders.
  const tooMany = times.flatMap((from, i) =>
    times.slice(i).filter((to, more) => more + 1 > (2 * (to - from)) / 1_000 + 2),
  );
  expect(tooMany, `${times.map((at) => at - times[0]!)}`).toEqual([]);
});
