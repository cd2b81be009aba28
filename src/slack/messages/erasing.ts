// What is said of forgetting a person: what there is of them, with the buttons, and the receipt (pure).

import type { AskedToForget } from '../../connection/forget.ts';
import type { Receipt, Traces } from '../../delivery/erasure.ts';
import { withCommand } from '../../errors.ts';
import type { Message } from '../web.ts';
import { buttons, inWords, moment, type Names, say } from './answers.ts';
import { safeMrkdwn } from './text.ts';

/** What a button carries: whose data, and whether Calendly is asked as well. */
export interface Wish {
  address: string;
  there: boolean;
}

const wishValue = (wish: Wish) => JSON.stringify(wish);

export function tracesFound(address: string, traces: Traces, { command, t }: Names): Message {
  const words = t.erasing;
  const { bookings, bodies, cards, lines, notes } = traces;
  const there = bookings + bodies + cards + lines + notes;
  const whose = safeMrkdwn(address, 120);
  const paragraphs = [
    there === 0 ? words.nothing(whose) : words.found(whose, traces),
    ...leftToOthers(traces, { command, t }),
    words.cannotUndo,
  ];
  return say(
    paragraphs,
    buttons([
      { label: words.erase, action: 'erase', value: wishValue({ address, there: false }), style: 'danger' },
      { label: words.eraseThere, action: 'erase', value: wishValue({ address, there: true }) },
    ]),
  );
}

/** `waiting`: so many messages still show what was; `there`: null where Calendly was not to be asked. */
export function erasureReceipt(
  address: string,
  receipt: Receipt,
  { waiting, there }: { waiting: number; there: AskedToForget[] | null },
  names: Names,
): Message {
  const { command, t } = names;
  const words = t.erasing;
  return say([
    words.done(safeMrkdwn(address, 120), moment(receipt.at, t)),
    words.receipt(receipt),
    waiting === 0 ? words.allEdited : withCommand(words.stillToEdit(waiting), command),
    ...leftToOthers(receipt, { command, t }),
    ...atCalendly(there, names),
    words.backups,
  ]);
}

function leftToOthers({ kept, unread }: Traces, { command, t }: Pick<Names, 'command' | 't'>): string[] {
  const words = t.erasing;
  const all = [
    kept.filters.length > 0 ? words.filters(t.common.all(kept.filters.slice(0, 20).map((id) => `<#${id}>`))) : '',
    kept.accounts > 0 ? words.accounts : '',
    kept.hosts > 0 ? words.hosts : '',
    unread > 0 ? words.unread(unread) : '',
  ];
  return all.filter((each) => each !== '').map((each) => withCommand(each, command));
}

function atCalendly(there: AskedToForget[] | null, names: Names): string[] {
  if (there === null) return [];
  const words = names.t.erasing;
  if (there.length === 0) return [words.nobodyThere];
  return there.map(({ account, problem }) => {
    const whose = safeMrkdwn(account, 80);
    return problem === null ? words.there(whose) : words.notThere(whose, inWords(problem, names));
  });
}
