// `verify`: runs the scheduled check now and says what it found.

import { Refusal } from '../../errors.ts';
import { explain, namesOf } from '../explain.ts';
import { accountInWords, counted, inWords, say } from '../messages/answers.ts';
import type { Verb } from '../visit.ts';
import { mustBeMember } from './rights.ts';

export const verify: Verb = {
  name: 'verify',
  aliases: ['check', 'repair'],
  usage: '',
  summary: 'Check the connection and its hook now; what is broken is repaired.',
  examples: [
    {
      text: 'verify',
      means: 'Asks Calendly whether the token works and the hook is active, and replaces it if not.',
    },
    {
      text: 'check',
      means: 'The same. Otherwise it happens by itself every few minutes; `{command} status` shows when.',
    },
  ],
  async run(visit) {
    const { product, workspace } = visit;
    const live = (await product.connections.connections(workspace.id)).filter((each) => each.state !== 'disconnected');
    if (live.length === 0)
      throw new Refusal(
        'No Calendly account is connected, so there is nothing to check. Type `{command} connect` first.',
        { code: 'not_connected' },
      );
    await mustBeMember(visit);
    await visit.answer(say(`⏳ Checking ${counted(live.length, 'Calendly account')}…`));
    const names = namesOf(visit);
    const results: string[] = [];
    for (const connection of live) {
      const head = accountInWords(connection);
      try {
        const report = await product.check(workspace.id, connection.id);
        const found = report.findings.map((finding) => inWords(finding.sentence, names));
        results.push(
          `${report.ok ? '✅' : '⚠️'} ${head}\n${found.join('\n') || (report.ok ? 'Everything is in order.' : 'The check did not succeed. Please try again in a minute.')}`,
        );
      } catch (error) {
        // One account's trouble must not hide what the others' checks found.
        results.push(`⚠️ ${head}\n${explain(error, visit).text}`);
      }
    }
    await visit.answer(say(results.slice(0, 40)));
  },
};
