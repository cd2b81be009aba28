// `list`: the subscriptions of this channel, of the whole workspace, or those a person made; twenty at a time.

import { z } from 'zod';
import { slipsOf } from '../../subscription/nearest.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { namesOf } from '../explain.ts';
import { buttons, counted, inWords, say, section, subscriptionInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { ActionVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { mustBeMember } from './rights.ts';

const PAGE = 20;
const wheres = ['here', 'workspace', 'mine'] as const;
type Where = (typeof wheres)[number];

export const list: Verb = {
  name: 'list',
  aliases: ['subscriptions', 'subs', 'ls', 'show'],
  usage: '[here | workspace | mine]',
  summary: 'The subscriptions of this channel, of the workspace, or your own.',
  examples: [
    { text: 'list', means: 'What this channel hears of, numbered; `{command} unsubscribe 2` takes the second away.' },
    { text: 'list mine', means: 'The subscriptions you made, in every channel.' },
  ],
  async run(visit) {
    const word = visit.rest.trim().toLowerCase() || 'here';
    const where = wheres.find((each) => each === word);
    if (!where) {
      const near = slipsOf(word, wheres);
      const guess = near.length > 0 ? near : wheres;
      const shown = safeMrkdwn(word, 40);
      return visit.answer(
        say(
          `I can list ${wheres.map((each) => `\`${each}\``).join(', ')}, but not “${shown}”.`,
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
  if (all.length === 0)
    return say(
      nothing(where, names.command),
      buttons(
        where === 'here'
          ? [{ label: 'Subscribe', action: 'do', value: 'subscribe', style: 'primary' }]
          : [{ label: 'List this channel', action: 'do', value: 'list here' }],
      ),
    );
  const pages = Math.ceil(all.length / PAGE);
  const at = Math.min(wanted, pages - 1);
  const rows = all.slice(at * PAGE, (at + 1) * PAGE).map((each, i) => row(each, where, at * PAGE + i + 1, names));
  const range = pages > 1 ? `, ${at * PAGE + 1}–${at * PAGE + rows.length}` : '';
  const head = `${titles[where]}: ${counted(all.length, 'subscription')}${range}.`;
  const foot =
    where === 'here'
      ? [`\`${names.command} unsubscribe 1\` takes one away; \`${names.command} subscribe\` changes or adds.`]
      : [];
  const turn = [
    ...(at > 0 ? [{ label: 'Previous', action: 'list_page', value: JSON.stringify({ w: where, p: at - 1 }) }] : []),
    ...(at < pages - 1
      ? [{ label: 'Show more', action: 'list_page', value: JSON.stringify({ w: where, p: at + 1 }) }]
      : []),
  ];
  const text = [head, ...rows, ...foot].join('\n');
  return {
    text: text.length > 3_800 ? `${text.slice(0, 3_800)}…` : text,
    blocks: [section(head), ...rows.map(section), ...foot.map(section), ...(turn.length > 0 ? [buttons(turn)] : [])],
  };
}

const titles: Record<Where, string> = { here: 'This channel', workspace: 'The whole workspace', mine: 'Made by you' };

async function gathered(visit: Visit, where: Where, channel: string): Promise<Subscription[]> {
  if (where === 'here') return numbered(visit, channel);
  const all = byAge(await visit.product.subscriptions.allSubscriptions(visit.workspace.id));
  return where === 'mine' ? all.filter((each) => each.madeBy === visit.user) : all;
}

function row(each: Subscription, where: Where, number: number, names: ReturnType<typeof namesOf>): string {
  // Slack shows a private channel's mention by name only to those who are in it.
  const place = where === 'here' ? `${number}.` : `• <#${each.channelId}>`;
  const state =
    each.state === 'paused'
      ? `\n⏸ Paused. ${inWords(each.reason ?? '', names).replaceAll('{channel}', `<#${each.channelId}>`)}`.trimEnd()
      : '';
  return `${place} ${subscriptionInWords(each)} · by <@${each.madeBy}>${state}`.slice(0, 500);
}

function nothing(where: Where, command: string): string {
  if (where === 'here') return `This channel has no subscription. \`${command} subscribe\` makes one.`;
  return where === 'mine'
    ? 'You have made no subscription yet.'
    : 'No channel of this workspace has a subscription yet.';
}
