// Looks at a live database for what should never be, and names it with its cure; it only reads, and tells no secret and no invitee.

import { type RawBuilder, sql } from 'kysely';
import { ofAnother } from '../booking/intake.ts';
import { imbalance, type Ledger } from '../delivery/ledger.ts';
import { Refusal } from '../errors.ts';
import { chainProblem } from './audit-chain.ts';
import { readingSeal } from './data-keys.ts';
import type { Db, Tx } from './database.ts';
import type { Engine } from './engine.ts';
import { across, handleOn } from './handle.ts';
import { keyCensus } from './key-census.ts';
import { leaseMs } from './lanes.ts';
import { ledgerOf } from './ledger.ts';
import { type RowSecurity, rowSecurityOf } from './row-security.ts';
import { ownerOf, place } from './rows.ts';
import { keyIdFor, type Seal, SealError } from './seal.ts';
import { readTally, type Tally } from './tally.ts';
import { readingEngine } from './which-engine.ts';

/** Whole sentences. */
export interface Finding {
  what: string;
  cure: string;
}

export interface CheckUp {
  engine: Engine['name'];
  /** The database's clock minus this machine's, milliseconds. */
  clockMs: number;
  /** Null where there is none: the embedded database is one process's own. */
  rowSecurity: RowSecurity | null;
  findings: Finding[];
  ledger: Ledger;
}

export interface CheckUpSettings {
  url: string | null;
  folder: string;
  keys: readonly Uint8Array[];
  /** Can Calendly call us? Then every working account needs a hook. */
  hasPublicUrl: boolean;
  /** Of the permissions the app cannot do without, those that were not given. */
  lacking: (granted: readonly string[]) => string[];
  /** The schedule's period, milliseconds. */
  checkEveryMs: number;
}

const minute = 60_000;
/** Secrets of each kind that are opened. */
const sample = 20;
const running = 'See that the app runs (npm start), and what its log says';

/** Opens the database beside the app and looks at one snapshot of it. Throws a Refusal where there is none, or none of ours. */
export async function checkUp(settings: CheckUpSettings): Promise<CheckUp> {
  const engine = await readingEngine(settings);
  const db = across(handleOn(engine), 'operator');
  try {
    await engine.restrain(db, 'reader');
    const before = Date.now();
    const now = await engine.readNow(db);
    const clockMs = now - Math.round((before + Date.now()) / 2);
    const unsafe = await unsafeSettings(db, engine);
    const begin =
      engine.name === 'postgresql' ? db.transaction().setIsolationLevel('repeatable read') : db.transaction();
    return await begin.execute(async (tx) => {
      if (!(await hasTables(tx)))
        throw new Refusal('This database has no tables of the app’s yet. Start the app once: npm start.', {
          code: 'no_tables',
        });
      const tally = await readTally(tx, null);
      const seal = await readingSeal(tx, engine, settings.keys);
      const rowSecurity = engine.name === 'postgresql' ? await rowSecurityOf(tx) : null;
      const findings = [
        ...unsafe,
        ...unsecured(rowSecurity),
        ...(await intake(tx, now)),
        ...(await lanes(tx, now)),
        ...(await rows(tx, now)),
        ...(await secrets(tx, seal)),
        ...(await ownKeys(tx, settings.keys, now)),
        ...(await records(tx, seal)),
        ...(await accounts(tx, now, settings)),
        ...(await tallies(tx, tally)),
      ];
      return { engine: engine.name, clockMs, rowSecurity, findings, ledger: ledgerOf(tally) };
    });
  } finally {
    await db.destroy();
    engine.release();
  }
}

async function unsafeSettings(db: Db, engine: Engine): Promise<Finding[]> {
  try {
    await engine.refuseUnsafeSettings(db);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [{ what: error.message, cure: 'The app refuses to start like this.' }];
  }
  if (engine.name === 'postgresql') return [];
  const { rows: modes } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db);
  const mode = modes[0]?.journal_mode;
  return mode === 'wal'
    ? []
    : [
        {
          what: `The database keeps its journal as “${mode}”, not as “wal”.`,
          cure: 'Start the app once: it sets this.',
        },
      ];
}

