// The sandbox Slack as people use it: commands, buttons, modals, Home and events, against a small app that checks signatures.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/server.ts';
import type { View } from '../../sandbox/slack/types.ts';
import { call, startTinyApp } from './slack-app.ts';

let slack: SlackSandbox;
let app: Awaited<ReturnType<typeof startTinyApp>>;

beforeEach(async () => {
  slack = await startSlack();
  app = await startTinyApp(slack.signingSecret);
  slack.setAppUrl(app.url);
  slack.settleMs = 0;
});
afterEach(async () => {
  await slack.stop();
  await app.stop();
});

const plain = (text: string) => ({ type: 'plain_text', text });
const api = (method: string, args: unknown) => call(slack.apiUrl, slack.botToken, method, args);
const respond = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const modal = (more = {}) => ({
  type: 'modal',
  callback_id: 'connect',
  title: plain('Connect'),
  submit: plain('Connect'),
  blocks: [
    {
      type: 'input',
      block_id: 'token',
      label: plain('Token'),
      element: { type: 'plain_text_input', action_id: 'value' },
    },
    {
      type: 'input',
      block_id: 'kinds',
      optional: true,
      label: plain('Kinds'),
      element: {
        type: 'checkboxes',
        action_id: 'kinds',
        options: ['booked', 'canceled'].map((value) => ({ text: plain(value), value })),
        initial_options: [{ text: plain('booked'), value: 'booked' }],
      },
    },
    {
      type: 'input',
      block_id: 'types',
      optional: true,
      label: plain('Event types'),
      element: { type: 'multi_external_select', action_id: 'event_types', min_query_length: 0 },
    },
  ],
  ...more,
});

/** Runs the command and lets the app open this view for it. */
async function opened(view: unknown = modal()): Promise<View> {
  app.state.answer = async ({ body }) => {
    if (body.command) await api('views.open', { trigger_id: body.trigger_id, view });
    return undefined;
  };
  await slack.as('ann').command(slack.channels.sales, 'connect');
  return slack.as('ann').modal()!;
}

test('a command arrives as Slack sends it, and its answer is seen by one person', async () => {
  app.state.answer = () => ({ body: { text: 'Hello Ann' } });
  const ack = await slack
    .as('ann')
    .command(slack.channels.sales, 'subscribe @bo to #sales at https://x.test/a?b=1&c=2');
  expect(ack).toMatchObject({ status: 200, timedOut: false });
  expect(ack.ephemerals.map((message) => message.text)).toEqual(['Hello Ann']);
  expect(slack.messages('sales')).toEqual([]);
  expect(slack.messages('sales', { as: 'ann' })).toHaveLength(1);
  expect(slack.messages('sales', { as: 'bo' })).toEqual([]);
  const { body, headers } = app.received[0]!;
  expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(body).toMatchObject({
    command: '/calendly',
    text: `subscribe <@${slack.users.bo}|bo> to <#${slack.channels.sales}|sales> at <https://x.test/a?b=1&amp;c=2>`,
    team_id: slack.team.id,
    channel_id: slack.channels.sales,
    channel_name: 'sales',
    user_id: slack.users.ann,
    api_app_id: slack.appId,
    is_enterprise_install: 'false',
  });
  expect(body.response_url).toContain(slack.url);
});

test('a user group is mentioned by its id, and what nobody is called stays as typed', async () => {
  const id = slack.addGroup('sales-team', ['ann', 'bo']);
  await slack.as('ann').command(slack.channels.sales, 'subscribe --mention @Sales-Team or @nobody');
  expect(app.received.map(({ body }) => body.text)).toEqual([
    `subscribe --mention <!subteam^${id}|@sales-team> or @nobody`,
  ]);
});

test('private channels are mentioned without their name, and only by those inside', async () => {
  await slack.as('ann').command(slack.channels.sales, 'subscribe #deals');
  await slack.as('cy').command(slack.channels.sales, 'subscribe #deals');
  expect(app.received.map(({ body }) => body.text)).toEqual([
    `subscribe <#${slack.channels.deals}|>`,
    'subscribe #deals',
  ]);
});

test('an app that is silent, broken or absent is told to the person', async () => {
  slack.ackTimeoutMs = 150;
  const ann = slack.as('ann');
  app.state.answer = () => ({ hang: true });
  expect(await ann.command(slack.channels.sales, 'help')).toMatchObject({ timedOut: true, status: 0 });
  expect(ann.notice()).toBe('/calendly failed with the error "operation_timeout"');
  app.state.answer = () => ({ status: 500 });
  expect(await ann.command(slack.channels.sales, 'help')).toMatchObject({ status: 500, timedOut: false });
  expect(ann.notice()).toContain('http_service_error');
  slack.setAppUrl(null);
  expect(await ann.command(slack.channels.sales, 'help')).toMatchObject({ status: 0, timedOut: false });
  expect(ann.notice()).toContain('dispatch_failed');
});

