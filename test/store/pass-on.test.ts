// A notice whose addressee has left goes to those whom it concerns, and to nobody else.

import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import { makeWebhook } from '../../sandbox/calendly/payloads.ts';
import type { Content } from '../../src/delivery/content.ts';
import { across } from '../../src/store/handle.ts';
import { letterStore } from '../../src/store/letters.ts';
import { place } from '../../src/store/rows.ts';
import { defaultOptions } from '../../src/subscription/subscription.ts';
import { memory, writes } from './memory.ts';

/**
 * Ann has connected the first account, which CSALES hears of; Bo a private one, which CBO hears of. In CBOTH Ann, an admin, has subscribed Bo's account, and Cy
 * the one of Ann.
 */
async function two() {
  const m = await memory();
  const first = (await m.connections.connection(m.installationId, m.connectionId))!;
  const second = { ...first, id: uuidv7(), userUri: 'https://api.calendly.com/users/bo', connectedBy: 'UBO' };
  await m.connections.addConnection({ ...second, scope: 'user' });
  const subscribe = async (channelId: string, connectionId: string, madeBy: string) => {
    const id = uuidv7();
    await m.subscriptions.addSubscription({
      ...{ installationId: m.installationId, id, connectionId, channelId, madeBy, kinds: ['booked'] },
      ...{
        filter: { types: [] },
        options: defaultOptions,
        state: 'active',
        reason: null,
        createdAt: 0,
        updatedAt: 0,
        mutedUntil: null,
      },
    });
    return id;
  };
  await subscribe('CBO', second.id, 'UBO');
  await subscribe('CBOTH', second.id, 'UANN');
  const turn = async (what: 'uncertain' | 'dead', whose: string[]) => {
    await across(m.database.db, 'operator').updateTable('lane').set({ not_before: 0, lease_until: 0 }).execute();
    const jobs = writes((await m.lanes.advance([], 20)).jobs);
    const results = jobs.map((job) => ({
      job,
      settled: whose.includes(job.channelId)
        ? { do: what, reason: 'user_disabled' }
        : { do: 'shown' as const, ts: '1.1' },
    }));
    await m.lanes.advance(results, 0, true);
  };
  const notices = async () => (await m.deliveries()).filter((row) => row.kind === 'notice');
  const told = async () => (await notices()).map((row) => row.channel_id).sort();
  /** Tells Ann something she cannot read any more; answers who has it in the end, herself aside. */
  const tellAnn = async (key: string, gone: string[] = ['UANN']) => {
    await m.installations.tell({ installationId: m.installationId, to: 'UANN', key, text: 'Something.' });
    for (let i = 0; i < 5; i++) await turn('dead', gone);
    return (await told()).filter((to) => to !== 'UANN');
  };
  return { ...m, second, subscribe, turn, told, notices, tellAnn };
}

describe('a notice about an account', () => {
  it('goes to those who subscribed channels to that account, not to those of another', async () => {
    const m = await two();
    await m.subscribe('CBOTH', m.connectionId, 'UCY');
    expect(await m.tellAnn(`token_dead:${m.connectionId}:0123456789ab:first`)).toEqual(['UCY']);
  });

  it('is said in a channel of that account alone, and nowhere where there is none', async () => {
    const m = await two();
    expect(await m.tellAnn(`caught_up:${m.connectionId}:5`)).toEqual([]);
    await m.subscribe('CSALES', m.connectionId, 'UANN');
    expect(await m.tellAnn(`caught_up:${m.connectionId}:6`)).toEqual(['CSALES']);
  });

  it('is found by the account’s hook as well', async () => {
    const m = await two();
    const hookId = uuidv7();
    await m.connections.addHook({
      ...{ installationId: m.installationId, connectionId: m.second.id, id: hookId, family: 'invitee' },
      ...{ urlToken: 't', signingKey: 'key', calendlyUri: null, creator: null, state: 'active', retryStartedAt: null },
      ...{ createdAt: 0, retiredAt: null },
    });
    expect(await m.tellAnn(`replaced:${hookId}`)).toEqual(['UBO']);
  });

  it('of which nobody knows what account it is about goes to nobody', async () => {
    const m = await two();
    expect(await m.tellAnn(`replaced:${uuidv7()}`)).toEqual([]);
    expect(await m.tellAnn('something new')).toEqual([]);
  });
});

describe('a notice about a channel', () => {
  it.each(['paused', 'unshared'])('that is %s goes to whoever connected what it heard of there', async (what) => {
    const m = await two();
    await m.subscribe('CBOTH', m.connectionId, 'UCY');
    expect(await m.tellAnn(`${what} CBOTH 5`)).toEqual(['UBO']);
  });
});

describe('what came of a sign-in', () => {
  it('is for the one who signed in', async () => {
    const m = await two();
    await m.subscribe('CSALES', m.connectionId, 'UCY');
    expect(await m.tellAnn('sign_in abcdef')).toEqual([]);
  });
});

describe('letters', () => {
  async function asked() {
    const m = await two();
    const id = await m.subscribe('CSALES', m.connectionId, 'UANN');
    await m.subscribe('COTHER', m.connectionId, 'UCY');
    await m.changes.keep([m.arrival(makeWebhook('invitee.created'))]);
    await m.changes.foldNext(10);
    await m.turn('uncertain', ['CSALES']);
    await letterStore(m.database).tellOwners();
    expect(await m.told()).toEqual(['UANN']);
    return { ...m, id };
  }

  it('go to nobody who may not decide about them', async () => {
    const m = await asked();
    for (let i = 0; i < 3; i++) await m.turn('dead', ['UANN']);
    expect(await m.told()).toEqual(['UANN']);
  });

  it('go to whoever owns the subscription by now', async () => {
    const m = await asked();
    await across(m.database.db, 'operator')
      .updateTable('subscription')
      .set({ made_by: 'UCY' })
      .where('id', '=', m.id)
      .execute();
    await m.turn('dead', ['UANN']);
    expect(await m.told()).toEqual(['UANN', 'UCY']);
    const row = (await m.notices()).find((each) => each.channel_id === 'UCY')!;
    const content = JSON.parse(m.database.seal.open(row.body!, place.delivery(m.installationId, row.id))) as Content & {
      kind: 'letters';
    };
    expect(content.letters.map((each) => [each.channelId, each.owner])).toEqual([['CSALES', 'UCY']]);
  });
});