function unsecured(found: RowSecurity | null): Finding[] {
  if (found === null) return [];
  const { open, passes } = found;
  return [
    ...(open.length > 0
      ? [
          {
            what: `Row-level security is not in force on ${count(open.length, 'table')}: ${open.join(', ')}.`,
            cure: 'Somebody switched it off by hand: ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; or put a backup in its place.',
          },
        ]
      : []),
    ...(passes
      ? [
          {
            what: 'The user in DATABASE_URL passes row-level security by.',
            cure: 'Start the app once (npm start): it makes a role that does not, or says what to do.',
          },
        ]
      : []),
  ];
}

async function hasTables(tx: Tx): Promise<boolean> {
  const names = (await tx.introspection.getTables()).map((table) => table.name);
  return ['change', 'arrivals', 'delivery', 'lane', 'tally', 'data_key'].every((name) => names.includes(name));
}

/** Rows a condition holds for; nothing when there are none. */
async function found(tx: Tx, from: RawBuilder<unknown>, say: (n: number) => Finding): Promise<Finding[]> {
  const { rows: counts } = await sql<{ n: number }>`select count(*) as n from ${from}`.execute(tx);
  const n = Number(counts[0]?.n ?? 0);
  return n === 0 ? [] : [say(n)];
}

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const does = (n: number, one: string, many: string) => (n === 1 ? one : many);

async function intake(tx: Tx, now: number): Promise<Finding[]> {
  return [
    ...(await found(tx, sql`arrivals where unread = 1`, (n) => ({
      what: `${count(n, 'bundle')} of messages from Calendly cannot be opened: ${does(n, 'it was', 'they were')} sealed with a key that ENCRYPTION_KEY does not hold, or ${does(n, 'is', 'are')} damaged.`,
      cure: 'Put the earlier key behind the present one, after a comma, and restart: ENCRYPTION_KEY=present,earlier. Otherwise what they told of is found in Calendly’s list: `/calendly verify`.',
    }))),
    ...(await found(tx, sql`arrivals where unread = 0 and received_at < ${now - minute}`, (n) => ({
      what: `${count(n, 'bundle')} of messages from Calendly ${does(n, 'waits', 'wait')} to be looked at for more than a minute.`,
      cure: `${running} of “folding failed”.`,
    }))),
    ...(await found(tx, sql`change where folded_at is null and received_at < ${now - minute}`, (n) => ({
      what: `${count(n, 'change')} ${does(n, 'waits', 'wait')} to be looked at for more than a minute.`,
      cure: `${running} of “folding failed”.`,
    }))),
    ...(await found(
      tx,
      sql`change where folded_at is not null and verdict like 'quarantined%' and verdict not like ${`quarantined: ${ofAnother}%`}`,
      (n) => ({
        what: `${count(n, 'change')} could not be read (quarantined).`,
        cure: 'The column “verdict” of the table “change” says why. Please report it.',
      }),
    )),
    ...(await found(
      tx,
      sql`change where folded_at is not null and verdict like ${`quarantined: ${ofAnother}%`}`,
      (n) => ({
        what: `${count(n, 'message')} came to the address of one account and ${does(n, 'was', 'were')} told for another (quarantined).`,
        cure: 'Calendly’s list was read instead, so no booking is missing. `/calendly verify` asks Calendly whom it names by now; if more come after that, somebody knows a hook’s secret address: `/calendly disconnect` and connect again, which makes a new one.',
      }),
    )),
  ];
}

/** How long after the end of a lease somebody should have taken over; milliseconds. */
const takeover = 45_000;

