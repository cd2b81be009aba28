// The sandbox Slack's Web API: who may call, what it refuses, and what messages become of it.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageProblems, viewProblems } from '../../sandbox/slack/blocks.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import { call, callForm } from './slack-app.ts';

let slack: SlackSandbox;
let channel: string;
beforeAll(async () => {
  slack = await startSlack();
  await slack.invite('sales');
});
afterAll(() => slack.stop());
beforeEach(() => {
  channel = slack.addChannel({ name: `c${Math.random()}`, members: ['ann', 'bo', slack.botUserId] });
});

const api = async (method: string, args: unknown = {}) => (await call(slack.apiUrl, slack.botToken, method, args)).body;
const form = (method: string, args: Record<string, string> = {}) =>
  callForm(slack.apiUrl, slack.botToken, method, args);
const plain = (text: string) => ({ type: 'plain_text', text });
const post = (args: object) => api('chat.postMessage', { channel, text: 'hello', ...args });

describe('who calls', () => {
  test('a token is needed, must be known, and must have the scope', async () => {
    expect((await callForm(slack.apiUrl, null, 'auth.test')).error).toBe('not_authed');
    expect((await callForm(slack.apiUrl, 'xoxb-wrong', 'auth.test')).error).toBe('invalid_auth');
    expect(await callForm(slack.apiUrl, null, 'auth.test', { token: slack.botToken })).toMatchObject({
      ok: true,
      team_id: slack.team.id,
    });
    expect(await form('conversations.history', { channel })).toMatchObject({
      ok: false,
      error: 'missing_scope',
      needed: 'channels:history',
      provided: slack.scopes.join(','),
    });
    expect((await form('no.such')).error).toBe('unknown_method');
    const { headers } = await call(slack.apiUrl, slack.botToken, 'auth.test');
    expect(headers.get('x-oauth-scopes')).toBe(slack.scopes.join(','));
  });

  test('a token inside JSON does not count, and reading methods do not read JSON', async () => {
    const inBody = await fetch(`${slack.apiUrl}auth.test`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ token: slack.botToken }),
    });
    expect(await inBody.json()).toMatchObject({ error: 'not_authed' });
    expect((await api('users.info', { user: slack.users.ann })).error).toBe('invalid_arguments');
    expect((await form('users.info', { user: slack.users.ann })).user).toMatchObject({ name: 'ann', is_admin: true });
  });

  test('workspaces know nothing of each other', async () => {
    const other = slack.addWorkspace({ name: 'Other', domain: 'other' });
    await other.invite('sales');
    expect((await call(slack.apiUrl, other.botToken, 'chat.postMessage', { channel, text: 'x' })).body.error).toBe(
      'channel_not_found',
    );
    expect(
      (await call(slack.apiUrl, other.botToken, 'chat.postMessage', { channel: other.channels.sales, text: 'x' })).body
        .ok,
    ).toBe(true);
    expect(slack.messages('sales')).toEqual([]);
    expect(other.messages('sales').map((message) => message.text)).toEqual(['x']);
    expect(other.posts()).toHaveLength(1);
  });

  test('the app is added by OAuth: one code, once, with the right secret', async () => {
    const query = new URLSearchParams({
      client_id: slack.clientId,
      redirect_uri: 'http://127.0.0.1:9/back',
      state: 'abc',
      scope: slack.scopes.join(','),
      allow: slack.team.id,
    });
    const back = await fetch(`${slack.authorizeUrl}?${query}`, { redirect: 'manual' });
    const url = new URL(back.headers.get('location')!);
    expect(url.searchParams.get('state')).toBe('abc');
    const args = { client_id: slack.clientId, client_secret: slack.clientSecret, code: url.searchParams.get('code')! };
    expect((await callForm(slack.apiUrl, null, 'oauth.v2.access', { ...args, client_secret: 'no' })).error).toBe(
      'bad_client_secret',
    );
    const granted = await callForm(slack.apiUrl, null, 'oauth.v2.access', args);
    expect(granted).toMatchObject({ ok: true, access_token: slack.botToken, team: { id: slack.team.id } });
    expect((await callForm(slack.apiUrl, null, 'oauth.v2.access', args)).error).toBe('invalid_code');
  });
});

