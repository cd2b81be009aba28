// `admin managers` and `admin manager @name`: whom the admins of the workspace let do what admins do here.

import { Refusal, withCommand } from '../../errors.ts';
import { say } from '../messages/answers.ts';
import type { CommandVisit } from '../visit.ts';
import { personIn } from './admin-people.ts';
import { record } from './deeds.ts';
import { mustBeAdmin, mustLead } from './rights.ts';

/** Whoever is one reads the list as well. */
export async function managerList(visit: CommandVisit): Promise<void> {
  const { product, workspace, t } = visit;
  await mustLead(visit, t.rights.managers);
  const all = (await product.managers(workspace.id)).map((each) => `<@${each}>`);
  const said = all.length > 0 ? t.managers.are(t.common.all(all)) : t.managers.none;
  await visit.answer(say([said, withCommand(t.managers.usage, product.commandName)]));
}

/** `words` is what follows `admin manager`. */
export async function managerSet(visit: CommandVisit, words: string): Promise<void> {
  const { product, workspace, t } = visit;
  await mustBeAdmin(visit);
  const [given = '', how = ''] = words.trim().split(/\s+/);
  const usage = withCommand(t.managers.usage, product.commandName);
  const user = personIn(given, t, usage);
  const isOne = !/^(?:off|none|no|remove|aus)$/i.test(how);
  if (how !== '' && isOne) throw new Refusal(t.managers.usage, { code: 'not_understood' });
  // A guest would gain nothing: whoever is one leads nobody.
  if (isOne && (await visit.slack.person(user)).isGuest)
    throw new Refusal(t.managers.guest(`<@${user}>`), { code: 'guest' });
  const isNew = await product.setManager(workspace.id, user, isOne);
  if (isNew) await record(visit, isOne ? 'manager' : 'no_manager', { subject: workspace.id, channelId: user });
  visit.log.info({ by: visit.user, manager: user, isOne }, 'an admin named an app manager, or took that back');
  const become = isOne ? t.managers.named : t.managers.over;
  await visit.answer(say(become(`<@${user}>`)));
}
