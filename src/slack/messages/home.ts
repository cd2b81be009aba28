// The Home tab: my connection, my next meetings, my channels and help; for admins how everything is, and what was changed last (pure).

import type { HomeView, KnownBlock } from '@slack/types';
import type { NextMeeting } from '../../booking/next-meetings.ts';
import type { Texts } from '../../texts/index.ts';
import { buttons, context, type Names, type Press, section } from './answers.ts';
import { joinUrl } from './join.ts';
import { plain, safeMrkdwn, span } from './text.ts';

/** An account as it is now, all of it safe to show. */
export interface HomeAccount {
  id: string;
  name: string;
  line: string;
  isBroken: boolean;
  /** Its hook does not work: the check repairs that. */
  isUnwell: boolean;
}

export interface HomeFacts {
  mine: HomeAccount[];
  /** Connected by others. */
  others: number;
  /** Null where nobody can tell whose they are. */
  meetings: NextMeeting[] | null;
  /** A line for each of this person's channels, and how many there are besides. */
  channels: string[];
  moreChannels: number;
  admin: AdminFacts | null;
}

export interface AdminFacts {
  problems: string[];
  accounts: HomeAccount[];
  moreAccounts: number;
  channels: string;
  paused: string[];
  letters: number;
  recent: string[];
}

/** Nothing of accounts, channels or numbers: guests see the cards of their own channels, and that is all. */
export function guestHomeView(t: Texts): HomeView {
  return { type: 'home', blocks: [header(t.home.title), section(t.common.forGuests)] };
}

export function homeView(facts: HomeFacts, names: Names): HomeView {
  const isNew = facts.mine.length === 0 && facts.others === 0;
  return {
    type: 'home',
    blocks: [
      header(names.t.home.title),
      ...(isNew ? [section(names.t.home.welcome), buttons([connectPress(names.t)])] : member(facts, names)),
      ...help(names),
      ...(facts.admin ? admin(facts.admin, names) : []),
    ],
  };
}

const header = (text: string): KnownBlock => ({ type: 'header', text: { type: 'plain_text', text } });
const divider: KnownBlock = { type: 'divider' };
const connectPress = (t: Texts): Press => ({ label: t.home.connect, action: 'do', value: 'connect', style: 'primary' });

function member({ mine, others, meetings, channels, moreChannels }: HomeFacts, { command, t }: Names): KnownBlock[] {
  const { home } = t;
  const lines = [...channels, ...(moreChannels > 0 ? [home.moreChannels(moreChannels)] : [])];
  return [
    section(home.yourConnection),
    ...(mine.length > 0
      ? mine.flatMap((each, i) => account(each, i, t))
      : [section(home.noneOfYours), buttons([connectPress(t)])]),
    ...(mine.length === 0 && others > 0 ? [context(home.othersConnected(others))] : []),
    divider,
    section(home.yourMeetings),
    ...(meetings === null
      ? [section(home.connectForMeetings)]
      : meetings.length === 0
        ? [section(home.noMeetings)]
        : meetings.map((each, i) => meeting(each, i, t))),
    divider,
    section([home.yourChannels, ...(lines.length > 0 ? lines : [home.noChannels(command)])].join('\n')),
    ...(channels.length > 0 ? [buttons([show(home.yourSubscriptions, 'mine')])] : []),
  ];
}

const show = (label: string, value: string): Press => ({ label, action: 'home_show', value });

/** One press away from being looked at, or connected anew. */
function account({ id, line, isBroken, isUnwell }: HomeAccount, i: number, { home }: Texts): KnownBlock[] {
  const press: Press = isBroken
    ? { label: home.connectAgain, action: 'do', value: 'connect', style: 'primary' }
    : isUnwell
      ? { label: home.repairNow, action: 'home_check', value: id, style: 'primary' }
      : { label: home.checkNow, action: 'home_check', value: id };
  const { label, action, value = '', style } = press;
  return [
    {
      ...section(line),
      accessory: {
        type: 'button',
        action_id: `${action}:${id.slice(-12)}${i}`,
        text: { type: 'plain_text', text: label },
        value,
        ...(style ? { style } : {}),
      },
    },
  ];
}

function meeting(
  { name, invitee, seats, startsAt, endsAt, joinUrl: address }: NextMeeting,
  i: number,
  t: Texts,
): KnownBlock {
  const title = safeMrkdwn(name ?? '', 80) || t.card.meeting;
  const who = invitee === null ? (seats === null ? '' : t.home.seats(seats)) : safeMrkdwn(invitee, 80);
  const url = joinUrl(address);
  const text = [
    `*${span(startsAt, endsAt, null, undefined, t)}*`,
    [title, who].filter((each) => each !== '').join(' · '),
  ];
  return {
    ...section(text.join('\n')),
    ...(url
      ? {
          accessory: {
            type: 'button' as const,
            action_id: `join:${i}`,
            text: { type: 'plain_text' as const, text: t.card.join },
            url,
            accessibility_label: plain(t.home.joinOf(name ?? t.card.meeting), 75),
          },
        }
      : {}),
  };
}

function help({ command, t: { home } }: Names): KnownBlock[] {
  return [divider, section(`${home.helpHead}\n${home.helpMore(command)}`), buttons([show(home.buttonHelp, 'help')])];
}

function admin(facts: AdminFacts, { command, t }: Names): KnownBlock[] {
  const { home } = t;
  const { problems, accounts, moreAccounts, channels, paused, letters, recent } = facts;
  return [
    divider,
    header(home.admins),
    section(problems.length > 0 ? problems.map((each) => `⚠️ ${each}`).join('\n') : home.allInOrder),
    ...(accounts.length > 0 ? [section(home.connections)] : []),
    ...accounts.flatMap((each, i) => account(each, i + 100, t)),
    ...(moreAccounts > 0 ? [context(home.moreConnections(moreAccounts, command))] : []),
    section([home.allChannels, channels, ...paused].join('\n')),
    buttons([show(home.allSubscriptions, 'workspace')]),
    section(`${home.letters}\n${letters === 0 ? home.noLetters : home.someLetters(letters)}`),
    ...(letters > 0 ? [buttons([show(home.showThem, 'letters')])] : []),
    section([home.recent, ...(recent.length > 0 ? recent.map((each) => `• ${each}`) : [home.noRecent])].join('\n')),
  ];
}