describe('messages', () => {
  test('what stands in the way of a post', async () => {
    expect((await api('chat.postMessage', { channel: slack.channels.deals, text: 'x' })).error).toBe(
      'channel_not_found',
    );
    expect((await api('chat.postMessage', { channel: slack.channels.demos, text: 'x' })).error).toBe('not_in_channel');
    expect((await post({ text: '' })).error).toBe('no_text');
    expect((await post({ blocks: 'nonsense' })).error).toBe('invalid_blocks_format');
    expect((await post({ metadata: { event_type: 'x' } })).error).toBe('invalid_metadata_schema');
    expect((await post({ thread_ts: '1.2' })).error).toBe('message_not_found');
    const long = { type: 'section', text: plain('x'.repeat(3000)) };
    expect((await post({ blocks: [long, long, long, long, long] })).error).toBe('msg_blocks_too_long');
    await slack.archive(channel);
    expect((await post({})).error).toBe('is_archived');
    expect((await api('chat.postMessage', { text: 'x' })).response_metadata.messages).toEqual([
      '[ERROR] missing required field: channel',
    ]);
  });

  test('a form body with nested JSON says the same as JSON', async () => {
    const blocks = [{ type: 'section', text: plain('hi') }];
    await form('chat.postMessage', { channel, text: 'form', blocks: JSON.stringify(blocks), unfurl_links: 'false' });
    expect(slack.messages(channel)[0]).toMatchObject({ text: 'form', blocks, unfurlLinks: false });
    expect(slack.posts(channel)[0]).toMatchObject({
      token: slack.botToken,
      args: { blocks, unfurl_links: false },
      accepted: true,
    });
  });

  test('threads, broadcasts, edits and deletions', async () => {
    const { ts } = await post({});
    const reply = await post({ text: 'reply', thread_ts: ts, reply_broadcast: true });
    const deeper = await post({ text: 'deeper', thread_ts: reply.ts });
    expect(deeper.message.thread_ts).toBe(ts);
    expect(
      slack.messages(channel).map(({ text, threadTs, replyBroadcast }) => [text, threadTs, replyBroadcast]),
    ).toEqual([
      ['hello', undefined, undefined],
      ['reply', ts, true],
      ['deeper', ts, undefined],
    ]);
    const blocks = [{ type: 'section', text: plain('hi') }];
    expect((await api('chat.update', { channel, ts, text: 'new', blocks })).ok).toBe(true);
    expect(slack.messages(channel)[0]).toMatchObject({ text: 'new', edited: true, blocks });
    await api('chat.update', { channel, ts, text: 'bare' });
    expect(slack.messages(channel)[0]!.blocks).toBeUndefined();
    expect((await api('chat.update', { channel, ts, text: 'x'.repeat(4001) })).error).toBe('msg_too_long');
    expect((await api('chat.update', { channel, ts: '1.2', text: 'x' })).error).toBe('message_not_found');
    await slack.as('ann').say(channel, 'mine');
    const mine = slack.messages(channel).at(-1)!;
    expect((await api('chat.update', { channel, ts: mine.ts, text: 'x' })).error).toBe('cant_update_message');
    expect((await api('chat.delete', { channel, ts: mine.ts })).error).toBe('cant_delete_message');
    expect((await form('chat.getPermalink', { channel, message_ts: reply.ts })).permalink).toBe(
      `${slack.url}/archives/${channel}/p${reply.ts.replace('.', '')}?thread_ts=${ts}&cid=${channel}`,
    );
    expect((await api('chat.delete', { channel, ts })).ok).toBe(true);
    expect((await api('chat.delete', { channel, ts })).error).toBe('message_not_found');
    expect(slack.messages(channel).map((message) => message.text)).toEqual(['reply', 'deeper', 'mine']);
  });

  test('a person as the channel means a direct message; ephemerals reach one person who is there', async () => {
    const answer = await api('chat.postMessage', { channel: slack.users.cy, text: 'psst' });
    expect(answer.channel).toMatch(/^D/);
    expect(
      slack
        .as('cy')
        .dm()
        .map((message) => message.text),
    ).toEqual(['psst']);
    expect((await api('chat.postEphemeral', { channel, user: slack.users.ann, text: 'only you' })).ok).toBe(true);
    expect(slack.ephemerals('ann', channel).map((message) => message.text)).toEqual(['only you']);
    expect((await api('chat.postEphemeral', { channel, user: slack.users.cy, text: 'x' })).error).toBe(
      'user_not_in_channel',
    );
  });

  test('history and replies page back, with metadata on request', async () => {
    const scopes = slack.scopes;
    slack.scopes = [...scopes, 'channels:history'];
    const metadata = { event_type: 'card', event_payload: { id: '1' } };
    const first = await post({ metadata });
    for (let i = 0; i < 4; i++) await post({ text: `m${i}` });
    await post({ text: 'reply', thread_ts: first.ts });
    const page = await form('conversations.history', { channel, limit: '3' });
    expect(page.messages.map((message: { text: string }) => message.text)).toEqual(['m3', 'm2', 'm1']);
    expect(page.has_more).toBe(true);
    const rest = await form('conversations.history', {
      channel,
      limit: '3',
      cursor: page.response_metadata.next_cursor,
      include_all_metadata: 'true',
    });
    expect(rest.messages.map((message: { text: string }) => message.text)).toEqual(['m0', 'hello']);
    expect(rest.messages[1].metadata).toEqual(metadata);
    const since = await form('conversations.history', { channel, oldest: first.ts, inclusive: 'true' });
    expect(since.messages).toHaveLength(5);
    expect(since.messages[4].metadata).toBeUndefined();
    const thread = await form('conversations.replies', { channel, ts: first.ts });
    expect(thread.messages.map((message: { text: string }) => message.text)).toEqual(['hello', 'reply']);
    slack.scopes = scopes;
  });

  test('one message a second in each channel, when that is switched on', async () => {
    slack.limits = { onePerSecondPerChannel: true, burst: 2 };
    const answers = [];
    for (let i = 0; i < 3; i++)
      answers.push(await call(slack.apiUrl, slack.botToken, 'chat.postMessage', { channel, text: `${i}` }));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 429]);
    expect(answers[2]!.headers.get('retry-after')).toBe('1');
    expect(
      (await call(slack.apiUrl, slack.botToken, 'chat.postMessage', { channel: slack.users.bo, text: 'x' })).status,
    ).toBe(200);
    expect(slack.ledger.filter((each) => each.args.channel === channel && each.status === 429)).toHaveLength(1);
    slack.limits = { onePerSecondPerChannel: false, burst: 3 };
  });
});