test('nobody types where they are not', async () => {
  await expect(slack.as('gil').command(slack.channels.sales, 'help')).rejects.toThrow('not_in_channel');
});

test('a response_url serves five times within half an hour, ephemerally unless told otherwise', async () => {
  await slack.as('ann').command(slack.channels.sales, 'help');
  const url = app.received[0]!.body.response_url;
  expect((await respond(url, { text: 'one' })).status).toBe(200);
  expect((await respond(url, { text: 'two', response_type: 'in_channel' })).status).toBe(200);
  expect(slack.ephemerals('ann').map((message) => message.text)).toEqual(['one']);
  expect(slack.messages('sales').map((message) => message.text)).toEqual(['two']);
  for (let i = 0; i < 3; i++) expect((await respond(url, { text: 'more' })).status).toBe(200);
  const sixth = await respond(url, { text: 'too many' });
  expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);

  await slack.as('ann').command(slack.channels.sales, 'help');
  slack.age(31 * 60_000);
  const late = await respond(app.received[1]!.body.response_url, { text: 'late' });
  expect([late.status, await late.json()]).toEqual([404, { ok: false, error: 'expired_url' }]);
  expect(slack.ledger.filter((each) => each.method === 'response_url')).toHaveLength(7);
});

test('a button sends the message it stands on; its response_url replaces or removes that message', async () => {
  await slack.invite('sales');
  const button = { type: 'button', action_id: 'undo', text: plain('Undo'), value: 'x1' };
  const posted = await api('chat.postMessage', {
    channel: slack.channels.sales,
    text: 'Subscribed',
    blocks: [{ type: 'actions', block_id: 'a', elements: [button] }],
  });
  const message = slack.messages('sales')[0]!;
  expect(posted.body).toMatchObject({ ok: true, ts: message.ts, message: { text: 'Subscribed', bot_id: slack.botId } });
  expect(await slack.as('bo').click(message, 'Undo')).toMatchObject({ status: 200 });
  const { body } = app.received.at(-1)!;
  expect(body).toMatchObject({
    type: 'block_actions',
    user: { id: slack.users.bo, name: 'bo' },
    container: { type: 'message', message_ts: message.ts, channel_id: slack.channels.sales, is_ephemeral: false },
    channel: { id: slack.channels.sales, name: 'sales' },
    message: { ts: message.ts, text: 'Subscribed' },
    actions: [{ type: 'button', action_id: 'undo', block_id: 'a', value: 'x1', text: plain('Undo') }],
  });
  await respond(body.response_url, { replace_original: true, text: 'Undone' });
  expect(slack.messages('sales')).toMatchObject([{ ts: message.ts, text: 'Undone', edited: true }]);
  expect(slack.messages('sales')[0]!.blocks).toBeUndefined();
  await expect(slack.as('bo').click(message, 'Undo')).rejects.toThrow('there is no "Undo" to press');
  expect(await slack.as('bo').click(message, 'undo', { stale: true })).toMatchObject({ status: 200 });
  await respond(body.response_url, { delete_original: true });
  expect(slack.messages('sales')).toEqual([]);
});

test('buttons on an ephemeral message carry no message, and replace it in place', async () => {
  app.state.answer = ({ body }) =>
    body.command
      ? {
          body: {
            text: 'Sure?',
            blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'yes', text: plain('Yes') }] }],
          },
        }
      : undefined;
  const { ephemerals } = await slack.as('ann').command(slack.channels.sales, 'disconnect');
  await slack.as('ann').click(ephemerals[0]!, 'Yes');
  const { body } = app.received.at(-1)!;
  expect(body.container).toMatchObject({ is_ephemeral: true });
  expect(body.message).toBeUndefined();
  await respond(body.response_url, { replace_original: true, text: 'Done' });
  expect(slack.ephemerals('ann').map((message) => message.text)).toEqual(['Done']);
  await respond(body.response_url, { delete_original: true });
  expect(slack.ephemerals('ann')).toEqual([]);
});

