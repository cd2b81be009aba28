// `connect`: a pasted Calendly token becomes a connection with its hook, or nothing at all and a sentence that says why.

import { Refusal } from '../errors.ts';
import type { Connection, Family, Group, Hook, Reach, Role } from './connection.ts';
import { pauseReasons } from './disconnect.ts';
import type { BondDeps } from './hook.ts';
import { cleanName, hookKeeper, isLive } from './hook.ts';
import { pairIn } from './pair.ts';
import { allowedByRole, allowedTo, isSameReach, itself, noLongerAllowed, reachOf } from './reach.ts';
import { reminderKey } from './reminders.ts';

export interface Connected {
  connection: Connection;
  /** True when this Calendly account was connected here before: its token is replaced, its subscriptions stay. */
  replaced: boolean;
  /**
   * Why the scope is what it is: owners and admins hear of the organization, who leads a group of its meetings, members of their own, and whoever does
   * not lead the workspace (`asker`) of no more than that either; or somebody chose it.
   */
  scopeReason: 'owner' | 'admin' | 'group' | 'member' | 'asker' | 'chosen';
  /** Groups that this account leads and is not asked about: a person may choose one of them instead. */
  otherGroups: Group[];
  hook: 'registered' | 'kept' | 'none';
  /** Sentences for the person, each with what to do next. */
  notes: string[];
}

interface Asked {
  installationId: string;
  slackUser: string;
  /** May connect a whole organization; others only what is theirs. */
  leads: boolean;
  token: string;
}

export interface Connector {
  /** Throws Refusal or Outage; then everything is as it was before. */
  withToken(input: Asked): Promise<Connected>;
  /** The same for somebody who signed in; `token` names the pair. */
  withSignIn(input: Asked): Promise<Connected>;
  /** What this account may tell of, by Calendly's word at this moment; the widest first. Throws Refusal, Outage. */
  reaches(connection: Connection): Promise<Reach[]>;
  /** Has it tell of that from now on, with a hook of that scope; its subscriptions stay. Throws Refusal or Outage; then everything is as it was before. */
  setReach(installationId: string, connectionId: string, reach: Reach): Promise<Connected>;
  /** Sees to a hook for routing forms; throws Refusal (with the cure) where the account or our address does not allow one. */
  ensureFamily(connection: Connection, family: Family): Promise<void>;
}

type Facts = Omit<
  Connection,
  'installationId' | 'id' | 'createdAt' | 'checkedAt' | 'checkResult' | 'lastChangeAt' | 'label'
>;

/** What a connection attempt has done so far, so that it can be taken back or finished. */
interface Attempt {
  connection: Connection;
  previous: Connection | null;
  /** Calendly would tell of more than this account's own meetings, but whoever asks may not have that here. */
  isHeldBack: boolean;
  /** Somebody asks for just this scope: another one would be no answer. */
  isAsked: boolean;
  /** Whether it leads a group could not be found out. */
  hidesGroups: boolean;
  otherGroups: Group[];
  made: Hook[];
  superseded: Hook[];
  notes: string[];
}

const noAddress =
  'I have no public address, so Calendly cannot call me: I ask it every minute instead, and a card comes a minute or two late. To hear at once, ask whoever runs this app to set PUBLIC_URL; I then register the hook by myself.';
const formsNeedAddress =
  'Calendly tells of routing forms only by calling me, and I have no public address. Ask whoever runs this app to set PUBLIC_URL, then subscribe again.';

