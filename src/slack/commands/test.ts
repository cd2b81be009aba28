// `test`: a sample card along the real path, marked TEST.

import { kindOf } from '../../subscription/grammar.ts';
import { slipsOf } from '../../subscription/nearest.ts';
import { type Kind, kinds } from '../../subscription/subscription.ts';
import { buttons, say } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Verb } from '../visit.ts';
import { enterChannel } from './channel.ts';
import { mustBeMember } from './rights.ts';

const kindWords: Record<Kind, string> = {
  booked: 'new booking',
  rescheduled: 'moved',
  canceled: 'canceled',
  noshow: 'no-show',
  routed: 'routing form',
};

export const test: Verb = {
  name: 'test',
  aliases: ['sample', 'demo'],
  usage: '[kind]',
  summary: 'Send a sample card to this channel, marked TEST.',
  examples: [
    { text: 'test', means: 'A sample of a new booking, sent the way real ones are.' },
    { text: 'test canceled', means: 'The same for a cancellation. Others: rescheduled, noshow, routed.' },
  ],
  async run(visit) {
    const word = visit.rest.trim();
    const kind = word === '' ? 'booked' : kindOf(word);
    if (!kind) {
      const near = slipsOf(word, kinds);
      const shown = safeMrkdwn(word, 40);
      const offered = near.length > 0 ? near : kinds;
      return visit.answer(
        say(
          `I have no sample “${shown}”. Choose one:`,
          buttons(offered.map((each) => ({ label: each, action: 'do', value: `test ${each}` }))),
        ),
      );
    }
    await mustBeMember(visit);
    await enterChannel(visit, visit.channel);
    await visit.product.sample({ installationId: visit.workspace.id, channelId: visit.channel, kind, by: visit.user });
    await visit.answer(
      say(
        `A sample card (${kindWords[kind]}) is on its way to <#${visit.channel}>, marked TEST. If it does not come within a minute, \`${visit.product.commandName} status\` shows why.`,
      ),
    );
  },
};
