// The app's Home: where the workspace stands, and the next step as a button.

import { describe, expect, it } from 'vitest';
import { ask, modalSaying, paste, words } from './people.ts';
import { type World, world } from './world.ts';

const home = async (w: World, who: 'ann' | 'bo' | 'gil' = 'ann') => words(await w.slack.as(who).openHome());
const published = (w: World) => w.slack.ledger.filter((call) => call.method === 'views.publish').length;

describe('Home', () => {
  it('leads a new person to connecting, by a button', async () => {
    const w = await world();
    expect(await home(w)).toMatch(
      /No Calendly account is connected yet.*No channel hears of bookings yet.*\*Next:\* connect/s,
    );
    await w.slack.as('ann').click(w.slack.as('ann').home()!, 'Connect Calendly');
    await modalSaying(w, 'ann', /Personal access token/);
  });

  it('follows what happens, and is published only when it says something new', async () => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    await paste(w, w.calendly.tokens.olga);
    expect(await home(w)).toMatch(
      /\*Olga Larsen\*.*✅ connected · hook: bookings ✅ active.*type `\/calendly subscribe`/s,
    );
    await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    await ask(w, 'ann', 'sales', 'subscribe "Support"');
    await ask(w, 'ann', 'demos', 'subscribe all');
    expect(await home(w)).toMatch(/2 channels hear of bookings, by 3 subscriptions\./);

    const before = published(w);
    w.slack.settleMs = 0;
    await w.slack.as('ann').openHome();
    // The same event queue serves Bo: once his Home is there, Ann's would have been.
    await w.slack.as('bo').openHome();
    await w.slack.waitFor(() => w.slack.as('bo').home());
    expect(published(w)).toBe(before + 1);
    w.slack.settleMs = 2_000;

    await w.slack.kick('sales');
    await w.slack.waitFor(() => w.slack.as('ann').dm().length > 0, { what: 'the owner is told' });
    expect(await home(w)).toMatch(/2 of them paused: `\/calendly list workspace` says why/);
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'ann', 'general', 'verify');
    expect(await home(w)).toMatch(/⚠️ not working\..*\*Next:\* connect the account that stopped working again/s);
  });

  it('tells guests that they read cards, and nothing else', async () => {
    const w = await world();
    await paste(w, w.calendly.tokens.olga);
    await ask(w, 'ann', 'demos', 'subscribe all');
    expect(await home(w, 'gil')).toMatch(/Guests can read booking cards/);
    expect(JSON.stringify(w.slack.as('gil').home())).not.toMatch(/Olga|subscription|"button"/);
    for (const typed of ['', 'status', 'list', 'list workspace', 'list mine', 'unsubscribe']) {
      const { text } = await ask(w, 'gil', 'demos', typed);
      expect([typed, text]).toEqual([typed, expect.stringMatching(/^Guests can read booking cards/)]);
    }
  });

  it('its other buttons say where to type, since Home is no channel', async () => {
    const w = await world();
    await w.slack.as('ann').openHome();
    const ack = await w.slack.raw(
      new URLSearchParams({
        payload: JSON.stringify({
          type: 'block_actions',
          user: { id: w.slack.users.ann, team_id: w.slack.team.id },
          team: { id: w.slack.team.id },
          api_app_id: w.slack.appId,
          trigger_id: '1.2.3',
          view: { id: w.slack.as('ann').home()!.id, type: 'home', private_metadata: '', state: { values: {} } },
          actions: [{ type: 'button', action_id: 'do:0', block_id: 'b', value: 'list here', action_ts: '1' }],
        }),
      }).toString(),
    );
    expect(ack.status).toBe(200);
    await w.slack.waitFor(() =>
      w.slack
        .as('ann')
        .dm()
        .some((message) => /Type `\/calendly list here` in the channel/.test(message.text)),
    );
  });
});
