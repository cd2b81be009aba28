// What people with the right to do so forbid in a channel: posts, replies in a thread, edits; and what they delete.
import type { Channel } from './types.ts';

/** Slack's words for it. A frozen channel refuses posts as an archived one does. */
export type Restriction =
  | 'restricted_action'
  | 'restricted_action_read_only_channel'
  | 'restricted_action_thread_only_channel'
  | 'restricted_action_non_threadable_channel'
  | 'frozen';
export type NoEdits = 'edit_window_closed' | 'cant_update_message';

interface Rules {
  posts: Restriction | null;
  edits: NoEdits | null;
  lockedThreads: Set<string>;
}

const all = new WeakMap<Channel, Rules>();

export function rulesOf(channel: Channel): Rules {
  const known = all.get(channel) ?? { posts: null, edits: null, lockedThreads: new Set() };
  all.set(channel, known);
  return known;
}

/** Why Slack refuses a post there, into this thread or outside any; null when it does not. */
export function refusalOfPost(channel: Channel, threadTs: string | undefined): string | null {
  const { posts, lockedThreads } = rulesOf(channel);
  if (threadTs && lockedThreads.has(threadTs)) return 'restricted_action_thread_locked';
  switch (posts) {
    case 'restricted_action_thread_only_channel':
      return threadTs ? null : posts;
    case 'restricted_action_non_threadable_channel':
      return threadTs ? posts : null;
    case 'frozen':
      return 'is_archived';
    default:
      return posts;
  }
}

export function refusalOfEdit(channel: Channel): string | null {
  const { posts, edits } = rulesOf(channel);
  return posts === 'frozen' ? 'is_inactive' : edits;
}
