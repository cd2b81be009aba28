// What people get to see when they use the app: a walk through its front door in the sandbox Slack, each message, window and Home tab as it was sent.

import type { Connection, Hook } from '../../src/connection/connection.ts';
import { Outage, Refusal } from '../../src/errors.ts';
import { verbs } from '../../src/slack/commands/index.ts';
import type { Language } from '../../src/texts/index.ts';
import { addConnection, openDoor, type Stage } from '../../test/slack/fake-product.ts';
import type { Specimen } from './specimens.ts';
import { type Stop as AnyStop, type Walk as AnyWalk, settled, speak, walkAlong } from './walk.ts';

type Place = 'sales' | 'general' | 'demos' | 'deals';
type Walk = AnyWalk<Stage>;
type Stop = AnyStop<Stage>;

const type =
  (text: string, who = 'ann', channel: Place = 'sales'): Walk =>
  ({ slack }) =>
    slack.as(who).command(slack.channels[channel], text);
const inWindow =
  (text: string, values: Record<string, unknown>, channel: Place = 'sales'): Walk =>
  async (stage) => {
    await type(text, 'ann', channel)(stage);
    await settled(stage);
    const window = stage.slack.as('ann').modal();
    if (window) await stage.slack.as('ann').submit(window, values);
  };
const press =
  (pattern: RegExp, value?: string): Walk =>
  async ({ slack }) => {
    const all = [...slack.messages('sales'), ...slack.ephemerals('ann')].reverse();
    for (const message of all)
      for (const block of (message.blocks ?? []) as { elements?: { action_id?: string }[] }[])
        for (const { action_id: id } of block.elements ?? [])
          if (id && pattern.test(id)) return slack.as('ann').click(message, id, value ? { option: value } : {});
  };
const put =
  (set: Partial<Connection>, id = 'connection-1'): Walk =>
  async ({ product }) => {
    const known = product.kept.get(id);
    if (known) product.kept.set(id, { ...known, ...set });
  };
const before =
  (...walks: Walk[]): Walk =>
  async (stage) => {
    for (const walk of walks) await walk(stage);
  };
const fails =
  (part: 'connect' | 'eventTypes' | 'check', error: Error): Walk =>
  async ({ product }) => {
    product.override[part] = () => Promise.reject(error);
  };
/** As the core says it. */
const away = 'I cannot reach Calendly right now. Try again in a minute; if it goes on, look at calendlystatus.com.';
const works: Walk = async ({ product }) => {
  product.override = {};
};
const account =
  (set: Partial<Connection> = {}): Walk =>
  async (stage) =>
    addConnection(stage.product, {
      installationId: stage.installationId,
      connectedBy: stage.slack.users.ann!,
      userName: 'Olga Larsen',
      userEmail: 'olga@example.com',
      ...set,
    });
const hook =
  (state: Hook['state']): Walk =>
  async ({ product, installationId }) => {
    const one = { installationId, id: 'h1', connectionId: 'connection-1', family: 'invitee' as const };
    product.hooksKept = [{ ...one, state, retiredAt: null } as Hook];
  };
const arrived: Walk = async ({ product }) => {
  product.override.figures = () => ({
    ledger: {
      changes: {
        received: 212,
        shown: 180,
        pending: 0,
        quarantined: 0,
        suppressed: { unwanted: 22, halfOfMove: 8, otherKind: 2 },
      },
      messages: { received: 230, shown: 229, pending: 0, held: 0, suppressed: 1, uncertain: 0, dead: 0 },
    },
    oldestDueAt: null,
    lacks: [],
  });
};
const home: Walk = ({ slack }) => slack.as('ann').openHome();

