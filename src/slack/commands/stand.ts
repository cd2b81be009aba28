// The bare command: where you stand, and the one useful next step.

import type { Connection, Hook } from '../../connection/connection.ts';
import { namesOf } from '../explain.ts';
import {
  accountInWords,
  buttons,
  connectionState,
  counted,
  hooksInWords,
  type Press,
  say,
  subscriptionInWords,
} from '../messages/answers.ts';
import type { CommandVisit, Visit } from '../visit.ts';
import { mustBeMember } from './rights.ts';

export async function stand(visit: CommandVisit): Promise<void> {
  await mustBeMember(visit);
  const { connections, lines, wasConnected } = await accounts(visit);
  const here = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel);
  const channel =
    here.length === 0
      ? 'This channel hears of no bookings.'
      : `This channel hears of:\n${here
          .slice(0, 10)
          .map((each) => `• ${subscriptionInWords(each)}${each.state === 'paused' ? ' (paused)' : ''}`)
          .join('\n')}${here.length > 10 ? `\n… and ${counted(here.length - 10, 'more')}` : ''}`;
  const { sentence, press } = nextStep(
    visit,
    connections,
    wasConnected,
    here.length,
    here.some((each) => each.state === 'paused'),
  );
  const help: Press = { label: 'Help', action: 'do', value: 'help' };
  await visit.answer(say([...lines, channel, sentence], buttons(press ? [press, help] : [help])));
}

/** The accounts in a line each, for here and for Home. */
export async function accounts(
  visit: Pick<Visit, 'product' | 'workspace'>,
): Promise<{ connections: Connection[]; lines: string[]; wasConnected: boolean }> {
  const { product, workspace } = visit;
  const all = await product.connections.connections(workspace.id);
  const connections = all.filter((each) => each.state !== 'disconnected');
  const lines: string[] = [];
  for (const connection of connections.slice(0, 10)) {
    const hooks: Hook[] = await product.connections.hooks(workspace.id, connection.id);
    lines.push(
      `${accountInWords(connection)} · ${connectionState(connection, namesOf(visit))} · hook: ${hooksInWords(hooks, product.publicUrl !== null)}`,
    );
  }
  return {
    connections,
    wasConnected: all.length > 0,
    lines: lines.length > 0 ? [lines.join('\n')] : [noneConnected(all)],
  };
}

function noneConnected(before: Connection[]): string {
  const [first] = before;
  if (!first) return 'No Calendly account is connected yet.';
  const which = before.length === 1 ? `account ${accountInWords(first)} is` : 'accounts are';
  return `Your Calendly ${which} disconnected.`;
}

function nextStep(
  visit: CommandVisit,
  connections: Connection[],
  wasConnected: boolean,
  here: number,
  paused: boolean,
): { sentence: string; press?: Press } {
  const { command } = namesOf(visit);
  if (connections.length === 0) {
    return {
      sentence: wasConnected
        ? `Type \`${command} connect\` to go on.`
        : `Next: connect one with \`${command} connect\`.`,
      press: { label: 'Connect Calendly', action: 'do', value: 'connect', style: 'primary' },
    };
  }
  if (connections.some((each) => each.state === 'broken')) {
    return {
      sentence: `Next: connect it again with \`${command} connect\`.`,
      press: { label: 'Connect again', action: 'do', value: 'connect', style: 'primary' },
    };
  }
  if (here === 0) {
    return {
      sentence: `Next: show bookings here with \`${command} subscribe\`.`,
      press: { label: 'Subscribe this channel', action: 'do', value: 'subscribe', style: 'primary' },
    };
  }
  if (paused)
    return {
      sentence: `Next: see why with \`${command} list\`.`,
      press: { label: 'List', action: 'do', value: 'list', style: 'primary' },
    };
  return {
    sentence: `All set. Try \`${command} test\` for a sample card.`,
    press: { label: 'Send a sample', action: 'do', value: 'test' },
  };
}
