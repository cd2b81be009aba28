// Whatever a person types or presses is answered in time and in words, under the command's configured name.

import { describe, expect, it } from 'vitest';
import { verbs } from '../../src/slack/commands/index.ts';
import { ask, calls, hears, modalSaying, paste, words } from './people.ts';
import { connect, type World, world } from './world.ts';

/** Everything anybody could have read so far, with buttons and labels. */
function everythingShown({ slack }: World): string {
  const people = (['ann', 'bo', 'cy', 'gil'] as const).map((who) => [
    slack.ephemerals(who),
    slack.as(who).modals(),
    slack.as(who).home(),
    slack.as(who).dm(),
    slack.as(who).notice(),
  ]);
  const channels = Object.values(slack.channels).map((channel) => slack.messages(channel));
  return JSON.stringify([people, channels, slack.ledger.map((call) => call.args)]);
}

/** What the app did for this command: a message to the person, or a window. */
async function answerTo(w: World, typed: string): Promise<string> {
  const ann = w.slack.as('ann');
  const before = { ephemerals: w.slack.ephemerals('ann').length, modal: ann.modal()?.id };
  const ack = await ann.command(w.slack.channels.sales, typed);
  expect(ack, typed).toMatchObject({ status: 200, timedOut: false });
  return w.slack.waitFor(
    () => {
      const message = w.slack.ephemerals('ann').slice(before.ephemerals).at(-1);
      const modal = ann.modal();
      const shown = modal && modal.id !== before.modal ? words(modal) : words(message);
      return shown === '' || shown.startsWith('⏳') ? null : shown;
    },
    { what: `an answer to “${typed}”` },
  );
}

const typedByPeople = [
  '',
  'help',
  'Help!',
  'subscribe all',
  'subscribe "Demo call" booked',
  'subscribe “Nowhere”',
  'events',
  'events booked',
  'events nothing',
  'list',
  'list workspace',
  'list mine',
  'list elsewhere',
  'unsubscribe nowhere',
  'unsubscribe all',
  'status',
  'verify',
  'test',
  'test canceled',
  'test nothing',
  'connect',
  'disconnect',
  'subscribe',
  'frobnicate the widget',
  'subcribe all',
  '?',
  '!!!',
  '"',
  '🙃',
  'a'.repeat(3000),
  '<!channel> *bold* `code`',
  '__proto__',
  'constructor',
  'toString',
];

