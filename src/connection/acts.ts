// What people do at Calendly from Slack, with the connection's token. What is done to a meeting is filed as the change that its webhook will tell as well.

import type { Arrival } from '../booking/intake.ts';
import type { Clock } from '../clock.ts';
import { Outage, Refusal } from '../errors.ts';
import type { Connection, EventType } from './connection.ts';
import type { Log } from './hook.ts';
import type { Account, FoundInvitee, ListedMeeting, Lists, Told } from './lists.ts';

/** Their own pages about a booking: whoever has them may move or cancel it. Null where Calendly gave none. */
export interface InviteeLinks {
  cancel: string | null;
  reschedule: string | null;
}

/** What Calendly does for somebody who waits; every method throws Refusal or Outage. */
export interface Doing {
  lists: Lists;
  /** The whole meeting, for everybody in it: Calendly cancels no single guest. Refused where it is canceled already. */
  cancel(account: Account, meetingUri: string, reason: string): Promise<void>;
  /** Refused where it is marked already. */
  markNoShow(account: Account, inviteeUri: string): Promise<void>;
  /** Succeeds also where it is no longer marked. */
  unmarkNoShow(account: Account, noShowUri: string): Promise<void>;
  /** Null when Calendly no longer knows them. */
  invitee(
    account: Account,
    listed: ListedMeeting,
    inviteeUri: string,
  ): Promise<(FoundInvitee & { noShowUri: string | null; links: InviteeLinks }) | null>;
  /** A page on which one booking of this event type can be made. */
  singleUseLink(account: Account, eventTypeUri: string): Promise<string>;
  /** Takes the request to delete what Calendly knows of an invitee: an Enterprise plan's owners and admins may ask for that. */
  forget(account: Account, address: string): Promise<void>;
  /** Whether an address is a page of Calendly's. */
  isPage(address: string): boolean;
}

/** A meeting as a card of ours knows it. */
export interface Target {
  installationId: string;
  connectionId: string;
  meetingUri: string;
}

/** Each may be asked for twice: the second time changes nothing, and says the same. */
export interface Acts {
  cancel(target: Target, reason: string): Promise<void>;
  markNoShow(target: Target, inviteeUri: string): Promise<void>;
  unmarkNoShow(target: Target, inviteeUri: string): Promise<void>;
  linksOf(target: Target, inviteeUri: string): Promise<InviteeLinks>;
  /** A page to book this event type; null where Calendly gave none. `once`: a new one each time. */
  linkTo(connection: Connection, type: EventType, once: boolean): Promise<string | null>;
  /** Whether an address is a page of Calendly's. */
  isPage(address: string): boolean;
}

export interface ActsDeps {
  calendly: Doing;
  connection(installationId: string, id: string): Promise<Connection | null>;
  keep(arrival: Arrival): Promise<boolean>;
  clock: Clock;
  log: Log;
}

export function acts({ calendly, connection, keep, clock, log }: ActsDeps): Acts {
  const { lists } = calendly;

  async function accountFor({ installationId, connectionId }: Target): Promise<Account> {
    const found = await connection(installationId, connectionId);
    if (found?.state !== 'active')
      throw new Refusal('This Calendly connection does not work at the moment. Type {command} connect first.', {
        code: 'not_connected',
      });
    return accountOf(found);
  }

  async function meetingOf(account: Account, { meetingUri }: Target): Promise<ListedMeeting> {
    const listed = await lists.meeting(account, meetingUri);
    if (!listed) throw gone();
    return listed;
  }

  /**
   * Pressed twice, or by two people, Calendly refuses the second; an answer that never came may have been a yes. Whatever went wrong, it is done if
   * Calendly shows it so.
   */
  async function doneOrThrow(act: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Outage)) throw error;
      if (!(await isDone().catch(() => false))) throw error;
    }
  }

  /** It is done whether or not this can be kept: then the webhook brings it, or the next look. */
  async function file(target: Target, look: () => Promise<readonly Told[]>): Promise<void> {
    const { installationId, connectionId } = target;
    try {
      for (const { event, key, json } of await look()) {
        const body = JSON.stringify(json);
        const from = { source: 'act', signedAt: null, signatureAge: null } as const;
        await keep({ installationId, connectionId, event, key, body, ...from });
      }
    } catch (error) {
      log.warn({ connectionId, err: error }, 'what was done from a card could not be filed; its webhook tells it');
    }
  }

  return {
    async cancel(target, reason) {
      const account = await accountFor(target);
      await doneOrThrow(
        () => calendly.cancel(account, target.meetingUri, reason),
        async () => !(await meetingOf(account, target)).meeting.active,
      );
      await file(target, async () => {
        const all = await lists.invitees(account, await meetingOf(account, target));
        return (all?.found ?? []).flatMap(({ told }) => told.filter(({ kind }) => kind === 'canceled'));
      });
    },

    async markNoShow(target, inviteeUri) {
      const account = await accountFor(target);
      const now = async () => calendly.invitee(account, await meetingOf(account, target), inviteeUri);
      await doneOrThrow(
        () => calendly.markNoShow(account, inviteeUri),
        async () => Boolean((await now())?.invitee.noShow),
      );
      await file(target, async () => (await now())?.told.filter(({ kind }) => kind === 'noshow') ?? []);
    },

    async unmarkNoShow(target, inviteeUri) {
      const account = await accountFor(target);
      const listed = await meetingOf(account, target);
      const before = await calendly.invitee(account, listed, inviteeUri);
      if (!before) throw gone();
      if (before.noShowUri !== null) await calendly.unmarkNoShow(account, before.noShowUri);
      // Its webhook names neither the mark nor a moment that we could know: what we file is that we saw it gone, which tells nobody anything twice.
      const at = before.invitee.noShow?.at;
      if (at == null) return;
      const seen = { at: clock.now(), unmarked: { [inviteeUri]: at }, mark: `taken back ${before.noShowUri ?? at}` };
      await file(target, async () => [lists.sighting(listed, seen)]);
    },

    async linkTo(connection, { uri, schedulingUrl }, once) {
      if (once) return calendly.singleUseLink(accountOf(connection), uri);
      return schedulingUrl !== null && calendly.isPage(schedulingUrl) ? schedulingUrl : null;
    },
    isPage: calendly.isPage,

    async linksOf(target, inviteeUri) {
      const account = await accountFor(target);
      const found = await calendly.invitee(account, await meetingOf(account, target), inviteeUri);
      if (!found) throw gone();
      return found.links;
    },
  };
}

/** Calendly counts the requests of whoever acts. */
const accountOf = (connection: Connection): Account => ({
  ...connection,
  userUri: connection.standIn?.userUri ?? connection.userUri,
});

const gone = () =>
  new Refusal('Calendly no longer knows this meeting. Check at calendly.com whether it still exists.', {
    code: 'not_found',
  });
