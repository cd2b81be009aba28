// `list`: the subscriptions of this channel, of the whole workspace, or those a person made; twenty at a time.

import { z } from 'zod';
import { slipsOf } from '../../subscription/nearest.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { namesOf } from '../explain.ts';
import { buttons, inWords, type Names, say, section, subscriptionInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { accountsCalled, type Called } from './accounts.ts';
import { mustBeMember } from './rights.ts';

const PAGE = 20;
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
    await visit.answer(await page(visit, where, visit.channel, 0));
  },
  actions: { list_page: pressed },
};

const pressedValue = z.object({ w: z.enum(wheres), p: z.int().min(0).max(10_000) });

async function pressed(visit: ActionVisit): Promise<void> {
  const { w, p } = pressedValue.parse(JSON.parse(visit.value));
  await visit.answer(await page(visit, w, visit.channel ?? '', p), { replace: true });
}

/** A channel's subscriptions in the order that gives them their numbers. */
export async function numbered(visit: Pick<Visit, 'product' | 'workspace'>, channel: string): Promise<Subscription[]> {
  return byAge(await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, channel));
}

function byAge(subscriptions: Subscription[]): Subscription[] {
  return [...subscriptions].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

async function page(visit: Visit, where: Where, channel: string, wanted: number): Promise<Message> {
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
  const rows = all
    .slice(at * PAGE, (at + 1) * PAGE)
    .map((each, i) => row(each, where, at * PAGE + i + 1, names, called));
  const range = pages > 1 ? `, ${at * PAGE + 1}–${at * PAGE + rows.length}` : '';
  const { lists, common } = names.t;
  const head = lists.head(lists.titles[where], all.length, range);
  const foot = where === 'here' ? [lists.foot(names.command)] : [];
  const turn = [
    ...(at > 0
      ? [{ label: common.previous, action: 'list_page', value: JSON.stringify({ w: where, p: at - 1 }) }]
      : []),
    ...(at < pages - 1
      ? [{ label: common.showMore, action: 'list_page', value: JSON.stringify({ w: where, p: at + 1 }) }]
      : []),
  ];
  const text = [head, ...rows, ...foot].join('\n');
  return {
    text: text.length > 3_800 ? `${text.slice(0, 3_800)}…` : text,
    blocks: [section(head), ...rows.map(section), ...foot.map(section), ...(turn.length > 0 ? [buttons(turn)] : [])],
  };
}

async function gathered(visit: Visit, where: Where, channel: string): Promise<Subscription[]> {
  if (where === 'here') return numbered(visit, channel);
  const all = byAge(await visit.product.subscriptions.allSubscriptions(visit.workspace.id));
  return where === 'mine' ? all.filter((each) => each.madeBy === visit.user) : all;
}

function row(each: Subscription, where: Where, number: number, names: Names, called: Called): string {
  // Slack shows a private channel's mention by name only to those who are in it.
  const place = where === 'here' ? `${number}.` : `• <#${each.channelId}>`;
  const { t } = names;
  const state =
    each.state === 'paused'
      ? `\n${t.lists.paused(inWords(each.reason ?? '', names).replaceAll('{channel}', `<#${each.channelId}>`))}`
      : '';
  const what = subscriptionInWords(each, t, { account: called.said(each.connectionId) });
  return `${place} ${t.lists.madeBy(what, `<@${each.madeBy}>`)}${state}`.slice(0, 500);
}

function nothing(where: Where, { command, t }: Names): string {
  if (where === 'here') return t.lists.noneHere(command);
  return where === 'mine' ? t.lists.noneOfYours : t.lists.noneAtAll;
}
