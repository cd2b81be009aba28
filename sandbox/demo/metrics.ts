// The app's own ledger, read from outside by its /metrics; while it is dead, what it said last.
const states = {
  changes: ['received', 'pending', 'shown', 'suppressed', 'muted', 'folded', 'kept', 'quarantined'],
  deliveries: ['received', 'due', 'sending', 'shown', 'held', 'uncertain', 'suppressed', 'dead'],
} as const;

export interface Figures {
  changes: Record<string, number>;
  deliveries: Record<string, number>;
  catchingUp: number;
}

const none: Figures = { changes: {}, deliveries: {}, catchingUp: 0 };

/** Asks again when asked, but not more often than `everyMs`, and never waits for an app that does not answer. */
export function makeFigures(url: string, everyMs = 400) {
  let last = none;
  let askedAt = 0;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    askedAt = Date.now();
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.ok) last = parse(await answer.text().catch(() => ''));
  }

  return {
    async now(isUp: boolean): Promise<Figures> {
      if (isUp && Date.now() - askedAt >= everyMs)
        asking ??= ask().finally(() => {
          asking = undefined;
        });
      await asking;
      return last;
    },
  };
}

function parse(text: string): Figures {
  const read = (name: 'changes' | 'deliveries') =>
    Object.fromEntries(states[name].map((state) => [state, figure(text, `${name}{state="${state}"}`)]));
  return { changes: read('changes'), deliveries: read('deliveries'), catchingUp: figure(text, 'catching_up') };
}

function figure(text: string, name: string): number {
  const at = text.indexOf(`\n${name} `);
  return at < 0 ? 0 : Number.parseFloat(text.slice(at + name.length + 2));
}
