// Trouble on demand: what the sandbox Slack does wrong, for which method and channel, and how many times.
import type { ApiCall } from './types.ts';

export type FaultKind =
  | { kind: 'http'; status: number; body?: string; headers?: Record<string, string> }
  | { kind: 'error'; error: string; extra?: Record<string, unknown> }
  | { kind: 'ratelimited'; retryAfter: number }
  | { kind: 'html200' }
  | { kind: 'reset-before' }
  | { kind: 'accept-then-reset' }
  | { kind: 'accept-then-500' }
  | { kind: 'accept-then-hang' }
  | { kind: 'hang' }
  | { kind: 'delay'; ms: number };

/** `method` is a Web API method, `response_url`, or `*`; without `times` it lasts until it is removed or cleared. */
export type Fault = { method: string; channel?: string; times?: number } & FaultKind;

export interface Faults {
  add(fault: Fault): { remove(): void };
  clear(): void;
  /** 503 on everything, until `up`. */
  down(): void;
  /** Closes the port and cuts every connection, until `up`. */
  refuse(): Promise<void>;
  up(): Promise<void>;
  isDown: boolean;
  /** The fault that meets this call, counted as used. */
  take(method: string, channel: unknown): Fault | undefined;
  /** Runs after Slack has done what was asked and before the answer leaves. */
  onAccepted?: ((call: ApiCall) => void | Promise<void>) | undefined;
}

export function createFaults(port: { close(): Promise<void>; open(): Promise<void> }): Faults {
  let pending: Fault[] = [];
  return {
    isDown: false,
    add(fault) {
      const kept = { ...fault };
      pending.push(kept);
      return {
        remove() {
          pending = pending.filter((other) => other !== kept);
        },
      };
    },
    clear() {
      pending = [];
    },
    down() {
      this.isDown = true;
    },
    refuse: () => port.close(),
    async up() {
      this.isDown = false;
      await port.open();
    },
    take(method, channel) {
      if (pending.length === 0) return undefined;
      const found = pending.find(
        (fault) => (fault.method === '*' || fault.method === method) && (!fault.channel || fault.channel === channel),
      );
      if (found?.times !== undefined) {
        found.times -= 1;
        if (found.times <= 0) pending = pending.filter((fault) => fault !== found);
      }
      return found;
    },
  };
}
