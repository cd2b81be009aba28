// A workspace that refuses the app once is asked again, and what waited goes out without a restart.

import { afterEach, expect, test } from 'vitest';
import { startSlack } from '../../sandbox/slack/server.ts';
import { logger } from '../../src/log.ts';
import { workspaces } from '../../src/slack/workspaces.ts';
import { across } from '../../src/store/handle.ts';
import { memory } from './memory.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function open() {
  const m = await memory();
  const slack = await startSlack();
  opened.push(() => slack.stop());
  const back: string[] = [];
  const teams = workspaces({
    installations: m.installations,
    apiUrl: new URL(slack.apiUrl),
    botToken: slack.botToken,
    log: logger('silent'),
    onBack: () => back.push(teams.state()),
    againMs: 20,
  });
  opened.push(teams.stop);
  await teams.start();
  const stored = () => m.installations.byTeam(slack.team.id);
  return { m, slack, teams, back, stored, id: (await stored())!.id };
}

/** As a lane does it whose message Slack refused. */
async function refuse({ m, teams, id, slack }: Awaited<ReturnType<typeof open>>, reason: string) {
  await m.installations.markBroken(slack.team.id, reason);
  teams.refused(id, reason);
}

test('a broken installation works again once Slack accepts the token, and its channels wait no longer', async () => {
  const w = await open();
  await w.m.installations.tell({ installationId: w.id, to: 'C1', key: 'k', text: 'Hello' });
  const lane = () =>
    across(w.m.database.db, 'operator').selectFrom('lane').select('not_before').where('installation_id', '=', w.id);
  await across(w.m.database.db, 'operator')
    .updateTable('lane')
    .set({ not_before: Date.now() + 3_600_000 })
    .execute();
  expect(w.teams.state()).toBe('ok');
  const fault = w.slack.faults.add({ method: 'auth.test', kind: 'error', error: 'invalid_auth' });
  await refuse(w, 'invalid_auth');
  expect(w.teams.state()).toBe('broken: invalid_auth');
  await w.slack.waitFor(() => w.teams.state() === 'token refused', { what: 'the token to be refused' });
  expect(await w.stored()).toMatchObject({ state: 'broken' });
  expect(w.back).toEqual([]);
  fault.remove();
  await w.slack.waitFor(() => w.back.length > 0, { what: 'the workspace to be back' });
  expect(w.back).toEqual(['ok']);
  expect(await w.stored()).toMatchObject({ state: 'active', reason: null });
  expect(await lane().executeTakeFirstOrThrow()).toEqual({ not_before: 0 });
});

test('while Slack has trouble of its own it stays broken, and says why', async () => {
  const w = await open();
  const fault = w.slack.faults.add({ method: 'auth.test', kind: 'error', error: 'internal_error' });
  const asked = () => w.slack.ledger.filter((call) => call.method === 'auth.test').length;
  await refuse(w, 'missing_scope');
  const before = asked();
  await w.slack.waitFor(() => asked() > before + 2, { what: 'Slack to be asked again and again' });
  expect(w.teams.state()).toBe('broken: missing_scope');
  fault.remove();
  w.slack.faults.down();
  await w.slack.faults.up();
  await w.slack.waitFor(() => w.teams.state() === 'ok', { what: 'the next try' });
});

test('nobody asks while all is well, nor after the end', async () => {
  const w = await open();
  const asked = () => w.slack.ledger.filter((call) => call.method === 'auth.test').length;
  const before = asked();
  // The installation of another workspace breaks: only its token is asked about, and Slack knows it for none of its own.
  await w.m.installations.markBroken('T1', 'invalid_auth');
  await w.slack.waitFor(() => w.teams.state() === 'token refused', { what: 'the other token to be refused' });
  const tokens = w.slack.ledger.slice(before).filter((call) => call.method === 'auth.test');
  expect(tokens.every((call) => !call.accepted)).toBe(true);
  w.teams.stop();
  expect(await w.m.installations.byTeam('T1')).toMatchObject({ state: 'broken' });
});

test('a permission that was added in Slack’s own settings is known without a restart', async () => {
  const w = await open();
  expect(w.teams.lacksOf(w.id)).toEqual([]);
  const all = w.slack.scopes;
  w.slack.scopes = all.filter((scope) => scope !== 'groups:read');
  await w.teams.start();
  await w.slack.waitFor(() => w.teams.lacksOf(w.id).length > 0, { what: 'it to be lacking' });
  expect(w.teams.lacksOf(w.id)).toEqual(['groups:read']);
  w.slack.scopes = all;
  await w.slack.waitFor(() => w.teams.lacksOf(w.id).length === 0, { what: 'it to be there' });
  expect((await w.stored())?.scopes).toContain('groups:read');
});
