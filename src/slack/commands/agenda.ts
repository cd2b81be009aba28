// `agenda`: what is coming, for whoever asks; and when a channel is told so by itself.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import {
  type AgendaSpan,
  clockTime,
  clockWords,
  type Digest,
  daysOf,
  isZone,
  lastDue,
  spans,
  weekdayNamed,
} from '../../subscription/agenda.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { type Token, tokens } from '../../subscription/tokens.ts';
import { type Texts, textsFor } from '../../texts/index.ts';
import { inWindow } from '../explain.ts';
import { agendaMessage, agendaTitle } from '../messages/agenda.ts';
import { buttons, context, type Press, say } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import { AGENDA, digestForm, OFF } from '../views/agenda.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { CommandVisit, SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { workingConnections } from './accounts.ts';
import { enterChannel, languageHere } from './channel.ts';
import { record } from './deeds.ts';
import { findHost } from './named.ts';
import { mustBeMember } from './rights.ts';

const MOST_WORDS = 20;

export const agenda: Verb = {
  name: 'agenda',
  aliases: ['upcoming', 'calendar', 'schedule'],
  examples: ['agenda tomorrow', 'agenda daily 9:00'],
  async run(visit) {
    const typed: Token[] = [];
    for (const token of tokens(visit.rest)) if (typed.push(token) >= MOST_WORDS) break;
    const [first, ...rest] = typed;
    const verb = first && !first.quoted ? first.text.toLowerCase() : '';
    if (verb === 'digest' || verb === 'settings') return openForm(visit);
    const every = Object.hasOwn(everies, verb) ? everies[verb] : undefined;
    if (every) return setByWords(visit, every, rest);
    await show(visit, typed);
  },
  submissions: { [AGENDA]: submitted },
};

const everies: Record<string, Digest['every']> = {
  daily: 'day',
  day: 'day',
  weekly: 'week',
  täglich: 'day',
  wöchentlich: 'week',
};
const spanWords: Record<string, AgendaSpan> = { heute: 'today', morgen: 'tomorrow', woche: 'week', now: 'today' };

function spanNamed(word: string): AgendaSpan | undefined {
  const name = word.toLowerCase();
  return spans.find((each) => each === name) ?? (Object.hasOwn(spanWords, name) ? spanWords[name] : undefined);
}

async function show(visit: CommandVisit, typed: readonly Token[]): Promise<void> {
  await mustBeMember(visit);
  const { product, workspace, t } = visit;
  let span: AgendaSpan = 'today';
  const names: string[] = [];
  for (const { text, quoted } of typed) {
    const found = quoted ? undefined : spanNamed(text);
    if (found) span = found;
    else names.push(text);
  }
  const { zone } = await visit.slack.person(visit.user);
  const { connections, subscriptions } = await seenHere(visit);
  const host = names.length > 0 ? await hostCalled(visit, connections, names.join(' ').replace(/^host:/i, '')) : null;
  if (names.length > 0 && !host)
    throw new Refusal(
      typed.length > 1 || /^[<@]/.test(names[0]!)
        ? t.agenda.noHost(safeMrkdwn(names.join(' '), 60))
        : t.agenda.notUnderstood(safeMrkdwn(names.join(' '), 60)),
      { code: 'not_understood' },
    );
  const days = daysOf(span, product.clock.now(), zone);
  const found = await product.agenda({
    installationId: workspace.id,
    connections: connections.map(({ id }) => id),
    subscriptions,
    isHost:
      host && ((each) => each.uri === host.uri || (host.email !== null && each.email?.toLowerCase() === host.email)),
    ...days,
    language: t.code,
  });
  const facts = { ...found, ...days, zone };
  const whose = [
    subscriptions ? t.agenda.ofChannel : t.agenda.ofYours,
    ...(host ? [t.agenda.ofHost(safeMrkdwn(host.name, 60))] : []),
  ];
  await visit.answer(
    agendaMessage(agendaTitle(facts, t), facts, t, context(whose.join(' ')), buttons(turns(span, names, t))),
  );
}

