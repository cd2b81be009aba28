// A flood: what comes at once for one account is kept in one row, as it came, and told apart before it is folded. A row for each would take as long as all
// else that has to be done before Calendly is answered.

import type { Arrival } from '../booking/intake.ts';
import type { Logger } from '../log.ts';
import { type ChangeRow, inOrder, insertReceived } from './change-rows.ts';
import type { Database, Db, Tx } from './database.ts';
import { across } from './handle.ts';
import { changeHash, place } from './rows.ts';
import { SealError } from './seal.ts';
import { statement, statementOfMany } from './statement.ts';

/** So many at once for one account are a flood: fewer have rows of their own as quickly. */
const floodFrom = 8;
/** So many share a row at most: telling them apart takes milliseconds. */
const shareAtMost = 64;
/** Where those that share a row are put together: room that is made anew each time is most of what a flood leaves to be collected. Bytes. */
const roomBytes = 384 * 1_024;
/** What another process left behind is looked for as often, milliseconds. */
const lookEvery = 3_000;

/** A change that was told apart, new or known. */
export interface Told extends ChangeRow {
  receivedAt: number;
  /** As it came. */
  raw: Uint8Array;
}

export interface Arrivals {
  /** Those that will share rows, and the rest. */
  sort(arrivals: readonly Arrival[]): { together: Arrival[][]; rest: Arrival[] };
  keep(on: Db, together: readonly (readonly Arrival[])[]): Promise<void>;
  /** Once that is committed: whoever looked before saw none of it. */
  kept(): void;
  /**
   * Gives each change of one row a row of its own, unless it is known, one account after the other; answers them, and which were written. Null where none waits. While a turn has `isBusy` enough to
   * fold, only what nothing older of its account waits before.
   */
  tellApart(tx: Tx, isBusy: boolean): Promise<{ came: Told[]; written: { id: string }[] } | null>;
}

export function arrivalStore(
  { seal, engine }: Database,
  newId: () => string,
  log: Pick<Logger, 'error'> | undefined,
): Arrivals {
  /** Nobody is asked where nothing can be: this process has kept nothing since it looked last. */
  let mayWait = true;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** The last account that was served. */
  let servedUpTo = '';
  /** Made with the first flood. */
  let room: Buffer | null = null;

  /** What is shared has to be known by its account alone, and nobody waits to hear whether it was new. */
  function sort(arrivals: readonly Arrival[]) {
    const rest: Arrival[] = [];
    const together: Arrival[][] = [];
    const byAccount = Map.groupBy(arrivals, ({ source, connectionId }) => (source === 'hook' ? connectionId : null));
    for (const [account, theirs] of byAccount) {
      if (account === null || theirs.length < floodFrom) rest.push(...theirs);
      else for (let i = 0; i < theirs.length; i += shareAtMost) together.push(theirs.slice(i, i + shareAtMost));
    }
    return { together, rest };
  }

  async function keep(on: Db, together: readonly (readonly Arrival[])[]): Promise<void> {
    const rows = together.map((arrivals) => {
      const id = newId();
      const { installationId, connectionId } = arrivals[0]!;
      room ??= Buffer.allocUnsafeSlow(roomBytes);
      const body = seal.packMany(packed(arrivals, newId, room), place.arrivals(installationId, id));
      return { installationId, id, connectionId, changes: arrivals.length, body };
    });
    await insertArrivals(on, rows);
  }

  async function tellApart(tx: Tx, isBusy: boolean) {
    if (!mayWait && performance.now() - lookedAt < lookEvery) return null;
    // Before the look: what is kept meanwhile is not in it.
    mayWait = false;
    lookedAt = performance.now();
    const found = (await next(tx, servedUpTo)) ?? (servedUpTo === '' ? undefined : await next(tx, ''));
    if (!found) return null;
    mayWait = true;
    servedUpTo = found.connection_id;
    const named = { installationId: found.installation_id, id: found.id };
    if (isBusy && (await waitsToBeFolded(tx, { connectionId: found.connection_id, before: found.id })).length > 0)
      return null;
    const [row] = await whole(tx, named);
    const came = row ? opened(row) : [];
    if (!came) {
      await setAside(tx, named);
      return { came: [], written: [] };
    }
    const written = await insertReceived(tx, inOrder([...came]));
    await dropArrivals(tx, named);
    return { came, written };
  }

  /** Null where it was sealed with a lost key, or is damaged: it waits for whoever starts the app with that key (see `openDatabase`). */
  function opened(row: Row): Told[] | null {
    const { installation_id: installationId, connection_id: connectionId } = row;
    try {
      return unpacked(seal.openBytes(row.body, place.arrivals(installationId, row.id))).map(
        ({ key, raw, ...each }) => ({
          ...each,
          installationId,
          connectionId,
          hash: changeHash(connectionId, key),
          body: seal.close(raw, place.change(installationId, each.id)),
          receivedAt: row.received_at,
          raw,
        }),
      );
    } catch (error) {
      const why = error instanceof SealError ? error.message : 'damaged';
      log?.error({ arrivals: row.id, changes: row.changes, why }, 'changes that came together cannot be read');
      return null;
    }
  }

  const next = async (tx: Tx, after: string) =>
    (await (engine.skipsLocked ? nextUnlockedArrivals : nextArrivals)(tx, { after }))[0];

  const insertArrivals = statementOfMany((db: Db, rows: (Parcel & { body: Buffer })[]) =>
    db.insertInto('arrivals').values(
      rows.map((row) => ({
        installation_id: row.installationId,
        id: row.id,
        connection_id: row.connectionId,
        changes: row.changes,
        unread: 0,
        received_at: engine.now,
        body: row.body,
      })),
    ),
  );

  const kept = () => {
    mayWait = true;
  };

  return { sort, keep, kept, tellApart };
}

