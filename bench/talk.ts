// Helper processes of the bench: each has a few acts, and whoever started it asks for them by name.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a helper can do; arguments and answers cross a process border, so they are plain data or typed arrays. */
// biome-ignore lint/suspicious/noExplicitAny: the one border where acts of every helper pass.
type Acts = Record<string, (argument: any) => unknown>;

interface Question {
  id: number;
  act: string;
  argument: unknown;
}

type Reply = { id: number; answer: unknown } | { id: number; error: string };

export interface Helper<A extends Acts> {
  pid: number;
  ask<K extends keyof A & string>(act: K, argument: Parameters<A[K]>[0]): Promise<Awaited<ReturnType<A[K]>>>;
  stop(): void;
}

/** Starts a file of this folder as a process of its own, so that its work is nobody else's CPU time. */
export function startHelper<A extends Acts>(file: string): Helper<A> {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), { serialization: 'advanced' });
  const open = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  let gone: Error | null = null;
  child.on('message', (reply: Reply) => {
    const waiting = open.get(reply.id);
    open.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(`${file}: ${reply.error}`));
    else waiting?.resolve(reply.answer as never);
  });
  child.once('exit', (code, signal) => {
    gone = new Error(`${file} ended by itself (${signal ?? `code ${code}`})`);
    for (const { reject } of open.values()) reject(gone);
  });
  return {
    pid: child.pid ?? 0,
    ask(act, argument) {
      return new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        last += 1;
        open.set(last, { resolve, reject });
        child.send({ id: last, act, argument } satisfies Question);
      });
    },
    stop: () => void child.kill(),
  };
}

/** In the helper: answers what is asked, one after another or at once, until whoever started it is gone. */
export function answerWith(acts: Acts): void {
  process.on('message', async ({ id, act, argument }: Question) => {
    try {
      process.send?.({ id, answer: await acts[act]?.(argument) } satisfies Reply);
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Reply);
    }
  });
  process.on('disconnect', () => process.exit(0));
}

/** Milliseconds of a clock that all processes of this machine share and nobody sets. */
export const sharedClock = (): number => Number(process.hrtime.bigint()) / 1e6;
