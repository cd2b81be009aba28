// A message that may not have arrived, or was refused for good, is no dead end: its owner is asked, an admin can look, and again means once.

import { describe, expect, it } from 'vitest';
import type { Message } from '../../sandbox/slack/types.ts';
import { ask, toldInPrivate, type Who, words } from './people.ts';
import { canary, eventually, figures, follow, inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

const env = { SLACK_CHANNEL_RATE: '100' };
/** After an unknown outcome a channel rests for a while. */
const rest = 20_000;

/** Posts whose text has these words, that Slack has accepted. */
const posts = (w: World, text: string) =>
  w.slack.ledger.filter(
    ({ method, accepted, args }) => method === 'chat.postMessage' && accepted && String(args.text).includes(text),
  );

/** A booking whose card meets this fault. */
async function troubled(w: World, name: string, kind: 'html200' | 'accept-then-500' | 'poison', channel: string) {
  const fault =
    kind === 'poison'
      ? w.slack.faults.add({ method: 'chat.postMessage', channel, kind: 'error', error: 'invalid_blocks' })
      : w.slack.faults.add({ method: 'chat.postMessage', channel, kind, times: 1 });
  const state = kind === 'poison' ? 'dead' : 'uncertain';
  const before = (await figures(w.app.url))[state] ?? 0;
  w.calendly.book({ type: 'Demo call', name });
  await eventually(async () => (await figures(w.app.url))[state] === before + 1, {
    what: `${name} to be ${state}`,
    timeoutMs: rest,
  });
  fault.remove();
}

const answered = (w: World, who: Who, pattern: RegExp) =>
  w.slack.waitFor(() => w.slack.ephemerals(who).find((message) => pattern.test(words(message))), {
    what: `${pattern}, said to ${who} alone`,
    timeoutMs: 45_000,
  });
const dmNow = (w: World, dm: Message, pattern: RegExp) =>
  w.slack.waitFor(
    () =>
      w.slack
        .as('ann')
        .dm()
        .find((message) => message.ts === dm.ts && pattern.test(words(message))),
    { what: `the message to Ann saying ${pattern}`, timeoutMs: rest },
  );

describe('a message of unknown outcome', () => {
  it('its owner is told once, and sends it again, once, however often she clicks', { timeout: 60_000 }, async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w);
    await troubled(w, 'Ada Lovelace', 'html200', sales.id);
    const dm = await toldInPrivate(w, 'ann', /Slack did not say whether 1 message of mine arrived/);
    expect(words(dm)).toMatch(new RegExp(`Card in <#${sales.id}>: \\*Demo call\\*, <!date`));
    expect(JSON.stringify(dm)).not.toMatch(/Lovelace|ada@/i);
    await canary(w, sales, rest);

    await Promise.all([1, 2, 3].map(() => w.slack.as('ann').click(dm, 'Send it again', { stale: true })));
    await sales.shows('Ada Lovelace', /./, rest);
    const after = await dmNow(w, dm, /✅ Sent again: it is there now/);
    expect(JSON.stringify(after.blocks)).not.toContain('letter_again');
    await w.slack.as('ann').click(dm, 'Send it again', { stale: true });
    await w.slack.as('ann').click(dm, 'It is there', { stale: true });
    await canary(w, sales);
    expect(posts(w, 'Ada Lovelace')).toHaveLength(1);
    expect(
      w.slack
        .as('ann')
        .dm()
        .filter(({ text }) => /did not say|This is what came/.test(text)),
    ).toHaveLength(1);
    expect(await figures(w.app.url)).toMatchObject({ uncertain: 0, dead: 0 });
  });

  it('that is there is closed, and not sent again', { timeout: 60_000 }, async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w);
    await troubled(w, 'Grace Hopper', 'accept-then-500', sales.id);
    const dm = await toldInPrivate(w, 'ann', /did not say whether/);
    await w.slack.as('ann').click(dm, 'It is there');
    await dmNow(w, dm, /✅ Closed: its owner found it in the channel/);
    await canary(w, sales, rest);
    expect(posts(w, 'Grace Hopper')).toHaveLength(1);
    expect(await figures(w.app.url)).toMatchObject({ uncertain: 0 });
    const [row] = await inDatabase(w.storage, `select reason from delivery where state = 'suppressed'`);
    expect(row?.reason).toBe('its owner found it in the channel');
  });

  it('`status` shows them to whoever may decide, and to nobody else', { timeout: 60_000 }, async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w);
    await troubled(w, 'Ada Lovelace', 'html200', sales.id);
    for (const [who, pattern] of [
      ['ann', /could not be shown for certain.*\n.*uncertain · Card in/],
      ['bo', /None of your subscriptions’ messages waits for you/],
    ] as const) {
      const status = await ask(w, who, 'sales', 'status');
      await w.slack.as(who).click(status, 'Show them');
      expect(words(await answered(w, who, pattern))).not.toContain('Lovelace');
    }
    expect(posts(w, 'Ada Lovelace')).toHaveLength(0);
  });
});

