// Every verb through the front door, typed and clicked in the sandbox Slack by people with different rights.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message, View } from '../../sandbox/slack/types.ts';
import { Outage, Refusal } from '../../src/errors.ts';
import { verbs } from '../../src/slack/commands/index.ts';
import { defaultOptions, type Subscription } from '../../src/subscription/subscription.ts';
import { addConnection, eventType, openDoor, type Stage } from './fake-product.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openDoor();
});
afterEach(() => stage.stop());

const all = () => JSON.stringify(stage.slack.ledger);
const last = (messages: Message[]) => messages.at(-1)!;
const shows = (view: View | null) => JSON.stringify(view?.blocks ?? null);
const saved = () => [...stage.product.saved.values()];
const wants = () =>
  saved().map(({ channelId, kinds, filter }) => ({ channelId, kinds, types: filter.types.map((type) => type.name) }));
const methods = () => stage.slack.ledger.map((call) => call.method);

const connect = (by: 'ann' | 'bo' = 'ann', set = {}) =>
  addConnection(stage.product, {
    installationId: stage.installationId,
    connectedBy: stage.slack.users[by],
    ...(by === 'ann' ? {} : { scope: 'user' }),
    ...set,
  });
const type = (who: 'ann' | 'bo' | 'cy' | 'gil', channel: 'general' | 'sales' | 'demos' | 'deals', text: string) =>
  stage.slack.as(who).command(stage.slack.channels[channel], text);
const modalWith = (who: string, words: string) =>
  stage.slack.waitFor(
    () => {
      const view = stage.slack.as(who).modal();
      return shows(view).includes(words) ? view : null;
    },
    { what: `a modal with “${words}”` },
  );
const heard = (who: string, words: string) =>
  stage.slack.waitFor(() => stage.slack.ephemerals(who).find((message) => message.text.includes(words)), {
    what: `“${words}” said to ${who}`,
  });

describe('help', () => {
  test('lists every verb with the configured name', async () => {
    await stage.stop();
    stage = await openDoor({ commandName: '/bookings' });
    const { ephemerals } = await type('bo', 'general', 'help');
    for (const verb of verbs) expect(last(ephemerals).text).toContain(`/bookings ${verb.name}`);
    expect(last(ephemerals).text).not.toContain('/calendly');
  });

  test.each(verbs.map((verb) => verb.name))('help %s shows two worked examples', async (name) => {
    const { ephemerals } = await type('bo', 'general', `help ${name}`);
    const verb = verbs.find((each) => each.name === name)!;
    expect(verb.examples).toHaveLength(2);
    for (const example of verb.examples) expect(last(ephemerals).text).toContain(`/calendly ${example}`);
  });

  test('names and aliases are nobody else’s', () => {
    const words = verbs.flatMap((verb) => [verb.name, ...verb.aliases]);
    expect(new Set(words).size).toBe(words.length);
  });

  test('an unknown word gets the nearest verb, and its button works', async () => {
    const { ephemerals } = await type('bo', 'general', 'subscrbe all');
    expect(last(ephemerals).text).toContain('`/calendly subscribe`');
    await stage.slack.as('bo').click(last(ephemerals), 'help');
    expect((await heard('bo', 'This is what I understand')).text).toContain('disconnect');
  });

  test('hostile words come back harmless', async () => {
    const { ephemerals } = await type('bo', 'general', '<!channel>`x`');
    expect(last(ephemerals).text).not.toContain('<!channel');
  });
});

describe('the bare command', () => {
  test('leads from nothing to connected to subscribed', async () => {
    const first = await type('ann', 'sales', '');
    expect(last(first.ephemerals).text).toContain('/calendly connect');
    await stage.slack.as('ann').click(last(first.ephemerals), 'Connect Calendly');
    await modalWith('ann', 'Personal access token');
    connect();
    expect(last((await type('ann', 'sales', '')).ephemerals).text).toContain('/calendly subscribe');
    await type('ann', 'sales', 'subscribe all');
    expect(last((await type('ann', 'sales', '')).ephemerals).text).toContain('/calendly test');
  });
});

describe('a token in the message box', () => {
  const jwt = `eyJ${'a'.repeat(30)}.${'b'.repeat(60)}.${'c'.repeat(30)}`;
  test.each([
    `connect ${jwt}`,
    jwt,
    `subscribe "${jwt}"`,
    'connect ABCDEFGH12345678ABCDEFGH12345678',
    'help xoxb-123456789012-abcdef',
  ])('is refused whatever the verb, not kept, not repeated: %s', async (text) => {
    const { ephemerals } = await type('ann', 'sales', text);
    expect(last(ephemerals).text).toContain('Revoke it');
    const secret = text.split(' ').at(-1)!.replaceAll('"', '');
    expect(JSON.stringify(ephemerals)).not.toContain(secret);
    expect(stage.product.logged.join()).not.toContain(secret);
    expect(all()).not.toContain(secret);
    expect(stage.product.calls.map((call) => call.name)).not.toContain('connect');
  });
  test('ordinary words and addresses are not taken for one', async () => {
    connect();
    await type('ann', 'sales', 'subscribe https://calendly.com/acme/demo-call');
    expect(wants()).toHaveLength(1);
  });
});

