// What a person hears once an account is connected, by token or by signing in; or why it is not (pure).

import { pairIn } from '../../connection/pair.ts';
import { Gone, Outage, Refusal } from '../../errors.ts';
import type { Connected } from '../product.ts';
import type { Message } from '../web.ts';
import { accountInWords, buttons, inWords, type Names, say, scopeInWords } from './answers.ts';
import { safeMrkdwn } from './text.ts';

/** Opens the window where it is chosen whose meetings an account tells of; the value is the connection's id. */
export const REACH = 'reach';

/** Whoever connects an account need not be the person it belongs to, so it is named. */
export function connectedMessage(connected: Connected, names: Names): Message {
  const { connection, replaced, scopeReason, hook, notes, otherGroups } = connected;
  const { command, t } = names;
  const words = t.connecting;
  const isSignIn = pairIn(connection.token) !== null;
  const name = safeMrkdwn(connection.userName, 80) || words.thisAccount;
  const hears = connection.scope === 'user' ? words.theirsAlone(name) : scopeInWords(connection, t);
  const because = {
    owner: words.sinceOwner(name),
    admin: words.sinceAdmin(name),
    group: words.sinceGroupAdmin(name),
    chosen: words.sinceChosen,
    asker: words.sinceAsker,
    member: isSignIn ? words.sinceMemberSignIn : words.sinceMemberToken,
  };
  const account = accountInWords(connection, t);
  const lines = [
    replaced ? words.connectedAgain(account, connection.role) : words.connected(account, connection.role),
    `${words.iHear(hears, because[scopeReason])} ${words.hooks[hook]}`,
    ...(replaced ? [isSignIn ? words.signInReplaced : words.tokenReplaced] : []),
    ...notes.map((note) => inWords(note, names)),
    words.next(command),
  ];
  if (otherGroups.length === 0) return say(lines);
  return say(lines, buttons([{ label: words.whatIHear, action: REACH, value: connection.id }]));
}

/** For whoever came back from Calendly in vain. */
export function notConnectedMessage(failure: unknown, names: Names): Message {
  const { command, t } = names;
  const isOurs = failure instanceof Refusal || failure instanceof Outage || failure instanceof Gone;
  return say(t.connecting.inVain(isOurs ? inWords(failure.message, names) : t.connecting.wrongHere(command)));
}
