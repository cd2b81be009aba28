// `test`: a sample card by the real path, marked TEST, in the channel where it was asked for and nowhere else.

import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/subscription/subscription.ts';
import { ask, hears, said, words } from './people.ts';
import { world } from './world.ts';

const named = {
  booked: 'new booking',
  canceled: 'canceled',
  rescheduled: 'moved',
  noshow: 'no-show',
  routed: 'routing form',
};
const rate = { env: { SLACK_CHANNEL_RATE: '100' } };

describe('a test card', () => {
  it.each(kinds)('%s: comes, is marked TEST for eyes and ears, and looks like that kind', async (kind) => {
    const w = await world(rate);
    const answer = await ask(w, 'ann', 'sales', kind === 'booked' ? 'test' : `test ${kind}`);
    expect(answer.text).toMatch(
      new RegExp(`A sample card \\(${named[kind]}\\) is on its way .*\`/calendly status\` shows why`),
    );
    const card = await hears(w, 'sales', /TEST/);
    expect(card.text).toMatch(/^TEST, not a real booking\./);
    expect(words(card)).toMatch(/^\*TEST\* · /);
    const looks = {
      booked: /· booked/,
      canceled: /~\*Demo call\*~ · canceled .* before · by invitee · “A conflict came up”/,
      rescheduled: /🔁 .* · moved\n~<!date.*~ → \*<!date/,
      noshow: /👻 .* · no-show, marked/,
      routed: /📝 .*form submitted/,
    };
    expect(words(card)).toMatch(looks[kind]);
    expect(JSON.stringify(card.blocks)).toContain('nobody booked this');
  });

  it('needs no account, joins a public channel, and counts as no booking', async () => {
    const w = await world(rate);
    await ask(w, 'ann', 'sales', 'test');
    await hears(w, 'sales', /TEST/);
    expect(w.slack.ledger.map((call) => call.method)).toContain('conversations.join');
    expect(w.calendly.calls).toEqual([]);
    await w.subscribed({ channel: w.slack.channels.demos });
    const counts = await ask(w, 'ann', 'sales', 'admin');
    expect(counts.text).toMatch(/^Changes: 0 received/m);
    expect(said(w, 'demos', /TEST/)).toEqual([]);
  });

  it('twice makes two: each was asked for', async () => {
    const w = await world(rate);
    await ask(w, 'ann', 'sales', 'test');
    await ask(w, 'ann', 'sales', 'test');
    await w.slack.waitFor(() => said(w, 'sales', /TEST/).length === 2, { what: 'both cards' });
  });

  it('goes the way real cards go: a Slack that is down for a moment only delays it', async () => {
    const w = await world(rate);
    const fault = w.slack.faults.add({ method: 'chat.postMessage', kind: 'http', status: 503 });
    await ask(w, 'ann', 'sales', 'test');
    await w.slack.waitFor(() => w.slack.ledger.some((call) => call.method === 'chat.postMessage'), { what: 'a try' });
    fault.remove();
    await w.slack.waitFor(() => said(w, 'sales', /TEST/).length === 1, { what: 'the card', timeoutMs: 45_000 });
  });

  it('is refused where the app cannot post, with the cure, and to guests', async () => {
    const w = await world(rate);
    expect((await ask(w, 'ann', 'deals', 'test')).text).toContain(`/invite\` <@${w.slack.botUserId}>`);
    expect((await ask(w, 'gil', 'demos', 'test')).text).toMatch(/Guests can read booking cards/);
    const unknown = await ask(w, 'ann', 'sales', 'test cancled');
    expect(unknown.text).toMatch(/no sample “cancled”/);
    await w.slack.as('ann').click(unknown, 'canceled');
    expect(words(await hears(w, 'sales', /TEST/))).toMatch(/canceled/);
    expect(said(w, 'demos')).toEqual([]);
  });
});
