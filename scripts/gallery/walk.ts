// What is seen on a walk through the front door of an app in the sandbox Slack: each message, window and Home tab as it was sent, once, by day and place of the page.

import type { HomeView, KnownBlock } from '@slack/types';
import type { SlackSandbox } from '../../sandbox/slack/server.ts';
import type { ApiCall, Message } from '../../sandbox/slack/types.ts';
import type { Language } from '../../src/texts/index.ts';
import type { Modal, Specimen } from './specimens.ts';

/** What is done at a stop, and what is seen of it beside what Slack was told, such as a page in the browser. */
export type Walk<Stage> = (stage: Stage) => Promise<unknown>;
export type Stop<Stage> = [room: string, name: string, walk: Walk<Stage>];

interface Place {
  slack: SlackSandbox;
  /** How long it has to be still, to have said all. */
  quietMs?: number;
}

const said = ['chat.postMessage', 'chat.update', 'chat.postEphemeral', 'response_url'];
const shown = ['views.open', 'views.update', 'views.push', 'views.publish'];
/** Slack's own answer to each, as the page knows people and places. */
const names = { ann: 'U0ANN', bo: 'U0BO', cy: 'U0CY' } as const;

/** People read Slack, and channels speak, in this language. */
export async function speak({ slack }: Place, language: Language): Promise<void> {
  const locale = `${language}-${language === 'en' ? 'US' : language.toUpperCase()}`;
  for (const name of ['ann', 'bo', 'cy', 'gil']) await slack.changeUser(name, { locale });
  for (const channel of Object.keys(slack.channels)) slack.setLocale(channel, locale);
}

/** Each specimen is drawn once, where it was first seen. */
export async function walkAlong<S extends Place>(stage: S, stops: readonly Stop<S>[]): Promise<Specimen[]> {
  const { slack } = stage;
  const found: Specimen[] = [];
  const known = new Set<string>();
  for (const [room, name, walk] of stops) {
    const from = slack.ledger.length;
    const answered = slack.answers.length;
    const heard = new Set(ephemeral(stage));
    await Promise.resolve(walk(stage)).catch((error: unknown) => {
      throw new Error(`the walk ended at “${room}, ${name}”`, { cause: error });
    });
    await settled(stage);
    const answers = ephemeral(stage).filter((message) => !heard.has(message));
    const seen = [
      ...answers.map((message): Specimen => ({ room, name, message: onPage(message, stage), ephemeral: true })),
      ...slack.answers.slice(answered).flatMap(({ body }) => inWindow(body, room, name, stage)),
      ...slack.ledger.slice(from).map((call) => specimenOf(call, room, name, stage)),
    ];
    for (const specimen of seen) {
      const looks = JSON.stringify([specimen?.message, specimen?.home, specimen?.modal, specimen?.errors]);
      if (!specimen || known.has(looks)) continue;
      known.add(looks);
      found.push(specimen);
    }
  }
  return found;
}

/** Also what Slack was told in answer to the command itself. */
const ephemeral = ({ slack }: Place): Message[] => ['ann', 'bo', 'gil'].flatMap((name) => slack.ephemerals(name));

/** What an answer sets off is there when nothing more comes for a moment, and nobody is asked to wait. */
export async function settled({ slack, quietMs = 25 }: Place): Promise<void> {
  for (let seen = -1, tries = 0; tries < 100; tries += 1) {
    const waits = ['ann', 'bo', 'gil'].some((name) =>
      /⏳/.test(JSON.stringify([slack.as(name).modal()?.blocks ?? '', slack.ephemerals(name).at(-1)?.text ?? ''])),
    );
    if (seen === slack.ledger.length && !waits) return;
    seen = slack.ledger.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
}

function specimenOf({ method, args, accepted }: ApiCall, room: string, name: string, stage: Place): Specimen | null {
  if (!accepted || args.delete_original === true) return null;
  const read = (value: unknown) => onThePage(typeof value === 'string' ? value : JSON.stringify(value ?? null), stage);
  if (shown.includes(method)) {
    const view = JSON.parse(read(args.view)) as HomeView | Modal;
    return { room, name, ...(view.type === 'home' ? { home: view } : { modal: view }) };
  }
  if (!said.includes(method)) return null;
  const blocks: unknown = JSON.parse(read(args.blocks));
  return { room, name, message: onPage({ text: String(args.text ?? ''), blocks }, stage) };
}

/** What an answer to Slack's own request makes of a window: another one, or complaints beside its fields. */
function inWindow(body: Record<string, unknown>, room: string, name: string, stage: Place): Specimen[] {
  const put = (value: unknown): unknown => JSON.parse(onThePage(JSON.stringify(value), stage));
  if (body.view) return [{ room, name, modal: put(body.view) as Modal }];
  if (body.response_action !== 'errors') return [];
  const fields = Object.keys(body.errors as object);
  const shownViews = [...stage.slack.answers.map((answer) => answer.body.view), ...stage.slack.ledger.map(viewIn)];
  const window = shownViews
    .filter((view): view is Modal => typeof view === 'object' && view !== null)
    .findLast(({ blocks }) => fields.every((id) => blocks.some((block) => block.block_id === id)));
  const errors = put(body.errors) as Record<string, string>;
  return window ? [{ room, name, errors, modal: put(window) as Modal }] : [];
}

const viewIn = ({ method, args }: ApiCall): unknown =>
  shown.includes(method) ? (typeof args.view === 'string' ? JSON.parse(args.view) : args.view) : null;

function onPage({ text, blocks }: { text: string; blocks?: unknown }, stage: Place): NonNullable<Specimen['message']> {
  const all = JSON.parse(onThePage(JSON.stringify({ text, blocks }), stage)) as { text: string; blocks?: KnownBlock[] };
  return { text: all.text, ...(all.blocks && all.blocks.length > 0 ? { blocks: all.blocks } : {}) };
}

function onThePage(json: string, { slack }: Place): string {
  const ids: [string, string][] = [
    ...Object.entries(names).map(([name, id]): [string, string] => [slack.users[name as keyof typeof names], id]),
    [slack.botUserId, 'U0BOT'],
    [slack.channels.sales ?? '', 'C0SALES'],
    [slack.channels.general ?? '', 'C0GENERAL'],
    [slack.channels.demos ?? '', 'C0DEMOS'],
  ];
  // Each link is another one, and looks the same.
  const alike = json.replace(/connect\/[\w-]{32}/g, 'connect/a-link');
  return ids.reduce((text, [from, to]) => (from ? text.replaceAll(from, to) : text), alike);
}
