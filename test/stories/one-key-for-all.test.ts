// With an OAuth app one key signs the messages to everybody's hooks: what Calendly signed for one account is not believed at another's address.

import { describe, expect, it } from 'vitest';
import { sign } from '../../sandbox/calendly/payloads.ts';
import { install, installableWorld, inWorkspace } from './installing.ts';
import { ask, bookingArrives, hears, said } from './people.ts';
import { signIn } from './sign-in.ts';
import { eventually, inDatabase } from './view.ts';
import type { World } from './world.ts';

/** Two workspaces, each signed in with an account of its own; both channels show everything. */
async function two(): Promise<{ a: World; b: World; env: Record<string, string> }> {
  const w = await installableWorld();
  const { clientId, clientSecret, signingKey } = w.calendly.app;
  const env = {
    ...w.env,
    CALENDLY_CLIENT_ID: clientId,
    CALENDLY_CLIENT_SECRET: clientSecret,
    CALENDLY_WEBHOOK_SIGNING_KEY: signingKey,
  };
  await w.restart(env);
  w.slack.ackTimeoutMs = 30_000;
  const b = inWorkspace(w, w.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false }));
  for (const each of [w, b]) {
    await install(w, each.slack.team);
    const page = await signIn(each, { user: each === w ? w.calendly.users.olga : w.calendly.soloUser });
    expect(page.text).toContain('Calendly is connected');
    await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
    await hears(each, 'sales', /subscribed this channel/);
  }
  return { a: w, b, env };
}

const hookOf = ({ calendly }: World, account: { uri: string }) =>
  calendly.hooks.find((hook) => hook.creator === account.uri && hook.events.includes('invitee.created'))!;

/** As it came, to another address. */
async function bring(w: World, body: string, to: string): Promise<number> {
  const answer = await fetch(to, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'calendly-webhook-signature': sign(w.calendly.app.signingKey, body),
    },
    body,
  });
  return answer.status;
}

const verdicts = async ({ storage }: World) =>
  (await inDatabase(storage, 'select verdict from change order by id')).map((row) => String(row.verdict).split(':')[0]);

describe('one key for all hooks', () => {
  it('a message for one account, brought to the address of another, is put aside and shown to nobody', async () => {
    const { a, b } = await two();
    await bookingArrives(a, 'sales', 'Zebulon Canary');
    const message = a.calendly.deliveries.find((each) => each.body.includes('Zebulon Canary'))!;
    const { callback_url } = hookOf(b, b.calendly.soloUser);
    expect(callback_url).not.toBe(message.url);
    // It is correctly signed, so that Calendly must not be refused; and said once or ten times, it is one.
    for (let i = 0; i < 10; i++) expect(await bring(a, message.body, callback_url)).toBe(200);
    await eventually(async () => (await verdicts(a)).includes('quarantined'), { what: 'it to be put aside' });
    expect((await verdicts(a)).sort()).toEqual(['quarantined', 'shown']);
    expect(said(b, 'sales', /Zebulon/)).toEqual([]);
    const warned = a.logs.filter((line) => line.includes('told for another account'));
    expect(warned.length).toBeGreaterThan(0);
    // Both go on.
    await bookingArrives(a, 'sales', 'Ada After');
    const own = b.calendly.addEventTypes(1, b.calendly.soloUser)[0]!;
    await bookingArrives(b, 'sales', 'Grace After', own.name);
    expect(said(b, 'sales', /Zebulon|Ada/)).toEqual([]);
  });

  it('where Calendly names somebody else than it did when the hook was made, nothing true is lost: the list at Calendly tells it', async () => {
    const { a } = await two();
    const hook = hookOf(a, a.calendly.users.olga);
    hook.creator = a.calendly.users.adam.uri;
    a.calendly.book({ type: 'Demo call', name: 'Ada Lovelace' });
    await hears(a, 'sales', /Ada Lovelace/);
    expect((await verdicts(a)).sort()).toEqual(['quarantined', 'shown']);
    // The check hears whom Calendly names by now.
    await ask(a, 'ann', 'sales', 'verify');
    await bookingArrives(a, 'sales', 'Grace Hopper');
    expect((await verdicts(a)).sort()).toEqual(['quarantined', 'shown', 'shown']);
  });

  it('a hook of whom nobody knows who made it is believed as before, until the check has asked', async () => {
    const { a, b, env } = await two();
    await inDatabase(a.storage, 'update hook set creator = null');
    await a.restart(env);
    await bookingArrives(a, 'sales', 'Ada Lovelace');
    await ask(b, 'ann', 'sales', 'verify');
    const known = await inDatabase(a.storage, 'select creator from hook where creator is not null');
    expect(known.map((row) => row.creator)).toContain(b.calendly.soloUser.uri);
  });
});
