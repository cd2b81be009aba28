// A walk through the whole app: an account is connected, bookings come, and people ask about them, act on them, choose and mute.

import type { Message, View } from '../../sandbox/slack/types.ts';
import { type Language, textsFor } from '../../src/texts/index.ts';
import { browser, goOn } from '../../test/stories/browser.ts';
import { type House, openHouse } from './house.ts';
import type { Specimen } from './specimens.ts';
import { type Stop as AnyStop, type Walk as AnyWalk, settled, speak, walkAlong } from './walk.ts';

type Walk = AnyWalk<House>;
type Stop = AnyStop<House>;
type Who = 'ann' | 'bo' | 'gil';
type Room = 'sales' | 'general' | 'demos' | 'deals';

const type =
  (text: string, who: Who = 'ann', room: Room = 'sales'): Walk =>
  ({ slack }) =>
    slack.as(who).command(slack.channels[room], text);
/** Fills in the window that is open. */
const fill =
  (values: Record<string, unknown> = {}, who: Who = 'ann'): Walk =>
  async (house) => {
    await settled(house);
    const window = house.slack.as(who).modal();
    if (!window) throw new Error('no window is open');
    await house.slack.as(who).submit(window, values);
  };
const close: Walk = async (house) => {
  await settled(house);
  for (const window of house.slack.as('ann').modals().reverse()) await house.slack.as('ann').close(window);
};
const all =
  (...walks: Walk[]): Walk =>
  async (house) => {
    for (const walk of walks) {
      await walk(house);
      await settled(house);
    }
  };
interface Pressable {
  action_id?: string;
  options?: { value: string }[];
}
/** Presses the newest thing of this name, or picks the choice of this name from a card's menu, once it is there. */
const press =
  (pattern: RegExp, who: Who = 'ann', about = ''): Walk =>
  async ({ slack }) => {
    const found = await slack.waitFor(
      () => {
        const cards = slack.messages('sales').filter(({ text }) => text.includes(about));
        const shown = [...cards, ...(about ? [] : [...slack.ephemerals(who), ...slack.as(who).modals()])];
        return shown.flatMap((at) => pressable(at, pattern)).at(-1);
      },
      { what: `something to press like ${pattern}`, timeoutMs: 8_000 },
    );
    await slack.as(who).click(found.at, found.id, found.option ? { option: found.option } : {});
  };
function pressable(at: Message | View, pattern: RegExp): { at: Message | View; id: string; option?: string }[] {
  return (at.blocks ?? [])
    .flatMap((block) => [block.elements, block.accessory].flat() as (Pressable | undefined)[])
    .flatMap((element) => {
      const { action_id: id = '', options } = element ?? {};
      const choice = options?.find(({ value }) => pattern.test(value));
      if (choice) return [{ at, id, option: choice.value }];
      return pattern.test(id) ? [{ at, id }] : [];
    });
}
/** A booking, and its card. */
const books =
  (name: string, o: Parameters<House['calendly']['book']>[0] = {}): Walk =>
  async ({ calendly, slack }) => {
    calendly.book({ name, ...o });
    await slack.waitFor(() =>
      slack.messages('sales').some(({ text }) => text.includes(o.type === 'Webinar' ? 'Webinar' : name)),
    );
  };
/** Counted from one moment: two guests of a group come to the same meeting. */
const today = Date.now();
const days = (n: number) => new Date(today + n * 86_400_000);

