// `mute` and `unmute`: nothing new in a channel for a while, by words or in a window; the channel is told, and it can be undone.

import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import { languageIn } from '../../subscription/options.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { type ReadUntil, readUntil } from '../../subscription/until.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { inWindow } from '../explain.ts';
import { buttons, moment, say, subscriptionInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import { messageModal, progress } from '../views/modal.ts';
import { lengthLabels, lengths, MUTE, muteForm } from '../views/mute.ts';
import type { SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { tell } from './channel.ts';
import { newDeed, undoButton } from './deeds.ts';
import { numbered } from './numbered.ts';
import { mustBeMember } from './rights.ts';
import { named, notFound, permitted, wordsOf } from './which.ts';

const MOST_MS = 366 * 24 * 3_600_000;

export const mute: Verb = {
  name: 'mute',
  aliases: ['snooze', 'silence', 'pause'],
  examples: ['mute 2h', 'mute "Demo call" until monday 9:00'],
  async run(visit) {
    if (visit.rest.trim() === '') return openMute(visit, visit.channel, null);
    const here = await some(visit, visit.channel);
    const { zone } = await visit.slack.person(visit.user);
    const read = readUntil(visit.rest, { now: visit.product.clock.now(), zone });
    if (!read.ok) return visit.answer(say(notATime(read, visit)));
    const which = read.rest.length === 0 ? { found: here } : named(read.rest, here, visit.t);
    if ('unknown' in which) {
      const time = visit.rest.trim();
      const press = which.near.map((each) => ({
        label: subscriptionInPlain(each, here, visit.t),
        action: 'do',
        value: `mute ${here.indexOf(each) + 1} ${read.until === null ? '' : timeIn(time, read)}`.trim(),
      }));
      return visit.answer(
        say(notFound(which.unknown, visit.t), ...(press.length > 0 ? [buttons(press.slice(0, 5))] : [])),
      );
    }
    if (read.until === null) return visit.answer(howLong(visit.rest.trim(), which.found, visit.t));
    await visit.answer(await set(visit, visit.channel, which.found, read.until));
  },
  actions: { mute_window: (visit) => openMute(visit, visit.channel ?? '', visit.value) },
  submissions: { [MUTE]: submitted },
};

export const unmute: Verb = {
  name: 'unmute',
  aliases: ['unsnooze', 'unpause'],
  examples: ['unmute', 'unmute 2'],
  async run(visit) {
    const here = await some(visit, visit.channel);
    const words = wordsOf(visit.rest);
    const which = words.length === 0 ? { found: here } : named(words, here, visit.t);
    if ('unknown' in which) {
      const presses = which.near.slice(0, 5).map((each) => ({
        label: subscriptionInPlain(each, here, visit.t),
        action: 'do',
        value: `unmute ${here.indexOf(each) + 1}`,
      }));
      return visit.answer(say(notFound(which.unknown, visit.t), ...(presses.length > 0 ? [buttons(presses)] : [])));
    }
    const quiet = which.found.filter((each) => isMuted(each, visit));
    if (quiet.length === 0) return visit.answer(say(visit.t.muting.notMuted(`<#${visit.channel}>`)));
    await visit.answer(await set(visit, visit.channel, quiet, null));
  },
};

export const isMuted = ({ mutedUntil }: Subscription, { product }: Pick<Visit, 'product'>): boolean =>
  mutedUntil !== null && mutedUntil > product.clock.now();

async function some(visit: Visit, channel: string): Promise<Subscription[]> {
  await mustBeMember(visit);
  const here = await numbered(visit, channel);
  if (here.length === 0) throw new Refusal(visit.t.subscribing.none, { code: 'no_subscription' });
  return here;
}

/** `until` null ends it. Those of others stay as they are, and that is said. */
export async function set(
  visit: Visit,
  channel: string,
  subscriptions: Subscription[],
  until: number | null,
): Promise<Message> {
  const { mine, others } = await permitted(visit, subscriptions);
  const deed = newDeed(visit, until === null ? 'unmute' : 'mute');
  for (const each of mine)
    await visit.product.subscriptions.updateSubscription(
      each.installationId,
      each.id,
      { mutedUntil: until },
      null,
      deed,
    );
  const { t } = visit;
  const what = (to: 'person' | 'channel', its: Texts) =>
    mine.length === 1 ? subscriptionInWords(mine[0]!, its, { to }) : its.common.subscriptions(mine.length);
  // The channel hears it in the language of its cards.
  const theirs = textsFor(languageIn(mine[0]!.options));
  const who = `<@${visit.user}>`;
  const said =
    until === null
      ? theirs.muting.toldUnmuted(who, what('channel', theirs))
      : theirs.muting.toldMuted(who, what('channel', theirs), moment(until, theirs));
  const told = await tell(visit, channel, said, undoButton(deed, theirs));
  const makers = t.common.all([...new Set(others.map((each) => `<@${each.madeBy}>`))].slice(0, 5));
  return say(
    [
      until === null
        ? t.muting.unmuted(`<#${channel}>`, what('person', t))
        : t.muting.muted(`<#${channel}>`, what('person', t), moment(until, t)),
      ...(until === null ? [] : [t.muting.staysTrue]),
      ...(others.length > 0 ? [t.muting.othersStay(others.length, makers)] : []),
      ...(told ? [] : [t.lists.couldNotTell]),
    ],
    undoButton(deed, t),
  );
}

/** What was said of the time, without the rest: for a button that says both. */
function timeIn(text: string, { rest }: { rest: { text: string }[] }): string {
  const left = rest.map((each) => each.text);
  return wordsOf(text)
    .filter(({ text: word }) => {
      const at = left.indexOf(word);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    })
    .map(({ text: word }) => word)
    .join(' ');
}

function subscriptionInPlain(each: Subscription, here: Subscription[], t: Texts): string {
  const name = each.filter.types.map((type) => type.name).join(', ') || t.subscribing.allTypesLabel;
  return `${here.indexOf(each) + 1}. ${name}`;
}

function notATime(read: Extract<ReadUntil, { ok: false }>, { t, product }: Visit): string {
  const typed = safeMrkdwn(read.typed, 60);
  if (read.why === 'past') return t.muting.past(typed);
  return read.why === 'too_long' ? t.muting.tooLong(typed, product.commandName) : t.muting.unclear(typed);
}

function howLong(typed: string, found: Subscription[], t: Texts): Message {
  const what = found.length === 1 ? subscriptionInWords(found[0]!, t) : t.common.subscriptions(found.length);
  const labels = lengthLabels(t);
  const presses = lengths.map((each) => ({ label: labels[each], action: 'do', value: `mute ${typed} ${each}` }));
  return say(
    t.muting.howLongFor(what),
    buttons([
      ...presses,
      { label: t.muting.inWindow, action: 'mute_window', value: found.length === 1 ? found[0]!.id : '' },
    ]),
  );
}

/** `id`: the subscription it is about; all that the person may mute otherwise. */
export async function openMute(visit: Visit, channel: string, id: string | null): Promise<void> {
  const { title } = visit.t.muting;
  const window = await visit.open(progress(title, visit.t.common.oneMoment, visit.t));
  await inWindow(visit, window, title, async () => {
    const { mine } = await permitted(visit, await some(visit, channel));
    const named = mine.filter((each) => each.id === id);
    return { view: muteForm({ channel, here: mine, chosen: named.length > 0 ? named : mine }, visit.t), instead: null };
  });
}

const metadata = z.object({ channel: z.string() });

async function submitted(visit: SubmitVisit): Promise<void> {
  const { channel } = metadata.parse(JSON.parse(visit.metadata));
  const words = visit.t.muting;
  const ids = visit.entered.chosen('mute_which');
  const picked = visit.entered.moment('mute_until');
  const now = visit.product.clock.now();
  if (ids.length === 0) return visit.refuse({ mute_which: words.chooseSome });
  if (picked !== null && picked <= now) return visit.refuse({ mute_until: words.tooEarly });
  if (picked !== null && picked > now + MOST_MS) return visit.refuse({ mute_until: words.tooFar });
  const [length = ''] = visit.entered.chosen('mute_length');
  const window = await visit.proceed(progress(words.title, words.saving, visit.t));
  await inWindow(visit, window, words.title, async () => {
    const { zone } = await visit.slack.person(visit.user);
    const read = readUntil(length, { now, zone });
    const until = picked ?? (read.ok ? read.until : null);
    if (until === null) throw new Refusal(words.chooseTime, { code: 'no_time' });
    const meant = (await some(visit, channel)).filter((each) => ids.includes(each.id));
    const message = await set(visit, channel, meant, until);
    return { view: messageModal(words.title, message, visit.t), instead: message };
  });
}
