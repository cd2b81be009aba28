// What stories look through: a channel as people see it, webhooks of any making, the ledger's figures, and a hand in the database.

import { type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Hook } from '../../sandbox/calendly/model.ts';
import { sign } from '../../sandbox/calendly/payloads.ts';
import type { CalendlySandbox } from '../../sandbox/calendly/server.ts';
import type { SlackSandbox } from '../../sandbox/slack/server.ts';
import type { Message } from '../../sandbox/slack/types.ts';
import { clientOf } from '../databases.ts';
import type { Storage } from '../storage.ts';

type Far = { slack: SlackSandbox; calendly: CalendlySandbox };

/** A channel from the moment it was subscribed. */
export interface Watched {
  id: string;
  /** The app's messages outside threads, oldest first, without what it said of the subscription itself. */
  cards(): Message[];
  /** The one card whose text has these words; throws when there are two. */
  card(words: string | RegExp): Message | undefined;
  thread(card: Message): Message[];
  /** Every text that ever stood outside a thread there, edits included. */
  everSaid(): string[];
  /** Waits for the card with these words and, once it is there, for its text to match. */
  shows(words: string | RegExp, now?: RegExp, timeoutMs?: number): Promise<Message>;
}

/** Ann subscribes the channel with these words. */
export async function follow(w: Far, words = 'all', channel: string = w.slack.channels.sales): Promise<Watched> {
  const { slack } = w;
  const before = new Set(slack.messages(channel).map((message) => message.ts));
  await slack.as('ann').command(channel, `subscribe ${words}`);
  const told = await slack.waitFor(
    () => slack.messages(channel).find((message) => message.user === slack.botUserId && !before.has(message.ts)),
    { what: `the channel is told of "subscribe ${words}"` },
  );
  return watch(w, channel, new Set([told.ts]));
}

/** `except` are messages that are no cards. */
export function watch({ slack }: Far, id: string, except: ReadonlySet<string> = new Set()): Watched {
  const cards = () =>
    slack
      .messages(id)
      .filter((message) => message.user === slack.botUserId && !message.threadTs && !except.has(message.ts));
  const card = (words: string | RegExp) => {
    const found = cards().filter(({ text }) => (typeof words === 'string' ? text.includes(words) : words.test(text)));
    if (found.length > 1)
      throw new Error(`${found.length} cards with ${words}: ${found.map((m) => m.text).join(' | ')}`);
    return found[0];
  };
  return {
    id,
    cards,
    card,
    thread: (of) => slack.messages(id).filter((message) => message.threadTs === of.ts),
    everSaid: () =>
      slack.ledger
        .filter(({ method, args, accepted, answer }) => {
          const isOurs = args.channel === id && args.thread_ts === undefined && !except.has(String(answer.ts));
          return accepted && isOurs && (method === 'chat.postMessage' || method === 'chat.update');
        })
        .map(({ args }) => String(args.text)),
    shows: (words, now = /./, timeoutMs = 30_000) =>
      slack.waitFor(
        () => {
          const found = card(words);
          return found && now.test(found.text) ? found : null;
        },
        {
          what: `a card with ${words} that says ${now}; there is ${JSON.stringify(cards().map((m) => m.text))}`,
          timeoutMs,
        },
      ),
  };
}

/** Books something and waits for its card: whatever came before it in this channel has been dealt with by then. */
export async function canary(w: Far, channel: Watched, timeoutMs = 30_000): Promise<void> {
  const name = `Canary ${Math.random().toString(36).slice(2)}`;
  w.calendly.book({ type: 'Demo call', name });
  await channel.shows(name, /./, timeoutMs);
}

/** The hook that hears of bookings. */
export function hookOf({ calendly }: Pick<Far, 'calendly'>): Hook {
  const hook = calendly.hooks.find((each) => each.state === 'active' && each.events.includes('invitee.created'));
  if (!hook?.signing_key) throw new Error('there is no hook yet');
  return hook;
}

export interface RawWebhook {
  hook?: Hook;
  /** Seconds; now by default. */
  t?: number;
  key?: string;
  /** In place of the right signature; null sends none, a list sends the header several times. */
  signature?: string | string[] | null;
  contentType?: string | null;
  path?: string;
  method?: string;
  headers?: OutgoingHttpHeaders;
  chunked?: boolean;
}

/** Sends one webhook, well signed unless told otherwise. */
export function webhook(
  w: Pick<Far, 'calendly'>,
  body: string | Buffer,
  o: RawWebhook = {},
): Promise<{ status: number; text: string; type: string }> {
  const hook = o.hook ?? hookOf(w);
  const url = new URL(hook.callback_url);
  const signature = o.signature === undefined ? sign(o.key ?? hook.signing_key ?? '', body, o.t) : o.signature;
  const type = o.contentType === undefined ? 'application/json' : o.contentType;
  return ask(new URL(o.path ?? url.pathname, url), {
    method: o.method ?? 'POST',
    body,
    chunked: o.chunked ?? false,
    headers: {
      ...(type === null ? {} : { 'content-type': type }),
      ...(signature === null ? {} : { 'calendly-webhook-signature': signature }),
      ...o.headers,
    },
  });
}

/** One request on a connection of its own. An answer that comes before the whole body has left counts. */
export function ask(
  url: URL | string,
  o: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer; chunked?: boolean } = {},
): Promise<{ status: number; text: string; type: string }> {
  const body = o.body ?? '';
  return new Promise((resolve, reject) => {
    const length = o.chunked || !o.body ? {} : { 'content-length': Buffer.byteLength(body) };
    const call = request(
      url,
      { method: o.method ?? 'GET', headers: { ...length, ...o.headers }, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            type: answer.headers['content-type'] ?? '',
          }),
        );
      },
    );
    call.on('error', reject);
    if (o.chunked) call.flushHeaders();
    call.end(body);
  });
}

/** How many messages are in each state, shown ones left out, as `/metrics` says. */
export async function figures(url: string): Promise<Record<string, number>> {
  const { text } = await ask(`${url}/metrics`);
  return Object.fromEntries(
    [...text.matchAll(/^deliveries\{state="(\w+)"\} (\d+)$/gm)].map((m) => [m[1]!, Number(m[2])]),
  );
}

/** Asks again until the answer is there. */
export async function eventually<T>(
  look: () => Promise<T | false | null | undefined>,
  o: { what: string; timeoutMs?: number },
): Promise<T> {
  const end = Date.now() + (o.timeoutMs ?? 30_000);
  for (;;) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${o.what}`);
    await pause(25);
  }
}

/** What was kept and is still to be folded, as one number `n`. */
export const unfolded =
  'select (select count(*) from change where folded_at is null) + (select count(*) from arrivals) as n';

/** Does something to the app's database from outside, as an operator or an accident might. */
export async function inDatabase(storage: Storage, statement: string): Promise<Record<string, unknown>[]> {
  if (!storage.url) {
    const file = new DatabaseSync(join(storage.folder, 'app.db'));
    try {
      file.exec('pragma busy_timeout = 5000');
      const prepared = file.prepare(statement);
      if (prepared.columns().length > 0) return prepared.all();
      prepared.run();
      return [];
    } finally {
      file.close();
    }
  }
  const client = await clientOf(storage.url);
  for (let left = 10; ; left -= 1)
    try {
      return (await client.query(statement)).rows;
    } catch (error) {
      // Nobody told the app to wait: where the two hold each other up, one of them is sent away, and tries again.
      if (left === 0 || (error as { code?: string }).code !== '40P01') throw error;
    }
}
