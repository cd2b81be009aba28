// The front door itself: who is let in, that everything is answered, and what Slack's own news does.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Where } from '../../src/slack/product.ts';
import { addConnection, openDoor, type Stage } from './fake-product.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openDoor();
});
afterEach(() => stage.stop());

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const asJson = { contentType: 'application/json' };
const calls = (name: string) => stage.product.calls.filter((call) => call.name === name).map((call) => call.args);
const read = (answer: { body: unknown }) => JSON.parse(String(answer.body)) as Record<string, unknown>;
const now = () => Math.floor(Date.now() / 1000);

const helpCommand = (more: Record<string, string> = {}) =>
  form({
    team_id: stage.slack.team.id,
    user_id: stage.slack.users.ann,
    channel_id: stage.slack.channels.sales,
    command: '/calendly',
    text: 'help',
    trigger_id: '1.2.3',
    response_url: `${stage.slack.url}/commands/x`,
    ...more,
  });
const interaction = (payload: Record<string, unknown>) =>
  form({
    payload: JSON.stringify({
      user: { id: stage.slack.users.ann, team_id: stage.slack.team.id },
      team: { id: stage.slack.team.id },
      ...payload,
    }),
  });

describe('who is let in', () => {
  test('a rightly signed request, up to five minutes old or early', async () => {
    for (const timestamp of [now(), now() - 290, now() + 290]) {
      const { status, body } = await stage.slack.raw({ body: helpCommand(), timestamp });
      expect({ timestamp, status }).toEqual({ timestamp, status: 200 });
      expect(JSON.stringify(body)).toContain('This is what I understand');
    }
  });

  test('every other gets the same 401', async () => {
    const answers = await Promise.all([
      stage.slack.raw({ body: helpCommand(), sign: false }),
      stage.slack.raw({ body: helpCommand(), secret: 'another secret' }),
      stage.slack.raw({ body: helpCommand(), timestamp: now() - 310 }),
      stage.slack.raw({ body: helpCommand(), timestamp: now() + 310 }),
      stage.slack.raw({ body: helpCommand() }, { 'x-slack-signature': 'v0=' }),
      stage.slack.raw({ body: helpCommand() }, { 'x-slack-signature': `v1=${'0'.repeat(64)}` }),
      stage.slack.raw({ body: helpCommand() }, { 'x-slack-request-timestamp': 'NaN' }),
      stage.slack.raw({ body: helpCommand() }, { 'x-slack-request-timestamp': '' }),
      // Once the body was changed, the signature is another's.
      stage.slack.raw({ body: form({ ssl_check: '1', payload: '{"type":"block_actions"}' }), sign: false }),
      stage.slack.raw({ body: form({ ssl_check: '1', command: '/calendly', text: 'help' }), sign: false }),
    ]);
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, body }))).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect(calls('installationOf')).toEqual([]);
  });

  test('Slack’s certificate check comes unsigned and runs nothing, signed or not', async () => {
    expect((await stage.slack.raw({ body: 'ssl_check=1&token=x', sign: false })).status).toBe(200);
    expect((await stage.slack.raw({ body: helpCommand({ ssl_check: '1' }) })).status).toBe(200);
    expect(calls('installationOf')).toEqual([]);
  });

  test('the address check is answered when signed', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(read(await stage.slack.raw({ body, ...asJson }))).toEqual({ challenge: 'abc' });
    expect((await stage.slack.raw({ body, ...asJson, sign: false })).status).toBe(401);
  });

  test('a charset behind the media type does no harm; another media type is 415', async () => {
    expect(
      (await stage.slack.raw({ body: helpCommand(), contentType: 'application/x-www-form-urlencoded; charset=utf-8' }))
        .status,
    ).toBe(200);
    expect((await stage.slack.raw({ body: '{}', contentType: 'text/plain' })).status).toBe(415);
    expect((await stage.slack.raw({ body: '{}', contentType: '' })).status).toBe(415);
  });
});

