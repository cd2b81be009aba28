// The app's Home: my connection, my next meetings, my channels and help; for admins how everything is, with one press to repair it; true while it is open.

import { describe, expect, it } from 'vitest';
import { ask, modalSaying, paste, toldInPrivate, words } from './people.ts';
import { follow } from './view.ts';
import { type World, world } from './world.ts';

const fast = { env: { SLACK_CHANNEL_RATE: '100' } };
const home = async (w: World, who: 'ann' | 'bo' | 'gil' = 'ann') => words(await w.slack.as(who).openHome());
const published = (w: World) => w.slack.ledger.filter((call) => call.method === 'views.publish').length;
/** Once it says this, without being opened again. */
const becomes = (w: World, who: 'ann' | 'bo', pattern: RegExp) =>
  w.slack.waitFor(() => pattern.test(words(w.slack.as(who).home())) && words(w.slack.as(who).home()), {
    what: `Home of ${who} to say ${pattern}; it says ${words(w.slack.as(who).home())}`,
    timeoutMs: 45_000,
  });

describe('Home', () => {
  it('leads a new person to connecting, by a button', async () => {
    const w = await world();
    expect(await home(w, 'bo')).toMatch(/Two steps to begin: connect your account, then subscribe a channel/);
    await w.slack.as('bo').click(w.slack.as('bo').home()!, 'Connect Calendly');
    await modalSaying(w, 'bo', /Personal access token/);
  });

  it('shows a member their connection, meetings and channels, and follows what happens while it is open', async () => {
    const w = await world(fast);
    await paste(w, w.calendly.tokens.olga);
    expect(await home(w, 'bo')).toMatch(
      /You have not connected a Calendly account of your own.*1 account is connected by others/s,
    );
    await home(w);
    await follow(w, '"Demo call" booked');
    const meeting = w.calendly.book({ type: 'Demo call', name: 'Ada <!channel> Lovelace' });
    await becomes(w, 'ann', /Your next meetings.*<!date\^.*Demo call · Ada/s);
    expect(await becomes(w, 'ann', /Your channels\*\n• <#\w+> {2}\*Demo call\*/)).not.toContain('<!channel>');
    await ask(w, 'ann', 'sales', 'mute 2h');
    await becomes(w, 'ann', /\*Demo call\* \(muted\)/);
    w.calendly.cancel(meeting);
    await becomes(w, 'ann', /No meeting of yours is booked/);
    expect(words(w.slack.as('bo').home())).not.toMatch(/For workspace admins|Olga/);

    await w.slack.as('ann').click(w.slack.as('ann').home()!, 'Your subscriptions');
    await modalSaying(w, 'ann', /Made by you: 1 subscription/);
    await w.slack.as('bo').click(w.slack.as('bo').home()!, 'Help');
    await modalSaying(w, 'bo', /This is what I understand/);
  });

  it('is published only when it says something new, whichever process published it', async () => {
    const w = await world(fast);
    await paste(w, w.calendly.tokens.olga);
    await home(w);
    const before = published(w);
    w.slack.settleMs = 0;
    await w.restart();
    await w.slack.as('ann').openHome();
    // The same event queue serves Bo: once his Home is there, Ann's would have been.
    await w.slack.as('bo').openHome();
    await w.slack.waitFor(() => w.slack.as('bo').home());
    expect(published(w)).toBe(before + 1);
  });

  it('tells admins of every trouble, repairs it by one press, and says who did what', async () => {
    const w = await world(fast);
    await paste(w, w.calendly.tokens.olga);
    await follow(w, '"Support" booked');
    expect(await home(w)).toMatch(
      /Olga Larsen.*✅ connected.*Hook: bookings ✅ active.*For workspace admins\n✅ Everything is in order\..*1 channel hears of bookings, by 1 subscription.*Every message arrived/s,
    );
    expect(words(w.slack.as('ann').home())).toMatch(
      /Recent changes\*\n• <!date\^.*<@\w+> subscribed <#\w+> to \*Support\*\n• .*<@\w+> connected \*Olga Larsen\*/,
    );
    for (const hook of w.calendly.hooks) w.calendly.setHookState(hook, 'disabled');
    await ask(w, 'ann', 'sales', 'events canceled');
    await becomes(w, 'ann', /changed in <#\w+>: \*Support\*/);
    await w.slack.as('ann').click(w.slack.as('ann').home()!, 'Check now');
    await modalSaying(w, 'ann', /Olga Larsen.*\n.*(replaced|new|again)/s);
    await becomes(w, 'ann', /last check <!date/);
    expect(w.calendly.hooks.some((hook) => hook.state === 'active')).toBe(true);

    await w.slack.kick('sales');
    await toldInPrivate(w, 'ann', /paused what I show/);
    await becomes(w, 'ann', /⚠️ 1 subscription.*paused.*1 paused\n⏸ <#\w+> {2}I was removed/s);
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'ann', 'general', 'verify');
    await becomes(w, 'ann', /⚠️ \*Olga Larsen\* does not work/);
    await w.slack.as('ann').click(w.slack.as('ann').home()!, 'Connect again');
    await modalSaying(w, 'ann', /Personal access token/);
    await w.slack.as('ann').click(w.slack.as('ann').home()!, 'All subscriptions');
    await modalSaying(w, 'ann', /The whole workspace: 1 subscription/);
  });

  it('tells guests that they read cards, and nothing else', async () => {
    const w = await world();
    await paste(w, w.calendly.tokens.olga);
    await ask(w, 'ann', 'demos', 'subscribe all');
    expect(await home(w, 'gil')).toMatch(/Guests can read booking cards/);
    expect(JSON.stringify(w.slack.as('gil').home())).not.toMatch(/Olga|subscription|"button"/);
    for (const typed of ['', 'status', 'list', 'list workspace', 'list mine', 'unsubscribe', 'mute 1h', 'copy all']) {
      const { text } = await ask(w, 'gil', 'demos', typed);
      expect([typed, text]).toEqual([typed, expect.stringMatching(/^Guests can read booking cards/)]);
    }
  });

  it('a button of an earlier version says where to type, since Home is no channel', async () => {
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