describe('channels and people', () => {
  test('info, list, members, join and the app’s own channels', async () => {
    const info = await form('conversations.info', { channel, include_num_members: 'true' });
    expect(info.channel).toMatchObject({ id: channel, is_member: true, is_private: false, num_members: 3 });
    expect((await form('conversations.info', { channel: slack.channels.deals })).error).toBe('channel_not_found');
    const joined = await api('conversations.join', { channel: slack.channels.demos });
    expect(joined.channel.is_member).toBe(true);
    expect((await form('conversations.members', { channel: slack.channels.demos })).members).toContain(slack.botUserId);
    const first = await form('conversations.list', { limit: '1', types: 'public_channel,private_channel' });
    const second = await form('conversations.list', { limit: '999', cursor: first.response_metadata.next_cursor });
    const names = [...first.channels, ...second.channels].map((each: { name: string }) => each.name);
    expect(names).toEqual(expect.arrayContaining(['general', 'sales', 'demos']));
    expect(names).not.toContain('deals');
    const own = await form('users.conversations');
    expect(own.channels.map((each: { name: string }) => each.name)).not.toContain('general');
    await slack.kick('demos');
  });

  test('info says who else is in a channel: another company, one that is invited, other workspaces of the organization', async () => {
    const flags = async (set: object) => {
      const id = slack.addChannel({ name: 'with-others', ...set });
      const { is_shared, is_ext_shared, is_pending_ext_shared, is_org_shared } = (
        await form('conversations.info', { channel: id })
      ).channel;
      return [is_shared, is_ext_shared, is_pending_ext_shared, is_org_shared];
    };
    expect(await flags({})).toEqual([false, false, false, false]);
    expect(await flags({ isExtShared: true })).toEqual([true, true, false, false]);
    expect(await flags({ isPendingExtShared: true })).toEqual([false, false, true, false]);
    expect(await flags({ isOrgShared: true })).toEqual([true, false, false, true]);
    const later = slack.addChannel({ name: 'shared-later' });
    slack.share(later);
    expect((await form('conversations.info', { channel: later })).channel.is_ext_shared).toBe(true);
  });

  test('e-mail addresses and direct messages need their own scopes', async () => {
    expect((await form('users.lookupByEmail', { email: 'ann@acme.example' })).needed).toBe('users:read.email');
    expect((await form('users.info', { user: slack.users.ann })).user.profile.email).toBeUndefined();
    expect((await api('conversations.open', { users: slack.users.ann })).error).toBe('missing_scope');
    const scopes = slack.scopes;
    slack.scopes = [...scopes, 'users:read.email', 'im:write'];
    expect((await form('users.lookupByEmail', { email: 'Ann@acme.example' })).user.id).toBe(slack.users.ann);
    expect((await form('users.lookupByEmail', { email: 'no@acme.example' })).error).toBe('users_not_found');
    expect((await form('users.lookupByEmail')).error).toBe('invalid_arguments');
    // A reading method: JSON is as good as nothing.
    expect((await api('users.lookupByEmail', { email: 'ann@acme.example' })).error).toBe('invalid_arguments');
    const far = slack.addUser({ name: 'far', email: 'far@else.example', teamId: 'T0ELSE', isEmailConfirmed: false });
    expect((await form('users.lookupByEmail', { email: 'far@else.example' })).user).toMatchObject({
      id: far.id,
      team_id: 'T0ELSE',
      is_stranger: true,
      is_email_confirmed: false,
    });
    expect((await api('conversations.open', { users: slack.users.ann })).channel.id).toMatch(/^D/);
    slack.scopes = scopes;
  });
});

