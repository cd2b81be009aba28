// `connect`: a Calendly account, by a personal access token that is pasted into a modal and nowhere else.

import { inWindow, namesOf } from '../explain.ts';
import { accountInWords, inWords, say, scopeInWords } from '../messages/answers.ts';
import { safeMrkdwn } from '../messages/text.ts';
import type { Connected } from '../product.ts';
import { CONNECT, connectFailed, title, tokenForm } from '../views/connect.ts';
import { messageModal, progress } from '../views/modal.ts';
import type { SubmitVisit, Verb, Visit } from '../visit.ts';
import type { Message } from '../web.ts';
import { mustBeMember } from './rights.ts';

export const connect: Verb = {
  name: 'connect',
  aliases: ['login', 'signin', 'sign-in', 'link'],
  usage: '',
  summary: 'Connect a Calendly account. I ask for a personal access token in a window.',
  examples: [
    { text: 'connect', means: 'Opens a window where you paste the token. It says where to get one.' },
    {
      text: 'login',
      means: 'The same. Type it again to replace a token that stopped working; subscriptions are kept.',
    },
  ],
  async run(visit) {
    await visit.open(tokenForm());
  },
  actions: {
    async connect_again(visit) {
      if (visit.window) await visit.window.show(tokenForm(), null);
      else await visit.open(tokenForm());
    },
  },
  submissions: { [CONNECT]: submitted },
};

async function submitted(visit: SubmitVisit): Promise<void> {
  const token = visit.entered
    .text('token')
    .trim()
    .replace(/^Bearer\s+/i, '');
  if (token === '') return visit.refuse({ token: 'Paste the token here.' });
  if (/\s/.test(token))
    return visit.refuse({ token: 'A token has no spaces or line breaks. Copy it again as a whole.' });
  if (/^(xox[a-z]|xapp)[-.]/i.test(token))
    return visit.refuse({ token: 'That is a Slack token. Paste a personal access token made at Calendly.' });
  const window = await visit.proceed(progress(title, 'Checking the token with Calendly and registering the hook…'));
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
      const message = success(visit, connected);
      return { view: messageModal(title, message), instead: message };
    },
    connectFailed,
  );
}

/** Whoever connects an account need not be the person it belongs to, so it is named. */
const because: Record<Connected['scopeReason'], (name: string) => string> = {
  owner: (name) => `since ${name} is an owner there`,
  admin: (name) => `since ${name} is an admin there`,
  member: () => 'since hearing of the whole organization needs an owner’s or admin’s token',
};

function success(visit: Visit, { connection, replaced, scopeReason, hook, notes }: Connected): Message {
  const names = namesOf(visit);
  const name = safeMrkdwn(connection.userName, 80) || 'this account';
  const hears = connection.scope === 'user' ? `the meetings of ${name} alone` : scopeInWords(connection);
  const hooks = {
    registered: 'The hook is registered: Calendly tells me of changes at once.',
    kept: 'The hook at Calendly is in place and stays.',
    none: 'No hook is registered at Calendly.',
  };
  return say([
    `✅ ${replaced ? 'Connected again' : 'Connected'}: ${accountInWords(connection)}, role ${connection.role}.`,
    `I hear of ${hears}, ${because[scopeReason](name)}. ${hooks[hook]}`,
    ...(replaced ? ['The token was replaced; your subscriptions are kept.'] : []),
    ...notes.map((note) => inWords(note, names)),
    `Next: in the channel that should hear of bookings, type \`${names.command} subscribe\`.`,
  ]);
}

/** For whoever typed a token into the message box. */
export function tokenInText(visit: Visit): Message {
  const { command } = namesOf(visit);
  return say([
    '🔒 That looks like a secret token, so I did not read it. The text of a command can end up in logs, so a token typed here is no longer safe.',
    `1. Revoke it: in Calendly, *Integrations & apps → API & webhooks → Personal access tokens*.\n2. Make a new one.\n3. Type \`${command} connect\` and paste it into the window.`,
  ]);
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
