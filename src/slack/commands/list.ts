// `list`: the subscriptions of this channel, of the whole workspace, or those a person made; twenty at a time.

import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import { slipsOf } from '../../subscription/nearest.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import type { Texts } from '../../texts/index.ts';
import { namesOf } from '../explain.ts';
import { buttons, day, inWords, moment, type Names, say, section, subscriptionInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled, type Called } from './accounts.ts';
import { openCopy } from './copy.ts';
import { isMuted, openMute, set as setMuted } from './mute.ts';
import { byAge, numbered } from './numbered.ts';
import { mustBeMember } from './rights.ts';
import { openForm } from './subscribe-form.ts';
import { remove } from './unsubscribe.ts';

const PAGE = 10;
const wheres = ['here', 'workspace', 'mine'] as const;
type Where = (typeof wheres)[number];

export const list: Verb = {
  name: 'list',
  aliases: ['subscriptions', 'subs', 'ls', 'show'],
  examples: ['list', 'list mine'],
  async run(visit) {
    const word = visit.rest.trim().toLowerCase() || 'here';
    const where = wheres.find((each) => each === word);
    if (!where) {
      const near = slipsOf(word, wheres);
      const guess = near.length > 0 ? near : wheres;
      const shown = safeMrkdwn(word, 40);
      return visit.answer(
        say(
          visit.t.lists.canList(wheres.map((each) => `\`${each}\``).join(', '), shown),
          buttons(guess.map((each) => ({ label: `list ${each}`, action: 'do', value: `list ${each}` }))),
        ),
      );
    }
    await visit.answer(await listPage(visit, where, visit.channel, 0));
  },
  actions: { list_page: pressed, list_row: chosen },
};

const pressedValue = z.object({ w: z.enum(wheres), p: z.int().min(0).max(10_000) });

async function pressed(visit: ActionVisit): Promise<void> {
  const { w, p } = pressedValue.parse(JSON.parse(visit.value));
  await visit.answer(await listPage(visit, w, visit.channel ?? '', p), { replace: true });
}

export async function listPage(visit: Visit, where: Where, channel: string, wanted: number): Promise<Message> {
  await mustBeMember(visit);
  const all = await gathered(visit, where, channel);
  const names = namesOf(visit);
  const called = await accountsCalled(visit);
  if (all.length === 0)
    return say(
      nothing(where, names),
      buttons(
        where === 'here'
          ? [{ label: names.t.lists.subscribe, action: 'do', value: 'subscribe', style: 'primary' }]
          : [{ label: names.t.lists.listHere, action: 'do', value: 'list here' }],
      ),
    );
  const pages = Math.ceil(all.length / PAGE);
  const at = Math.min(wanted, pages - 1);
  const shown = all.slice(at * PAGE, (at + 1) * PAGE);
  const lastShown = await visit.product.subscriptions.lastShown(
    visit.workspace.id,
    shown.map((each) => each.id),
  );
  const rows = shown.map((each, i) => {
    const number = at * PAGE + i + 1;
    return row(each, { where, number, names, called, last: lastShown.get(each.id), isMuted: isMuted(each, visit) });
  });
  const range = pages > 1 ? `, ${at * PAGE + 1}–${at * PAGE + rows.length}` : '';
  const { lists, common } = names.t;
  const head = lists.head(lists.titles[where], all.length, range);
  const foot = where === 'here' ? [lists.foot(names.command)] : [];
  const { changing } = names.t;
  const turnTo = (label: string, p: number) => ({ label, action: 'list_page', value: JSON.stringify({ w: where, p }) });
  const turn = [
    ...(at > 1 ? [turnTo(changing.firstPage, 0)] : []),
    ...(at > 0 ? [turnTo(common.previous, at - 1)] : []),
    ...(at < pages - 1 ? [turnTo(common.showMore, at + 1)] : []),
    ...(at < pages - 2 ? [turnTo(changing.lastPage, pages - 1)] : []),
  ];
  const text = [head, ...rows, ...foot].join('\n');
  return {
    text: text.length > 3_800 ? `${text.slice(0, 3_800)}…` : text,
    blocks: [
      section(head),
      ...rows.map((text, i) =>
        where === 'here' ? withMenu(text, shown[i]!, i, isMuted(shown[i]!, visit), names.t) : section(text),
      ),
      ...foot.map(section),
      ...(turn.length > 0 ? [buttons(turn)] : []),
    ],
  };
}

