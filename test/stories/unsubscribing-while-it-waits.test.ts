// Somebody unsubscribes while Slack is away and a card waits: another subscription of the channel still shows it, and Undo brings it back.

import { expect, it } from 'vitest';
import { ask } from './people.ts';
import { canary, eventually, figures, follow } from './view.ts';
import { connect, type World, world } from './world.ts';

/** A card that was tried and waits, since Slack takes no posts for now. */
async function waitingCard(w: World, channel: string) {
  const down = w.slack.faults.add({ method: 'chat.postMessage', channel, kind: 'http', status: 503 });
  w.calendly.book({ name: 'Ada Lovelace' });
  const tried = () =>
    w.slack.ledger.some((call) => call.method === 'chat.postMessage' && String(call.args.text).includes('Ada'));
  await w.slack.waitFor(tried, { what: 'the card to be tried' });
  return down;
}

const clean = async (w: World) => {
  const now = await eventually(
    async () => {
      const figure = await figures(w.app.url);
      return figure.due === 0 && figure.sending === 0 && figure;
    },
    { what: 'everything to be written' },
  );
  expect([now.held, now.uncertain, now.dead]).toEqual([0, 0, 0]);
};

it('from one of two subscriptions: the card is shown for the other one', async () => {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  const sales = await follow(w, 'all');
  await follow(w, '"Demo call" booked --style line', sales.id);
  const down = await waitingCard(w, sales.id);
  expect((await ask(w, 'ann', 'sales', 'unsubscribe 1')).text).toMatch(/Unsubscribed/);
  down.remove();
  await sales.shows('Ada');
  await canary(w, sales);
  await clean(w);
});

it('and takes it back with Undo: the card is shown after all, once', async () => {
  const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
  await connect(w);
  const sales = await follow(w, 'all');
  const down = await waitingCard(w, sales.id);
  const gone = await ask(w, 'ann', 'sales', 'unsubscribe');
  await eventually(async () => (await figures(w.app.url)).due === 0, { what: 'the card to be left out' });
  down.remove();
  await w.slack.as('ann').click(gone, 'Undo');
  await sales.shows('Ada');
  await canary(w, sales);
  await clean(w);
});
