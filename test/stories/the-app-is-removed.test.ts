// A workspace removes the app: its tokens are of no more use, its hooks at Calendly go, its data some time after, and nobody else notices.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBeside } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { ofInstallations } from '../../src/store/of-installations.ts';
import { install, installableWorld, inWorkspace } from './installing.ts';
import { bookingArrives, hears } from './people.ts';
import { eventually, inDatabase } from './view.ts';
import { connect, type World } from './world.ts';

/** Two workspaces, both connected and subscribed. */
async function two(more: Record<string, string> = {}) {
  const key = randomBytes(32).toString('base64');
  const w = await installableWorld({ ENCRYPTION_KEY: key, ...more });
  const team = w.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false });
  const beta = inWorkspace(w, team);
  for (const each of [w, beta]) {
    await install(w, each.slack.team);
    await subscribe(each);
  }
  return { w, beta, team, rows: () => rowsOf(w, key, team.team.id) };
}

async function subscribe(each: World): Promise<void> {
  await connect(each);
  await each.slack.as('ann').command(each.slack.channels.sales, 'subscribe all');
  await hears(each, 'sales', /./);
}

const hooks = (w: World) => [...w.calendly.hooks];

/** How many rows there are of this workspace, its own row included and its keys apart, and of all others; null where it is not known. */
async function rowsOf(w: World, key: string, teamId: string) {
  const database = await openBeside({
    url: w.storage.url,
    folder: w.storage.folder,
    keys: [Buffer.from(key, 'base64')],
  });
  try {
    const row = await across(database.db, 'operator')
      .selectFrom('installation')
      .select(['id', 'state'])
      .where('team_id', '=', teamId)
      .executeTakeFirst();
    let own = 0;
    let ownKeys = 0;
    let others = 0;
    for (const [table] of ofInstallations) {
      const found = await across(database.db, 'operator')
        .selectFrom(table as 'hook')
        .select('installation_id')
        .execute();
      const theirs = found.filter((each) => each.installation_id === row?.id).length;
      if (table === 'data_key') ownKeys += theirs;
      else own += theirs;
      // Counts are drawn together from time to time.
      if (table !== 'tally') others += found.filter((each) => each.installation_id !== row?.id).length;
    }
    return { state: row?.state ?? null, own, ownKeys, others };
  } finally {
    await database.close();
  }
}

for (const order of [
  ['tokens_revoked', 'app_uninstalled'],
  ['app_uninstalled', 'tokens_revoked'],
  ['app_uninstalled', 'app_uninstalled', 'tokens_revoked'],
])
  test(`removed (${order.join(', ')}): nothing more is sent, its hooks are deleted, the other workspace goes on`, async () => {
    const { w, beta, team, rows } = await two();
    expect(hooks(w)).toHaveLength(2);
    const token = team.botToken;
    const before = w.slack.ledger.length;
    await team.uninstall(order);
    await w.slack.waitFor(() => hooks(w).length === 1, { what: 'the hook to be deleted' });
    await eventually(async () => (await rows()).state === 'gone', { what: 'it to be gone' });
    await bookingArrives(w, 'sales', 'Ada Later');
    const later = w.slack.ledger.slice(before).filter((call) => call.token === token);
    // Slack is asked whether the token still works, and nothing else.
    expect(later.filter((call) => call.method !== 'auth.test').map((call) => call.method)).toEqual([]);
    expect(beta.slack.messages(beta.slack.channels.sales).some((m) => /Ada Later/.test(m.text))).toBe(false);
    expect((await rows()).own).toBeGreaterThan(0);
    // It came and went once, however often Slack says so.
    const stays = await inDatabase(w.storage, "select what, who from audit where what like '%install' order by at");
    expect(stays.map(({ what }) => what)).toEqual(['install', 'install', 'uninstall']);
    expect(stays.map(({ who }) => who !== null)).toEqual([true, true, false]);
  });

test('its data goes after the set time, all of it, and the other workspace’s stays', async () => {
  const { w, team, rows } = await two();
  const others = (await rows()).others;
  await team.uninstall();
  await w.slack.waitFor(() => hooks(w).length === 1, { what: 'the hook to be deleted' });
  await w.restart({ ...w.env, PURGE_AFTER_HOURS: '0' });
  await eventually(async () => (await rows()).own === 0, { what: 'the data to go' });
  // Its key goes last, with the workspace itself: what still came in opens until then, should it come back.
  expect((await rows()).ownKeys).toBe(1);
  await w.restart({ ...w.env, PURGE_AFTER_HOURS: '0' });
  await eventually(async () => (await rows()).state === null, { what: 'the workspace to be forgotten' });
  expect((await rows()).others).toBeGreaterThanOrEqual(others);
  await bookingArrives(w, 'sales', 'Ada Still');
  // It may come back, as if it had never been there.
  const page = await install(w, team.team);
  expect(page.text).toContain('The app is installed');
  expect(page.text).not.toContain('again');
});

test('installed again in time, everything is as it was once its account is connected; late news of the removal is no news', async () => {
  const { w, beta, team, rows } = await two();
  await team.uninstall();
  await w.slack.waitFor(() => hooks(w).length === 1, { what: 'the hook to be deleted' });
  const removedAt = Date.now();
  const page = await install(w, team.team);
  expect(page.text).toContain('The app is installed again');
  await connect(beta);
  await bookingArrives(beta, 'sales', 'Ada Back');
  const mine = hooks(w).length;

  await team.event({ type: 'tokens_revoked', tokens: { oauth: [], bot: [team.botUserId] } }, { at: removedAt });
  await team.event({ type: 'app_uninstalled' }, { at: removedAt });
  await bookingArrives(beta, 'sales', 'Ada Again');
  expect(hooks(w)).toHaveLength(mine);
  expect((await rows()).state).toBe('active');
});

test('while Calendly is away its hooks wait to be deleted, and are', async () => {
  // Alone: the check of another workspace with the same account would clear away what this one leaves.
  const w = await installableWorld();
  await install(w);
  await subscribe(w);
  w.calendly.faults.add({ match: 'DELETE /webhook_subscriptions/*', kind: { status: 503 } });
  await w.slack.uninstall();
  await eventually(async () => w.logs.some((line) => /was let go/.test(line)), { what: 'a first try' });
  expect(hooks(w)).toHaveLength(1);
  w.calendly.faults.clear();
  await w.restart(w.env);
  await w.slack.waitFor(() => hooks(w).length === 0, { what: 'the hook to be deleted' });
});
