// `test`: a sample card along the real path, marked TEST.

import { kindOf } from '../../subscription/kind-words.ts';
import { slipsOf } from '../../subscription/nearest.ts';
import { kinds } from '../../subscription/subscription.ts';
import { usualLanguage } from '../../texts/index.ts';
import { buttons, say } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Verb } from '../visit.ts';
import { enterChannel, languageHere } from './channel.ts';
import { mustBeMember } from './rights.ts';

export const test: Verb = {
  name: 'test',
  aliases: ['sample', 'demo'],
  examples: ['test', 'test canceled'],
  async run(visit) {
    const word = visit.rest.trim();
    const kind = word === '' ? 'booked' : kindOf(word);
    if (!kind) {
      const near = slipsOf(word, kinds);
      const shown = safeMrkdwn(word, 40);
      const offered = near.length > 0 ? near : kinds;
      return visit.answer(
        say(
          visit.t.lists.noSample(shown),
          buttons(offered.map((each) => ({ label: each, action: 'do', value: `test ${each}` }))),
        ),
      );
    }
    await mustBeMember(visit);
    const language = await languageHere(visit, visit.channel, await enterChannel(visit, visit.channel));
    await visit.product.sample({
      installationId: visit.workspace.id,
      channelId: visit.channel,
      kind,
      by: visit.user,
      ...(language === usualLanguage ? {} : { language }),
    });
    await visit.answer(
      say(visit.t.lists.sampleSent(visit.t.lists.samples[kind], `<#${visit.channel}>`, visit.product.commandName)),
    );
  },
};
