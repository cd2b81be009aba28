// What trials of the bond with Calendly need: a person who signs in as people do, and the cards of numbered guests.

import type { CalUser } from '../../sandbox/calendly/model.ts';
import { browser, goOn } from '../stories/browser.ts';
import type { FaultWorld } from './harness.ts';
import { eventually } from './process.ts';

/** The guest of each card in the first channel, in order. */
export const cardsOfGuests = ({ slack, channels }: FaultWorld): string[] =>
  slack
    .messages(channels[0]!)
    .flatMap((each) => (each.threadTs || each.deleted ? [] : (/Guest \d+/.exec(each.text)?.[0] ?? [])));

/** What the owner is told when the token has died. */
export const disconnectedWords = /Until then I cannot see to the hook/;

/** Ann follows the link of `/calendly connect` and says yes at Calendly. */
export async function signInAs({ slack, calendly }: FaultWorld, user: CalUser): Promise<void> {
  const ann = slack.as('ann');
  await ann.command(slack.channels.general, 'connect');
  const address = () => /"url":"([^"]+)"/.exec(JSON.stringify(ann.modal()?.blocks ?? []))?.[1];
  if (!(await eventually(() => address() !== undefined, 10_000))) throw new Error('the modal has no link to sign in');
  const b = browser();
  const page = await b.open(calendly.consent(await goOn(b, address()!), { user }));
  if (page.status !== 200) throw new Error(`signing in ended with ${page.status}: ${page.text}`);
}
