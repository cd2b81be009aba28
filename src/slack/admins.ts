// Who leads a workspace, asked of Slack when something needs one of them.

import { request } from 'undici';
import { z } from 'zod';

/** So many are asked: one of them will do, and nobody wants a whole company told. */
const most = 3;
/** Pages of 200; who leads mostly came early. */
const mostPages = 20;

const said = z.object({
  ok: z.literal(true),
  members: z.array(
    z.object({
      id: z.string(),
      deleted: z.boolean().optional(),
      is_bot: z.boolean().optional(),
      is_admin: z.boolean().optional(),
      is_owner: z.boolean().optional(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** At most three admins or owners; none where Slack does not say. See https://docs.slack.dev/reference/methods/users.list. */
export async function adminsOf(
  { apiUrl, tokenOf }: { apiUrl: URL; tokenOf(installationId: string): Promise<string | null> },
  installationId: string,
): Promise<string[]> {
  const token = await tokenOf(installationId);
  const found: string[] = [];
  let cursor = '';
  for (let page = 0; token !== null && page < mostPages; page++) {
    const members = await ask(apiUrl, token, cursor);
    if (members === null) break;
    for (const { id, ...member } of members.members)
      if ((member.is_admin || member.is_owner) && !member.deleted && !member.is_bot) found.push(id);
    cursor = members.response_metadata?.next_cursor ?? '';
    if (found.length >= most || cursor === '') break;
  }
  return found.slice(0, most);
}

async function ask(apiUrl: URL, token: string, cursor: string): Promise<z.infer<typeof said> | null> {
  try {
    const response = await request(new URL('users.list', apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ limit: '200', ...(cursor ? { cursor } : {}) }).toString(),
      headersTimeout: 5_000,
      bodyTimeout: 5_000,
    });
    const answer = said.safeParse(await response.body.json());
    return answer.success ? answer.data : null;
  } catch {
    return null;
  }
}