async function lanes(tx: Tx, now: number): Promise<Finding[]> {
  const here = sql`l.installation_id = d.installation_id and l.channel_id = d.channel_id`;
  const live = sql`exists (select 1 from installation i where i.id = d.installation_id and i.state = 'active')`;
  return [
    ...(await found(
      tx,
      sql`delivery d left join lane l on ${here} where d.due_at is not null and d.due_at < ${now - minute} and ${live}
        and (l.channel_id is null or (l.lease_until < ${now} and (l.due_at is null or l.due_at > d.due_at)))`,
      (n) => ({
        what: `${count(n, 'message')} ${does(n, 'is', 'are')} due in a channel that nobody will look at.`,
        cure: 'Anything new in that channel wakes it; `/calendly test` there is enough. Please report it.',
      }),
    )),
    ...(await found(
      tx,
      sql`delivery d left join lane l on ${here} where d.state = 'sending' and ${live} and (l.channel_id is null or l.lease_until < ${now - takeover})`,
      (n) => ({
        what: `${count(n, 'message')} ${does(n, 'was', 'were')} left half sent, and nobody took over.`,
        cure: `${running} of the database. Whoever takes over finds out what became of them, or asks their owners.`,
      }),
    )),
    ...(await found(tx, sql`lane where lease_until > ${now + leaseMs + 5_000}`, (n) => ({
      what: `${count(n, 'channel')} ${does(n, 'is', 'are')} held longer than a lease lasts: the database’s clock was set back.`,
      cure: 'Set the clock right. With SQLite a restart of the app frees them; otherwise they are free when that time has come.',
    }))),
    ...(await found(
      tx,
      sql`lane l join installation i on i.id = l.installation_id where i.state = 'active' and l.due_at < ${now - minute}
        and l.not_before < ${now - minute} and l.lease_until < ${now - takeover}`,
      (n) => ({
        what: `${count(n, 'channel')} ${does(n, 'has', 'have')} had messages due for more than a minute, and no worker came.`,
        cure: `${running}.`,
      }),
    )),
  ];
}

async function rows(tx: Tx, now: number): Promise<Finding[]> {
  return [
    ...(await found(
      tx,
      sql`booking b where not exists (select 1 from booking_uri u where u.installation_id = b.installation_id and u.booking_id = b.id)`,
      (n) => ({
        what: `${count(n, 'booking')} ${does(n, 'is', 'are')} known by no invitee: later changes would not find ${does(n, 'it', 'them')}.`,
        cure: 'Please report it. Their cards stay as they are.',
      }),
    )),
    ...(await found(
      tx,
      sql`delivery d where d.state <> 'shown' and d.state in ('due', 'held') and d.updated_at < ${now - minute} and d.ts is null
        and d.subscription_id is not null and not exists
          (select 1 from subscription s where s.installation_id = d.installation_id and s.id = d.subscription_id)`,
      (n) => ({
        what: `${count(n, 'message')} ${does(n, 'waits', 'wait')} for a subscription that is gone.`,
        cure: 'They will not be shown. If the channel should hear of bookings, type `/calendly subscribe` there.',
      }),
    )),
  ];
}