describe('a dead letter', () => {
  it('is listed, shown, sent again once, and dropped', { timeout: 60_000 }, async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w);
    for (const name of ['Ada Lovelace', 'Alan Turing']) await troubled(w, name, 'poison', sales.id);
    const list = await ask(w, 'ann', 'sales', 'admin dead');
    expect(words(list)).toMatch(/^2 messages could not be shown for certain\. Newest first:\n❌ dead · Card in/);
    expect(JSON.stringify(list)).not.toMatch(/Lovelace|Turing/);

    await w.slack.as('ann').click(list, 'Show');
    const shown = await answered(w, 'ann', /after 2 tries/);
    expect(words(shown)).toMatch(
      /Its owner is <@U\w+>\.\nSlack could not read this message, even as plain text \(invalid_blocks/,
    );
    const press = () => w.slack.as('ann').click(shown, 'Send again', { stale: true });
    await Promise.all([press(), press(), press()]);
    await sales.shows('Alan Turing', /./, rest);
    const sent = await answered(w, 'ann', /✅ Sent again: it is there now/);
    await press();
    await canary(w, sales);
    expect(posts(w, 'Alan Turing')).toHaveLength(1);

    await w.slack.as('ann').click(sent, 'Back to the list');
    const left = await answered(w, 'ann', /^1 message could not/);
    await w.slack.as('ann').click(left, 'Show');
    await w.slack.as('ann').click(await answered(w, 'ann', /after 2 tries/), 'Drop');
    await answered(w, 'ann', /✅ Closed: a workspace admin dropped it/);
    expect(words(await ask(w, 'ann', 'sales', 'admin'))).toMatch(/Every message arrived/);
    await canary(w, sales);
    expect(posts(w, 'Ada Lovelace')).toHaveLength(0);
  });

  it('is for admins only', { timeout: 60_000 }, async () => {
    const w = await world({ env });
    await connect(w);
    const sales = await follow(w);
    await troubled(w, 'Ada Lovelace', 'poison', sales.id);
    expect(words(await ask(w, 'bo', 'sales', 'admin dead'))).toMatch(
      /Only workspace admins and app managers can see these messages/,
    );
    expect(words(await ask(w, 'gil', 'general', 'admin dead'))).toMatch(/Guests can read booking cards/);
    expect(words(await ask(w, 'ann', 'sales', 'admin keys'))).toMatch(/I know `admin dead`, .*but not “keys”/);
    const list = await ask(w, 'ann', 'sales', 'admin dead');
    const value = /"value":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(list.blocks))?.[1] ?? '';
    /** The same button in this person's hands. */
    const press = (who: 'ann' | 'bo', action: string) =>
      w.slack.raw(
        `payload=${encodeURIComponent(
          JSON.stringify({
            type: 'block_actions',
            team: { id: w.slack.team.id },
            user: { id: w.slack.users[who], team_id: w.slack.team.id },
            channel: { id: sales.id },
            actions: [{ type: 'button', action_id: `${action}:0`, block_id: 'b', value: JSON.parse(`"${value}"`) }],
          }),
        )}`,
      );
    for (const action of ['admin_again', 'admin_drop', 'admin_show'])
      expect(await press('bo', action)).toMatchObject({ status: 200 });
    await canary(w, sales);
    expect(posts(w, 'Ada Lovelace')).toHaveLength(0);
    expect(await figures(w.app.url)).toMatchObject({ dead: 1 });
    await press('ann', 'admin_drop');
    await eventually(async () => (await figures(w.app.url)).dead === 0, { what: 'an admin’s press to count' });
  });
});