function turns(span: AgendaSpan, names: readonly string[], t: Texts): Press[] {
  const who = names.length > 0 ? ` ${names.join(' ')}` : '';
  const others = spans.filter((each) => each !== span);
  return [
    ...others.map((each) => ({ label: t.agenda.spans[each], action: 'do', value: `agenda ${each}${who}` })),
    { label: t.agenda.setUp, action: 'do', value: 'agenda digest' },
  ];
}

/** What a channel follows; where it follows nothing, what the accounts have that this person may use. */
async function seenHere(
  visit: CommandVisit,
): Promise<{ connections: Connection[]; subscriptions: Subscription[] | null }> {
  const here = (await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, visit.channel)).filter(
    (each) => each.state === 'active',
  );
  const working = await workingConnections(visit);
  if (here.length > 0)
    return {
      subscriptions: here,
      connections: working.filter(({ id }) => here.some((each) => each.connectionId === id)),
    };
  const own = working.filter((each) => each.connectedBy === visit.user);
  if (own.length > 0) return { subscriptions: null, connections: own };
  if ((await visit.slack.person(visit.user)).leads) return { subscriptions: null, connections: working };
  throw new Refusal(visit.t.agenda.nothingYours(visit.product.commandName), { code: 'not_connected' });
}

async function hostCalled(visit: Visit, connections: readonly Connection[], name: string) {
  for (const connection of connections) {
    const found = await findHost(visit, connection, name.replace(/^@/, ''), false);
    const [rule] = Array.isArray(found) ? found : [];
    if (rule?.key === 'host' && rule.uri !== null)
      return { uri: rule.uri, email: rule.email?.toLowerCase() ?? null, name: rule.name };
  }
  return null;
}

/** Of a channel; whoever may change what it hears of. */
async function maySet(visit: Visit, channel: string): Promise<void> {
  await mustBeMember(visit);
  const here = await visit.product.subscriptions.subscriptionsIn(visit.workspace.id, channel);
  if (here.length === 0)
    throw new Refusal(visit.t.agenda.followsNothing(visit.product.commandName), { code: 'no_subscription' });
  const { leads } = await visit.slack.person(visit.user);
  if (leads || here.some((each) => each.madeBy === visit.user)) return;
  throw new Refusal(visit.t.agenda.notYours, { code: 'not_yours' });
}

async function setByWords(visit: CommandVisit, every: Digest['every'], words: readonly Token[]): Promise<void> {
  const { t } = visit;
  await maySet(visit, visit.channel);
  if (words.some(({ text }) => /^(?:off|stop|none|aus)$/i.test(text))) return visit.answer(await turnOff(visit, every));
  const { zone: own } = await visit.slack.person(visit.user);
  const wish = {
    minute: null as number | null,
    weekday: null as number | null,
    zone: own,
    empty: 'line' as Digest['empty'],
  };
  for (const { text } of words) {
    const minute = clockTime(text);
    const weekday = weekdayNamed(text);
    if (/^(?:at|on|um|am|every|in)$/i.test(text)) continue;
    if (minute !== null) wish.minute = minute;
    else if (every === 'week' && weekday !== null) wish.weekday = weekday;
    else if (/^(?:silent|silence|quiet|still)$/i.test(text)) wish.empty = 'silence';
    else if (/^(?:line)$/i.test(text)) wish.empty = 'line';
    else if (/[/]|^utc$/i.test(text) && isZone(text)) wish.zone = text;
    else {
      const shown = safeMrkdwn(text, 60);
      throw new Refusal(/[/]/.test(text) ? t.agenda.badZone(shown) : t.agenda.notUnderstood(shown), {
        code: 'not_understood',
      });
    }
  }
  if (wish.minute === null || (every === 'week' && wish.weekday === null))
    throw new Refusal(t.agenda.needsTime(every), { code: 'not_understood' });
  await visit.answer(
    say(await set(visit, visit.channel, { ...wish, minute: wish.minute, every }), offButton(every, t)),
  );
}

const offButton = (every: Digest['every'], t: Texts) =>
  buttons([
    { label: t.agenda.turnOff(every), action: 'do', value: `agenda ${every === 'day' ? 'daily' : 'weekly'} off` },
  ]);

type Wish = Pick<Digest, 'every' | 'weekday' | 'minute' | 'zone' | 'empty'>;

