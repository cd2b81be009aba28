// `status`: connections, hooks, checks and the ledger, problems first.

import type { Connection, Hook } from '../../connection/connection.ts';
import { namesOf } from '../explain.ts';
import {
  accountInWords,
  buttons,
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
import { mustBeMember } from './rights.ts';

/** A message that waits longer is worth a line of its own. */
const slowAfterMs = 60_000;

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
    await mustBeMember(visit);
    const { product, workspace } = visit;
    const connections = await product.connections.connections(workspace.id);
    const figures = await product.figures(workspace.id);
    const subscriptions = await product.subscriptions.allSubscriptions(workspace.id);
    const { command } = namesOf(visit);
    if (connections.length === 0)
      return visit.answer(say(`No Calendly account is connected yet. \`${command} connect\` does it.`));
    const paused = subscriptions.filter((each) => each.state === 'paused').length;
    const { uncertain, dead } = figures.ledger.messages;
    const problems = problemsIn(figures, paused, product.publicUrl !== null, command, product.clock.now());
    const accounts: string[] = [];
    // Those that do not work come first; more than a screenful helps nobody.
    for (const connection of [...connections].sort((a, b) => rank(a) - rank(b)).slice(0, 15)) {
      accounts.push(await account(visit, connection));
    }
    const hidden = connections.length - accounts.length;
    await visit.answer(
      say(
        [
          ...(problems.length > 0 ? [problems.map((problem) => `⚠️ ${problem}`).join('\n')] : []),
          ...accounts,
          ...(hidden > 0 ? [`… and ${counted(hidden, 'more account')}.`] : []),
          ledger(visit, figures, subscriptions.length - paused, paused),
        ],
        ...(uncertain + dead > 0 ? [buttons([{ label: 'Show them', action: 'letters_show', value: '' }])] : []),
      ),
    );
  },
};

function rank(connection: Connection): number {
  return { broken: 0, active: 1, disconnected: 2 }[connection.state];
}

function problemsIn(
  { ledger: { changes, messages }, oldestDueAt }: Figures,
  paused: number,
  hasPublicUrl: boolean,
  command: string,
  now: number,
): string[] {
  const is = (count: number) => (count === 1 ? 'is' : 'are');
  return [
    ...(hasPublicUrl
      ? []
      : ['I have no public address, so Calendly cannot call me. Whoever runs this app can set PUBLIC_URL.']),
    ...(messages.uncertain > 0
      ? [
          `For ${counted(messages.uncertain, 'message')} Slack did not say whether it arrived (uncertain). I do not repeat ${messages.uncertain === 1 ? 'it' : 'them'}, so that nothing shows up twice. Look in the channel, then press *Show them* to tell me.`,
        ]
      : []),
    ...(messages.pending > 0 && oldestDueAt !== null && oldestDueAt < now - slowAfterMs
      ? [
          `${counted(messages.pending, 'message')} ${is(messages.pending)} waiting since ${moment(oldestDueAt)}. I keep trying; if Slack is well, the log of the app says why.`,
        ]
      : []),
    ...(messages.held > 0
      ? [`${counted(messages.held, 'message')} ${is(messages.held)} held back until what is paused goes on.`]
      : []),
    ...(messages.dead > 0
      ? [
          `${counted(messages.dead, 'message')} could not be shown (dead). A workspace admin can see why, and send it again: \`${command} admin dead\`.`,
        ]
      : []),
    ...(changes.quarantined > 0
      ? [
          `${counted(changes.quarantined, 'change')} from Calendly could not be read (quarantined), so no card shows it. Please tell whoever runs this app: \`npm run doctor\` says more.`,
        ]
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
    `Role ${connection.role}${connection.state === 'disconnected' ? '' : `, hears of ${scopeInWords(connection)}`}; connected by <@${connection.connectedBy}>`,
    ...(connection.state === 'disconnected' ? [] : [`Hook: ${hooksInWords(hooks, product.publicUrl !== null)}`]),
    `Last change heard: ${connection.lastChangeAt === null ? 'none yet' : moment(connection.lastChangeAt)}`,
    ...(connection.state === 'disconnected' ? [] : [`Last check: ${check}`]),
  ].join('\n');
}

function ledger(visit: Visit, figures: Figures, active: number, paused: number): string {
  const next = visit.product.nextCheckAt();
  const { changes, messages } = figures.ledger;
  const waiting = messages.pending + changes.pending + messages.held;
  const since =
    messages.pending > 0 && figures.oldestDueAt !== null ? ` (oldest since ${moment(figures.oldestDueAt)})` : '';
  return [
    `Next check: ${next ? moment(next.getTime()) : 'none planned'}`,
    `Subscriptions: ${active} active, ${paused} paused`,
    `${counted(messages.shown, 'message')} shown, ${waiting === 0 ? 'nothing' : waiting} waiting${since}.`,
  ].join('\n');
}
