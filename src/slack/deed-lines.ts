// One entry of the record in a line: when, who, what and where.

import type { Connection } from '../connection/connection.ts';
import type { DeedRow } from '../subscription/deed.ts';
import { type Called, nameShown } from './commands/accounts.ts';
import { accountName, filterInWords, moment, type Names } from './messages/answers.ts';

/** `7:02 PM · @ada subscribed #sales to Demo call`. */
export function deedLine(row: DeedRow, live: Connection[], called: Called, { t }: Names): string {
  const { home } = t;
  const who = row.who === null ? home.theApp : `<@${row.who}>`;
  const where =
    row.channelId === null ? '' : /^[UW]/.test(row.channelId) ? `<@${row.channelId}>` : `<#${row.channelId}>`;
  const subject = row.became ?? row.was;
  const connection = live.find((each) => each.id === row.subject);
  const account = connection ? (nameShown(called, connection) ?? connection.userName) : called.names.get(row.subject);
  if (row.what === 'denied') return `${moment(row.at, t)} · ${home.did.denied(who, where, `\`${row.subject}\``)}`;
  const what =
    typeof subject === 'object' && subject !== null
      ? filterInWords(subject.filter, t)
      : account === undefined
        ? t.connecting.anAccount
        : accountName(account, t);
  const result = row.result === 'too late' ? ` (${home.tooLate})` : '';
  return `${moment(row.at, t)} · ${home.did[row.what](who, where, what)}${result}`;
}
