// `verify`: runs the scheduled check now and says what it found.

import { Refusal } from '../../errors.ts';
import { explain, namesOf } from '../explain.ts';
import { accountInWords, inWords, say } from '../messages/answers.ts';
import type { Verb } from '../visit.ts';
import { accountsCalled, nameShown } from './accounts.ts';
import { mustBeMember } from './rights.ts';

export const verify: Verb = {
  name: 'verify',
  aliases: ['check', 'repair'],
  examples: ['verify', 'check'],
  async run(visit) {
    await mustBeMember(visit);
    const { product, workspace, t } = visit;
    const live = (await product.connections.connections(workspace.id)).filter((each) => each.state !== 'disconnected');
    if (live.length === 0) throw new Refusal(t.status.nothingToCheck, { code: 'not_connected' });
    await visit.answer(say(t.status.checking(t.common.accounts(live.length))));
    const names = namesOf(visit);
    const called = await accountsCalled(visit);
    const results: string[] = [];
    for (const connection of live) {
      const head = accountInWords(connection, t, nameShown(called, connection));
      try {
        const report = await product.check(workspace.id, connection.id);
        const found = report.findings.map((finding) => inWords(finding.sentence, names));
        results.push(
          `${report.ok ? '✅' : '⚠️'} ${head}\n${found.join('\n') || (report.ok ? t.status.allInOrder : t.status.noSuccess)}`,
        );
      } catch (error) {
        // One account's trouble must not hide what the others' checks found.
        results.push(`⚠️ ${head}\n${explain(error, visit).text}`);
      }
    }
    await visit.answer(say(results.slice(0, 40)));
  },
};
