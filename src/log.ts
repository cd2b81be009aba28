// Logs: one JSON line each, with secrets and invitees' data kept out by name.

import { pino } from 'pino';

export type Logger = pino.Logger;

const secret = [
  'token',
  'botToken',
  'bot_token',
  'appToken',
  'access_token',
  'refresh_token',
  'authorization',
  'Authorization',
  'signingKey',
  'signing_key',
  'signingSecret',
  'clientSecret',
  'client_secret',
  'secret',
  'password',
  'key',
  'body',
  'payload',
  'email',
  'name',
  'answers',
  'text',
  'url',
];

const censor = '[hidden]';

/** @param level pino's names, such as `info`; `silent` for none */
export function logger(level: string, destination?: pino.DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: [...secret, ...secret.map((name) => `*.${name}`)], censor },
    serializers: { err: describe },
  };
  return pino(options, destination ?? standardOut());
}

/**
 * For the few lines that every booking causes. Their fields are flat, so nothing is looked for inside of them, which would cost as much as all the rest of
 * the line.
 */
export function flatLines(log: Logger): Logger {
  return log.child({}, { redact: { paths: secret, censor } });
}

/** Lines that could not be written yet, at most; more are dropped. Bytes. */
const unwrittenLimit = 1024 * 1024;
/** Lines of a moment are written together: at this many bytes, after this many milliseconds, and before the process ends. */
const together = { minLength: 4_096, periodicFlush: 100 };

/** A log that takes nothing, such as one on a full disk, must not end the app: it goes on when there is room again. */
function standardOut(): pino.DestinationStream {
  const out = pino.destination({ dest: 1, maxLength: unwrittenLimit, ...together });
  out.on('error', () => {});
  process.once('exit', () => {
    try {
      out.flushSync();
    } catch {}
  });
  return out;
}

/** Errors by class, message and stack alone: libraries hang requests with tokens and bodies on theirs. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}

/**
 * For what may come a thousand times a second, such as a database that is away: the first is said at once, then one a second at most, with how many there
 * were since. A trouble must not fill the disk by being told.
 */
export function sparingly(everyMs = 1_000): (say: (more: number) => void) => void {
  let last = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (say) => {
    const now = performance.now();
    if (now - last < everyMs) {
      unsaid += 1;
      return;
    }
    last = now;
    say(unsaid);
    unsaid = 0;
  };
}
