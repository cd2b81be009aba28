// The Home tab: where the workspace stands, this person's next step, and where help is (pure).

import type { HomeView } from '@slack/types';
import { buttons, context, counted, type Names, type Press, section } from './answers.ts';

const title: HomeView['blocks'][number] = {
  type: 'header',
  text: { type: 'plain_text', text: 'Your Calendly bookings in Slack' },
};

export interface HomeFacts {
  /** A line of mrkdwn for each connected account. */
  accounts: string[];
  connected: boolean;
  broken: boolean;
  subscriptions: number;
  channels: number;
  paused: number;
}

/** Wherever a guest asks for more than the cards. */
export const forGuests =
  'Guests can read booking cards, but not set them up. Ask a full member of this workspace to do it.';

/** Nothing of accounts, channels or numbers: guests see the cards of their own channels, and that is all. */
export function guestHomeView(): HomeView {
  return { type: 'home', blocks: [title, section(forGuests)] };
}

export function homeView(facts: HomeFacts, names: Names): HomeView {
  const { command } = names;
  const paused = facts.paused > 0 ? ` ${facts.paused} of them paused: \`${command} list workspace\` says why.` : '';
  const subscriptions =
    facts.subscriptions === 0
      ? 'No channel hears of bookings yet.'
      : `${facts.channels === 1 ? '1 channel hears' : `${facts.channels} channels hear`} of bookings, by ${counted(facts.subscriptions, 'subscription')}.${paused}`;
  const { sentence, press } = nextStep(facts, command);
  return {
    type: 'home',
    blocks: [
      title,
      ...facts.accounts.map(section),
      section(subscriptions),
      section(sentence),
      ...(press ? [buttons([press])] : []),
      context(`\`${command} help\` in any channel shows everything I understand.`),
    ],
  };
}

function nextStep(facts: HomeFacts, command: string): { sentence: string; press?: Press } {
  if (!facts.connected)
    return {
      sentence: '*Next:* connect a Calendly account.',
      press: { label: 'Connect Calendly', action: 'do', value: 'connect', style: 'primary' },
    };
  if (facts.broken)
    return {
      sentence: '*Next:* connect the account that stopped working again.',
      press: { label: 'Connect again', action: 'do', value: 'connect', style: 'primary' },
    };
  if (facts.subscriptions === 0)
    return { sentence: `*Next:* in the channel that should hear of bookings, type \`${command} subscribe\`.` };
  return {
    sentence: `*Next:* type \`${command} subscribe\` in another channel, or \`${command} status\` to see how all is going.`,
  };
}
