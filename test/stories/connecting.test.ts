// Connecting a Calendly account by a pasted token: who hears of what, and what stays when it is done again.

import { describe, expect, it } from 'vitest';
import { ask, bookingArrives, calls, hears, modalSaying, paste, said, toldInPrivate, words } from './people.ts';
import { world } from './world.ts';

describe('connecting', () => {
  it('tells an owner what was connected and what to do next, and registers one hook for the organization', async () => {
    const w = await world();
    const told = await paste(w, w.calendly.tokens.olga);
    expect(told).toMatch(/✅ Connected: \*Olga Larsen\* \(olga@acme\.example\), role owner/);
    expect(told).toMatch(/every meeting of the organization \*Acme Sales\*, since Olga Larsen is an owner there/);
    expect(told).toMatch(/registered/);
    expect(told.trim()).toMatch(/type `\/calendly subscribe`\.$/);

    expect(w.calendly.hooks).toHaveLength(1);
    const [hook] = w.calendly.hooks;
    expect(hook).toMatchObject({ scope: 'organization', state: 'active', creator: w.calendly.users.olga.uri });
    expect(hook?.events.toSorted()).toEqual([
      'invitee.canceled',
      'invitee.created',
      'invitee_no_show.created',
      'invitee_no_show.deleted',
    ]);
    expect(hook?.callback_url).toMatch(new RegExp(`^${w.app.url}/calendly/webhooks/[\\w-]{22,}$`));
    expect(hook?.signing_key?.length).toBeGreaterThanOrEqual(22);
    expect(hook?.callback_url).not.toContain(hook?.signing_key);
  });

  it('takes an admin for what he is, and gives a member his own meetings, in words', async () => {
    const w = await world();
    expect(await paste(w, w.calendly.tokens.adam)).toMatch(/role admin.*since Adam Osei is an admin there/s);
    const told = await paste(w, w.calendly.tokens.mia, 'bo');
    expect(told).toMatch(/role user/);
    expect(told).toMatch(
      /the meetings of Mia Rao alone, since hearing of the whole organization needs an owner’s or admin’s token/,
    );
    expect(told).toMatch(/an owner or admin of the Calendly organization has to type \/calendly connect/);
    expect(w.calendly.hooks.map(({ scope, user }) => ({ scope, user }))).toEqual([
      { scope: 'organization', user: null },
      { scope: 'user', user: w.calendly.users.mia.uri },
    ]);
  });

  it('opens the window before it asks Calendly anything, and never shows the token again', async () => {
    const w = await world();
    const asked: number[] = [];
    w.slack.faults.onAccepted = (call) => {
      if (call.method === 'views.open') asked.push(w.calendly.calls.length);
    };
    await paste(w, w.calendly.tokens.olga);
    expect(asked).toEqual([0]);
    expect(w.calendly.calls.length).toBeGreaterThan(2);
    const everything = JSON.stringify([w.slack.ledger, w.slack.ephemerals('ann'), w.slack.as('ann').modals()]);
    expect(everything).not.toContain(w.calendly.tokens.olga);
    expect(w.logs.join('')).not.toContain(w.calendly.tokens.olga);
  });

  it('takes a token with stray spaces and a "Bearer" in front, and names what is no token in the form', async () => {
    const w = await world();
    const ann = w.slack.as('ann');
    await ann.command(w.slack.channels.general, 'connect');
    const form = await modalSaying(w, 'ann', /Personal access token/);
    expect((await ann.submit(form, { token: '   ' })).errors?.token).toMatch(/Paste the token/);
    for (const token of ['xoxb-1234567890-abcdef', 'xoxp-1234567890-abcdef', 'xapp-1-A123-abcdef'])
      expect((await ann.submit(form, { token })).errors?.token).toMatch(/^That is a Slack token\./);
    expect((await ann.submit(form, { token: 'one two' })).errors?.token).toMatch(/no spaces/);
    expect(w.calendly.calls).toEqual([]);
    await ann.submit(form, { token: `  Bearer ${w.calendly.tokens.olga} ` });
    await modalSaying(w, 'ann', /Connected/);
  });

  it('again is a success: the token is replaced, the hook and the subscriptions stay', async () => {
    const w = await world();
    await w.subscribed();
    const [hook] = w.calendly.hooks;
    const second = w.calendly.createToken(w.calendly.users.olga);
    const told = await paste(w, second);
    expect(told).toMatch(/Connected again/);
    expect(told).toMatch(/The token was replaced; your subscriptions are kept/);
    expect(w.calendly.hooks).toEqual([hook]);

    w.calendly.revokeToken(w.calendly.tokens.olga);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/^✅ .*in order/s);
    expect(w.calendly.calls.at(-1)?.token).toBe(second);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(/This channel: 1 subscription\./);
  });

  it('again with more power: a member who became an admin hears of all, and the old hook goes after the new one stands', async () => {
    const w = await world();
    await paste(w, w.calendly.tokens.mia);
    w.calendly.setRole(w.calendly.users.mia, 'admin');
    w.calendly.calls.length = 0;
    expect(await paste(w, w.calendly.tokens.mia)).toMatch(/Connected again.*since Mia Rao is an admin there/s);
    expect(w.calendly.hooks.map((hook) => hook.scope)).toEqual(['organization']);
    const writes = w.calendly.calls.filter((call) => call.method !== 'GET').map((call) => call.method);
    expect(writes).toEqual(['POST', 'DELETE']);
  });

  it('again with less power: own meetings only, said so, and shown once although the old hook cannot be deleted', async () => {
    const w = await world();
    await w.subscribed();
    w.calendly.setRole(w.calendly.users.olga, 'user');
    expect(await paste(w, w.calendly.tokens.olga)).toMatch(/Connected again.*the meetings of Olga Larsen alone/s);
    // Calendly lets members delete none of the organization's hooks, so both of ours call.
    expect(w.calendly.hooks.map((hook) => hook.scope)).toEqual(['organization', 'user']);
    await bookingArrives(w, 'sales', 'Grace Hopper');
    await w.calendly.idle();
    expect(w.calendly.deliveries.map((delivery) => delivery.status)).toEqual([200, 200]);
    await bookingArrives(w, 'sales', 'Alan Turing');
    expect(said(w, 'sales', /Grace Hopper/)).toHaveLength(1);
  });

  it('lives through a restart: what Calendly sends afterwards is still known and shown', async () => {
    const w = await world();
    await w.subscribed();
    await w.restart();
    await bookingArrives(w, 'sales', 'Grace Hopper');
    expect(w.calendly.hooks).toHaveLength(1);
    expect(w.calendly.deliveries.every((delivery) => delivery.status === 200)).toBe(true);
  });

  it('two people connect two accounts, and each hears of his own', async () => {
    const w = await world();
    await w.subscribed();
    await paste(w, w.calendly.tokens.mia, 'bo');
    await w.slack.as('bo').command(w.slack.channels.demos, 'subscribe all booked');
    await hears(w, 'demos', /subscribed this channel/);
    await bookingArrives(w, 'demos', 'Only Mia', 'Support');
    await bookingArrives(w, 'sales', 'Only Olga', 'Demo call');
    await w.calendly.idle();
    expect(said(w, 'demos', /Only Olga/)).toEqual([]);
  });

  it('does not let a guest connect, and makes nothing', async () => {
    const w = await world();
    expect(await paste(w, w.calendly.tokens.mia, 'gil')).toMatch(/Guests can read booking cards/);
    expect(w.calendly.calls).toEqual([]);
  });

  it('says it in a direct message when the window was closed meanwhile', async () => {
    const w = await world();
    const ann = w.slack.as('ann');
    await ann.command(w.slack.channels.general, 'connect');
    w.calendly.faults.add({ match: 'GET /users/me', times: 1, kind: 'hang' });
    await ann.submit(await modalSaying(w, 'ann', /Personal access token/), { token: w.calendly.tokens.olga });
    await w.calendly.waitFor(() => calls(w, 'GET', /users\/me/).length > 0);
    await ann.close(ann.modal()!);
    // The app's own time-out is long; a cut connection is tried again at once.
    await w.calendly.faults.down('refuse');
    await w.calendly.faults.up();
    expect(words(await toldInPrivate(w, 'ann', /Connected/))).toMatch(/Olga Larsen/);
  });

  it('without a public address it connects and says that nobody can call it, and how to change that', async () => {
    const w = await world({ env: { PUBLIC_URL: '' } });
    const told = await paste(w, w.calendly.tokens.olga);
    expect(told).toMatch(/Connected/);
    expect(told).toMatch(/No (web)?hook is registered/);
    expect(told).toMatch(/no public address.*set PUBLIC_URL/s);
    expect(w.calendly.hooks).toEqual([]);
    expect(
      w.logs.filter((line) => line.includes('PUBLIC_URL is not set: Calendly cannot reach this app')),
    ).toHaveLength(1);
    expect((await ask(w, 'ann', 'sales', 'status')).text).toMatch(/PUBLIC_URL/);
  });
});
