// What people do to a meeting from its card: cancel it, mark who did not come, get the invitee’s links, ask why it is there.

export const actions = {
  cancel: 'Cancel…',
  cancelOf: (meeting: string) => `Cancel ${meeting}`,
  noShow: 'No-show',
  noShowWho: 'No-show…',
  noShowOf: (meeting: string) => `Mark as a no-show: ${meeting}`,
  undoNoShow: 'Undo no-show',
  undoNoShowOf: (meeting: string) => `Take back the no-show: ${meeting}`,
  links: 'Copy invitee’s link',
  why: 'Why here?',

  titleCancel: 'Cancel meeting',
  submitCancel: 'Cancel meeting',
  keepIt: 'Keep it',
  askCancel: 'Calendly cancels it, frees the time and tells everybody in it. This cannot be undone.',
  askCancelGroup: (guests: string) =>
    `Calendly cancels the whole meeting (${guests}), frees the time and tells everybody in it. This cannot be undone.`,
  reason: 'Reason',
  reasonHint: 'Calendly sends it to the invitee.',
  canceling: 'Asking Calendly to cancel it…',
  canceled: 'It is canceled at Calendly. The card shows it in a moment.',
  canceledAlready: 'It is canceled already; the card shows it.',

  titleNoShow: 'No-show',
  whichGuest: 'Who did not come?',
  markedOption: (name: string) => `${name} (no-show; take back)`,
  submitNoShow: 'Save',
  saving: 'Telling Calendly…',
  marked: (who: string) =>
    `${who} is marked as a no-show at Calendly. The card shows it in a moment, with a button to take it back.`,
  unmarked: (who: string) => `${who} is no longer marked as a no-show at Calendly. The card shows it in a moment.`,
  noGuests: 'Nobody has a seat in this meeting, so nobody can be marked.',

  titleLinks: 'Invitee’s link',
  linksAre: (who: string) => `With these pages ${who} can move or cancel the meeting:`,
  toReschedule: (url: string) => `*Move it:*\n\`${url}\``,
  toCancel: (url: string) => `*Cancel it:*\n\`${url}\``,
  handle: 'Only you see this. Whoever has these links can use them, so give them to the invitee alone.',
  noLinks: 'Calendly gave me no links for this booking. See it at calendly.com.',

  titleWhy: 'Why here?',
  bySubscription: (what: string) => `It is here by this subscription: ${what}`,
  madeBy: (who: string, at: string) => `Made by ${who}, ${at}.`,
  noSubscription: 'The subscription that brought it here is gone. The card stays true all the same.',
  paused: '⏸ That subscription is paused: nothing new comes by it.',
  toChange: (command: string) => `\`${command} list\` shows all subscriptions of this channel.`,

  notHost: (hosts: string) =>
    `Only ${hosts}, a workspace admin or app manager can do that. Ask one of them. Is it your meeting? Then connect your own Calendly account: \`{command} connect\`.`,
  itsHost: 'the host of the meeting',
  over: 'It is canceled, so there is nothing left to do here. The card shows it in a moment.',
};
