// The sentences and blocks of what the app answers to people (pure).

import type { Button, KnownBlock, SectionBlock } from '@slack/types';
import type { Connection, Group, Hook } from '../../connection/connection.ts';
import { withCommand } from '../../errors.ts';
import { rulesFor, rulesInWords } from '../../subscription/filter-words.ts';
import { languageIn } from '../../subscription/options.ts';
import {
  defaultOptions,
  kinds as everyKind,
  type Filter,
  type Kind,
  type Mention,
  type Options,
  type Privacy,
  type Subscription,
  type ThreadMode,
  type TypeChoice,
  threadMode,
} from '../../subscription/subscription.ts';
import { type Texts, textsFor, translated, usualLanguage } from '../../texts/index.ts';
import type { Outsiders } from '../guests.ts';
import type { Message } from '../web.ts';
import { clipped, dateToken, escapeMrkdwn, plain, safeMrkdwn } from './text.ts';

/** Slack allows 3,000 characters in a section. */
const SECTION = 2_900;

/** A section of our own mrkdwn; `verbatim` keeps bare words such as @here from becoming mentions. */
export function section(mrkdwn: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: clipped(mrkdwn, SECTION), verbatim: true } };
}

export function context(mrkdwn: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: clipped(mrkdwn, SECTION), verbatim: true }] };
}

export interface Press {
  label: string;
  /** The part before a colon picks the handler. */
  action: string;
  value?: string;
  style?: 'primary' | 'danger';
  url?: string;
}

export function buttons(presses: Press[]): KnownBlock {
  return {
    type: 'actions',
    elements: presses.map(
      (press, i): Button => ({
        type: 'button',
        action_id: `${press.action}:${i}`,
        text: { type: 'plain_text', text: plain(press.label, 75) || '…' },
        ...(press.value === undefined ? {} : { value: press.value }),
        ...(press.style ? { style: press.style } : {}),
        ...(press.url ? { url: press.url } : {}),
      }),
    ),
  };
}

/** Paragraphs of our own mrkdwn as one message: its text says everything, its blocks show it. */
export function say(paragraphs: string | string[], ...more: KnownBlock[]): Message {
  const all = typeof paragraphs === 'string' ? [paragraphs] : paragraphs;
  const text = all.join('\n\n');
  return { text: text.length > 3_800 ? `${text.slice(0, 3_800)}…` : text, blocks: [...all.map(section), ...more] };
}

export interface Names {
  command: string;
  botUserId: string;
  /** The language of whoever reads it. */
  t: Texts;
}

/** A core sentence as mrkdwn, in the reader's language: whatever it quotes is escaped, then `{command}`, `{bot}` and `{person:U…}` are filled in. */
export function inWords(sentence: string, names: Names): string {
  return withCommand(escapeMrkdwn(translated(sentence, names.t)), names.command)
    .replaceAll('{bot}', `<@${names.botUserId}>`)
    .replace(/\{person:([A-Z0-9]{2,20})\}/g, '<@$1>');
}

export function sorry(reference: string, t: Texts): Message {
  return say(t.common.sorry(reference));
}

/** A filter, safe to show: its event types, then its rules. `privacy`: of the channel it is said to. */
export function filterInWords(filter: Filter, t: Texts, privacy: Privacy = 'full'): string {
  const rules = rulesInWords(rulesFor(privacy, filter), t, (name) => safeMrkdwn(name, 80));
  return [typesInWords(filter.types, t), ...rules].join(', ');
}

/** At most three by name. */
function typesInWords(types: readonly TypeChoice[], t: Texts): string {
  if (types.length === 0) return t.subscribing.allTypes;
  const names = types.slice(0, 3).map((type) => `*${safeMrkdwn(type.name, 80)}*`);
  const more = types.length - names.length;
  return more > 0 ? t.subscribing.andMoreTypes(names.join(', '), more) : t.subscribing.types(names);
}

export const kindsInWords = (kinds: readonly Kind[], t: Texts): string =>
  t.common.all(kinds.map((kind) => t.look.kinds[kind]));

/** `to` the channel: a user group is not named there, since naming calls everybody in it. */
export function subscriptionInWords(
  wish: Pick<Subscription, 'kinds' | 'filter' | 'options'>,
  t: Texts,
  {
    to = 'person',
    usualKinds = false,
    account = null,
  }: { to?: 'person' | 'channel'; usualKinds?: boolean; account?: string | null } = {},
): string {
  const privacy = to === 'channel' ? wish.options.privacy : 'full';
  return t.subscribing.wish(filterInWords(wish.filter, t, privacy), kindsInWords(wish.kinds, t), {
    usual: usualKinds,
    look: optionsInWords(wish.options, to, t),
    account: account === null ? '' : accountName(account, t),
  });
}

/** What a channel is told when these of its subscriptions are heard of again; in the language of its cards. */
export function muteOver(subscriptions: readonly Subscription[]): string {
  const [first] = subscriptions;
  const t = textsFor(first && languageIn(first.options));
  const isOne = first !== undefined && subscriptions.length === 1;
  return t.muting.toldOver(
    isOne ? subscriptionInWords(first, t, { to: 'channel' }) : t.common.subscriptions(subscriptions.length),
  );
}