describe('connect', () => {
  test('asks in a window, opened before anything else is asked of anybody but the language of who asks', async () => {
    await type('ann', 'sales', 'connect');
    expect(shows(await modalWith('ann', 'Personal access token'))).toContain('webhooks:write');
    expect(methods()).toEqual(['users.info', 'views.open']);
    expect(stage.product.calls.map((call) => call.name)).toEqual(['installationOf']);
  });

  test('an empty or broken token is named in the form', async () => {
    await type('ann', 'sales', 'login');
    const view = await modalWith('ann', 'Personal access token');
    expect((await stage.slack.as('ann').submit(view, { token: '   ' })).errors?.token).toContain('Paste');
    expect((await stage.slack.as('ann').submit(view, { token: 'two words' })).errors?.token).toContain('spaces');
    expect(stage.product.calls.map((call) => call.name)).not.toContain('connect');
  });

  test('shows progress, then who is connected and what comes next; the token appears nowhere', async () => {
    const gate = Promise.withResolvers<void>();
    stage.product.override.connect = async (input: { installationId: string; slackUser: string; token: string }) => {
      await gate.promise;
      const connection = addConnection(stage.product, {
        installationId: input.installationId,
        connectedBy: input.slackUser,
      });
      return {
        connection,
        replaced: false,
        scopeReason: 'owner',
        otherGroups: [],
        hook: 'registered',
        notes: ['A note for you: {command} status.'],
      };
    };
    await type('ann', 'sales', 'connect');
    const view = await modalWith('ann', 'Personal access token');
    const ack = await stage.slack.as('ann').submit(view, { token: '  eyJsecret-token ' });
    expect(ack.status).toBe(200);
    await modalWith('ann', 'Checking the token');
    gate.resolve();
    const result = shows(await modalWith('ann', 'Connected'));
    expect(result).toContain('ada@acme.example');
    expect(result).toContain('organization *Acme*');
    expect(result).toContain('/calendly subscribe');
    expect(result).toContain('A note for you: /calendly status.');
    expect(stage.product.calls.find((call) => call.name === 'connect')?.args).toEqual([
      { installationId: stage.installationId, slackUser: stage.slack.users.ann, leads: true, token: 'eyJsecret-token' },
    ]);
    expect(all()).not.toContain('secret-token');
    expect(stage.product.logged.join()).not.toContain('secret-token');
  });

  test('a failure shows its cure and the way back to the form', async () => {
    stage.product.override.connect = () => {
      throw new Refusal('Calendly does not know this token. Make a new one, then {command} connect.', {
        code: 'token_invalid',
      });
    };
    await type('ann', 'sales', 'connect');
    await stage.slack.as('ann').submit(await modalWith('ann', 'Personal access token'), { token: 'eyJwrong' });
    const failed = await modalWith('ann', 'Make a new one, then /calendly connect.');
    await stage.slack.as('ann').click(failed, 'Try again');
    await modalWith('ann', 'Personal access token');
  });

  test('a result for a closed window comes as a direct message', async () => {
    const gate = Promise.withResolvers<void>();
    stage.product.override.connect = async () => {
      await gate.promise;
      throw new Outage('Calendly is not well. Try again in a minute.', { code: 'calendly_down' });
    };
    await type('ann', 'sales', 'connect');
    await stage.slack.as('ann').submit(await modalWith('ann', 'Personal access token'), { token: 'eyJtoken' });
    await stage.slack.as('ann').close(await modalWith('ann', 'Checking the token'));
    gate.resolve();
    await stage.slack.waitFor(() =>
      stage.slack
        .as('ann')
        .dm()
        .find((message) => message.text.includes('Calendly is not well')),
    );
  });

  test('guests cannot', async () => {
    await type('gil', 'general', 'connect');
    await stage.slack.as('gil').submit(await modalWith('gil', 'Personal access token'), { token: 'eyJtoken' });
    await modalWith('gil', 'Guests can read');
    expect(stage.product.kept.size).toBe(0);
  });
});

