// Whose meetings an account tells of: a button of `status`, and of what connecting answers, opens the window where that is chosen.

import type { Connection } from '../../connection/connection.ts';
import { noLongerAllowed } from '../../connection/reach.ts';
import { Refusal } from '../../errors.ts';
import { inWindow, namesOf } from '../explain.ts';
import { accountInWords, accountName, inWords, type Press, say, scopeInWords } from '../messages/answers.ts';
import { REACH } from '../messages/connected.ts';
import type { Connected } from '../product.ts';
import { messageModal, progress } from '../views/modal.ts';
import { REACH_CHOSEN, reachCalled, reachForm } from '../views/reach.ts';
import type { ActionVisit, SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled, type Called, nameShown } from './accounts.ts';
import { mayReach, mustBeMember } from './rights.ts';

/** More buttons are no help; of other accounts, the window is opened by connecting them again. */
const mostButtons = 10;

/** A button for each account of which this person may choose it. */
export async function reachButtons(visit: Visit, all: readonly Connection[], called: Called): Promise<Press[]> {
  const { leads } = await visit.slack.person(visit.user);
  const { whatIHear } = visit.t.connecting;
  return all
    .filter((each) => each.state === 'active' && !each.standIn && (leads || each.connectedBy === visit.user))
    .slice(0, mostButtons)
    .map((each) => {
      const name = called.said(each.id);
      return { label: name === null ? whatIHear : `${whatIHear}: ${name}`, action: REACH, value: each.id };
    });
}

export const reachActions: NonNullable<Verb['actions']> = { [REACH]: open };
export const reachSubmissions: NonNullable<Verb['submissions']> = { [REACH_CHOSEN]: chosen };

async function open(visit: ActionVisit): Promise<void> {
  const { titleReach: title, lookingReach } = visit.t.connecting;
  const waiting = progress(title, lookingReach, visit.t);
  // Slack gives the press of a button inside of a window no other one.
  if (visit.window) await visit.window.show(waiting, null);
  const window = visit.window ?? (await visit.open(waiting));
  await inWindow(visit, window, title, async () => {
    const { connection, name } = await accountOf(visit, visit.value);
    const reaches = await visit.product.reaches(connection);
    if (reaches.length < 2) {
      const words = visit.t.connecting.onlyOwn(accountName(connection.userName, visit.t));
      return { view: messageModal(title, say(inWords(words, namesOf(visit))), visit.t), instead: null };
    }
    return { view: reachForm(connection, reaches, name, visit.t), instead: null };
  });
}

async function chosen(visit: SubmitVisit): Promise<void> {
  const { titleReach: title, changingReach, whichReach } = visit.t.connecting;
  const [value] = visit.entered.chosen('reach');
  if (value === undefined) return visit.refuse({ reach: whichReach });
  const window = await visit.proceed(progress(title, changingReach, visit.t));
  await inWindow(visit, window, title, async () => {
    const { connection } = await accountOf(visit, visit.metadata);
    const reach = reachCalled(value, await visit.product.reaches(connection));
    if (!reach) throw noLongerAllowed();
    await mayReach(visit, connection, reach.scope);
    const done = await visit.product.setReach(visit.workspace.id, connection.id, reach, visit.user);
    const message = reachMessage(visit, done);
    return { view: messageModal(title, message, visit.t), instead: message };
  });
}

function reachMessage(visit: Visit, { connection, notes }: Connected): Message {
  const names = namesOf(visit);
  const { t } = visit;
  const hears = t.connecting.reachChanged(accountInWords(connection, t), scopeInWords(connection, t));
  return say([hears, ...notes.map((note) => inWords(note, names))]);
}

async function accountOf(visit: Visit, id: string): Promise<{ connection: Connection; name: string | null }> {
  const connection = await visit.product.connections.connection(visit.workspace.id, id);
  await mustBeMember(visit);
  if (!connection || connection.state === 'disconnected')
    throw new Refusal(visit.t.rights.notConnected, { code: 'not_connected' });
  await mayReach(visit, connection, null);
  return { connection, name: nameShown(await accountsCalled(visit), connection) };
}