const stops: Stop[] = [
  ['Before anything is connected', 'the bare command', type('')],
  ['Before anything is connected', 'status', type('status')],
  ['Before anything is connected', 'list', type('list')],
  ['Before anything is connected', 'subscribe', type('subscribe all')],
  ['Before anything is connected', 'verify', type('verify')],
  ['Before anything is connected', 'test', type('test')],
  ['Before anything is connected', 'disconnect', type('disconnect')],
  ['Before anything is connected', 'Home', home],
  ['Help', 'help', type('help')],
  ...verbs.map(({ name }): Stop => ['Help', `help ${name}`, type(`help ${name}`)]),
  ['Help', 'a word that is nearly one', type('subscrbe all')],
  ['Connecting', 'the window', type('connect')],
  ['Connecting', 'nothing pasted', inWindow('connect', { token: ' ' })],
  ['Connecting', 'a token of Slack', inWindow('connect', { token: 'xoxb-1234567890-abcdefghij' })],
  [
    'Connecting',
    'refused',
    before(
      fails(
        'connect',
        new Refusal('Calendly does not know this token. Make a new one, and paste it here.', { code: 'gallery' }),
      ),
      inWindow('connect', { token: 'eyJ.wrong.token-0123456789' }),
    ),
  ],
  [
    'Connecting',
    'Calendly is away',
    before(
      fails('connect', new Outage(away, { code: 'gallery' })),
      inWindow('connect', { token: 'eyJ.some.token-0123456789' }),
    ),
  ],
  ['Connecting', 'connected', before(works, inWindow('connect', { token: 'eyJ.right.token-0123456789' }))],
  [
    'Connecting',
    'the bare command then',
    before(put({ userName: 'Olga Larsen', userEmail: 'olga@example.com' }), type('')),
  ],
  ['Connecting', 'Home', home],
  ['Subscribing by words', 'all', type('subscribe all')],
  ['Subscribing by words', 'the same again', type('subscribe all')],
  [
    'Subscribing by words',
    'two event types, with a look',
    type(
      'subscribe "Demo call" Support booked canceled --style compact --thread broadcast --mention host --privacy business --language de',
    ),
  ],
  [
    'Subscribing by words',
    'another look',
    type('subscribe "Demo call" Support booked --style line --thread off --mention @bo'),
  ],
  [
    'Subscribing by words',
    'threads for some kinds',
    type('subscribe "Demo call" Support booked canceled noshow --thread canceled:off'),
  ],
  ['Subscribing by words', 'undo', press(/^undo/)],
  ['Subscribing by words', 'in another language', type('subscribe Coffee --language en')],
  ['Subscribing by words', 'in the other one', type('subscribe Coffee --language de')],
  ['Subscribing by words', 'an event type nobody knows', type('subscribe "Demo cal"')],
  ['Subscribing by words', 'an option nobody knows', type('subscribe all --stlye card')],
  ['Subscribing by words', 'a value nobody knows', type('subscribe all --style big')],
  ['Subscribing by words', 'a mention of the whole channel', type('subscribe all --mention @channel')],
  ['Subscribing by words', 'a kind nobody knows', type('subscribe all bookd')],
  ['Subscribing by words', 'all and one', type('subscribe all "Demo call"')],
  ['Subscribing by words', 'where guests read', type('subscribe all', 'ann', 'demos')],
  ['Subscribing by words', 'as somebody who may not', type('subscribe all', 'bo', 'demos')],
  ['Subscribing by words', 'as a guest', type('subscribe all', 'gil', 'demos')],
  [
    'Subscribing by words',
    'Calendly is away',
    before(fails('eventTypes', new Outage(away, { code: 'gallery' })), type('subscribe "Demo call"'), works),
  ],
  ['Subscribing in a window', 'the window', type('subscribe')],
  ['Subscribing in a window', 'saved', inWindow('subscribe', {}, 'general')],
  ['Subscribing in a window', 'its kinds alone', type('events', 'ann', 'general')],
  ['Subscribing in a window', 'edit', type('edit')],
  ['Lists', 'here', type('list')],
  ['Lists', 'of the workspace', type('list workspace')],
  ['Lists', 'one’s own', type('list mine')],
  ['Lists', 'here, where there is none', type('list', 'ann', 'deals')],
  ['Lists', 'which one goes', type('unsubscribe')],
  ['Lists', 'one that is not there', type('unsubscribe 9')],
  ['Lists', 'unsubscribed', type('unsubscribe 1')],
  ['Lists', 'undone', press(/^undo/)],
  ['Lists', 'all of them', type('unsubscribe all', 'ann', 'general')],
  ['Lists', 'nothing to take away', type('unsubscribe', 'ann', 'general')],
  ['Lists', 'mute', type('mute 2h')],
  ['Lists', 'muted already', type('list')],
  ['Lists', 'unmute', type('unmute')],
  ['Lists', 'a sample', type('test canceled')],
  ['Lists', 'share', type('share')],
  ['Lists', 'share one', type('share "Demo call"')],
  ['How it stands', 'a message of unknown outcome', type('status')],
  ['How it stands', 'all is well', before(hook('active'), arrived, type('status'))],
  ['How it stands', 'checked', type('verify')],
  ['How it stands', 'a hook that is retried', before(hook('retrying'), type('status'))],
  ['How it stands', 'a hook that was switched off', before(hook('disabled'), type('status'))],
  [
    'How it stands',
    'catching up',
    before(async ({ product }) => {
      const day = 86_400_000;
      const now = Date.now();
      product.catchUp = async () => ({
        polls: false,
        limitedUntil: now + 60_000,
        held: {
          run: {
            reason: 'hook',
            from: now - 3 * day,
            to: now,
            cursor: { reached: now - day },
            found: { booked: 3, moved: 1, canceled: 2, noshow: 1, changed: 1 },
            waits: { until: now + 60_000, sentence: away },
          },
          last: {
            reason: 'nightly',
            from: now - 30 * day,
            to: now,
            endedAt: now - day,
            found: { booked: 1, moved: 0, canceled: 0, noshow: 0, changed: 0 },
            unread: 2,
            earlier: null,
          },
        } as never,
      });
    }, type('status')),
  ],
  [
    'How it stands',
    'messages that wait for somebody',
    before(
      async ({ product }) => {
        product.override.figures = () => ({
          ledger: {
            changes: {
              received: 212,
              shown: 180,
              pending: 1,
              quarantined: 1,
              suppressed: { unwanted: 20, halfOfMove: 8, otherKind: 2 },
            },
            messages: { received: 230, shown: 221, pending: 2, held: 3, suppressed: 1, uncertain: 2, dead: 1 },
          },
          oldestDueAt: Date.now() - 600_000,
          lacks: ['groups:read', 'users:read'],
        });
      },
      type('status'),
      works,
    ),
  ],
  [
    'How it stands',
    'it stopped working',
    before(
      put({
        state: 'broken',
        reason:
          'Calendly no longer accepts our token. Type {command} connect with a new one, and this subscription goes on as it was.',
      }),
      type('status'),
    ),
  ],
  ['How it stands', 'the bare command then', type('')],
  ['How it stands', 'subscribing then', type('subscribe Coffee')],
  ['How it stands', 'Home then', home],
  ['How it stands', 'well again', before(put({ state: 'active', reason: null }), type(''))],
  [
    'Several accounts',
    'which one is meant',
    before(
      account({ id: 'connection-2', userName: 'Cy Chen', userEmail: 'cy@example.com', organizationName: 'Beta' }),
      type('subscribe Coffee'),
    ),
  ],
  ['Several accounts', 'named', type('subscribe Coffee --account "Cy Chen"')],
  ['Several accounts', 'status', type('status')],
  ['Several accounts', 'renamed', type('rename "Cy Chen" to "Client B"')],
  ['Several accounts', 'a name that is taken', type('rename "Client B" to "Olga Larsen"')],
  ['Several accounts', 'no name', type('rename')],
  ['Several accounts', 'which one to disconnect', type('disconnect')],
  ['For admins', 'messages given up', type('admin dead')],
  ['For admins', 'hosts', type('admin hosts')],
  ['For admins', 'a host', type('admin host bo@example.com')],
  ['For admins', 'a host set', type('admin host bo@example.com @bo')],
  ['For admins', 'a host who is never called', type('admin host bo@example.com none')],
  ['For admins', 'a channel of their own', type('admin channel #general')],
  ['For admins', 'none', type('admin channel none')],
  ['For admins', 'somebody else asks', type('admin dead', 'bo')],
  [
    'Disconnecting',
    'what will stop',
    before(async ({ product }) => void product.kept.delete('connection-2'), type('disconnect')),
  ],
  [
    'Disconnecting',
    'done',
    async ({ slack }) => {
      const window = slack.as('ann').modal();
      if (window) await slack.as('ann').submit(window);
    },
  ],
  ['Disconnecting', 'the bare command then', type('')],
  ['Disconnecting', 'Home then', home],
];

/** All in one language. */
export async function tour(language: Language): Promise<Specimen[]> {
  const stage = await openDoor();
  try {
    await speak(stage, language);
    return await walkAlong(stage, stops);
  } finally {
    await stage.stop();
  }
}