test('a trigger id opens one modal, within three seconds', async () => {
  await slack.as('ann').command(slack.channels.sales, 'connect');
  const first = app.received[0]!.body.trigger_id;
  expect((await api('views.open', { trigger_id: first, view: modal() })).body.ok).toBe(true);
  expect((await api('views.open', { trigger_id: first, view: modal() })).body.error).toBe('exchanged_trigger_id');
  await slack.as('ann').command(slack.channels.sales, 'connect');
  slack.age(3_001);
  const late = await api('views.open', { trigger_id: app.received[1]!.body.trigger_id, view: modal() });
  expect(late.body.error).toBe('expired_trigger_id');
  expect((await api('views.open', { trigger_id: 'nonsense', view: modal() })).body.error).toBe('invalid_trigger_id');
});

test('a modal that Slack would refuse is refused with the place of each fault', async () => {
  await slack.as('ann').command(slack.channels.sales, 'connect');
  const { submit: _, ...noSubmit } = modal();
  const refused = await api('views.open', {
    trigger_id: app.received[0]!.body.trigger_id,
    view: { ...noSubmit, title: plain('x'.repeat(25)) },
  });
  expect(refused.body.error).toBe('invalid_arguments');
  expect(refused.body.response_metadata.messages).toEqual([
    '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
    '[ERROR] missing required field: submit [json-pointer:/view]',
  ]);
  expect(slack.as('ann').modal()).toBeNull();
});

test('a submission carries the whole state, external choices included; errors show beside their fields', async () => {
  const view = await opened();
  const ann = slack.as('ann');
  expect((await ann.submit(view, { kinds: ['canceled'] })).errors).toEqual({
    token: 'Please complete this required field.',
  });
  expect(app.received).toHaveLength(1);

  app.state.answer = ({ body }) => {
    if (body.type === 'block_suggestion') return { body: { options: [{ text: plain('Demo call'), value: 'demo' }] } };
    return { body: { response_action: 'errors', errors: { token: 'This token does not work.' } } };
  };
  const ack = await ann.submit(view, { token: 'eyJ', event_types: ['demo'] });
  expect(ack.errors).toEqual({ token: 'This token does not work.' });
  expect(ann.modal()?.errors).toEqual({ token: 'This token does not work.' });
  const { body } = app.received.at(-1)!;
  expect(body).toMatchObject({
    type: 'view_submission',
    view: { id: view.id, callback_id: 'connect', root_view_id: view.id },
  });
  expect(body.view.state.values).toEqual({
    token: { value: { type: 'plain_text_input', value: 'eyJ' } },
    kinds: { kinds: { type: 'checkboxes', selected_options: [{ text: plain('canceled'), value: 'canceled' }] } },
    types: {
      event_types: { type: 'multi_external_select', selected_options: [{ text: plain('Demo call'), value: 'demo' }] },
    },
  });

  app.state.answer = () => undefined;
  await ann.submit(view);
  expect(ann.modal()).toBeNull();
});

test('a submission can update, push and clear; closing tells the app only if it asked', async () => {
  const view = await opened({ ...modal(), notify_on_close: true });
  const ann = slack.as('ann');
  const notice = (text: string) => ({
    type: 'modal',
    title: plain(text),
    blocks: [{ type: 'section', text: plain(text) }],
  });
  app.state.answer = () => ({ body: { response_action: 'push', view: notice('Second') } });
  await ann.submit(view, { token: 'x' });
  expect(ann.modals().map((each) => each.title?.text)).toEqual(['Connect', 'Second']);
  expect(ann.modal()?.previous_view_id).toBe(view.id);
  await ann.close(ann.modal()!);
  app.state.answer = () => ({ body: { response_action: 'update', view: modal({ title: plain('Again') }) } });
  await ann.submit(view);
  expect(ann.modal()).toMatchObject({ id: view.id, title: plain('Again') });
  expect(ann.modal()?.state.values.token?.value).toMatchObject({ value: 'x' });
  app.state.answer = () => ({ body: { response_action: 'update', view: { type: 'modal', blocks: [] } } });
  await ann.submit(view);
  expect(ann.notice()).toBe('We had some trouble connecting. Try again?');
  expect(ann.modal()?.title).toEqual(plain('Again'));
  app.state.answer = () => ({ body: { response_action: 'clear' } });
  await ann.submit(view);
  expect(ann.modal()).toBeNull();

  app.state.answer = () => undefined;
  const second = await opened({ ...modal(), notify_on_close: true });
  await ann.close(second);
  expect(app.received.at(-1)!.body).toMatchObject({ type: 'view_closed', view: { id: second.id }, is_cleared: false });
});

