// The web pages of adding the app to a Slack workspace, and the first message to whoever did.

export const install = {
  ask: 'Add Calendly to Slack',
  what: 'Every Calendly booking shows up in the right channel, once, as a card that stays true when the meeting is moved or canceled.',
  mayAsk: 'Slack asks you to let the app:',
  needs: [
    'answer its slash command',
    'post its cards, edit them and reply under them',
    'see the names of public channels and the members of those it is in, and enter a public channel that somebody subscribes',
    'see who is an admin, a member or a guest',
  ],
  mayDecline: 'You may say no to this one, and all else works as well:',
  optional: ['find the host of a booking by their e-mail address, so that a card can call them'],
  readsNot: 'It reads no messages. Soon after the app is removed, what it has kept is deleted.',
  add: 'Continue to Slack',

  done: 'The app is installed',
  doneAgain: 'The app is installed again',
  workspace: 'Slack workspace',
  organization: 'Slack organization',
  next: 'Go to Slack: type {command} connect there to connect a Calendly account, then {command} subscribe in the channel that should hear of bookings.',
  goOn: 'Everything goes on as it was. Type {command} status in Slack to see how it stands.',
  lacks: (scopes: string) =>
    `Slack did not give a permission that the app needs: ${scopes}. Whoever runs this app has to add it in the Slack app’s settings; then install it once more.`,
  welcome: (command: string) =>
    `👋 Thanks for installing me. Two steps, and bookings show up here:\n1. Type \`${command} connect\` to connect a Calendly account.\n2. In the channel that should hear of bookings, type \`${command} subscribe\`.\n\`${command} help\` says the rest.`,

  startOver: 'Start over',
  refused: 'Nothing was installed',
  stateUnknown: 'This page belongs to no installation that was begun here.',
  stateElsewhere:
    'This installation was begun in another browser, or your browser keeps no cookies, so nobody can tell whether it is you.',
  stateExpired: 'That took longer than ten minutes.',
  stateUsed: 'This step was done already, and works once.',
  notPressed: 'Please press the button yourself',
  pressAgain: 'That press did not come from our own page, or your browser keeps no cookies for it.',
  denied: 'You said no in Slack',
  deniedText: 'Nothing was installed, and nothing is kept of it.',
  clientRefused:
    'Slack does not accept this app’s own settings. Whoever runs it has to check SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and the redirect URL in the Slack app.',
  codeRefused: 'Slack did not confirm the installation. It works once, and within ten minutes.',
  notNow: 'That did not work just now',
  slackAway: 'Slack did not answer. Try again in a minute.',
  bug: 'Something went wrong on my side',
  sorry: 'Sorry. If it stays, tell whoever runs this app: reference',
};
