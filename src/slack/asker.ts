// Who asks to connect an account, in the words of Slack itself: for a web page, where nobody else can say it.

import { request } from 'undici';
import { z } from 'zod';
import { Gone, Outage, Refusal } from '../errors.ts';
import { textsFor } from '../texts/index.ts';

interface Asking {
  apiUrl: URL;
  tokenOf(installationId: string): Promise<string | null>;
  managers(installationId: string): Promise<string[]>;
}

const team = z.object({ ok: z.literal(true), team: z.string(), team_id: z.string() });
const person = z.object({
  ok: z.literal(true),
  user: z.object({
    name: z.string().optional(),
    real_name: z.string().optional(),
    team_id: z.string().optional(),
    deleted: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
    is_admin: z.boolean().optional(),
    is_owner: z.boolean().optional(),
    profile: z.object({ real_name: z.string().optional(), display_name: z.string().optional() }).optional(),
  }),
});

/** Throws Refusal `guest` for those who may not connect accounts, Outage where Slack does not say who it is: then nobody goes on. */
export function askers({ apiUrl, tokenOf, managers }: Asking) {
  return async (
    installationId: string,
    slackUser: string,
  ): Promise<{ workspace: string; person: string; leads: boolean }> => {
    const token = await tokenOf(installationId);
    if (token === null)
      throw new Gone(
        'The app is no longer installed in that Slack workspace. Install it again, then type {command} connect.',
        {
          code: 'not_installed',
        },
      );
    const [where, who] = await Promise.all([
      ask(apiUrl, token, 'auth.test', {}, team),
      ask(apiUrl, token, 'users.info', { user: slackUser }, person),
    ]);
    const { user } = who;
    const isGuest = user.is_restricted || user.is_ultra_restricted || user.is_stranger;
    if (isGuest || user.deleted || (user.team_id ?? where.team_id) !== where.team_id)
      throw new Refusal(textsFor(null).common.forGuests, { code: 'guest' });
    const name = user.profile?.real_name || user.real_name || user.profile?.display_name || user.name || 'Somebody';
    const leads = Boolean(user.is_admin || user.is_owner) || (await managers(installationId)).includes(slackUser);
    return { workspace: where.team, leads, person: user.name && user.name !== name ? `${name} (@${user.name})` : name };
  };
}

async function ask<T>(
  apiUrl: URL,
  token: string,
  method: string,
  args: Record<string, string>,
  shape: z.ZodType<T>,
): Promise<T> {
  try {
    const response = await request(new URL(method, apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(args).toString(),
      signal: AbortSignal.timeout(5_000),
    });
    return shape.parse(await response.body.json());
  } catch (cause) {
    throw new Outage(
      'Slack does not tell me at the moment whose link this is, so I do not go on. Reload this page in a minute.',
      {
        code: 'slack_unreachable',
        cause,
      },
    );
  }
}
