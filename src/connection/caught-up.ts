// What is told once a gap is closed: to the person who connected the account, and in the channels that follow it (pure).

import { type Texts, textsFor } from '../texts/index.ts';
import { type Found, foundAny, type Last } from './look.ts';

/** The app being off for less, with nothing missed, is nobody's news; milliseconds. */
const worthTelling = 3_600_000;
/** Channels need not hear of a deploy: what came less late than this hardly shows. */
const worthTellingHere = 900_000;

/** Null where there is nothing to tell: no gap, or a short one that cost nothing. */
export function caughtUp({ blind, found, unread }: Last, name: string): string | null {
  if (!blind) return null;
  if (blind.why === 'down' && !foundAny(found) && blind.to - blind.from < worthTelling) return null;
  const why = blind.why === 'down' ? 'I was not running' : 'the hook did not work';
  return [
    `From ${timeOf(blind.from)} to ${timeOf(blind.to)} nothing from ${name} could reach me: ${why}.`,
    foundAny(found)
      ? `Caught up: ${foundInWords(found)}.`
      : 'I have compared the list at Calendly: nothing was missed.',
    ...(unread > 0 ? [`${unread} I could not read; please look at those in Calendly.`] : []),
  ].join('\n');
}

/** The same for a channel: only where something was missed, and for long. It names no account, since strangers may read there. */
export function caughtUpHere({ blind, found }: Last): string | null {
  if (!blind || !foundAny(found) || blind.to - blind.from < worthTellingHere) return null;
  const why = blind.why === 'down' ? 'I was not running' : 'the hook did not work';
  return [
    `From ${timeOf(blind.from)} to ${timeOf(blind.to)} nothing from Calendly could reach me: ${why}.`,
    `Caught up for all channels: ${foundInWords(found)}. This channel shows what it follows.`,
  ].join('\n');
}

/** Such as "12 bookings, 1 move"; empty where nothing was new. */
export function foundInWords(found: Found, { status }: Texts = textsFor(null)): string {
  const words = status.catchUp.found;
  return (['booked', 'moved', 'canceled', 'noshow', 'changed'] as const)
    .filter((each) => found[each] > 0)
    .map((each) => words[each](found[each]))
    .join(', ');
}

/** A moment in words that need no reader's zone. */
function timeOf(at: number): string {
  return `${new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(at)} UTC`;
}
