// Many workspaces in one app: whatever one of them sends, with the other's ids in it, the other's things neither change nor show.

import { expect, test } from 'vitest';
import { install, installableWorld, inWorkspace } from './installing.ts';
import { bookingArrives, hears } from './people.ts';
import { eventually, inDatabase } from './view.ts';
import { connect, type World } from './world.ts';

const secretName = 'Zebulon Canary';
const secretLabel = 'Quagga Canary';
/** What people of one workspace decide; each row as the database has it. */
const decided = ['connection', 'subscription', 'digest', 'hook', 'person'];

interface Press {
  action_id: string;
  block_id: string;
  value?: string;
  selected_option?: { value: string };
  type: string;
}

/** Everything pressable in blocks, however deep. */
function presses(blocks: unknown): Press[] {
  const found: Press[] = [];
  const walk = (value: unknown, block: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { action_id, block_id, value: given, type, options } = value as Record<string, unknown>;
    const at = typeof block_id === 'string' ? block_id : block;
    if (typeof action_id === 'string') {
      const base = { action_id, block_id: at, type: String(type) };
      if (typeof given === 'string') found.push({ ...base, value: given });
      for (const option of Array.isArray(options) ? options : [])
        found.push({ ...base, selected_option: { value: String((option as { value: unknown }).value) } });
    }
    for (const inner of Object.values(value)) walk(inner, at);
  };
  walk(blocks, 'b');
  return found;
}

async function two(): Promise<{ a: World; b: World }> {
  const a = await installableWorld();
  a.slack.ackTimeoutMs = 30_000;
  const b = inWorkspace(a, a.slack.addWorkspace({ name: 'Beta', domain: 'beta', installed: false }));
  for (const each of [a, b]) {
    await install(a, each.slack.team);
    await connect(each, each === a ? a.calendly.tokens.olga : a.calendly.tokens.mia);
    await each.slack.as('ann').command(each.slack.channels.sales, each === a ? 'subscribe all' : 'subscribe canceled');
    await hears(each, 'sales', /./);
  }
  return { a, b };
}

