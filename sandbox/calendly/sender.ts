// Sends webhooks as Calendly does: signed, retried with back-off, and giving a hook up when nothing gets through for too long.
import { Agent, request } from 'undici';
import type { Change } from './bookings.ts';
import { stamp, uuid } from './ids.ts';
import type { Hook } from './model.ts';
import { envelope, sign } from './payloads.ts';
import { inGroup, type World } from './world.ts';

/** One attempt, whatever became of it. `status` is null when no answer came; `error` then says why. */
export type Delivery = {
  at: number;
  message: string;
  attempt: number;
  hook: string;
  url: string;
  event: string;
  body: string;
  signature: string | null;
  status: number | null;
  ms: number;
  error: string | null;
};

/** The real one backs off for 24 hours; intervals are not published. `renewTime: false` repeats the first signature. */
export type RetryPolicy = { firstMs: number; factor: number; maxMs: number; giveUpAfterMs: number; renewTime: boolean };

export type DeliveryMode = 'normal' | 'twice' | 'out of order' | 'held';

export type Message = {
  id: string;
  hook: Hook;
  event: string;
  body: string;
  signature: string | null;
  attempts: number;
  firstAt: number;
};

export type ReleaseOrder = 'fifo' | 'reverse' | ((messages: Message[]) => Message[]);

const shuffleWindowMs = 800;

export type Sender = ReturnType<typeof makeSender>;

