// What the composer suggests after a slash: the command's verbs, as the product's description lists them.

const VERBS = [
  ['connect', '', 'Connect a Calendly account'],
  ['subscribe', '[all | "Event type" | @host] [kinds] [filters]', 'Send bookings to this channel'],
  ['list', '[here | workspace | mine]', 'See what is sent where'],
  ['status', '', 'See how the connection is doing'],
  ['agenda', '[today | tomorrow | week] [@host]', 'See upcoming meetings'],
  ['share', '[event type] [once]', 'Share a scheduling link'],
  ['events', '', 'Choose what this channel hears about'],
  ['edit', '[subscription]', 'Change a subscription'],
  ['mute', '[subscription]', 'Stop a subscription for a while'],
  ['unmute', '[subscription]', 'Start it again'],
  ['unsubscribe', '[subscription]', 'Remove a subscription'],
  ['why', '<booking link | message link | e-mail>', 'Ask why a booking was shown or not'],
  ['test', '[kind]', 'Post a sample card'],
  ['verify', '', 'Run the scheduled check now'],
  ['disconnect', '', 'Disconnect the Calendly account'],
  ['help', '[verb]', 'Learn the commands'],
];

/**
 * Suggestions for what stands in the composer: [{ insert, title, usage, note }], none when it is not a command in the making.
 * `insert` ends in a space where words may follow.
 */
export function suggestions(text, commandName, appName) {
  if (!text.startsWith('/') || text.includes('\n')) return [];
  if (!text.includes(' ')) {
    if (!commandName.startsWith(text)) return [];
    const top = {
      insert: `${commandName} `,
      title: commandName,
      usage: '[verb]',
      note: `${appName}: where you stand and the next step`,
    };
    return [top, ...VERBS.map((verb) => row(verb, commandName))];
  }
  const [command, ...rest] = text.split(/ +/);
  if (command !== commandName || rest.length > 1) return [];
  return VERBS.filter(([name]) => name.startsWith(rest[0] ?? '') && name !== rest[0]).map((verb) =>
    row(verb, commandName),
  );
}

function row([name, usage, note], commandName) {
  return { insert: `${commandName} ${name}${usage ? ' ' : ''}`, title: `${commandName} ${name}`, usage, note };
}
