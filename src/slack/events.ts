// Slack's own news: channels lost and found again, the app removed, Home opened.

import { oneAtATime } from './commands/subscribing.ts';
import type { Homes } from './home.ts';
import type { Desk } from './reception.ts';

export interface SlackEvent {
  type: string;
  user?: unknown;
  channel?: unknown;
  tab?: unknown;
  view?: unknown;
  /** Of `channel_unshared`: yet another organization still shares it. */
  is_ext_shared?: unknown;
  old_channel_id?: unknown;
  new_channel_id?: unknown;
}

const removed =
  'I was removed from this channel. Type `/invite` {bot} there to bring me back, then `{command} subscribe`.';
const archived = 'The channel was archived. Unarchive it, and I go on.';
const deleted = 'The channel was deleted. Subscribe another channel with `{command} subscribe`.';

/** Why a channel cannot be posted to after this event; both families name public and private channels. */
const losses: Record<string, string> = {
  channel_left: removed,
  group_left: removed,
  channel_archive: archived,
  group_archive: archived,
  channel_deleted: deleted,
  group_deleted: deleted,
};

const shared =
  '🔒 This channel is now shared with another organization, so from now on its cards show no e-mail addresses, answers, reasons and payments. A workspace admin can allow that again: `{command} subscribe --privacy full`.';
const unshared =
  '{channel} is no longer shared with another organization. Its cards still show no e-mail addresses, answers, reasons and payments; to show them again, type `{command} subscribe --privacy full` there.';

const withGuests =
  '🔒 A guest can read this channel from now on, so its cards show no e-mail addresses, answers, reasons and payments. A workspace admin can allow that again: `{command} subscribe --privacy full`.';

export async function onEvent(event: SlackEvent, desk: Desk, homes: Pick<Homes, 'opened'>): Promise<void> {
  const { product, workspace } = desk;
  const channel = channelOf(event);
  const isUs = event.user === workspace.botUserId;
  if (event.type === 'app_home_opened' && event.tab === 'home' && typeof event.user === 'string') {
    return homes.opened(desk, event.user, shownIn(event.view));
  }
  if (
    event.type === 'channel_id_changed' &&
    typeof event.old_channel_id === 'string' &&
    typeof event.new_channel_id === 'string'
  ) {
    await product.channelRenamed(workspace.id, event.old_channel_id, event.new_channel_id);
    // A private channel gets a new id because it is shared; the news of that may have come before, and found nobody under the new id.
    const facts = await desk.slack.channel(event.new_channel_id).catch(() => null);
    if (facts === null || facts.isShared) await product.channelShared(workspace.id, event.new_channel_id, shared);
    return;
  }
  if (channel === null) return;
  // Slack sends its news in no promised order, and each is handled as it comes: those of one channel wait for each other.
  await oneAtATime(`news ${workspace.id} ${channel}`, () => onChannelNews(event, desk, channel, isUs));
}

async function onChannelNews(event: SlackEvent, desk: Desk, channel: string, isUs: boolean): Promise<void> {
  const { product, workspace } = desk;
  if (event.type === 'member_left_channel' && isUs) return lose(desk, channel, removed);
  if (event.type === 'member_joined_channel' && isUs) return product.channelBack(workspace.id, channel);
  if (event.type === 'member_joined_channel' && typeof event.user === 'string')
    return somebodyCame(desk, channel, event.user);
  if (event.type === 'channel_unarchive' || event.type === 'group_unarchive')
    return product.channelBack(workspace.id, channel);
  if (event.type === 'channel_shared') return product.channelShared(workspace.id, channel, shared);
  if (event.type === 'channel_unshared')
    return event.is_ext_shared === true ? undefined : product.channelUnshared(workspace.id, channel, unshared);
  const reason = Object.hasOwn(losses, event.type) ? losses[event.type] : undefined;
  if (reason) await lose(desk, channel, reason);
}

/** A guest reads along from now on. Where Slack does not say who came, the channel shows less: it is easily allowed again, and never unread. */
async function somebodyCame({ product, workspace, slack }: Desk, channel: string, user: string): Promise<void> {
  const here = await product.subscriptions.subscriptionsIn(workspace.id, channel);
  if (!here.some((each) => each.options.privacy === 'full')) return;
  const person = await slack.person(user).catch(() => null);
  if (person && !person.isGuest) return;
  const facts = await slack.channel(channel).catch(() => null);
  // For those of other organizations it is decided already.
  if (facts?.isShared) return;
  const isFirst = !(await slack.hasGuests(channel, user).catch(() => false));
  await product.channelShared(workspace.id, channel, withGuests, { guests: isFirst ? 'first' : 'more' });
}

/** News of a loss may come late, when somebody has put it right already: what Slack says of the channel now goes before it. */
async function lose(desk: Desk, channel: string, reason: string): Promise<void> {
  const { product, workspace } = desk;
  const facts = await desk.slack.channel(channel).catch(() => null);
  if (facts?.isMember && !facts.isArchived)
    return product.log.info({ channel }, 'late news of a lost channel, which is open again');
  await product.channelLost(workspace.id, channel, reason);
}

function channelOf(event: SlackEvent): string | null {
  if (typeof event.channel === 'string') return event.channel;
  const id = (event.channel as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : null;
}

/** Slack sends along what it shows now; nothing where there is none yet. */
function shownIn(view: unknown): string | null {
  const { private_metadata: shown } = (view ?? {}) as { private_metadata?: unknown };
  return typeof shown === 'string' ? shown : null;
}
