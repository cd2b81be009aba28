// What is said of hosts and who they are in Slack: to admins, who can set it (pure).

import type { Texts } from '../../texts/index.ts';
import { type Answer, neededScope, type Pair } from '../people.ts';
import type { Message } from '../web.ts';
import { type Names, say } from './answers.ts';
import { escapeMrkdwn, plain } from './text.ts';

/** What a code span of ours can hold: an address that an admin typed. */
const code = (text: string) => `\`${escapeMrkdwn(plain(text, 254, { run: 254 })).replaceAll('`', 'ˋ')}\``;

const whoNow = (userId: string | null, { letters }: Texts) => (userId === null ? letters.nobody : `<@${userId}>`);

/** Whether Slack may be asked, and what to do where not; null when all is well. */
export type LookUp = 'yes' | 'missing_scope' | 'unknown';

function lookUpWords(may: LookUp, { letters }: Texts): string {
  switch (may) {
    case 'yes':
      return letters.mayLookUp;
    case 'missing_scope':
      return letters.missingScope(neededScope);
    case 'unknown':
      return letters.mayBe;
  }
}

/** The pairs an admin set, newest first. */
export function pairList(total: number, pairs: readonly Pair[], may: LookUp, { command, t }: Names): Message {
  const { letters } = t;
  const rows = pairs.map(({ address, userId, by }) =>
    letters.pair(address === null ? letters.unreadable : code(address), whoNow(userId, t), `<@${by}>`),
  );
  const more = total > pairs.length ? [letters.andMore(total - pairs.length)] : [];
  const head = total === 0 ? letters.noHosts : letters.hosts(total);
  return say([head, ...inTens(rows), ...more, lookUpWords(may, t), letters.howTo(command)]);
}

const inTens = (rows: string[]) =>
  Array.from({ length: Math.ceil(rows.length / 10) }, (_, i) => rows.slice(i * 10, i * 10 + 10).join('\n'));

/** Who one address is now. */
export function onePerson(address: string, answer: Answer, may: LookUp, { command, t }: Names): Message {
  return say([
    whoIs(code(address), answer, t),
    ...(may === 'yes' ? [] : [lookUpWords(may, t)]),
    t.letters.howTo(command),
  ]);
}

function whoIs(address: string, answer: Answer, t: Texts): string {
  const { letters } = t;
  if (answer.says === 'nobody knows') return letters.unknownHost(address);
  const who = whoNow(answer.userId, t);
  if (answer.says === 'admin') return letters.setByAdmin(address, who, `<@${answer.by}>`);
  return answer.userId === null ? letters.nobodyHas(address) : letters.confirmed(address, who);
}

/** What an admin has just set. */
export function pairSet(address: string, userId: string | null, { letters }: Texts): Message {
  return say(userId === null ? letters.neverCalled(code(address)) : letters.set(code(address), `<@${userId}>`));
}

export function pairForgotten(address: string, was: boolean, { letters }: Texts): Message {
  return say((was ? letters.foundAgain : letters.foundAlready)(code(address)));
}
