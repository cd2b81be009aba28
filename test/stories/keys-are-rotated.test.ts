// Promise: ENCRYPTION_KEY is replaced while the app runs: everything is sealed with the new key, nobody waits for it, a run that is killed is repeated, and the
// old key is worth nothing afterwards.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { processWorld } from './process.ts';
import { script } from './scripts.ts';
import { unsealed } from './unsealed.ts';
import { canary, follow } from './view.ts';
import { connect } from './world.ts';

const newKey = () => randomBytes(32).toString('base64');

const rotateKeys = (env: Record<string, string>, killAt?: string) => script('rotate-keys', env, [], killAt);

describe('a new key', () => {
  it('takes the place of the old one beside a working app', { timeout: 180_000 }, async () => {
    const w = await processWorld();
    const old = w.env.ENCRYPTION_KEY!;
    const fresh = newKey();
    const first = await w.start();
    await connect(w);
    const sales = await follow(w, 'all');
    for (let i = 0; i < 40; i++) w.calendly.book({ name: `Guest ${i}`, email: `guest${i}@example.com` });
    await w.slack.waitFor(() => sales.cards().length === 40, { what: '40 cards', timeoutMs: 60_000 });

    // An app that has only the old key could not go on: that is refused before anything is changed.
    const tooEarly = await rotateKeys({ ...w.env, ENCRYPTION_KEY: `${fresh},${old}` });
    expect([tooEarly.code, tooEarly.said]).toEqual([
      1,
      expect.stringMatching(/^✗ The app does not have the new key yet/),
    ]);
    expect(await unsealed(w.storage, old)).toContain('Guest 7');

    first.child.kill('SIGTERM');
    await first.ended;
    const both = { ENCRYPTION_KEY: `${fresh},${old}` };
    const second = await w.start(both);
    const killed = await rotateKeys({ ...w.env, ...both }, 'Sealing anew: ');
    expect(killed.code).toBeNull();
    // What is half done works.
    await canary(w, sales);
    const done = await rotateKeys({ ...w.env, ...both });
    expect(done.said).toMatch(
      /✓ .*everything is sealed with the first key\. Take the other keys out of ENCRYPTION_KEY/,
    );
    expect(done.code).toBe(0);
    for (const secret of [old, fresh, 'xoxb-', 'Guest']) expect(killed.said + done.said).not.toContain(secret);
    await canary(w, sales);
    expect((await rotateKeys({ ...w.env, ...both })).said).toMatch(
      /^✓ Everything is sealed with the first key already/,
    );

    second.child.kill('SIGTERM');
    await second.ended;
    expect(await unsealed(w.storage, fresh)).toContain('Guest 7');
    await expect(unsealed(w.storage, old)).rejects.toThrow('ENCRYPTION_KEY does not hold');
    await w.start({ ENCRYPTION_KEY: fresh });
    await canary(w, sales);
    w.calendly.cancel(w.calendly.bookings[7]!, { by: 'invitee' });
    await sales.shows('Guest 7', /^Canceled/);
  });
});
