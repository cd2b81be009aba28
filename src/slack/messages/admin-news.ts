// The state of a connection as the channel of the admins reads it: what, since when, what is lost, what was done, what can be done (pure).

import type { News } from '../../connection/connection.ts';
import { escapeMrkdwn } from './text.ts';

const marks: Record<News['how'], string> = { broken: '🔴', shaky: '🟠', well: '🟢' };

export function newsInWords({ how, what, since, lost, did, cure }: News): string {
  const lines = [
    ...(since === null ? [] : [`*Since:* ${moment(since)}`]),
    `*Lost:* ${lost}`,
    `*Done:* ${did}`,
    `*You can:* ${cure ?? 'leave it; nothing has to be done.'}`,
  ];
  return [`${marks[how]} ${escapeMrkdwn(what)}`, ...lines.map((line) => quoted(line))].join('\n');
}

/** The words in front are ours; what they speak of may quote a name from outside. */
function quoted(line: string): string {
  const [head = '', ...rest] = line.split(' ');
  return line.startsWith('*Since:*') ? line : [head, escapeMrkdwn(rest.join(' '))].join(' ');
}

const moment = (at: number) =>
  `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} at {time}|${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC>`;
