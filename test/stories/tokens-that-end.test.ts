// Slack's tokens may end after twelve hours: each is renewed once, in time, by whichever process, and a whole organization shares one.

import { expect, test } from 'vitest';
import { install, installableWorld, inWorkspace } from './installing.ts';
import { ask, bookingArrives, hears } from './people.ts';
import { eventually } from './view.ts';
import { connect, type World } from './world.ts';

const renewals = (w: World) =>
  w.slack.ledger.filter((call) => call.method === 'oauth.v2.access' && call.args.grant_type === 'refresh_token');

async function rotating(life: number) {
  const w = await installableWorld();
  w.slack.tokens.rotates = true;
  w.slack.tokens.tokenLife = life;
  // A busy machine is no subject here.
  w.slack.ackTimeoutMs = 30_000;
  await install(w);
  await connect(w);
  await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe all');
  await hears(w, 'sales', /./);
  return w;
}

test('a token is renewed before it ends, each refresh token once, and the cards go on', async () => {
  const w = await rotating(16);
  const first = w.slack.botToken;
  await bookingArrives(w, 'sales', 'Ada First');
  await eventually(async () => renewals(w).length > 0, { what: 'a renewal' });
  await Promise.all(
    Array.from({ length: 5 }, (_, i) => ask(w, 'bo', w.slack.channels.sales, i % 2 ? 'list' : 'status')),
  );
  await bookingArrives(w, 'sales', 'Ada Second');
  expect(w.slack.botToken).not.toBe(first);
  // Each refresh token is good once: one that was used twice would have been refused.
  expect(renewals(w).every((call) => call.accepted)).toBe(true);
  expect(w.slack.ledger.filter((call) => /token_(expired|revoked)/.test(String(call.answer.error)))).toEqual([]);
});

test('a renewal that Slack did not answer is tried again, and one that it refuses for good is said', async () => {
  const w = await rotating(16);
  const fault = w.slack.faults.add({ method: 'oauth.v2.access', kind: 'http', status: 503 });
  await eventually(async () => renewals(w).length > 0, { what: 'a renewal' });
  fault.remove();
  w.slack.faults.add({ method: 'oauth.v2.access', kind: 'error', error: 'invalid_refresh_token' });
  await eventually(async () => w.logs.some((line) => line.includes('grant_refused')), { what: 'the end of it' });
  const ready = await fetch(`${w.app.url}/readyz`);
  expect(await ready.text()).toContain('token could not be renewed');
});

test('a whole organization installs it: each of its workspaces is known from its first word, apart from the others', async () => {
  const w = await installableWorld();
  const org = w.slack.addOrg('Acme Group');
  const [north, south] = ['north', 'south'].map((domain) =>
    inWorkspace(w, w.slack.addWorkspace({ name: domain, domain, installed: false, org })),
  ) as [World, World];
  const page = await install(w, org);
  expect(page.text).toMatch(/Slack organization Acme Group/);
  for (const each of [north, south]) {
    await connect(each);
    await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
    await hears(each, 'sales', /./);
  }
  await bookingArrives(north, 'sales', 'Ada');
  await hears(south, 'sales', /Ada/);
  // Two workspaces, two connections: neither shows the other's.
  await north.slack.as('ann').command(north.slack.channels.general, 'status');
  expect(w.calendly.hooks).toHaveLength(2);

  await w.slack.uninstallOrg(org);
  await w.slack.waitFor(() => w.calendly.hooks.length === 0, { what: 'both hooks to be deleted' });
});

test('an organization takes one of its workspaces away: nothing more is sent there, and the others go on', async () => {
  const w = await installableWorld();
  const org = w.slack.addOrg('Acme Group');
  const [north, south] = ['north', 'south'].map((domain) =>
    inWorkspace(w, w.slack.addWorkspace({ name: domain, domain, installed: false, org })),
  ) as [World, World];
  await install(w, org);
  for (const each of [north, south]) {
    await connect(each);
    await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
    await hears(each, 'sales', /./);
  }
  // As Slack writes it: no workspace is named but those that are taken away.
  const at = Math.floor(Date.now() / 1_000);
  const event = {
    type: 'team_access_revoked',
    team_ids: [north.slack.team.id, 'TUNKNOWN'],
    event_ts: `${at}.000100`,
  };
  const envelope = { type: 'event_callback', token: 't', api_app_id: 'A1', event_id: 'Ev1', event_time: at };
  const body = JSON.stringify({ ...envelope, enterprise_id: org.id, event });
  expect((await w.slack.raw({ body, contentType: 'application/json' })).status).toBe(200);
  await w.slack.waitFor(() => w.calendly.hooks.length === 1, { what: 'its hook to be deleted' });
  await bookingArrives(south, 'sales', 'Ada Later');
  expect(north.slack.messages(north.slack.channels.sales).some(({ text }) => /Ada Later/.test(text))).toBe(false);
});
