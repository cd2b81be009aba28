// Help: what each word of the command is for, and what its two examples mean.

import { words } from './words.ts';

export const help = {
  verbs: {
    connect: {
      usage: '[forms] [cards] [links] [groups]',
      summary: 'Connect a Calendly account. A window opens and leads you through it.',
      first:
        'Opens a window with the ways to connect. It says where to get a token. Type it again when the access stopped working; subscriptions are kept.',
      second:
        'The same, with more permissions, each asked for only where somebody wants it: to read routing forms, to cancel meetings and mark no-shows from cards, to make single-use links, to filter by group and to hear of a group whose admin connects.',
    },
    disconnect: {
      usage: '',
      summary: 'Disconnect a Calendly account. Says first what will stop.',
      first: 'Shows how many channels and subscriptions will stop, and asks before it does so.',
      second: 'The same. Connecting the account again resumes its subscriptions.',
    },
    rename: {
      usage: '["account" to] "new name"',
      summary: 'Give a Calendly account a name of your own. Useful where several are connected.',
      first: 'From now on that account is called Acme here: in lists, in windows and in `--account "Acme"`.',
      second: 'It is called by the name that Calendly has for it again.',
    },
    status: {
      usage: '',
      summary: 'The connection to Calendly, its hook, the last check, and what was shown.',
      first:
        'Problems first, then each account with its role, hook, last booking and checks. “What I hear of” chooses whose meetings an account tells of.',
      second: 'Runs the check now instead of waiting for the next one.',
    },
    subscribe: {
      usage: '[all | "Event type" | link | @host] [kinds] [filters] [options]',
      summary: 'Show bookings in this channel. Without words, a window asks.',
      first:
        'This channel hears when somebody of acme.com books or cancels a “Demo call” that Bo does not host, and of nothing else. Without kinds: booked, canceled and rescheduled; others are `noshow` and `routed` (routing forms). Filters: `type:` `host:` `group:` `domain:` `answer."Question":` `utm:` `lead:1d-7d` `location:` `paid:`, each also with a `-` to leave out. All of them must be met; of several for one key, one is enough.',
      second:
        'Every event type, as compact cards that call their host; a cancellation is said in the thread and in the channel. Options: `--style card|compact|line`, `--thread on|off|broadcast` for all or as in `noshow:off` for one kind, `--mention none|host|@person|@usergroup`, `--privacy full|business|minimal` (`business` shows no contact data or answers, `minimal` initials only), `--language en|de`, and `--account "Acme"` where several Calendly accounts are connected. `--preview` saves nothing and says what it would have posted in the last 30 days. Typed again, only what is named changes.',
    },
    events: {
      usage: '[kinds]',
      summary: 'Choose which kinds of change this channel hears of.',
      first: 'From now on exactly these two: no word of moved meetings.',
      second: 'Opens a window with all kinds to tick: booked, canceled, rescheduled, noshow, routed.',
    },
    list: {
      usage: '[here | workspace | mine]',
      summary: 'The subscriptions of this channel, of the workspace, or your own.',
      first: 'What this channel hears of, numbered; `{command} unsubscribe 2` takes the second away.',
      second: 'The subscriptions you made, in every channel.',
    },
    edit: {
      usage: '[name | number | all] [what changes]',
      summary: 'Change a subscription of this channel. Without words, a window shows all of it.',
      first: 'From now on the second one of `{command} list` hears of exactly these kinds. All else of it stays.',
      second: 'Only its look changes. It can be undone for ten minutes; `{command} edit 2` opens a window.',
    },
    copy: {
      usage: '[name | number | all] to #channel',
      summary: 'Make a subscription of this channel in other channels as well.',
      first:
        'That channel hears of the same bookings, shown the same way. Several numbers, and several channels, work too.',
      second: 'All subscriptions of this channel. It can be undone for ten minutes.',
    },
    mute: {
      usage: '[name | number | all] [2h | until monday]',
      summary: 'Show nothing new in this channel for a while. It ends by itself.',
      first:
        'For two hours nothing new appears here; cards that are there stay true. `{command} unmute` ends it before.',
      second:
        'Only that subscription, until Monday at nine in your own time zone. Also: `3 days`, `until tomorrow`, `until 17:30`, `until 2026-12-24`. It can be undone for ten minutes.',
    },
    unmute: {
      usage: '[name | number | all]',
      summary: 'End a mute now.',
      first: 'This channel hears of its bookings again.',
      second: 'Only the second one of `{command} list` is heard again.',
    },
    unsubscribe: {
      usage: '[name | number | all]',
      summary: 'Take a subscription away from this channel.',
      first: 'Takes the channel’s subscription away; where there are several, asks which.',
      second: 'Takes the second one of `{command} list` away. It can be undone for ten minutes.',
    },
    agenda: {
      usage: '[today | tomorrow | week] [@host] · [daily 9:00 | weekly monday 9:00 | daily off]',
      summary: 'What is coming, of the bookings this channel follows; and when the channel is told so by itself.',
      first:
        'Tomorrow’s meetings, in your time zone; only you see it. With `@bo` behind it, only those with Bo as host.',
      second:
        'From now on the channel is told each morning what the day brings. `weekly monday 9:00` tells the week, a time zone as in `Europe/Berlin` and `silent` (says nothing on empty days) may follow; `agenda digest` opens a window.',
    },
    share: {
      usage: '["Event type"] [once | reusable]',
      summary: 'Get a link to book, for one booking or for many. Only you see it; you can post it.',
      first:
        'A new link for a single booking of a “Demo call”. In channels that others read this is the usual kind; `reusable` gives the page of the event type.',
      second:
        'Opens a window to pick an event type. The shortcut “Share a Calendly link” does the same from anywhere in Slack.',
    },
    why: {
      usage: '<link | e-mail>',
      summary: 'Why a booking was shown in a channel, or was not.',
      first:
        'The newest bookings of this invitee: what each subscription says of them, step by step, and what became of each message. Also of those that never were shown.',
      second: 'The same for the card behind this link. The link of a booking at Calendly works too.',
    },
    verify: {
      usage: '',
      summary: 'Check the connection and its hook now; what is broken is repaired.',
      first: 'Asks Calendly whether the token works and the hook is active, and replaces it if not.',
      second: 'The same. Otherwise it happens by itself every few minutes; `{command} status` shows when.',
    },
    test: {
      usage: '[kind]',
      summary: 'Send a sample card to this channel, marked TEST.',
      first: 'A sample of a new booking, sent the way real ones are.',
      second: 'The same for a cancellation. Others: rescheduled, noshow, routed.',
    },
    admin: {
      usage: '[dead | audit | erase e-mail | hosts | host e-mail @person | manager @person | channel #name]',
      summary:
        'For workspace admins and app managers: messages that could not be shown, who did what, erasing a person’s data, who a host is in Slack, who manages this app, and where to hear how connections are.',
      first:
        'Lists what was given up and what may or may not have arrived, newest first, and counts everything. Each can be sent again, or dropped.',
      second:
        'Cards that mention their host call @ada for this address. `none` in place of the name never calls them, `auto` finds them by e-mail again; `admin hosts` lists what was set.',
    },
    help: {
      usage: '[word]',
      summary: 'What I understand; with a word, two examples.',
      first: 'Everything I understand, in one line each.',
      second: 'What `subscribe` does, with two examples.',
    },
  },
  head: 'I show your Calendly bookings in Slack. This is what I understand:',
  foot: (command: string) => `${command} shows examples; it works for every word above.`,
  version: (number: string) => `This is version ${number}.`,
  alsoUnderstood: (aliases: readonly string[]) => `Also understood: ${words.all(aliases)}.`,
  unknown: (word: string) => `I do not know “${word}”.`,
  that: 'that',
  didYouMean: (near: readonly string[]) => `Did you mean ${words.all(near)}?`,
  lists: (command: string) => `${command} lists what I understand.`,
  inItsChannel: (command: string) => `Type \`${command}\` in the channel it is for.`,
};
