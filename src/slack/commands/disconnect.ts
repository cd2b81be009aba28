// `disconnect`: says what will stop, asks, and then stops it; the channels concerned are told.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import { inWindow, namesOf } from '../explain.ts';
import { accountInWords, inWords, say } from '../messages/answers.ts';
import { type Affected, DISCONNECT, disconnectForm, impactInWords, title } from '../views/disconnect.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { SubmitVisit, Verb, Visit } from '../visit.ts';
import { mayDisconnect } from './rights.ts';

/** More channels than this are not told one by one. */
const MOST_TOLD = 50;

export const disconnect: Verb = {
  name: 'disconnect',
  aliases: ['logout', 'signout', 'sign-out', 'unlink'],
  usage: '',
  summary: 'Disconnect a Calendly account. Says first what will stop.',
  examples: [
    { text: 'disconnect', means: 'Shows how many channels and subscriptions will stop, and asks before it does so.' },
    { text: 'logout', means: 'The same. Connecting the account again resumes its subscriptions.' },
  ],
  async run(visit) {
    const window = await visit.open(progress(title, 'Looking at what would stop…'));
    await inWindow(visit, window, title, async () => {
      const all = await liveConnections(visit);
      if (all.length === 0) throw nothing();
      const affected: Affected[] = [];
      for (const connection of all) {
        affected.push({ connection, ...(await visit.product.impact(visit.workspace.id, connection.id)) });
      }
      return { view: disconnectForm(affected), instead: null };
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
  const [chosen] = visit.entered.chosen('account');
  const id = chosen ?? visit.metadata;
  if (id === '') return visit.refuse({ account: 'Choose the account to disconnect.' });
  const window = await visit.proceed(progress(title, 'Disconnecting…'));
  let channels: string[] = [];
  let account = '';
  await inWindow(visit, window, title, async () => {
    const connection = await visit.product.connections.connection(visit.workspace.id, id);
    if (!connection || connection.state === 'disconnected') throw nothing();
    await mayDisconnect(visit, connection);
    const impact = await visit.product.impact(visit.workspace.id, id);
    const subscriptions = (await visit.product.subscriptions.allSubscriptions(visit.workspace.id)).filter(
      (each) => each.connectionId === id && each.state === 'active',
    );
    const { notes } = await visit.product.disconnect(visit.workspace.id, id, visit.user);
    account = accountInWords(connection);
    channels = [...new Set(subscriptions.map((each) => each.channelId))].slice(0, MOST_TOLD);
    const names = namesOf(visit);
    const message = say([
      `Disconnected ${account}. Stopped: ${impactInWords(impact)}.`,
      ...notes.map((note) => inWords(note, names)),
      `To go on, type \`${names.command} connect\` with the same account.`,
    ]);
    return { view: messageModal(title, message), instead: message };
  });
  await tellChannels(visit, channels, account);
}

async function tellChannels(visit: Visit, channels: string[], account: string): Promise<void> {
  for (const channel of channels) {
    try {
      await visit.slack.post(
        channel,
        say(
          `⏸ <@${visit.user}> disconnected the Calendly account ${account}. This channel hears of no bookings from it until it is connected again: \`${visit.product.commandName} connect\`.`,
        ),
      );
    } catch (error) {
      // The disconnection stands whether or not this channel can be told.
      visit.log.info({ err: error, channel }, 'a channel could not be told of a disconnection');
    }
  }
}

function nothing(): Refusal {
  return new Refusal('No Calendly account is connected here, so there is nothing to disconnect.', {
    code: 'not_connected',
  });
}
