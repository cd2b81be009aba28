// `rename`: what a Calendly account is called here, so that nobody takes one client for another.

import type { Connection } from '../../connection/connection.ts';
import { accountCalled } from '../../connection/names.ts';
import { Refusal } from '../../errors.ts';
import { fold, nearest } from '../../subscription/nearest.ts';
import { type Token, tokens } from '../../subscription/tokens.ts';
import type { Texts } from '../../texts/index.ts';
import { accountName, say } from '../messages/answers.ts';
import type { CommandVisit, Verb } from '../visit.ts';
import { accountsCalled, type Called } from './accounts.ts';
import { record } from './deeds.ts';
import { mayRename, mustBeMember } from './rights.ts';

const LONGEST = 60;
/** More words than this are no name. */
const MOST_WORDS = 60;

export const rename: Verb = {
  name: 'rename',
  aliases: ['account', 'call', 'name'],
  examples: ['rename "Acme Sales" to "Acme"', 'rename "Acme" to auto'],
  async run(visit) {
    await mustBeMember(visit);
    const all = await visit.product.connections.connections(visit.workspace.id);
    const live = all.filter((each) => each.state !== 'disconnected');
    if (live.length === 0) throw new Refusal(visit.t.rights.notConnected, { code: 'not_connected' });
    const called = await accountsCalled(visit);
    const { old, name } = read(visit.rest);
    if (name === '') throw usage(live, called, visit.t);
    if (old === null && live.length > 1) throw usage(live, called, visit.t);
    const connection = old === null ? live[0]! : accountCalled(old, live, called.names);
    if (!connection) throw unknown(old ?? '', live, called, visit.t);
    await mayRename(visit, connection);
    await save(visit, connection, name, all, called);
  },
};

async function save(
  visit: CommandVisit,
  connection: Connection,
  name: string,
  all: Connection[],
  { names }: Called,
): Promise<void> {
  const { product, workspace, t } = visit;
  if (fold(name) === 'auto') {
    await product.rename(workspace.id, connection.id, null);
    await record(visit, 'rename', { subject: connection.id, was: connection.label });
    const now = (await accountsCalled(visit)).names.get(connection.id) ?? connection.userName;
    return visit.answer(say(t.connecting.renamedBack(accountName(now, t))));
  }
  if (name.length > LONGEST) throw new Refusal(t.connecting.nameTooLong(LONGEST), { code: 'too_long' });
  const other = all.find((each) => each.id !== connection.id && fold(names.get(each.id) ?? '') === fold(name));
  if (other)
    throw new Refusal(t.connecting.nameTaken(name), {
      code: 'name_taken',
    });
  await product.rename(workspace.id, connection.id, name);
  await record(visit, 'rename', { subject: connection.id, was: connection.label, became: name });
  visit.log.info({ connection: connection.id }, 'an account was renamed');
  const was = accountName(names.get(connection.id) ?? connection.userName, t);
  await visit.answer(say(t.connecting.renamed(was, accountName(name, t))));
}

/** `old` is null where only one name was typed. */
function read(words: string): { old: string | null; name: string } {
  const all: Token[] = [];
  for (const token of tokens(words)) {
    if (all.push(token) > MOST_WORDS) break;
  }
  const text = (some: Token[]) =>
    some
      .map((token) => token.text)
      .join(' ')
      // In quotes a name with quotes could not be typed again.
      .replace(/["“”„«»]|\p{Cc}/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  const to = all.findIndex((token) => !token.quoted && /^(to|as|→)$/i.test(token.text));
  if (to > 0) return { old: text(all.slice(0, to)), name: text(all.slice(to + 1)) };
  const [first, ...others] = all;
  // “Acme Sales” Acme: the quotes say where the first name ends.
  if (first?.quoted && others.length > 0) return { old: text([first]), name: text(others) };
  return { old: null, name: text(all) };
}

function usage(live: Connection[], { names }: Called, t: Texts): Refusal {
  const first = names.get(live[0]?.id ?? '') ?? 'Acme';
  return new Refusal(
    live.length > 1 ? t.connecting.sayBoth(first, listOf(live, names, t)) : t.connecting.sayName(first),
    { code: 'no_name' },
  );
}

function unknown(old: string, live: Connection[], { names }: Called, t: Texts): Refusal {
  const near = nearest(old, live, (each) => names.get(each.id) ?? each.userName);
  return new Refusal(t.connecting.noAccount(old.slice(0, 60), listOf(near, names, t)), { code: 'no_such_account' });
}

const listOf = (some: readonly Connection[], names: ReadonlyMap<string, string>, t: Texts) =>
  some
    .slice(0, 5)
    .map((each) => t.connecting.quoted(names.get(each.id) ?? each.userName))
    .join(', ');