test('every button, menu, window and id of one workspace, replayed from another: nothing of it changes, and nothing is told', async () => {
  const { a, b } = await two();
  await bookingArrives(a, 'sales', secretName);
  const ann = a.slack.as('ann');
  await ann.command(a.slack.channels.sales, `rename ${secretLabel}`);
  const shown: { blocks: unknown }[] = [];
  for (const text of [
    'list',
    'status',
    'list all',
    'disconnect',
    'events',
    'share',
    'admin',
    'subscribe',
    'edit 1',
    'agenda',
    'connect',
  ]) {
    const { ephemerals } = await ann.command(a.slack.channels.sales, text);
    for (const message of ephemerals) shown.push({ blocks: message.blocks ?? [] });
    shown.push(...ann.modals());
    for (const view of ann.modals()) await ann.close(view);
  }
  const home = await ann.openHome();
  if (home) shown.push(home);
  for (const message of a.slack.messages(a.slack.channels.sales)) shown.push({ blocks: message.blocks ?? [] });

  const rows = async () => {
    const [mine] = await inDatabase(a.storage, `select id from installation where team_id = '${a.slack.team.id}'`);
    return Promise.all(
      decided.map(async (table) => {
        const all = await inDatabase(a.storage, `select * from ${table} where installation_id = '${String(mine?.id)}'`);
        return JSON.stringify(all);
      }),
    );
  };
  const before = await rows();
  const at = a.slack.ledger.length;
  const [tokenOfA, tokenOfB] = [a.slack.botToken, b.slack.botToken];

  const base = {
    team: { id: b.slack.team.id, domain: 'beta' },
    user: { id: b.slack.users.ann, team_id: b.slack.team.id },
    api_app_id: a.slack.appId,
    enterprise: null,
    is_enterprise_install: false,
  };
  // With these a window opens, and an answer arrives, as for anybody who presses there: without them most is over before anything is looked up.
  const handles = () => b.slack.handles('ann', b.slack.channels.sales);
  const send = (payload: object) =>
    a.slack.raw({
      body: new URLSearchParams({ payload: JSON.stringify({ ...base, ...handles(), ...payload }) }).toString(),
    });
  let sent = 0;
  for (const view of shown) {
    const metadata = 'private_metadata' in view ? String(view.private_metadata) : '';
    const window = {
      id: 'V1',
      type: 'modal',
      callback_id: 'x',
      private_metadata: metadata,
      title: { text: 'T' },
      state: { values: {} },
    };
    for (const press of presses(view.blocks)) {
      // Pressed in a channel of its own, and in one of the other's.
      for (const channel of [b.slack.channels.sales, a.slack.channels.sales]) {
        const answer = await send({
          type: 'block_actions',
          actions: [press],
          channel: { id: channel },
        });
        expect(answer.status).toBe(200);
        sent += 1;
      }
      await send({ type: 'block_actions', actions: [press], view: window });
      await send({
        type: 'block_suggestion',
        action_id: press.action_id,
        block_id: press.block_id,
        value: '',
        view: window,
      });
      sent += 2;
    }
    if (!('callback_id' in view)) continue;
    const { callback_id, state } = view as unknown as { callback_id: string; state: object };
    await send({ type: 'view_submission', view: { ...window, callback_id, state } });
    sent += 1;
  }
  // And typed, with the other's channel in it or as the place.
  for (const [channel, text] of [
    [a.slack.channels.sales, 'list'],
    [a.slack.channels.sales, 'unsubscribe all'],
    [a.slack.channels.sales, 'test'],
    [b.slack.channels.sales, `copy all to <#${a.slack.channels.demos}>`],
    [a.slack.channels.sales, 'edit 1 canceled'],
    [a.slack.channels.sales, `why ${secretName}`],
  ] as const) {
    const fields = {
      team_id: b.slack.team.id,
      user_id: b.slack.users.ann,
      channel_id: channel,
      command: '/calendly',
      text,
    };
    await a.slack.raw({
      body: new URLSearchParams({
        ...fields,
        ...handles(),
      }).toString(),
    });
    sent += 1;
  }
  expect(sent).toBeGreaterThan(80);
  await eventually(async () => JSON.stringify(await rows()) === JSON.stringify(before), {
    what: 'nothing to have changed',
  });
  const calls = a.slack.ledger.slice(at);
  const byA = calls.filter(
    (call) => call.token === tokenOfA && !['auth.test', 'users.info', 'conversations.info'].includes(call.method),
  );
  expect(byA.map((call) => call.method)).toEqual([]);
  const toldB = calls.filter((call) => call.token === tokenOfB || call.method === 'response_url');
  expect(toldB.length).toBeGreaterThan(0);
  // Windows were opened: whatever was asked for was looked up.
  expect(toldB.filter((call) => call.method === 'views.open' && call.accepted).length).toBeGreaterThan(10);
  for (const secret of [secretName, secretLabel])
    expect(JSON.stringify(toldB.map((call) => call.args))).not.toContain(secret);
  // The first workspace goes on as it was.
  await bookingArrives(a, 'sales', 'Ada After');
});

test('twelve workspaces, many bookings at once: each card stands where it belongs, and nowhere else', async () => {
  const w = await installableWorld({ SLACK_CHANNEL_RATE: '100' });
  w.slack.ackTimeoutMs = 30_000;
  const worlds = [
    w,
    ...Array.from({ length: 11 }, (_, i) =>
      inWorkspace(w, w.slack.addWorkspace({ name: `Team ${i}`, domain: `team${i}`, installed: false })),
    ),
  ];
  for (const each of worlds) await install(w, each.slack.team);
  for (const [i, each] of worlds.entries()) {
    await connect(each);
    // Each hears of the bookings of people with its own domain alone.
    await each.slack.as('ann').command(each.slack.channels.sales, `subscribe booked domain:firm${i}.example`);
    await hears(each, 'sales', /./);
  }
  const each = 10;
  for (let n = 0; n < each; n++)
    for (let i = 0; i < worlds.length; i++)
      w.calendly.book({ type: 'Demo call', name: `Ada ${i} of ${n}`, email: `ada${n}@firm${i}.example` });
  const cards = (world: World) =>
    world.slack
      .messages(world.slack.channels.sales)
      .filter((m) => m.user === world.slack.botUserId && /Ada \d+ of \d+/.test(m.text));
  await w.slack.waitFor(() => worlds.every((world) => cards(world).length >= each), {
    what: 'every card',
    timeoutMs: 120_000,
  });
  worlds.forEach((world, i) => {
    expect(cards(world).map((m) => /Ada (\d+) of/.exec(m.text)?.[1])).toEqual(Array(each).fill(String(i)));
  });
  const tokens = new Map(worlds.map(({ slack }) => [slack.team.id, slack.botToken]));
  const wrong = w.slack.ledger.filter((call) => call.token !== null && call.token !== tokens.get(call.team ?? ''));
  expect(wrong).toEqual([]);
}, 180_000);