describe('subscribe by words', () => {
  beforeEach(() => void connect());

  test('saves exactly what was named, joins, tells the channel who did it, and echoes it', async () => {
    const { ephemerals } = await type('ann', 'sales', 'subscribe “Demo call” booked canceled');
    expect(wants()).toEqual([
      { channelId: stage.slack.channels.sales, kinds: ['booked', 'canceled'], types: ['Demo call'] },
    ]);
    const told = last(stage.slack.messages('sales'));
    expect(told.text).toContain(
      `<@${stage.slack.users.ann}> subscribed this channel to *Demo call*: booked and canceled`,
    );
    expect(last(ephemerals).text).toContain('*Demo call*: booked and canceled');
    expect(methods()).toContain('conversations.join');
  });

  test('no kind named means the usual three, and says so', async () => {
    const { ephemerals } = await type('ann', 'sales', 'subscribe all');
    expect(wants()).toEqual([
      { channelId: stage.slack.channels.sales, kinds: ['booked', 'canceled', 'rescheduled'], types: [] },
    ]);
    expect(last(ephemerals).text).toContain('usual kinds');
  });

  test('again is a success that changes nothing; other kinds change it; other types add one', async () => {
    await type('ann', 'sales', 'subscribe "Demo call" booked');
    const again = await type('ann', 'sales', 'subscribe "demo  CALL" booked');
    expect(last(again.ephemerals).text).toContain('already hears of');
    expect(stage.slack.messages('sales')).toHaveLength(1);
    await type('ann', 'sales', 'subscribe "Demo call" booked noshow');
    await type('ann', 'sales', 'subscribe support booked');
    expect(wants().map(({ kinds, types }) => ({ kinds, types }))).toEqual([
      { kinds: ['booked', 'noshow'], types: ['Demo call'] },
      { kinds: ['booked'], types: ['Support'] },
    ]);
    expect(stage.slack.messages('sales')).toHaveLength(3);
  });

  test('a paused one is taken up again', async () => {
    await type('ann', 'sales', 'subscribe all');
    const [one] = saved();
    stage.product.saved.set(one!.id, { ...one!, state: 'paused', reason: 'I was removed.' });
    const { ephemerals } = await type('ann', 'sales', 'subscribe all');
    expect(last(ephemerals).text).toContain('Resumed');
    expect(saved()[0]).toMatchObject({ state: 'active', reason: null });
  });

  test('two at once make one', async () => {
    const gate = Promise.withResolvers<void>();
    let reads = 0;
    // The first has read that there is none, and is held up before it saves.
    stage.product.override.subscriptionsIn = () => (++reads === 1 ? gate.promise : undefined);
    const first = type('ann', 'sales', 'subscribe all');
    await stage.slack.waitFor(() => reads === 1);
    const looks = () => methods().filter((method) => method === 'conversations.info').length;
    const before = looks();
    const second = type('ann', 'sales', 'subscribe all');
    await stage.slack.waitFor(() => looks() === before + 2);
    // A whole round trip, in which a second one that does not wait would have saved.
    await type('bo', 'sales', 'help');
    gate.resolve();
    await Promise.all([first, second]);
    await heard('ann', 'already hears of');
    expect(saved()).toHaveLength(1);
  });

  test('an unknown event type gets the nearest five; a click subscribes', async () => {
    const { ephemerals } = await type('ann', 'sales', 'subscribe "Demo cal" booked');
    expect(saved()).toEqual([]);
    const message = last(ephemerals);
    expect(message.text).toContain('Demo cal');
    const labels = ((message.blocks ?? []).at(-1)!.elements as { text: { text: string } }[]).map(
      (each) => each.text.text,
    );
    expect(labels[0]).toBe('Demo call');
    expect(labels).toHaveLength(6);
    await stage.slack.as('ann').click(message, 'Demo call');
    await stage.slack.waitFor(() => saved().length === 1);
    expect(wants()[0]).toMatchObject({ kinds: ['booked'], types: ['Demo call'] });
  });

  test('a mistyped kind is not taken for an event type', async () => {
    const { ephemerals } = await type('ann', 'sales', 'subscribe all boked');
    expect(last(ephemerals).text).toContain('Did you mean booked?');
    expect(saved()).toEqual([]);
  });

  test('event types of one name are all meant; an address names one', async () => {
    stage.product.types = [eventType('30 min', 'a', 'Ada'), eventType('30 min', 'b', 'Bo'), eventType('R&D <call>')];
    await type('ann', 'sales', 'subscribe "30 min"');
    expect(saved()[0]?.filter.types.map((each) => each.uri)).toEqual([
      'https://api.calendly.com/event_types/a',
      'https://api.calendly.com/event_types/b',
    ]);
    await type('ann', 'general', 'subscribe https://calendly.com/acme/b/?month=2026-11');
    expect(saved()[1]?.filter.types.map((each) => each.uri)).toEqual(['https://api.calendly.com/event_types/b']);
    await type('ann', 'demos', 'subscribe "R&D <call>"');
    expect(wants()[2]?.types).toEqual(['R&D <call>']);
  });

  test('a private channel without me: said before anything is saved; after an invitation it works', async () => {
    const { ephemerals } = await type('ann', 'deals', 'subscribe all');
    expect(last(ephemerals).text).toContain('`/invite`');
    expect(last(ephemerals).text).toContain(`<@${stage.slack.botUserId}>`);
    expect(saved()).toEqual([]);
    await stage.slack.invite('deals');
    await type('ann', 'deals', 'subscribe all');
    expect(saved()).toHaveLength(1);
  });

  test('where I may not join, it says how to invite me', async () => {
    stage.slack.scopes = stage.slack.scopes.filter((scope) => scope !== 'channels:join');
    const { ephemerals } = await type('ann', 'sales', 'subscribe all');
    expect(last(ephemerals).text).toContain('`/invite`');
    expect(saved()).toEqual([]);
  });

  test('a channel that does not let me speak keeps nothing', async () => {
    stage.slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'restricted_action' });
    const { ephemerals } = await type('ann', 'sales', 'subscribe all');
    expect(last(ephemerals).text).toContain('posting permissions');
    expect(saved()).toEqual([]);
  });

  test('when Slack is unwell as the channel is told, the subscription stands and that is said', async () => {
    stage.slack.faults.add({ method: 'chat.postMessage', kind: 'http', status: 503 });
    const { ephemerals } = await type('ann', 'sales', 'subscribe all');
    expect(last(ephemerals).text).toContain('did not let me tell the channel');
    expect(saved()).toHaveLength(1);
  });

  test('routing forms are made sure of first; a refusal saves nothing', async () => {
    stage.product.override.ensureRouting = () => {
      throw new Refusal('Routing forms need an organization owner’s token.', { code: 'role_needed' });
    };
    const { ephemerals } = await type('ann', 'sales', 'subscribe all routed');
    expect(last(ephemerals).text).toContain('organization owner');
    expect(saved()).toEqual([]);
    stage.product.override = {};
    await type('ann', 'sales', 'subscribe all routed');
    expect(wants()[0]?.kinds).toEqual(['routed']);
  });

  test('members use what they connected themselves; admins use everything', async () => {
    const refused = await type('bo', 'sales', 'subscribe all');
    expect(last(refused.ephemerals).text).toContain(`<@${stage.slack.users.ann}>`);
    expect(saved()).toEqual([]);
    connect('bo', { scope: 'user', userName: 'Bo' });
    await type('bo', 'sales', 'subscribe all');
    expect(saved()[0]).toMatchObject({ connectionId: 'connection-2', madeBy: stage.slack.users.bo });
  });

  test('guests are refused', async () => {
    const { ephemerals } = await type('gil', 'general', 'subscribe all');
    expect(last(ephemerals).text).toContain('Guests');
    expect(saved()).toEqual([]);
  });

  test('several accounts: the one that has the event type, or a question', async () => {
    connect('ann', { userName: 'Second' });
    stage.product.override.eventTypes = (id: string) =>
      id === 'connection-2' ? [eventType('Special')] : [eventType('Demo call')];
    await type('ann', 'sales', 'subscribe Special');
    expect(saved()[0]?.connectionId).toBe('connection-2');
    const { ephemerals } = await type('ann', 'general', 'subscribe all');
    expect(last(ephemerals).text).toContain('Which one');
    await stage.slack.as('ann').click(last(ephemerals), 'Acme (Second) (ada@acme.example)');
    await stage.slack.waitFor(() => saved().length === 2);
    expect(saved()[1]?.connectionId).toBe('connection-2');
  });

  test('nobody is mentioned and nothing is formatted by an event type’s name', async () => {
    stage.product.types = [eventType('<!channel> *now* @here <https://evil.example|bank>', 'evil')];
    await type('ann', 'sales', 'subscribe https://calendly.com/acme/evil');
    const told = stage.slack.posts('sales').at(-1)!;
    expect(JSON.stringify(told.args)).not.toContain('<!channel');
    expect(JSON.stringify(told.args)).not.toContain('<https://evil');
    expect(JSON.stringify(told.args.blocks)).toContain('"verbatim":true');
  });

  test('a slow Calendly: one word within 3 s, the result after', async () => {
    const gate = Promise.withResolvers<void>();
    stage.product.override.eventTypes = async () => {
      await gate.promise;
      return [eventType('Demo call')];
    };
    const { status, timedOut, ephemerals } = await type('ann', 'sales', 'subscribe "Demo call"');
    expect({ status, timedOut }).toEqual({ status: 200, timedOut: false });
    expect(last(ephemerals).text).toContain('One moment');
    gate.resolve();
    await heard('ann', 'Subscribed');
  });

  test('an outage is a sentence', async () => {
    stage.product.override.eventTypes = () => {
      throw new Outage('Calendly does not answer. Try again in a minute.', { code: 'calendly_down' });
    };
    const { ephemerals } = await type('ann', 'sales', 'subscribe "Demo call"');
    expect(last(ephemerals).text).toBe('Calendly does not answer. Try again in a minute.');
  });

  test('a bug is sorry, with a reference that the log has too', async () => {
    stage.product.override.eventTypes = () => {
      throw new TypeError('inner details');
    };
    const { ephemerals } = await type('ann', 'sales', 'subscribe "Demo call"');
    const reference = /reference `([0-9a-f]{8})`/.exec(last(ephemerals).text)?.[1];
    expect(last(ephemerals).text).not.toContain('inner details');
    expect(stage.product.logged.some((line) => line.includes(reference!) && line.includes('inner details'))).toBe(true);
  });

  test('without an account it says what to do first', async () => {
    stage.product.kept.clear();
    expect(last((await type('ann', 'sales', 'subscribe all')).ephemerals).text).toContain('`/calendly connect` first');
  });
});

