// A new version needs a permission that was not asked for when the app was installed: whoever installed it is told once, admins see it, and installing again mends it.

import { expect, test } from 'vitest';
import { install, installableWorld, inWorkspace } from './installing.ts';
import { eventually } from './view.ts';
import { connect, type World, world } from './world.ts';

const lacking = /Slack has not given me a permission I need: `groups:read`\./;

async function statusOf(w: World): Promise<string> {
  const { ephemerals } = await w.slack.as('ann').command(w.slack.channels.sales, 'status');
  return ephemerals.map(({ text }) => text).join('\n');
}
const told = (w: World) =>
  w.slack
    .as('ann')
    .dm()
    .filter((message) => lacking.test(message.text));

test('where it was installed from its own page, whoever did so is told once how to give it', async () => {
  const w = await installableWorld();
  const beta = w.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false });
  const here = () => inWorkspace(w, beta);
  expect((await install(w, beta.team, { more: '&decline=groups:read' })).text).toContain('groups:read');
  await connect(here());
  // What the page said is said in Slack from the next start on, and once.
  for (const _ of [1, 2]) {
    await w.restart(w.env);
    await w.slack.waitFor(() => told(here()).length > 0, { what: 'the word about it' });
    expect(await statusOf(here())).toMatch(lacking);
  }
  expect(told(here())).toHaveLength(1);
  expect(told(here())[0]?.text).toContain(`which changes nothing else: ${w.app.url}/slack/install`);

  await install(w, beta.team);
  expect(await statusOf(here())).not.toMatch(/permission/);
  await w.restart(w.env);
  expect(await statusOf(here())).toMatch(/connected/);
  expect(told(here())).toHaveLength(1);
});

test('with SLACK_BOT_TOKEN the way is through the settings of the Slack app', async () => {
  const w = await world({ start: false });
  const all = [...w.slack.scopes];
  w.slack.scopes.splice(0, all.length, ...all.filter((scope) => scope !== 'groups:read'));
  await w.restart();
  expect(await statusOf(w)).toMatch(lacking);
  await connect(w);
  expect(await statusOf(w)).toMatch(lacking);
  expect(await statusOf(w)).toContain('*Bot Token Scopes*, and reinstalls me there');
  expect(w.logs.join('')).toContain('did not give the app a permission it needs');

  w.slack.scopes.splice(0, w.slack.scopes.length, ...all);
  await w.restart();
  await eventually(async () => !/permission/.test(await statusOf(w)), { what: 'it to be in order' });
});
