// `status`: connections, hooks, checks and the ledger, problems first.

import type { Connection, Hook } from '../../connection/connection.ts';
import { namesOf } from '../explain.ts';
import {
  accountInWords,
  connectionState,
  counted,
  hooksInWords,
  inWords,
  moment,
  say,
  scopeInWords,
} from '../messages/answers.ts';
import type { Figures } from '../product.ts';
import type { Verb, Visit } from '../visit.ts';

export const status: Verb = {
  name: 'status',
  aliases: ['state', 'info', 'me', 'health'],
  usage: '',
  summary: 'The connection to Calendly, its hook, the last check, and what was shown.',
  examples: [
    { text: 'status', means: 'Problems first, then each account with its role, hook, last booking and checks.' },
    { text: 'verify', means: 'Runs the check now instead of waiting for the next one.' },
  ],
  async run(visit) {
    const { product, workspace } = visit;
    const connections = await product.connections.connections(workspace.id);
    const figures = await product.figures(workspace.id);
    const subscriptions = await product.subscriptions.allSubscriptions(workspace.id);
    const { command } = namesOf(visit);
    if (connections.length === 0)
      return visit.answer(say(`No Calendly account is connected yet. \`${command} connect\` does it.`));
    const paused = subscriptions.filter((each) => each.state === 'paused').length;
    const problems = problemsIn(figures, paused, product.publicUrl !== null, command);
    const accounts: string[] = [];
    // Those that do not work come first; more than a screenful helps nobody.
    for (const connection of [...connections].sort((a, b) => rank(a) - rank(b)).slice(0, 15)) {
      accounts.push(await account(visit, connection));
    }
    const hidden = connections.length - accounts.length;
    await visit.answer(
      say([
        ...(problems.length > 0 ? [problems.map((problem) => `⚠️ ${problem}`).join('\n')] : []),
        ...accounts,
        ...(hidden > 0 ? [`… and ${counted(hidden, 'more account')}.`] : []),
        ledger(visit, figures, subscriptions.length - paused, paused),
      ]),
    );
  },
};

function rank(connection: Connection): number {
  return { broken: 0, active: 1, disconnected: 2 }[connection.state];
}

function problemsIn(figures: Figures, paused: number, hasPublicUrl: boolean, command: string): string[] {
  const is = (count: number) => (count === 1 ? 'is' : 'are');
  return [
    ...(hasPublicUrl
      ? []
      : ['I have no public address, so Calendly cannot call me. Whoever runs this app can set PUBLIC_URL.']),
    ...(figures.uncertain > 0
      ? [
          `For ${counted(figures.uncertain, 'message')} Slack did not say whether it arrived (uncertain). I do not repeat them, so that nothing shows up twice.`,
        ]
      : []),
    ...(figures.dead > 0
      ? [`${counted(figures.dead, 'message')} could not be shown (dead). The log of the app says why.`]
      : []),
    ...(paused > 0
      ? [`${counted(paused, 'subscription')} ${is(paused)} paused; \`${command} list workspace\` says why.`]
      : []),
  ];
}

async function account(visit: Visit, connection: Connection): Promise<string> {
  const { product, workspace } = visit;
  const names = namesOf(visit);
  const hooks: Hook[] =
    connection.state === 'disconnected' ? [] : await product.connections.hooks(workspace.id, connection.id);
  const check =
    connection.checkedAt === null
      ? 'not yet'
      : `${moment(connection.checkedAt)}. ${inWords(connection.checkResult ?? '', names)}`.trimEnd();
  return [
    `${accountInWords(connection)} · ${connectionState(connection, names)}`,
    `Role ${connection.role}, hears of ${scopeInWords(connection)}; connected by <@${connection.connectedBy}>`,
    ...(connection.state === 'disconnected' ? [] : [`Hook: ${hooksInWords(hooks, product.publicUrl !== null)}`]),
    `Last change heard: ${connection.lastChangeAt === null ? 'none yet' : moment(connection.lastChangeAt)}`,
    ...(connection.state === 'disconnected' ? [] : [`Last check: ${check}`]),
  ].join('\n');
}

function ledger(visit: Visit, figures: Figures, active: number, paused: number): string {
  const next = visit.product.nextCheckAt();
  const oldest =
    figures.due > 0 && figures.oldestDueAt !== null ? ` (oldest since ${moment(figures.oldestDueAt)})` : '';
  return [
    `Next check: ${next ? moment(next.getTime()) : 'none planned'}`,
    `Subscriptions: ${active} active, ${paused} paused`,
    `Ledger: ${counted(figures.kept, 'change')} kept · ${figures.shown} shown · ${figures.due} due${oldest} · ${figures.suppressed} suppressed · ${figures.uncertain} uncertain · ${figures.dead} dead`,
  ].join('\n');
}
