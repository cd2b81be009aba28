// The web pages of signing in with Calendly. They are put into HTML as they stand, so no sign of HTML may be in them.

export const signIn = {
  ask: 'Connect Calendly to Slack?',
  workspace: 'Slack workspace',
  askedBy: 'Asked for by',
  account: 'Calendly account',
  whichAccount: 'the one you are signed in to there, or sign in to next',
  notYou: 'Is this not you?',
  thenClose: 'Then close this page: somebody else sent you their link, and your bookings would show up in their Slack.',
  ifYouGoOn:
    'If you go on, channels of this workspace can show the bookings of that account. Calendly asks you to let the app:',
  extras: {
    forms: 'read routing forms, since a channel asks for them',
    cards: 'cancel a meeting, or mark a no-show, if its host presses that on a card',
    links: 'make a link for a single booking, if somebody shares one',
    groups: 'read which groups there are and who is in them, for the bookings of a group',
  },
  goOn: 'Continue to Calendly',

  connected: 'Calendly is connected',
  connectedAgain: 'Calendly is connected again',
  forWhom: (workspace: string, person: string) => `${workspace}, for ${person}`,
  hears: 'I hear of',
  thisAccount: 'the meetings of this account',
  organization: (name: string) => `every meeting of the organization${name}`,
  group: (name: string) => `every meeting of the group ${name}`,
  goBack: 'Go back to Slack. In the channel that should hear of bookings, type {command} subscribe.',
  wrongAccount: 'The wrong account? Type {command} disconnect in Slack, and nothing of it is read any more.',

  notNow: 'That did not work just now',
  newLink: 'If the link no longer works then, type {command} connect in Slack for a new one.',
  bug: 'Something went wrong on my side',
  sorry:
    'Sorry. Go back to Slack and type {command} connect for a new link. If it stays, tell whoever runs this app: reference',
  refused: 'Nothing was connected',
  unknown: 'This link is not known',
  expired: 'This link has expired',
  used: 'This link was used already',
  elsewhere: 'This is not the browser it began in',
  notPressed: 'Please press the button yourself',
  denied: 'You said no at Calendly',
  scopeMissing: 'A permission is missing',
  guest: 'Guests cannot connect accounts',
};