interface Named {
  installationId: string;
  id: string;
}
type Parcel = Named & { connectionId: string; changes: number };

const waiting = (db: Db, after: string) =>
  across(db, 'worker')
    .selectFrom('arrivals')
    .select(['installation_id', 'id', 'connection_id'])
    .where('unread', '=', 0)
    .where('connection_id', '>', after)
    .orderBy('connection_id')
    .orderBy('id')
    .limit(1);
const nextArrivals = statement((db, { after }: { after: string }) => waiting(db, after));
const nextUnlockedArrivals = statement((db, { after }: { after: string }) =>
  waiting(db, after).forUpdate().skipLocked(),
);
const whole = statement((db: Db, { installationId, id }: Named) =>
  db.selectFrom('arrivals').selectAll().where('installation_id', '=', installationId).where('id', '=', id),
);
type Row = Awaited<ReturnType<typeof whole>>[number];
/** One of those changes of an account that wait to be folded. */
export const waitingOf = (db: Db, { connectionId }: { connectionId: string }) =>
  across(db, 'worker')
    .selectFrom('change')
    .select('id')
    .where('folded_at', 'is', null)
    .where('connection_id', '=', connectionId)
    // By the index of those that wait: the one by account alone leads through all that ever came for it.
    .orderBy('connection_id')
    .orderBy('id')
    .limit(1);
const waitsToBeFolded = statement((db, of: { connectionId: string; before: string }) =>
  waitingOf(db, of).where('id', '<', of.before),
);

const dropArrivals = statement((db: Db, { installationId, id }: Named) =>
  db.deleteFrom('arrivals').where('installation_id', '=', installationId).where('id', '=', id),
);
const setAside = statement((db: Db, { installationId, id }: Named) =>
  db.updateTable('arrivals').set({ unread: 1 }).where('installation_id', '=', installationId).where('id', '=', id),
);

type Unpacked = Pick<Told, 'id' | 'event' | 'source' | 'signedAt' | 'signatureAge' | 'raw'> & { key: string };
type Listed = [
  id: string,
  event: string,
  key: string,
  signedAt: number | null,
  signatureAge: Arrival['signatureAge'],
  bytes: number,
];

/** Four bytes say how long the list is, the list what each is and how long its body; then the bodies. In the room there is, where that is enough. */
function packed(arrivals: readonly Arrival[], newId: () => string, room: Buffer): Buffer {
  const bodies = arrivals.map(({ body }) => (typeof body === 'string' ? Buffer.from(body) : body));
  const list = Buffer.from(
    JSON.stringify(
      arrivals.map(
        ({ event, key, signedAt, signatureAge }, i): Listed => [
          newId(),
          event,
          key,
          signedAt,
          signatureAge,
          bodies[i]!.length,
        ],
      ),
    ),
  );
  const size = bodies.reduce((sum, { length }) => sum + length, 4 + list.length);
  const bytes = size <= room.length ? room.subarray(0, size) : Buffer.allocUnsafe(size);
  let end = bytes.writeUInt32BE(list.length);
  for (const part of [list, ...bodies]) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** Throws where it is not what `packed` made. */
export function unpacked(bytes: Buffer): Unpacked[] {
  const start = 4 + bytes.readUInt32BE(0);
  let end = start;
  return (JSON.parse(bytes.toString('utf8', 4, start)) as Listed[]).map(
    ([id, event, key, signedAt, signatureAge, length]) => {
      const from = end;
      end += length;
      return { id, event, key, source: 'hook', signedAt, signatureAge, raw: bytes.subarray(from, end) };
    },
  );
}
