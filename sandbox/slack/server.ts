// Starts a Slack of our own on a loopback port: Web API, Socket Mode, the page for people, and the driver for tests.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createCodes, uninstall } from './account.ts';
import { createApi } from './api.ts';
import { type RawAnswer, send } from './deliver.ts';
import { createWaitFor, type WaitFor } from './driver.ts';
import { createFaults, type Faults } from './faults.ts';
import { createGrants, createOrg, type Grants } from './grants.ts';
import { answerText } from './http.ts';
import { type Hub, sharedParts } from './hub.ts';
import { authorize } from './oauth-page.ts';
import { handleResponse } from './responses.ts';
import { signatureHeaders } from './signature.ts';
import { createSocketMode } from './socket-mode.ts';
import { createTeam, makeId, type Team } from './team.ts';
import type { Answered, ApiCall, Org } from './types.ts';
import { createUi } from './ui.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export interface SlackOptions {
  port?: number;
  appUrl?: string;
  signingSecret?: string;
  botToken?: string;
  appToken?: string;
  commandName?: string;
  appName?: string;
  clientId?: string;
  clientSecret?: string;
}

export interface RawRequest {
  body: string | Buffer;
  method?: string;
  path?: string;
  contentType?: string;
  /** `true` signs rightly, `false` not at all. */
  sign?: boolean;
  secret?: string;
  /** Seconds; now by default. */
  timestamp?: number;
}

export type SlackSandbox = Workspace & {
  url: string;
  apiUrl: string;
  signingSecret: string;
  appToken: string;
  appId: string;
  commandName: string;
  clientId: string;
  clientSecret: string;
  authorizeUrl: string;
  setAppUrl(url: string | null): void;
  ledger: ApiCall[];
  /** What the app said in its answers themselves: to commands, windows, menus. */
  answers: Answered[];
  keepLedger: boolean;
  /** Calls and accepted calls by method, kept even without the ledger. */
  counts: Hub['counts'];
  limits: Hub['limits'];
  faults: Faults;
  latencyMs: number;
  ackTimeoutMs: number;
  /** How long command() and openHome() wait for what follows an acknowledgement; 0: not at all. */
  settleMs: number;
  eventRetryMs: number[];
  shouldEscape: boolean;
  sockets: Hub['sockets'];
  /** Lets trigger ids, response_urls and OAuth codes grow older by so much at once. */
  age(ms: number): void;
  /** Where the page sends whoever wants the app in a workspace that has not got it. */
  setInstallUrl(url: string): void;
  /** Another workspace behind the same addresses, with its own token. */
  addWorkspace(o?: { name?: string; domain?: string; botToken?: string; installed?: boolean; org?: Org }): Workspace;
  /** An Enterprise organization, for workspaces to be in. */
  addOrg(name: string): Org;
  /** The app leaves all of an organization. */
  uninstallOrg(org: Org): Promise<void>;
  /** Whether the app's tokens rotate, and how long they live. */
  tokens: Grants['settings'];
  /** Any request to the app, well signed or not. */
  raw(request: string | RawRequest, headers?: Record<string, string>): Promise<RawAnswer>;
  onChange(listener: () => void): () => void;
  waitFor: WaitFor;
  stop(): Promise<void>;
};

const secret = (bytes: number) => randomBytes(bytes).toString('hex');
const newToken = (kind: string) => `${kind}-${Date.now()}-${secret(16)}`;

