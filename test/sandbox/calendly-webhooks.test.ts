// The sandbox Calendly's webhooks: what arrives when, how it is signed, and what happens when nobody answers well.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWebhook, sign } from '../../sandbox/calendly/payloads.ts';
import type { CalendlySandbox } from '../../sandbox/calendly/server.ts';
import { calendlyWithClient, type caller, startReceiver } from './calendly-client.ts';

const fixtures = new URL('../fixtures/calendly/', import.meta.url);
const fixture = (path: string) => JSON.parse(readFileSync(new URL(path, fixtures), 'utf8'));
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(fixture('schema/calendly-webhooks.2026-10-02.schema.json'), 'calendly');

let calendly: CalendlySandbox;
let call: ReturnType<typeof caller>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  ({ calendly, call } = await calendlyWithClient());
  receiver = await startReceiver();
});
afterEach(async () => {
  await calendly.stop();
  await receiver.stop();
});

const every = ['invitee.created', 'invitee.canceled', 'invitee_no_show.created', 'invitee_no_show.deleted'];

async function hook(o: Record<string, unknown> = {}, token = calendly.tokens.olga) {
  const body = {
    url: `${receiver.url}/in`,
    events: every,
    organization: calendly.organization.uri,
    scope: 'organization',
    ...o,
  };
  const made = await call('POST /webhook_subscriptions', { token, body });
  expect(made.status, made.text).toBe(201);
  const found = calendly.hooks.find((h) => h.uri === made.json.resource.uri);
  if (!found) throw new Error('The hook is missing from the list.');
  return found;
}

function fits(definition: string, value: unknown): void {
  const validate = ajv.getSchema(`calendly#/$defs/${definition}`);
  expect(validate?.(value), JSON.stringify(validate?.errors)).toBe(true);
}