export function connector(deps: BondDeps): Connector {
  const { store, calendly, publicUrl, clock, log } = deps;
  const hooks = hookKeeper(deps);
  const inTurn = oneAtATime();

  async function withToken(input: Asked): Promise<Connected> {
    const token = input.token.trim();
    // The name of somebody's sign-in is no secret, and must open nothing here.
    if (pairIn(token) !== null) throw notAToken();
    return await withSignIn({ ...input, token });
  }

  async function withSignIn(input: Asked): Promise<Connected> {
    const { token } = input;
    const me = await calendly.me(token);
    const role = await calendly.role(token, { user: me.uri, organization: me.organization });
    const organizationName = await calendly.organizationName(token, me.organization);
    const facts = {
      userUri: me.uri,
      userName: me.name,
      userEmail: me.email,
      organizationUri: me.organization,
      organizationName,
      role,
      token,
      state: 'active' as const,
      reason: null,
      connectedBy: input.slackUser,
      // Whoever stood in for it goes back to its own.
      standIn: null,
      troubleSince: null,
      reminded: 0,
    };
    // Two clicks of one person must not make two connections.
    return await inTurn(`${input.installationId} ${me.uri}`, () => bindAt(input.installationId, facts, input.leads));
  }

  /** Says whose meetings it is about, and binds it to them. */
  async function bindAt(installationId: string, about: Omit<Facts, keyof Reach | 'isChosen'>, leads: boolean) {
    const previous = await store.connectionOf(installationId, about.userUri);
    // A new token from whoever connected more than an account's own meetings takes nothing from those who follow them.
    const stands = previous !== null && previous.state !== 'disconnected' && previous.scope !== 'user';
    if (stands && !leads && previous.connectedBy !== about.connectedBy) throw forAdmins(previous);
    // Owners and admins hear of everybody; whoever may not bring in a group is not asked about one.
    const asksGroups = about.role === 'user' && (leads || stands);
    const allowed = asksGroups ? await allowedTo(calendly, about) : allowedByRole(about);
    const { reach, isHeldBack, others } = reachOf(allowed, previous, about.role, { mayWiden: leads || stands });
    const isChosen = previous?.isChosen === true && isSameReach(previous, reach);
    const hidesGroups = asksGroups && allowed.hidesGroups;
    const how = { isHeldBack, isAsked: false, hidesGroups, otherGroups: leads ? others : [] };
    return await bind(installationId, previous, { ...about, ...reach, isChosen }, how);
  }

  async function bind(
    installationId: string,
    previous: Connection | null,
    facts: Facts,
    how: Pick<Attempt, 'isHeldBack' | 'isAsked' | 'hidesGroups' | 'otherGroups'>,
  ): Promise<Connected> {
    const fresh = {
      installationId,
      id: deps.newId(),
      createdAt: clock.now(),
      checkedAt: null,
      checkResult: null,
      lastChangeAt: null,
      label: null,
    };
    const attempt: Attempt = {
      connection: { ...(previous ?? fresh), ...facts },
      previous,
      made: [],
      superseded: [],
      notes: [],
      ...how,
    };
    // Kept before the hook is made: if the process dies in between, the scheduled check finds both and finishes the work.
    if (previous === null) await store.addConnection(attempt.connection);
    else await store.updateConnection(installationId, previous.id, facts);
    try {
      const hook = await hookAll(attempt);
      await resume(attempt);
      await letGo(attempt);
      await catchUp(attempt);
      await store.withdraw(installationId, reminderKey(attempt.connection.id));
      if (previous !== null && previous.token !== facts.token) await discardOld(previous);
      return {
        connection: attempt.connection,
        replaced: previous !== null,
        scopeReason: reasonOf(attempt),
        otherGroups: attempt.otherGroups,
        hook,
        notes: attempt.notes,
      };
    } catch (error) {
      await takeBack(attempt);
      throw error;
    }
  }

  /** The account works with its new token by now, so this undoes nothing; a pair that nobody uses is cleared away later. */
  async function discardOld({ id, token }: Connection): Promise<void> {
    try {
      await deps.signedIn?.tokens.discard(token, 'replaced');
    } catch (error) {
      log?.error({ connectionId: id, err: error }, 'a sign-in that was replaced could not be cleared away');
    }
  }

  /** The hook of meetings must be there; one of routing forms comes back with those who had it, and its failure is only a note. */
  async function hookAll(attempt: Attempt): Promise<Connected['hook']> {
    if (publicUrl === null) {
      attempt.notes.push(noAddress);
      return 'none';
    }
    const rows =
      attempt.previous === null ? [] : await store.hooks(attempt.connection.installationId, attempt.connection.id);
    const result = await hookMeetings(attempt, rows, publicUrl);
    const forms = rows.filter((row) => row.family === 'routing');
    if (attempt.connection.scope !== 'organization' && forms.some(isLive)) {
      attempt.superseded.push(...forms.filter(isLive));
      attempt.notes.push(
        'Routing forms do not come in any more. Calendly tells of them only for a whole organization.',
      );
    } else if (forms.length > 0 && attempt.connection.scope === 'organization') {
      try {
        await keepOrMake(attempt, 'routing', rows, publicUrl);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        attempt.notes.push(`Routing forms do not come in any more. ${error.message}`);
      }
    }
    attempt.notes.push(...whatIsNotHeard(attempt));
    return result;
  }

  async function hookMeetings(attempt: Attempt, rows: Hook[], address: URL): Promise<'registered' | 'kept'> {
    try {
      return await keepOrMake(attempt, 'invitee', rows, address);
    } catch (error) {
      const { installationId, id, scope, role } = attempt.connection;
      const refusedByRole = error instanceof Refusal && error.code === 'role_needed' && scope !== 'user';
      if (!refusedByRole || attempt.isAsked) throw error;
      attempt.notes.push(
        scope === 'group'
          ? 'Calendly refused a hook for the group.'
          : `Calendly calls this account ${roleWords[role]}, but refused a hook for the whole organization.`,
      );
      const less = { ...itself, isChosen: false };
      attempt.connection = { ...attempt.connection, ...less };
      await store.updateConnection(installationId, id, less);
      return await keepOrMake(attempt, 'invitee', rows, address);
    }
  }

  async function keepOrMake(
    attempt: Attempt,
    family: Family,
    rows: Hook[],
    address: URL,
  ): Promise<'registered' | 'kept'> {
    const { connection, previous } = attempt;
    const live = rows.filter((row) => row.family === family && isLive(row));
    const sameReach =
      previous !== null && isSameReach(previous, connection) && previous.organizationUri === connection.organizationUri;
    let kept: Hook | null = null;
    for (const row of sameReach ? live : []) {
      const { health } = await hooks.look(connection, row, address);
      if (health === 'well' || health === 'retrying') kept = row;
    }
    if (kept === null) attempt.made.push(await hooks.make(connection, family, address));
    // Only let go at the very end: until then, an old hook is better than none.
    attempt.superseded.push(...live.filter((row) => row !== kept));
    return kept === null ? 'registered' : 'kept';
  }

  async function resume({ connection, notes }: Attempt): Promise<void> {
    let count = 0;
    for (const reason of Object.values(pauseReasons)) {
      count += await store.resumeSubscriptions(connection.installationId, connection.id, reason);
    }
    if (count > 0)
      notes.push(count === 1 ? 'One paused subscription runs again.' : `${count} paused subscriptions run again.`);
  }

  /** Who comes with a new token has missed something perhaps; who hears of more than before must not get all that was before. */
  async function catchUp({ connection, previous }: Attempt): Promise<void> {
    const goesOn =
      previous !== null &&
      previous.state !== 'disconnected' &&
      isSameReach(previous, connection) &&
      previous.organizationUri === connection.organizationUri;
    await (goesOn ? deps.catchUp?.lookAgain(connection, 'connected') : deps.catchUp?.connected(connection));
  }

  async function letGo({ connection, superseded }: Attempt): Promise<void> {
    for (const hook of superseded) await hooks.release(connection, hook);
  }

  /** Everything as it was before; whatever of it fails is logged, since the person must hear the first cause. */
  async function takeBack({ connection, previous, made }: Attempt): Promise<void> {
    const { installationId, id } = connection;
    try {
      for (const hook of made) await hooks.undo(connection, hook);
      if (previous === null || previous.state === 'disconnected') {
        // Nobody would check on these later: what is still `making` here has no future.
        for (const row of await store.hooks(installationId, id)) {
          if (row.state === 'making') await hooks.undo(connection, row);
        }
      }
      if (previous === null) return await store.removeConnection(installationId, id);
      const { installationId: _installation, id: _id, createdAt: _created, lastChangeAt: _last, ...before } = previous;
      await store.updateConnection(installationId, id, before);
    } catch (error) {
      log?.error({ connectionId: id, err: error }, 'could not take back a failed connection');
    }
  }

  const reaches = async (connection: Connection): Promise<Reach[]> => {
    mustWork(connection);
    const role = await calendly.role(connection.token, {
      user: connection.userUri,
      organization: connection.organizationUri,
    });
    return (await allowedTo(calendly, { ...connection, role })).reaches;
  };

  async function setReach(installationId: string, connectionId: string, reach: Reach): Promise<Connected> {
    const { userUri } = (await store.connection(installationId, connectionId)) ?? { userUri: '' };
    return await inTurn(`${installationId} ${userUri}`, async () => {
      const connection = await store.connection(installationId, connectionId);
      if (connection === null) throw doesNotWork();
      const allowed = (await reaches(connection)).find((each) => isSameReach(each, reach));
      if (!allowed) throw noLongerAllowed();
      const { id: _id, installationId: _installation, ...facts } = connection;
      const how = { isHeldBack: false, isAsked: true, hidesGroups: false, otherGroups: [] };
      return await bind(installationId, connection, { ...facts, ...allowed, isChosen: true }, how);
    });
  }

  async function ensureFamily(connection: Connection, family: Family): Promise<void> {
    if (connection.state !== 'active') throw doesNotWork();
    if (publicUrl === null) throw new Refusal(formsNeedAddress, { code: 'no_public_url' });
    if (family === 'routing' && connection.scope !== 'organization') {
      throw new Refusal(
        'Calendly tells of routing forms only for a whole organization. Ask an owner or admin of the Calendly organization to type {command} connect, then subscribe again.',
        { code: 'role_needed' },
      );
    }
    const address = publicUrl;
    await inTurn(`${connection.installationId} ${connection.userUri}`, async () => {
      const rows = await store.hooks(connection.installationId, connection.id);
      // Whether it is well is the scheduled check's business.
      if (rows.some((row) => row.family === family && isLive(row))) return;
      try {
        await hooks.make(connection, family, address);
      } catch (error) {
        throw isShortSignIn(error, connection) ? formsNotAllowed() : error;
      }
    });
  }

  return { withToken, withSignIn, reaches, setReach, ensureFamily };
}

