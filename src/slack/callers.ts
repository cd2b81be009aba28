// Who asks: the workspace behind a request, and the desk it is served at.

import type { Product, Where, Workspace } from './product.ts';
import type { Desk } from './reception.ts';
import { responder } from './respond.ts';
import { slackWebs } from './web.ts';

/** Found out once for each request; `trouble` is why that failed. */
export interface Caller {
  workspace: Workspace | null;
  trouble: unknown;
}

/** Never throws: a request whose workspace cannot be read is still answered, in words. */
export async function caller(
  product: Product,
  where: Where,
): Promise<Caller & { botToken?: string; botUserId?: string }> {
  try {
    const workspace = await product.installationOf(where);
    if (!workspace) return { workspace: null, trouble: null };
    return { workspace, trouble: null, botToken: workspace.botToken, botUserId: workspace.botUserId };
  } catch (error) {
    return { workspace: null, trouble: error };
  }
}

export type DeskMaker = (workspace: Workspace, teamId: string) => Desk;

/** One desk for each workspace, made anew when its token changes. */
export async function deskMaker({ product, apiUrl }: { product: Product; apiUrl: URL }): Promise<DeskMaker> {
  const log = product.log.child({ part: 'slack' });
  const webs = await slackWebs({ apiUrl, log });
  const respond = responder({ apiUrl, log });
  const known = new Map<string, { token: string; desk: Desk }>();
  return (workspace, teamId) => {
    const before = known.get(teamId);
    if (before?.token === workspace.botToken && before.desk.workspace.id === workspace.id) return before.desk;
    if (known.size >= 1_000) known.clear();
    const isManager = async (user: string) => (await product.managers(workspace.id)).includes(user);
    const desk: Desk = { product, workspace, slack: webs({ teamId, token: workspace.botToken, isManager }), respond };
    known.set(teamId, { token: workspace.botToken, desk });
    return desk;
  };
}
