// The planted faults of the delivering goals: what others in this field do, or what we could have forgotten.

import type { Control } from './patch.ts';

export const deliveryControls: readonly Control[] = [
  {
    goal: 'R20',
    name: 'posts everything twice',
    patches: [
      {
        file: 'delivery/lane.ts',
        find: '    else outcome = await send(job, notAfter);',
        replace: '    else {\n      await send(job, notAfter);\n      outcome = await send(job, notAfter);\n    }',
      },
    ],
  },
  {
    goal: 'R21',
    name: 'Retry-After ignored',
    patches: [
      {
        file: 'slack/post.ts',
        find: 'retryAfterMs: seconds === null ? unsaid : Math.min(Math.ceil(seconds * 1000), DAY),',
        replace: 'retryAfterMs: seconds === null ? unsaid : null,',
      },
    ],
  },
  {
    goal: 'R22',
    name: 'pace ignored',
    patches: [{ file: 'store/next-job.ts', find: 'if (free > now) {', replace: 'if (free > now + 3_600_000) {' }],
  },
  {
    goal: 'R23',
    name: 'tries again like the SDK, whatever may have been done',
    patches: [
      {
        file: 'delivery/retry.ts',
        find: "if (at.op !== 'post') return { do: 'again', ...outageWait(null, at, random) };",
        replace: "if (at.op) return { do: 'again', ...outageWait(null, at, random) };",
      },
    ],
  },
  {
    goal: 'R24',
    name: 'intent not committed before the call',
    patches: [
      {
        file: 'store/next-job.ts',
        find: "state: sql.lit('sending'),",
        replace: "state: sql.lit('due'),",
      },
    ],
  },
  {
    goal: 'R25',
    name: 'no fence',
    patches: [
      { file: 'store/deliveries.ts', find: 'if (!lane || lane.fence !== job.fence) {', replace: 'if (!lane) {' },
    ],
  },
  {
    goal: 'R25',
    name: 'what waited for a connection leaves however late',
    alone: true,
    patches: [{ file: 'slack/post.ts', find: '!over && performance.now() < notAfter', replace: 'notAfter > 0' }],
  },
  {
    goal: 'R26',
    name: 'leases of five minutes',
    patches: [
      { file: 'store/lanes.ts', find: 'export const leaseMs = 30_000;', replace: 'export const leaseMs = 300_000;' },
    ],
  },
  {
    goal: 'R27',
    name: 'forgets what changed while a call was under way',
    patches: [
      {
        file: 'store/settle.ts',
        find: "then 'due' else 'shown' end`,\n    due_at",
        replace: "then 'shown' else 'shown' end`,\n    due_at",
      },
      {
        file: 'store/settle.ts',
        find: 'then due_at end`',
        replace: 'then null end`',
      },
    ],
  },
  {
    goal: 'R28',
    name: 'no second try as plain text',
    patches: [
      {
        file: 'delivery/retry.ts',
        find: "if (!at.plain && at.op !== 'delete') return",
        replace: "if (!at.plain && at.op === 'delete') return",
      },
    ],
  },
  {
    goal: 'R29',
    name: 'deletes the subscription of a channel it cannot find',
    patches: [
      {
        file: 'store/holds.ts',
        find: ".updateTable('subscription')\n    .set({ state: 'paused', reason: hold.reason, updated_at: hold.now })",
        replace: ".deleteFrom('subscription')",
      },
    ],
  },
  {
    goal: 'R30',
    name: 'gives up after three tries',
    patches: [
      {
        file: 'delivery/retry.ts',
        find: "    case 'not_sent':\n      return",
        replace:
          "    case 'not_sent':\n      if (at.attempt > 2) return { do: 'dead', reason: 'Slack is away.' };\n      return",
      },
    ],
  },
  {
    goal: 'R30',
    name: 'what waited longest goes first',
    patches: [
      {
        file: 'store/next-job.ts',
        find: 'oldest.due_at! < now - news ?',
        replace: 'oldest.due_at! < now - 365 * 86_400_000 ?',
      },
    ],
  },
  {
    goal: 'R31',
    name: 'no jitter',
    patches: [
      {
        file: 'delivery/retry.ts',
        find: 'return Math.round(cap * random());',
        replace: 'return Math.round(cap + 0 * random());',
      },
    ],
  },
  {
    goal: 'R32',
    name: 'says "not sent" of every broken connection',
    patches: [
      {
        file: 'slack/post.ts',
        find: 'if (heard.written) return',
        replace: 'if (heard.written && heard.error === null) return',
      },
    ],
  },
  {
    goal: 'R47',
    name: 'leases and waits by the app’s clock',
    patches: [
      {
        file: 'store/postgres-engine.ts',
        find: 'now: postgresNow,',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the planted source.
        replace: 'get now() {\n      return sql<number>`cast(${Date.now()} as bigint)`;\n    },',
      },
      {
        file: 'store/postgres-engine.ts',
        find: "readNow: async (on) => (await on.selectNoFrom(postgresNow.as('now')).executeTakeFirstOrThrow()).now,",
        replace: 'readNow: async () => Date.now(),',
      },
    ],
  },
  {
    goal: 'R47',
    name: 'nobody follows an embedded clock that is set ahead',
    patches: [{ file: 'store/set-ahead.ts', find: 'if (last && byMs >= leastMs)', replace: 'if (last && byMs < 0)' }],
  },
  {
    goal: 'R48',
    name: 'no poll',
    patches: [{ file: 'delivery/lane.ts', find: 'options.pollMs ?? 3_000;', replace: 'options.pollMs ?? 3_600_000;' }],
  },
];