/** Whoever stands in for an account has not its groups. */
function mustWork({ state, standIn }: Connection): void {
  if (state !== 'active' || standIn !== null) throw doesNotWork();
}

const doesNotWork = () =>
  new Refusal('This Calendly connection does not work at the moment. Type {command} connect first.', {
    code: 'not_connected',
  });

const forAdmins = ({ scope }: Connection) =>
  new Refusal(
    scope === 'group'
      ? 'This account is connected for a group, so only a workspace admin or app manager can connect it again. Please ask one of them.'
      : 'This account is connected for the whole organization, so only a workspace admin or app manager can connect it again. Please ask one of them.',
    { code: 'admins_only' },
  );

const groupsHidden =
  'If this account leads a group at Calendly, I can hear of its meetings as well: type {command} connect groups, which asks for the permission groups:read.';

const ownAlone = ({ isHeldBack }: Attempt) =>
  isHeldBack
    ? 'I hear only of the meetings of this account. For those of everybody, a workspace admin or app manager has to connect it.'
    : 'I hear only of the meetings of this account. For those of everybody, an owner or admin of the Calendly organization has to type {command} connect.';

/** What else there would be to hear of, and what to do for it. */
function whatIsNotHeard(attempt: Attempt): string[] {
  const { scope, role, isChosen } = attempt.connection;
  const { otherGroups, hidesGroups } = attempt;
  const notes = scope === 'user' && !isChosen ? [ownAlone(attempt)] : [];
  if (scope === 'user' && hidesGroups) notes.push(groupsHidden);
  if (role !== 'user' || otherGroups.length === 0) return notes;
  const cure =
    otherGroups.length === 1
      ? 'To hear of that group instead, type {command} status and press “What I hear of”.'
      : 'To hear of one of these groups instead, type {command} status and press “What I hear of”.';
  return [...notes, `At Calendly this account leads: ${namesOf(otherGroups)}. ${cure}`];
}

