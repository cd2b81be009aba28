// The Home tab: where the workspace stands, this person's next step, and where help is (pure).

import type { HomeView } from '@slack/types';
import type { Texts } from '../../texts/index.ts';
import { buttons, context, type Names, type Press, section } from './answers.ts';

const title = ({ home }: Texts): HomeView['blocks'][number] => ({
  type: 'header',
  text: { type: 'plain_text', text: home.title },
});

export interface HomeFacts {
  /** A line of mrkdwn for each connected account. */
  accounts: string[];
  connected: boolean;
  broken: boolean;
  subscriptions: number;
  channels: number;
  paused: number;
}

/** Nothing of accounts, channels or numbers: guests see the cards of their own channels, and that is all. */
export function guestHomeView(t: Texts): HomeView {
  return { type: 'home', blocks: [title(t), section(t.common.forGuests)] };
}

export function homeView(facts: HomeFacts, names: Names): HomeView {
  const { command, t } = names;
  const paused = facts.paused > 0 ? ` ${t.home.paused(facts.paused, command)}` : '';
  const counted = t.common.subscriptions(facts.subscriptions);
  const subscriptions =
    facts.subscriptions === 0 ? t.home.none : `${t.home.channels(facts.channels, counted)}${paused}`;
  const { sentence, press } = nextStep(facts, names);
  return {
    type: 'home',
    blocks: [
      title(t),
      ...facts.accounts.map(section),
      section(subscriptions),
      section(sentence),
      ...(press ? [buttons([press])] : []),
      context(t.home.help(command)),
    ],
  };
}

function nextStep(facts: HomeFacts, { command, t: { home } }: Names): { sentence: string; press?: Press } {
  const connect = { action: 'do', value: 'connect', style: 'primary' } as const;
  if (!facts.connected) return { sentence: home.nextConnect, press: { label: home.connect, ...connect } };
  if (facts.broken) return { sentence: home.nextAgain, press: { label: home.connectAgain, ...connect } };
  return { sentence: facts.subscriptions === 0 ? home.nextSubscribe(command) : home.nextMore(command) };
}
