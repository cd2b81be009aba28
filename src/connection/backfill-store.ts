// What looking for what was missed needs of the memory.

import type { KnownBooking } from './differences.ts';
import type { Last, Run, Times, Wish } from './look.ts';

/** One connection's row, as its holder has taken it up. */
export interface Held extends Times {
  installationId: string;
  fence: number;
  /** From when on changes are ours. */
  since: number;
  wish: Wish | null;
  run: Run | null;
}

/** Writes of somebody whose hold has passed to another change nothing and answer false. */
export interface BackfillStore {
  /** The database's clock, UTC milliseconds. */
  now(): Promise<number>;
  /** Changes are ours from now on; what was under way is given up. */
  begin(installationId: string, connectionId: string, since: number): Promise<void>;
  /** For connections from before there was a backfill: theirs are ours since they were made. */
  beginMissing(): Promise<void>;
  /** Joined with a wish that waits already. */
  wish(installationId: string, connectionId: string, wish: Wish): Promise<void>;
  wishAll(wish: Wish): Promise<void>;
  /** Everybody's next time is thought over at once. */
  dueNow(): Promise<void>;
  /** Takes up connections that work and are due; nobody else gets them until the lease ends. */
  claim(limit: number, leaseMs: number): Promise<(Held & { now: number })[]>;
  extend(held: Held, leaseMs: number): Promise<boolean>;
  /** Begins a look; its wish is fulfilled by it. */
  take(held: Held, run: Run, times: Pick<Times, 'pollAt' | 'hourlyAt' | 'nightlyAt'>): Promise<boolean>;
  save(held: Held, run: Run): Promise<boolean>;
  finish(held: Held, last: Last): Promise<boolean>;
  release(held: Held, dueAt: number): Promise<void>;
  state(installationId: string, connectionId: string): Promise<Held | null>;
  /** Our bookings by the URIs of their meetings. */
  known(installationId: string, meetings: readonly string[]): Promise<Map<string, KnownBooking>>;
  /** Of these, those whose booking cannot be read any more, with its version. */
  lost(installationId: string, meetings: readonly string[]): Promise<Map<string, number>>;
  /** Which of these keys this connection has been told. */
  told(installationId: string, connectionId: string, keys: readonly string[]): Promise<Set<string>>;
  /** The channels that follow this connection, muted ones left out. */
  channels(installationId: string, connectionId: string): Promise<string[]>;
  /** Lets a meeting be found that was booked before meetings had names here. */
  name(installationId: string, meeting: string, invitees: readonly string[]): Promise<void>;
}
