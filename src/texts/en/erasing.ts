// Forgetting one person: what is found of them, what was done, and what is left to others.

import { words } from './words.ts';

const { plural } = words;
const counted = (count: number, one: string, other = `${one}s`) => `${count} ${plural(count, { one, other })}`;

interface Found {
  bookings: number;
  bodies: number;
  cards: number;
  lines: number;
  notes: number;
}

export const erasing = {
  admins: 'Only workspace admins and app managers can have somebody’s data erased. Please ask one of them.',
  usage: 'Type whose data is to go by their e-mail address: `{command} admin erase ada@example.com`.',
  nothing: (address: string) => `I keep nothing of ${address}.`,
  found: (address: string, { bookings, bodies, cards, lines, notes }: Found) =>
    `Of ${address} I keep ${counted(bookings, 'booking')}, ${counted(bodies, 'message')} from Calendly and ${counted(notes, 'note')} of who changed what. In Slack there ${cards + lines === 1 ? 'is' : 'are'} ${counted(cards, 'card')}, which I would edit, and ${counted(lines, 'line')} in threads or lists, which I would take away.`,
  cannotUndo:
    'This cannot be undone. The meetings stay, without who they were with. What Calendly still tells of bookings made until now stays out; if they book again, that is shown.',
  erase: 'Erase',
  eraseThere: 'Erase, and ask Calendly to',
  done: (address: string, at: string) => `✅ Erased: what I kept of ${address} from before ${at}.`,
  receipt: ({ bookings, bodies, cards, lines, notes }: Found) =>
    `${counted(bookings, 'booking')}, ${counted(bodies, 'message')} from Calendly and ${counted(notes, 'note')}; ${counted(cards, 'card')} to edit and ${counted(lines, 'line')} to take away in Slack.`,
  allEdited: 'Slack shows none of it any more.',
  stillToEdit: (count: number) =>
    `⏳ ${counted(count, 'message')} in Slack ${plural(count, { one: 'waits', other: 'wait' })} for ${plural(count, { one: 'its', other: 'their' })} turn, or for a paused channel. \`{command} status\` counts what is due.`,
  unread: (count: number) =>
    `⚠️ ${counted(count, 'booking')} cannot be opened with the present ENCRYPTION_KEY, so I do not know what is in ${plural(count, { one: 'it', other: 'them' })}.`,
  filters: (channels: string) =>
    `Filters of subscriptions in ${channels} name this address. They belong to whoever made them: \`{command} list\` there.`,
  accounts: 'A connected Calendly account has this address. `{command} disconnect` ends that.',
  hosts: 'An admin set who the host with this address is: `{command} admin host` with `auto` takes that back.',
  backups:
    'Backups made before now still hold it, sealed. Whoever runs this app finds how to deal with those in docs/privacy.md.',
  there: (account: string) =>
    `Calendly has taken the request for ${account}. It deletes within a week, and tells nobody.`,
  notThere: (account: string, problem: string) => `Calendly has not taken the request for ${account}: ${problem}`,
  nobodyThere: 'No connected account works, so Calendly was not asked.',
};
