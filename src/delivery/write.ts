// One write to a messenger and what became of it: the words shared by the worker, the retry rules and the edge that sends.

import type { Content } from './content.ts';

export interface Write {
  installationId: string;
  op: 'post' | 'edit' | 'delete';
  /** Slack conversation id, or a user id for a direct message. */
  channel: string;
  /** The message to edit or delete. */
  ts: string | null;
  threadTs: string | null;
  content: Content;
  /** Send text alone, without blocks: the second try after the blocks were refused. */
  plain: boolean;
  /** How the message to edit looks, by the messenger's own mark of it; null when that is not known. */
  seen?: string | null;
  /** Opaque and unique for this attempt; may go into message metadata. */
  attemptId: string;
  /** By `performance.now()`: later than this it must not leave the process any more, since somebody else may have taken over. */
  notAfter?: number;
}

/**
 * What the far side's answer means.
 * - `done`: it is there. `seen`: the messenger's own mark of how it looks, by which it knows an edit that would change nothing.
 * - `not_sent`: surely nothing happened (no connection, 429, HTTP 503); `retryAfterMs` when it said so; `isOutage` where nobody was there to connect to.
 * - `refused`: a clear no, with the messenger's error code.
 * - `isUnasked`: that is known without a call.
 * - `ambiguous`: it may or may not be there (reset or time-out after the request was written, 500/502/504, not JSON, `internal_error`, `fatal_error`).
 */
export type Outcome =
  | { kind: 'done'; ts: string; channel: string; seen?: string; isUnasked?: true }
  | { kind: 'not_sent'; reason: string; retryAfterMs: number | null; isOutage?: true }
  | { kind: 'refused'; error: string; detail: string | null; isUnasked?: true }
  | { kind: 'ambiguous'; reason: string };

/** Was an attempt of unknown outcome made after all? */
export interface Search {
  installationId: string;
  channel: string;
  threadTs: string | null;
  attemptId: string;
  /** When the attempt was about to be made, UTC milliseconds of our clock, and how long ago that is. Neither may be later than the truth by much. */
  triedAt: number;
  ageMs: number;
}

/** `forbidden`: this installation or channel cannot be searched at all. `unknown`: not this time. */
export type Found =
  | { kind: 'found'; ts: string }
  | { kind: 'absent' }
  | { kind: 'unknown'; reason: string; retryAfterMs: number | null }
  | { kind: 'forbidden'; reason: string };

/** The one way out; never throws for what the far side does. */
export interface Messenger {
  send(write: Write): Promise<Outcome>;
  find(search: Search): Promise<Found>;
}

/** What to do with a post nobody knows the outcome of: search the channel for it, leave it to its owner, or send it again at the risk of a duplicate. */
export type UncertainPolicy = 'look_up' | 'ask' | 'resend';
