// Every request to Calendly's API v2: which it is, what its answer holds, and (with failure.ts) what its failures mean.

import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Doing } from '../connection/acts.ts';
import type { Calendly, EventType, Group, ListedUnder, NewHook, RemoteHook, Role } from '../connection/connection.ts';
import type { Account, Lists } from '../connection/lists.ts';
import type { Member, Rosters } from '../connection/roster.ts';
import { cancelScope, forgetScope, groupScope, linkScope } from '../connection/scopes.ts';
import { Outage, Refusal } from '../errors.ts';
import type { Asked } from './failure.ts';
import { failureOf, failureOfSignIn, notUnderstood, refuseToken, unreachable } from './failure.ts';
import { foundInvitee, listedMeeting, sightingOf } from './messages.ts';
import { pace } from './pace.ts';

export interface CalendlyOptions {
  /** Where Calendly's API is: `CALENDLY_API_URL`. */
  baseUrl: URL;
  /** Milliseconds. `total` limits one attempt as a whole, so that an answer that trickles in cannot hold us for ever. */
  timeouts?: { connect?: number; headers?: number; body?: number; total?: number };
  /** Pauses before a GET is tried again, milliseconds. */
  retryAfterMs?: readonly number[];
  /** What to send for a connection's token, and what instead once Calendly has refused that. */
  tokenOf?: (token: string, refused?: string) => Promise<string>;
  log?: { debug(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Each request, for the metrics; `status` is null where no answer came. */
  onCall?: (call: { method: string; status: number | null; ms: number }) => void;
}

export interface CalendlyApi extends Calendly, Rosters {
  lists: Lists;
  doing: Doing;
  /** Every address of a meeting or an invitee that these ids can make, of both origins. */
  urisOf(ids: readonly string[]): string[];
  /** How long what nobody waits for holds back for the limit of this Calendly user, milliseconds; null: it need not. */
  stoppedFor(user: string): number | null;
  close(): Promise<void>;
}

interface Call extends Asked {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** Whose limit it uses up, as far as is known. */
  user?: string | undefined;
  /** Nobody waits for it. */
  background?: true;
}

interface Answer {
  status: number;
  /** Undefined when it was not JSON. */
  body: unknown;
  resetSeconds: string | undefined;
}

const calendlyOrigin = 'https://api.calendly.com';
const perPage = '100';
/** 10,000 rows: more than any account has, and few enough to be asked for within one minute's limit. */
const mostPages = 100;
const largestAnswer = 8 * 1024 * 1024;
/** Remembered at most. */
const mostTokens = 10_000;

const asks = {
  me: { doing: 'read its own profile', scopes: ['users:read'], takes: 'self' },
  organization: { doing: 'read the name of its organization', scopes: ['organizations:read'], takes: 'self' },
  role: { doing: 'read its role in the organization', scopes: ['organizations:read'], takes: 'self' },
  readHooks: { doing: 'look at its hooks', scopes: ['webhooks:read'], takes: 'admin' },
  deleteHook: { doing: 'delete a hook', scopes: ['webhooks:write'], takes: 'admin' },
  eventTypes: { doing: 'list its event types', scopes: ['event_types:read'], takes: 'admin' },
  members: { doing: 'list who is in its organization', scopes: ['organizations:read'], takes: 'admin' },
  groups: { doing: 'list its groups', scopes: [groupScope], takes: 'admin', isExtra: true, extra: 'groups' },
  meetings: { doing: 'list its meetings', scopes: ['scheduled_events:read'], takes: 'admin' },
  cancel: { doing: 'cancel this meeting', scopes: [cancelScope], takes: 'admin', isExtra: true, extra: 'cards' },
  noShow: { doing: 'mark who did not come', scopes: [cancelScope], takes: 'admin', isExtra: true, extra: 'cards' },
  link: { doing: 'make a single-use link', scopes: [linkScope], takes: 'admin', isExtra: true, extra: 'links' },
  forget: { doing: 'ask for the deletion of an invitee', scopes: [forgetScope], takes: 'admin', isExtra: true },
} satisfies Record<string, Asked>;
const takesGroupAdmin = { takes: 'group admin' } as const;

/** All that a token needs for this product, so that a person who must make a new one makes it once. */
const allScopes = ['scheduled_events:read', 'webhooks:write', 'users:read', 'organizations:read', 'event_types:read'];

/**
 * The Calendly edge. What it throws:
 * - `Refusal` token_v1, token_invalid, token_expired, token_revoked, sign_in_ended, scopes_missing, role_needed, plan_needed, hook_exists, not_found,
 *   bad_request, calendar_unreachable;
 * - what `tokenOf` throws;
 * - `Outage` rate_limited (with `retryAfterMs`), calendly_down (5xx, HTML), calendly_unreachable (network, time-outs).
 * It never throws `Gone`: whether a refused token was just pasted or has served for months is known to `connect` and `guard` alone, which
 * read the three codes token_invalid, token_expired and token_revoked as "this token is dead".
 * Only GETs are tried again by themselves (network, 5xx). URIs count only on Calendly's origin or `baseUrl`'s; requests are rebuilt from
 * their ids, and other URIs are treated as absent. No token ever stands in a message, a cause or a log line.
 */
export function calendlyApi(options: CalendlyOptions): CalendlyApi {
  const { baseUrl, log, timeouts = {}, retryAfterMs = [250, 1000], tokenOf = async (token: string) => token } = options;
  const agent = new Agent({
    // Many more than one account ever uses: whose calls hang must not hold up the others'.
    connections: 128,
    connect: { timeout: timeouts.connect ?? 5_000 },
    headersTimeout: timeouts.headers ?? 10_000,
    bodyTimeout: timeouts.body ?? 10_000,
    maxResponseSize: largestAnswer,
  });
  const prefix = baseUrl.pathname.replace(/\/+$/, '');
  const turns = pace();
  /** Which user a token is of, as far as we have heard. */
  const userOf = new Map<string, string>();

  async function ask(token: string, call: Call): Promise<unknown> {
    const { answer, isSignIn } = await answerFor(token, { ...call, user: call.user ?? userOf.get(token) });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    const failure = isSignIn ? failureOfSignIn(answer, call) : failureOf(answer, call);
    log?.warn(
      { method: call.method, path: logged(call), status: answer.status, code: failure.code },
      'Calendly refused a request',
    );
    throw failure;
  }

  /** Who signed in has a token that ends by itself: after a 401 it is renewed once, and the call repeated once. */
  async function answerFor(token: string, call: Call): Promise<{ answer: Answer; isSignIn: boolean }> {
    const bearer = await tokenOf(token);
    const refused = refuseToken(bearer);
    if (refused !== null) throw refused;
    const answer = await answerOf(bearer, call);
    const isSignIn = bearer !== token;
    if (answer.status !== 401 || !isSignIn) return { answer, isSignIn };
    return { answer: await answerOf(await tokenOf(token, bearer), call), isSignIn };
  }

  /** Gets an answer, whatever it says; GETs are tried again while Calendly is unwell. */
  async function answerOf(token: string, call: Call): Promise<Answer> {
    const pauses = call.method === 'GET' ? retryAfterMs : [];
    for (let attempt = 0; ; attempt += 1) {
      const pause = pauses[attempt];
      try {
        const answer = await inTurn(token, call);
        // The next turn comes when the limit begins anew.
        const isSlowedDown = call.background && answer.status === 429;
        if ((answer.status < 500 && !isSlowedDown) || pause === undefined) return answer;
      } catch (error) {
        if (error instanceof Outage) throw error;
        log?.warn({ method: call.method, path: logged(call), err: error }, 'Calendly could not be reached');
        if (pause === undefined) throw unreachable(error);
      }
      await delay(pause * (0.5 + Math.random()));
    }
  }

  /** What people wait for goes at once; what nobody waits for lets them pass. */
  async function inTurn(token: string, call: Call): Promise<Answer> {
    if (call.user === undefined) return await once(token, call);
    if (call.background) {
      await turns.turn(call.user);
      return await once(token, call);
    }
    return await once(token, call).finally(turns.person(call.user));
  }

  async function once(token: string, call: Call): Promise<Answer> {
    const start = performance.now();
    let status: number | null = null;
    try {
      const answer = await onWire(token, call);
      status = answer.status;
      return answer;
    } finally {
      options.onCall?.({ method: call.method, status, ms: performance.now() - start });
    }
  }

  async function onWire(token: string, { method, path, query, body, user }: Call): Promise<Answer> {
    const url = new URL(`${prefix}${path}`, baseUrl);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    // undici follows no redirect unless told to: a token must not travel to where a redirect points.
    const answer = await request(url, {
      dispatcher: agent,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': 'calendly-for-slack',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeouts.total ?? 20_000),
    });
    const text = await answer.body.text();
    const reset = answer.headers['x-ratelimit-reset'];
    log?.debug({ method, path: logged({ path }), status: answer.statusCode }, 'Calendly answered');
    if (user !== undefined) {
      turns.told(user, {
        limit: numberIn(answer.headers['x-ratelimit-limit']),
        remaining: numberIn(answer.headers['x-ratelimit-remaining']),
        resetSeconds: numberIn(reset),
        status: answer.statusCode,
      });
    }
    return {
      status: answer.statusCode,
      // An error that echoes the request must not carry the token into a sentence.
      body: jsonOrNothing(text.replaceAll(token, '…')),
      resetSeconds: typeof reset === 'string' ? reset : undefined,
    };
  }

  /** All rows of a list; follows `next_page_token` and never a URL out of an answer. */
  async function all<T>(token: string, call: Call, row: z.ZodType<T>, mayEndEarly: boolean): Promise<T[]> {
    const rows: T[] = [];
    let pageToken: string | null = null;
    for (let page = 1; page <= mostPages; page += 1) {
      const query: Record<string, string> = { ...call.query, count: perPage };
      if (pageToken !== null) query.page_token = pageToken;
      const answer = read(pageOf, await ask(token, { ...call, query }));
      for (const one of answer.collection) {
        const parsed = row.safeParse(one);
        if (parsed.success) rows.push(parsed.data);
      }
      const next = answer.pagination?.next_page_token ?? null;
      if (next === null || next === '') return rows;
      if (next === pageToken) throw notUnderstood();
      pageToken = next;
    }
    log?.warn({ path: call.path, rows: rows.length }, 'Calendly has more rows than are read');
    if (mayEndEarly) return rows;
    // A list of hooks that ends early would make a live one look gone.
    throw notUnderstood();
  }

  /** The id in one of Calendly's URIs; null when it is not of this kind or points elsewhere. */
  function idOf(kind: string, uri: string): string | null {
    const url = URL.parse(uri);
    if (url === null) return null;
    const start = url.origin === baseUrl.origin ? prefix : url.origin === calendlyOrigin ? '' : null;
    if (start === null || !url.pathname.startsWith(`${start}/${kind}/`)) return null;
    const id = url.pathname.slice(`${start}/${kind}/`.length);
    return /^[\w-]{1,80}$/.test(id) ? id : null;
  }

  /** The same URI made anew from its id, for query and body parameters, which take URIs. */
  function uriOf(kind: string, uri: string): string {
    const id = idOf(kind, uri);
    if (id === null) throw notUnderstood();
    return URL.parse(uri)?.origin === baseUrl.origin
      ? `${baseUrl.origin}${prefix}/${kind}/${id}`
      : `${calendlyOrigin}/${kind}/${id}`;
  }

  function owns(kind: string, uri: string): boolean {
    return idOf(kind, uri) !== null;
  }

  /** From then on all calls with this token count for that user's limit. */
  function remember(token: string, user: string): void {
    if (userOf.size >= mostTokens) userOf.clear();
    userOf.set(token, user);
  }

  /** Calendly wants to be told whose where it is not the whole organization. */
  function ofWhom({ scope, user, group }: ListedUnder): { user?: string; group?: string } {
    if (scope === 'user' && user !== undefined) return { user: uriOf('users', user) };
    return scope === 'group' && group !== undefined ? { group: uriOf('groups', group) } : {};
  }

  function inBackground({ token, userUri }: Account) {
    remember(token, userUri);
    return { user: userUri, background: true } as const;
  }

  /** Calendly takes one of the three, save where an owner or admin asks. */
  function whose({ scope, userUri, organizationUri, group }: Account): Record<string, string> {
    if (scope === 'user') return { user: uriOf('users', userUri) };
    return group === null
      ? { organization: uriOf('organizations', organizationUri) }
      : { group: uriOf('groups', group.uri) };
  }

  const asPerson = ({ userUri }: Account) => ({ user: userUri });
  const lists = listsAsked(inBackground);
  const listsNow = listsAsked(asPerson);

  function listsAsked(how: (account: Account) => Pick<Call, 'user' | 'background'>): Lists {
    return {
      async meetings(account, { from, to, pageToken, email }) {
        const { token, group } = account;
        const query = {
          ...whose(account),
          min_start_time: new Date(from).toISOString(),
          max_start_time: new Date(to).toISOString(),
          sort: 'start_time:asc',
          count: perPage,
          ...(pageToken === null ? {} : { page_token: pageToken }),
          ...(email === undefined ? {} : { invitee_email: email }),
        };
        const call: Call = {
          ...asks.meetings,
          ...(group === null ? {} : takesGroupAdmin),
          method: 'GET',
          path: '/scheduled_events',
          query,
          ...how(account),
        };
        const answer = read(pageOf, await ask(token, call));
        const meetings = answer.collection.map(listedMeeting);
        const ours = meetings.filter((one) => one !== null && owns('scheduled_events', one.meeting.uri));
        const next = answer.pagination?.next_page_token || null;
        if (next !== null && next === pageToken) throw notUnderstood();
        return { meetings: ours.filter((one) => one !== null), unread: meetings.length - ours.length, next };
      },

      async meeting(account, uri) {
        const id = idOf('scheduled_events', uri);
        if (id === null) return null;
        const call: Call = { ...asks.meetings, method: 'GET', path: `/scheduled_events/${id}`, ...how(account) };
        const answer = await hiddenAsNull(ask(account.token, call));
        return answer === null ? null : listedMeeting(read(one(z.unknown()), answer).resource);
      },

      async invitees(account, listed) {
        const id = idOf('scheduled_events', listed.meeting.uri);
        if (id === null) return null;
        const path = `/scheduled_events/${id}/invitees`;
        const call: Call = {
          ...asks.meetings,
          method: 'GET',
          path,
          query: { sort: 'created_at:asc' },
          ...how(account),
        };
        const rows = await hiddenAsNull(all(account.token, call, z.unknown(), false));
        if (rows === null) return null;
        const found = rows.map((row) => foundInvitee(row, listed)).filter((one) => one !== null);
        return { found, unread: rows.length - found.length };
      },

      sighting: sightingOf,
    };
  }

  const doing: Doing = {
    lists: listsNow,

    async cancel(account, uri, reason) {
      const id = idOf('scheduled_events', uri);
      if (id === null) throw notUnderstood();
      const body = reason === '' ? {} : { reason };
      const path = `/scheduled_events/${id}/cancellation`;
      await ask(account.token, { ...asks.cancel, method: 'POST', path, body, ...asPerson(account) });
    },

    async markNoShow(account, uri) {
      const body = { invitee: inviteeUri(uri) };
      await ask(account.token, {
        ...asks.noShow,
        method: 'POST',
        path: '/invitee_no_shows',
        body,
        ...asPerson(account),
      });
    },

    async unmarkNoShow(account, uri) {
      const id = idOf('invitee_no_shows', uri);
      if (id === null) throw notUnderstood();
      const path = `/invitee_no_shows/${id}`;
      await absentAsNull(ask(account.token, { ...asks.noShow, method: 'DELETE', path, ...asPerson(account) }));
    },

    async invitee(account, listed, uri) {
      const path = new URL(inviteeUri(uri)).pathname.slice(new URL(uri).origin === baseUrl.origin ? prefix.length : 0);
      const answer = await absentAsNull(
        ask(account.token, { ...asks.meetings, method: 'GET', path, ...asPerson(account) }),
      );
      if (answer === null) return null;
      const { resource } = read(one(linksRow.loose()), answer);
      const found = foundInvitee(resource, listed);
      if (found === null) throw notUnderstood();
      return { ...found, noShowUri: found.invitee.noShow?.uri ?? null, links: linksIn(resource) };
    },

    async singleUseLink(account, eventType) {
      const body = { max_event_count: 1, owner: uriOf('event_types', eventType), owner_type: 'EventType' };
      const call: Call = { ...asks.link, method: 'POST', path: '/scheduling_links', body, ...asPerson(account) };
      const url = pageUrl(
        read(one(z.object({ booking_url: words })), await ask(account.token, call)).resource.booking_url,
      );
      if (url === null) throw notUnderstood();
      return url;
    },

    async forget(account, address) {
      const path = '/data_compliance/deletion/invitees';
      await ask(account.token, {
        ...asks.forget,
        method: 'POST',
        path,
        body: { emails: [address] },
        ...asPerson(account),
      });
    },

    isPage: (address) => pageUrl(address) !== null,
  };

  /** Calendly's own pages: their links are shown to people. The sandbox's stand where its API is. */
  function pageUrl(text: string | null): string | null {
    const url = text === null ? null : URL.parse(text);
    if (!url || url.username || url.password) return null;
    const isCalendly = url.protocol === 'https:' && !url.port && /^(?:[\w-]+\.)?calendly\.com$/.test(url.hostname);
    return isCalendly || url.origin === baseUrl.origin ? url.href : null;
  }

  const linksIn = (row: z.infer<typeof linksRow>) => ({
    cancel: pageUrl(row.cancel_url),
    reschedule: pageUrl(row.reschedule_url),
  });

  /** Of a meeting's invitee, made anew from its two ids. */
  function inviteeUri(uri: string): string {
    const [, event = '', id = ''] = /^(.*)\/invitees\/([\w-]{1,80})$/.exec(uri) ?? [];
    return `${uriOf('scheduled_events', event)}/invitees/${id}`;
  }

  return {
    lists,
    doing,

    async me(token) {
      const { resource } = read(one(userRow), await ask(token, { ...asks.me, method: 'GET', path: '/users/me' }));
      const { current_organization: organization } = resource;
      const uri = uriOf('users', resource.uri);
      remember(token, uri);
      return {
        uri,
        name: resource.name ?? resource.email ?? 'Unnamed account',
        email: resource.email,
        organization: uriOf('organizations', organization),
        timezone: resource.timezone,
      };
    },

    async organizationName(token, organization) {
      const id = idOf('organizations', organization);
      if (id === null) return null;
      try {
        const answer = await ask(token, { ...asks.organization, method: 'GET', path: `/organizations/${id}` });
        return read(one(z.object({ name: words })), answer).resource.name;
      } catch (error) {
        // A name is a courtesy: plans and scopes that hide it do not stand in the way of a connection.
        if (error instanceof Refusal && !/^(token|sign_in)_/.test(error.code)) return null;
        throw error;
      }
    },

    async role(token, { user, organization }) {
      const query = { user: uriOf('users', user), organization: uriOf('organizations', organization) };
      const call: Call = { ...asks.role, method: 'GET', path: '/organization_memberships', query };
      const rows = await all(token, call, membershipRow, true);
      // Calendly filters by user already; a list that held others too must not lend somebody another's role.
      const mine = rows.find((row) => row.user === null || row.user.uri === query.user);
      return mine?.role ?? 'user';
    },

    async ledGroups(token, { user, organization, role }) {
      const of = { organization: uriOf('organizations', organization) };
      const ask = (path: string, query: Record<string, string>): Call => ({
        ...asks.groups,
        method: 'GET',
        path,
        query,
      });
      const named = async () =>
        (await all(token, ask('/groups', of), groupRow, true)).filter(({ uri }) => owns('groups', uri));
      if (role !== 'user') return await named();
      const query = { user: uriOf('users', user), ...of };
      const call: Call = { ...asks.role, method: 'GET', path: '/organization_memberships', query };
      const memberships = await all(token, call, membershipRow, true);
      const mine = memberships.find(
        (row) => row.user?.uri === query.user && owns('organization_memberships', row.uri ?? ''),
      );
      if (!mine?.uri) return [];
      const rows = await all(token, ask('/group_relationships', { ...of, owner: mine.uri }), relationshipRow, true);
      // The same care as with a role: what is somebody else's is not lent.
      const led = new Set(
        rows.filter((row) => row.role === 'admin' && row.user?.uri === query.user).map((row) => row.group),
      );
      return led.size === 0 ? [] : (await named()).filter(({ uri }) => led.has(uri));
    },

    async createHook(token, hook) {
      const answer = await ask(token, {
        ...asksOfCreating(hook),
        method: 'POST',
        path: '/webhook_subscriptions',
        body: {
          url: hook.url,
          events: hook.events,
          organization: uriOf('organizations', hook.organization),
          scope: hook.scope,
          ...ofWhom(hook),
          ...(hook.signingKey === undefined ? {} : { signing_key: hook.signingKey }),
        },
      });
      const made = read(one(hookRow), answer).resource;
      if (!owns('webhook_subscriptions', made.uri)) throw notUnderstood();
      return made;
    },

    async getHook(token, uri) {
      const id = idOf('webhook_subscriptions', uri);
      if (id === null) return null;
      const call: Call = { ...asks.readHooks, method: 'GET', path: `/webhook_subscriptions/${id}` };
      const answer = await absentAsNull(ask(token, call));
      return answer === null ? null : read(one(hookRow), answer).resource;
    },

    async listHooks(token, where) {
      const { organization, scope } = where;
      const query = { organization: uriOf('organizations', organization), scope, ...ofWhom(where) };
      const asked = { ...asks.readHooks, ...(scope === 'group' ? takesGroupAdmin : {}) };
      const rows = await all(token, { ...asked, method: 'GET', path: '/webhook_subscriptions', query }, hookRow, false);
      return rows.filter((row) => owns('webhook_subscriptions', row.uri));
    },

    async deleteHook(token, uri) {
      const id = idOf('webhook_subscriptions', uri);
      if (id === null) return;
      await absentAsNull(ask(token, { ...asks.deleteHook, method: 'DELETE', path: `/webhook_subscriptions/${id}` }));
    },

    async eventTypes(token, of) {
      const whose: Record<string, string> =
        'user' in of ? { user: uriOf('users', of.user) } : { organization: uriOf('organizations', of.organization) };
      const query = { ...whose, active: 'true', sort: 'name:asc' };
      const rows = await all(
        token,
        { ...asks.eventTypes, method: 'GET', path: '/event_types', query },
        eventTypeRow,
        true,
      );
      return rows.filter((row) => owns('event_types', row.uri));
    },

    async members(token, organization) {
      const query = { organization: uriOf('organizations', organization) };
      const call: Call = { ...asks.members, method: 'GET', path: '/organization_memberships', query };
      const rows = await all(token, call, memberRow, true);
      return rows.filter((row) => owns('users', row.uri));
    },

    async groups(token, organization) {
      const query = { organization: uriOf('organizations', organization) };
      const rows = await all(token, { ...asks.groups, method: 'GET', path: '/groups', query }, groupRow, true);
      return rows.filter((row) => owns('groups', row.uri));
    },

    async groupMembers(token, { organization, group }) {
      const query = { organization: uriOf('organizations', organization), group: uriOf('groups', group) };
      const call: Call = { ...asks.groups, method: 'GET', path: '/group_relationships', query };
      const rows = await all(token, call, relationshipRow, false);
      const people = new Map(rows.flatMap(({ user }) => (user && owns('users', user.uri) ? [[user.uri, user]] : [])));
      return [...people.values()];
    },

    urisOf(ids) {
      const starts = [...new Set([`${baseUrl.origin}${prefix}`, calendlyOrigin])];
      return starts.flatMap((start) =>
        ids.flatMap((id) => [
          `${start}/scheduled_events/${id}`,
          ...ids.filter((other) => other !== id).map((other) => `${start}/scheduled_events/${id}/invitees/${other}`),
        ]),
      );
    },

    stoppedFor: turns.stoppedFor,
    async close() {
      turns.close();
      await agent.close();
    },
  };
}

function asksOfCreating(hook: NewHook): Asked {
  const routing = hook.events.some((event) => event.startsWith('routing_form')) ? ['routing_forms:read'] : [];
  return {
    doing: `register a hook for ${hookedWhat[hook.scope]}`,
    scopes: [...allScopes, ...routing],
    takes: hookedBy[hook.scope],
    hidesScopes: true,
  };
}

const hookedWhat = { organization: 'the whole organization', group: 'a group', user: 'its own meetings' } as const;
const hookedBy = { organization: 'admin', group: 'group admin', user: 'self' } as const;

async function absentAsNull(answer: Promise<unknown>): Promise<unknown> {
  return await refusedAsNull(answer, 'not_found');
}

/** One meeting that this account may not see, such as that of a colleague who has left, must not end the look at all the others. */
async function hiddenAsNull<T>(answer: Promise<T>): Promise<T | null> {
  return await refusedAsNull(answer, 'not_found', 'role_needed');
}

async function refusedAsNull<T>(answer: Promise<T>, ...codes: string[]): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && codes.includes(error.code)) return null;
    throw error;
  }
}

