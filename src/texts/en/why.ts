// Why a booking was shown in a channel, or was not: each subscription's verdict, step by step, and what became of each message.

import { words } from './words.ts';

const { plural } = words;

export const why = {
  sayWhich: (command: string) =>
    `Which booking? Say \`${command} why\` and paste the link of its card or of the booking, or the invitee’s e-mail address.`,
  /** Also where somebody may not know of it: nothing is to be learnt from the difference. */
  notFound:
    'I know of no such booking that you may ask about. Bookings of an account are told to whoever connected it and to workspace admins; everybody else may ask about a card in the channel where it stands.',
  unanswered: 'Calendly did not answer in time; ask again in a minute to hear whether it knows more.',
  unheard: (command: string) =>
    `⚠️ Calendly knows this booking, and no word of it has reached me. \`${command} verify\` looks for what was missed. This is what would come of it:`,
  head: (what: string, state: string, when: string, who: string) =>
    [`${what} · ${state}`, when, who].filter((each) => each !== '').join('\n'),
  heard: (booked: string, heard: string) => `Booked ${booked}, heard of ${heard}.`,
  noSubscription: 'No channel follows this Calendly account, so there was nowhere to show it.',
  more: (count: number) => `There are ${count} more; name one by its link.`,
  channel: (channel: string, what: string) => `${channel} follows ${what}`,
  matches: 'Verdict: it matches.',
  doesNotMatch: 'Verdict: it does not match.',
  follows: 'Verdict: its card is here already, and stays true whatever the filter says now.',
  kind: (happened: string, kinds: string) => `kind of change: ${happened}; asked for: ${kinds}`,
  nothingHappened: 'nothing that is shown by itself',
  is: (passes: boolean, what: string) => `${passes ? '✓' : '✗'} ${what}`,
  asked: (what: string, wanted: string, found: string) => `${what}: ${wanted}${found ? `; here: ${found}` : ''}`,
  nothingGiven: 'none',
  paused: (reason: string) => `The subscription is paused. ${reason}`.trimEnd(),
  muted: (until: string) => `The channel is muted until ${until}.`,
  madeLater: (at: string) => `The subscription was made after it, ${at}; what was before is not shown as new.`,
  noCard: 'No message was made for it here.',
  otherCard: 'It shares the card of another subscription of this channel.',
  card: 'Card',
  past: 'Line among meetings that were over',
  line: 'Line in the thread',
  states: {
    due: 'waits to be sent',
    sending: 'is being sent',
    shown: 'shown',
    held: 'held back',
    uncertain: 'sent, and Slack did not say whether it arrived',
    suppressed: 'left out',
    dead: 'given up',
  },
  became: (what: string, state: string, at: string, reason: string) =>
    `${what}: ${state}, ${at}${reason ? ` – ${reason}` : ''}`,
  lines: (count: number) => `${count} ${plural(count, { one: 'line', other: 'lines' })} in the thread`,
};
