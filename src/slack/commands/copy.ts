// `copy`: makes subscriptions of this channel in other channels as well, several at once, by words or in a window.

import { z } from 'zod';
import { Gone, Outage, Refusal } from '../../errors.ts';
import { wishFor } from '../../subscription/options.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { inWindow, namesOf } from '../explain.ts';
import { buttons, inWords, say, subscriptionLabel } from '../messages/answers.ts';
import { COPY, copyForm } from '../views/copy.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { newDeed, undoButton } from './deeds.ts';
import { warnings } from './echo.ts';
import { numbered } from './numbered.ts';
import { mustBeMember } from './rights.ts';
import { subscribe as save } from './subscribing.ts';
import { named, notFound, permitted, wordsOf } from './which.ts';

/** Each one is said in its channel, and Slack takes a message a second. */
const MOST = 50;

export const copy: Verb = {
  name: 'copy',
  aliases: ['duplicate', 'clone'],
  examples: ['copy 2 to #demos', 'copy all to #demos'],
  async run(visit) {
    if (visit.rest.trim() === '') return openCopy(visit, visit.channel, null);
    const here = await some(visit, visit.channel);
    const words = wordsOf(visit.rest);
    const targets = words.flatMap(({ text, quoted }) => (quoted ? [] : channelIn(text)));
    if (targets.length === 0) return visit.answer(say(visit.t.changing.nowhere(visit.product.commandName)));
    const left = words.filter(
      ({ text, quoted }) => quoted || (channelIn(text).length === 0 && !/^(?:to|nach|in|→)$/i.test(text)),
    );
    const which = left.length === 0 ? { found: here } : named(left, here, visit.t);
    if ('unknown' in which) {
      const to = targets.map((id) => `<#${id}>`).join(' ');
      const presses = which.near.slice(0, 5).map((each) => ({
        label: `${here.indexOf(each) + 1}. ${subscriptionLabel(each, visit.t, 70)}`,
        action: 'do',
        value: `copy ${here.indexOf(each) + 1} to ${to}`,
      }));
      return visit.answer(say(notFound(which.unknown, visit.t), ...(presses.length > 0 ? [buttons(presses)] : [])));
    }
    await visit.answer(await copyTo(visit, visit.channel, which.found, targets));
  },
  submissions: { [COPY]: submitted },
};

/** As Slack writes a channel that was picked from its list. */
function channelIn(text: string): string[] {
  const id = /^<#([CG][A-Z0-9]{1,30})(?:\|[^>]*)?>$/.exec(text)?.[1];
  return id === undefined ? [] : [id];
}

async function some(visit: Visit, channel: string): Promise<Subscription[]> {
  await mustBeMember(visit);
  const here = await numbered(visit, channel);
  if (here.length === 0) throw new Refusal(visit.t.subscribing.none, { code: 'no_subscription' });
  return here;
}

export async function openCopy(visit: Visit, channel: string, id: string | null): Promise<void> {
  const { copyTitle: title } = visit.t.changing;
  const window = await visit.open(progress(title, visit.t.common.oneMoment, visit.t));
  await inWindow(visit, window, title, async () => {
    const { mine } = await permitted(visit, await some(visit, channel));
    const chosen = mine.filter((each) => each.id === id || mine.length === 1);
    return { view: copyForm({ channel, here: mine, chosen }, visit.t), instead: null };
  });
}

/** One channel that refuses is no reason to leave out the others: it is said why. */
async function copyTo(visit: Visit, from: string, subscriptions: Subscription[], targets: string[]): Promise<Message> {
  const { t } = visit;
  const places = [...new Set(targets)].filter((each) => each !== from);
  if (places.length === 0) throw new Refusal(t.changing.sameChannel, { code: 'same_channel' });
  const { mine, others } = await permitted(visit, subscriptions);
  if (mine.length * places.length > MOST) throw new Refusal(t.changing.tooMany(MOST), { code: 'too_many' });
  const deed = newDeed(visit, 'copy');
  const said = new Set<string>();
  const done: string[] = [];
  let isChanged = false;
  for (const channel of places) {
    try {
      await mustBeIn(visit, channel);
      for (const { connectionId, kinds, filter, options } of mine) {
        const connection = await visit.product.connections.connection(visit.workspace.id, connectionId);
        if (connection?.state !== 'active') throw new Refusal(t.subscribing.accountGone, { code: 'not_connected' });
        const order = { connection, channel, filter, kinds, options: wishFor(options), deed };
        const made = await save(visit, order);
        isChanged ||= made.deed !== undefined;
        for (const warning of warnings(visit, made)) said.add(warning);
      }
      done.push(`<#${channel}>`);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Outage || error instanceof Gone)) throw error;
      said.add(t.changing.copyFailed(`<#${channel}>`, inWords(error.message, namesOf(visit))));
    }
  }
  const makers = t.common.all([...new Set(others.map((each) => `<@${each.madeBy}>`))].slice(0, 5));
  return say(
    [
      ...(done.length > 0 ? [t.changing.copied(mine.length, t.common.all(done))] : []),
      ...[...said].slice(0, 10),
      ...(others.length > 0 ? [t.muting.othersStay(others.length, makers)] : []),
    ],
    ...(isChanged ? [undoButton(deed, t)] : []),
  );
}

/** What a command typed in the channel would show by itself: only its members bring something into a channel. */
async function mustBeIn(visit: Visit, channel: string): Promise<void> {
  const facts = await visit.slack.channel(channel);
  // A private channel the app is not in is refused as that.
  if ((facts.isPrivate && !facts.isMember) || (await visit.slack.isIn(channel, visit.user))) return;
  throw new Refusal(visit.t.changing.notIn, { code: 'not_in_channel' });
}

const metadata = z.object({ channel: z.string() });

async function submitted(visit: SubmitVisit): Promise<void> {
  const { channel } = metadata.parse(JSON.parse(visit.metadata));
  const words = visit.t.changing;
  const ids = visit.entered.chosen('copy_which');
  const targets = visit.entered.chosen('copy_to');
  if (ids.length === 0) return visit.refuse({ copy_which: words.chooseSome });
  if (targets.every((each) => each === channel)) return visit.refuse({ copy_to: words.chooseChannel });
  const window = await visit.proceed(progress(words.copyTitle, words.copying, visit.t));
  await inWindow(visit, window, words.copyTitle, async () => {
    const meant = (await some(visit, channel)).filter((each) => ids.includes(each.id));
    const message = await copyTo(visit, channel, meant, targets);
    return { view: messageModal(words.copyTitle, message, visit.t), instead: message };
  });
}
