// What a failure says to the person who met it: the sentence of a Refusal, Outage or Gone, or sorry with a reference that the log has too.

import { randomBytes } from 'node:crypto';
import type { KnownBlock, View } from '@slack/types';
import { Gone, Outage, Refusal } from '../errors.ts';
import { noteDenial } from './denials.ts';
import { buttons, inWords, type Names, say, sorry } from './messages/answers.ts';
import { messageModal } from './views/modal.ts';
import type { Visit, Window } from './visit.ts';
import type { Message } from './web.ts';

type Explaining = Pick<Visit, 'product' | 'workspace' | 't' | 'log'> &
  Partial<Pick<Visit, 'user' | 'channel' | 'doing'>>;

export const CONNECT_MORE = 'connect_more';

export function namesOf({ product, workspace, t }: Pick<Visit, 'product' | 'workspace' | 't'>): Names {
  return { command: product.commandName, botUserId: workspace.botUserId, t };
}

export function explain(error: unknown, visit: Explaining): Message {
  noteDenial(error, visit);
  if (error instanceof Refusal || error instanceof Outage || error instanceof Gone) {
    visit.log.info({ code: error.code, failure: error.name }, 'answered with a failure in words');
    return say(inWords(error.message, namesOf(visit)), ...wayOut(error.code, visit));
  }
  const reference = newReference();
  visit.log.error({ err: error, reference }, 'a request failed');
  return sorry(reference, visit.t);
}

/** What a sign-in was not asked for yet is a press away. */
function wayOut(code: string, { t }: Explaining): KnownBlock[] {
  const extra = /^needs_(\w+)$/.exec(code)?.[1];
  if (!extra) return [];
  return [buttons([{ label: t.connecting.signInButton, action: CONNECT_MORE, value: extra, style: 'primary' }])];
}

export function newReference(): string {
  return randomBytes(4).toString('hex');
}

/** Does slow work while a modal waits, then shows what came of it there; a failure is shown there too. */
export async function inWindow(
  visit: Explaining,
  window: Window,
  title: string,
  work: () => Promise<{ view: View; instead: Message | null }>,
  onFailure: (message: Message) => View = (message) => messageModal(title, message, visit.t),
): Promise<void> {
  let shown: { view: View; instead: Message | null };
  try {
    shown = await work();
  } catch (error) {
    const message = explain(error, visit);
    shown = { view: onFailure(message), instead: message };
  }
  await window.show(shown.view, shown.instead);
}
