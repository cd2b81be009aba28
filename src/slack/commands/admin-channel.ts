// `admin channel`: where the states of connections are told, for those who run the workspace.

import { Refusal, withCommand } from '../../errors.ts';
import { say } from '../messages/answers.ts';
import type { CommandVisit } from '../visit.ts';
import { enterChannel, tellChannel } from './channel.ts';
import { record } from './deeds.ts';
import { mustLead } from './rights.ts';

/** `words` is what follows `admin channel`. */
export async function adminChannel(visit: CommandVisit, words: string): Promise<void> {
  const { product, workspace, t } = visit;
  await mustLead(visit, t.adminChannel.admins);
  const now = await product.adminChannel(workspace.id);
  const typed = words.trim();
  const tell = (sentence: string) => visit.answer(say(withCommand(sentence, product.commandName)));
  const shown = (channel: string) => `<#${channel}>`;
  if (typed === '') return tell(now ? t.adminChannel.now(shown(now)) : t.adminChannel.none);
  if (/^(off|none|no)$/i.test(typed)) {
    await product.setAdminChannel(workspace.id, null);
    await record(visit, 'admin_channel', { subject: workspace.id, was: now });
    visit.log.info({ by: visit.user }, 'the states of connections are told in no channel');
    return tell(t.adminChannel.off);
  }
  const channel = channelIn(typed, visit);
  if (channel === now) return tell(t.adminChannel.same(shown(channel)));
  const facts = await enterChannel(visit, channel);
  if (facts.isShared) throw new Refusal(t.adminChannel.shared, { code: 'shared_channel' });
  await product.setAdminChannel(workspace.id, channel);
  await tellChannel(visit, channel, say(t.adminChannel.announced(`<@${visit.user}>`)), () =>
    product.setAdminChannel(workspace.id, now),
  );
  await record(visit, 'admin_channel', { subject: workspace.id, channelId: channel, was: now, became: channel });
  visit.log.info({ by: visit.user, channel }, 'an admin chose where the states of connections are told');
  await tell(t.adminChannel.set(shown(channel)));
}

/** Slack turns a channel that is picked from its list into `<#C123|ops>`; a private one has no name there. */
function channelIn(typed: string, { channel, t }: CommandVisit): string {
  if (/^here$/i.test(typed)) return channel;
  const id = /^<#([CG][A-Z0-9]{1,30})(?:\|[^>]*)?>$/.exec(typed)?.[1];
  if (id) return id;
  throw new Refusal(t.adminChannel.notAChannel, { code: 'no_channel' });
}