/** Opens the newest of each kind. */
async function secrets(tx: Tx, seal: Seal): Promise<Finding[]> {
  const sealed: [what: string, bytes: Uint8Array | null, where: string][] = [];
  for (const row of await tx.selectFrom('installation').select(['id', 'bot_token']).limit(sample).execute())
    sealed.push(['bot token', row.bot_token, place.botToken(row.id)]);
  for (const row of await tx
    .selectFrom('data_key')
    .select(['installation_id', 'generation', 'wrapped'])
    .orderBy('created_at', 'desc')
    .limit(sample)
    .execute())
    sealed.push(['key of a workspace', row.wrapped, place.dataKey(row.installation_id, row.generation)]);
  for (const row of await tx
    .selectFrom('connection')
    .select(['installation_id', 'id', 'token'])
    .where('state', '=', 'active')
    .limit(sample)
    .execute())
    sealed.push(['Calendly token', row.token, place.token(row.installation_id, row.id)]);
  for (const row of await tx
    .selectFrom('token_pair')
    .select(['installation_id', 'id', 'refresh'])
    .where('dead', 'is', null)
    .limit(sample)
    .execute())
    sealed.push(['Calendly sign-in', row.refresh, place.pairRefresh(row.installation_id, row.id)]);
  for (const row of await tx
    .selectFrom('hook')
    .select(['installation_id', 'id', 'signing_key'])
    .where('retired_at', 'is', null)
    .limit(sample)
    .execute())
    sealed.push(['signing key', row.signing_key, place.signingKey(row.installation_id, row.id)]);
  for (const row of await tx
    .selectFrom('change')
    .select(['installation_id', 'id', 'body'])
    .orderBy('received_at', 'desc')
    .limit(sample)
    .execute())
    sealed.push(['change', row.body, place.change(row.installation_id, row.id)]);
  for (const row of await tx
    .selectFrom('booking')
    .select(['installation_id', 'id', 'state'])
    .orderBy('ends_at', 'desc')
    .limit(sample)
    .execute())
    sealed.push(['booking', row.state, place.booking(row.installation_id, row.id)]);
  for (const row of await tx
    .selectFrom('delivery')
    .select(['installation_id', 'id', 'body'])
    // Spelled out, for the index that leaves out what is shown; what is shown has no body.
    .where(sql<boolean>`state <> 'shown'`)
    .where('body', 'is not', null)
    .limit(sample)
    .execute())
    sealed.push(['notice', row.body, place.delivery(row.installation_id, row.id)]);
  const closed = new Map<string, number>();
  for (const [what, bytes, where] of sealed) {
    if (bytes === null || bytes.length === 0) continue;
    try {
      seal.open(bytes, where);
    } catch (error) {
      // Counted below, all of them.
      if (error instanceof SealError && error.isUnknownKey && ownerOf(where) !== null) continue;
      closed.set(what, (closed.get(what) ?? 0) + 1);
    }
  }
  return [...closed].map(([what, n]) => ({
    what: `${count(n, what)} of those I tried ${does(n, 'does', 'do')} not open with ENCRYPTION_KEY.`,
    cure: 'Put the earlier key behind the present one, after a comma; or the row was changed by hand.',
  }));
}

/** With whose key is sealed what is personal? */
async function ownKeys(tx: Tx, masters: readonly Uint8Array[], now: number): Promise<Finding[]> {
  const { alone, gone } = await keyCensus(tx, masters.map(keyIdFor), now);
  const which = [...gone].map(([what, n]) => `${n} × ${what}`).join(', ');
  return [
    ...(alone > 0
      ? [
          {
            what: `${count(alone, 'value')} of what is personal ${does(alone, 'is', 'are')} sealed with ENCRYPTION_KEY alone, not with the key of ${does(alone, 'its', 'their')} workspace.`,
            cure: `The app seals ${does(alone, 'it', 'them')} anew beside its work, in small steps, and looks for more each night. ${running}.`,
          },
        ]
      : []),
    ...(which === ''
      ? []
      : [
          {
            what: `What is personal cannot be opened where the key of its workspace is gone: ${which}.`,
            cure: 'The key was destroyed (a workspace that left, somebody who was erased), or did not come with a backup that was put back. What Calendly still lists comes back by itself within a day, the rest goes with its age. If the backup’s data-keys.json is somewhere, put the backup back with it.',
          },
        ]),
  ];
}

/** Who did what: each workspace's record is one chain. */
async function records(tx: Tx, seal: Seal): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, team_id } of await tx.selectFrom('installation').select(['id', 'team_id']).execute()) {
    let problem: string | null;
    try {
      problem = await chainProblem(tx, { seal }, id);
    } catch (error) {
      // With the wrong key nothing can be said; that is a finding of its own.
      if (!(error instanceof SealError)) throw error;
      continue;
    }
    if (problem !== null)
      findings.push({
        what: `The record of who did what in ${team_id} ${problem}.`,
        cure: 'Somebody changed the database by hand. Compare with a backup, and see who can reach the database.',
      });
  }
  return findings;
}