async function set(visit: Visit, channel: string, wish: Wish): Promise<string> {
  const { product, workspace, user } = visit;
  const facts = await enterChannel(visit, channel);
  const digest = { ...wish, weekday: wish.every === 'week' ? wish.weekday : null };
  // What would have been due before somebody asked for it is not told.
  const lastPeriod = lastDue(digest, product.clock.now()).period;
  await product.digests.setDigest({
    installationId: workspace.id,
    channelId: channel,
    ...digest,
    madeBy: user,
    lastPeriod,
  });
  await record(visit, 'agenda', {
    subject: `agenda ${wish.every}`,
    channelId: channel,
    became: JSON.stringify(digest),
  });
  const words = textsFor(await languageHere(visit, channel, facts)).agenda;
  await visit.slack.post(channel, say(words.toldSet(`<@${user}>`, whenWords(digest, words))));
  return visit.t.agenda.set(`<#${channel}>`, whenWords(digest, visit.t.agenda), wish.empty === 'silence');
}

const whenWords = ({ every, weekday, minute, zone }: Omit<Wish, 'empty'>, words: Texts['agenda']): string =>
  every === 'day' ? words.dayAt(clockWords(minute), zone) : words.weekAt(weekday ?? 1, clockWords(minute), zone);

async function turnOff(visit: CommandVisit, every: Digest['every']): Promise<Message> {
  return say(await unset(visit, visit.channel, every));
}

async function unset(visit: Visit, channel: string, every: Digest['every']): Promise<string> {
  const was = await visit.product.digests.removeDigest(visit.workspace.id, channel, every);
  if (!was) return visit.t.agenda.wasNot(`<#${channel}>`, every);
  await record(visit, 'agenda', { subject: `agenda ${every}`, channelId: channel, was: 'on', became: 'off' });
  const words = textsFor(await languageHere(visit, channel, null)).agenda;
  try {
    await visit.slack.post(channel, say(words.toldUnset(`<@${visit.user}>`, every)));
  } catch (error) {
    // It is off whether or not the channel can be told.
    visit.log.info({ err: error, channel }, 'a channel could not be told of a change');
  }
  return visit.t.agenda.unset(`<#${channel}>`, every);
}

async function openForm(visit: CommandVisit): Promise<void> {
  const { t, channel, product, workspace } = visit;
  const window = await visit.open(progress(t.agenda.windowTitle, t.common.oneMoment, t));
  await inWindow(visit, window, t.agenda.windowTitle, async () => {
    await maySet(visit, channel);
    const digests = await product.digests.digestsIn(workspace.id, channel);
    const { zone } = await visit.slack.person(visit.user);
    return { view: digestForm({ channel, digests, zone }, t), instead: null };
  });
}

async function submitted(visit: SubmitVisit): Promise<void> {
  const { t, product, workspace, entered } = visit;
  const channel = visit.metadata;
  const zone = entered.text('zone').trim();
  if (!isZone(zone)) return visit.refuse({ zone: t.agenda.badZone(safeMrkdwn(zone, 60)) });
  const window = await visit.proceed(progress(t.agenda.windowTitle, t.common.oneMoment, t));
  await inWindow(visit, window, t.agenda.windowTitle, async () => {
    await maySet(visit, channel);
    const before = await product.digests.digestsIn(workspace.id, channel);
    const said: string[] = [];
    for (const [every, field] of [
      ['day', 'daily'],
      ['week', 'weekly'],
    ] as const) {
      const [time = OFF] = entered.chosen(field);
      const was = before.find((each) => each.every === every);
      if (time === OFF) {
        if (was) said.push(await unset(visit, channel, every));
        continue;
      }
      const weekday = every === 'week' ? Number(entered.chosen('weekday')[0] ?? 1) : null;
      const empty = entered.chosen('empty')[0] === 'silence' ? 'silence' : 'line';
      const wish: Wish = { every, weekday, minute: Number(time), zone, empty };
      if (!was || !same(was, wish)) said.push(await set(visit, channel, wish));
    }
    const done = say(said.length > 0 ? said : [t.agenda.same]);
    return { view: messageModal(t.agenda.windowTitle, done, t), instead: done };
  });
}

const same = (a: Wish, b: Wish) =>
  a.weekday === b.weekday && a.minute === b.minute && a.zone === b.zone && a.empty === b.empty;