async function address({ slack }: House, who: Who): Promise<string> {
  const found = /"url":"(http:[^"]+\/calendly\/connect\/[^"]+)"/.exec(JSON.stringify(slack.as(who).modal()?.blocks));
  if (!found?.[1]) throw new Error('the window has no link');
  return found[1];
}
/** Signs in, or does not, and looks at every page on the way. */
const signsIn =
  (
    name: string,
    o: Parameters<House['calendly']['consent']>[1] & { twice?: boolean; stranger?: boolean },
    who: Who = 'ann',
    typed = 'connect',
  ): Walk =>
  async (house) => {
    await type(typed, who, 'general')(house);
    await settled(house);
    const b = browser();
    const url = await address(house, who);
    const speaks = { headers: { 'accept-language': house.language } };
    const see = (what: string, page: { html: string }) =>
      house.pages.push({ name: `${name}: ${what}`, html: page.html });
    see('asked', await b.open(url, speaks));
    const to = await goOn(b, url);
    const back = house.calendly.consent(to, o);
    see('the end', await (o.stranger ? browser() : b).open(back, speaks));
    if (o.twice) {
      see('opened again', await b.open(back, speaks));
      see('its link again', await b.open(url, speaks));
      see('a link nobody made', await b.open(url.replace(/[^/]+$/, 'a'.repeat(32)), speaks));
    }
  };

const full = {
  answers: [
    { question: 'What should we cover?', answer: 'Pricing for 40 seats' },
    { question: 'Team size', answer: '40' },
    { question: 'Tell us about your company', answer: 'We make looms that weave patterns. '.repeat(30) },
    { question: 'How did you hear of us?', answer: 'From a friend' },
    { question: 'Anything else?', answer: 'No' },
  ],
  tracking: { utm_source: 'linkedin', utm_campaign: 'spring' },
  guests: ['byron@example.com'],
  email: 'ada@acme.com',
  start: days(2),
};

