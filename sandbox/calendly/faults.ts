// Faults on demand: what the API does wrong, for which calls, and how often.

/**
 * `reset` drops the connection before anything happened; `reset-after` does the work and then drops it, so that the caller
 * cannot know; `hang` never answers; `html` is the edge's error page; `delayMs` answers late but rightly.
 */
export type FaultKind =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { delayMs: number }
  | 'reset'
  | 'reset-after'
  | 'hang'
  | 'html';

export type Fault = {
  /** `GET /users/me`, with `*` for anything: `DELETE /webhook_subscriptions/*`; or a pattern over the same text. */
  match: string | RegExp;
  /** How many calls it spoils; without it, all until cleared. */
  times?: number;
  /** Which part of the calls it spoils, from 0 to 1; always the same ones, so that a test can be repeated. */
  share?: number;
  kind: FaultKind;
};

export type Faults = ReturnType<typeof makeFaults>;

export function makeFaults() {
  let list: { test: (call: string) => boolean; left: number; kind: FaultKind }[] = [];
  const dice = seeded();

  function add(fault: Fault): void {
    const { share = 1 } = fault;
    const matches = matcher(fault.match);
    const test = (call: string) => matches(call) && (share >= 1 || dice() < share);
    list.push({ test, left: fault.times ?? Number.POSITIVE_INFINITY, kind: fault.kind });
  }

  /** The fault that strikes this call, counted. */
  function take(method: string, path: string): FaultKind | undefined {
    const found = list.find((fault) => fault.left > 0 && fault.test(`${method} ${path}`));
    if (found) found.left -= 1;
    return found?.kind;
  }

  return {
    add,
    take,
    clear() {
      list = [];
    },
  };
}

/** Numbers from 0 to 1 that look like chance (mulberry32). */
function seeded(): () => number {
  let seed = 1;
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function matcher(match: string | RegExp): (call: string) => boolean {
  if (match instanceof RegExp) return (call) => match.test(call);
  const pattern = match
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const whole = new RegExp(`^${pattern}$`);
  return (call) => whole.test(call);
}

/** What a load balancer shows when nothing behind it answers. */
export const edgePage = `<!DOCTYPE html>
<html><head><title>503 Service Temporarily Unavailable</title></head>
<body><h1>503 Service Temporarily Unavailable</h1></body></html>`;
