// Slack's own news: channels lost and found again, the app removed, Home opened.

import { createHash } from 'node:crypto';
import { accounts } from './commands/stand.ts';
import { namesOf } from './explain.ts';
import { guestHomeView, homeView } from './messages/home.ts';
import type { Desk } from './reception.ts';

export interface SlackEvent {
  type: string;
  user?: unknown;
  channel?: unknown;
  tab?: unknown;
  view?: unknown;
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

export async function onEvent(event: SlackEvent, desk: Desk): Promise<void> {
  const { product, workspace } = desk;
  const channel = channelOf(event);
  const isUs = event.user === workspace.botUserId;
  if (event.type === 'app_home_opened' && event.tab === 'home' && typeof event.user === 'string') {
    return publishHome(desk, event.user, event.view !== undefined);
  }
  if (
    event.type === 'channel_id_changed' &&
    typeof event.old_channel_id === 'string' &&
    typeof event.new_channel_id === 'string'
  ) {
    return product.channelRenamed(workspace.id, event.old_channel_id, event.new_channel_id);
  }
  if (channel === null) return;
  if (event.type === 'member_left_channel' && isUs) return product.channelLost(workspace.id, channel, removed);
  if (event.type === 'member_joined_channel' && isUs) return product.channelBack(workspace.id, channel);
  if (event.type === 'channel_unarchive' || event.type === 'group_unarchive')
    return product.channelBack(workspace.id, channel);
  const reason = Object.hasOwn(losses, event.type) ? losses[event.type] : undefined;
  if (reason) await product.channelLost(workspace.id, channel, reason);
}

function channelOf(event: SlackEvent): string | null {
  if (typeof event.channel === 'string') return event.channel;
  const id = (event.channel as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : null;
}

/** What each person's Home shows now, as a hash; small and bounded. */
const shown = new Map<string, string>();
const MOST_SHOWN = 5_000;

/** `published`: Slack already has a Home for this person; without one, it is published even if nothing changed. */
export async function publishHome(desk: Desk, user: string, published: boolean): Promise<void> {
  const { workspace, slack } = desk;
  const view = (await slack.person(user)).isGuest ? guestHomeView() : await memberHome(desk);
  const key = `${workspace.id} ${user}`;
  const hash = createHash('sha256').update(JSON.stringify(view)).digest('base64');
  if (published && shown.get(key) === hash) return;
  await slack.publishHome(user, view);
  if (shown.size >= MOST_SHOWN) shown.clear();
  shown.set(key, hash);
}

async function memberHome(desk: Desk) {
  const { product, workspace } = desk;
  const { connections, lines } = await accounts(desk);
  const subscriptions = await product.subscriptions.allSubscriptions(workspace.id);
  return homeView(
    {
      accounts: lines,
      connected: connections.length > 0,
      broken: connections.some((each) => each.state === 'broken'),
      subscriptions: subscriptions.length,
      channels: new Set(subscriptions.map((each) => each.channelId)).size,
      paused: subscriptions.filter((each) => each.state === 'paused').length,
    },
    namesOf(desk),
  );
}
