// Why somebody may not do something, and whom to ask; and why a channel cannot be used. `{person:…}`, `{bot}` and `{command}` are filled in where it is shown.

export const rights = {
  subscribe: (owner: string) =>
    `Only {person:${owner}}, who connected this Calendly account, a workspace admin or app manager can subscribe channels to it. Ask one of them, or connect your own account: \`{command} connect\`.`,
  change: (maker: string) =>
    `Only {person:${maker}}, who made this subscription, a workspace admin or app manager can change it. Ask one of them.`,
  disconnect: (owner: string) =>
    `Only {person:${owner}}, who connected this account, a workspace admin or app manager can disconnect it. Ask one of them.`,
  rename: (owner: string) =>
    `Only {person:${owner}}, who connected this account, a workspace admin or app manager can rename it. Ask one of them.`,
  admins:
    'Only workspace admins and app managers can see these messages and send them again, since they may be of any channel. Please ask one of them.',
  organization:
    'Only workspace admins and app managers can bring the meetings of a whole organization into a channel. Ask one of them, or connect an account of your own: `{command} connect`.',
  group:
    'Only workspace admins and app managers can bring the meetings of a whole group into a channel. Ask one of them, or have this account tell of its own meetings alone: `{command} status`, *What I hear of*.',
  choose: (owner: string) =>
    `Only {person:${owner}}, who connected this account, a workspace admin or app manager can choose whose meetings it tells of. Ask one of them.`,
  reach:
    'Only workspace admins and app managers can choose to hear of more than an account’s own meetings. Please ask one of them.',
  sharedChannel:
    'People of another organization read this channel, so only workspace admins and app managers can bring bookings here. Please ask one of them.',
  managers: 'Only workspace admins can name app managers. Please ask one of them.',
  hosts: 'Only workspace admins and app managers can see and set who a host is in Slack. Please ask one of them.',
  decide: (owner: string) =>
    `Only {person:${owner}}, who made the subscription, a workspace admin or app manager can decide about this message. Ask one of them.`,
  decideAdmin: 'Only a workspace admin or app manager can decide about this message. Ask one of them.',

  broken: (reason: string) =>
    `The connection to Calendly does not work. ${reason} Type \`{command} connect\` to connect again.`.replace(
      '  ',
      ' ',
    ),
  disconnected: 'Your Calendly account is disconnected. Type `{command} connect` to go on.',
  notConnected: 'No Calendly account is connected yet. Type `{command} connect` first.',

  direct: 'I post bookings into channels, not into direct messages. Type this in the channel that should hear of them.',
  archived: 'This channel is archived. Unarchive it, or use another channel.',
  private: 'This channel is private and I am not in it. Type `/invite` {bot} here, then try again.',
  mayNotJoin: 'I am not allowed to join this channel by myself. Type `/invite` {bot} here, then try again.',
};
