// R41 and R42: Calendly could not reach the app, and what it missed is caught up from the list: all of it, once, although calls fail and a process is killed.

import { check } from './checker.ts';
import type { Goal } from './goal.ts';
import { engines, startFaultWorld } from './harness.ts';
import { eventually } from './process.ts';

const hour = 3_600_000;

/** Everything booked while nothing could reach the app, in one channel. */
const missed: Goal = {
  id: 'R41',
  title: 'Calendly could not reach the app',
  fullOnly: true,
  async run(run) {
    const bookings = run.pick({ full: 500, fast: 120, control: 30 });
    const rows = [];
    for (const [name, engine] of engines(run)) {
      const world = await startFaultWorld({
        engine,
        srcDir: run.srcDir,
        channels: 1,
        env: { SLACK_CHANNEL_RATE: '100' },
      });
      const { calendly, slack } = world;
      // The full trial keeps to Calendly's own limit, the short ones cannot wait for it.
      if (run.scale !== 'full') calendly.rateLimit.limit = 100_000;
      const type = world.types[0]!.name;
      const start = Date.now() + hour;
      await world.stopApps();
      for (const hook of calendly.hooks) calendly.setHookState(hook, 'disabled');
      const made = Array.from({ length: bookings }, (_, i) =>
        calendly.book({ type, name: `Guest ${i}`, start: new Date(start + i * hour), deliver: false }),
      );
      for (const one of made.slice(0, bookings / 5)) calendly.cancel(one, { deliver: false });
      for (const one of made.slice(bookings / 5, bookings / 3))
        calendly.move(one, { start: new Date(start + 2_000 * hour), deliver: false });
      calendly.faults.add({ match: 'GET /scheduled_events*', kind: { status: 503 }, share: 0.3 });
      const since = calendly.calls.length;
      const began = Date.now();
      const app = await world.start(0);
      const asked = () => calendly.calls.slice(since).filter(({ path }) => path.endsWith('/invitees')).length;
      await eventually(() => asked() > bookings / 2, run.pick({ full: 120_000, fast: 120_000, control: 10_000 }));
      await app.kill9();
      await world.start(0);
      const cards = () =>
        slack
          .messages(world.channels[0]!)
          .flatMap((each) => (each.threadTs ? [] : (/Guest \d+/.exec(each.text)?.[0] ?? [])));
      const shown = () => new Set(cards()).size;
      await eventually(() => shown() >= bookings, run.pick({ full: 600_000, fast: 300_000, control: 20_000 }));
      const seconds = (Date.now() - began) / 1_000;
      const drained = await world.settled(120_000);
      const calls = calendly.calls.slice(since);
      const most = Math.max(
        ...calls.map(({ at }) => calls.filter((each) => each.at >= at && each.at < at + 60_000).length),
      );
      await world.stopApps();
      const found = await check(world);
      const all = cards().length;
      await world.close();
      rows.push({
        what: `${name}, ${bookings} bookings, a fifth canceled, some moved; kill -9 in the middle, three calls in ten fail`,
        trials: bookings,
        figure: `shown ${shown()}, cards ${all}, lost ${found.lost}, duplicates ${found.duplicates}, ${seconds.toFixed(0)} s, ${calls.length} calls, at most ${most} a minute`,
        limit: `${bookings}, ${bookings}, 0, 0, ≤ 600 s${run.scale === 'full' ? ', ≤ 300 a minute' : ''}`,
        ok:
          drained &&
          shown() === bookings &&
          all === bookings &&
          found.duplicates === 0 &&
          seconds <= 600 &&
          (run.scale !== 'full' || most <= 300),
        why: found.violations,
      });
    }
    return rows;
  },
};

export const catchUpGoals = [missed];
