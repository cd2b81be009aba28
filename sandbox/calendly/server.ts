// A Calendly of our own over HTTP: the API, sign-in, webhooks and a page to book on, with handles for tests and the demo.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeApi } from './api.ts';
import { type BookOptions, type CancelOptions, type MoveOptions, makeBookings, type RouteOptions } from './bookings.ts';
import { makeChanges, type WaitOptions } from './changes.ts';
import type { Plan } from './endpoint.ts';
import { type Faults, makeFaults } from './faults.ts';
import { type ApiCall, makeFront } from './front.ts';
import { send } from './http.ts';
import { secret, stamp, uuid } from './ids.ts';
import type { RateLimit } from './limits.ts';
import type {
  Booking,
  CalUser,
  EventType,
  Group,
  GroupRelationship,
  Hook,
  Organization,
  Role,
  RoutingForm,
  RoutingFormSubmission,
} from './model.ts';
import { makeOAuth, type OAuthApp } from './oauth.ts';
import { type Delivery, type DeliveryMode, makeSender, type ReleaseOrder, type RetryPolicy } from './sender.ts';
import { everyScope, makeTokens } from './tokens.ts';
import { makeUi } from './ui.ts';
import { makeWorld } from './world.ts';

export type CalendlyOptions = {
  port?: number;
  /** The organization's name. */
  org?: string;
  /** What resource URIs start with; the sandbox's own address unless given, e.g. `https://api.calendly.com`. */
  base?: string;
  app?: Partial<OAuthApp>;
};

type Person = 'olga' | 'adam' | 'mia';
type NamedFaults = Faults & {
  /** Every API and sign-in call fails, or with `refuse` the port is closed, until `up`. Webhooks still go out. */
  down(how?: 'unwell' | 'refuse'): Promise<void>;
  up(): Promise<void>;
};