export async function startSlack(options: SlackOptions = {}): Promise<SlackSandbox> {
  const shared = sharedParts();
  const teams = new Map<string, Team>();
  const changed = () => hub.changed();
  const hub: Hub = {
    signingSecret: options.signingSecret ?? secret(16),
    appToken: options.appToken ?? newToken('xapp-1'),
    appId: makeId('A'),
    appName: options.appName ?? 'Calendly',
    commandName: options.commandName ?? '/calendly',
    clientId: options.clientId ?? `${Date.now()}.${Math.floor(Math.random() * 1e12)}`,
    clientSecret: options.clientSecret ?? secret(16),
    shouldEscape: true,
    url: '',
    appUrl: null,
    installUrl: null,
    latencyMs: 0,
    ackTimeoutMs: 3_000,
    settleMs: 2_000,
    eventRetryMs: [0, 60_000, 300_000],
    limits: { onePerSecondPerChannel: false, burst: 3 },
    keepLedger: true,
    ledger: [],
    answers: [],
    counts: new Map(),
    faults: createFaults({ close: closePort, open: openPort }),
    sockets: createSocketMode(changed),
    teams,
    teamsOf: (holder) => [...teams.values()].filter((team) => team === holder || team.org === holder),
    orgs: new Map(),
    grants: createGrants(() => hub.now(), teams),
    ...shared,
  };
  const codes = createCodes();
  const api = createApi(hub, codes);
  const ui = createUi(hub);

  async function route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const target = req.url ?? '/';
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    if (path.startsWith('/api/')) return api(req, res, path.slice('/api/'.length));
    if (path.startsWith('/commands/') || path.startsWith('/actions/')) return handleResponse(hub, req, res, path);
    const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark));
    if (path === '/oauth/v2/authorize') return authorize(hub, codes, res, query);
    return ui(req, res, path, query);
  }

  const server = createServer((req, res) => {
    route(req, res).catch((error: unknown) => {
      answerText(res, 500, `the sandbox failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  server.keepAliveTimeout = 65_000;
  const cut = new Set<Duplex>();
  server.on('upgrade', (req, socket) => {
    cut.add(socket);
    socket.once('close', () => cut.delete(socket));
    hub.sockets.upgrade(req, socket, hub.appId);
  });

  let port = options.port ?? 0;
  function openPort(): Promise<void> {
    if (server.listening) return Promise.resolve();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }
  function closePort(): Promise<void> {
    return new Promise((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
      for (const socket of cut) socket.destroy();
    });
  }

  await openPort();
  hub.url = `http://127.0.0.1:${port}`;
  hub.appUrl = options.appUrl ?? null;
  const waitFor = createWaitFor(hub);

  function addWorkspace(o: Parameters<SlackSandbox['addWorkspace']>[0] = {}): Workspace {
    const { installed = true, botToken = newToken('xoxb'), ...rest } = o;
    const team = createTeam({ ...rest, appName: hub.appName, botToken, changed });
    team.installed = installed;
    hub.teams.set(team.id, team);
    hub.grants.add(botToken, team);
    return createWorkspace(hub, team, waitFor);
  }

  const workspace = addWorkspace(options.botToken ? { botToken: options.botToken } : {});
  const settings = [
    'ledger',
    'keepLedger',
    'limits',
    'latencyMs',
    'ackTimeoutMs',
    'settleMs',
    'eventRetryMs',
    'shouldEscape',
  ] as const;
  const sandbox = {
    url: hub.url,
    apiUrl: `${hub.url}/api/`,
    authorizeUrl: `${hub.url}/oauth/v2/authorize`,
    signingSecret: hub.signingSecret,
    appToken: hub.appToken,
    appId: hub.appId,
    commandName: hub.commandName,
    clientId: hub.clientId,
    clientSecret: hub.clientSecret,
    counts: hub.counts,
    faults: hub.faults,
    answers: hub.answers,
    sockets: hub.sockets,
    setAppUrl(url: string | null) {
      hub.appUrl = url?.replace(/\/$/, '') ?? null;
    },
    setInstallUrl(url: string) {
      hub.installUrl = url;
      changed();
    },
    age(ms: number) {
      hub.skewMs += ms;
    },
    addWorkspace,
    addOrg(name: string) {
      const org = createOrg(name);
      hub.orgs.set(org.id, org);
      return org;
    },
    uninstallOrg: (org: Org) => uninstall(hub, org),
    tokens: hub.grants.settings,
    raw(request: string | RawRequest, headers: Record<string, string> = {}) {
      const o: RawRequest = typeof request === 'string' ? { body: request } : request;
      const signed = o.sign === false ? {} : signatureHeaders(o.secret ?? hub.signingSecret, o.body, o.timestamp);
      const type = o.contentType ?? 'application/x-www-form-urlencoded';
      return send(`${hub.appUrl}${o.path ?? '/slack/events'}`, {
        ...(o.method ? { method: o.method } : {}),
        headers: { 'content-type': type, ...signed, ...headers },
        body: o.body,
      });
    },
    onChange: hub.onChange,
    waitFor,
    async stop() {
      hub.stopTimers();
      await closePort();
    },
  };
  const settable = Object.fromEntries(
    settings.map((name) => [
      name,
      {
        enumerable: true,
        get: () => hub[name],
        set: (value: never) => {
          (hub as Record<typeof name, unknown>)[name] = value;
        },
      },
    ]),
  );
  Object.defineProperties(sandbox, Object.getOwnPropertyDescriptors(workspace));
  return Object.defineProperties(sandbox, settable) as unknown as SlackSandbox;
}
