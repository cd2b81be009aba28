// The channel in which admins hear how the connections to Calendly are.

export const adminChannel = {
  set: (channel: string) =>
    `✅ From now on I say in ${channel} when a connection to Calendly breaks, is repaired or changes hands. I name accounts there, and nobody who books.`,
  same: (channel: string) => `✅ Nothing to change: I say it in ${channel} already.`,
  now: (channel: string) =>
    `The states of your connections are told in ${channel}. \`{command} admin channel off\` stops that.`,
  none: 'The states of your connections are told in no channel. Choose one: `{command} admin channel #ops`.',
  off: '✅ The states of your connections are told in no channel any more. Whoever connected an account still hears of it.',
  announced: (who: string) =>
    `🔔 ${who} made this the channel where I say how the connections to Calendly are: what happened, since when, what is lost, what I did and what you can do.`,
  notAChannel:
    'I cannot tell which channel is meant. Begin with # and pick it from the list that Slack shows, or type `{command} admin channel here`.',
  shared:
    'People outside this workspace can read that channel, and they should not see how your connections are. Choose another one.',
  admins:
    'Only workspace admins and app managers can choose where the states of connections are told. Please ask one of them.',
};