export type CalendlySandbox = {
  /** Base of the API and of sign-in alike. */
  url: string;
  organization: Organization;
  group: Group;
  /** olga owns the organization, adam administers it, mia is a plain member. */
  users: Record<Person, CalUser>;
  /** Owner of an organization of his own. */
  soloUser: CalUser;
  /** Working personal access tokens with every scope. */
  tokens: Record<Person, string>;
  createToken(user: CalUser, o?: { scopes?: string[] | 'none' | 'all' }): string;
  revokeToken(token: string): void;
  expireToken(token: string): void;
  setRole(user: CalUser, role: Role): void;
  /** An owner removes them: their own hooks end, those they made for the organization stay, and their tokens stand for an account of their own. */
  removeMember(user: CalUser): void;
  joinGroup(user: CalUser, o?: { group?: Group; role?: GroupRelationship['role'] }): void;
  /** In every way, also as its admin. */
  leaveGroup(user: CalUser, group?: Group): void;
  addGroup(name: string): Group;
  app: OAuthApp;
  /** Answers the consent page as this user would; the address the browser is sent back to. */
  consent(authorizeUrl: string, o?: { user?: CalUser; deny?: boolean; scopes?: string[] }): string;

  /** Spends the refresh token of an access token, as a renewal does whose answer got lost; false when it was spent already. */
  spendRefresh(token: string): boolean;

  readonly eventTypes: EventType[];
  /** Olga's, or somebody else's. */
  addEventTypes(n: number, host?: CalUser): EventType[];
  readonly routingForms: RoutingForm[];
  /** Everything booked so far, oldest first, ended ones included. */
  readonly bookings: Booking[];
  book(o?: BookOptions): Booking;
  join(eventUri: string, o?: BookOptions): Booking;
  move(booking: Pick<Booking, 'inviteeUri'>, o?: MoveOptions): Booking;
  cancel(booking: Pick<Booking, 'inviteeUri'>, o?: CancelOptions): void;
  cancelEvent(eventUri: string, o?: CancelOptions): void;
  /** The URI of the no-show. */
  markNoShow(booking: Pick<Booking, 'inviteeUri'>, o?: { deliver?: boolean }): string;
  unmarkNoShow(booking: Pick<Booking, 'inviteeUri'>, o?: { deliver?: boolean }): void;
  submitRoutingForm(o?: RouteOptions): RoutingFormSubmission;

  /** Live: holds what exists now. */
  hooks: Hook[];
  setHookState(hook: Hook, state: Hook['state']): void;
  deleteHook(hook: Hook): void;
  setRetrying(hook: Hook, since?: Date): void;
  /** Sends what waits for its next attempt at once. */
  retryNow(hook: Hook): Promise<void>;
  /** Every attempt, oldest first. */
  deliveries: Delivery[];
  resend(what: Delivery | 'all', o?: { resign?: boolean }): Promise<Delivery[]>;
  hold(): void;
  /** Sends what was held, one after another; resolves when each had its first attempt. */
  release(o?: { order?: ReleaseOrder }): Promise<void>;
  setMode(mode: DeliveryMode): Promise<void>;
  readonly mode: DeliveryMode;
  retryPolicy: RetryPolicy;

  faults: NamedFaults;
  rateLimit: RateLimit;
  calls: ApiCall[];
  plan: Plan;
  /** E-mail addresses whose deletion was asked for. */
  readonly deletionAsked: string[];
  latencyMs: number;
  waitFor<T>(look: () => T | undefined | null | false, o?: WaitOptions): Promise<T>;
  /** No delivery under way; those held or waiting for a retry do not count. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

export async function startCalendly(options: CalendlyOptions = {}): Promise<CalendlySandbox> {
  const server = createServer();
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const changes = makeChanges();
  const world = makeWorld({ base: options.base ?? url, site: url, orgName: options.org ?? 'Acme Sales' });
  const { olga, adam, mia, solo } = world.people;
  const [organization, studio] = world.organizations as [Organization, Organization];
  const group = world.groups[0] as Group;
  const book = makeTokens();
  const sender = makeSender(world, changes.signal);
  const bookings = makeBookings(world, sender.publish);
  const { bookingOf, ...acts } = bookings;
  const app = registeredApp(options.app);
  const oauth = makeOAuth({ world, tokens: book, app });
  const faults = makeFaults();
  const rateLimit: RateLimit = { limit: 500, perMs: 60_000 };
  const calls: ApiCall[] = [];
  let down: 'no' | 'unwell' | 'refuse' = 'no';

  const createToken: CalendlySandbox['createToken'] = (user, o = {}) => {
    const { scopes = 'all' } = o;
    const list = scopes === 'all' ? everyScope : scopes === 'none' ? [] : scopes;
    return book.issue(user.uri, { scopes: list, kind: 'personal' }).value;
  };
  const tokens = { olga: createToken(olga), adam: createToken(adam), mia: createToken(mia) };
  const shown = { [olga.uri]: tokens.olga, [adam.uri]: tokens.adam, [mia.uri]: tokens.mia };
  const setRole: CalendlySandbox['setRole'] = (user, role) => {
    for (const membership of world.memberships) if (membership.user === user) membership.role = role;
  };
  const staff = { setRole, newToken: createToken, revoke: book.revoke };
  const ui = makeUi({ world, bookings, sender, changes, tokens: shown, staff });

  const sandbox: CalendlySandbox = {
    url,
    organization,
    group,
    users: { olga, adam, mia },
    soloUser: solo,
    tokens,
    createToken,
    revokeToken: book.revoke,
    expireToken: book.expire,
    setRole,
    removeMember(user) {
      const membership = world.memberships.find((each) => each.user === user);
      if (!membership) throw new Error('They are in no organization.');
      for (const hook of [...world.hooks]) if (hook.user === user.uri && hook.scope === 'user') sender.remove(hook);
      const own = { ...studio, uri: `${world.base}/organizations/${uuid()}`, name: user.name };
      world.organizations.push(own);
      user.current_organization = own.uri;
      membership.organization = own.uri;
      membership.role = 'owner';
      changes.signal();
    },
    joinGroup(user, o = {}) {
      const { group: joined = group, role = 'member' } = o;
      const [other] = world.relationships as [GroupRelationship];
      const uri = `${world.base}/group_relationships/${uuid()}`;
      world.relationships.push({ ...other, uri, user: user.uri, group: joined.uri, role });
    },
    leaveGroup(user, left = group) {
      const stays = world.relationships.filter((each) => each.user !== user.uri || each.group !== left.uri);
      world.relationships.splice(0, Number.POSITIVE_INFINITY, ...stays);
    },
    addGroup(name) {
      const added = { ...group, uri: `${world.base}/groups/${uuid()}`, name, member_count: 0 };
      world.groups.push(added);
      return added;
    },
    app,
    consent(authorizeUrl, o = {}) {
      const answer = oauth.decide(new URL(authorizeUrl).searchParams, (o.user ?? olga).uri, !o.deny, o.scopes);
      const to = answer.headers?.Location;
      if (!to) throw new Error('The consent page refused this request; open it in a browser to see why.');
      return to;
    },
    spendRefresh: oauth.spend,
    get eventTypes() {
      return world.types.map((type) => type.json);
    },
    routingForms: world.forms,
    ...acts,
    get bookings() {
      return [...world.invitees.keys()].map(bookingOf);
    },
    hooks: world.hooks,
    deletionAsked: world.deletionAsked,
    setHookState: sender.setState,
    deleteHook: sender.remove,
    setRetrying(hook, since = new Date()) {
      hook.retry_started_at = stamp(since);
      changes.signal();
    },
    retryNow: sender.retryNow,
    deliveries: sender.deliveries,
    resend: sender.resend,
    hold: () => void sender.setMode('held'),
    release: sender.release,
    setMode: sender.setMode,
    get mode() {
      return sender.mode();
    },
    retryPolicy: sender.retryPolicy,
    faults: {
      ...faults,
      async down(how = 'unwell') {
        down = how;
        if (how === 'refuse') await close();
      },
      async up() {
        if (!server.listening) await listen(port);
        down = 'no';
      },
    },
    rateLimit,
    calls,
    plan: 'paid',
    latencyMs: 0,
    waitFor: changes.waitFor,
    async idle() {
      await changes.waitFor(() => sender.isIdle(), { timeoutMs: 60_000, what: 'deliveries to end' });
    },
    async stop() {
      ui.stop();
      await sender.stop();
      if (server.listening) await close();
    },
  };

  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const ground = { world, bookings, sender, tokens: book, plan: () => sandbox.plan, appKey: () => app.signingKey };
  const front = makeFront({
    api: makeApi(ground),
    oauth,
    tokens: book,
    faults,
    rateLimit,
    calls,
    latencyMs: () => sandbox.latencyMs,
    isDown: () => down !== 'no',
    changed: (isWrite) => (isWrite ? changes.signal() : changes.wake()),
  });
  server.on('request', (req, res) => {
    const address = URL.canParse(req.url ?? '', url) ? new URL(req.url ?? '', url) : null;
    if (!address) return send(res, { status: 400 });
    void answer(address).catch((error: unknown) => {
      // A caller that hung up in the middle of its request needs no answer.
      if (!req.destroyed) console.error(error);
      send(res, { status: 500 });
    });
    async function answer(to: URL): Promise<void> {
      if (!(await ui.serve(req, res, to))) await front(req, res, to);
    }
  });
  return sandbox;
}

function registeredApp(given: Partial<OAuthApp> = {}): OAuthApp {
  return {
    clientId: secret(24),
    clientSecret: secret(32),
    redirectUris: [],
    signingKey: secret(32),
    tokenLifeMs: 7_200_000,
    tokensPerMinute: 8,
    ...given,
  };
}