describe('every word is answered', () => {
  it.each([
    ['before an account is connected', false],
    ['when one is connected', true],
  ])('%s', async (_when, connected) => {
    const w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
    if (connected) await connect(w);
    for (const typed of typedByPeople) {
      const shown = await answerTo(w, typed);
      expect(shown, typed).not.toMatch(/undefined|\[object|Sorry, something went wrong|\{(command|bot|person)/);
      expect(shown, typed).toMatch(/\w/);
    }
    expect(w.logs.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  });

  it('the bare command leads on from nothing, to connected, to subscribed', async () => {
    const w = await world();
    const first = await ask(w, 'ann', 'sales', '');
    expect(first.text).toMatch(/Next: connect one with `\/calendly connect`/);
    await w.slack.as('ann').click(first, 'Connect Calendly');
    await modalSaying(w, 'ann', /Personal access token/);
    await paste(w, w.calendly.tokens.olga);
    const second = await ask(w, 'ann', 'sales', '');
    expect(second.text).toMatch(/Next: show bookings here with `\/calendly subscribe`/);
    await w.slack.as('ann').click(second, 'Subscribe this channel');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /Kinds of change/));
    await hears(w, 'sales', /subscribed this channel/);
    expect((await ask(w, 'ann', 'sales', '')).text).toMatch(/All set\. Try `\/calendly test`/);
  });

  it('a slip of the hand gets the nearest word as a button that works', async () => {
    const w = await world();
    for (const [typed, meant] of [
      ['subscirbe', 'subscribe'],
      ['conect', 'connect'],
      ['lst', 'list'],
      ['statu', 'status'],
    ] as const) {
      const answer = await ask(w, 'ann', 'sales', typed);
      expect(answer.text).toContain(`Did you mean \`/calendly ${meant}\`?`);
    }
    await w.slack.as('ann').click(await ask(w, 'ann', 'sales', 'conect'), 'connect');
    await modalSaying(w, 'ann', /Personal access token/);
  });
});

describe('help', () => {
  it('knows every verb, each with two examples that are understood', async () => {
    const w = await world();
    const all = (await ask(w, 'ann', 'sales', 'help')).text;
    const promised = [
      'connect',
      'disconnect',
      'status',
      'subscribe',
      'events',
      'list',
      'unsubscribe',
      'verify',
      'test',
    ];
    expect(verbs.map((verb) => verb.name)).toEqual(expect.arrayContaining([...promised, 'help']));
    for (const { name, examples } of verbs) {
      expect(all).toContain(`\`/calendly ${name}`);
      const help = (await ask(w, 'ann', 'sales', `help ${name}`)).text;
      expect(examples).toHaveLength(2);
      for (const example of examples) {
        expect(help).toContain(`\`/calendly ${example}\``);
        expect(await answerTo(w, example)).not.toMatch(/I do not know/);
      }
    }
    expect((await ask(w, 'ann', 'sales', 'help subscrib')).text).toMatch(/Did you mean `\/calendly subscribe`/);
  });
});

describe('the command under another name', () => {
  it('is called by that name in every answer, and never /calendly', async () => {
    const w = await world({
      env: { COMMAND_NAME: '/bookings', SLACK_CHANNEL_RATE: '100', VERIFY_SCHEDULE: '* * * * * *' },
      slack: { commandName: '/bookings' },
    });
    const { slack, calendly } = w;
    await slack.as('ann').openHome();
    for (const typed of typedByPeople) await answerTo(w, typed);
    for (const verb of verbs) await answerTo(w, `help ${verb.name}`);
    await paste(w, 'eyJwrong.token.here');
    await paste(w, calendly.createToken(calendly.users.olga, { scopes: [] }));
    await paste(w, calendly.tokens.olga);
    await slack.as('ann').openHome();
    for (const typed of typedByPeople) await answerTo(w, typed);
    await ask(w, 'gil', 'demos', 'subscribe all');
    await ask(w, 'bo', 'sales', 'subscribe all');
    await ask(w, 'ann', 'deals', 'subscribe all');
    await ask(w, 'ann', 'sales', `connect ${calendly.tokens.mia}`);
    await ask(w, 'ann', 'sales', 'subscribe all');
    await slack.kick('sales');
    calendly.revokeToken(calendly.tokens.olga);
    await slack.waitFor(() => slack.as('ann').dm().length >= 2, { what: 'both troubles told', timeoutMs: 45_000 });
    for (const typed of typedByPeople) await answerTo(w, typed);
    await slack.as('ann').openHome();

    const shown = everythingShown(w);
    expect(shown).toContain('/bookings connect');
    expect(shown.match(/(?<![\w./])\/calendly(?!\/webhooks)\b.{0,40}/g) ?? []).toEqual([]);
  });
});

describe('a token typed where everybody’s logs can see it', () => {
  it.each([
    ['after connect', (token: string) => `connect ${token}`],
    ['alone', (token: string) => token],
    ['in quotes after another verb', (token: string) => `subscribe "${token}"`],
    ['after help', (token: string) => `help ${token}`],
    ['with Bearer', (token: string) => `connect Bearer ${token}`],
  ])('%s is refused, not used, not repeated, not logged', async (_where, typed) => {
    const w = await world();
    const token = w.calendly.tokens.olga;
    const answer = await ask(w, 'ann', 'sales', typed(token));
    expect(answer.text).toMatch(/looks like a secret token.*no longer safe/s);
    expect(answer.text).toMatch(/1\. Revoke it.*2\. Make a new one.*3\. Type `\/calendly connect`/s);
    expect(everythingShown(w)).not.toContain(token);
    expect(w.logs.join('')).not.toContain(token);
    expect(w.calendly.calls).toEqual([]);
  });
});

describe('while Calendly does not answer', () => {
  it('each command is acknowledged at once, and says in the end what went wrong', async () => {
    const w = await world();
    await connect(w);
    const { slack, calendly } = w;
    const ann = slack.as('ann');
    const unanswered = (method: string, path: RegExp) =>
      calls(w, method, path).filter((call) => call.status === 0).length;

    const hang = async (path: string, act: () => Promise<{ status: number; timedOut: boolean }>, end: RegExp) => {
      calendly.calls.length = 0;
      calendly.faults.add({ match: `GET ${path}*`, kind: 'hang' });
      const ack = await act();
      // Whatever was acknowledged by now was acknowledged before Calendly said a word.
      expect(ack).toMatchObject({ status: 200, timedOut: false });
      await calendly.waitFor(() => unanswered('GET', new RegExp(path)) > 0, { what: `a question about ${path}` });
      const patient = () =>
        words(ann.modal()).startsWith('⏳') || slack.ephemerals('ann').at(-1)?.text.startsWith('⏳');
      await slack.waitFor(patient, { what: 'a word of patience' });
      await calendly.faults.down('refuse');
      const last = () => `${words(slack.ephemerals('ann').at(-1))}\n${words(ann.modal())}`;
      await slack.waitFor(() => end.test(last()), { what: `${end} after ${path}` });
      calendly.faults.clear();
      await calendly.faults.up();
      if (ann.modal()) await ann.close(ann.modal()!);
    };
    const cannot = /cannot reach Calendly right now/;
    const type = (text: string) => () => ann.command(slack.channels.sales, text);

    await hang('/event_types', type('subscribe "Demo call"'), cannot);
    await hang('/event_types', type('subscribe'), cannot);
    await hang('/users/me', type('verify'), cannot);
    await ann.command(slack.channels.general, 'connect');
    const form = await modalSaying(w, 'ann', /Personal access token/);
    await hang('/users/me', () => ann.submit(form, { token: calendly.tokens.olga }), cannot);
  });

  it('no window waits for Calendly: each opens before the first question to it', async () => {
    const w = await world();
    await connect(w);
    // All of them: no name of an event type has been asked for, and so none is remembered.
    await ask(w, 'ann', 'sales', 'subscribe all');
    const opened: { typed: string; asked: number }[] = [];
    let typed = '';
    w.slack.faults.onAccepted = (call) => {
      if (call.method === 'views.open') opened.push({ typed, asked: w.calendly.calls.length });
    };
    for (typed of ['connect', 'subscribe', 'events', 'disconnect']) {
      w.calendly.calls.length = 0;
      await answerTo(w, typed);
    }
    expect(opened).toEqual(['connect', 'subscribe', 'events', 'disconnect'].map((each) => ({ typed: each, asked: 0 })));
  });
});

describe('what an earlier version left behind', () => {
  it('a button nobody knows, a window nobody knows and a shortcut nobody knows are answered', async () => {
    const w = await world();
    const { slack } = w;
    const message = await ask(w, 'ann', 'sales', 'help');
    const from = {
      user: { id: slack.users.ann, team_id: slack.team.id },
      team: { id: slack.team.id },
      api_app_id: slack.appId,
    };
    const send = (payload: object) =>
      slack.raw(new URLSearchParams({ payload: JSON.stringify({ ...from, ...payload }) }).toString());
    const before = slack.ephemerals('ann').length;

    const view = { id: 'V1', type: 'modal', callback_id: 'long_gone', blocks: [], state: { values: {} } };
    const submitted = await send({ type: 'view_submission', view });
    expect(submitted.status).toBe(200);
    expect(JSON.stringify(submitted.body)).toMatch(/earlier version of me.*\/calendly help/);

    const shortcut = await send({ type: 'shortcut', callback_id: 'long_gone', trigger_id: '1.2.3' });
    expect(shortcut.status).toBe(200);
    await slack.waitFor(() =>
      slack
        .as('ann')
        .dm()
        .some((each) => /earlier version/.test(each.text)),
    );

    const responseUrl = slack.ledger.length;
    const pressed = await send({
      type: 'block_actions',
      channel: { id: slack.channels.sales },
      container: { type: 'message', message_ts: message.ts, channel_id: slack.channels.sales },
      trigger_id: '1.2.3',
      actions: [{ type: 'button', action_id: 'long_gone', block_id: 'b', value: 'x', action_ts: '1' }],
    });
    expect(pressed.status).toBe(200);
    await slack.waitFor(
      () =>
        slack
          .as('ann')
          .dm()
          .filter((each) => /earlier version/.test(each.text)).length === 2,
    );
    expect(slack.ledger.length).toBeGreaterThan(responseUrl);
    expect(slack.ephemerals('ann').length).toBe(before);
  });
});
