// A bot token that ends, asked for by several processes at once: Slack is asked for a new one once, and whoever dies while asking is followed by another.

import { expect, test } from 'vitest';
import { logger } from '../../src/log.ts';
import { botTokens } from '../../src/slack/bot-tokens.ts';
import type { Grant } from '../../src/slack/oauth.ts';
import type { InstallationRecord } from '../../src/store/installations.ts';
import { memory } from './memory.ts';

/** A token that has ended: of one that is about to, a fast machine may see the last moment. Milliseconds. */
const over = -1_000;

async function rotating(lifeMs: number) {
  const m = await memory();
  const team = { teamId: 'T2', botUserId: 'UBOT', botToken: 'xoxe.xoxb-1' };
  const found = await m.installations.save({ ...team, rotation: { refresh: 'r1', lifeMs } });
  const spent: string[] = [];
  async function renew(refresh: string): Promise<Grant> {
    spent.push(refresh);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const n = spent.length + 1;
    return {
      ...{ teamId: 'T2', teamName: 'Beta', isOrganization: false, botUserId: 'UBOT', botToken: `xoxe.xoxb-${n}` },
      ...{ scopes: ['commands'], installedBy: null, rotation: { refresh: `r${n}`, lifeMs: 43_200_000 } },
    };
  }
  let n = 0;
  /** A process of its own, as far as tokens go. */
  const process = (staleMs = 30_000) =>
    botTokens<InstallationRecord>({
      store: m.installations,
      oauth: { renew },
      newSecret: () => `attempt ${++n}`,
      remember: () => {},
      onLost: () => {},
      log: logger('silent'),
      pace: { staleMs },
    });
  return { m, found, spent, process };
}

test('five processes and three askers in each: one renewal, and all have the new token', async () => {
  const { found, spent, process } = await rotating(over);
  const processes = Array.from({ length: 5 }, () => process());
  const tokens = await Promise.all(processes.flatMap((each) => Array.from({ length: 3 }, () => each.tokenOf(found))));
  expect(spent).toEqual(['r1']);
  expect(new Set(tokens)).toEqual(new Set(['xoxe.xoxb-2']));
});

test('whoever died while renewing is followed by another once its right is over', async () => {
  const { m, found, spent, process } = await rotating(over);
  expect(await m.installations.claimRenewal(found.id, found.generation, 'of the dead', 30_000)).toBe(true);
  expect(await process(500).tokenOf(found)).toBe('xoxe.xoxb-2');
  expect(spent).toEqual(['r1']);
});

test('a renewal that comes back after the app was removed brings no token back', async () => {
  const { m, found, process } = await rotating(over);
  const asked = process().tokenOf(found);
  await m.installations.markGone(found.id, 'removed');
  await asked;
  expect(await m.installations.byId(found.id)).toMatchObject({ state: 'gone', botToken: '', rotation: null });
});