describe('everything is answered', () => {
  test.each([
    'null',
    '[]',
    '1',
    '"x"',
    '',
    '{',
    '{"event":null}',
    '{"event":{"type":1}}',
    '{"type":"view_submission"}',
    '{"command":{}}',
  ])('malformed JSON %s: 400', async (body) => {
    expect((await stage.slack.raw({ body, ...asJson })).status).toBe(400);
  });
  test.each(['payload=null', 'payload=', 'payload={', 'payload=1&payload=2', 'payload={"type":"block_actions"}'])(
    'malformed form %s: 400',
    async (body) => {
      expect((await stage.slack.raw({ body })).status).toBe(400);
    },
  );
  test.each(['{}', '{"type":"app_rate_limited","team_id":"T1"}', '{"type":"something_new","user":{"id":"U1"}}'])(
    'what nobody knows yet, %s, is taken and dropped',
    async (body) => {
      expect((await stage.slack.raw({ body, ...asJson })).status).toBe(200);
    },
  );

  test('any signed JSON is answered at once, and the app lives on', async () => {
    const words = fc.constantFrom(
      'type',
      'event',
      'command',
      'user',
      'team',
      'view',
      'actions',
      'channel',
      'item',
      'name',
      'callback_id',
      'action_id',
      'authorizations',
      '__proto__',
    );
    const values = fc.oneof(
      fc.constantFrom(
        'block_actions',
        'view_submission',
        'view_closed',
        'shortcut',
        'message_action',
        'block_suggestion',
        'event_callback',
        'U1',
        'T1',
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const bodies = fc.oneof(fc.jsonValue(), fc.dictionary(words, fc.oneof(values, fc.dictionary(words, values))));
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { status } = await stage.slack.raw({ body: JSON.stringify(body), ...asJson });
        expect([200, 400, 500]).toContain(status);
      }),
      { numRuns: 150 },
    );
    expect((await stage.slack.raw({ body: helpCommand() })).status).toBe(200);
  });

  test('a press on a button nobody knows is answered in words; a link button only heard', async () => {
    const ann = stage.slack.as('ann');
    const { ephemerals } = await ann.command(stage.slack.channels.sales, '');
    const message = structuredClone(ephemerals[0]!);
    message.blocks = [
      {
        type: 'actions',
        block_id: 'b',
        elements: [
          { type: 'button', action_id: 'of_old', text: { type: 'plain_text', text: 'Old' }, value: 'x' },
          { type: 'button', action_id: 'join', text: { type: 'plain_text', text: 'Join' }, url: 'https://zoom.us/j/1' },
        ],
      },
    ] as never;
    expect((await ann.click(message, 'Join', { stale: true })).status).toBe(200);
    expect((await ann.click(message, 'Old', { stale: true })).status).toBe(200);
    // Stopping waits for both.
    await stage.door.stop();
    expect(stage.slack.ephemerals('ann').filter((each) => each.text.includes('earlier version'))).toHaveLength(1);
  });

  test('a window, a shortcut, a search and a closing nobody knows', async () => {
    const view = { id: 'V1', type: 'modal', callback_id: 'of_old', state: { values: {} }, private_metadata: '' };
    const submitted = await stage.slack.raw(interaction({ type: 'view_submission', view }));
    expect(read(submitted)).toMatchObject({ response_action: 'update' });
    expect(submitted.body).toContain('earlier version');
    expect((await stage.slack.raw(interaction({ type: 'view_closed', view }))).status).toBe(200);
    const search = interaction({ type: 'block_suggestion', action_id: 'of_old', block_id: 'b', value: '', view });
    expect(read(await stage.slack.raw({ body: search }))).toEqual({ options: [] });
    expect(
      (await stage.slack.raw(interaction({ type: 'shortcut', callback_id: 'of_old', trigger_id: '1.2' }))).status,
    ).toBe(200);
    await stage.slack.waitFor(() =>
      stage.slack
        .as('ann')
        .dm()
        .find((message) => message.text.includes('earlier version')),
    );
  });

  test('metadata that was tampered with is sorry, not silence', async () => {
    const view = {
      id: 'V1',
      type: 'modal',
      callback_id: 'subscribe',
      state: { values: {} },
      private_metadata: '{"channel":7}',
    };
    const { status, body } = await stage.slack.raw(interaction({ type: 'view_submission', view }));
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('Sorry');
  });

  test('a workspace without the app is told so', async () => {
    stage.product.workspaces.clear();
    const { ephemerals } = await stage.slack.as('ann').command(stage.slack.channels.sales, 'help');
    expect(ephemerals[0]?.text).toContain('not installed');
  });

  test('when the workspace cannot be read, the person hears sorry with a reference', async () => {
    stage.product.override.installationOf = () => {
      throw new Error('database is gone');
    };
    const { ephemerals } = await stage.slack.as('ann').command(stage.slack.channels.sales, 'help');
    expect(ephemerals[0]?.text).toContain('reference');
    expect(ephemerals[0]?.text).not.toContain('database');
  });

  test('when the trigger is used up, it says to try again', async () => {
    stage.slack.faults.add({ method: 'views.open', kind: 'error', error: 'expired_trigger_id' });
    const { ephemerals } = await stage.slack.as('ann').command(stage.slack.channels.sales, 'connect');
    expect(ephemerals[0]?.text).toContain('try again');
  });

  test('a page of HTML from Slack is an outage in words', async () => {
    stage.slack.faults.add({ method: 'views.open', kind: 'html200' });
    const { ephemerals } = await stage.slack.as('ann').command(stage.slack.channels.sales, 'connect');
    expect(ephemerals[0]?.text).toBe('Slack did not answer me just now. Please try again in a minute.');
  });

  test('a response_url elsewhere is never called', async () => {
    let called = 0;
    const elsewhere = createServer((_req, res) => {
      called++;
      res.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const response_url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    try {
      await stage.slack.raw(
        interaction({
          type: 'block_actions',
          response_url,
          trigger_id: '1.2',
          channel: { id: stage.slack.channels.sales },
          actions: [{ type: 'button', action_id: 'of_old', block_id: 'b' }],
        }),
      );
      await stage.slack.waitFor(() => stage.product.logged.some((line) => line.includes('outside of Slack')));
      expect(called).toBe(0);
    } finally {
      await new Promise((resolve) => elsewhere.close(resolve));
    }
  });
});

describe('two workspaces', () => {
  test('each is called with its own token only', async () => {
    const other = stage.slack.addWorkspace({ name: 'Other' });
    stage.product.workspaces.set(other.team.id, {
      id: 'installation-2',
      botUserId: other.botUserId,
      botToken: other.botToken,
    });
    await stage.slack.as('ann').command(stage.slack.channels.sales, 'connect');
    await other.as('ann').command(other.channels.sales, 'connect');
    await stage.slack.as('bo').command(stage.slack.channels.sales, 'connect');
    const opened = stage.slack.ledger.filter((call) => call.method === 'views.open');
    expect(opened.map((call) => call.token)).toEqual([stage.slack.botToken, other.botToken, stage.slack.botToken]);
    expect(opened.every((call) => call.accepted)).toBe(true);
  });

  test('a new token is used as soon as it is known', async () => {
    const known = stage.product.workspaces.get(stage.slack.team.id)!;
    await stage.slack.as('ann').command(stage.slack.channels.sales, 'connect');
    stage.product.workspaces.set(stage.slack.team.id, { ...known, botToken: 'xoxb-new' });
    await stage.slack.as('ann').command(stage.slack.channels.sales, 'connect');
    const opened = stage.slack.ledger.filter((call) => call.method === 'views.open');
    expect(opened.map((call) => call.token)).toEqual([known.botToken, 'xoxb-new']);
  });

  test('one never sees the other’s account', async () => {
    addConnection(stage.product, { installationId: stage.installationId, connectedBy: stage.slack.users.ann });
    const other = stage.slack.addWorkspace({ name: 'Other' });
    stage.product.workspaces.set(other.team.id, {
      id: 'installation-2',
      botUserId: other.botUserId,
      botToken: other.botToken,
    });
    const { ephemerals } = await other.as('ann').command(other.channels.sales, 'status');
    expect(ephemerals[0]?.text).toContain('No Calendly account is connected');
    const view = {
      id: 'V1',
      type: 'modal',
      callback_id: 'disconnect',
      state: { values: {} },
      private_metadata: 'connection-1',
    };
    const team = { id: other.team.id };
    await stage.slack.raw(
      form({
        payload: JSON.stringify({
          type: 'view_submission',
          team,
          user: { id: other.users.ann, team_id: team.id },
          view,
        }),
      }),
    );
    await stage.slack.waitFor(() =>
      other
        .as('ann')
        .dm()
        .find((message) => message.text.includes('nothing to disconnect')),
    );
    expect(stage.product.kept.get('connection-1')?.state).toBe('active');
  });
});

describe('Slack’s own news', () => {
  const lostWith = (words: string) =>
    stage.slack.waitFor(() => calls('channelLost').find((args) => String(args[2]).includes(words)));

  test('the bot removed, the channel archived, deleted: lost, with a reason; back again', async () => {
    const { sales, demos } = stage.slack.channels;
    await stage.slack.invite('sales');
    await stage.slack.kick('sales');
    expect((await lostWith('removed')).slice(0, 2)).toEqual([stage.installationId, sales]);
    await stage.slack.event({ type: 'channel_archive', channel: demos, user: stage.slack.users.ann });
    await lostWith('archived');
    await stage.slack.event({ type: 'group_deleted', channel: 'G1' });
    await lostWith('deleted');
    await stage.slack.event({ type: 'channel_left', channel: 'C9' });
    await stage.slack.waitFor(() => calls('channelLost').some((args) => args[1] === 'C9'));
    await stage.slack.event({ type: 'channel_unarchive', channel: demos, user: stage.slack.users.ann });
    await stage.slack.waitFor(() => calls('channelBack').some((args) => args[1] === demos));
    await stage.slack.event({ type: 'channel_id_changed', old_channel_id: 'G1', new_channel_id: 'C2' });
    await stage.slack.waitFor(() => calls('channelRenamed').length === 1);
    expect(calls('channelRenamed')[0]).toEqual([stage.installationId, 'G1', 'C2']);
  });

  test('somebody else leaving is nothing', async () => {
    await stage.slack.event({
      type: 'member_left_channel',
      channel: stage.slack.channels.sales,
      user: stage.slack.users.bo,
    });
    await stage.slack.event({ type: 'channel_archive', channel: 'C1' });
    await lostWith('archived');
    expect(calls('channelLost')).toHaveLength(1);
  });

  test('uninstalled: gone; revoked: gone only when it is our bot’s token', async () => {
    await stage.slack.event({ type: 'tokens_revoked', tokens: { oauth: ['U9'], bot: ['U9'] } });
    await stage.slack.event({ type: 'tokens_revoked', tokens: { bot: [stage.slack.botUserId] } });
    await stage.slack.waitFor(() => calls('installationGone').length === 1);
    await stage.slack.event({ type: 'app_uninstalled' });
    await stage.slack.waitFor(() => calls('installationGone').length === 2);
    for (const [team, at] of calls('installationGone') as [Where, number][]) {
      expect(team).toEqual({ team: stage.slack.team.id, organization: null });
      expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
    }
  });
});

describe('stopping', () => {
  test('waits for what was acknowledged but is not done', async () => {
    const gate = Promise.withResolvers<void>();
    let done = false;
    addConnection(stage.product, { installationId: stage.installationId, connectedBy: stage.slack.users.ann });
    stage.product.override.eventTypes = async () => {
      await gate.promise;
      done = true;
      return [];
    };
    await stage.slack.as('ann').command(stage.slack.channels.sales, 'subscribe');
    await stage.slack.waitFor(() => calls('eventTypes').length === 1);
    let stopped = false;
    const stopping = stage.door.stop().then(() => {
      stopped = true;
    });
    // A whole round trip later it still waits.
    await stage.slack.as('bo').command(stage.slack.channels.sales, 'help');
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    expect(done).toBe(true);
  });
});

describe('over Socket Mode', () => {
  test('commands, windows and clicks work without a public address; HTTP is not taken', async () => {
    const over = await openDoor({ socket: true });
    try {
      const ann = over.slack.as('ann');
      const { ephemerals } = await ann.command(over.slack.channels.sales, 'hlp');
      expect(ephemerals[0]?.text).toContain('`/calendly help`');
      await ann.click(ephemerals[0]!, 'help');
      await over.slack.waitFor(() =>
        over.slack.ephemerals('ann').find((each) => each.text.includes('This is what I understand')),
      );
      await ann.command(over.slack.channels.sales, 'connect');
      const view = await over.slack.waitFor(() => ann.modal());
      expect((await ann.submit(view, { token: ' ' })).errors?.token).toContain('Paste');
      await ann.submit(view, { token: 'eyJtoken' });
      await over.slack.waitFor(() => JSON.stringify(ann.modal()).includes('Connected'));
      const answer = await fetch(`${over.url}/slack/events`, { method: 'POST', body: '{}' });
      expect(answer.status).toBe(404);
    } finally {
      await over.stop();
    }
  });

  test('a wrong app token is said at the start', async () => {
    const over = await openDoor({ socket: true, start: false });
    over.slack.faults.add({ method: 'apps.connections.open', kind: 'error', error: 'invalid_auth' });
    try {
      await expect(over.door.startSocket()).rejects.toThrow('invalid_auth');
    } finally {
      over.slack.faults.clear();
      await over.stop();
    }
  });

  // The client waits 5 s before it reconnects, and that cannot be set shorter from outside.
  test('a connection that is cut comes back; one that is refused does not end the process', {
    timeout: 30_000,
  }, async () => {
    const over = await openDoor({ socket: true });
    const ended: unknown[] = [];
    const note = (error: unknown) => void ended.push(error);
    process.on('unhandledRejection', note);
    try {
      const connected = () => over.slack.sockets.connections === 1;
      over.slack.sockets.cut();
      await over.slack.waitFor(() => !connected());
      await over.slack.waitFor(connected, { timeoutMs: 12_000 });
      const { ephemerals } = await over.slack.as('ann').command(over.slack.channels.sales, 'help');
      expect(ephemerals[0]?.text).toContain('This is what I understand');
      over.slack.faults.add({ method: 'apps.connections.open', kind: 'error', error: 'invalid_auth' });
      over.slack.sockets.cut();
      await over.slack.waitFor(() => over.product.logged.some((line) => line.includes('could not reconnect')), {
        timeoutMs: 12_000,
      });
      expect(ended).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
      over.slack.faults.clear();
      await over.stop();
    }
  });
});
