// Pins how long a webhook waits for an answer: Calendly is asked to repeat in time, whatever hangs behind us.

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { makeWebhook, sign } from '../../sandbox/calendly/payloads.ts';
import { type Arrival, intake } from '../../src/booking/intake.ts';
import { webhookEndpoint } from '../../src/calendly/webhook.ts';
import type { Hook } from '../../src/connection/connection.ts';
import { logger } from '../../src/log.ts';

const never = () => new Promise<never>(() => {});
const hook: Hook = {
  ...{ installationId: 'i', id: 'h', connectionId: 'c', family: 'invitee', urlToken: 't', signingKey: 'key' },
  ...{ calendlyUri: null, creator: null, state: 'active', retryStartedAt: null, createdAt: 0, retiredAt: null },
};

type Endpoint = ReturnType<typeof webhookEndpoint>;

const endpointOn = (hookByUrlToken: () => Promise<Hook | null>, keepAll: (all: Arrival[]) => Promise<boolean[]>) =>
  webhookEndpoint({
    hookByUrlToken,
    keep: intake({ store: { keep: keepAll }, onKept() {} }).keep,
    clock: { now: () => Date.now() },
    log: logger('silent'),
  });

function request() {
  const body = makeWebhook('invitee.created');
  return {
    ...{ urlToken: 't', contentType: 'application/json' },
    ...{ signature: sign('key', body), body: Buffer.from(body) },
  };
}

/** What came of a webhook, and after how many milliseconds. */
async function answered(endpoint: Endpoint, asked = request()) {
  const began = performance.now();
  const { status } = await endpoint(asked);
  return { status, ms: performance.now() - began };
}

describe('an answer comes within two seconds', () => {
  const cases: [string, () => Promise<Hook | null>, () => Promise<boolean[]>][] = [
    ['the hook cannot be looked up', never, async () => [true]],
    ['it takes long to look up the hook, and then nothing can be kept', () => pause(1_200, hook), never],
    ['nothing can be kept', async () => hook, never],
  ];
  test.each(cases)('when %s: please repeat', async (_name, find, keep) => {
    const { status, ms } = await answered(endpointOn(find, keep));
    expect(status).toBe(503);
    expect(ms).toBeLessThan(1_950);
  });

  test('when every commit is slow, and many wait for theirs: please repeat', async () => {
    const slowly = (all: Arrival[]) => pause(1_000).then(() => all.map(() => true));
    const endpoint = endpointOn(async () => hook, slowly);
    await answered(endpoint);
    // Made before, so that all of them come in one moment.
    const many = Array.from({ length: 700 }, request);
    const answers = await Promise.all(many.map((each) => answered(endpoint, each)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(256);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(444);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(1_950);
  });

  test('a thousand in a row that cannot be kept are told in one line, and in the next how many there were', async () => {
    const lines: { more?: number; msg: string }[] = [];
    const log = logger('info', { write: (line) => lines.push(JSON.parse(line)) });
    const refuse = () => Promise.reject(new Error('the disk is full'));
    const endpoint = webhookEndpoint({
      hookByUrlToken: async () => hook,
      keep: refuse,
      clock: { now: () => Date.now() },
      log,
    });
    const asked = request();
    for (let i = 0; i < 1_000; i++) expect((await endpoint(asked)).status).toBe(503);
    expect(lines.length).toBeLessThanOrEqual(3);
    await pause(1_000);
    await endpoint(asked);
    const told = lines.filter(({ msg }) => msg.includes('could not be kept'));
    expect(told.length + told.reduce((sum, { more = 0 }) => sum + more, 0)).toBe(1_001);
  });

  test('when all is well: kept', async () => {
    const keepAll = async () => [true];
    expect((await answered(endpointOn(async () => hook, keepAll))).status).toBe(200);
  });
});
