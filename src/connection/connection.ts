// The nouns of the bond between a workspace and a Calendly account, and what the bond needs from its edges.

export type Role = 'owner' | 'admin' | 'user';
export type Scope = 'organization' | 'group' | 'user';

/** Some of the people of an organization, as its admins have put them together at Calendly; a group may have admins of its own. */
export interface Group {
  uri: string;
  name: string;
}

/** Whose meetings an account tells of. */
export interface Reach {
  scope: Scope;
  /** Set for the scope `group`, and for no other. */
  group: Group | null;
}

/** Hooks are registered per family, since Calendly allows and forbids them by different rules. */
export type Family = 'invitee' | 'routing';
export const familyEvents: Record<Family, readonly string[]> = {
  invitee: ['invitee.created', 'invitee.canceled', 'invitee_no_show.created', 'invitee_no_show.deleted'],
  routing: ['routing_form_submission.created'],
};

export interface Connection {
  installationId: string;
  id: string;
  /** The Calendly user whose token it is. */
  userUri: string;
  userName: string;
  userEmail: string | null;
  organizationUri: string;
  /** Null where the plan or the token's scopes do not let us read it. */
  organizationName: string | null;
  role: Role;
  scope: Scope;
  /** Whose meetings it tells of; null save for the scope `group`. */
  group: Group | null;
  /** Somebody chose its scope by hand: connecting again leaves it at that, as long as Calendly allows it. */
  isChosen: boolean;
  /** A personal access token, opened; or the name of a pair of tokens (see pair.ts), for who signed in. Never logged, never shown. */
  token: string;
  /** `broken`: the token no longer works; hooks may live on. `disconnected`: kept, so that connecting again resumes its subscriptions. */
  state: 'active' | 'broken' | 'disconnected';
  reason: string | null;
  /** Slack user id. */
  connectedBy: string;
  createdAt: number;
  /** When the scheduled check last looked, and what it said in one sentence; null before the first. */
  checkedAt: number | null;
  checkResult: string | null;
  lastChangeAt: number | null;
  /** What people here call it; null: by the name Calendly has for it. */
  label: string | null;
  /** Another connection of the same organization acts in its place: `token` and `connectedBy` are that one's. */
  standIn: StandIn | null;
  /** Since when the check finds what only a person can mend; null while it is well. */
  troubleSince: number | null;
  /** Which day's reminder of that was the last; 0: none yet. */
  reminded: number;
}

export interface StandIn {
  id: string;
  userUri: string;
  userName: string;
  since: number | null;
}

export type HookState = 'making' | 'active' | 'retrying' | 'disabled' | 'missing' | 'retired';

export interface Hook {
  installationId: string;
  id: string;
  connectionId: string;
  family: Family;
  /** The secret part of its callback URL: `${PUBLIC_URL}/calendly/webhooks/${urlToken}`. */
  urlToken: string;
  /** What Calendly signs with, opened. */
  signingKey: string;
  /** Null until Calendly has answered the registration. */
  calendlyUri: string | null;
  /** The Calendly user who made it, by whose name its messages come (`created_by`); null until Calendly has said so. */
  creator: string | null;
  state: HookState;
  /** Calendly's early warning: retrying since (UTC ms). */
  retryStartedAt: number | null;
  createdAt: number;
  /** When it was replaced or given up; messages to it are still accepted. */
  retiredAt: number | null;
}

/** What Calendly's API tells and does for a bond; every method throws Refusal, Outage or Gone. */
export interface Calendly {
  me(
    token: string,
  ): Promise<{ uri: string; name: string; email: string | null; organization: string; timezone: string | null }>;
  organizationName(token: string, organization: string): Promise<string | null>;
  role(token: string, who: { user: string; organization: string }): Promise<Role>;
  /** The groups this user is an admin of; of everybody's, where they own or administer the organization. Takes a permission of its own. */
  ledGroups(token: string, who: { user: string; organization: string; role: Role }): Promise<Group[]>;
  createHook(token: string, hook: NewHook): Promise<RemoteHook>;
  /** Null when Calendly no longer knows it. */
  getHook(token: string, uri: string): Promise<RemoteHook | null>;
  listHooks(token: string, where: ListedUnder): Promise<RemoteHook[]>;
  /** Succeeds also when it is already gone. */
  deleteHook(token: string, uri: string): Promise<void>;
  eventTypes(token: string, of: { organization: string } | { user: string }): Promise<EventType[]>;
}

/** Where hooks stand at Calendly. */
export interface ListedUnder {
  organization: string;
  scope: Scope;
  /** Required for user scope. */
  user?: string;
  /** Required for group scope. */
  group?: string;
}

export interface NewHook extends ListedUnder {
  url: string;
  events: readonly string[];
  /** Absent where Calendly signs with the OAuth app's own key. */
  signingKey?: string;
}

export interface RemoteHook {
  uri: string;
  callbackUrl: string;
  state: 'active' | 'disabled';
  retryStartedAt: number | null;
  events: string[];
  createdAt: number;
  /** Whose messages it brings; null where Calendly does not say. */
  organization: string | null;
  scope: string | null;
  user: string | null;
  group: string | null;
  /** The Calendly user who made it; null where Calendly does not say. */
  creator: string | null;
}

