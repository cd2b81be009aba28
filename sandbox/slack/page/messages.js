// A channel's messages in their order, with days between them; only what changed is drawn again.
import { dayName, tsDate } from './dates.js';
import { h, reconcile } from './dom.js';
import { drawMessage } from './message.js';

const GROUP_WITHIN = 5 * 60;

const isReply = (message) => Boolean(message.threadTs) && message.threadTs !== message.ts;

/** What stands in the channel itself: no replies, unless broadcast; a deleted message only while it has replies. */
export function channelMessages(all, dismissed) {
  return all.filter(
    (message) =>
      !dismissed.has(message.ts) &&
      (!isReply(message) || message.replyBroadcast) &&
      (!message.deleted || replies(all, message.ts).length > 0),
  );
}

export const replies = (all, ts) =>
  all.filter((message) => isReply(message) && message.threadTs === ts && !message.deleted);

/** `view`: { channel, directory, all, openThread, openChannel, dismiss, act, suggest, thread?: true }. */
export function drawMessages(list, messages, view) {
  const items = [];
  let day = '';
  let previous = null;
  for (const message of messages) {
    const name = dayName(tsDate(message.ts));
    if (name !== day && !view.thread) {
      items.push({
        id: `day-${name}`,
        key: name,
        render: () => h('div', { class: 'day', role: 'separator', 'aria-label': name }, h('span', {}, name)),
      });
      previous = null;
    }
    day = name;
    const joined = joins(previous, message);
    const thread = view.thread ? [] : replies(view.all, message.ts);
    const key = JSON.stringify([
      message,
      joined,
      thread.map((reply) => [reply.ts, reply.user]),
      view.directory.key,
      view.isOpen?.(message.ts),
    ]);
    items.push({ id: message.ts, key, render: () => drawMessage(message, { ...view, joined, replies: thread }) });
    previous = message;
  }
  reconcile(list, items);
}

/** Plain words of one person within five minutes share one header; cards always stand alone. */
function joins(previous, message) {
  if (
    !previous ||
    previous.user !== message.user ||
    previous.ephemeral ||
    message.ephemeral ||
    previous.deleted ||
    message.replyBroadcast
  )
    return false;
  if (message.blocks?.length || message.attachments?.length || previous.blocks?.length || previous.attachments?.length)
    return false;
  return tsDate(message.ts) - tsDate(previous.ts) < GROUP_WITHIN * 1000;
}