describe('Block Kit', () => {
  const limits = JSON.parse(readFileSync(new URL('../fixtures/slack/limits.json', import.meta.url), 'utf8'));
  const x = (n: number) => 'x'.repeat(n);
  const option = (n: number, size = 1) => ({ text: plain(x(size)), value: `${n}` });
  const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
  const actions = (...elements: object[]) => ({ type: 'actions', elements });
  const button = (more: object) => ({ type: 'button', text: plain('b'), ...more });

  test.each<[string, number, (n: number) => object]>([
    ['section text', limits.section.text.max_length, (n) => ({ type: 'section', text: plain(x(n)) })],
    [
      'section fields',
      limits.section.fields.max_items,
      (n) => ({ type: 'section', fields: many(n, () => plain('f')) }),
    ],
    ['field text', limits.section.fields.item_max_length, (n) => ({ type: 'section', fields: [plain(x(n))] })],
    ['header', limits.header.text.max_length, (n) => ({ type: 'header', text: plain(x(n)) })],
    ['context', limits.context.elements.max_items, (n) => ({ type: 'context', elements: many(n, () => plain('c')) })],
    ['actions', limits.actions.elements.max_items, (n) => actions(...many(n, () => button({})))],
    ['button text', limits.button.text.max_length, (n) => actions(button({ text: plain(x(n)) }))],
    ['button value', limits.button.value.max_length, (n) => actions(button({ value: x(n) }))],
    [
      'button label',
      limits.button.accessibility_label.max_length,
      (n) => actions(button({ accessibility_label: x(n) })),
    ],
    ['action_id', limits.action_id.max_length, (n) => actions(button({ action_id: x(n) }))],
    ['block_id', limits.block_id.max_length, (n) => ({ type: 'divider', block_id: x(n) })],
    [
      'confirm title',
      limits.confirmation.title.max_length,
      (n) =>
        actions(button({ confirm: { title: plain(x(n)), text: plain('t'), confirm: plain('y'), deny: plain('n') } })),
    ],
    [
      'confirm button',
      limits.confirmation.deny.max_length,
      (n) =>
        actions(button({ confirm: { title: plain('t'), text: plain('t'), confirm: plain('y'), deny: plain(x(n)) } })),
    ],
    [
      'select options',
      limits.select.options.max_items,
      (n) => actions({ type: 'static_select', options: many(n, (i) => option(i)) }),
    ],
    ['option text', limits.option.text.max_length, (n) => actions({ type: 'static_select', options: [option(1, n)] })],
    [
      'option value',
      limits.option.value.max_length,
      (n) => actions({ type: 'static_select', options: [{ text: plain('o'), value: x(n) }] }),
    ],
    [
      'overflow',
      limits.overflow.options.max_items,
      (n) => actions({ type: 'overflow', options: many(n, (i) => option(i)) }),
    ],
    [
      'checkboxes',
      limits.checkboxes.options.max_items,
      (n) => actions({ type: 'checkboxes', options: many(n, (i) => option(i)) }),
    ],
    [
      'input label',
      limits.input.label.max_length,
      (n) => ({ type: 'input', label: plain(x(n)), element: { type: 'plain_text_input' } }),
    ],
    [
      'image alt',
      limits.image.alt_text.max_length,
      (n) => ({ type: 'image', image_url: 'https://x.test/i.png', alt_text: x(n) }),
    ],
    ['markdown', limits.markdown.text.max_length, (n) => ({ type: 'markdown', text: x(n) })],
  ])('%s: %i is the most', (_name, max, make) => {
    expect(messageProblems([make(max)])).toEqual([]);
    expect(messageProblems([make(max + 1)])).toHaveLength(1);
  });

  test.each<[string, number, (n: number) => object]>([
    ['title', limits.view.title.max_length, (n) => ({ title: plain(x(n)) })],
    ['close', limits.view.close.max_length, (n) => ({ close: plain(x(n)) })],
    ['private_metadata', limits.view.private_metadata.max_length, (n) => ({ private_metadata: x(n) })],
    ['callback_id', limits.view.callback_id.max_length, (n) => ({ callback_id: x(n) })],
    ['blocks', limits.view.blocks.max_items, (n) => ({ blocks: many(n, () => ({ type: 'divider' })) })],
  ])('a view’s %s: %i is the most', (_name, max, make) => {
    const view = (n: number) => ({ type: 'modal', title: plain('t'), blocks: [{ type: 'divider' }], ...make(n) });
    expect(viewProblems(view(max), 'modal')).toEqual([]);
    expect(viewProblems(view(max + 1), 'modal')).toHaveLength(1);
  });

  test.each<[string, unknown[], string]>([
    ['an unknown block', [{ type: 'nope' }], 'unsupported type: nope [json-pointer:/blocks/0/type]'],
    ['51 blocks', many(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
    ['a missing key', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'an unknown key',
      [{ type: 'divider', color: 'red' }],
      'invalid additional property: color [json-pointer:/blocks/0]',
    ],
    [
      'an empty text',
      [{ type: 'section', text: plain('') }],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'mrkdwn in a header',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      'the same block_id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id a already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'the same action_id twice',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      'action_id a already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a bad style',
      [actions(button({ style: 'green' }))],
      'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a bad address',
      [actions(button({ url: 'javascript:alert(1)' }))],
      'does not have the required format [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      'an alert outside a modal',
      [{ type: 'alert', text: plain('x') }],
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
    [
      'a strange initial option',
      [actions({ type: 'static_select', options: [option(1)], initial_option: option(2) })],
      'initial option must match one of the provided options [json-pointer:/blocks/0/elements/0]',
    ],
    ['no object', [null], 'must provide an object [json-pointer:/blocks/0]'],
  ])('%s is refused by name and place', async (_name, blocks, complaint) => {
    expect(messageProblems(blocks)).toEqual([`[ERROR] ${complaint}`]);
    expect(await post({ blocks })).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: { messages: [`[ERROR] ${complaint}`] },
    });
  });

  test('the same action_id in two blocks is fine', () => {
    expect(messageProblems([actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))])).toEqual([]);
  });

  test('a view can be too large as a whole', async () => {
    const blocks = many(100, () => ({ type: 'section', text: plain(x(2600)) }));
    expect((await api('views.publish', { user_id: slack.users.ann, view: { type: 'home', blocks } })).error).toBe(
      'view_too_large',
    );
  });
});

test('without the ledger, calls are still counted', async () => {
  slack.keepLedger = false;
  const before = { calls: slack.ledger.length, counted: slack.counts.get('chat.postMessage')!.accepted };
  await post({});
  expect(slack.ledger.length).toBe(before.calls);
  expect(slack.counts.get('chat.postMessage')!.accepted).toBe(before.counted + 1);
  slack.keepLedger = true;
});
