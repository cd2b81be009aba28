// `disconnect`: says what will stop, asks, and then stops it; the channels concerned are told.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { inWindow, namesOf } from '../explain.ts';
import { accountInWords, inWords, say } from '../messages/answers.ts';
import { type Affected, DISCONNECT, disconnectForm, impactInWords } from '../views/disconnect.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { SubmitVisit, Verb, Visit } from '../visit.ts';
import { accountsCalled, nameShown } from './accounts.ts';
import { languageHere } from './channel.ts';
import { mayDisconnect, mustBeMember } from './rights.ts';

/** More channels than this are not told one by one. */
const MOST_TOLD = 50;

export const disconnect: Verb = {
  name: 'disconnect',
  aliases: ['logout', 'signout', 'sign-out', 'unlink'],
  examples: ['disconnect', 'logout'],
  async run(visit) {
    const { looking, titleDisconnect: title } = visit.t.connecting;
    const window = await visit.open(progress(title, looking, visit.t));
    await inWindow(visit, window, title, async () => {
      await mustBeMember(visit);
      const all = await liveConnections(visit);
      if (all.length === 0) throw nothing(visit.t);
      const { names } = await accountsCalled(visit);
      const affected: Affected[] = [];
      for (const connection of all) {
        const impact = await visit.product.impact(visit.workspace.id, connection.id);
        affected.push({ connection, name: names.get(connection.id) ?? connection.userName, ...impact });
      }
      return { view: disconnectForm(affected, visit.t), instead: null };
    });
  },
  submissions: { [DISCONNECT]: submitted },
};

async function liveConnections(visit: Visit): Promise<Connection[]> {
  return (await visit.product.connections.connections(visit.workspace.id)).filter(
    (each) => each.state !== 'disconnected',
  );
}

async function submitted(visit: SubmitVisit): Promise<void> {
  const words = visit.t.connecting;
  const title = words.titleDisconnect;
  const [chosen] = visit.entered.chosen('account');
  const id = chosen ?? visit.metadata;
  if (id === '') return visit.refuse({ account: words.chooseAccount });
  const window = await visit.proceed(progress(title, words.disconnecting, visit.t));
  let channels: string[] = [];
  let account: (t: Texts) => string = () => '';
  await inWindow(visit, window, title, async () => {
    await mustBeMember(visit);
    const connection = await visit.product.connections.connection(visit.workspace.id, id);
    if (!connection || connection.state === 'disconnected') throw nothing(visit.t);
    await mayDisconnect(visit, connection);
    const called = await accountsCalled(visit);
    const impact = await visit.product.impact(visit.workspace.id, id);
    const subscriptions = (await visit.product.subscriptions.allSubscriptions(visit.workspace.id)).filter(
      (each) => each.connectionId === id && each.state === 'active',
    );
    const { notes } = await visit.product.disconnect(visit.workspace.id, id, visit.user);
    account = (t) => accountInWords(connection, t, nameShown(called, connection));
    channels = [...new Set(subscriptions.map((each) => each.channelId))].slice(0, MOST_TOLD);
    const names = namesOf(visit);
    const message = say([
      words.disconnected(account(visit.t), impactInWords(impact, visit.t)),
      ...notes.map((note) => inWords(note, names)),
      words.toGoOn(names.command),
    ]);
    return { view: messageModal(title, message, visit.t), instead: message };
  });
  await tellChannels(visit, channels, account);
}

/** Each in its own language. */
async function tellChannels(visit: Visit, channels: string[], account: (t: Texts) => string): Promise<void> {
  for (const channel of channels) {
    try {
      const t = textsFor(await languageHere(visit, channel, null));
      const words = t.connecting.toldDisconnected(`<@${visit.user}>`, account(t), visit.product.commandName);
      await visit.slack.post(channel, say(words));
    } catch (error) {
      // The disconnection stands whether or not this channel can be told.
      visit.log.info({ err: error, channel }, 'a channel could not be told of a disconnection');
    }
  }
}

function nothing(t: Texts): Refusal {
  return new Refusal(t.connecting.nothingToDisconnect, {
    code: 'not_connected',
  });
}
