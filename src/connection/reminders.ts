// What only a person can mend is reminded of on the days 1, 3, 7 and 14, and then no more; once it is mended, not at all.

import type { Clock } from '../clock.ts';
import type { Connection, ConnectionStore, News } from './connection.ts';
import { stillBroken } from './news.ts';

const day = 86_400_000;
export const reminderDays: readonly number[] = [1, 3, 7, 14];

/** The day whose reminder is due: the latest one reached, so that a long downtime is made up for by one reminder and not by several. Null: none. */
export function dueReminder(trouble: { since: number; reminded: number }, now: number): number | null {
  const reached = reminderDays.findLast((each) => now - trouble.since >= each * day) ?? 0;
  return reached > trouble.reminded ? reached : null;
}

/** The key of a reminder begins so, whichever day it is of. */
export const reminderKey = (connectionId: string) => `reminder:${connectionId}:`;

export type Trouble = Pick<Connection, 'troubleSince' | 'reminded'>;

export interface RemindersDeps {
  store: Pick<ConnectionStore, 'withdraw'>;
  clock: Clock;
  /** Says it to the owner, once for each key. */
  tell(connection: Connection, key: string, text: string, news: News): Promise<void>;
}

export function reminders({ store, clock, tell }: RemindersDeps) {
  /** The check found what a person has to mend, in this sentence. What is said is kept by its key, whoever dies before the day is kept as well. */
  async function broken(connection: Connection, sentence: string): Promise<Partial<Trouble>> {
    const now = clock.now();
    const since = connection.troubleSince ?? now;
    const due = dueReminder({ since, reminded: connection.reminded }, now);
    if (due === null) return connection.troubleSince === null ? { troubleSince: since } : {};
    const words = `Reminder: ${due === 1 ? 'a day' : `${due} days`} ago I told you of this, and it is still so. ${sentence}`;
    const last = due === reminderDays.at(-1) ? ' I do not remind you again; {command} status keeps saying it.' : '';
    const news = stillBroken(connection, since, due, sentence);
    await tell(connection, `${reminderKey(connection.id)}${since}:${due}`, `${words}${last}`, news);
    return { troubleSince: since, reminded: due };
  }

  /** It is well: a reminder that waits to be said is not said any more. */
  async function well({ installationId, id, troubleSince }: Connection): Promise<Trouble> {
    if (troubleSince !== null) await store.withdraw(installationId, reminderKey(id));
    return { troubleSince: null, reminded: 0 };
  }

  return { broken, well };
}