/** Whoever has an invitee's id can cancel their booking: it is the last part of their link. */
const logged = ({ path }: Pick<Call, 'path'>) => path.replace(/\/invitees\/.+$/, '/invitees/…');

function numberIn(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : null;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read<T>(shape: z.ZodType<T>, body: unknown): T {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw notUnderstood();
  return parsed.data;
}

const words = z.string().min(1).max(500).nullable().catch(null);
const time = z
  .string()
  .transform((value) => Date.parse(value))
  .refine((value) => Number.isFinite(value))
  .nullable()
  .catch(null);
const one = <T>(resource: z.ZodType<T>) => z.object({ resource });
const pageOf = z.object({
  collection: z.array(z.unknown()),
  pagination: z
    .object({ next_page_token: z.string().nullable().catch(null) })
    .optional()
    .catch(undefined),
});
const userRow = z.object({
  uri: z.string(),
  current_organization: z.string(),
  name: words,
  email: words,
  timezone: words,
});
const linksRow = z.object({ cancel_url: words, reschedule_url: words });
const membershipRow = z.object({
  uri: z.string().nullable().catch(null),
  // An unknown role may do what everybody may do.
  role: z.enum(['owner', 'admin', 'user']).catch('user') satisfies z.ZodType<Role>,
  user: z.object({ uri: z.string() }).nullable().catch(null),
});
const personRow = z
  .object({ uri: z.string(), name: words, email: words })
  .transform(({ uri, name, email }): Member => ({ uri, name: name ?? email ?? 'Unnamed account', email }));
const memberRow = z.object({ user: personRow }).transform(({ user }) => user);
const groupRow = z
  .object({ uri: z.string(), name: words })
  .transform(({ uri, name }): Group => ({ uri, name: name ?? 'Unnamed group' }));
/** Whoever is only invited has no user yet. */
const relationshipRow = z
  .object({
    role: words,
    group: words,
    owner: z.object({ user: personRow.nullable().catch(null) }),
  })
  .transform(({ role, group, owner }) => ({ role, group, user: owner.user }));
const hookRow = z
  .object({
    uri: z.string(),
    callback_url: z.string(),
    // A state nobody knows yet is no state in which messages surely arrive.
    state: z.enum(['active', 'disabled']).catch('disabled'),
    retry_started_at: time,
    events: z.array(z.string()).catch([]),
    created_at: time,
    organization: z.string().nullable().catch(null),
    scope: z.string().nullable().catch(null),
    user: z.string().nullable().catch(null),
    group: z.string().nullable().catch(null),
    creator: z.string().nullable().catch(null),
  })
  .transform(
    (row): RemoteHook => ({
      uri: row.uri,
      callbackUrl: row.callback_url,
      state: row.state,
      retryStartedAt: row.retry_started_at,
      events: row.events,
      organization: row.organization,
      scope: row.scope,
      user: row.user,
      group: row.group,
      creator: row.creator,
      createdAt: row.created_at ?? 0,
    }),
  );
const eventTypeRow = z
  .object({
    uri: z.string(),
    name: words,
    active: z.boolean().catch(true),
    scheduling_url: words,
    slug: words,
    profile: z.object({ name: words }).nullable().catch(null),
    custom_questions: z
      .array(z.object({ name: z.string().max(1_000), enabled: z.boolean().catch(true) }))
      .optional()
      .catch(undefined),
  })
  .transform(
    (row): EventType => ({
      uri: row.uri,
      name: row.name ?? row.slug ?? 'Unnamed event type',
      active: row.active,
      schedulingUrl: row.scheduling_url,
      slug: row.slug,
      owner: row.profile?.name ?? null,
      ...(row.custom_questions
        ? { questions: row.custom_questions.filter((each) => each.enabled).map((each) => each.name) }
        : {}),
    }),
  );