async function accounts(tx: Tx, now: number, settings: CheckUpSettings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { team_id, reason } of await tx
    .selectFrom('installation')
    .select(['team_id', 'reason'])
    .where('state', '<>', 'active')
    .execute())
    findings.push({
      what: `The workspace ${team_id} refuses the app. ${reason ?? ''}`.trim(),
      cure: 'Install the app there again, set SLACK_BOT_TOKEN to the new token, and start again.',
    });
  for (const { team_id, scopes } of await tx
    .selectFrom('installation')
    .select(['team_id', 'scopes'])
    .where('state', '=', 'active')
    .where('organization', 'is', null)
    .execute()) {
    // Slack has not said yet what it gave.
    const lacks = scopes === null ? [] : settings.lacking(scopes.split(','));
    if (lacks.length > 0)
      findings.push({
        what: `In the workspace ${team_id} Slack did not give the app what it needs: ${lacks.join(', ')}.`,
        cure: 'See that the Slack app has these scopes (`npm run manifest`), then install it there once more.',
      });
  }
  const connections = await tx
    .selectFrom('connection')
    .select(['installation_id', 'id', 'state', 'connected_by', 'checked_at', 'created_at'])
    .where('state', '<>', 'disconnected')
    .execute();
  for (const connection of connections) {
    const name = `The Calendly account that ${connection.connected_by} connected`;
    if (connection.state === 'broken') {
      findings.push({
        what: `${name} does not work.`,
        cure: '`/calendly status` says why; `/calendly connect` mends it.',
      });
      continue;
    }
    // A check may be under way, and a period may be long.
    const patience = 2 * settings.checkEveryMs + 5 * minute;
    if (Math.max(connection.checked_at ?? 0, connection.created_at) < now - patience)
      findings.push({
        what: `${name} was last checked ${connection.checked_at === null ? 'never' : `${Math.round((now - connection.checked_at) / minute)} minutes ago`}.`,
        cure: `${running} of “the scheduled check failed”. VERIFY_SCHEDULE says how often it should be.`,
      });
    const hooks = await tx
      .selectFrom('hook')
      .select(['state', 'family', 'created_at'])
      .where('installation_id', '=', connection.installation_id)
      .where('connection_id', '=', connection.id)
      .where('state', '<>', 'retired')
      .execute();
    if (hooks.length === 0 && settings.hasPublicUrl && connection.created_at < now - 15 * minute)
      findings.push({ what: `${name} has no hook.`, cure: '`/calendly verify` makes one, or says why it cannot.' });
    for (const hook of hooks) {
      if (hook.state === 'active' || (hook.state === 'making' && hook.created_at > now - 15 * minute)) continue;
      findings.push({
        what: `${name}: its hook for ${hook.family === 'routing' ? 'routing forms' : 'bookings'} is “${hook.state}”.`,
        cure: 'The next check mends it; `/calendly verify` does it now. See that PUBLIC_URL can be reached from the internet.',
      });
    }
  }
  return findings;
}

/** The sums of the ledger, and the tallies against the rows themselves. */
async function tallies(tx: Tx, tally: Tally): Promise<Finding[]> {
  const state = sql`case when folded_at is null then 'pending' when verdict like 'shown:%' then 'shown' when verdict like 'suppressed:%' then 'suppressed'
    when verdict like 'folded:%' then 'folded' when verdict like 'kept:%' then 'kept' when verdict like 'quarantined:%' then 'quarantined' else 'unknown' end`;
  type Counted = { state: string; n: number };
  const changes = await sql<Counted>`select ${state} as state, count(*) as n from change group by 1`.execute(tx);
  const messages = await sql<Counted>`select state, count(*) as n from delivery group by state`.execute(tx);
  const differ = (counts: Counted[], tallied: Map<string, number>) =>
    counts.reduce((sum, row) => sum + Number(row.n), 0) !== (tallied.get('received') ?? 0) ||
    counts.some((row) => Number(row.n) !== (tallied.get(row.state) ?? 0));
  const off = imbalance(ledgerOf(tally));
  const wrong = [
    ...(off.changes !== 0 || differ(changes.rows, tally.change) ? ['changes'] : []),
    ...(off.messages !== 0 || differ(messages.rows, tally.message) ? ['messages'] : []),
  ];
  return wrong.map((what) => ({
    what: `The ledger’s figures of ${what} differ from the ${what} there are.`,
    cure: `The ${what} themselves are not touched by this, only what \`/calendly status\` and /metrics say. Please report it.`,
  }));
}
