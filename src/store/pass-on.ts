// A notice that its addressee can never read goes to somebody else who can act on it, and at last into the channel it is about.

import type { Content } from '../delivery/content.ts';
import type { Job } from '../delivery/lane.ts';
import type { Database, Tx } from './database.ts';
import { addContent } from './notices.ts';
import { deliveryId } from './rows.ts';

/**
 * In this order: whoever connected the account, others who subscribed channels to it, the channel. Where one of them has heard of it already, nobody else
 * needs to. What nobody takes stays a dead letter, which status, metrics and admins see.
 */
export async function passOn(tx: Tx, database: Database, job: Job, now: number): Promise<void> {
  const { installationId, channelId: person, content, kind } = job;
  if (kind !== 'notice' || !isPerson(person)) return;
  const { about } = await tx
    .selectFrom('delivery')
    .select('about')
    .where('installation_id', '=', installationId)
    .where('id', '=', job.deliveryId)
    .executeTakeFirstOrThrow();
  if (about === null) return;
  if (content.kind === 'letters') return await lettersOn(tx, database, { installationId, person, about, content }, now);
  if (content.kind !== 'notice') return;
  for (const to of await others(tx, installationId, person, about)) {
    const known = await tx
      .selectFrom('delivery')
      .select('state')
      .where('installation_id', '=', installationId)
      .where('id', '=', deliveryId('notice', installationId, to, about))
      .executeTakeFirst();
    if (known?.state === 'dead') continue;
    if (!known) await addContent(tx, database, { installationId, to, key: about, content }, now);
    return;
  }
}

/** Slack's ids of people begin so; those of conversations with C, G or D. */
const isPerson = (id: string) => /^[UW]/.test(id);

/**
 * Who else has to do with it, then where it could be said. The key of a notice names what it is about: a channel, an account or an account's hook. One that
 * names none of them, such as what came of a sign-in, is for its addressee alone.
 */
async function others(tx: Tx, installationId: string, person: string, about: string): Promise<string[]> {
  const channel = /^(?:paused|unshared) (\S+)/.exec(about)?.[1] ?? null;
  const [id = null] = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(about) ?? [];
  const rows = await tx
    .selectFrom('connection as c')
    .leftJoin('subscription as s', (join) =>
      join.onRef('s.installation_id', '=', 'c.installation_id').onRef('s.connection_id', '=', 'c.id'),
    )
    .select(['c.id', 'c.connected_by', 's.channel_id', 's.made_by', 's.state'])
    .where('c.installation_id', '=', installationId)
    .orderBy('s.created_at')
    .orderBy('s.id')
    .execute();
  const account = id && (await accountOf(tx, installationId, id));
  const here = rows.filter((row) => row.channel_id === channel);
  const theirs = new Set(here.filter((row) => row.made_by === person).map((row) => row.id));
  const concerned = channel ? here.filter((row) => theirs.has(row.id)) : rows.filter((row) => row.id === account);
  const people = [...concerned.map((row) => row.connected_by), ...concerned.map((row) => row.made_by)];
  const open = concerned.find((row) => row.state === 'active')?.channel_id;
  return [...new Set([...people, channel ?? open])]
    .filter((to) => typeof to === 'string')
    .filter((to) => to !== person);
}

/** The account with this id, or with a hook of this id; null where there is neither. */
async function accountOf(tx: Tx, installationId: string, id: string): Promise<string | null> {
  const hook = await tx
    .selectFrom('hook')
    .select('connection_id')
    .where('installation_id', '=', installationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return hook?.connection_id ?? id;
}

/** Letters have buttons for one person and speak of several channels: each goes to whoever may decide about it by now, admins see them anyway. */
async function lettersOn(
  tx: Tx,
  database: Database,
  {
    installationId,
    person,
    about,
    content,
  }: { installationId: string; person: string; about: string } & {
    content: Content & { kind: 'letters' };
  },
  now: number,
): Promise<void> {
  const owners = await tx
    .selectFrom('delivery as d')
    .innerJoin('subscription as s', (join) =>
      join.onRef('s.installation_id', '=', 'd.installation_id').onRef('s.id', '=', 'd.subscription_id'),
    )
    .select(['d.id', 's.made_by'])
    .where('d.installation_id', '=', installationId)
    .where(
      'd.id',
      'in',
      content.letters.map((letter) => letter.id),
    )
    .where('d.state', '=', 'uncertain')
    .where('s.made_by', '<>', person)
    .execute();
  for (const [to, mine] of Map.groupBy(owners, (row) => row.made_by)) {
    const ids = new Set(mine.map((row) => row.id));
    const letters = content.letters.filter((each) => ids.has(each.id)).map((each) => ({ ...each, owner: to }));
    await addContent(tx, database, { installationId, to, key: about, content: { ...content, letters, more: 0 } }, now);
  }
}