const stops: Stop[] = [
  ['Signing in', 'said no', signsIn('said no', { deny: true })],
  ['Signing in', 'too little granted', signsIn('too little granted', { scopes: ['users:read', 'event_types:read'] })],
  ['Signing in', 'another browser', signsIn('another browser', { stranger: true })],
  ['Signing in', 'signed in', signsIn('signed in', { twice: true })],
  ['Signing in', 'signed in again', signsIn('signed in again', {})],
  ['Signing in', 'with all there is', signsIn('with all there is', {}, 'ann', 'connect forms cards links groups')],
  ['Signing in', 'a token with spaces', all(type('connect'), fill({ token: 'eyJ some thing' }), close)],
  [
    'Signing in',
    'a token in the command',
    type(
      `connect eyJraWQiOiIxY2UxZTEzNjE3ZGNmNzY2YjNjZWJjY2Y4ZGM1YmFmYThhNjVlNjg0MDIzZjdjMzJiZTgzNDliMjM4MDEzNWI0IiwidHlwIjoiUEFUIiwiYWxnIjoiRVMyNTYifQ.abc.def`,
    ),
  ],
  [
    'Filters',
    'every kind of them',
    type(
      'subscribe type:"Demo call" domain:acme.com answer."Team size":40 utm:linkedin utm.campaign:spring lead:<7d location:phone paid:yes -location:zoom -host:"Mia Rao" --preview',
    ),
  ],
  [
    'Filters',
    'a group and a host',
    type('subscribe group:"Sales team" host:"Olga Larsen" lead:1d-7d -answer."Team size" --preview'),
  ],
  [
    'Filters',
    'more places',
    type(
      'subscribe location:online location:in-person location:invitee location:custom paid:no lead:>2h utm:any --preview',
    ),
  ],
  [
    'Filters',
    'with no value',
    all(
      ...['type', 'host', 'group', 'domain', 'answer', 'utm', 'lead', 'location', 'paid'].map((key) =>
        type(`subscribe ${key}:`),
      ),
    ),
  ],
  [
    'Filters',
    'what cannot be',
    all(
      ...[
        'utm.colour:red',
        'domain:acme.com -domain:acme.com',
        'lead:<1d lead:>1h',
        'host:"Nobody Knows"',
        'group:"Nobody Knows"',
        'answer."Whats your team":40',
        'bo@acme.com',
        'colour:red',
        'team:red',
        '-colour:x',
        '--style',
        '--mention',
        '--thread',
        '--account',
        '--account "Nobody"',
        '--mention @nobody',
        'all bookd',
        '"Demo cal" "Suport"',
        '--thread canceled:loud',
        `${Array.from({ length: 30 }, (_, i) => `utm:source${i}`).join(' ')}`,
        `${Array.from({ length: 60 }, (_, i) => `"Type ${i}"`).join(' ')}`,
        `all ${'x'.repeat(3000)}`,
      ].map((words) => type(`subscribe ${words}`)),
    ),
  ],
  ['Bookings', 'the channel follows', type('subscribe all booked canceled rescheduled noshow routed')],
  ['Bookings', 'another does', type('subscribe "Demo call" domain:acme.com --privacy minimal', 'ann', 'deals')],
  ['Bookings', 'one with all there is', books('Ada Lovelace', full)],
  [
    'Bookings',
    'by phone',
    books('Alan Turing', {
      type: 'Support',
      start: days(1),
      location: { type: 'outbound_call', location: '+1 555 0100' },
      payment: {
        external_id: 'c',
        provider: 'stripe',
        amount: 50,
        currency: 'USD',
        terms: 'An hour',
        successful: true,
      } as never,
    }),
  ],
  [
    'Bookings',
    'a group',
    all(
      books('Grace Hopper', { type: 'Webinar', start: days(3) }),
      books('Barbara Liskov', { type: 'Webinar', start: days(3) }),
    ),
  ],
  ['Bookings', 'a form', async ({ calendly }) => calendly.submitRoutingForm()],
  [
    'Preview',
    'some of what was booked',
    type('subscribe "Demo call" domain:acme.com booked --preview', 'ann', 'general'),
  ],
  ['Preview', 'none of it', type('subscribe location:webex --preview', 'ann', 'general')],
  ['Preview', 'what never is', type('subscribe "Demo call" -type:"Demo call" --preview', 'ann', 'general')],
  ['Preview', 'in the window', all(type('subscribe', 'ann', 'general'), press(/preview/), close)],
  [
    'Preview',
    'filters that are none',
    all(
      type('subscribe', 'ann', 'general'),
      fill({ filters: 'booked' }),
      fill({ filters: 'colour:red' }),
      fill({ kinds: [] }),
      close,
    ),
  ],
  ['Details', 'of a booking', all(press(/^details/, 'ann', 'Ada'), close)],
  ['Details', 'of a group', all(press(/^details/, 'ann', 'Webinar'), close)],
  ['Details', 'why it is here', all(press(/^why/, 'ann', 'Ada'), close)],
  ['Details', 'its links', all(press(/^links/, 'ann', 'Ada'), close)],
  ['Details', 'somebody else asks for its links', press(/^links/, 'bo', 'Ada')],
  ['Why', 'by address', type('why ada@acme.com')],
  ['Why', 'nobody knows', type('why nobody@example.com')],
  ['Why', 'of what', type('why')],
  ['Acting on a card', 'no-show', press(/^noshow$/, 'ann', 'Alan')],
  ['Acting on a card', 'taken back', press(/^noshow_undo/, 'ann', 'Alan')],
  [
    'Acting on a card',
    'who of a group',
    all(press(/^noshow_who/, 'ann', 'Webinar'), fill({ guest: 'Grace Hopper' }), close),
  ],
  ['Acting on a card', 'a group, taken back', all(press(/^noshow_who/, 'ann', 'Webinar'), close)],
  ['Acting on a card', 'a group is canceled', all(press(/^cancel/, 'ann', 'Webinar'), close)],
  ['Acting on a card', 'by somebody else', press(/^cancel/, 'bo', 'Ada')],
  [
    'Acting on a card',
    'moved',
    async ({ calendly, slack }) => {
      calendly.move(calendly.bookings[0]!, { by: 'host', reason: 'A conflict came up', start: days(4) });
      await slack.waitFor(() => slack.messages('sales').some(({ text }) => text.startsWith('🔁')));
    },
  ],
  ['Acting on a card', 'details then', all(press(/^details/, 'ann', 'Ada'), close)],
  ['Acting on a card', 'canceled', all(press(/^cancel/, 'ann', 'Ada'), fill({ reason: 'The room is flooded' }), close)],
  [
    'Acting on a card',
    'canceled already',
    async (house) => {
      await books('Edsger Dijkstra')(house);
      await press(/^cancel/, 'ann', 'Edsger')(house);
      house.calendly.cancel(house.calendly.bookings.at(-1)!, { by: 'invitee', reason: 'Ill' });
      await fill()(house);
      await close(house);
    },
  ],
  ['Why', 'then', type('why ada@acme.com')],
  ['Agenda', 'today', type('agenda')],
  ['Agenda', 'tomorrow', type('agenda tomorrow')],
  ['Agenda', 'the week', type('agenda week')],
  ['Agenda', 'of one host', type('agenda week "Olga Larsen"')],
  ['Agenda', 'of nobody', type('agenda week "Nobody Knows"')],
  ['Agenda', 'where nothing is followed', type('agenda week', 'ann', 'general')],
  ['Agenda', 'for whom there is nothing', type('agenda', 'bo', 'demos')],
  ['Agenda', 'not understood', type('agenda sometime')],
  ['Agenda', 'without a time', all(type('agenda daily'), type('agenda weekly'))],
  ['Agenda', 'each day', type('agenda daily 9:00')],
  ['Agenda', 'each week, and silent', type('agenda weekly monday 8:30')],
  ['Agenda', 'the same', type('agenda weekly monday 8:30')],
  [
    'Agenda',
    'in the window',
    all(
      type('agenda digest'),
      fill({ daily: '9:00', zone: 'Mars/Olympus' }),
      fill({ daily: '9:00', zone: 'Europe/Berlin', empty: 'silence' }),
      close,
    ),
  ],
  [
    'Agenda',
    'off',
    all(type('agenda daily off'), type('agenda daily off'), type('agenda weekly off'), type('agenda weekly off')),
  ],
  ['Agenda', 'somebody else sets it', type('agenda daily 9:00', 'bo')],
  ['Agenda', 'where nothing is followed', type('agenda daily 9:00', 'ann', 'general')],
  ['Sharing', 'the window', all(type('share'), fill({ share_type: 'Onboarding', how: 'once', post: ['post'] }), close)],
  ['Sharing', 'once', type('share Demo call once')],
  ['Sharing', 'posted', press(/share_post|post/)],
  ['Sharing', 'for many', type('share "Demo call"')],
  ['Sharing', 'posted for many', press(/share_post|post/)],
  ['Sharing', 'among guests', type('share "Demo call"', 'ann', 'demos')],
  ['Sharing', 'nearly one', type('share dmeo cal once')],
  ['Sharing', 'by somebody else', type('share "Demo call"', 'gil', 'demos')],
  [
    'Muting',
    'the window',
    all(
      type('mute'),
      fill({ mute_until: 1_600_000_000 }),
      fill({ mute_until: 1_900_000_000 }),
      fill({ mute_length: '1h' }),
      close,
    ),
  ],
  ['Muting', 'again', all(type('mute 1 2h'), type('list'), type('why ada@acme.com'))],
  [
    'Muting',
    'how long',
    all(
      ...['mute 1', 'mute sometime', 'mute until 2020-01-01', 'mute 2000d', 'mute 0h', 'mute 9'].map((words) =>
        type(words),
      ),
    ),
  ],
  ['Muting', 'shown nothing', type('test')],
  ['Muting', 'by somebody else', type('mute 1h', 'bo')],
  ['Muting', 'over', all(type('unmute'), type('unmute'))],
  [
    'Changing',
    'nothing named',
    all(
      type('subscribe Onboarding booked'),
      type('edit 1 '),
      type('edit 1 booked'),
      type('edit booked'),
      type('events booked'),
      type('edit 1 "Demo call"'),
      type('edit 1 Support'),
      type('events all booked'),
      type('events'),
    ),
  ],
  ['Changing', 'another channel', all(type('copy'), fill({ copy_to: [] }), close)],
  [
    'Changing',
    'copied',
    async (house) => {
      await type(`copy 1 to <#${house.slack.channels.general}|general>`)(house);
      await type(`copy 1 to <#${house.slack.channels.sales}|sales>`)(house);
      await type('copy 1 to nowhere')(house);
      await type(`copy 2 to <#${house.slack.channels.demos}|demos>`, 'bo')(house);
    },
  ],
  [
    'Changing',
    'lists',
    all(type('list everywhere'), type('list workspace'), type('list mine', 'bo'), type('list', 'bo')),
  ],
  ['Changing', 'unsubscribed', all(type('unsubscribe "Nothing"'), type('unsubscribe 2'), press(/^undo/), type('list'))],
  ['Signing in', 'a member', async (house) => signsIn('a member', { user: house.calendly.users.mia }, 'bo')(house)],
  [
    'Signing in',
    'what is heard of',
    async (house) => {
      const { everyMeeting } = textsFor(house.language).connecting;
      await all(type('status'), press(/^reach:1/), close)(house);
      await all(type('status'), press(/^reach:0/), fill({ reach: everyMeeting }), close)(house);
    },
  ],
  [
    'Changing',
    'by somebody else',
    all(
      type('unsubscribe 1', 'bo'),
      type('rename "Olga Larsen" to "Mine"', 'bo'),
      type('disconnect', 'bo'),
      type('admin host a@b.example', 'bo'),
      type('admin channel #general', 'bo'),
    ),
  ],
  [
    'Changing',
    'renamed',
    all(
      type('rename "Olga Larsen" to "Client A"'),
      type('rename "Client A"'),
      type('rename "Nobody" to "X"'),
      type('rename "Client A" to "Mia Rao"'),
      type(`rename "Client A" to "${'x'.repeat(200)}"`),
    ),
  ],
  [
    'Admins',
    'hosts',
    all(
      ...[
        'admin host ada@example.com',
        'admin host olga@acme.example',
        'admin host ada',
        'admin host ada@example.com somebody',
        'admin host ada@example.com auto',
        'admin hosts',
        'admin what',
        'admin',
      ].map((words) => type(words)),
    ),
  ],
  [
    'Admins',
    'their channel',
    async (house) => {
      const { general, demos } = house.slack.channels;
      await type(`admin channel <#${general}|general>`)(house);
      await type(`admin channel <#${general}|general>`)(house);
      await type('admin channel')(house);
      await type('admin channel nowhere')(house);
      await type(`admin channel <#${demos}|demos>`)(house);
      await type('admin channel none')(house);
      await type('admin channel none')(house);
      await type('admin channel')(house);
    },
  ],
  [
    'Status',
    'then',
    all(
      type('status'),
      type('verify'),
      type('list workspace'),
      type('test nothing'),
      type('test rescheduled'),
      type('test noshow'),
      type('test routed'),
    ),
  ],
  [
    'Signing in',
    'an admin of a group',
    async (house) => {
      house.calendly.setRole(house.calendly.users.adam, 'user');
      await signsIn('an admin of a group', { user: house.calendly.users.adam }, 'ann', 'connect groups')(house);
    },
  ],
  ['Status', 'Home of an admin', ({ slack }) => slack.as('ann').openHome()],
  ['Status', 'Home of somebody', ({ slack }) => slack.as('bo').openHome()],
  ['Status', 'Home of a guest', ({ slack }) => slack.as('gil').openHome()],
];

/** All in one language. */
export async function life(language: Language): Promise<Specimen[]> {
  const house = await openHouse(language);
  try {
    await speak(house, language);
    const walked = await walkAlong(house, stops);
    return [
      ...walked,
      ...house.pages.map(({ name, html }): Specimen => ({ room: 'Pages of the web', name, page: html })),
    ];
  } finally {
    await house.stop();
  }
}
