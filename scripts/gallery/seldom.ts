// What is said seldom, and would need a Slack or a Calendly that fails on purpose: each sentence as the answer it comes in, by room; and what the core says.

import { failurePage } from '../../src/calendly/sign-in-pages.ts';
import { Outage, Refusal } from '../../src/errors.ts';
import { asResponse } from '../../src/pages.ts';
import { inWords, say, section } from '../../src/slack/messages/answers.ts';
import { sentences } from '../../src/texts/de/sentences.ts';
import { type Language, type Texts, textsFor } from '../../src/texts/index.ts';
import type { Specimen } from './specimens.ts';

const command = '/calendly';
const who = '<@U0BO>';
const place = '<#C0DEMOS>';
const what = '*Demo call*: booked';
const account = '*Olga Larsen*';

export function seldom(language: Language): Specimen[] {
  const t = textsFor(language);
  const names = { command, botUserId: 'U0BOT', t };
  return Object.entries(said(t)).flatMap(([name, lines]) =>
    lines
      .filter((line) => line !== '')
      .map(
        (line): Specimen => ({
          room: 'Said seldom',
          name,
          // Texts that name people and places come in with them; all others are told the way a refusal is.
          message: /<[@#!]/.test(line) || line.includes('*') ? say(withCommand(line)) : say(inWords(line, names)),
          ephemeral: true,
        }),
      ),
  );
}

const withCommand = (line: string) => line.replaceAll('{command}', command).replaceAll('{bot}', '<@U0BOT>');

const noWords = { kinds: 'noshow', typed: 'sometime' };

function said(t: Texts): Record<string, string[]> {
  const at = t.times.unknown;
  const { card, look, details, thread, why, letters, status, home, preview } = t;
  return {
    'Not installed, not understood, not now': [
      t.common.sorry('1f2e3d4c'),
      t.common.notInstalled,
      t.common.outdated(command),
      t.understanding.tooLong,
      t.understanding.tooManyTypes(20),
      t.understanding.noOption('“--big”', 'booked, canceled'),
      t.understanding.noFilterBy('“red”'),
      `${t.understanding.noKind('“bookd”')} ${t.understanding.theKinds(['booked', 'canceled'])}`,
      `${t.understanding.unknownOption('“--big”')} ${t.understanding.theOptions(['--style', '--thread'])}`,
      t.understanding.cannotBe('--thread', '“loud”') +
        ' ' +
        t.understanding.itCanBe(t.understanding.threadChoices('on, off')),
    ],
    'Filters that cannot be': [
      t.filters.tooMany(20),
      t.filters.slackGroup('@sales-team'),
      t.filters.leadsCoverAll,
      t.form.noneSuch(t.subscribing.notFound.group('“Sales”'), '“Sales team”'),
      `${t.subscribing.notFound.group('“Sales”')} ${t.subscribing.noneToOffer}`,
    ],
    'A filter in words': [
      `${t.filters.rules.group(['*Sales team*'])}, ${t.filters.rules.lead([t.filters.between(t.times.days(1), t.times.days(7))])}`,
    ],
    'Subscribing, seldom': [
      t.subscribing.resumed(place, what),
      t.subscribing.wish(t.subscribing.andMoreTypes('*Demo call*', 3), look.kinds.booked, {
        usual: true,
        look: look.callsAGroup,
        account: '',
      }),
      t.subscribing.notTold,
      t.subscribing.limited.organizations(command),
      t.subscribing.limited.unknown(command),
      `${t.subscribing.shared} ${t.subscribing.sharedLess(command)}`,
      t.subscribing.sharedWithGuests,
      t.subscribing.manyCalled(true, 120, command),
      t.subscribing.idle(noWords.kinds, 1),
      t.subscribing.twin,
      t.subscribing.noTypesAtAll(command),
      t.subscribing.severalHere,
      t.subscribing.severalAccountsFewer,
      t.subscribing.pickFromWindow,
      t.subscribing.pickItInWindow,
      t.subscribing.typeGone,
      t.subscribing.accountGone,
      t.subscribing.none,
      t.subscribing.gone,
      t.subscribing.alreadyGone,
      t.subscribing.removedMeanwhile,
      t.subscribing.changedMeanwhile,
      t.subscribing.changedSince,
      t.subscribing.staleButton,
      t.subscribing.undoExpired,
      t.subscribing.undoStale,
      t.subscribing.undoNotConnected,
    ],
    'Told to a channel, seldom': [
      t.subscribing.toldResumed(who, what),
      t.subscribing.undoneBy(who),
      t.muting.toldOver(what),
      t.config.told(1, 2, 0, command),
    ],
    'A look in words': [
      ...[look.privacies.minimal, look.calls(who), look.callsAGroup],
      look.threadsOnly('booked'),
      look.noThreadsFor('canceled'),
      look.repeatsFor('canceled'),
    ],
    'The look’s window, put right': [
      ...[
        look.chooseMention,
        look.chooseOneFor(look.kinds.booked),
        look.chooseStyle,
        look.chooseOne,
        look.threadsAreOff,
      ],
      ...[look.unknownPerson, look.outsidersHint.organizations, look.outsidersHint.unknown],
      ...[look.asNowGroup, look.asNowPerson],
    ],
    'Windows, put right': [
      t.form.atLeastOneKind,
      t.changing.chooseSome,
      t.changing.chooseChannel,
      t.muting.chooseSome,
      t.muting.chooseTime,
      t.connecting.chooseAccount,
      t.connecting.whichReach,
    ],
    'Labels of windows': [
      [t.form.account, t.form.anEventType, t.subscribing.aSubscription, t.common.choose].join(' · '),
      [t.common.previous, t.common.showMore, t.changing.firstPage, t.changing.lastPage].join(' · '),
      [home.checkTitle, home.listTitle, home.lettersTitle, home.helpTitle, home.list].join(' · '),
    ],
    'One moment': [t.changing.copying, t.muting.saving, preview.trying, home.checking].map((line) => `⏳ ${line}`),
    'Changing, seldom': [
      t.changing.nothingNamed(command),
      t.changing.oneByOne,
      t.changing.tooMany(50),
      t.changing.copyFailed(place, t.changing.notIn),
      t.lists.kindsAlone('booked'),
      t.lists.nameKinds('booked, canceled'),
      t.lists.noAccount('Acme'),
      t.lists.noneAtAll,
      t.lists.paused(t.rights.archived),
      t.lists.couldNotTell,
      t.lists.setsUpAgain(command),
    ],
    'Rights and channels': [
      t.rights.disconnect('U0BO'),
      t.rights.decide('U0BO'),
      ...[t.rights.decideAdmin, t.rights.disconnected, t.rights.direct, t.rights.archived],
      ...[t.rights.private, t.rights.mayNotJoin, t.adminChannel.shared],
      ...[t.rights.organization, t.rights.group, t.rights.reach, t.rights.choose('U0BO')],
      ...[t.rights.sharedChannel, t.rights.managers],
    ],
    'App managers': [
      ...[t.managers.none, t.managers.are(who), t.managers.usage],
      ...[t.managers.named(who), t.managers.over(who), t.managers.guest(who)],
    ],
    'Connecting, seldom': [
      t.connecting.connectedAgain(account, 'admin'),
      t.connecting.iHear(t.connecting.theirOwn, t.connecting.sinceMemberToken),
      t.connecting.iHear(t.connecting.theirOwn, t.connecting.sinceAsker),
      t.connecting.iHear(t.connecting.organization(' *Acme*'), t.connecting.sinceAdmin('Olga')),
      t.connecting.iHear(t.connecting.group(`*${t.connecting.aGroup}*`), t.connecting.sinceGroupAdmin('Olga')),
      t.connecting.iHear(t.connecting.theirOwn, t.connecting.sinceChosen),
      ...[t.connecting.hooks.none, t.connecting.tokenReplaced, t.connecting.wrongHere(command)],
      t.connecting.toldDisconnected(who, t.connecting.thisAccount, command),
      t.connecting.renamedBack(account),
      t.connecting.sayName('Olga Larsen'),
    ],
    'Muting, seldom': [
      t.muting.unclear(noWords.typed),
      t.muting.othersStay(2, who),
      t.muting.stillMuted(place, at, command),
    ],
    'Agenda, seldom': [t.agenda.more(12), t.agenda.notLooked, t.agenda.same],
    'Sharing, seldom': [t.share.severalTypes('Demo call'), t.share.noTypes, t.share.noPage, t.share.notYours('U0BO')],
    'On a card, seldom': [
      `${card.noShow} · ${card.by('Bo')} · “${card.conflict}” · ${card.form} · ${card.aHost}`,
      `${card.NewTimeToFollow} · ${card.notPaid('50.00', 'USD')} · ${card.insteadOf('Zoom', 'Google Meet')}`,
      `${card.places.inbound_call} · ${card.places.ask_invitee} · ${card.placeToBeAgreed} · ${card.noLongerFollowed} · ${card.detailsOf('Demo call')}`,
    ],
    'In a thread, seldom': [
      thread.canceled(thread.byRole('host')),
      thread.canceledAfter(t.times.minutes(10), thread.by(thread.theInvitee, null)),
      thread.canceledBefore(t.times.underAMinute, ''),
      thread.canceledBefore(t.times.dayAnd(3), ''),
      `👥 ${thread.sameGuests}`,
      `${thread.allAnswers}\n*${thread.answer}*`,
    ],
    'Acting, seldom': [
      ...[t.actions.canceledAlready, t.actions.noGuests, t.actions.noLinks, t.actions.over],
      t.actions.notHost(t.actions.itsHost),
      `${t.actions.noSubscription}\n${t.actions.paused}`,
    ],
    'Details, seldom': [
      ...[details.states.moving, details.states.noshow, details.states.routed].map((state) => `*Demo call* · ${state}`),
      details.fact(details.sentBy, 'Ada'),
      details.fact(details.payment, '50.00 USD'),
      details.fact(details.formFilledIn, details.atUnknown),
      details.fact(details.formLedTo, 'Demo call'),
      details.fact(details.noShow, details.marked(details.unknownTime)),
      `Ada · ${details.guestMoved} · ${details.guestHeard(details.guestLeft, at)} · ${details.noShowMark}`,
      ...[details.noQuestion, details.gone, details.withheld, details.noRoom],
    ],
    'A preview, seldom': [
      ...Object.values(preview.about).map((about) => preview.obstacle(about)),
      preview.isPart,
      `${preview.busy(31)}\n${preview.compact} · ${preview.lines} · ${preview.digest}`,
    ],
    'Why, seldom': [
      ...[why.unanswered, why.unheard(command), why.noSubscription, why.more(3), why.follows],
      why.kind(why.nothingHappened, look.kinds.booked),
      ...[why.paused(t.rights.archived), why.muted(at), why.madeLater(at), why.noCard, why.otherCard],
      ...Object.values(why.states).map((state) => why.became(why.card, state, at, '')),
      why.became(why.past, why.states.shown, at, ''),
      why.became(why.line, why.states.shown, at, ''),
    ],
    'How it stands, seldom': [
      status.moreAccounts(3),
      status.noAddress,
      status.lacksHere('`groups:read`', 1, 'https://bookings.example.com/slack/install'),
      status.nextCheck(status.noneOfIt),
      status.standIn(account, at, who),
      status.disconnected(` ${t.rights.disconnected}`),
      status.hook([...Object.values(status.hooks), status.noHookNoAddress].join(' · ')),
      status.noSuccess,
      ...Object.values(status.catchUp.reasons).map((reason) => status.catchUp.last(at, reason, at, at, '')),
      status.catchUp.polls(1),
      status.catchUp.before(at, status.catchUp.found.booked(2)),
      status.catchUp.limitedPolls(at),
    ],
    'Home, seldom': [
      `${home.allDisconnected}\n${home.connectForMeetings}`,
      home.isPaused(what),
      home.isMuted(what),
      `${home.andMore(3)}\n${home.seeWhy(command)}`,
      `${home.noneOfYours} ${home.othersConnected(2)}`,
      home.moreConnections(4, command),
      `${home.channelsHear(3, t.common.subscriptions(5))} · ${home.pausedCount(1)} · ${home.mutedCount(2)}`,
      home.tooLate,
      ...Object.entries(home.did).map(([, did]) => `• ${did(home.theApp, place, what)}`),
    ],
    'Messages that wait': [
      letters.asked(2),
      `${letters.thanks}\n${letters.shown}\n${letters.sending}\n${letters.held}\n${letters.closed(letters.notWanted)}\n${letters.uncertainAgain}\n${letters.refusedAgain}`,
      `${letters.uncertain} · ${letters.named(letters.kinds.reply, place)}\n${letters.noReason}`,
      `${letters.named(letters.kinds.notice, letters.directTo(who))} · ${letters.muted(3)}`,
      t.common.messages(3),
      ...[letters.notKept, letters.gone, letters.noneOfYours, letters.tooOld],
    ],
    'Who a host is': [
      ...[letters.notAGroup, letters.mayBe, letters.nobodyHas('ada@example.com')],
      `${letters.hosts(2)}\n${letters.pair('ada@example.com', who, who)}\n${letters.pair(letters.unreadable, letters.nobody, who)}`,
      letters.setByAdmin('ada@example.com', who, who),
      letters.confirmed('ada@example.com', who),
      letters.foundAgain('ada@example.com'),
    ],
    'Forgetting a person': erased(t),
    'Help, seldom': [t.help.inItsChannel(`${command} ${t.help.that}`)],
  };
}

function erased({ erasing: words, card, home }: Texts): string[] {
  const [address, found] = ['ada@example.com', { bookings: 2, bodies: 5, cards: 2, lines: 1, notes: 1 }];
  return [
    ...[words.admins, words.usage, words.nothing(address), words.found(address, found), words.cannotUndo],
    `${words.erase} · ${words.eraseThere} · ${card.erased}`,
    `${words.done(address, '24 Nov')}\n${words.receipt(found)}\n${words.allEdited}\n${words.stillToEdit(2)}`,
    ...[words.unread(1), words.filters(place), words.accounts, words.hosts, words.backups],
    ...[words.there(account), words.notThere(account, '503'), words.nobodyThere],
    home.record(31, '1–10'),
  ];
}

const filling: Record<string, string> = {
  account: 'the Calendly account of Olga Larsen',
  other: 'the Calendly account of Adam Osei',
  n: '3',
  name: 'Olga Larsen',
  host: 'bookings.example.com',
  tariff: 'Standard',
  clock: '09:30',
  moment: '24 Nov, 09:30 UTC',
  until: '24 Nov, 10:30 UTC',
  bot: '{bot}',
  command: '{command}',
  date_short_pretty: '{date_short_pretty}',
  time: '{time}',
  // Parts of sentences, which are known themselves.
  plan: 'a paid',
  role: 'an admin',
  whose: 'the whole organization',
  hooks: '3 hooks are',
  news: 'Disconnected on purpose.',
  since: '<!date^1795512600^{date_short_pretty} at {time}|24 Nov, 09:30 UTC>',
  lost: 'Disconnected on purpose.',
  done: 'Disconnected on purpose.',
  cure: 'Disconnected on purpose.',
  days: '3 days',
  day: 'a day',
  found: '3 bookings, 1 move',
  what: 'with a web page',
  why: 'the hook did not work',
  loss: 'whoever connected it has left Slack',
  subscriptions: '3 subscriptions',
  channels: '1 channel',
  again: 'then type {command} connect again',
};

/** What differs each time, where anything may. */
const examples = ['channels:read', 'users:read', 'Demo call'];

/** Every sentence of the core that a person may meet, with something in its holes, as it is shown; and the parts that some are made of. */
export function core(language: Language): Specimen[] {
  const names = { command, botUserId: 'U0BOT', t: textsFor(language) };
  const written = sentences.map(([english]) =>
    english.replace(/\{(\w+)\}/g, (_all, hole: string) => filling[hole] ?? examples[Number(hole) - 1] ?? '…'),
  );
  const isWhole = (sentence: string) => /[.!?]$/.test(sentence);
  const parts = written.filter((each) => !isWhole(each)).map((part) => `• ${inWords(part, names)}`);
  const inTens = Array.from({ length: Math.ceil(parts.length / 20) }, (_, i) =>
    parts.slice(i * 20, i * 20 + 20).join('\n'),
  );
  return [
    ...written.filter(isWhole).map((sentence): [string, string] => [sentence.slice(0, 60), inWords(sentence, names)]),
    ...inTens.map((lines): [string, string] => ['parts of sentences', lines]),
  ].map(([name, text]) => ({
    room: 'What the core says',
    name,
    message: { text, blocks: [section(text)] },
    ephemeral: true,
  }));
}

const fresh = 'Go back to Slack and type {command} connect for a new link.';
const elsewhere = `That press did not come from my own page, or your browser keeps no cookies for it. Nothing was connected. Open the link from Slack once more and press the button there; if it stays, type {command} connect for a new link.`;

/** How signing in can end where nobody walks on purpose: with each code a refusal has, while Calendly is away, and by a bug of ours. */
export function pages(language: Language): Specimen[] {
  const t = textsFor(language);
  const refused = (code: string, sentence: string) => new Refusal(sentence, { code });
  const ends: [string, unknown][] = [
    [
      'a link that is too old',
      refused('link_expired', `This link is older than 15 minutes, so it no longer works. ${fresh}`),
    ],
    ['a link that was used', refused('link_used', `This link was used already, and works once. ${fresh}`)],
    ['pressed by another page', refused('not_pressed', elsewhere)],
    ['a guest', refused('guest', t.common.forGuests)],
    ['refused', refused('other', 'Calendly did not answer as it should. Type {command} connect to try again.')],
    [
      'Calendly is away',
      new Outage(
        'I cannot reach Calendly right now. Try again in a minute; if it goes on, look at calendlystatus.com.',
        { code: 'gallery' },
      ),
    ],
    ['a bug', new Error('a bug')],
  ];
  return ends.map(
    ([name, error]): Specimen => ({
      room: 'Pages of the web',
      name,
      page: asResponse(failurePage(error, command, '1f2e3d4c', t)).body,
    }),
  );
}
