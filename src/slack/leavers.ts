// Keeps direct messages from people who left: Slack takes those without a word, so whoever should have read them would never know.

import { request } from 'undici';
import { z } from 'zod';
import type { Messenger } from '../delivery/write.ts';

const said = z.object({ ok: z.literal(true), user: z.object({ deleted: z.boolean().optional() }) });

interface Asking {
  apiUrl: URL;
  tokenOf(installationId: string): Promise<string | null>;
}

/** A messenger that refuses with `user_disabled` what is meant for a deactivated account. Where Slack does not say, it is sent. */
export function notToThoseWhoLeft(messenger: Messenger & { close(): Promise<void> }, asking: Asking) {
  return {
    ...messenger,
    async send(write: Parameters<Messenger['send']>[0]) {
      const isForPerson = write.op === 'post' && /^[UW]/.test(write.channel);
      if (isForPerson && (await hasLeft(asking, write.installationId, write.channel)))
        return { kind: 'refused' as const, error: 'user_disabled', detail: null };
      return messenger.send(write);
    },
  };
}

/** False where Slack does not say. `deleted` is Slack's word for deactivated. See https://docs.slack.dev/reference/methods/users.info. */
export async function hasLeft({ apiUrl, tokenOf }: Asking, installationId: string, user: string): Promise<boolean> {
  try {
    const token = await tokenOf(installationId);
    if (token === null) return false;
    const response = await request(new URL('users.info', apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user }).toString(),
      headersTimeout: 3_000,
      bodyTimeout: 3_000,
    });
    const answer = said.safeParse(await response.body.json());
    return answer.success && answer.data.user.deleted === true;
  } catch {
    return false;
  }
}
