// What people of a story read and do in Slack: paste a token, ask something, find a message by its words.

import type { Message, View } from '../../sandbox/slack/types.ts';
import type { World } from './world.ts';

export type Who = 'ann' | 'bo' | 'cy' | 'gil';
type Room = keyof World['slack']['channels'];

/** Every text of a message or modal as a person reads it, one after the other. */
export function words(shown: View | Message | null | undefined): string {
  if (!shown) return '';
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'text' && typeof inner === 'string') found.push(inner);
      else walk(inner);
    }
  };
  walk(shown.blocks ?? []);
  return found.length > 0 ? found.join('\n') : 'text' in shown ? String(shown.text) : '';
}

/** Only what stands in its sections: without buttons and labels. */
export function sentences(view: View | null): string {
  const sections = (view?.blocks ?? []).filter((block) => block.type === 'section');
  return sections.map((block) => (block.text as { text: string }).text).join('\n');
}

/** The modal a person sees, once its work is done and it says this. */
export function modalSaying(w: World, who: Who, pattern: RegExp): Promise<View> {
  return w.slack.waitFor(
    () => {
      const modal = w.slack.as(who).modal();
      return modal && !words(modal).startsWith('⏳') && pattern.test(words(modal)) ? modal : null;
    },
    { what: `a modal for ${who} saying ${pattern}`, timeoutMs: 45_000 },
  );
}

/** Opens the modal, pastes a token, and waits for the result. */
export async function paste(w: World, token: string, who: Who = 'ann'): Promise<string> {
  await w.slack.as(who).command(w.slack.channels.general, 'connect');
  await w.slack.as(who).submit(await modalSaying(w, who, /Personal access token/), { token });
  return sentences(await modalSaying(w, who, /^(?!.*Personal access token)/s));
}

/** Ann makes them app managers, who may connect a whole organization. */
export async function managers(w: World, ...all: Who[]): Promise<void> {
  for (const who of all) await ask(w, 'ann', 'sales', `admin manager <@${w.slack.users[who]}|${who}>`);
}

/** Types a command and answers with the message that the person gets in the end. */
export async function ask(w: World, who: Who, room: Room | (string & {}), text: string): Promise<Message> {
  const { slack } = w;
  const channel = slack.channels[room as Room] ?? room;
  const before = slack.ephemerals(who).length;
  const { status, timedOut } = await slack.as(who).command(channel, text);
  if (status !== 200 || timedOut) throw new Error(`“${text}” was acknowledged with ${status}`);
  return slack.waitFor(
    () =>
      slack
        .ephemerals(who)
        .slice(before)
        .findLast((message) => !message.text.startsWith('⏳')),
    { what: `an answer to “${text}”`, timeoutMs: 45_000 },
  );
}

/** What the app has said in a channel, oldest first. */
export function said(w: World, room: Room, pattern: RegExp = /(?:)/): Message[] {
  return w.slack
    .messages(w.slack.channels[room])
    .filter((message) => message.user === w.slack.botUserId && pattern.test(message.text));
}

/** Waits until the app says this in a channel. */
export function hears(w: World, room: Room, pattern: RegExp): Promise<Message> {
  return w.slack.waitFor(() => said(w, room, pattern).at(-1), { what: `${pattern} said in #${room}` });
}

/** Waits until the app tells a person this in a direct message. */
export function toldInPrivate(w: World, who: Who, pattern: RegExp): Promise<Message> {
  return w.slack.waitFor(
    () =>
      w.slack
        .as(who)
        .dm()
        .find((message) => pattern.test(message.text)),
    { what: `${pattern} told to ${who}`, timeoutMs: 45_000 },
  );
}

/** How many calls of this kind Calendly has got. */
export function calls(w: World, method: string, path: RegExp): World['calendly']['calls'] {
  return w.calendly.calls.filter((call) => call.method === method && path.test(call.path));
}

/** A booking goes all the way: proof that hook, signature, memory and channel work together. */
export async function bookingArrives(w: World, room: Room, name: string, type = 'Demo call'): Promise<Message> {
  w.calendly.book({ type, name });
  return hears(w, room, new RegExp(name));
}
