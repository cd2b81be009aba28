// `why`: each subscription's verdict on a booking, and what became of it; also of bookings that never were shown.

import { emptyBooking, fold } from '../../booking/booking.ts';
import type { Connection } from '../../connection/connection.ts';
import { type AskedAbout, readAskedAbout } from '../../subscription/asked-about.ts';
import type { Inquired } from '../../subscription/inquiry.ts';
import type { Subscription } from '../../subscription/subscription.ts';
import { tokens } from '../../subscription/tokens.ts';
import { namesOf } from '../explain.ts';
import { say } from '../messages/answers.ts';
import { type AskedBooking, whyInWords } from '../messages/why.ts';
import type { CommandVisit, Verb } from '../visit.ts';
import { mustBeMember } from './rights.ts';

const MOST_SHOWN = 2;

export const why: Verb = {
  name: 'why',
  aliases: ['explain', 'whynot', 'trace'],
  examples: ['why ada@acme.com', 'why https://acme.slack.com/archives/C024BE91L/p1732450000000100'],
  async run(visit) {
    await mustBeMember(visit);
    const names = namesOf(visit);
    const [token] = tokens(visit.rest);
    const asked = readAskedAbout(token?.text ?? '');
    if (!asked) return visit.answer(say(names.t.why.sayWhich(names.command)));
    const mine = await ownAccounts(visit);
    const heard = await known(visit, asked, mine);
    const all = heard.length > 0 ? heard : await unheard(visit, asked, mine);
    if (all === null) return visit.answer(say([names.t.why.notFound, names.t.why.unanswered]));
    if (all.length === 0) return visit.answer(say(names.t.why.notFound));
    const now = visit.product.clock.now();
    const shown = all.slice(0, MOST_SHOWN).flatMap((each) => whyInWords(each, names, now));
    const more = all.length - MOST_SHOWN;
    await visit.answer(say([...shown, ...(more > 0 ? [names.t.why.more(more)] : [])]));
  },
};

/** Those of which this person may know all: their own, and to an admin every one. */
async function ownAccounts({ product, workspace, slack, user }: CommandVisit): Promise<Connection[]> {
  const all = await product.connections.connections(workspace.id);
  const { leads } = await slack.person(user);
  return leads ? all : all.filter((each) => each.connectedBy === user);
}

async function known(visit: CommandVisit, asked: AskedAbout, mine: readonly Connection[]): Promise<AskedBooking[]> {
  const found = await inquire(visit, asked);
  if (found.length === 0) return [];
  const subscriptions = await visit.product.subscriptions.allSubscriptions(visit.workspace.id);
  return found.flatMap((each): AskedBooking[] => {
    const follow = subscriptions.filter((one) => one.connectionId === each.connectionId);
    const { state, deliveries } = each;
    if (mine.some(({ id }) => id === each.connectionId))
      return [{ state, deliveries, subscriptions: hereFirst(follow, visit.channel), isUnheard: false, showsAll: true }];
    // Whoever reads its card here may ask why; of other channels nothing is said.
    const isHere = deliveries.some((one) => one.kind === 'card' && one.channelId === visit.channel && one.ts !== null);
    const here = follow.filter((one) => one.channelId === visit.channel);
    const theirs = deliveries.filter((one) => one.channelId === visit.channel);
    // Where cards do not say who it is, an address must not find that out.
    const mayName = asked.by !== 'email' || here.every((one) => one.options.privacy === 'full');
    return isHere && here.length > 0 && mayName
      ? [{ state, deliveries: theirs, subscriptions: here, isUnheard: false, showsAll: false }]
      : [];
  });
}

const hereFirst = (all: readonly Subscription[], channel: string) =>
  [...all].sort((a, b) => Number(b.channelId === channel) - Number(a.channelId === channel));

async function inquire({ product, workspace }: CommandVisit, asked: AskedAbout): Promise<Inquired[]> {
  const { inquiries } = product;
  if (asked.by === 'message') return inquiries.byMessage(workspace.id, asked);
  if (asked.by === 'email') {
    const all = await product.connections.connections(workspace.id);
    return inquiries.byEmail(
      workspace.id,
      all.map((each) => each.id),
      asked.email,
    );
  }
  const uris = product.urisOf(asked.ids);
  const found = await inquiries.byUris(workspace.id, uris);
  for (const id of found.length > 0 ? [] : asked.ids) {
    const those = await inquiries.byId(workspace.id, id);
    if (those.length > 0) return those;
  }
  return found;
}

/** Of the person's own accounts only: what Calendly shows to others is nobody's business. Null where one did not answer. */
async function unheard(
  visit: CommandVisit,
  asked: AskedAbout,
  mine: readonly Connection[],
): Promise<AskedBooking[] | null> {
  const working = mine.filter((each) => each.state === 'active').slice(0, 5);
  const answers = await Promise.all(
    working.map(async (connection) => ({
      connection,
      invitees: await visit.product.elsewhere(connection, asked).catch((error: unknown) => {
        visit.log.info({ err: error, connection: connection.id }, 'Calendly could not be asked about a booking');
        return null;
      }),
    })),
  );
  const subscriptions = await visit.product.subscriptions.allSubscriptions(visit.workspace.id);
  const found = answers.flatMap(({ connection, invitees }) =>
    (invitees ?? []).map((invitee): AskedBooking => {
      const change = {
        event: '',
        kind: 'booked',
        key: '',
        occurredAt: invitee.createdAt,
        invitee,
        form: null,
      } as const;
      const follow = subscriptions.filter((one) => one.connectionId === connection.id);
      return {
        state: fold(emptyBooking(), change, visit.product.clock.now()),
        deliveries: [],
        subscriptions: hereFirst(follow, visit.channel),
        isUnheard: true,
        showsAll: true,
      };
    }),
  );
  return found.length === 0 && answers.some(({ invitees }) => invitees === null) ? null : found;
}
