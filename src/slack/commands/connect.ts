// `connect`: a Calendly account, by signing in there, or by a personal access token that is pasted into a modal and nowhere else.

import { type Extra, extras } from '../../connection/scopes.ts';
import { CONNECT_MORE, inWindow, namesOf } from '../explain.ts';
import { say } from '../messages/answers.ts';
import { connectedMessage } from '../messages/connected.ts';
import { CONNECT, connectFailed, connectForm } from '../views/connect.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { ActionVisit, SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { mustBeMember } from './rights.ts';

/** The words that ask for more than the bookings, also in German. */
const typed: Record<Extra, RegExp> = {
  forms: /\b(routing|routed|forms?|formulare?)\b/i,
  cards: /\b(cards?|cancel|no-?show|karten?|absagen)\b/i,
  groups: /\b(groups?|gruppen?)\b/i,
  links: /\b(links?|share|teilen)\b/i,
};

export const connect: Verb = {
  name: 'connect',
  aliases: ['login', 'signin', 'sign-in', 'link'],
  examples: ['connect', 'connect forms cards links groups'],
  async run(visit) {
    const wanted = extras.filter((extra) => typed[extra].test(visit.rest));
    await visit.open(connectForm(await signInUrl(visit, wanted), wanted, visit.t));
  },
  actions: {
    connect_again: (visit) => openAgain(visit, []),
    [CONNECT_MORE]: (visit) =>
      openAgain(
        visit,
        extras.filter((extra) => extra === visit.value),
      ),
  },
  submissions: { [CONNECT]: submitted },
};

async function openAgain(visit: ActionVisit, wanted: readonly Extra[]): Promise<void> {
  const form = connectForm(await signInUrl(visit, wanted), wanted, visit.t);
  if (visit.window) await visit.window.show(form, null);
  else await visit.open(form);
}

/** A link for this person alone; null where there is no signing in, or no link can be made just now: the token still works. */
async function signInUrl(visit: Visit, wanted: readonly Extra[]): Promise<string | null> {
  try {
    const made = await visit.product.signInUrl?.({
      installationId: visit.workspace.id,
      slackUser: visit.user,
      extras: wanted,
    });
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
        leads: (await visit.slack.person(visit.user)).leads,
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