describe('the subscribe window', () => {
  beforeEach(() => void connect());

  test('opens before Calendly is asked, then shows event types by name and the usual kinds', async () => {
    stage.product.override.eventTypes = () => {
      stage.product.calls.push({ name: `after ${methods().join(',')}`, args: [] });
      return stage.product.types;
    };
    await type('ann', 'sales', 'subscribe');
    await modalWith('ann', 'Event types');
    expect(stage.product.calls.map((call) => call.name).find((name) => name.startsWith('after'))).toContain(
      'views.open',
    );
  });

  test('saves what was chosen and shows the result', async () => {
    await type('ann', 'sales', 'subscribe');
    const view = await modalWith('ann', 'Event types');
    const ack = await stage.slack.as('ann').submit(view, { event_types: ['demo-call', 'support'], kinds: ['booked'] });
    expect(ack.errors).toBeUndefined();
    await modalWith('ann', 'Subscribed');
    expect(wants()).toEqual([
      { channelId: stage.slack.channels.sales, kinds: ['booked'], types: ['Demo call', 'Support'] },
    ]);
    expect(last(stage.slack.messages('sales')).text).toContain(`<@${stage.slack.users.ann}>`);
  });

  test('nothing chosen means all event types and the usual kinds', async () => {
    await type('ann', 'sales', 'subscribe');
    await stage.slack.as('ann').submit(await modalWith('ann', 'Event types'));
    await modalWith('ann', 'Subscribed');
    expect(wants()).toEqual([
      { channelId: stage.slack.channels.sales, kinds: ['booked', 'canceled', 'rescheduled'], types: [] },
    ]);
  });

  test('an existing subscription is filled in and changed; another can be added', async () => {
    await type('ann', 'sales', 'subscribe "Demo call" noshow');
    await type('ann', 'sales', 'subscribe');
    const view = await modalWith('ann', 'Event types');
    expect(
      Object.values(view.state.values).flatMap(
        (each) => (each.kinds?.selected_options as { value: string }[] | undefined)?.map((one) => one.value) ?? [],
      ),
    ).toEqual(['noshow']);
    await stage.slack.as('ann').submit(view, { kinds: ['booked', 'noshow'] });
    await modalWith('ann', 'Changed');
    expect(wants()).toEqual([
      { channelId: stage.slack.channels.sales, kinds: ['booked', 'noshow'], types: ['Demo call'] },
    ]);
    await type('ann', 'sales', 'subscribe');
    await stage.slack.as('ann').select(await modalWith('ann', 'Event types'), 'which', 'new');
    const fresh = await stage.slack.waitFor(() => {
      const shown = stage.slack.as('ann').modal();
      return shown?.submit?.text === 'Subscribe' ? shown : null;
    });
    await stage.slack.as('ann').submit(fresh, { event_types: ['support'] });
    await modalWith('ann', 'Subscribed');
    expect(saved()).toHaveLength(2);
  });

  test('another account brings its own event types', async () => {
    connect('ann', { userName: 'Second' });
    stage.product.override.eventTypes = (id: string) =>
      id === 'connection-2' ? [eventType('Special')] : [eventType('Demo call')];
    await type('ann', 'sales', 'subscribe');
    await stage.slack.as('ann').select(await modalWith('ann', 'Demo call'), 'connection', 'connection-2');
    await stage.slack.as('ann').submit(await modalWith('ann', 'Special'), { event_types: ['special'] });
    await modalWith('ann', 'Subscribed');
    expect(saved()[0]).toMatchObject({ connectionId: 'connection-2' });
  });

  test('more than a hundred event types are searched by name', async () => {
    stage.product.types = Array.from({ length: 250 }, (_, i) => eventType(`Type ${i}`));
    await type('ann', 'sales', 'subscribe');
    const view = await modalWith('ann', 'multi_external_select');
    expect(await stage.slack.as('ann').suggest(view, 'event_types', '')).toHaveLength(100);
    const found = await stage.slack.as('ann').suggest(view, 'event_types', 'type 24');
    expect(found.map((option) => option.text.text)).toEqual([
      'Type 24',
      ...Array.from({ length: 10 }, (_, i) => `Type 24${i}`),
    ]);
    await stage.slack.as('ann').submit(view, { event_types: ['Type 249'] });
    await modalWith('ann', 'Subscribed');
    expect(wants()[0]?.types).toEqual(['Type 249']);
  });

  test('event types are shown only to who may subscribe to the account', async () => {
    stage.product.types = Array.from({ length: 250 }, (_, i) => eventType(`Type ${i}`));
    await type('ann', 'sales', 'subscribe');
    const view = await modalWith('ann', 'multi_external_select');
    const searched = async (user: string) => {
      const payload = {
        type: 'block_suggestion',
        action_id: 'event_types',
        block_id: 'b',
        value: 'type 24',
        user: { id: user, team_id: stage.slack.team.id },
        team: { id: stage.slack.team.id },
        view: { id: view.id, type: 'modal', private_metadata: view.private_metadata },
      };
      const answer = await stage.slack.raw({
        body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
      });
      return (JSON.parse(String(answer.body)) as { options: unknown[] }).options.length;
    };
    const { ann, bo, gil } = stage.slack.users;
    expect([await searched(ann), await searched(bo), await searched(gil)]).toEqual([11, 0, 0]);
    await type('bo', 'sales', 'subscribe');
    expect(shows(await modalWith('bo', `Only <@${ann}>`))).not.toContain('event_types');
    await type('gil', 'general', 'subscribe');
    expect(shows(await modalWith('gil', 'Guests'))).not.toContain('event_types');
  });

  test('a private channel without me is said instead of the form', async () => {
    await type('ann', 'deals', 'subscribe');
    expect(shows(await modalWith('ann', '/invite'))).not.toContain('Event types');
  });

  test('a channel id of somewhere else in the metadata finds no subscription there', async () => {
    await type('ann', 'general', 'subscribe all booked');
    await type('ann', 'sales', 'subscribe');
    const view = await modalWith('ann', 'Event types');
    const forged = { ...JSON.parse(view.private_metadata), which: saved()[0]!.id };
    Object.assign(view, { private_metadata: JSON.stringify(forged) });
    await stage.slack.as('ann').submit(view, { kinds: ['noshow'] });
    await modalWith('ann', 'That subscription is gone');
    expect(wants()[0]?.kinds).toEqual(['booked']);
  });

  test('an outage shows in the window', async () => {
    stage.product.override.eventTypes = () => {
      throw new Outage('Calendly does not answer. Try again in a minute.', { code: 'calendly_down' });
    };
    await type('ann', 'sales', 'subscribe');
    await modalWith('ann', 'Calendly does not answer');
  });
});

