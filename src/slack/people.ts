// Who in Slack is the host with this e-mail address? Asks Slack once, remembers the answer, and never keeps a card waiting for long.

import { request } from 'undici';
import { z } from 'zod';
import { Outage, Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';

/** What is kept, by the installation and the address in lower case. */
export interface PeopleMemory {
  known(
    installationId: string,
    addresses: readonly string[],
  ): Promise<Map<string, { userId: string | null; setBy: string | null; ageMs: number }>>;
  learned(installationId: string, address: string, userId: string | null): Promise<void>;
  set(person: { installationId: string; address: string; userId: string | null; by: string }): Promise<void>;
  forget(installationId: string, address: string): Promise<boolean>;
  pairs(installationId: string, count: number): Promise<{ total: number; pairs: Pair[] }>;
  teamOf(installationId: string): Promise<string | null>;
}

/** Set by an admin. `userId` null: never to be called. `address` null: it cannot be read any more. */
export interface Pair {
  address: string | null;
  userId: string | null;
  by: string;
}

/** Whom an address belongs to, and who says so; `nobody knows` when Slack could not be asked. */
export type Answer =
  | { says: 'admin'; userId: string | null; by: string }
  | { says: 'slack'; userId: string | null }
  | { says: 'nobody knows' };

export interface People {
  /**
   * Slack user ids by address in lower case, of those who are known and may be called. Takes at most `patienceMs`; never throws: who is not found in
   * time is left out.
   */
  usersOf(installationId: string, addresses: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** For an admin who asks about one address. */
  personOf(installationId: string, address: string): Promise<Answer>;
  /** Asks Slack now whether people may be looked up by e-mail. */
  mayLookUp(installationId: string): Promise<'yes' | 'missing_scope' | 'unknown'>;
  /** Sets whom an address belongs to (null: nobody is to be called). Refuses people who cannot be called. */
  setPerson(person: { installationId: string; address: string; userId: string | null; by: string }): Promise<void>;
  /** Leaves an address to Slack again; false when no admin had set it. */
  forgetPerson(installationId: string, address: string): Promise<boolean>;
  pairs(installationId: string, count: number): Promise<{ total: number; pairs: Pair[] }>;
}

export interface PeopleOptions {
  memory: PeopleMemory;
  /** Slack's Web API, with a trailing slash. */
  apiUrl: URL;
  tokenOf(installationId: string): Promise<string | null>;
  log: Pick<Logger, 'info' | 'warn'>;
  /** The longest that a card waits. */
  patienceMs?: number;
  /** By a clock that only goes forward, milliseconds. */
  now?: () => number;
}

export const neededScope = 'users:read.email';

const day = 24 * 3_600_000;
/** People come and go: how long Slack's yes and no are believed, milliseconds. */
const yesMs = 7 * day;
const noMs = day;
/** Another process may have heard something newer. */
const rememberedMs = 60_000;
const mostRemembered = 5_000;
/** A collective meeting has a handful of hosts; more are named, not called. */
const mostHosts = 20;
/** An answer that comes too late for this card still serves the next. */
const callMs = 5_000;
/** How long Slack is not asked again: a scope is added by people, an outage ends by itself. */
const scopeQuietMs = 10 * 60_000;
const troubleQuietMs = 30_000;
/** Slack answers these of an address that nobody has. https://docs.slack.dev/reference/methods/users.lookupByEmail */
const unknownToSlack = new Set(['users_not_found', 'user_not_found']);
const limited = new Set(['ratelimited', 'rate_limited']);

const userShape = z.object({
  id: z.string().regex(/^[UW][A-Z0-9]{1,30}$/),
  team_id: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  is_email_confirmed: z.boolean().optional(),
});
const answerShape = z.object({ ok: z.boolean(), error: z.string().optional(), user: userShape.optional() });
type SlackUser = z.infer<typeof userShape>;

/** What Slack said, or why it said nothing of use. */
type Heard =
  | { kind: 'user'; user: SlackUser }
  | { kind: 'nobody' }
  | { kind: 'refused'; error: string }
  | { kind: 'missing_scope' }
  | { kind: 'trouble'; why: string; waitMs: number };

export function people(options: PeopleOptions): People & { close(): void } {
  const { memory, apiUrl, tokenOf, log, patienceMs = 1_500, now = () => performance.now() } = options;
  /** `undefined`: not known, and not to be asked about for now. */
  const remembered = new Map<string, { until: number; userId: string | null | undefined }>();
  const underWay = new Map<string, { answer: Promise<string | null | undefined>; inTime: Promise<void> }>();
  /** Installations whose Slack is not asked for now. */
  const quiet = new Map<string, { until: number; why: string }>();
  const closing = new AbortController();
  const keyOf = (installationId: string, address: string) => `${installationId} ${address}`;
  const isQuiet = (installationId: string) => (quiet.get(installationId)?.until ?? 0) > now();

  function remember(key: string, userId: string | null | undefined, forMs: number): void {
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(key, { userId, until: now() + forMs });
  }

  function beQuiet(installationId: string, why: string, forMs: number): void {
    if (closing.signal.aborted) return;
    if (!isQuiet(installationId) || quiet.get(installationId)?.why !== why) {
      const line = { installation: installationId, why };
      if (why === 'missing_scope') log.info({ ...line, needed: neededScope }, 'hosts are named, but not called');
      else log.warn(line, 'Slack could not say who a host is');
    }
    if (quiet.size >= mostRemembered) quiet.clear();
    quiet.set(installationId, { why, until: now() + forMs });
  }

  /** Asks who has an address, and draws the consequences for what is asked next. Never throws. */
  async function hear(installationId: string, address: string): Promise<Heard> {
    const heard = await call(installationId, 'users.lookupByEmail', { email: address });
    if (heard.kind === 'missing_scope') beQuiet(installationId, 'missing_scope', scopeQuietMs);
    else if (heard.kind === 'trouble') beQuiet(installationId, heard.why, heard.waitMs);
    return heard;
  }

  async function call(installationId: string, method: string, args: Record<string, string>): Promise<Heard> {
    try {
      const token = await tokenOf(installationId);
      if (!token) return { kind: 'trouble', why: 'no token', waitMs: troubleQuietMs };
      const response = await request(new URL(method, apiUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(args).toString(),
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(callMs)]),
      });
      const seconds = Number(response.headers['retry-after']);
      const waitMs = seconds > 0 ? Math.min(seconds * 1_000, scopeQuietMs) : troubleQuietMs;
      const text = await response.body.text();
      if (response.statusCode !== 200) return { kind: 'trouble', why: `HTTP ${response.statusCode}`, waitMs };
      const answer = answerShape.safeParse(JSON.parse(text));
      if (!answer.success) return { kind: 'trouble', why: 'an answer of no meaning', waitMs };
      const { ok, user, error = 'unknown_error' } = answer.data;
      if (ok) return user ? { kind: 'user', user } : { kind: 'nobody' };
      if (unknownToSlack.has(error)) return { kind: 'nobody' };
      if (error === 'missing_scope') return { kind: 'missing_scope' };
      return limited.has(error) ? { kind: 'trouble', why: error, waitMs } : { kind: 'refused', error };
    } catch (error) {
      return { kind: 'trouble', why: error instanceof Error ? error.name : 'unknown', waitMs: troubleQuietMs };
    }
  }

  /** One look-up of an address; `undefined` when nothing came of it. */
  async function lookUp(installationId: string, address: string): Promise<string | null | undefined> {
    const team = await memory.teamOf(installationId);
    const heard = await hear(installationId, address);
    if (heard.kind === 'refused') {
      // It may be about this one address: the others are still asked about.
      const slackError = /^\w{1,60}$/.test(heard.error) ? heard.error : 'not a code';
      log.warn({ installation: installationId, slackError }, 'Slack would not look a host up');
      return undefined;
    }
    if (heard.kind !== 'user' && heard.kind !== 'nobody') return undefined;
    const isTheirs = heard.kind === 'user' && heard.user.is_email_confirmed !== false;
    const userId = isTheirs && !hindrance(heard.user, team) ? heard.user.id : null;
    await memory.learned(installationId, address, userId);
    return userId;
  }

  /** One look-up at a time for an address, shared by all who ask; `inTime` ends when a card has to go. */
  function look(installationId: string, address: string) {
    const key = keyOf(installationId, address);
    const known = underWay.get(key);
    if (known) return known;
    const found = lookUp(installationId, address).catch((error: unknown) => {
      if (!closing.signal.aborted) log.warn({ err: error }, 'what Slack said of a host could not be kept');
      return undefined;
    });
    const answer = found.then((userId) => {
      // An admin may have set it meanwhile: then this is old news.
      if (underWay.get(key)?.answer !== answer) return undefined;
      underWay.delete(key);
      if (userId !== undefined) remember(key, userId, rememberedMs);
      else if (!isQuiet(installationId)) remember(key, undefined, troubleQuietMs);
      return userId;
    });
    const flight = { answer, inTime: within(patienceMs, answer) };
    underWay.set(key, flight);
    return flight;
  }

  /** Calls back with each that is found, as soon as it is. */
  async function resolve(
    installationId: string,
    addresses: string[],
    found: (address: string, userId: string) => void,
  ): Promise<void> {
    const unknown: string[] = [];
    for (const address of addresses) {
      const known = remembered.get(keyOf(installationId, address));
      if (!known || known.until <= now()) unknown.push(address);
      else if (known.userId) found(address, known.userId);
    }
    if (unknown.length === 0) return;
    const kept = await memory.known(installationId, unknown);
    await Promise.all(
      unknown.map(async (address) => {
        const known = kept.get(address);
        if (known && isGood(known)) {
          remember(keyOf(installationId, address), known.userId, rememberedMs);
          if (known.userId) found(address, known.userId);
        } else if (!isQuiet(installationId)) {
          const { answer, inTime } = look(installationId, address);
          void answer.then((userId) => userId && found(address, userId));
          // Whoever comes to a look-up that hangs waits for what is left of its time, not for all of it again.
          await inTime;
        }
      }),
    );
  }

  function changed(installationId: string, address: string): void {
    remembered.delete(keyOf(installationId, address));
    underWay.delete(keyOf(installationId, address));
  }

  return {
    async usersOf(installationId, addresses) {
      const found = new Map<string, string>();
      const wanted = [...new Set(addresses.map(normal).filter(isAddress))].slice(0, mostHosts);
      if (wanted.length === 0) return found;
      const work = resolve(installationId, wanted, (address, userId) => found.set(address, userId));
      await within(
        patienceMs,
        work.catch((error: unknown) => log.warn({ err: error }, 'it could not be found out who a host is')),
      );
      // What comes later is for the next card: this one is being written.
      return new Map(found);
    },

    async personOf(installationId, given) {
      const address = normal(given);
      const known = (await memory.known(installationId, [address])).get(address);
      if (known?.setBy) return { says: 'admin', userId: known.userId, by: known.setBy };
      const userId = known && isGood(known) ? known.userId : await look(installationId, address).answer;
      return userId === undefined ? { says: 'nobody knows' } : { says: 'slack', userId };
    },

    async mayLookUp(installationId) {
      const { kind } = await hear(installationId, 'nobody@example.com');
      if (kind === 'missing_scope') return 'missing_scope';
      if (kind === 'trouble' || kind === 'refused') return 'unknown';
      // Whoever has just added the scope need not wait until we would have looked again.
      quiet.delete(installationId);
      return 'yes';
    },

    async setPerson({ installationId, address, userId, by }) {
      if (userId !== null) {
        const team = await memory.teamOf(installationId);
        const heard = await call(installationId, 'users.info', { user: userId });
        if (heard.kind !== 'user' && heard.kind !== 'nobody')
          throw new Outage('Slack did not tell me who that is. Please try again in a minute.', {
            code: 'slack_unreachable',
          });
        const why = heard.kind === 'user' ? hindrance(heard.user, team) : 'Slack does not know that person here.';
        if (why)
          throw new Refusal(`${why} Pick somebody of this workspace, or \`none\` to call nobody.`, {
            code: 'not_callable',
          });
      }
      await memory.set({ installationId, address: normal(address), userId, by });
      changed(installationId, normal(address));
    },

    async forgetPerson(installationId, address) {
      const was = await memory.forget(installationId, normal(address));
      changed(installationId, normal(address));
      return was;
    },

    pairs: memory.pairs,
    close: () => closing.abort(),
  };
}

const normal = (address: string) => address.trim().toLowerCase();

/** Good enough to ask Slack about. */
export const isAddress = (text: string): boolean => text.length <= 254 && /^[^\s@<>|,;]+@[^\s@<>|,;]+$/.test(text);

/** A clock that was set back makes ages negative: then nobody knows. */
const isGood = ({ userId, setBy, ageMs }: { userId: string | null; setBy: string | null; ageMs: number }): boolean =>
  setBy !== null || (ageMs >= -60_000 && ageMs < (userId === null ? noMs : yesMs));

/** Why somebody is not to be called; null when nothing speaks against it. Slackbot is a bot that does not say so. */
function hindrance(user: SlackUser, team: string | null): string | null {
  if (user.deleted) return 'That account is deactivated.';
  if (user.is_bot || user.id === 'USLACKBOT') return 'That is an app, not a person.';
  // Somebody met in a shared channel bears the id of their own workspace.
  if (user.is_stranger || team === null || user.team_id !== team) return 'That person is of another workspace.';
  return null;
}

/** Ends with the work, or without it when the time is over. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, over]);
  clearTimeout(timer);
}
