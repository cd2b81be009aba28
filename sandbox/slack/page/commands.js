// What the composer suggests after a slash: the command's verbs, as its own help lists them.

const VERBS = [
  ['connect', '[forms] [cards] [links] [groups]', 'Connect a Calendly account'],
  ['subscribe', '[all | "Event type" | link | @host] [kinds] [filters] [options]', 'Show bookings in this channel'],
  ['list', '[here | workspace | mine]', 'See what is shown where'],
  ['status', '', 'See how the connection is doing'],
  ['events', '[kinds]', 'Choose what this channel hears of'],
  ['edit', '[name | number | all] [what changes]', 'Change a subscription'],
  ['copy', '[name | number | all] to #channel', 'The same in another channel'],
  ['mute', '[name | number | all] [2h | until monday]', 'Quiet for a while'],
  ['unmute', '[name | number | all]', 'End a mute now'],
  ['unsubscribe', '[name | number | all]', 'Take a subscription away'],
  ['agenda', '[today | tomorrow | week] [@host] · [daily 9:00 | weekly monday 9:00 | daily off]', 'See what is coming'],
  ['share', '["Event type"] [once | reusable]', 'Get a link to book'],
  ['why', '<link | e-mail>', 'Why was it shown, or not'],
  ['test', '[kind]', 'Send a sample card'],
  ['verify', '', 'Check the connection now'],
  ['rename', '["account" to] "new name"', 'Name a Calendly account'],
  ['disconnect', '', 'Disconnect the Calendly account'],
  ['admin', '[dead | audit | erase e-mail | hosts | host e-mail @person | manager @person | channel #name]', 'Admins'],
  ['help', '[word]', 'Learn the commands'],
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
