// How it stands with the connections: `status`, `verify`, and the states of hooks.

import { words } from './words.ts';

const { plural } = words;
const is = (count: number) => plural(count, { one: 'is', other: 'are' });
const permissions = (count: number) => plural(count, { one: 'a permission I need', other: 'permissions I need' });
const messages = (count: number) => `${count} ${plural(count, { one: 'message', other: 'messages' })}`;

export const status = {
  none: (command: string) => `No Calendly account is connected yet. \`${command} connect\` does it.`,
  moreAccounts: (count: number) => `… and ${count} ${plural(count, { one: 'more account', other: 'more accounts' })}.`,
  noAddress:
    'I have no public address, so I ask Calendly every minute instead of being called. Whoever runs this app can set PUBLIC_URL.',
  lacksHere: (scopes: string, count: number, url: string) =>
    `Slack has not given me ${permissions(count)}: ${scopes}. A workspace admin gives ${plural(count, { one: 'it', other: 'them' })} by installing me once more, which changes nothing else: ${url}`,
  lacks: (scopes: string, count: number) =>
    `Slack has not given me ${permissions(count)}: ${scopes}. Whoever runs this app adds ${plural(count, { one: 'it', other: 'them' })} at api.slack.com/apps → *OAuth & Permissions* → *Bot Token Scopes*, and reinstalls me there.`,
  uncertain: (count: number) =>
    `For ${messages(count)} Slack did not say whether ${plural(count, { one: 'it', other: 'they' })} arrived (uncertain). I do not repeat ${plural(count, { one: 'it', other: 'them' })}, so that nothing shows up twice. Look in the channel, then press *Show them* to tell me.`,
  slow: (count: number, since: string) =>
    `${messages(count)} ${is(count)} waiting since ${since}. I keep trying; if Slack is well, the log of the app says why.`,
  held: (count: number) => `${messages(count)} ${is(count)} held back until what is paused goes on.`,
  dead: (count: number, command: string) =>
    `${messages(count)} could not be shown (dead). A workspace admin or app manager can see why, and send ${plural(count, { one: 'it', other: 'them' })} again: \`${command} admin dead\`.`,
  quarantined: (count: number) =>
    `${count} ${plural(count, { one: 'change', other: 'changes' })} from Calendly could not be read or not believed (quarantined), so no card shows ${plural(count, { one: 'it', other: 'them' })}. Please tell whoever runs this app: \`npm run doctor\` says more.`,
  paused: (count: number, command: string) =>
    `${count} ${plural(count, { one: 'subscription', other: 'subscriptions' })} ${is(count)} paused; \`${command} list workspace\` says why.`,

  notYet: 'not yet',
  noneYet: 'none yet',
  noneOfIt: 'none planned',
  role: (role: string, hears: string, who: string) =>
    `Role ${role}${hears ? `, hears of ${hears}` : ''}; connected by ${who}`,
  standIn: (name: string, since: string, who: string) =>
    `${name} acts in its place${since ? ` since ${since}` : ''}, connected by ${who}.`,
  hook: (states: string) => `Hook: ${states}`,
  access: {
    signIn: 'Access: signed in with Calendly; I renew it by myself.',
    token: 'Access: a personal access token.',
  },
  mode: {
    hook: 'Mode: hook. Calendly calls me, and a card comes within seconds.',
    unwell: 'Mode: hook, which Calendly cannot reach just now. What I miss meanwhile I catch up on.',
  },
  lastChange: (at: string) => `Last change heard: ${at}`,
  lastCheck: (check: string) => `Last check: ${check}`,
  nextCheck: (at: string) => `Next check: ${at}`,
  subscriptions: (active: number, paused: number) => `Subscriptions: ${active} active, ${paused} paused`,
  shown: (shown: number, waiting: number, since: string) =>
    `${messages(shown)} shown, ${waiting === 0 ? 'nothing' : waiting} waiting${since ? ` (oldest since ${since})` : ''}.`,

  connected: '✅ connected',
  notWorking: (reason: string) => `⚠️ not working.${reason}`,
  disconnected: (reason: string) => `disconnected.${reason}`,
  routingForms: 'routing forms',
  bookings: 'bookings',
  hooks: {
    making: '⏳ being registered',
    active: '✅ active',
    retrying: '⚠️ Calendly has trouble reaching me and is retrying',
    disabled: '⚠️ disabled by Calendly; the next check replaces it',
    missing: '⚠️ missing at Calendly; the next check makes a new one',
    retired: 'replaced',
  },
  noHook: '⚠️ none; the next check makes one',
  noHookNoAddress: '⚠️ none, since I have no public address (PUBLIC_URL)',

  nothingToCheck: 'No Calendly account is connected, so there is nothing to check. Type `{command} connect` first.',
  checking: (accounts: string) => `⏳ Checking ${accounts}…`,
  allInOrder: 'Everything is in order.',
  noSuccess: 'The check did not succeed. Please try again in a minute.',

  catchUp: {
    reasons: {
      connected: 'as the account was connected again',
      start: 'as I started',
      hook: 'as the hook was not well',
      poll: 'as every minute',
      hourly: 'as every hour',
      nightly: 'as every night',
    },
    nothingYet: 'Catch-up: nothing to catch up on yet',
    polls: (minutes: number) =>
      `Mode: polling. Without a public address I ask Calendly ${plural(minutes, { one: 'every minute', other: `every ${minutes} minutes` })}: a card comes up to ${minutes + 1} minutes late, a no-show up to an hour.`,
    running: (from: string, to: string, reached: string, found: string) =>
      `Catching up: meetings from ${from} to ${to}${reached ? `, has come to ${reached}` : ''}, ${found || 'nothing new'} so far.`,
    waits: (until: string, why: string) => `⚠️ Waiting until ${until}: ${why}`,
    last: (at: string, why: string, from: string, to: string, found: string) =>
      `Last catch-up: ${at}, ${why}; meetings from ${from} to ${to}: ${found || 'nothing was missed'}.`,
    before: (at: string, found: string) => `Before that, ${at}: ${found}.`,
    limited: (until: string) =>
      `⏳ Calendly’s limit of requests is nearly used up: I go on asking ${until}. Bookings that the hook tells come as fast as ever.`,
    limitedPolls: (until: string) => `⏳ Calendly’s limit of requests is nearly used up: I go on asking ${until}.`,
    unread: (count: number) => `⚠️ ${count} could not be read.`,
    found: {
      booked: (count: number) => `${count} ${plural(count, { one: 'booking', other: 'bookings' })}`,
      moved: (count: number) => `${count} ${plural(count, { one: 'move', other: 'moves' })}`,
      canceled: (count: number) => `${count} ${plural(count, { one: 'cancellation', other: 'cancellations' })}`,
      noshow: (count: number) => `${count} ${plural(count, { one: 'no-show', other: 'no-shows' })}`,
      changed: (count: number) => `${count} ${plural(count, { one: 'changed detail', other: 'changed details' })}`,
    },
  },
};
