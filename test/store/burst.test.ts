// A burst of changes to one booking: Slack gets two writes a second at most, each step is told, and the card ends with the truth.

import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Job } from '../../src/delivery/lane.ts';
import { across } from '../../src/store/handle.ts';
import { memory } from './memory.ts';

type Memory = Awaited<ReturnType<typeof memory>>;

/** As if this much time had passed, in milliseconds. */
async function pass({ database }: Memory, ms: number): Promise<void> {
  const db = across(database.db, 'operator');
  const earlier = (column: string) => sql<number>`${sql.ref(column)} - ${sql.lit(ms)}`;
  await db
    .updateTable('delivery')
    .set({ due_at: earlier('due_at'), first_due_at: earlier('first_due_at'), tried_at: earlier('tried_at') })
    .execute();
  await db
    .updateTable('lane')
    .set({ due_at: earlier('due_at'), not_before: earlier('not_before'), paced_until: earlier('paced_until') })
    .execute();
}

/** A booking, and then so many moves of it, each as its two halves. */
function movesOf(count: number): string[] {
  const from = Date.now() - 3_600_000;
  const uri = (i: number) => `https://api.calendly.com/scheduled_events/E${i}/invitees/I${i}`;
  const told = (kind: 'invitee.created' | 'invitee.canceled', i: number, links: object) => {
    const at = new Date(from + i * 1_000).toISOString();
    const body = JSON.parse(
      makeWebhook(kind, { eventId: `E${i}`, inviteeId: `I${i}`, name: 'Ada', createdAt: from + i * 1_000 }),
    );
    const startsAt = from + (24 + i) * 3_600_000;
    Object.assign(body.payload, { updated_at: at, ...links });
    Object.assign(body.payload.scheduled_event, {
      start_time: new Date(startsAt).toISOString(),
      end_time: new Date(startsAt + 1_800_000).toISOString(),
    });
    return JSON.stringify(body);
  };
  return Array.from({ length: count + 1 }, (_, i) => [
    ...(i === 0 ? [] : [told('invitee.canceled', i - 1, { rescheduled: true, new_invitee: uri(i) })]),
    told('invitee.created', i, i === 0 ? {} : { old_invitee: uri(i - 1) }),
  ]).flat();
}

it.each(['after the card is there', 'together with the booking'])('fifty moves %s', async (when) => {
  const m = await memory({ perSecond: 1, burst: 5 });
  await m.subscribe('C1');
  let passed = 0;
  let posted = 0;
  const written: { job: Job; at: number }[] = [];
  const show = async () => {
    let jobs = (await m.lanes.advance([], 50)).jobs as Job[];
    while (jobs.length > 0) {
      const rows = await m.deliveries();
      for (const job of jobs)
        written.push({ job, at: passed + rows.find((each) => each.id === job.deliveryId)!.tried_at! });
      const results = jobs.map((job) => ({ job, settled: { do: 'shown' as const, ts: job.ts ?? `1.${++posted}` } }));
      jobs = (await m.lanes.advance(results, 50)).jobs as Job[];
    }
  };
  const wait = async (ms: number) => {
    await pass(m, ms);
    passed += ms;
    await show();
  };
  const [booked, ...moves] = movesOf(50);
  const keep = async (bodies: string[]) => {
    await m.changes.keep(bodies.map((body) => m.arrival(body)));
    await m.changes.foldNext(200);
    await show();
  };
  await keep([booked!]);
  if (when === 'after the card is there') await wait(60_000);
  // The burst itself takes a few seconds, as Calendly's queue would.
  for (let i = 0; i < moves.length; i += 10) {
    await keep(moves.slice(i, i + 10));
    await wait(250);
  }
  for (let i = 0; i < 250; i++) await wait(250);

  const times = written.map(({ at }) => at);
  for (const [i, at] of times.entries())
    expect(times.filter((each) => each >= at && each < at + 1_000).length, `from the ${i}th`).toBeLessThanOrEqual(2);
  const lines = written.flatMap(({ job: { content } }) => (content.kind === 'reply' ? [content.reply] : []));
  expect(lines.map(({ now }) => now!.startsAt)).toEqual(
    lines.map(({ now }) => now!.startsAt).toSorted((a, b) => a - b),
  );
  expect(new Set(lines.map(({ now }) => now!.startsAt)).size).toBe(50);
  const cards = written.flatMap(({ job: { op, content } }) =>
    content.kind === 'card' ? [{ op, ...content.card }] : [],
  );
  expect(cards.at(-1)).toMatchObject({ state: 'moved', moves: 50 });
  expect(cards.map(({ op }) => op)).toEqual(['post', ...cards.slice(1).map(() => 'edit')]);
  expect(cards.length).toBeLessThanOrEqual(12);
});