describe('events', () => {
  beforeEach(() => void connect());

  test('by words sets exactly these', async () => {
    await type('ann', 'sales', 'subscribe all');
    await type('ann', 'sales', 'events noshow');
    expect(wants()[0]?.kinds).toEqual(['noshow']);
    expect(last(stage.slack.messages('sales')).text).toContain('changed');
  });

  test('in a window, that part only', async () => {
    await type('ann', 'sales', 'subscribe "Demo call"');
    await type('ann', 'sales', 'events');
    const view = await modalWith('ann', 'Kinds of change');
    expect(shows(view)).not.toContain('"Event types"');
    await stage.slack.as('ann').submit(view, { kinds: ['canceled'] });
    await modalWith('ann', 'Changed');
    expect(wants()).toEqual([{ channelId: stage.slack.channels.sales, kinds: ['canceled'], types: ['Demo call'] }]);
  });

  test('of several it asks which; a name picks one; all of them is a choice', async () => {
    await type('ann', 'sales', 'subscribe "Demo call"');
    await type('ann', 'sales', 'subscribe Support');
    await type('ann', 'sales', 'events Support booked');
    expect(wants().map((each) => each.kinds.length)).toEqual([3, 1]);
    const { ephemerals } = await type('ann', 'sales', 'events noshow');
    await stage.slack.as('ann').click(last(ephemerals), 'All of them');
    await stage.slack.waitFor(() => wants().every((each) => each.kinds.join() === 'noshow'));
  });

  test('without a subscription it says what to do first; without a kind, which there are', async () => {
    expect(last((await type('ann', 'sales', 'events booked')).ephemerals).text).toContain('/calendly subscribe');
    expect(last((await type('ann', 'sales', 'events all')).ephemerals).text).toContain('noshow');
  });
});