test('views.update keeps what was put in, refuses an old hash and a closed view; three modals are the most', async () => {
  const view = await opened();
  const ann = slack.as('ann');
  await ann.select(view, 'token', 'typed');
  const updated = await api('views.update', {
    view_id: view.id,
    hash: view.hash,
    view: modal({ title: plain('New') }),
  });
  expect(updated.body.view.state.values.token.value.value).toBe('typed');
  const stale = await api('views.update', { view_id: view.id, hash: view.hash, view: modal() });
  expect(stale.body.error).toBe('hash_conflict');

  const withButton = {
    type: 'modal',
    title: plain('T'),
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'more', text: plain('More') }] }],
  };
  await api('views.update', { view_id: view.id, view: withButton });
  const pushed: string[] = [];
  app.state.answer = async ({ body }) => {
    const answer = await api('views.push', { trigger_id: body.trigger_id, view: withButton });
    pushed.push(answer.body.ok ? 'ok' : answer.body.error);
    return undefined;
  };
  for (let i = 0; i < 3; i++) await ann.click(ann.modal()!, 'more');
  expect(pushed).toEqual(['ok', 'ok', 'push_limit_reached']);
  for (let i = 0; i < 3; i++) await ann.close(ann.modal()!);
  expect((await api('views.update', { view_id: view.id, view: withButton })).body.error).toBe('not_found');
});

