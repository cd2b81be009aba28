// The sentences and blocks of what the app answers to people (pure).

import type { Button, KnownBlock, SectionBlock } from '@slack/types';
import type { Connection, Hook } from '../../connection/connection.ts';
import { withCommand } from '../../errors.ts';
import type { Kind, Subscription, TypeChoice } from '../../subscription/subscription.ts';
import type { Message } from '../web.ts';
import { dateToken, escapeMrkdwn, plain, safeMrkdwn } from './text.ts';

/** Slack allows 3,000 characters in a section. */
const SECTION = 2_900;

/** A section of our own mrkdwn; `verbatim` keeps bare words such as @here from becoming mentions. */
export function section(mrkdwn: string): SectionBlock {
  const text = mrkdwn.length > SECTION ? `${mrkdwn.slice(0, SECTION)}…` : mrkdwn;
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

export function context(mrkdwn: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: mrkdwn.slice(0, SECTION), verbatim: true }] };
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
        text: { type: 'plain_text', text: plain(press.label, 75) || 'Choose' },
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
}

/** A core sentence as mrkdwn: whatever it quotes is escaped, then `{command}`, `{bot}` and `{person:U…}` are filled in. */
export function inWords(sentence: string, names: Names): string {
  return withCommand(escapeMrkdwn(sentence), names.command)
    .replaceAll('{bot}', `<@${names.botUserId}>`)
    .replace(/\{person:([A-Z0-9]{2,20})\}/g, '<@$1>');
}

export function sorry(reference: string): Message {
  return say(
    `Sorry, something went wrong on my side. Please try again; if it stays, tell whoever runs this app: reference \`${reference}\`.`,
  );
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The event types of a filter, safe to show; at most three by name. */
export function typesInWords(types: readonly TypeChoice[]): string {
  if (types.length === 0) return '*all event types*';
  const names = types.slice(0, 3).map((type) => `*${safeMrkdwn(type.name, 80)}*`);
  const more = types.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${counted(more, 'more event type', 'more event types')}` : listed(names);
}

export function kindsInWords(kinds: readonly Kind[]): string {
  return listed(kinds);
}

export function subscriptionInWords(wish: Pick<Subscription, 'kinds' | 'filter'>): string {
  return `${typesInWords(wish.filter.types)}: ${kindsInWords(wish.kinds)}`;
}

/** A name for a subscription in plain text, for buttons and options. */
export function subscriptionLabel(subscription: Pick<Subscription, 'kinds' | 'filter'>, max = 75): string {
  const types = subscription.filter.types.map((type) => type.name).join(', ') || 'All event types';
  return plain(`${types}: ${subscription.kinds.join(', ')}`, max) || 'Subscription';
}

export function accountInWords(connection: Pick<Connection, 'userName' | 'userEmail'>): string {
  const email = connection.userEmail ? ` (${safeMrkdwn(connection.userEmail, 80)})` : '';
  return `*${safeMrkdwn(connection.userName, 80) || 'Calendly account'}*${email}`;
}

export function accountLabel(connection: Pick<Connection, 'userName' | 'userEmail'>, max = 75): string {
  return (
    plain(`${connection.userName}${connection.userEmail ? ` (${connection.userEmail})` : ''}`, max) ||
    'Calendly account'
  );
}

export function scopeInWords(connection: Pick<Connection, 'scope' | 'organizationName'>): string {
  if (connection.scope === 'user') return 'their own meetings';
  const name = connection.organizationName ? ` *${safeMrkdwn(connection.organizationName, 80)}*` : '';
  return `every meeting of the organization${name}`;
}

const hookWords: Record<Hook['state'], string> = {
  making: '⏳ being registered',
  active: '✅ active',
  retrying: '⚠️ Calendly has trouble reaching me and is retrying',
  disabled: '⚠️ disabled by Calendly; the next check replaces it',
  missing: '⚠️ missing at Calendly; the next check makes a new one',
  retired: 'replaced',
};

/** The state of a connection's hooks; replaced ones do not count. */
export function hooksInWords(hooks: readonly Hook[], hasPublicUrl: boolean): string {
  const live = hooks.filter((hook) => hook.state !== 'retired' && hook.retiredAt === null);
  if (live.length > 0) {
    return live
      .map((hook) => `${hook.family === 'routing' ? 'routing forms' : 'bookings'} ${hookWords[hook.state]}`)
      .join(' · ');
  }
  return hasPublicUrl ? '⚠️ none; the next check makes one' : '⚠️ none, since I have no public address (PUBLIC_URL)';
}

export function connectionState(connection: Pick<Connection, 'state' | 'reason'>, names: Names): string {
  if (connection.state === 'active') return '✅ connected';
  const reason = connection.reason ? ` ${inWords(connection.reason, names)}` : '';
  return connection.state === 'broken' ? `⚠️ not working.${reason}` : `disconnected.${reason}`;
}

/** A moment in the reader's own zone. */
export function moment(at: number): string {
  return dateToken(at, '{date_short_pretty} at {time}', null);
}