describe('list', () => {
  test('numbers, states and reasons; ten at a time', async () => {
    connect();
    for (let i = 0; i < 45; i++) {
      stage.product.saved.set(`s${i}`, {
        installationId: stage.installationId,
        id: `s${i}`,
        connectionId: 'connection-1',
        channelId: stage.slack.channels.sales,
        kinds: ['booked'],
        filter: { types: [{ uri: `u${i}`, name: `Type ${i}` }] },
        options: defaultOptions,
        madeBy: stage.slack.users.bo,
        state: i === 1 ? 'paused' : 'active',
        reason: i === 1 ? 'I was removed from {channel}; type {command} subscribe.' : null,
        createdAt: i,
        updatedAt: i,
        mutedUntil: null,
      });
    }
    const { ephemerals } = await type('ann', 'sales', 'list');
    const first = last(ephemerals);
    expect(first.text).toContain('2. *Type 1*');
    expect(first.text).toContain(
      `Paused. I was removed from <#${stage.slack.channels.sales}>; type /calendly subscribe.`,
    );
    expect(first.text).toContain('1–10');
    expect(first.text).not.toContain('*Type 10*');
    await stage.slack.as('ann').click(first, 'Show more');
    const second = await heard('ann', '11–20');
    await stage.slack.as('ann').click(second, 'Last page');
    expect((await heard('ann', '41–45')).text).toContain('45. *Type 44*');
    expect(last((await type('ann', 'general', 'list workspace')).ephemerals).text).toContain('45 subscriptions');
    expect(last((await type('bo', 'general', 'subscriptions mine')).ephemerals).text).toContain('45 subscriptions');
    expect(last((await type('ann', 'general', 'list mine')).ephemerals).text).toContain(
      'You have made no subscription',
    );
    expect(last((await type('ann', 'general', 'list')).ephemerals).text).toContain('no subscription');
    expect(last((await type('ann', 'general', 'list her')).ephemerals).text).toContain('`here`');
  });
});