test('opening Home sends the event, and what the app publishes is shown', async () => {
  const home = { type: 'home', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Welcome' } }] };
  app.state.answer = ({ body }) => {
    void api('views.publish', { user_id: body.event.user, view: home });
    return undefined;
  };
  slack.settleMs = 2_000;
  const shown = await slack.as('bo').openHome();
  expect(shown?.blocks[0]).toMatchObject(home.blocks[0]!);
  expect(app.received[0]!.body).toMatchObject({
    type: 'event_callback',
    team_id: slack.team.id,
    event: { type: 'app_home_opened', tab: 'home' },
  });
  await slack.as('bo').openHome();
  expect(app.received[1]!.body.event.view.id).toBe(shown?.id);
});

test('membership and channel states reach the app as events, only where it is a member', async () => {
  await slack.kick('sales', 'cy');
  expect(app.received).toEqual([]);
  await slack.invite('deals');
  await slack.archive('deals');
  await slack.unarchive('deals');
  await slack.kick('deals');
  const types = app.received.map(({ body }) => body.event.type);
  expect(types).toEqual([
    'member_joined_channel',
    'group_archive',
    'group_unarchive',
    'member_left_channel',
    'group_left',
  ]);
  expect(app.received[3]!.body.event).toMatchObject({ user: slack.botUserId, channel: slack.channels.deals });
  await slack.uninstall();
  expect(app.received.slice(5).map(({ body }) => body.event.type)).toEqual(['tokens_revoked', 'app_uninstalled']);
  expect((await api('auth.test', {})).body.error).toBe('account_inactive');
});

test('an event that is not taken comes again with the reason; the first answer is what event() reports', async () => {
  slack.eventRetryMs = [0, 0];
  app.state.answer = () => ({ status: app.received.length < 3 ? 500 : 200 });
  const ack = await slack.event({ type: 'app_uninstalled' }, { retry: true });
  expect(ack.status).toBe(500);
  await slack.waitFor(() => app.received.length === 3, { what: 'two repetitions' });
  expect(new Set(app.received.map(({ body }) => body.event_id)).size).toBe(1);
  expect(app.received.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2']);
  expect(app.received[2]!.headers['x-slack-retry-reason']).toBe('http_error');
});

test('raw requests go out as written: unsigned, signed wrongly, or old', async () => {
  const body = 'command=%2Fcalendly&text=help';
  expect((await slack.raw({ body, sign: false })).status).toBe(401);
  expect((await slack.raw({ body, secret: 'other' })).status).toBe(401);
  expect((await slack.raw({ body, timestamp: 1_000 })).status).toBe(200);
  expect(app.received[0]!.headers['x-slack-request-timestamp']).toBe('1000');
  expect((await slack.raw(body)).status).toBe(200);
  expect(app.state.badSignatures).toBe(2);
});

test('the page is served with its state, and acts through the same paths', async () => {
  const ui = async (path: string, body: object) =>
    (await fetch(`${slack.url}/ui/${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
  // biome-ignore lint/suspicious/noExplicitAny: a JSON border
  const state = async (user: string): Promise<any> => (await fetch(`${slack.url}/ui/state?user=${user}`)).json();
  const { ann, gil } = slack.users;
  await opened();
  const shown = await state(ann);
  expect(shown).toMatchObject({
    commandName: '/calendly',
    teamName: 'Acme',
    me: { id: ann },
    modals: [{ callback_id: 'connect' }],
    notice: null,
  });
  expect((await state(gil)).channels.map((channel: { name: string }) => channel.name)).not.toContain('sales');
  expect(await ui('submit', { user: gil, view: shown.modals[0].id, values: {} })).toEqual({
    ok: false,
    error: 'view_not_found',
  });
  const values = { token: { value: { type: 'plain_text_input', value: 'abc' } } };
  expect(await ui('submit', { user: ann, view: shown.modals[0].id, values })).toMatchObject({ ok: true, status: 200 });
  expect(app.received.at(-1)!.body.view.state.values.token.value.value).toBe('abc');
  expect(await ui('command', { user: ann, channel: slack.channels.sales, text: 'just words' })).toMatchObject({
    ok: true,
  });
  expect(slack.messages('sales').map((message) => message.text)).toEqual(['just words']);
  expect((await fetch(`${slack.url}/../server.ts`)).status).toBe(404);
  expect((await fetch(`${slack.url}/%2e%2e/server.ts`)).status).toBe(404);
});

test('on the page a press carries what stands in the other inputs, choices come from the app, and the app can be invited', async () => {
  const ui = async (path: string, body: object) =>
    (
      await fetch(`${slack.url}/ui/${path}`, {
        method: 'POST',
        body: JSON.stringify({ user: slack.users.ann, ...body }),
      })
    ).json();
  const button = {
    type: 'actions',
    block_id: 'more',
    elements: [{ type: 'button', action_id: 'more', text: plain('More') }],
  };
  const view = await opened({ ...modal(), blocks: [...modal().blocks, button] });
  const values = { token: { value: { type: 'plain_text_input', value: 'half typed' } } };
  expect(await ui('action', { view: view.id, blockId: 'more', actionId: 'more', values })).toMatchObject({
    ok: true,
    status: 200,
  });
  expect(app.received.at(-1)!.body).toMatchObject({
    type: 'block_actions',
    container: { type: 'view', view_id: view.id },
    view: { id: view.id, state: { values } },
  });
  app.state.answer = () => ({ body: { options: [{ text: plain('Demo call'), value: 'demo' }] } });
  const asked = { view: view.id, blockId: 'types', actionId: 'event_types', value: 'de' };
  expect(await ui('suggest', asked)).toMatchObject({ options: [{ value: 'demo' }] });
  expect(app.received.at(-1)!.body).toMatchObject({ type: 'block_suggestion', value: 'de', block_id: 'types' });
  expect(await ui('action', { view: view.id, blockId: 'none', actionId: 'more' })).toEqual({
    ok: false,
    error: 'element_not_found',
  });
  await ui('command', { channel: slack.channels.deals, text: '/invite @calendly' });
  expect(app.received.at(-1)!.body.event).toMatchObject({
    type: 'member_joined_channel',
    user: slack.botUserId,
    inviter: slack.users.ann,
  });
  expect(await ui('command', { channel: slack.channels.deals, text: '/dance' })).toEqual({
    ok: false,
    error: 'unknown_command',
  });
  expect(slack.as('ann').notice()).toBe('/dance is not a valid command.');
});

test('choices of a select in a message come from the app too, for those who see the message', async () => {
  const { deals } = slack.channels;
  await slack.as('ann').say(deals, '/invite @calendly');
  const element = { type: 'external_select', action_id: 'host', placeholder: plain('Host') };
  const blocks = [{ type: 'actions', block_id: 'pick', elements: [element] }];
  const { body: post } = await call(slack.apiUrl, slack.botToken, 'chat.postMessage', {
    channel: deals,
    text: 'x',
    blocks,
  });
  app.state.answer = () => ({ body: { options: [{ text: plain('Bo'), value: 'bo' }] } });
  const asked = { message: { channel: deals, ts: post.ts }, blockId: 'pick', actionId: 'host', value: 'b' };
  const ask = async (user: string) =>
    (await fetch(`${slack.url}/ui/suggest`, { method: 'POST', body: JSON.stringify({ user, ...asked }) })).json();
  expect(await ask(slack.users.ann)).toMatchObject({ ok: true, options: [{ value: 'bo' }] });
  expect(app.received.at(-1)!.body).toMatchObject({
    type: 'block_suggestion',
    action_id: 'host',
    value: 'b',
    container: { type: 'message', channel_id: deals, message_ts: post.ts },
  });
  expect(await ask(slack.users.gil)).toEqual({ ok: false, error: 'message_not_found' });
});

test('the stream tells the page of a change', async () => {
  const abort = new AbortController();
  const response = await fetch(`${slack.url}/ui/stream?user=${slack.users.ann}`, { signal: abort.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('event: changed');
  await slack.as('ann').say(slack.channels.sales, 'hi');
  expect((await reader.read()).value).toMatch(/^event: changed\ndata: {"rev":\d+}/);
  abort.abort();
});
