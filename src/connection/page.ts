// One page of Calendly's list, dealt with: what differs is asked for, and what is news to us is filed.

import type { Arrival } from '../booking/intake.ts';
import type { BackfillStore, Held } from './backfill-store.ts';
import type { Connection } from './connection.ts';
import { expectedKeys, type KnownBooking, type Look, needsInvitees, tellable, unlike } from './differences.ts';
import type { FoundInvitee, ListedMeeting, Lists, Page, Told } from './lists.ts';
import { type Found, nothingFound, type Run, sum } from './look.ts';

export interface PageInput {
  store: Pick<BackfillStore, 'known' | 'lost' | 'told' | 'name'>;
  lists: Lists;
  keep(arrival: Arrival): Promise<boolean>;
  connection: Connection;
  held: Held;
  run: Run;
  page: Page;
  /** Just before the page was asked for. */
  seenAt: number;
  /** All that was new in the page so far. */
  onFiled?(found: Found): Promise<void>;
  /** So many meetings of the page have been dealt with. */
  onDone?(count: number): Promise<void>;
}

interface Opened {
  listed: ListedMeeting;
  /** The version of its booking that cannot be read any more; null: none. */
  lost: number | null;
  /** Null: nobody had to be asked for. */
  found: FoundInvitee[] | null;
  known: KnownBooking | null;
}

/** Meetings. */
const filedAtOnce = 10;

/** So many are kept together: a page of full rooms must not crowd out the webhooks. */
const keptAtOnce = 100;

export async function comparePage(input: PageInput): Promise<{ found: Found; unread: number }> {
  const { store, held, run, page } = input;
  const look: Look = {
    since: held.since,
    noShows: run.noShowsFrom === null ? null : { from: run.noShowsFrom, to: input.seenAt },
  };
  const uris = page.meetings.map(({ meeting }) => meeting.uri);
  const known = await store.known(held.installationId, uris);
  const unknown = uris.filter((uri) => !known.has(uri));
  const lost = unknown.length === 0 ? null : await store.lost(held.installationId, unknown);
  const told = await toldOf(
    input,
    page.meetings.flatMap(({ meeting }) => expectedKeys(known.get(meeting.uri) ?? null, meeting.uri, look)),
  );
  const here = new Map(page.meetings.map((listed) => [listed.meeting.uri, listed]));
  const opened = new Map<string, Opened>();
  let waiting: Opened[] = [];
  const total = { found: nothingFound, unread: 0 };
  const open = async (uri: string) => {
    const listed = here.get(uri) ?? (await input.lists.meeting(input.connection, uri));
    const answer = listed && (await input.lists.invitees(input.connection, listed));
    total.unread += answer?.unread ?? 1;
    if (!listed || !answer) return;
    const one = { listed, found: answer.found, known: known.get(uri) ?? null, lost: lost?.get(uri) ?? null };
    opened.set(uri, one);
    waiting.push(one);
  };
  const fileAll = async () => {
    if (waiting.length === 0) return;
    total.found = sum(total.found, await file(input, waiting, look));
    waiting = [];
    await input.onFiled?.(total.found);
  };
  for (const [i, listed] of page.meetings.entries()) {
    await input.onDone?.(i);
    const { uri } = listed.meeting;
    const ours = known.get(uri) ?? null;
    if (opened.has(uri)) continue;
    if (!needsInvitees(listed, ours, told, look)) {
      if (unlike(listed, ours, null)) waiting.push({ listed, found: null, known: ours, lost: null });
      continue;
    }
    await open(uri);
    // A move has two halves that may stand pages apart: filed together, nobody sees a meeting canceled that has only moved.
    for (const half of halvesOf(opened.get(uri), look)) if (!opened.has(half)) await open(half);
    // Not all at the end: where Calendly fails in the middle, this much is done.
    if (waiting.length >= filedAtOnce) await fileAll();
  }
  await fileAll();
  return total;
}

function toldOf({ store, held }: PageInput, keys: string[]): Promise<Set<string>> {
  return keys.length === 0 ? Promise.resolve(new Set()) : store.told(held.installationId, held.connectionId, keys);
}

/** The meetings somebody came from or went to. */
function halvesOf(opened: Opened | undefined, look: Look): string[] {
  return (opened?.found ?? [])
    .filter((each) => tellable(each, look).length > 0)
    .flatMap(({ invitee }) => [invitee.newInvitee, invitee.oldInvitee])
    .map((uri) => uri?.replace(/\/invitees\/[^/]+$/, '') ?? '')
    .filter((uri) => uri !== '');
}

/** Files what is new of these meetings, in the order in which it happened. */
async function file(input: PageInput, opened: readonly Opened[], look: Look): Promise<Found> {
  const happened = opened.flatMap(({ found, lost }) =>
    (found ?? []).flatMap((each) => tellable(each, look)).map((each) => anew(each, lost)),
  );
  const before = await toldOf(
    input,
    happened.map(({ key }) => key),
  );
  const fresh = happened.filter(({ key }) => !before.has(key)).sort((a, b) => a.occurredAt - b.occurredAt);
  const seen = opened.flatMap(({ listed, found, known }) => {
    const isNew = !known && found?.some((each) => tellable(each, look).length > 0);
    const difference = isNew ? null : unlike(listed, known, found);
    return difference ? [input.lists.sighting(listed, { at: input.seenAt, ...difference })] : [];
  });
  const found = await keepAll(input, [...fresh, ...seen]);
  for (const { listed, found, known } of opened) {
    if (known || !found) continue;
    const invitees = found.map(({ invitee }) => invitee.uri);
    await input.store.name(input.held.installationId, listed.meeting.uri, invitees);
  }
  return found;
}

/** What was told of a booking that cannot be read any more is told once more, so that it begins anew; once for each of its versions. */
const anew = (told: Told, lost: number | null): Told =>
  lost === null ? told : { ...told, key: `again ${lost} ${told.key}` };

async function keepAll({ keep, held }: PageInput, all: readonly Told[]): Promise<Found> {
  const found = { ...nothingFound };
  for (let i = 0; i < all.length; i += keptAtOnce) {
    const some = all.slice(i, i + keptAtOnce);
    const fresh = await Promise.all(
      some.map(({ event, key, json }) =>
        keep({
          installationId: held.installationId,
          connectionId: held.connectionId,
          event,
          key,
          body: JSON.stringify(json),
          source: 'backfill',
          signedAt: null,
          signatureAge: null,
        }),
      ),
    );
    for (const [at, told] of some.entries()) {
      const name = fresh[at] ? nameIn(told) : null;
      if (name) found[name] += 1;
    }
  }
  return found;
}

/** Under what it is counted; the old half of a move is told by the new one. */
function nameIn({ kind, moved }: Told): keyof Found | null {
  switch (kind) {
    case 'booked':
      return moved ? 'moved' : 'booked';
    case 'canceled':
      return moved ? null : 'canceled';
    case 'noshow':
      return 'noshow';
    case 'seen':
      return 'changed';
    default:
      return null;
  }
}