describe('unsubscribe', () => {
  beforeEach(() => void connect());

  test('the only one goes, the channel is told, and Undo brings it back', async () => {
    await type('ann', 'sales', 'subscribe "Demo call" booked');
    const { ephemerals } = await type('ann', 'sales', 'unsubscribe');
    expect(saved()).toEqual([]);
    expect(last(stage.slack.messages('sales')).text).toContain(`<@${stage.slack.users.ann}> unsubscribed`);
    await stage.slack.as('ann').click(last(ephemerals), 'Undo');
    await stage.slack.waitFor(() => saved().length === 1);
    expect(wants()).toEqual([{ channelId: stage.slack.channels.sales, kinds: ['booked'], types: ['Demo call'] }]);
    await heard('ann', 'Undone');
    await stage.slack.as('ann').click(last(ephemerals), 'Undo', { stale: true });
    await stage.slack.waitFor(
      () => stage.slack.posts('sales').filter((post) => String(post.args.text).includes('undid')).length === 2,
    );
    expect(saved()).toHaveLength(1);
  });

  test('two clicks on Undo at once make one', async () => {
    await type('ann', 'sales', 'subscribe all');
    const { ephemerals } = await type('ann', 'sales', 'unsubscribe');
    const undo = last(ephemerals);
    // Long enough that both have looked before either adds, where nothing keeps them apart.
    stage.product.override.subscriptionsIn = () => new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all([1, 2].map(() => stage.slack.as('ann').click(undo, 'Undo', { stale: true })));
    const undid = () => stage.slack.posts('sales').filter((post) => String(post.args.text).includes('undid')).length;
    await stage.slack.waitFor(() => undid() === 2, { what: 'both clicks to be answered' });
    expect(saved()).toHaveLength(1);
  });

  test('Undo asks who clicks, and knows no deed of another workspace', async () => {
    const { ann, bo } = stage.slack.users;
    await type('ann', 'sales', 'subscribe all');
    const undo = last((await type('ann', 'sales', 'unsubscribe')).ephemerals);
    await stage.slack.as('cy').click(undo, 'Undo', { stale: true });
    await heard('cy', `Only <@${ann}>, who connected`);
    expect(saved()).toEqual([]);
    const [button] = (undo.blocks?.at(-1)?.elements ?? []) as { value: string }[];
    button!.value = 'a-deed-of-nobody';
    await stage.slack.as('ann').click(undo, 'Undo', { stale: true });
    await heard('ann', 'no longer works');
    expect(saved()).toEqual([]);
    // Bo connects the account: the subscription is back as his, not as Ann's.
    const gone = stage.product.done.findLast(({ what }) => what === 'unsubscribe')!;
    const his = connect('bo');
    gone.was = { ...(gone.was as Subscription), connectionId: his.id };
    button!.value = gone.id;
    await stage.slack.as('bo').click(undo, 'Undo', { stale: true });
    await stage.slack.waitFor(() => saved().length === 1, { what: 'the subscription' });
    expect(saved()[0]).toMatchObject({ madeBy: bo, connectionId: his.id });
  });

  test('Undo ends after ten minutes, and the channel’s message loses its button then', async () => {
    await type('ann', 'sales', 'subscribe all');
    const { ephemerals } = await type('ann', 'sales', 'unsubscribe');
    for (const row of stage.product.done) row.at -= 10 * 60_000 + 1_000;
    await stage.slack.as('ann').click(last(ephemerals), 'Undo', { stale: true });
    await heard('ann', 'ten minutes');
    expect(saved()).toEqual([]);
    const told = () => last(stage.slack.messages('sales'));
    expect(JSON.stringify(told().blocks)).toContain('"Undo"');
    await stage.slack.as('ann').click(told(), 'Undo');
    await stage.slack.waitFor(() => !JSON.stringify(told().blocks).includes('"Undo"'), { what: 'the button to go' });
    expect(told().text).toContain('unsubscribed this channel');
  });

  test('by number, by name, by choice, all', async () => {
    for (const name of ['Demo call', 'Support', 'Coffee', 'Interview', 'Onboarding'])
      await type('ann', 'sales', `subscribe "${name}"`);
    const left = () => wants().map((each) => each.types[0]);
    await type('ann', 'sales', 'unsubscribe 2');
    expect(left()).toEqual(['Demo call', 'Coffee', 'Interview', 'Onboarding']);
    await type('ann', 'sales', 'unsubscribe “coffee”');
    expect(left()).toEqual(['Demo call', 'Interview', 'Onboarding']);
    const asked = await type('ann', 'sales', 'unsubscribe');
    expect(left()).toHaveLength(3);
    await stage.slack.as('ann').click(last(asked.ephemerals), 'Interview: booked, canceled, rescheduled');
    await stage.slack.waitFor(() => left().length === 2);
    const near = await type('ann', 'sales', 'unsubscribe onbording');
    expect(last(near.ephemerals).text).toContain('Did you mean');
    expect(last(near.ephemerals).blocks?.at(-1)).not.toMatchObject({
      elements: expect.arrayContaining([expect.objectContaining({ value: 'unsubscribe all' })]),
    });
    await type('ann', 'sales', 'unsubscribe all');
    expect(left()).toEqual([]);
  });

  test('only by who made it, or an admin', async () => {
    connect('bo', { scope: 'user' });
    await type('bo', 'sales', 'subscribe all');
    const button = last((await type('cy', 'sales', 'unsubscribe')).ephemerals);
    expect(button.text).toContain(`<@${stage.slack.users.bo}>`);
    expect(saved()).toHaveLength(1);
    await type('ann', 'sales', 'unsubscribe');
    expect(saved()).toEqual([]);
  });

  test('with nothing there it says so', async () => {
    expect(last((await type('ann', 'sales', 'unsubscribe')).ephemerals).text).toContain('no subscription');
  });
});