/** So many are named. */
const mostNamed = 5;
const namesOf = (groups: readonly Group[]) =>
  [...groups.slice(0, mostNamed).map(({ name }) => cleanName(name)), ...(groups.length > mostNamed ? ['…'] : [])].join(
    ', ',
  );

/** Signing in asks for routing forms only where somebody wants them. */
const isShortSignIn = (error: unknown, { token }: Connection): boolean =>
  error instanceof Refusal && error.code === 'scopes_missing' && pairIn(token) !== null;

function formsNotAllowed(): Refusal {
  return new Refusal(
    'This account was connected without the permission to read routing forms (routing_forms:read), since nobody had asked for them. Type {command} connect forms, sign in again, and then subscribe again; all else goes on as it is.',
    { code: 'scopes_missing' },
  );
}

function notAToken(): Refusal {
  return new Refusal(
    'That is not a Calendly token. Copy the whole token once more, then type {command} connect again.',
    {
      code: 'token_invalid',
    },
  );
}

function reasonOf({ connection: { scope, role, isChosen }, isHeldBack }: Attempt): Connected['scopeReason'] {
  if (isHeldBack) return 'asker';
  if (isChosen) return 'chosen';
  if (scope === 'user') return 'member';
  if (scope === 'group') return 'group';
  return role === 'owner' ? 'owner' : 'admin';
}

const roleWords: Record<Role, string> = { owner: 'an owner', admin: 'an admin', user: 'a member' };

/** Runs what has the same key one after the other. */
function oneAtATime() {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
