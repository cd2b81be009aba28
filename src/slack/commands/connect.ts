// `connect`: a Calendly account, by signing in there, or by a personal access token that is pasted into a modal and nowhere else.

import { inWindow, namesOf } from '../explain.ts';
import { say } from '../messages/answers.ts';
import { connectedMessage } from '../messages/connected.ts';
import { CONNECT, connectFailed, connectForm } from '../views/connect.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { mustBeMember } from './rights.ts';

export const connect: Verb = {
  name: 'connect',
  aliases: ['login', 'signin', 'sign-in', 'link'],
  examples: ['connect', 'connect forms'],
  async run(visit) {
    const forms = /\b(routing|routed|forms?|formulare?)\b/i.test(visit.rest);
    await visit.open(connectForm(await signInUrl(visit, forms), forms, visit.t));
  },
  actions: {
    async connect_again(visit) {
      const form = connectForm(await signInUrl(visit, false), false, visit.t);
      if (visit.window) await visit.window.show(form, null);
      else await visit.open(form);
    },
  },
  submissions: { [CONNECT]: submitted },
};

/** A link for this person alone; null where there is no signing in, or no link can be made just now: the token still works. */
async function signInUrl(visit: Visit, forms: boolean): Promise<string | null> {
  try {
    const made = await visit.product.signInUrl?.({ installationId: visit.workspace.id, slackUser: visit.user, forms });
    return made ?? null;
  } catch (error) {
    visit.log.error({ err: error }, 'no link to sign in could be made');
    return null;
  }
}

async function submitted(visit: SubmitVisit): Promise<void> {
  const words = visit.t.connecting;
  const { title } = words;
  const token = visit.entered
    .text('token')
    .trim()
    .replace(/^Bearer\s+/i, '');
  if (token === '') return visit.refuse({ token: words.pasteHere });
  if (/\s/.test(token)) return visit.refuse({ token: words.noSpaces });
  if (/^(xox[a-z]|xapp)[-.]/i.test(token)) return visit.refuse({ token: words.slackToken });
  const window = await visit.proceed(progress(title, words.checking, visit.t));
  await inWindow(
    visit,
    window,
    title,
    async () => {
      await mustBeMember(visit);
      const connected = await visit.product.connect({
        installationId: visit.workspace.id,
        slackUser: visit.user,
        token,
      });
      const message = connectedMessage(connected, namesOf(visit));
      return { view: messageModal(title, message, visit.t), instead: message };
    },
    (message) => connectFailed(message, visit.t),
  );
}

/** For whoever typed a token into the message box. */
export function tokenInText(visit: Visit): Message {
  const { command, t } = namesOf(visit);
  return say([t.connecting.secret, t.connecting.secretSteps(command)]);
}

const tokenShapes = [
  // Calendly's personal access tokens are JWTs.
  /eyJ[\w-]{20,}/,
  // The keys of Calendly's old V1 API: 32 capitals and digits, both present.
  /(?<![A-Za-z0-9_-])(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{32}(?![A-Za-z0-9_-])/,
  /xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,}/,
  /\bBearer\s+\S{20,}/i,
];

export function holdsToken(text: string): boolean {
  return tokenShapes.some((shape) => shape.test(text));
}