async function gathered(visit: Visit, where: Where, channel: string): Promise<Subscription[]> {
  if (where === 'here') return numbered(visit, channel);
  const all = byAge(await visit.product.subscriptions.allSubscriptions(visit.workspace.id));
  return where === 'mine' ? all.filter((each) => each.madeBy === visit.user) : all;
}

interface RowFacts {
  where: Where;
  number: number;
  names: Names;
  called: Called;
  /** When it last showed something, UTC milliseconds. */
  last: number | undefined;
  isMuted: boolean;
}

/** Who made it, since when, when it last showed something, and why it shows nothing where it does not. */
function row(each: Subscription, { where, number, names, called, last, isMuted }: RowFacts): string {
  // Slack shows a private channel's mention by name only to those who are in it.
  const place = where === 'here' ? `${number}.` : `• <#${each.channelId}>`;
  const { t } = names;
  const reason = inWords(each.reason ?? '', names).replaceAll('{channel}', `<#${each.channelId}>`);
  const what = subscriptionInWords(each, t, { account: called.said(each.connectionId) });
  const when = [
    t.changing.madeOn(day(each.createdAt, t)),
    last === undefined ? t.changing.noPost : t.changing.lastPost(moment(last, t)),
  ];
  return [
    `${place} ${cut(what, 250)}`,
    [t.lists.madeBy(`<@${each.madeBy}>`), ...when].join(' · '),
    ...(each.state === 'paused' ? [cut(t.lists.paused(reason), 180)] : []),
    ...(isMuted ? [t.muting.mutedUntil(moment(each.mutedUntil ?? 0, t))] : []),
  ].join('\n');
}

/** Never within a mention: ten of these make one message. */
const cut = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most).replace(/<[^>]*$/, '')}…` : text;

/** Everything that can be typed about a row, by mouse. */
function withMenu(text: string, each: Subscription, i: number, isMuted: boolean, t: Texts): KnownBlock {
  const words = t.changing;
  const does: [string, string][] = [
    ['edit', words.edit],
    isMuted ? ['unmute', words.unmute] : ['mute', words.mute],
    ['copy', words.copy],
    ['unsubscribe', words.unsubscribe],
  ];
  const options = does.map(([verb, label]) => ({
    text: { type: 'plain_text' as const, text: label },
    value: `${verb} ${each.id}`,
  }));
  return { ...section(text), accessory: { type: 'overflow', action_id: `list_row:${i}`, options } };
}

async function chosen(visit: ActionVisit): Promise<void> {
  const [verb = '', id = ''] = visit.value.split(' ');
  const channel = visit.channel ?? '';
  if (verb === 'edit') return openForm(visit, { channel, part: 'all', which: id, must: true });
  if (verb === 'mute') return openMute(visit, channel, id);
  if (verb === 'copy') return openCopy(visit, channel, id);
  await mustBeMember(visit);
  const meant = (await numbered(visit, channel)).filter((each) => each.id === id);
  if (meant.length === 0) throw new Refusal(visit.t.subscribing.alreadyGone, { code: 'subscription_gone' });
  await visit.answer(
    verb === 'unmute' ? await setMuted(visit, channel, meant, null) : await remove(visit, channel, meant),
  );
}

function nothing(where: Where, { command, t }: Names): string {
  if (where === 'here') return t.lists.noneHere(command);
  return where === 'mine' ? t.lists.noneOfYours : t.lists.noneAtAll;
}
