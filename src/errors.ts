// The only three ways things go wrong: Refusal (the person can put it right), Outage (the other side is unwell), Gone (it will never work again).
//
// A message is a sentence a person may read as it stands: what is wrong and the one next step. `{command}` in it stands for
// the configured slash command's name; the edge that shows the sentence fills it in (see `withCommand`).

export interface FailureOptions {
  /** A short stable name for logs, metrics and tests, such as `token_invalid`. */
  code: string;
  cause?: unknown;
}

/** The person can put it right now: the message says how. Nothing was changed. */
export class Refusal extends Error {
  readonly code: string;
  constructor(message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.code = options.code;
  }
}

/** The other side is unwell: the same call may work later, not before `retryAfterMs` (milliseconds) have passed. */
export class Outage extends Error {
  readonly code: string;
  readonly retryAfterMs: number | null;
  constructor(message: string, options: FailureOptions & { retryAfterMs?: number | null }) {
    super(message, { cause: options.cause });
    this.name = 'Outage';
    this.code = options.code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** It will never work again as it is: stop, pause what depends on it, and tell its owner once. */
export class Gone extends Error {
  readonly code: string;
  constructor(message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.name = 'Gone';
    this.code = options.code;
  }
}

/** Fills the configured command name (with its slash) into a sentence of the core. */
export function withCommand(sentence: string, command: string): string {
  return sentence.replaceAll('{command}', command);
}
