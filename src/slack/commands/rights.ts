// Who may do what: guests read cards only, members act on what is theirs, those who lead (workspace admins, and app managers whom they named) on everything.
// Asked at the moment of the action; where Slack does not answer, the action is refused.

import type { Host } from '../../booking/change.ts';
import type { Connection } from '../../connection/connection.ts';
import type { Letter } from '../../delivery/letters.ts';
import { Refusal } from '../../errors.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Visit } from '../visit.ts';

type Asking = Pick<Visit, 'slack' | 'user' | 't'>;

export async function mustBeMember(visit: Asking): Promise<void> {
  if ((await visit.slack.person(visit.user)).isGuest) throw guest(visit);
}

/** Somebody may subscribe channels to an account that they connected themselves; to a whole organization or group only while they lead. */
export async function maySubscribe(visit: Asking, connection: Connection): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads) return;
  if (connection.connectedBy === visit.user) {
    if (connection.scope === 'user') return;
    const { group, organization } = visit.t.rights;
    throw new Refusal(connection.scope === 'group' ? group : organization, { code: 'admins_only' });
  }
  throw new Refusal(visit.t.rights.subscribe(connection.connectedBy), { code: 'not_yours' });
}

export async function mayChange(visit: Asking, subscription: Subscription): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads || subscription.madeBy === visit.user) return;
  throw new Refusal(visit.t.rights.change(subscription.madeBy), { code: 'not_yours' });
}

export async function mayDisconnect(visit: Asking, connection: Connection): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads || connection.connectedBy === visit.user) return;
  throw new Refusal(visit.t.rights.disconnect(connection.connectedBy), { code: 'not_yours' });
}

/** Whose meetings an account tells of; a null scope: to see what there is to choose from. More than its own takes who leads. */
export async function mayReach(visit: Asking, { connectedBy }: Connection, scope: Connection['scope'] | null) {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads) return;
  if (connectedBy !== visit.user) throw new Refusal(visit.t.rights.choose(connectedBy), { code: 'not_yours' });
  if (scope !== null && scope !== 'user') throw new Refusal(visit.t.rights.reach, { code: 'admins_only' });
}

export async function mayRename(visit: Asking, connection: Connection): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads || connection.connectedBy === visit.user) return;
  throw new Refusal(visit.t.rights.rename(connection.connectedBy), { code: 'not_yours' });
}

/** Messages that could not be shown, of whichever channel and account. */
export async function mustLead(visit: Asking, why: string = visit.t.rights.admins): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads) return;
  throw new Refusal(why, { code: 'admins_only' });
}

/** To say who leads; an app manager may not. */
export async function mustBeAdmin(visit: Asking): Promise<void> {
  const { isAdmin, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (isAdmin) return;
  throw new Refusal(visit.t.rights.managers, { code: 'admins_only' });
}

/** Whether a message of unknown outcome is there, and whether to send it again. */
export async function mayDecide(visit: Asking, letter: Pick<Letter, 'owner'>): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads || letter.owner === visit.user) return;
  const { rights } = visit.t;
  throw new Refusal(letter.owner ? rights.decide(letter.owner) : rights.decideAdmin, { code: 'not_yours' });
}

/** To cancel a meeting, mark who did not come, or see what acts for its invitee. */
export async function mayAct(
  visit: Asking & Pick<Visit, 'product' | 'workspace'>,
  hosts: readonly Host[],
): Promise<void> {
  const { leads, isGuest } = await visit.slack.person(visit.user);
  if (isGuest) throw guest(visit);
  if (leads || (await isHost(visit, hosts))) return;
  const names = hosts.map(({ name }) => safeMrkdwn(name ?? '', 60)).filter((name) => name !== '');
  const who = names.length > 0 && names.length <= 3 ? visit.t.common.any(names) : visit.t.actions.itsHost;
  throw new Refusal(visit.t.actions.notHost(who), { code: 'not_host' });
}

/** Whoever connected that host's account, or has the host's address in Slack. */
async function isHost(
  { product, workspace, user }: Pick<Visit, 'product' | 'workspace' | 'user'>,
  hosts: readonly Host[],
) {
  const connections = await product.connections.connections(workspace.id);
  // Whoever stands in for somebody is not that person.
  const own = connections.filter((each) => each.state === 'active' && each.connectedBy === user && !each.standIn);
  if (hosts.some(({ uri }) => own.some((each) => each.userUri === uri))) return true;
  for (const { email } of hosts.slice(0, 10)) {
    if (email === null) continue;
    const person = await product.people.personOf(workspace.id, email);
    if (person.says !== 'nobody knows' && person.userId === user) return true;
  }
  return false;
}

function guest({ t }: Asking): Refusal {
  return new Refusal(t.common.forGuests, { code: 'guest' });
}
