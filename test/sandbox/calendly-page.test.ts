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

test('tokens shown are those that work, and other sites cannot press buttons', async () => {
  const { tokens } = await state();
  expect(tokens.map((t: { role: string }) => t.role)).toEqual(['owner', 'admin', 'user']);
  expect((await call('GET /users/me', { token: tokens[2].token })).json.resource.name).toBe('Mia Rao');
  const form = await fetch(`${calendly.url}/ui/route`, { method: 'POST', body: 'x=1' });
  expect(form.status).toBe(400);
});