export function makeSender(world: World, changed: () => void) {
  const deliveries: Delivery[] = [];
  const waiting = new Map<Message, NodeJS.Timeout>();
  const lastSuccess = new Map<string, number>();
  // Hooks that ever had a message, kept for messages sent again after their hook is gone.
  const known = new Map<string, Hook>();
  // Connect 10 s, read 15 s, redirects not followed: reference behaviour of the real sender.
  const agent = new Agent({
    connect: { timeout: 10_000 },
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
    connections: 64,
  });
  const retryPolicy: RetryPolicy = {
    firstMs: 2_000,
    factor: 2,
    maxMs: 30_000,
    giveUpAfterMs: 600_000,
    renewTime: true,
  };
  let held: Message[] = [];
  let shuffled: Message[] = [];
  let shuffleTimer: NodeJS.Timeout | undefined;
  let mode: DeliveryMode = 'normal';
  let busy = 0;
  let stopped = false;

  function publish(changes: Change[], o: { inOrder: boolean }): void {
    const messages = changes.flatMap((change) => messagesFor(change));
    for (const { hook } of messages) known.set(hook.uri, hook);
    if (mode === 'held') held.push(...messages);
    else if (mode === 'out of order') shuffle(messages);
    else void dispatch(mode === 'twice' ? messages.flatMap((m) => [m, copyOf(m)]) : messages, o.inOrder);
    changed();
  }

  function messagesFor(change: Change): Message[] {
    return world.hooks
      .filter((hook) => hook.state === 'active' && hook.events.includes(change.event) && hears(world, hook, change))
      .map((hook) => ({
        id: uuid(),
        hook,
        event: change.event,
        body: envelope(change.event, hook.creator ?? '', change.payload),
        signature: null,
        attempts: 0,
        firstAt: Date.now(),
      }));
  }

  const copyOf = (message: Message): Message => ({ ...message, id: uuid() });

  /** Waits a moment for more messages, then sends them last first. */
  function shuffle(messages: Message[]): void {
    shuffled.push(...messages);
    busy += shuffleTimer ? 0 : 1;
    shuffleTimer ??= setTimeout(() => {
      const batch = shuffled.reverse();
      shuffled = [];
      shuffleTimer = undefined;
      void dispatch(batch, true).finally(() => {
        busy -= 1;
        changed();
      });
    }, shuffleWindowMs);
  }

  /** Resolves when each message has had its first attempt. A failing one is retried on its own and holds up no other. */
  async function dispatch(messages: Message[], inOrder: boolean): Promise<void> {
    busy += 1;
    try {
      if (!inOrder) await Promise.all(messages.map((message) => attempt(message)));
      else for (const message of messages) await attempt(message);
    } finally {
      busy -= 1;
      changed();
    }
  }

  async function attempt(message: Message): Promise<void> {
    waiting.delete(message);
    if (!isLive(message.hook)) return;
    message.attempts += 1;
    if (retryPolicy.renewTime || message.attempts === 1) message.signature = signatureOf(message);
    const delivery = await post(message, message.signature);
    if (stopped) return;
    if (succeeded(delivery)) delivered(message.hook);
    else failed(message);
    changed();
  }

  const isLive = (hook: Hook): boolean => hook.state === 'active' && world.hooks.includes(hook);

  function signatureOf(message: Message): string | null {
    return message.hook.signing_key === null ? null : sign(message.hook.signing_key, message.body);
  }

  async function post(message: Message, signature: string | null): Promise<Delivery> {
    const at = Date.now();
    let status: number | null = null;
    let error: string | null = null;
    busy += 1;
    try {
      const answer = await request(message.hook.callback_url, {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'Calendly',
          ...(signature ? { 'Calendly-Webhook-Signature': signature } : {}),
        },
        body: message.body,
      });
      status = answer.statusCode;
      await answer.body.dump();
    } catch (problem) {
      error = problem instanceof Error ? ((problem as NodeJS.ErrnoException).code ?? problem.message) : String(problem);
    } finally {
      busy -= 1;
    }
    const { id, attempts, hook, event, body } = message;
    const delivery: Delivery = {
      at,
      message: id,
      attempt: attempts,
      hook: hook.uri,
      url: hook.callback_url,
      event,
      body,
      signature,
      status,
      ms: Date.now() - at,
      error,
    };
    deliveries.push(delivery);
    return delivery;
  }

  function delivered(hook: Hook): void {
    lastSuccess.set(hook.uri, Date.now());
    if (hook.retry_started_at === null) return;
    hook.retry_started_at = null;
    hook.updated_at = stamp();
  }

  function failed(message: Message): void {
    const { hook } = message;
    if (!isLive(hook)) return;
    if (hook.retry_started_at === null) {
      hook.retry_started_at = stamp();
      hook.updated_at = stamp();
    }
    const { firstMs, factor, maxMs, giveUpAfterMs } = retryPolicy;
    const delay = Math.min(firstMs * factor ** (message.attempts - 1), maxMs);
    if (Date.now() + delay - message.firstAt > giveUpAfterMs) giveUp(message);
    else
      waiting.set(
        message,
        setTimeout(() => void attempt(message), delay),
      );
  }

  function giveUp(message: Message): void {
    if ((lastSuccess.get(message.hook.uri) ?? 0) < message.firstAt) setState(message.hook, 'disabled');
  }

  function setState(hook: Hook, state: Hook['state']): void {
    hook.state = state;
    hook.updated_at = stamp();
    if (state === 'disabled') drop(hook);
    changed();
  }

  /** Messages of a hook that is gone are not sent any more, and never again. */
  function drop(hook: Hook): void {
    held = held.filter((message) => message.hook !== hook);
    for (const [message, timer] of waiting) {
      if (message.hook !== hook) continue;
      clearTimeout(timer);
      waiting.delete(message);
    }
  }

  function remove(hook: Hook): void {
    const index = world.hooks.indexOf(hook);
    if (index >= 0) world.hooks.splice(index, 1);
    drop(hook);
    changed();
  }

  async function release(o: { order?: ReleaseOrder } = {}): Promise<void> {
    const batch = held;
    held = [];
    mode = 'normal';
    const { order = 'fifo' } = o;
    const sorted = typeof order === 'function' ? order(batch) : order === 'reverse' ? batch.reverse() : batch;
    await dispatch(sorted, true);
  }

  /** Sends earlier messages once more, to where they went, whatever became of the hook since. */
  async function resend(what: Delivery | 'all', o: { resign?: boolean } = {}): Promise<Delivery[]> {
    const first = new Map(deliveries.map((delivery) => [delivery.message, delivery] as const).reverse());
    const list = what === 'all' ? [...first.values()].reverse() : [what];
    const sent: Delivery[] = [];
    for (const delivery of list) {
      const message = messageOf(delivery);
      sent.push(await post(message, o.resign ? signatureOf(message) : delivery.signature));
      changed();
    }
    return sent;
  }

  function messageOf(delivery: Delivery): Message {
    const hook = known.get(delivery.hook);
    if (!hook) throw new Error('The sandbox has no hook for this delivery.');
    const { message: id, event, body, signature, attempt, at } = delivery;
    return { id, hook, event, body, signature, attempts: attempt + 1, firstAt: at };
  }

  /** Does at once what back-off would do later. */
  async function retryNow(hook: Hook): Promise<void> {
    const due = [...waiting].filter(([message]) => message.hook === hook);
    for (const [, timer] of due) clearTimeout(timer);
    await dispatch(
      due.map(([message]) => message),
      false,
    );
  }

  async function stop(): Promise<void> {
    stopped = true;
    clearTimeout(shuffleTimer);
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
    await agent.destroy();
  }

  return {
    deliveries,
    retryPolicy,
    publish,
    release,
    resend,
    retryNow,
    setState,
    remove,
    stop,
    isIdle: () => busy === 0,
    heldCount: () => held.length,
    waitingFor: (hook: Hook) => [...waiting.keys()].filter((message) => message.hook === hook).length,
    mode: () => mode,
    async setMode(next: DeliveryMode): Promise<void> {
      if (mode === 'held' && next !== 'held') await release();
      mode = next;
      changed();
    },
  };
}

const succeeded = (delivery: Delivery): boolean =>
  delivery.status !== null && delivery.status >= 200 && delivery.status < 300;

function hears(world: World, hook: Hook, change: Change): boolean {
  if (hook.organization !== change.organization) return false;
  if (hook.scope === 'organization') return true;
  if (hook.scope === 'user') return change.users.some((user) => user === hook.user);
  return change.users.some((user) => inGroup(world, user, hook.group ?? ''));
}
