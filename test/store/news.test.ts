// What is shown first when much waits in a channel: news before a backlog, and each meeting in its own order.

import { expect, it } from 'vitest';
import { makeWebhook, type WebhookKind } from '../../sandbox/calendly/payloads.ts';
import type { Job } from '../../src/delivery/lane.ts';
import { across } from '../../src/store/handle.ts';
import { memory } from './memory.ts';

type Remembered = Awaited<ReturnType<typeof memory>>;

const hour = 3_600_000;

/** As if all that waits had waited for an hour. */
const anHourLater = (m: Remembered) =>
  across(m.database.db, 'operator')
    .updateTable('delivery')
    .set((eb) => ({ due_at: eb('due_at', '-', hour), first_due_at: eb('first_due_at', '-', hour) }))
    .where('due_at', 'is not', null)
    .execute();

async function book(m: Remembered, name: string): Promise<Record<string, unknown>> {
  const body = makeWebhook('invitee.created', { name });
  await m.changes.keep([m.arrival(body)]);
  await m.changes.foldNext(10);
  return JSON.parse(body).payload;
}

/** Shows all there is, one after another; answers what each call said. */
async function showAll(m: Remembered): Promise<string[]> {
  const said: string[] = [];
  let { jobs } = await m.lanes.advance([], 10);
  for (let round = 0; jobs.length > 0 && round < 50; round++) {
    said.push(...jobs.map((job) => what(job as Job)));
    const results = jobs.map((job, i) => ({ job, settled: { do: 'shown' as const, ts: `${round}.${i + 1}` } }));
    jobs = (await m.lanes.advance(results, 10)).jobs;
  }
  return said;
}

const what = (job: Job) => {
  const name = /(Ada|Bea|Cleo|Dora)/.exec(JSON.stringify(job.content))?.[0];
  return `${job.op} ${job.content.kind === 'reply' ? job.content.reply.kind : job.kind} ${name}`;
};

it('a fresh booking goes before a backlog, which keeps its order', async () => {
  const m = await memory();
  await m.subscribe('C1');
  for (const name of ['Ada', 'Bea']) await book(m, name);
  await anHourLater(m);
  for (const name of ['Cleo', 'Dora']) await book(m, name);
  expect(await showAll(m)).toEqual(['post card Cleo', 'post card Dora', 'post card Ada', 'post card Bea']);
});

it('a change to a meeting that waits makes all of it news, in its own order', async () => {
  const m = await memory();
  await m.subscribe('C1', ['booked', 'canceled', 'noshow']);
  const ada = await book(m, 'Ada');
  expect(await showAll(m)).toEqual(['post card Ada']);
  const told = async (event: WebhookKind, change: object) => {
    const body = JSON.parse(makeWebhook(event, { name: 'Ada' }));
    body.payload = { ...ada, ...change };
    await m.changes.keep([m.arrival(JSON.stringify(body))]);
    await m.changes.foldNext(10);
  };
  await told('invitee_no_show.created', {
    no_show: { uri: 'https://api.calendly.com/invitee_no_shows/1', created_at: new Date().toISOString() },
  });
  await book(m, 'Bea');
  await anHourLater(m);
  await told('invitee.canceled', {
    status: 'canceled',
    updated_at: new Date().toISOString(),
    cancellation: { canceled_by: 'Ada', reason: 'ill', canceler_type: 'invitee', created_at: new Date().toISOString() },
  });
  expect(await showAll(m)).toEqual(['edit card Ada', 'post noshow Ada', 'post canceled Ada', 'post card Bea']);
});
