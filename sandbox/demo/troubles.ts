// What can be broken on purpose while one looks: Slack, Calendly, and the app itself; each has a state, and all of it can be mended at once.
import type { CalendlySandbox } from '../calendly/server.ts';
import type { SlackSandbox } from '../slack/server.ts';
import type { App } from './app.ts';
import { bookSome } from './people.ts';

const SLOW_MS = 2_500;
const ASK_AGAIN_S = 3;

export type Trouble = {
  id: string;
  side: 'slack' | 'calendly' | 'app' | 'guests';
  title: string;
  /** What happens, and what the app is to make of it. */
  note: string;
  /** A switch stays as it is put; the others happen once. */
  isSwitch: boolean;
  isOn: boolean;
};

type Parts = { slack: SlackSandbox; calendly: CalendlySandbox; app: App; readyWithinMs: number };

export type Troubles = ReturnType<typeof makeTroubles>;

export function makeTroubles({ slack, calendly, app, readyWithinMs }: Parts) {
  let limiting: { remove(): void } | undefined;
  let eating: { remove(): void } | undefined;
  let eatenBefore = 0;
  let calendlyIsDown = false;
  /** Answers that never arrived: Slack had done what was asked. */
  const eaten = () => slack.ledger.filter((call) => call.method === 'chat.postMessage' && call.status === 0).length;
  const isEating = () => eating !== undefined && eaten() === eatenBefore;
  const activeHooks = () => calendly.hooks.filter((hook) => hook.state === 'active');

  const switches: Record<string, (on: boolean) => Promise<void> | void> = {
    'slack-down': (on) => (on ? slack.faults.down() : slack.faults.up()),
    'slack-429'(on) {
      limiting?.remove();
      limiting = on
        ? slack.faults.add({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: ASK_AGAIN_S })
        : undefined;
    },
    'slack-slow'(on) {
      slack.latencyMs = on ? SLOW_MS : 0;
    },
    'slack-eats'(on) {
      eating?.remove();
      eatenBefore = eaten();
      eating = on ? slack.faults.add({ method: 'chat.postMessage', kind: 'accept-then-reset', times: 1 }) : undefined;
    },
    async 'calendly-down'(on) {
      calendlyIsDown = on;
      await (on ? calendly.faults.down() : calendly.faults.up());
    },
    'hook-disabled'(on) {
      if (on) for (const hook of activeHooks()) calendly.setHookState(hook, 'disabled');
    },
    'calendly-twice': (on) => calendly.setMode(on ? 'twice' : 'normal'),
    'calendly-shuffled': (on) => calendly.setMode(on ? 'out of order' : 'normal'),
    async killed(on) {
      if (on) await app.kill();
      else if (app.state() === 'killed') {
        app.start();
        await app.ready(readyWithinMs);
      }
    },
    'book-3': () => bookSome(calendly, 3),
    'book-20': () => bookSome(calendly, 20),
  };

  const list = (): Trouble[] => [
    sw('slack-down', 'slack', 'It is down', '503 to every call.', slack.faults.isDown),
    sw('slack-429', 'slack', 'It says “too fast”', `429 to each: again in ${ASK_AGAIN_S} s.`, limiting !== undefined),
    sw('slack-slow', 'slack', 'It is slow', `Each call takes ${SLOW_MS / 1000} s longer.`, slack.latencyMs > 0),
    sw('slack-eats', 'slack', 'Its next answer is eaten', 'Was it posted? Nobody says.', isEating()),
    once(
      'hook-disabled',
      'calendly',
      'Switch off its webhook',
      'As it does after a day of failures.',
      activeHooks().length === 0 && calendly.hooks.length > 0,
    ),
    sw('calendly-down', 'calendly', 'Its API is down', '503 to every question.', calendlyIsDown),
    sw('calendly-twice', 'calendly', 'It tells all twice', 'Two times at once.', calendly.mode === 'twice'),
    sw(
      'calendly-shuffled',
      'calendly',
      'It tells all out of order',
      'The last of a moment first.',
      calendly.mode === 'out of order',
    ),
    sw('killed', 'app', 'It is killed', 'kill -9, with no goodbye.', app.state() === 'killed'),
    once('book-3', 'guests', 'Book three meetings', 'Guests do not wait for repairs.', false),
    once('book-20', 'guests', 'Book twenty at once', 'Slack takes one a second.', false),
  ];

  return {
    list,
    isAny: () => list().some((each) => each.isOn),
    /** Throws for a trouble that there is not. */
    async set(id: string, on: boolean): Promise<void> {
      const act = Object.hasOwn(switches, id) ? switches[id] : undefined;
      if (!act) throw new Error('There is no such trouble.');
      await act(on);
    },
    async mend(): Promise<void> {
      for (const { id, isOn, isSwitch } of list()) if (isOn && isSwitch) await this.set(id, false);
    },
  };
}

type Make = (id: string, side: Trouble['side'], title: string, note: string, isOn: boolean) => Trouble;
const sw: Make = (id, side, title, note, isOn) => ({ id, side, title, note, isSwitch: true, isOn });
const once: Make = (id, side, title, note, isOn) => ({ id, side, title, note, isSwitch: false, isOn });