export interface EventType {
  uri: string;
  name: string;
  active: boolean;
  schedulingUrl: string | null;
  slug: string | null;
  /** The name of the person or team it belongs to. */
  owner: string | null;
  /** What those who book are asked; absent where it is not known. */
  questions?: string[];
}

/** What the bond needs from the memory. Every read and write stays inside the named installation. */
export interface ConnectionStore {
  connections(installationId: string): Promise<Connection[]>;
  connection(installationId: string, id: string): Promise<Connection | null>;
  /** The connection of this Calendly user, if there ever was one here (a disconnected one is taken up again); its own token and owner, whoever stands in. */
  connectionOf(installationId: string, userUri: string): Promise<Connection | null>;
  addConnection(connection: Connection): Promise<void>;
  /** Takes back an `addConnection` whose hook could not be made; its hook rows go with it. */
  removeConnection(installationId: string, id: string): Promise<void>;
  updateConnection(
    installationId: string,
    id: string,
    set: Partial<Omit<Connection, 'installationId' | 'id' | 'createdAt'>>,
  ): Promise<void>;
  /** Hands its work to another connection, or back (null), unless somebody did meanwhile: then false. It is active from then on. */
  handOver(installationId: string, id: string, from: string | null, to: string | null): Promise<boolean>;
  /** Whoever left no longer has subscriptions of this connection: they are somebody else's from now on. */
  inheritSubscriptions(installationId: string, connectionId: string, from: string, to: string): Promise<void>;
  /** Takes back what was not said yet of those notices whose key begins so. */
  withdraw(installationId: string, keyStart: string): Promise<void>;
  /** Every connection of every installation that the scheduled check should look at (state not `disconnected`). */
  allLiveConnections(): Promise<Connection[]>;
  /** Retired ones too. */
  hooks(installationId: string, connectionId: string): Promise<Hook[]>;
  /**
   * The one look across installations: a URL token is a secret of its own and names its installation. A hook retired up to 26 hours ago is
   * found too (Calendly repeats for 24); an older one is not, so that Calendly meets 404 and gives up on what nobody could delete there.
   */
  hookByUrlToken(urlToken: string): Promise<Hook | null>;
  /**
   * With `instead`: only where nobody, in whichever process, has another one in place of those, or has begun one in the time of `young`; else false,
   * and nothing is added.
   */
  addHook(hook: Hook, instead?: { of: readonly string[]; young: { from: number; to: number } }): Promise<boolean>;
  updateHook(
    installationId: string,
    id: string,
    set: Partial<Pick<Hook, 'calendlyUri' | 'creator' | 'state' | 'retryStartedAt' | 'retiredAt'>>,
  ): Promise<void>;
  removeHook(installationId: string, id: string): Promise<void>;
  /** Pauses every active subscription of a connection with this reason; answers how many. */
  pauseSubscriptions(installationId: string, connectionId: string, reason: string): Promise<number>;
  /** Resumes those paused with exactly this reason; answers how many. */
  resumeSubscriptions(installationId: string, connectionId: string, reason: string): Promise<number>;
  countSubscriptions(
    installationId: string,
    connectionId: string,
  ): Promise<{ subscriptions: number; channels: number }>;
}

/** Looking for what no webhook told (see backfill.ts). Each answers at once; the look comes by itself. */
export interface CatchUp {
  /** Calendly cannot call us, so we ask. */
  polls: boolean;
  /** Nothing from before this moment is ever shown as new. */
  connected(connection: Connection): Promise<void>;
  /** Webhooks may not have reached us since then (UTC ms); whoever connected the account is told what was missed. */
  blind(connection: Connection, since: number): Promise<void>;
  lookAgain(connection: Connection, why: 'connected' | 'hook'): Promise<void>;
}

/** Tells a person something once: the same `key` within an installation is never said twice. */
export interface Notices {
  tell(notice: Notice): Promise<void>;
  /** The same, where it was said before in other words: that message is edited. Left out, nobody hears how far something has come. */
  revise?(notice: Notice): Promise<void>;
  /** Asks those who lead the workspace, save `except`, who has heard of it; where admins have a channel, there. Left out, nobody is asked. */
  askAdmins?(ask: {
    installationId: string;
    key: string;
    text: string;
    except: string | null;
    news: News;
  }): Promise<void>;
}

export interface Notice {
  installationId: string;
  to: string;
  key: string;
  text: string;
  /** Told in the channel of the admins as well, where there is one. */
  news?: News;
}

/** The state of a connection as those read it who run the workspace: it names accounts, and nobody else. */
export interface News {
  /** `broken`: a person has to do something; `shaky`: it may come to that; `well`: it is over. */
  how: 'broken' | 'shaky' | 'well';
  what: string;
  /** UTC ms; null where there is no telling. */
  since: number | null;
  lost: string;
  did: string;
  /** What a person can do; null: nothing has to be done. */
  cure: string | null;
}
