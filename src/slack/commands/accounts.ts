// Which of the workspace's Calendly accounts work, and which of them a person may use.

import type { Connection } from '../../connection/connection.ts';
import { accountNames } from '../../connection/names.ts';
import { Refusal } from '../../errors.ts';
import { translated } from '../../texts/index.ts';
import type { Visit } from '../visit.ts';

/** The accounts this workspace has connected and that work; refuses with the cure when there is none. */
export async function workingConnections(visit: Pick<Visit, 'product' | 'workspace' | 't'>): Promise<Connection[]> {
  const all = await visit.product.connections.connections(visit.workspace.id);
  const working = all.filter((each) => each.state === 'active');
  if (working.length > 0) return working;
  const broken = all.find((each) => each.state === 'broken');
  if (broken)
    throw new Refusal(visit.t.rights.broken(translated(broken.reason ?? '', visit.t)), { code: 'not_connected' });
  const { disconnected, notConnected } = visit.t.rights;
  throw new Refusal(all.length > 0 ? disconnected : notConnected, { code: 'not_connected' });
}

/** Those whose bookings this person may bring into a channel; all of them, where it is none, so that the refusal can name the owner. */
export async function permittedConnections(
  visit: Pick<Visit, 'product' | 'workspace' | 'slack' | 'user' | 't'>,
): Promise<Connection[]> {
  const working = await workingConnections(visit);
  const mine = working.filter((each) => each.connectedBy === visit.user);
  if (working.length < 2 || mine.length === working.length) return working;
  if ((await visit.slack.person(visit.user)).leads) return working;
  return mine.length > 0 ? mine : working;
}

/** What each account of the workspace is called. */
export interface Called {
  /** By the connection's id; those disconnected have one too. */
  names: Map<string, string>;
  /** More than one account is connected, so it has to be said which is meant. */
  several: boolean;
  /** The name where it has to be said; null where it goes without saying. */
  said(id: string): string | null;
}

export async function accountsCalled(visit: Pick<Visit, 'product' | 'workspace'>): Promise<Called> {
  const all = await visit.product.connections.connections(visit.workspace.id);
  const names = accountNames(all);
  const several = all.filter((each) => each.state !== 'disconnected').length > 1;
  return { names, several, said: (id) => (several ? (names.get(id) ?? null) : null) };
}

/** What it is called where the accounts themselves are shown: also the only one, once somebody has named it. */
export function nameShown({ several, names }: Called, { id, label }: Pick<Connection, 'id' | 'label'>): string | null {
  return several || label !== null ? (names.get(id) ?? null) : null;
}
