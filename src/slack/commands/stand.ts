// The bare command: where you stand, and the one useful next step.

import type { Connection, Hook } from '../../connection/connection.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import {
  accountInWords,
  buttons,
  connectionState,
  hooksInWords,
  type Press,
  say,
  subscriptionInWords,
} from '../messages/answers.ts';
import type { CommandVisit, Visit } from '../visit.ts';
import { accountsCalled, nameShown } from './accounts.ts';
import { mustBeMember } from './rights.ts';

export async function stand(visit: CommandVisit): Promise<void> {
  await mustBeMember(visit);
  const { connections, lines, wasConnected } = await accounts(visit);
  const here = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel);
  const { home } = visit.t;
  const rows = here.slice(0, 10).map((each) => {
    const what = subscriptionInWords(each, visit.t);
    return `• ${each.state === 'paused' ? home.isPaused(what) : what}`;
  });
  const more = here.length > 10 ? [home.andMore(here.length - 10)] : [];
  const channel = here.length === 0 ? home.hereNothing : [home.here, ...rows, ...more].join('\n');
  const { sentence, press } = nextStep(
    visit,
    connections,
    wasConnected,
    here.length,
    here.some((each) => each.state === 'paused'),
  );
  const help: Press = { label: home.buttonHelp, action: 'do', value: 'help' };
  await visit.answer(say([...lines, channel, sentence], buttons(press ? [press, help] : [help])));
}

/** The accounts in a line each. */
async function accounts(
  visit: Pick<Visit, 'product' | 'workspace' | 't'>,
): Promise<{ connections: Connection[]; lines: string[]; wasConnected: boolean }> {
  const { product, workspace } = visit;
  const all = await product.connections.connections(workspace.id);
  const connections = all.filter((each) => each.state !== 'disconnected');
  const called = await accountsCalled(visit);
  const lines: string[] = [];
  for (const connection of connections.slice(0, 10)) {
    const hooks: Hook[] = await product.connections.hooks(workspace.id, connection.id);
    lines.push(
      visit.t.home.account(
        accountInWords(connection, visit.t, nameShown(called, connection)),
        connectionState(connection, namesOf(visit)),
        hooksInWords(hooks, product.publicUrl !== null, visit.t),
      ),
    );
  }
  return {
    connections,
    wasConnected: all.length > 0,
    lines: lines.length > 0 ? [lines.join('\n')] : [noneConnected(all, visit.t)],
  };
}

function noneConnected(before: Connection[], t: Texts): string {
  const { home } = t;
  const [first] = before;
  if (!first) return home.noneConnected;
  return before.length === 1 ? home.disconnected(accountInWords(first, t)) : home.allDisconnected;
}

function nextStep(
  visit: CommandVisit,
  connections: Connection[],
  wasConnected: boolean,
  here: number,
  paused: boolean,
): { sentence: string; press?: Press } {
  const { command, t } = namesOf(visit);
  const { home } = t;
  const press = (label: string, value: string): Press => ({ label, action: 'do', value, style: 'primary' });
  if (connections.length === 0) {
    return {
      sentence: wasConnected ? home.goOn(command) : home.connectOne(command),
      press: press(home.connect, 'connect'),
    };
  }
  if (connections.some((each) => each.state === 'broken'))
    return { sentence: home.connectItAgain(command), press: press(home.connectAgain, 'connect') };
  if (here === 0) return { sentence: home.showHere(command), press: press(home.subscribeHere, 'subscribe') };
  if (paused) return { sentence: home.seeWhy(command), press: press(home.list, 'list') };
  return { sentence: home.allSet(command), press: { label: home.sendSample, action: 'do', value: 'test' } };
}
