// A database with no connection left: Calendly is asked to repeat while it still listens.

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { makeWebhook, sign } from '../../sandbox/calendly/payloads.ts';
import { intake } from '../../src/booking/intake.ts';
import { webhookEndpoint } from '../../src/calendly/webhook.ts';
import { logger } from '../../src/log.ts';
import { across } from '../../src/store/handle.ts';
import { memory } from './memory.ts';

describe('with no connection left', () => {
  it('a webhook is answered 503 long before there is one again, and then 200', async () => {
    const m = await memory();
    await m.connections.addHook({
      ...{ installationId: m.installationId, connectionId: m.connectionId, id: 'h', family: 'invitee' },
      ...{ urlToken: 't', signingKey: 'key', calendlyUri: null, creator: null, state: 'active', retryStartedAt: null },
      ...{ createdAt: 0, retiredAt: null },
    });
    const { keep } = intake({ store: m.changes, onKept() {} });
    const endpoint = webhookEndpoint({
      ...{
        hookByUrlToken: m.connections.hookByUrlToken,
        keep,
        clock: { now: () => Date.now() },
        log: logger('silent'),
      },
    });
    const body = makeWebhook('invitee.created');
    const send = () =>
      endpoint({
        ...{ urlToken: 't', contentType: 'application/json' },
        ...{ signature: sign('key', body), body: Buffer.from(body) },
      });
    let isFree = false;
    const busy = Promise.all(
      Array.from({ length: 10 }, () => sql`select pg_sleep(6)`.execute(across(m.database.db, 'operator'))),
    ).then(() => {
      isFree = true;
    });
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(isFree).toBe(false);
    await busy;
    expect((await send()).status).toBe(200);
  });
});