/** What is not as usual, such as "as compact cards, calls the host"; empty where all is. */
export function optionsInWords(
  options: Options,
  to: 'person' | 'channel' = 'person',
  t: Texts = textsFor(null),
): string {
  const language = languageIn(options);
  return [
    t.look.styles[options.style],
    mentionInWords(options.mention, to, t),
    ...threadsInWords(options, t),
    t.look.privacies[options.privacy],
    language === usualLanguage ? '' : t.look.inLanguage(language),
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** Said to the person and to the channel where cards show all to outsiders. */
export function sharedWarning({ privacy }: Options, outsiders: Outsiders, { subscribing }: Texts): string | null {
  if (privacy !== 'full') return null;
  return outsiders === 'organizations'
    ? subscribing.shared
    : outsiders === 'guests'
      ? subscribing.sharedWithGuests
      : null;
}

function mentionInWords(mention: Mention, to: 'person' | 'channel', { look }: Texts): string {
  if (!('id' in mention)) return mention.who === 'host' ? look.callsHost : '';
  if (mention.who === 'user') return look.calls(`<@${mention.id}>`);
  return to === 'channel' ? look.callsAGroup : look.calls(`<!subteam^${mention.id}>`);
}

function threadsInWords(options: Options, t: Texts): string[] {
  if (everyKind.every((kind) => threadMode(options, kind) === threadMode(defaultOptions, kind))) return [];
  const having = (...modes: ThreadMode[]) => everyKind.filter((kind) => modes.includes(threadMode(options, kind)));
  const [off, kept, repeated] = [having('off'), having('on', 'broadcast'), having('broadcast')];
  if (kept.length === 0) return [t.look.noThreads];
  const fewer =
    off.length > kept.length
      ? [t.look.threadsOnly(kindsInWords(kept, t))]
      : off.length > 0
        ? [t.look.noThreadsFor(kindsInWords(off, t))]
        : [];
  if (repeated.length === 0) return fewer;
  const isAll = repeated.length === kept.length;
  return [...fewer, isAll ? t.look.repeats : t.look.repeatsFor(kindsInWords(repeated, t))];
}

/** A filter in plain text. */
export function filterLabel({ types, rules = [] }: Filter, t: Texts): string {
  const names = types.map((type) => type.name).join(', ') || t.subscribing.allTypesLabel;
  return [names, ...rulesInWords(rules, t, (name) => name)].join(', ');
}

/** A name for a subscription in plain text, for buttons and options. */
export function subscriptionLabel(subscription: Pick<Subscription, 'kinds' | 'filter'>, t: Texts, max = 75): string {
  const types = filterLabel(subscription.filter, t);
  const kinds = subscription.kinds.map((kind) => t.look.kinds[kind]).join(', ');
  return plain(t.subscribing.label(types, kinds), max) || t.subscribing.aSubscription;
}

/** `name`: what it is called here, where that has to be said. */
export function accountInWords(
  connection: Pick<Connection, 'userName' | 'userEmail'>,
  t: Texts,
  name: string | null = null,
): string {
  const person = safeMrkdwn(connection.userName, 80) || t.connecting.anAccount;
  const email = connection.userEmail ? ` (${safeMrkdwn(connection.userEmail, 80)})` : '';
  return name === null || name === connection.userName
    ? `*${person}*${email}`
    : `${accountName(name, t)} · ${person}${email}`;
}

/** What an account is called, safe to show. */
export const accountName = (name: string, t: Texts): string => `*${safeMrkdwn(name, 80) || t.connecting.anAccount}*`;

export function accountLabel(connection: Pick<Connection, 'userEmail'>, name: string, t: Texts, max = 75): string {
  return plain(`${name}${connection.userEmail ? ` (${connection.userEmail})` : ''}`, max) || t.connecting.anAccount;
}

export function scopeInWords(connection: Pick<Connection, 'scope' | 'group' | 'organizationName'>, t: Texts): string {
  if (connection.scope === 'user') return t.connecting.theirOwn;
  if (connection.group) return t.connecting.group(`*${groupName(connection.group, t)}*`);
  const name = connection.organizationName ? ` *${safeMrkdwn(connection.organizationName, 80)}*` : '';
  return t.connecting.organization(name);
}

export const groupName = ({ name }: Group, t: Texts): string => safeMrkdwn(name, 80) || t.connecting.aGroup;

/** The state of a connection's hooks; replaced ones do not count. */
export function hooksInWords(hooks: readonly Hook[], hasPublicUrl: boolean, { status }: Texts): string {
  const live = hooks.filter((hook) => hook.state !== 'retired' && hook.retiredAt === null);
  if (live.length > 0) {
    return live
      .map((hook) => `${hook.family === 'routing' ? status.routingForms : status.bookings} ${status.hooks[hook.state]}`)
      .join(' · ');
  }
  return hasPublicUrl ? status.noHook : status.noHookNoAddress;
}

export function connectionState(connection: Pick<Connection, 'state' | 'reason'>, names: Names): string {
  const { status } = names.t;
  if (connection.state === 'active') return status.connected;
  const reason = connection.reason ? ` ${inWords(connection.reason, names)}` : '';
  return connection.state === 'broken' ? status.notWorking(reason) : status.disconnected(reason);
}

/** A moment in the reader's own zone. */
export function moment(at: number, t: Texts): string {
  return dateToken(at, t.times.moment, null, t);
}

/** The day of a moment, in the reader's own zone. */
export function day(at: number, t: Texts): string {
  return dateToken(at, '{date_short_pretty}', null, t);
}
