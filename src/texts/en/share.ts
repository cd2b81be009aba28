// Sharing a link to book: which event type, for one booking or for many, and where it goes.

export const share = {
  title: 'Share a link',
  which: 'Event type',
  placeholder: 'Choose an event type',
  how: 'How often it can be used',
  once: 'For one booking',
  onceHint: 'A new link that ends with its first booking, and after 90 days.',
  reusable: 'For many bookings',
  reusableHint: 'The page of this event type, as everybody knows it.',
  whereTo: 'Where it goes',
  post: (channel: string) => `Post it in ${channel} as well`,
  submit: 'Get the link',
  making: 'Asking Calendly for it…',
  hereIsOnce: (name: string) => `A link to book *${name}* once:`,
  hereIs: (name: string) => `The link to book *${name}*:`,
  link: (url: string) => `\`${url}\``,
  onceSince:
    'People from outside may read this channel, so it is for one booking. `reusable` behind the name gives the page that everybody can use.',
  postIt: 'Post it here',
  posted: (channel: string) => `It is posted in ${channel}.`,
  toldOnce: (who: string, name: string, url: string) =>
    `📅 ${who} shares a link to book *${name}*, for one booking: <${url}|Book ${name}>`,
  told: (who: string, name: string, url: string) => `📅 ${who} shares a link to book *${name}*: <${url}|Book ${name}>`,
  noSuchType: (typed: string, near: boolean) =>
    `There is no event type “${typed}” at Calendly.${near ? ' Did you mean one of these?' : ''}`,
  severalTypes: (typed: string) => `Several event types are called “${typed}”. Which one?`,
  noTypes: 'This Calendly account has no active event type. Make one at calendly.com, then try again.',
  noPage: 'Calendly gave me no page for this event type. Look at calendly.com whether it is switched on.',
  notYours: (owner: string) =>
    `Only {person:${owner}}, who connected this Calendly account, a workspace admin or app manager can share its links. Ask one of them, or connect your own account: \`{command} connect\`.`,
};