/** The paths of all keys, so that two bodies can be compared by shape. */
function shape(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((item) => shape(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`));
}

test('a booking is told as real deliveries are: same keys, whole second, valid by the schema', async () => {
  await hook();
  const booking = calendly.book({
    type: 'Onboarding',
    answers: [{ question: 'Why?', answer: 'Zoë 🗓 & <b>' }],
    guests: ['guest@example.com'],
  });
  await calendly.idle();
  const [body] = receiver.bodies();
  const observed = fixture('webhooks/observed/invitee.created.google-meet-processing.with-guest.2025-05-22.json');
  expect(shape(body).sort()).toEqual(shape(observed).sort());
  fits('WebhookPayload', body);
  fits('InviteePayload', body.payload);
  expect(body.created_at).toMatch(/\.000000Z$/);
  expect(body.created_by).toBe(calendly.users.olga.uri);
  expect(body.payload).toMatchObject({ uri: booking.inviteeUri, status: 'active', rescheduled: false });
  expect(body.payload.scheduled_event.location.status).toBe('processing');
  // The calendar is written a moment later, and nothing tells of it.
  expect(booking.event.location.status).toBe('pushed');
  expect(receiver.received).toHaveLength(1);
});

test('the signature covers the raw bytes; without a key there is none', async () => {
  await hook({ signing_key: 'a key' });
  calendly.book({ name: 'Zoë' });
  await calendly.idle();
  const { headers, body } = receiver.received[0] ?? expect.fail('nothing arrived');
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['calendly-webhook-signature'])) ?? [];
  const right = createHmac('sha256', 'a key').update(`${t}.`).update(body).digest('hex');
  expect(v1).toBe(right);
  calendly.deleteHook(calendly.hooks[0] ?? expect.fail('no hook'));
  await hook();
  calendly.book();
  await calendly.idle();
  expect(receiver.received[1]?.headers['calendly-webhook-signature']).toBeUndefined();
});

test('sign gives the known answers', () => {
  for (const { signing_key, t, raw_body_utf8, header } of fixture('signature-vectors.json').vectors) {
    expect(sign(signing_key, raw_body_utf8, t)).toBe(header);
  }
});

test('a move is two messages that point at each other, in the order asked for', async () => {
  await hook();
  const old = calendly.book({ type: 'Onboarding' });
  await calendly.idle();
  for (const order of ['canceled-first', 'created-first'] as const) {
    receiver.received.length = 0;
    const before = order === 'canceled-first' ? old : calendly.book({ deliver: false });
    const moved = calendly.move(before, { by: 'host', reason: 'conflict', order });
    await calendly.idle();
    const bodies = receiver.bodies();
    const events = ['invitee.canceled', 'invitee.created'];
    expect(bodies.map((body) => body.event)).toEqual(order === 'canceled-first' ? events : events.reverse());
    const [gone] = bodies.filter((body) => body.event === 'invitee.canceled');
    const [made] = bodies.filter((body) => body.event === 'invitee.created');
    for (const body of bodies) fits('InviteePayload', body.payload);
    expect(gone.payload).toMatchObject({ uri: before.inviteeUri, rescheduled: true, new_invitee: moved.inviteeUri });
    expect(gone.payload.cancellation).toMatchObject({ canceler_type: 'host', reason: 'conflict' });
    expect(gone.payload.scheduled_event.status).toBe('canceled');
    expect(made.payload).toMatchObject({ uri: moved.inviteeUri, old_invitee: before.inviteeUri, rescheduled: false });
    expect(made.payload.invitee_scheduled_by).toBe(made.payload.scheduled_event.event_memberships[0].user);
    expect(made.payload.event).not.toBe(gone.payload.event);
    expect(gone.payload.cancellation.created_at < made.payload.created_at).toBe(true);
  }
  const observed = fixture('webhooks/observed/invitee.canceled.host-reschedule.old-half.2025-05-22.json');
  const [gone] = receiver.bodies().filter((body) => body.event === 'invitee.canceled');
  expect(Object.keys(gone.payload).sort()).toEqual(Object.keys(observed.payload).sort());
});

test('in a group one invitee leaves and the meeting stands; the host ends it for all', async () => {
  await hook();
  const first = calendly.book({ type: 'Webinar' });
  const start = new Date(first.event.start_time);
  const second = calendly.book({ type: 'Webinar', start });
  calendly.join(first.eventUri);
  expect(second.eventUri).toBe(first.eventUri);
  calendly.cancel(second);
  await calendly.idle();
  const left = receiver.bodies().at(-1);
  expect(left.payload.scheduled_event).toMatchObject({ status: 'active', invitees_counter: { total: 3, active: 2 } });
  expect(left.payload.scheduled_event).not.toHaveProperty('cancellation');
  calendly.cancelEvent(first.eventUri, { reason: 'ill' });
  await calendly.idle();
  const last = receiver.bodies().slice(-2);
  expect(last.map((body) => body.event)).toEqual(['invitee.canceled', 'invitee.canceled']);
  expect(last.every((body) => body.payload.cancellation.canceler_type === 'host')).toBe(true);
});

test('no-shows and routing forms are told', async () => {
  await hook();
  await hook({ url: `${receiver.url}/forms`, events: ['routing_form_submission.created'] });
  const booking = calendly.book();
  const uri = calendly.markNoShow(booking);
  calendly.unmarkNoShow(booking);
  calendly.submitRoutingForm();
  await calendly.idle();
  const of = (event: string) => receiver.bodies().find((body) => body.event === event);
  expect(of('invitee_no_show.created').payload.no_show.uri).toBe(uri);
  expect(of('invitee_no_show.deleted').payload.no_show).toBeNull();
  fits('InviteePayload', of('invitee_no_show.deleted').payload);
  fits('RoutingFormSubmission', of('routing_form_submission.created').payload);
});

test('hooks hear what their scope covers', async () => {
  const { mia, adam } = calendly.users;
  await hook({ url: `${receiver.url}/mia`, scope: 'user', user: mia.uri }, calendly.tokens.mia);
  await hook({ url: `${receiver.url}/sales`, scope: 'group', group: calendly.group.uri }, calendly.tokens.adam);
  await hook({ url: `${receiver.url}/all` });
  calendly.book({ type: 'Demo call' });
  calendly.book({ type: 'Onboarding', host: adam });
  calendly.book({ type: 'Support' });
  calendly.book({ type: 'Coaching' });
  await calendly.idle();
  const paths = receiver.received.map((one) => one.path).sort();
  expect(paths).toEqual(['/all', '/all', '/all', '/mia', '/sales', '/sales']);
});

test('a failed message is tried again and holds up no other', async () => {
  calendly.retryPolicy.firstMs = 20;
  const one = await hook();
  const isFirst = (body: Buffer) => body.includes('Stubborn');
  receiver.respond = ({ body }) => (isFirst(body) ? 302 : 200);
  calendly.book({ name: 'Stubborn' });
  await calendly.waitFor(() => one.retry_started_at, { what: 'the retry phase' });
  calendly.book({ name: 'Easy' });
  await calendly.waitFor(() => calendly.deliveries.some((d) => d.body.includes('Easy') && d.status === 200));
  receiver.respond = () => 200;
  await calendly.waitFor(() => calendly.deliveries.some((d) => d.body.includes('Stubborn') && d.status === 200));
  expect(one).toMatchObject({ state: 'active', retry_started_at: null });
  expect(receiver.received.some((r) => r.path === '/elsewhere')).toBe(false);
});

test('when nothing gets through for long enough the hook is disabled for good', async () => {
  Object.assign(calendly.retryPolicy, { firstMs: 10, maxMs: 20, giveUpAfterMs: 100 });
  const one = await hook();
  receiver.respond = () => 401;
  calendly.book();
  await calendly.waitFor(() => one.state === 'disabled', { what: 'the hook to be disabled' });
  expect(calendly.deliveries.length).toBeGreaterThan(2);
  expect(one.retry_started_at).not.toBeNull();
  receiver.respond = () => 200;
  const before = receiver.received.length;
  calendly.book();
  await calendly.idle();
  expect(receiver.received).toHaveLength(before);
  const again = await call('POST /webhook_subscriptions', {
    body: { url: one.callback_url, events: every, organization: calendly.organization.uri, scope: 'organization' },
  });
  expect(again.status).toBe(409);
});

test('an address that refuses connections is an error, not an answer', async () => {
  await hook({ url: 'http://127.0.0.1:9/nobody' });
  calendly.book();
  await calendly.idle();
  expect(calendly.deliveries).toMatchObject([{ status: null, error: 'ECONNREFUSED', attempt: 1 }]);
});

test('messages can be held and released in another order', async () => {
  await hook();
  calendly.hold();
  for (const name of ['One', 'Two', 'Three']) calendly.book({ name });
  await calendly.idle();
  expect(receiver.received).toHaveLength(0);
  await calendly.release({ order: 'reverse' });
  expect(receiver.bodies().map((body) => body.payload.name)).toEqual(['Three', 'Two', 'One']);
});

test('messages can be sent again, with the old signature or a new one', async () => {
  await hook({ signing_key: 'k' });
  calendly.book({ name: 'One' });
  calendly.book({ name: 'Two' });
  await calendly.idle();
  calendly.deleteHook(calendly.hooks[0] ?? expect.fail('no hook'));
  const again = await calendly.resend('all');
  expect(again).toHaveLength(2);
  const signatures = receiver.received.map((one) => one.headers['calendly-webhook-signature']);
  expect(signatures.slice(2).sort()).toEqual(signatures.slice(0, 2).sort());
  const [resigned] = await calendly.resend(again[0] ?? expect.fail('nothing sent'), { resign: true });
  const [t = ''] = /\d+/.exec(resigned?.signature ?? '') ?? [];
  expect(resigned?.signature).toBe(sign('k', resigned?.body ?? '', Number(t)));
});

test('twice sends each message two times, out of order the last one first', async () => {
  await hook();
  await calendly.setMode('twice');
  calendly.book({ name: 'Double' });
  await calendly.idle();
  expect(receiver.received.map((one) => one.body.toString())).toEqual(Array(2).fill(calendly.deliveries[0]?.body));
  await calendly.setMode('out of order');
  const moved = calendly.move(calendly.book({ deliver: false }));
  await calendly.idle();
  const last = receiver.bodies().slice(-2);
  expect(last.map((body) => body.event)).toEqual(['invitee.created', 'invitee.canceled']);
  expect(last[0].payload.uri).toBe(moved.inviteeUri);
});

test('makeWebhook makes valid bodies of every kind', () => {
  for (const kind of every) {
    const body = JSON.parse(
      makeWebhook(kind as Parameters<typeof makeWebhook>[0], { newInvitee: null, email: 'x@example.com' }),
    );
    fits('WebhookPayload', body);
    fits('InviteePayload', body.payload);
    expect(body.event).toBe(kind);
  }
});
