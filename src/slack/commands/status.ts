// `status`: connections, hooks, checks and the ledger, problems first.

import type { Connection, Hook } from '../../connection/connection.ts';
import { pairIn } from '../../connection/pair.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import {
  accountInWords,
  buttons,
  connectionState,
  hooksInWords,
  inWords,
  moment,
  say,
  scopeInWords,
} from '../messages/answers.ts';
import { catchUpInWords } from '../messages/catch-up.ts';
import { problemsIn } from '../messages/problems.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Figures } from '../product.ts';
import type { Verb, Visit } from '../visit.ts';
import { accountsCalled, type Called, nameShown } from './accounts.ts';
import { reachActions, reachButtons, reachSubmissions } from './reach.ts';
import { mustBeMember } from './rights.ts';

export const status: Verb = {
  name: 'status',
  aliases: ['state', 'info', 'me', 'health'],
  examples: ['status', 'verify'],
  async run(visit) {
    await mustBeMember(visit);
    const { product, workspace } = visit;
    const connections = await product.connections.connections(workspace.id);
    const figures = await product.figures(workspace.id);
    const subscriptions = await product.subscriptions.allSubscriptions(workspace.id);
    const { command, t } = namesOf(visit);
    const paused = subscriptions.filter((each) => each.state === 'paused').length;
    const problems = problemsIn(figures, paused, product, namesOf(visit)).map((problem) => `⚠️ ${problem}`);
    const first = problems.length > 0 ? [problems.join('\n')] : [];
    if (connections.length === 0) return visit.answer(say([...first, t.status.none(command)]));
    const { uncertain, dead } = figures.ledger.messages;
    const called = await accountsCalled(visit);
    const accounts: string[] = [];
    // Those that do not work come first; more than a screenful helps nobody.
    for (const connection of [...connections].sort((a, b) => rank(a) - rank(b)).slice(0, 15)) {
      accounts.push(await account(visit, connection, called));
    }
    const hidden = connections.length - accounts.length;
    const presses = [
      ...(uncertain + dead > 0 ? [{ label: t.common.showThem, action: 'letters_show' }] : []),
      ...(await reachButtons(visit, connections, called)),
    ];
    await visit.answer(
      say(
        [
          ...first,
          ...accounts,
          ...(hidden > 0 ? [t.status.moreAccounts(hidden)] : []),
          ledger(visit, figures, subscriptions.length - paused, paused),
        ],
        ...(presses.length > 0 ? [buttons(presses)] : []),
      ),
    );
  },
  actions: reachActions,
  submissions: reachSubmissions,
};

function rank(connection: Connection): number {
  return { broken: 0, active: 1, disconnected: 2 }[connection.state];
}

async function account(visit: Visit, connection: Connection, called: Called): Promise<string> {
  const { product, workspace } = visit;
  const names = namesOf(visit);
  const { t } = names;
  const isOff = connection.state === 'disconnected';
  const hooks: Hook[] = isOff ? [] : await product.connections.hooks(workspace.id, connection.id);
  const check =
    connection.checkedAt === null
      ? t.status.notYet
      : `${moment(connection.checkedAt, t)}. ${inWords(connection.checkResult ?? '', names)}`.trimEnd();
  const { lastChangeAt } = connection;
  return [
    `${accountInWords(connection, t, nameShown(called, connection))} · ${connectionState(connection, names)}`,
    t.status.role(connection.role, isOff ? '' : scopeInWords(connection, t), `<@${connection.connectedBy}>`),
    ...standInLine(connection, t),
    ...(isOff ? [] : [pairIn(connection.token) ? t.status.access.signIn : t.status.access.token]),
    ...(isOff ? [] : modeLine(hooks, product.publicUrl !== null, t)),
    ...(isOff ? [] : [t.status.hook(hooksInWords(hooks, product.publicUrl !== null, t))]),
    t.status.lastChange(lastChangeAt === null ? t.status.noneYet : moment(lastChangeAt, t)),
    ...(isOff
      ? []
      : [t.status.lastCheck(check), ...catchUpInWords(await product.catchUp(workspace.id, connection.id), names)]),
  ].join('\n');
}

/** How bookings come in; where Calendly is asked instead, the lines of the catch-up say it. */
function modeLine(hooks: readonly Hook[], hasPublicUrl: boolean, { status }: Texts): string[] {
  if (!hasPublicUrl) return [];
  const live = hooks.filter((hook) => hook.family !== 'routing' && hook.retiredAt === null);
  return [live.some((hook) => hook.state === 'active') ? status.mode.hook : status.mode.unwell];
}

function standInLine({ standIn, connectedBy }: Connection, t: Texts): string[] {
  if (!standIn) return [];
  const since = standIn.since === null ? '' : moment(standIn.since, t);
  return [t.status.standIn(safeMrkdwn(standIn.userName, 80), since, `<@${connectedBy}>`)];
}

function ledger({ product, t }: Visit, figures: Figures, active: number, paused: number): string {
  const next = product.nextCheckAt();
  const { changes, messages } = figures.ledger;
  const waiting = messages.pending + changes.pending + messages.held;
  const since = messages.pending > 0 && figures.oldestDueAt !== null ? moment(figures.oldestDueAt, t) : '';
  return [
    t.status.nextCheck(next ? moment(next.getTime(), t) : t.status.noneOfIt),
    t.status.subscriptions(active, paused),
    t.status.shown(messages.shown, waiting, since),
  ].join('\n');
}
