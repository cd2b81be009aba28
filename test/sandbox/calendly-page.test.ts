// The sandbox Calendly's page speaks to these endpoints: a snapshot, and the few things people can do.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CalendlySandbox } from '../../sandbox/calendly/server.ts';
import { calendlyWithClient, type caller, startReceiver } from './calendly-client.ts';

let calendly: CalendlySandbox;
let call: ReturnType<typeof caller>;
beforeEach(async () => {
  ({ calendly, call } = await calendlyWithClient());
});
afterEach(() => calendly.stop());

const state = async () => (await call('GET /ui/state')).json;
const act = (what: string, body: object) => call(`POST /ui/${what}`, { body });

test('the page and its files are served, and nothing outside their folder', async () => {
  expect((await call('GET /', { token: null })).text).toContain('/page/app.js');
  expect((await call('GET /page/app.js')).headers.get('content-type')).toContain('javascript');
  expect((await call('GET /page/..%2fserver.ts')).status).toBe(404);
  expect((await call('GET /page/missing.js')).status).toBe(404);
});

test('booking, moving, canceling and no-shows', async () => {
  const type = calendly.eventTypes.find((t) => t.name === 'Demo call');
  const start = new Date(Date.now() + 86_400_000).toISOString();
  const name = '<img src=x onerror=alert(1)>';
  const form = { type: type?.uri, start, name, email: 'ada@example.com', answer: '*bold*', timezone: 'Europe/London' };
  expect((await act('book', { ...form, name: ' ' })).json.error).toBe('Fill in your name and your e-mail.');
  expect((await act('book', form)).json).toEqual({ ok: true });
  expect((await act('book', form)).json.error).toBe('That time has just been taken. Pick another one.');
  const [booked] = (await state()).meetings;
  expect(booked).toMatchObject({ name, status: 'active', start: start.replace('Z', '000Z') });
  const { invitee } = booked;
  expect((await act('noshow', { invitee })).status).toBe(200);
  expect((await state()).meetings[0].no_show).toBe(true);
  expect((await act('undo-noshow', { invitee })).status).toBe(200);
  const later = new Date(Date.now() + 2 * 86_400_000).toISOString();
  expect((await act('move', { invitee, start: later, by: 'host' })).status).toBe(200);
  const [moved, old] = (await state()).meetings;
  expect(moved).toMatchObject({ moved: true, status: 'active' });
  expect(old).toMatchObject({ rescheduled: true, status: 'canceled' });
  expect((await act('cancel', { invitee: moved.invitee, by: 'invitee' })).status).toBe(200);
  expect((await act('cancel', { invitee: moved.invitee })).json.error).toBe('This booking is already canceled.');
});

test('hooks and their deliveries can be seen, held, retried, disabled and deleted', async () => {
  const receiver = await startReceiver();
  const { olga } = calendly.users;
  await call('POST /webhook_subscriptions', {
    body: {
      url: receiver.url,
      events: ['invitee.created'],
      organization: olga.current_organization,
      scope: 'organization',
      signing_key: 'hush',
    },
  });
  const uri = calendly.hooks[0]?.uri;
  await act('mode', { mode: 'held' });
  calendly.book();
  expect(await state()).toMatchObject({ mode: 'held', held: 1 });
  receiver.respond = () => 503;
  await act('mode', { mode: 'normal' });
  await calendly.idle();
  const seen = await call('GET /ui/state');
  expect(seen.text).not.toContain('hush');
  expect(seen.json.hooks[0]).toMatchObject({ waiting: 1, deliveries: [{ status: 503, attempt: 1 }] });
  receiver.respond = () => 200;
  await act('hook', { uri, do: 'retry' });
  expect((await state()).hooks[0]).toMatchObject({ waiting: 0, retry_started_at: null });
  await act('hook', { uri, do: 'disable' });
  expect((await state()).hooks[0].state).toBe('disabled');
  await act('hook', { uri, do: 'delete' });
  expect((await state()).hooks).toEqual([]);
  await receiver.stop();
});

test('the team’s tokens work until an admin takes them back, and roles can be changed', async () => {
  const { team } = await state();
  expect(team.map((each: { role: string }) => each.role)).toEqual(['owner', 'admin', 'user']);
  const mia = team[2];
  const me = () => call('GET /users/me', { token: mia.token });
  expect((await me()).json.resource.name).toBe('Mia Rao');
  expect((await act('role', { user: mia.uri, role: 'king' })).json.error).toBe('Pick a role.');
  await act('role', { user: mia.uri, role: 'admin' });
  expect((await state()).team[2]).toMatchObject({ role: 'admin', groups: ['Sales team'] });
  await act('token', { user: mia.uri, do: 'revoke' });
  expect((await me()).status).toBe(401);
  expect((await state()).team[2].token).toBe('');
  await act('token', { user: mia.uri, do: 'make' });
  const fresh = (await state()).team[2].token;
  expect((await call('GET /users/me', { token: fresh })).json.resource.name).toBe('Mia Rao');
  const solo = calendly.soloUser.uri;
  expect((await act('role', { user: solo, role: 'user' })).json.error).toBe('They are not in this organization.');
});

test('the form is sent in as it was filled in, and not by halves', async () => {
  const { form } = await state();
  expect(form.name).toBe('Talk to sales');
  const [mail, size] = form.questions.map((each: { name: string }) => each.name);
  expect((await act('route', { answers: { [mail]: 'ada@example.com' } })).json.error).toBe('Fill in the whole form.');
  const receiver = await startReceiver();
  await call('POST /webhook_subscriptions', {
    body: {
      url: receiver.url,
      events: ['routing_form_submission.created'],
      organization: calendly.organization.uri,
      scope: 'organization',
    },
  });
  await act('route', { answers: { [mail]: 'ada@example.com', [size]: '11–100' } });
  await calendly.idle();
  const [delivery] = calendly.deliveries;
  const { payload } = JSON.parse(delivery?.body ?? '{}') as {
    payload: { questions_and_answers: { answer: string }[] };
  };
  expect(payload.questions_and_answers.map(({ answer }) => answer)).toEqual(['ada@example.com', '11–100']);
  await receiver.stop();
});

test('other sites cannot press buttons', async () => {
  const form = await fetch(`${calendly.url}/ui/route`, { method: 'POST', body: 'x=1' });
  expect(form.status).toBe(400);
});
