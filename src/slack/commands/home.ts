// What the buttons of Home do: each opens a window, since Home is no channel.

import { Refusal } from '../../errors.ts';
import { inWindow, namesOf } from '../explain.ts';
import { accountInWords, inWords, say } from '../messages/answers.ts';
import { helpForAll } from '../messages/help.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { ActionVisit, Verb } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled, nameShown } from './accounts.ts';
import { letterPage } from './admin.ts';
import { listPage } from './list.ts';
import { mustBeMember, mustLead } from './rights.ts';

/** `verbs`: for help. */
export const homeActions = (verbs: readonly Verb[]): Record<string, (visit: ActionVisit) => Promise<void>> => ({
  home_show: (visit) => show(visit, verbs),
  home_check: check,
});

async function show(visit: ActionVisit, verbs: readonly Verb[]): Promise<void> {
  const { home, common } = visit.t;
  const titles = { mine: home.listTitle, workspace: home.listTitle, letters: home.lettersTitle, help: home.helpTitle };
  const what = visit.value as keyof typeof titles;
  const title = Object.hasOwn(titles, what) ? titles[what] : home.helpTitle;
  const window = await visit.open(progress(title, common.oneMoment, visit.t));
  await inWindow(visit, window, title, async () => {
    await mustBeMember(visit);
    return { view: messageModal(title, await asked(visit, what, verbs), visit.t), instead: null };
  });
}

async function asked(visit: ActionVisit, what: string, verbs: readonly Verb[]): Promise<Message> {
  if (what === 'mine' || what === 'workspace') return listPage(visit, what, '', 0);
  if (what !== 'letters') return helpForAll(verbs, namesOf(visit));
  await mustLead(visit);
  return letterPage(visit, 0);
}

/** The scheduled check, now: what is broken and can be repaired is repaired. */
async function check(visit: ActionVisit): Promise<void> {
  const { product, workspace, t } = visit;
  const { checkTitle: title, checking } = t.home;
  const window = await visit.open(progress(title, checking, t));
  await inWindow(visit, window, title, async () => {
    await mustBeMember(visit);
    const connection = await product.connections.connection(workspace.id, visit.value);
    if (!connection || connection.state === 'disconnected')
      throw new Refusal(t.status.nothingToCheck, { code: 'not_connected' });
    if (connection.connectedBy !== visit.user) await mustLead(visit);
    const report = await product.check(workspace.id, connection.id);
    const names = namesOf(visit);
    const found = report.findings.map((finding) => inWords(finding.sentence, names));
    const head = accountInWords(connection, t, nameShown(await accountsCalled(visit), connection));
    const result = found.join('\n') || (report.ok ? t.status.allInOrder : t.status.noSuccess);
    const message = say(`${report.ok ? '✅' : '⚠️'} ${head}\n${result}`);
    return { view: messageModal(title, message, t), instead: message };
  });
}
