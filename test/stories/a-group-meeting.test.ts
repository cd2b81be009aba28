// Many people book seats in one meeting. People see one card with its seats and guests, and a full room is no noise.

import { describe, expect, it } from 'vitest';
import { canary, follow, type Watched } from './view.ts';
import { connect, type World, world } from './world.ts';

const start = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 48 * 3_600_000);
const seat = (w: World, name: string) => w.calendly.book({ type: 'Webinar', start, name });
const webinars = (channel: Watched) => channel.cards().filter((each) => each.text.includes('Webinar'));

async function watched(words = 'booked canceled rescheduled noshow'): Promise<[World, Watched]> {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  return [w, await follow(w, words)];
}

describe('a group meeting', () => {
  it('is one card: seats fill, people leave, and in the end it is canceled as a whole', async () => {
    const [w, sales] = await watched();
    seat(w, 'Ada Lovelace');
    const card = await sales.shows('Webinar', /1 of 25 seats/);
    const bo = seat(w, 'Bo Berg');
    seat(w, 'Cy Clark');
    await sales.shows('Webinar', /3 of 25 seats.*Cy Clark/);
    w.calendly.cancel(bo, { by: 'invitee', reason: 'ill' });
    const now = await sales.shows('Webinar', /2 of 25 seats/);
    expect(now.ts).toBe(card.ts);
    expect(now.text).toMatch(/^Booked/);
    expect(now.text).not.toContain('Bo Berg');
    w.calendly.cancelEvent(bo.eventUri, { reason: 'The speaker is ill' });
    await sales.shows('Webinar', /^Canceled.*The speaker is ill/);
    await canary(w, sales);
    expect(webinars(sales)).toHaveLength(1);
    await w.slack.waitFor(() => sales.thread(card).some((line) => /^❌/.test(line.text)), { what: 'its end is told' });
    expect(sales.thread(card).filter((line) => /^❌/.test(line.text))).toHaveLength(1);
  });

  it('filled by forty people in a moment is one post, and few edits', async () => {
    const [w, sales] = await watched();
    // Twenty-five fit into the first, the rest into a second one at the same time.
    for (let i = 0; i < 40; i++) seat(w, `Guest ${i}.`);
    await w.slack.waitFor(() => webinars(sales).length === 2, { what: 'two meetings' });
    await w.slack.waitFor(
      () =>
        webinars(sales).some((each) => /25 of 25/.test(each.text)) &&
        webinars(sales).some((each) => /15 of 25/.test(each.text)),
      { what: 'all seats to be told', timeoutMs: 45_000 },
    );
    await canary(w, sales);
    const calls = w.slack.ledger.filter(
      (call) => call.args.channel === sales.id && String(call.args.text).includes('Webinar'),
    );
    expect(
      calls.filter((call) => call.method === 'chat.postMessage' && call.args.thread_ts === undefined),
    ).toHaveLength(2);
    expect(calls.filter((call) => call.method === 'chat.postMessage').length).toBeLessThanOrEqual(6);
    expect(calls.filter((call) => call.method === 'chat.update').length).toBeLessThanOrEqual(20);
  });

  it('loses a guest who moves to another one: two cards, and neither says canceled', async () => {
    const [w, sales] = await watched();
    const ada = seat(w, 'Ada Lovelace');
    seat(w, 'Bo Berg');
    const first = await sales.shows('Webinar', /2 of 25 seats/);
    w.calendly.move(ada, { start: new Date(start.getTime() + 7 * 86_400_000) });
    await w.slack.waitFor(() => webinars(sales).length === 2, { what: 'a card of the other meeting' });
    await w.slack.waitFor(
      () => webinars(sales).some((each) => each.ts === first.ts && /1 of 25 seats/.test(each.text)),
      { what: 'the seat to be free again' },
    );
    await canary(w, sales);
    expect(webinars(sales).find((each) => each.ts !== first.ts)?.text).toMatch(/Ada Lovelace/);
    expect(sales.everSaid().join('\n')).not.toMatch(/cancel/i);
  });
});
