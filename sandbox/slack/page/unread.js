// Which channels hold something the person has not seen: counted per person, from the moment the page first showed them.

export function createUnread() {
  const seen = new Map();
  return {
    /** Counts new messages by channel; the channel that is open counts as seen. */
    count(state, openChannel) {
      const person = state.me.id;
      const fresh = !seen.has(person);
      if (fresh) seen.set(person, new Map());
      const last = seen.get(person);
      const counts = new Map();
      for (const channel of state.channels) {
        const list = (state.messages[channel.id] ?? []).filter(
          (message) =>
            !message.deleted && (!message.threadTs || message.threadTs === message.ts || message.replyBroadcast),
        );
        const newest = list.at(-1)?.ts ?? '0';
        if (fresh || channel.id === openChannel) last.set(channel.id, newest);
        const since = last.get(channel.id) ?? '0';
        counts.set(channel.id, list.filter((message) => message.ts > since && message.user !== person).length);
      }
      return counts;
    },
  };
}
