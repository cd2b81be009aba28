// Whether somebody has left is asked before they are written to; where that cannot be asked, the message goes out.

import { expect, test } from 'vitest';
import type { Outcome, Write } from '../../src/delivery/write.ts';
import { notToThoseWhoLeft } from '../../src/slack/leavers.ts';

const write: Write = {
  ...{ installationId: 'i', op: 'post', channel: 'UANN', ts: null, threadTs: null, plain: false, attemptId: 'a' },
  content: { kind: 'notice', text: 'Hello' },
};
const away: Outcome = { kind: 'not_sent', reason: 'the bot token could not be read', retryAfterMs: null };

test('a token that cannot be read is for the message itself to wait for', async () => {
  const messenger = { send: async () => away, find: async () => ({ kind: 'absent' as const }), close: async () => {} };
  const unreadable = async () => {
    throw new Error('the database is away');
  };
  const kind = notToThoseWhoLeft(messenger, { apiUrl: new URL('http://127.0.0.1:1/api/'), tokenOf: unreadable });
  expect(await kind.send(write)).toEqual(away);
});
