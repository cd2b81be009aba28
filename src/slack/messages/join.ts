// The way into a meeting: which addresses may be clicked, and how they are shown (pure).

import type { Button } from '@slack/types';
import type { Card } from '../../delivery/content.ts';
import type { Texts } from '../../texts/index.ts';
import { plain } from './text.ts';

// Slack takes 3,000; with everything else a card can say, the message would grow too long for Slack.
const LONGEST = 1500;
const CONFERENCE_HOSTS = new Set([
  'zoom.us',
  'meet.google.com',
  'teams.microsoft.com',
  'teams.live.com',
  'webex.com',
  'gotomeeting.com',
  'meet.goto.com',
]);
const CONFERENCE_DOMAINS = ['.zoom.us', '.webex.com', '.gotomeeting.com'];
const CALENDLY_REDIRECT = /^\/events\/[\w-]+\/(google_meet|zoom|microsoft_teams|webex|gotomeeting|go_to_meeting)\/?$/;

/** The address behind Join, when it is https at a conference service people know; else null: place fields can be written by strangers. */
export function joinUrl(address: string | null): string | null {
  if (!address || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'https:' || url.username || url.password || url.port || url.href.length > LONGEST) return null;
  const known =
    CONFERENCE_HOSTS.has(url.hostname) ||
    CONFERENCE_DOMAINS.some((domain) => url.hostname.endsWith(domain)) ||
    (url.hostname === 'calendly.com' && CALENDLY_REDIRECT.test(url.pathname));
  return known ? url.href : null;
}

/** Nobody joins what is over, canceled or on its way to another time. */
export function joinOf(card: Card): string | null {
  return card.state === 'booked' || card.state === 'moved' ? joinUrl(card.place?.joinUrl ?? null) : null;
}

// A label alone would be the same on every card: read aloud, it says of which meeting.
export const labelOf = (words: (meeting: string) => string, { title, who }: Card, t: Texts) =>
  plain(words(who.name ? t.card.with(title, who.name) : title), 75);

export const joinButton = (url: string, card: Card, t: Texts): Button => ({
  type: 'button',
  action_id: 'join',
  text: { type: 'plain_text', text: t.card.join, emoji: false },
  url,
  accessibility_label: labelOf(t.card.joinOf, card, t),
});

/** The same as a link, where a line has no room for a button; '' for an address so long that it would crowd out the rest. */
export function joinLink(url: string, t: Texts): string {
  const written = url.replaceAll('|', '%7C').replaceAll('&', '&amp;');
  return written.length <= 600 && !/[<>\s]/.test(written) ? `<${written}|${t.card.join}>` : '';
}