describe('disconnect', () => {
  test('says what will stop, asks, stops it, and tells the channels', async () => {
    connect();
    await type('ann', 'sales', 'subscribe "Demo call"');
    await type('ann', 'sales', 'subscribe Support');
    await type('ann', 'general', 'subscribe all');
    await type('ann', 'general', 'disconnect');
    const view = await modalWith('ann', '2 channels, 3 subscriptions');
    expect(stage.product.calls.map((call) => call.name)).not.toContain('disconnect');
    await stage.slack.as('ann').submit(view);
    await modalWith('ann', 'Disconnected');
    expect(stage.product.kept.get('connection-1')?.state).toBe('disconnected');
    await stage.slack.waitFor(() =>
      ['sales', 'general'].every((channel) =>
        last(stage.slack.messages(channel)).text.includes('disconnected the Calendly account'),
      ),
    );
  });

  test('of several it asks which; only one’s own or as an admin', async () => {
    connect();
    connect('bo', { userName: 'Bo' });
    await type('bo', 'sales', 'logout');
    const view = await modalWith('bo', 'Which Calendly account');
    await stage.slack.as('bo').submit(view, { account: 'connection-1' });
    await modalWith('bo', 'a workspace admin or app manager can disconnect');
    expect(stage.product.kept.get('connection-1')?.state).toBe('active');
  });

  test('with nothing connected it says so', async () => {
    await type('ann', 'sales', 'disconnect');
    await modalWith('ann', 'nothing to disconnect');
  });
});

describe('status, verify, test', () => {
  test('status shows problems first, then the account and the ledger', async () => {
    connect('ann', { checkedAt: 1_795_000_000_000, checkResult: 'All is well.' });
    const { ephemerals } = await type('bo', 'sales', 'status');
    const { text } = last(ephemerals);
    expect(text.indexOf('uncertain')).toBeLessThan(text.indexOf('Ada Host'));
    for (const words of ['Role owner', 'All is well.', '10 messages shown, 1 waiting (oldest since', 'Next check'])
      expect(text).toContain(words);
    expect(text).not.toMatch(/received|dead|held|quarantined/);
  });

  test('verify says that it checks, then what it found, one account’s trouble beside another’s', async () => {
    connect();
    connect('ann', { userName: 'Second' });
    stage.product.override.check = (_installation: string, id: string) => {
      if (id === 'connection-2') throw new Outage('Calendly does not answer.', { code: 'calendly_down' });
      return { connectionId: id, ok: true, findings: [{ sentence: 'The hook was disabled; I replaced it.' }] };
    };
    const { ephemerals } = await type('ann', 'sales', 'verify');
    expect(ephemerals[0]?.text).toContain('Checking 2 Calendly accounts');
    const result = await heard('ann', 'I replaced it');
    expect(result.text).toContain('Calendly does not answer.');
  });

  test('test sends a sample of the kind that was asked for', async () => {
    const { ephemerals } = await type('ann', 'sales', 'test moved');
    expect(last(ephemerals).text).toContain('marked TEST');
    expect(stage.product.calls.find((call) => call.name === 'sample')?.args).toEqual([
      {
        installationId: stage.installationId,
        channelId: stage.slack.channels.sales,
        kind: 'rescheduled',
        by: stage.slack.users.ann,
      },
    ]);
    expect(last((await type('ann', 'sales', 'test bokked')).ephemerals).text).toContain('Choose one');
    expect(last((await type('gil', 'general', 'test')).ephemerals).text).toContain('Guests');
  });
});

describe('Home', () => {
  test('shows where things stand and the next step; unchanged, it is not published again', async () => {
    const home = await stage.slack.as('ann').openHome();
    expect(shows(home)).toContain('connect your account');
    const published = () => methods().filter((method) => method === 'views.publish').length;
    expect(published()).toBe(1);
    stage.slack.settleMs = 0;
    await stage.slack.as('ann').openHome();
    connect();
    await stage.slack.as('ann').openHome();
    await stage.slack.waitFor(() => shows(stage.slack.as('ann').home()).includes('ada@acme.example'));
    expect(published()).toBe(2);
  });

  test('its button connects', async () => {
    const home = await stage.slack.as('ann').openHome();
    await stage.slack.as('ann').click(home!, 'Connect Calendly');
    await modalWith('ann', 'Personal access token');
  });
});
