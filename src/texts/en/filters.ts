// What a filter asks of a booking, in words: in subscriptions, in what could not be understood, and in why a booking was or was not shown.

import { words } from './words.ts';

export const filters = {
  /** What may stand after each key. */
  usage: {
    type: 'the name of an event type, as in -type:"Demo call"',
    host: 'a person, as in host:@bo or host:"Bo Berg"',
    group: 'a group at Calendly, as in group:"Sales"',
    domain: 'a domain or an e-mail address, as in domain:acme.com',
    answer: 'a question and an answer, as in answer."Team size":40',
    utm: 'where a booking came from, as in utm:linkedin or utm.campaign:spring',
    lead: 'a time such as <24h, >7d or 1d-7d',
    location: 'zoom, meet, teams, webex, gotomeeting, online, phone, in-person, invitee or custom',
    paid: 'yes or no',
  },
  theKeys: (keys: readonly string[]) => `The filters are ${words.all(keys)}; with a - in front they leave out.`,
  noUtm: (part: string, parts: string) => `There is no utm.${part}. It can be ${parts}.`,
  tooMany: (most: number) => `That is more than ${most} filters. Several subscriptions may serve you better.`,
  bothWays: (rule: string) => `${rule} is both asked for and left out. Say one of the two.`,
  leadsCoverAll:
    'Those lead times together are every booking, since one of them is enough. For what lies between, say it as one: lead:1d-7d.',
  slackGroup: (name: string) =>
    `${name} is a group in Slack; I know those at Calendly. Say group:"Sales", or name the hosts.`,
  whoseAddress: (address: string) =>
    `Whose address is ${address}? Say domain:${address} for the invitee, or host:${address} for the host.`,

  /** What is asked for, after the event types: `*Demo call*, host *Bo*, from acme.com`. Names come in as they are to be shown. */
  rules: {
    type: (names: readonly string[]) => words.any(names),
    host: (names: readonly string[]) => `host ${words.any(names)}`,
    group: (names: readonly string[]) => `hosts of ${words.any(names)}`,
    domain: (names: readonly string[]) => `from ${words.any(names)}`,
    answer: (answers: readonly string[]) => words.any(answers),
    utm: (sources: readonly string[]) => words.any(sources),
    lead: (times: readonly string[]) => `booked ${words.any(times)} ahead`,
    location: (names: readonly string[]) => `place ${words.any(names)}`,
    paid: (states: readonly string[]) => words.any(states),
  },
  except: (what: string) => `not ${what}`,
  answered: (question: string, answer: string | null) =>
    answer === null ? `“${question}” answered` : `“${question}” answered with “${answer}”`,
  came: (name: string | null, value: string | null) =>
    value === null ? `any utm${name ? ` ${name}` : ''}` : `utm${name ? ` ${name}` : ''} “${value}”`,
  lessThan: (time: string) => `less than ${time}`,
  atLeast: (time: string) => `${time} or more`,
  between: (from: string, to: string) => `${from} to ${to}`,
  places: {
    online: 'video call',
    phone: 'phone',
    'in-person': 'in person',
    invitee: 'named by the invitee',
    custom: 'other',
  },
  paid: 'paid',
  unpaid: 'not paid',
};
