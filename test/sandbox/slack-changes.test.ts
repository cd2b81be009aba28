// What can happen to a channel, its messages and its people in the sandbox Slack: the events that tell of it, and what Slack refuses afterwards.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { call, callForm, startTinyApp } from './slack-app.ts';

let slack: SlackSandbox;
let app: Awaited<ReturnType<typeof startTinyApp>>;

beforeEach(async () => {
  slack = await startSlack();
  app = await startTinyApp(slack.signingSecret);
  slack.setAppUrl(app.url);
  slack.settleMs = 0;
  await slack.invite('sales');
  app.received.length = 0;
});
afterEach(async () => {
  await slack.stop();
  await app.stop();
});

const api = async (method: string, args: unknown) => (await call(slack.apiUrl, slack.botToken, method, args)).body;
const post = (more = {}) => api('chat.postMessage', { channel: slack.channels.sales, text: 'hello', ...more });
const events = () => app.received.map(({ body }) => body.event);

test('a channel that gets a new id keeps its messages; the old id leads nowhere', async () => {
  const old = slack.channels.sales;
  const { ts } = await post();
  const id = await slack.changeId('sales');
  expect(id).not.toBe(old);
  expect(slack.channels.sales).toBe(id);
  expect(events()).toMatchObject([{ type: 'channel_id_changed', old_channel_id: old, new_channel_id: id }]);
  expect(await api('chat.update', { channel: old, ts, text: 'x' })).toMatchObject({ error: 'channel_not_found' });
  expect(await api('chat.update', { channel: id, ts, text: 'x' })).toMatchObject({ ok: true, ts });
  expect(slack.messages('sales')).toMatchObject([{ channel: id, text: 'x' }]);
});

test('sharing a channel and ending it are told with the other organization', async () => {
  await slack.share('sales');
  const info = await callForm(slack.apiUrl, slack.botToken, 'conversations.info', { channel: slack.channels.sales });
  expect(info.channel.is_ext_shared).toBe(true);
  await slack.unshare('sales');
  expect(events()).toMatchObject([
    { type: 'channel_shared', channel: slack.channels.sales, connected_team_id: expect.stringMatching(/^T/) },
    { type: 'channel_unshared', channel: slack.channels.sales, is_ext_shared: false },
  ]);
});

test('a channel made private is seen by those inside only', async () => {
  slack.makePrivate('sales');
  expect(await post()).toMatchObject({ ok: true });
  await slack.kick('sales');
  expect(await post()).toMatchObject({ error: 'channel_not_found' });
});

test.each([
  ['restricted_action', 'restricted_action', 'restricted_action'],
  ['restricted_action_read_only_channel', 'restricted_action_read_only_channel', 'restricted_action_read_only_channel'],
  ['restricted_action_thread_only_channel', 'restricted_action_thread_only_channel', undefined],
  ['restricted_action_non_threadable_channel', undefined, 'restricted_action_non_threadable_channel'],
  ['frozen', 'is_archived', 'is_archived'],
] as const)('%s: a post is answered with %s, a reply with %s', async (how, ofPost, ofReply) => {
  const { ts } = await post();
  slack.restrict('sales', how);
  expect((await post()).error).toBe(ofPost);
  expect((await post({ thread_ts: ts })).error).toBe(ofReply);
  const edit = await api('chat.update', { channel: slack.channels.sales, ts, text: 'x' });
  expect(edit.error).toBe(how === 'frozen' ? 'is_inactive' : undefined);
  slack.restrict('sales', null);
  expect(await post()).toMatchObject({ ok: true });
});

test('a locked thread takes no reply, forbidden edits change nothing, a deleted message is not found', async () => {
  const { ts } = await post();
  const message = slack.messages('sales')[0]!;
  slack.lockThread(message);
  expect(await post({ thread_ts: ts })).toMatchObject({ error: 'restricted_action_thread_locked' });
  slack.lockThread(message, false);
  expect(await post({ thread_ts: ts })).toMatchObject({ ok: true });
  const edit = () => api('chat.update', { channel: slack.channels.sales, ts, text: 'x' });
  slack.forbidEdits('sales', 'edit_window_closed');
  expect(await edit()).toMatchObject({ error: 'edit_window_closed' });
  slack.forbidEdits('sales', null);
  slack.removeMessage(message);
  expect(await edit()).toMatchObject({ error: 'message_not_found' });
});

test('a message to somebody who was deactivated is taken without a word', async () => {
  await slack.changeUser('bo', { isDeleted: true });
  expect(events()).toMatchObject([{ type: 'user_change', user: { id: slack.users.bo, deleted: true } }]);
  expect(await api('chat.postMessage', { channel: slack.users.bo, text: 'hello' })).toMatchObject({ ok: true });
});
