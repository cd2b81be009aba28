// Asks Calendly to delete what it knows of an invitee, where a plan and a token allow that: it is theirs to do, and takes them up to a week.

import { Gone, Outage, Refusal } from '../errors.ts';
import type { Doing } from './acts.ts';
import type { Connection } from './connection.ts';
import { accountNames } from './names.ts';

/** What became of it for one account; `problem` is a sentence, null where Calendly has taken the request. */
export interface AskedToForget {
  account: string;
  problem: string | null;
}

/** Each organization is asked once, by the account that may most likely. */
export async function forgetAtCalendly(
  calendly: Pick<Doing, 'forget'>,
  connections: readonly Connection[],
  address: string,
): Promise<AskedToForget[]> {
  const working = connections.filter((each) => each.state === 'active');
  const names = accountNames(connections);
  const byOrganization = Map.groupBy(working, (each) => each.organizationUri);
  const all: AskedToForget[] = [];
  for (const some of byOrganization.values()) {
    const [one] = some.toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
    const account = names.get(one!.id) ?? one!.userName;
    try {
      await calendly.forget({ ...one!, userUri: one!.standIn?.userUri ?? one!.userUri }, address);
      all.push({ account, problem: null });
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Outage || error instanceof Gone)) throw error;
      all.push({ account, problem: error.message });
    }
  }
  return all;
}

const roles = ['owner', 'admin', 'user'];
