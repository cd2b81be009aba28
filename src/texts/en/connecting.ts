// Connecting a Calendly account, disconnecting it, and what an account is called.

import { words } from './words.ts';

const { plural } = words;

export const connecting = {
  title: 'Connect Calendly',
  submit: 'Connect',
  signIn: '*Sign in with Calendly.* It opens in your browser, and I tell you here how it went.',
  signInButton: 'Sign in with Calendly',
  signInHint: 'The link is for you alone: it works once, for 15 minutes. Please do not pass it on.',
  makeToken: (alone: boolean, scopes: string) =>
    `${alone ? 'In' : '*Or paste a token:* best where you run this app yourselves, since it does not end. A sign-in is renewed every two hours, and one that is cut off just then has to be made again.\nIn'} Calendly, open *Integrations & apps → API & webhooks → Personal access tokens* and make a token. Tick these scopes: ${scopes}`,
  extraScopes: (cancel: string, link: string) =>
    `Tick ${cancel} as well if hosts want to cancel meetings and mark no-shows from cards, and ${link} to share single-use links.`,
  token: 'Personal access token',
  tokenHint:
    'Your access is stored encrypted and used only to read your bookings and to be told of changes. With an owner’s or admin’s access I hear of the whole organization, with that of a group’s admin of the group; otherwise of that person’s own meetings.',
  pasteHere: 'Paste the token here.',
  noSpaces: 'A token has no spaces or line breaks. Copy it again as a whole.',
  slackToken: 'That is a Slack token. Paste a personal access token made at Calendly.',
  checking: 'Checking the token with Calendly and registering the hook…',
  secret:
    '🔒 That looks like a secret token, so I did not read it. The text of a command can end up in logs, so a token typed here is no longer safe.',
  secretSteps: (command: string) =>
    `1. Revoke it: in Calendly, *Integrations & apps → API & webhooks → Personal access tokens*.\n2. Make a new one.\n3. Type \`${command} connect\` and paste it into the window.`,

  thisAccount: 'this account',
  connected: (account: string, role: string) => `✅ Connected: ${account}, role ${role}.`,
  connectedAgain: (account: string, role: string) => `✅ Connected again: ${account}, role ${role}.`,
  iHear: (of: string, why: string) => `I hear of ${of}, ${why}.`,
  theirsAlone: (name: string) => `the meetings of ${name} alone`,
  organization: (name: string) => `every meeting of the organization${name}`,
  group: (name: string) => `every meeting of the group ${name}`,
  aGroup: 'a group',
  theirOwn: 'their own meetings',
  sinceOwner: (name: string) => `since ${name} is an owner there`,
  sinceAdmin: (name: string) => `since ${name} is an admin there`,
  sinceGroupAdmin: (name: string) => `since ${name} is an admin of it`,
  sinceChosen: 'as it was chosen',
  sinceAsker: 'since only workspace admins and app managers connect a whole organization',
  sinceMemberSignIn: 'since hearing of the whole organization needs an owner’s or admin’s sign-in',
  sinceMemberToken: 'since hearing of the whole organization needs an owner’s or admin’s token',
  hooks: {
    registered: 'The hook is registered: Calendly tells me of changes at once.',
    kept: 'The hook at Calendly is in place and stays.',
    none: 'No hook is registered at Calendly.',
  },
  signInReplaced: 'The sign-in takes the place of what was there; your subscriptions are kept.',
  tokenReplaced: 'The token was replaced; your subscriptions are kept.',
  next: (command: string) => `Next: in the channel that should hear of bookings, type \`${command} subscribe\`.`,
  inVain: (why: string) => `Your sign-in at Calendly did not connect an account. ${why}`,
  wrongHere: (command: string) =>
    `Something went wrong on my side. Type \`${command} connect\` to try again; if it stays, tell whoever runs this app.`,

  whatIHear: 'What I hear of',
  titleReach: 'What I hear of',
  lookingReach: 'Asking Calendly what this account may tell of…',
  chooseReach: (account: string) => `Whose meetings should I hear of through ${account}?`,
  everyMeeting: 'Everybody in the organization',
  groupOnly: (name: string) => `The group ${name}`,
  ownOnly: 'Its own meetings alone',
  reachHint:
    'Subscriptions stay, and show what I hear of from then on. Cards that are there stay, but meetings I no longer hear of are not kept up to date.',
  chooseIt: 'Choose',
  changingReach: 'Registering the hook for that…',
  reachChanged: (account: string, hears: string) => `✅ Through ${account} I now hear of ${hears}.`,
  onlyOwn: (account: string) =>
    `At Calendly, ${account} may tell of its own meetings alone, so there is nothing to choose. For a group, it has to be an admin of it, connected with the permission groups:read: \`{command} connect groups\`.`,
  whichReach: 'Choose whose meetings.',
  anAccount: 'Calendly account',
  titleDisconnect: 'Disconnect Calendly',
  disconnect: 'Disconnect',
  looking: 'Looking at what would stop…',
  disconnecting: 'Disconnecting…',
  impact: (channels: string, subscriptions: string) => `${channels}, ${subscriptions}`,
  askDisconnect: (account: string, impact: string) => `Disconnect ${account}? This will stop: *${impact}*.`,
  theyAreKept: 'The subscriptions are kept, paused. They go on when the same account is connected again.',
  itsAreKept: 'Its subscriptions are kept, paused. They go on when the same account is connected again.',
  willStop: (impact: string) => `Will stop: ${impact}`,
  whichAccount: 'Which Calendly account?',
  chooseAccount: 'Choose the account to disconnect.',
  disconnected: (account: string, impact: string) => `Disconnected ${account}. Stopped: ${impact}.`,
  toGoOn: (command: string) => `To go on, type \`${command} connect\` with the same account.`,
  toldDisconnected: (who: string, account: string, command: string) =>
    `⏸ ${who} disconnected the Calendly account ${account}. This channel hears of no bookings from it until it is connected again: \`${command} connect\`.`,
  nothingToDisconnect: 'No Calendly account is connected here, so there is nothing to disconnect.',

  renamedBack: (name: string) => `✅ The account is again called ${name}.`,
  renamed: (was: string, name: string) => `✅ ${was} is now called ${name}. Its subscriptions stay as they are.`,
  nameTooLong: (most: number) =>
    `That name is too long. Choose one of at most ${most} ${plural(most, { one: 'character', other: 'characters' })}.`,
  nameTaken: (name: string) =>
    `Another account is called “${name}” already. Choose another name, or rename that one first.`,
  sayBoth: (first: string, all: string) =>
    `Say which account, and its new name, as in \`{command} rename "${first}" to "New name"\`. Connected are: ${all}.`,
  sayName: (first: string) => `Say the new name, as in \`{command} rename "${first}" to "New name"\`.`,
  noAccount: (name: string, near: string) =>
    `There is no Calendly account “${name}” here. The nearest are: ${near}. Nothing was changed.`,
  quoted: (name: string) => `“${name}”`,
};
