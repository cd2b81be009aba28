// What all parts of the sandbox Slack share: its workspaces, its clock, short-lived ids, and word of every change.
import { randomBytes } from 'node:crypto';
import type { Faults } from './faults.ts';
import type { Grants } from './grants.ts';
import type { SocketMode } from './socket-mode.ts';
import type { Team } from './team.ts';
import type { Answered, ApiCall, Message, Org } from './types.ts';

const TRIGGER_LIFE_MS = 3_000;
const RESPONSE_URL_LIFE_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;

export interface Trigger {
  team: Team;
  user: string;
  at: number;
  used: boolean;
  /** The view whose button was pressed; only from there can another be pushed. */
  viewId?: string;
  channel?: string;
}

export interface ResponseUrl {
  team: Team;
  user: string;
  channel: string;
  at: number;
  uses: number;
  /** The message whose button was pressed, if it was one. */
  source?: Message;
}

export interface Hub {
  signingSecret: string;
  appToken: string;
  appId: string;
  appName: string;
  commandName: string;
  clientId: string;
  clientSecret: string;
  /** Whether typed mentions reach the app as `<@U…|name>` and `<#C…|name>` (the manifest's should_escape). */
  shouldEscape: boolean;
  url: string;
  appUrl: string | null;
  /** The app's own page that adds it to a workspace; the page here leads there. */
  installUrl: string | null;
  latencyMs: number;
  ackTimeoutMs: number;
  /** How long a driver waits for what the app shows after it acknowledged, before it goes on without. */
  settleMs: number;
  /** When an event that was not answered 200 is sent again; Slack's own pace by default. */
  eventRetryMs: number[];
  limits: { onePerSecondPerChannel: boolean; burst: number };
  keepLedger: boolean;
  ledger: ApiCall[];
  answers: Answered[];
  counts: Map<string, { calls: number; accepted: number }>;
  faults: Faults;
  sockets: SocketMode;
  teams: Map<string, Team>;
  orgs: Map<string, Org>;
  /** The workspaces of an organization, or the one workspace itself. */
  teamsOf(holder: Team | Org): Team[];
  grants: Grants;
  /** How far this Slack's clock is ahead of the machine's; see `age`. */
  skewMs: number;
  rev: number;
  changed(): void;
  onChange(listener: () => void): () => void;
  now(): number;
  trigger(trigger: Omit<Trigger, 'at' | 'used'>): string;
  /** Uses a trigger id up, or says why it cannot be used. */
  exchange(id: string): Trigger | string;
  isExchanged(id: string): boolean;
  responseUrl(kind: 'commands' | 'actions', target: Omit<ResponseUrl, 'at' | 'uses'>): string;
  /** How often a response_url has been used. */
  usesOf(url: string): number;
  useResponseUrl(path: string): ResponseUrl | 'expired_url' | 'used_url' | 'no_such_url';
  later(ms: number, work: () => void): void;
  stopTimers(): void;
}

/** The parts that have no other home; the server fills in the rest. */
export function sharedParts() {
  const listeners = new Set<() => void>();
  const timers = new Set<NodeJS.Timeout>();
  const triggers = new Map<string, Trigger>();
  const responseUrls = new Map<string, ResponseUrl>();
  return {
    skewMs: 0,
    rev: 0,
    now(): number {
      return Date.now() + this.skewMs;
    },
    changed(): void {
      this.rev += 1;
      for (const listener of listeners) listener();
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    trigger(trigger: Omit<Trigger, 'at' | 'used'>): string {
      const id = `${Date.now()}.${triggers.size}.${randomBytes(16).toString('hex')}`;
      triggers.set(id, { ...trigger, at: this.now(), used: false });
      forgetOldest(triggers, 20_000);
      return id;
    },
    exchange(id: string): Trigger | string {
      const trigger = triggers.get(id);
      if (!trigger) return 'invalid_trigger_id';
      if (trigger.used) return 'exchanged_trigger_id';
      if (this.now() - trigger.at > TRIGGER_LIFE_MS) return 'expired_trigger_id';
      trigger.used = true;
      return trigger;
    },
    isExchanged: (id: string) => triggers.get(id)?.used ?? false,
    responseUrl(
      this: { url?: string; now(): number },
      kind: 'commands' | 'actions',
      target: Omit<ResponseUrl, 'at' | 'uses'>,
    ) {
      const path = `/${kind}/${target.team.id}/${Date.now()}/${randomBytes(12).toString('hex')}`;
      responseUrls.set(path, { ...target, at: this.now(), uses: 0 });
      forgetOldest(responseUrls, 20_000);
      return `${this.url}${path}`;
    },
    usesOf: (url: string) => responseUrls.get(new URL(url).pathname)?.uses ?? 0,
    useResponseUrl(path: string) {
      const target = responseUrls.get(path);
      if (!target) return 'no_such_url' as const;
      if (this.now() - target.at > RESPONSE_URL_LIFE_MS) return 'expired_url' as const;
      if (target.uses >= RESPONSE_URL_USES) return 'used_url' as const;
      target.uses += 1;
      return target;
    },
    later(ms: number, work: () => void): void {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, ms);
      timers.add(timer);
    },
    stopTimers(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function forgetOldest(map: Map<string, unknown>, keep: number): void {
  if (map.size <= keep) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
