// A planted fault for each goal: with it the goal must turn red, or the goal proves nothing.

import { deliveryControls } from './goals-delivery-controls.ts';
import type { Control, Patch } from './patch.ts';

const anyServer: Patch = {
  file: 'store/postgres-engine.ts',
  find: 'if (!accepted.includes(value)) wrong.push',
  replace: 'if (!accepted.includes(value) && false) wrong.push',
};

const everythingNew: Patch[] = [
  {
    file: 'store/changes.ts',
    find: 'const hash = changeHash(connectionId, key);',
    replace: 'const hash = changeHash(connectionId, key + id);',
  },
  {
    file: 'store/arrivals.ts',
    find: 'hash: changeHash(connectionId, key),',
    replace: 'hash: changeHash(connectionId, key + each.id),',
  },
];

export const controls: readonly Control[] = [
  {
    goal: 'R1',
    name: 'answers before the commit',
    patches: [
      {
        file: 'booking/intake.ts',
        find: '        const fresh = await store.keep(batch.map((entry) => entry.arrival));\n',
        replace:
          '        for (const entry of batch) entry.resolve(true);\n        await new Promise((resolve) => setTimeout(resolve, 20));\n        const fresh = await store.keep(batch.map((entry) => entry.arrival));\n',
      },
    ],
  },
  {
    goal: 'R10',
    name: 'takes every repetition for a new change',
    patches: everythingNew,
  },
  {
    goal: 'R11',
    name: 'ends at once when told to',
    patches: [
      {
        file: 'main.ts',
        find: '      .leave()\n      .then(app.stop)\n',
        replace: '      .leave()\n      .then(() => {})\n',
      },
    ],
  },
  {
    goal: 'R2',
    name: 'synchronous_commit = off',
    patches: [
      anyServer,
      {
        file: 'store/postgres-engine.ts',
        find: '    statement_timeout: 30_000,\n',
        replace: "    statement_timeout: 30_000,\n    options: '-c synchronous_commit=off',\n",
      },
    ],
  },
  {
    goal: 'R2',
    name: 'nobody listens to a connection that ends in a transaction',
    patches: [
      {
        file: 'store/postgres-engine.ts',
        find: "pool.on('connect', (client) => void client.on('error', onError));",
        replace: '',
      },
    ],
  },
  { goal: 'R3', name: 'any server will do', patches: [anyServer] },
  {
    goal: 'R49',
    name: 'waits for the database however long it takes',
    patches: [
      {
        file: 'booking/intake.ts',
        find: 'performance.now() - keepPatience;',
        replace: 'performance.now() - 3_600_000;',
      },
    ],
  },
  {
    goal: 'R4',
    name: 'says 200 whatever came of it',
    patches: [
      {
        file: 'calendly/webhook.ts',
        find: "asked to repeat it',\n        ),\n      );\n      return unavailable;",
        replace: "asked to repeat it',\n        ),\n      );\n      return kept;",
      },
    ],
  },
  {
    goal: 'R4',
    name: 'a log that cannot be written ends the app',
    patches: [{ file: 'log.ts', find: "out.on('error', () => {});", replace: '' }],
  },
  {
    goal: 'R6',
    name: 'turns away whoever comes when fifty wait',
    patches: [{ file: 'booking/intake.ts', find: 'const waitingLimit = 4_096;', replace: 'const waitingLimit = 50;' }],
  },
  {
    goal: 'R7',
    name: 'takes every repetition for a new change',
    patches: everythingNew,
  },
  {
    goal: 'R9',
    name: 'refuses signatures of another time than now',
    patches: [
      {
        file: 'calendly/webhook.ts',
        find: 'if (!verified.ok) return unauthorized;',
        replace: "if (!verified.ok || verified.age !== 'fresh') return unauthorized;",
      },
    ],
  },
  {
    goal: 'R12',
    name: 'one channel that must wait makes all wait, as the SDK does',
    patches: [
      {
        file: 'store/next-job.ts',
        find: 'lane.not_before = Math.ceil(free);',
        replace:
          "lane.not_before = Math.ceil(free + 1_000);\n          await tx.updateTable('lane').set({ not_before: lane.not_before }).execute();",
      },
    ],
  },
  {
    goal: 'R12',
    name: 'folds in the order of arrival, whoever it is for',
    patches: [
      {
        file: 'store/changes.ts',
        find: "    .orderBy('connection_id')\n    .orderBy('id')\n    .limit(upTo(limit));",
        replace: "    .orderBy('id')\n    .limit(upTo(limit));",
      },
      {
        file: 'store/changes.ts',
        find: 'if (waiting.length <= 1) return { rows: first',
        replace: 'if (waiting.length > 0) return { rows: first',
      },
    ],
  },
  {
    goal: 'R53',
    name: 'every process runs every period',
    patches: [{ file: 'store/cron-runs.ts', find: 'return won !== undefined;', replace: 'return true;' }],
  },
  {
    goal: 'R54',
    name: 'forgets to count what a message was before',
    patches: [
      {
        file: 'store/migrations/tally-triggers.ts',
        find: "add('new', [of('old'), -1], [of('new'), 1])",
        replace: "add('new', [of('new'), 1])",
      },
    ],
  },
  {
    goal: 'R46',
    name: 'the next message is looked for without its index',
    patches: [
      {
        file: 'store/next-job.ts',
        find: ".where('due_at', 'is not', null)",
        replace: '.where(sql<boolean>`+due_at is not null`)',
      },
    ],
  },
  {
    goal: 'R41',
    name: 'nobody looks for what was missed',
    patches: [{ file: 'connection/backfill.ts', find: 'if (!wish) return null;', replace: 'if (wish) return null;' }],
  },
  {
    goal: 'R42',
    name: 'takes a list that breaks off for a whole one',
    patches: [
      {
        file: 'connection/backfill.ts',
        find: '      return await waitFor(held, connection, error);',
        replace:
          '      await store.finish(held, { ...run, endedAt: held.now, earlier: null });\n      return nextDueAt(held, held.now, polls);',
      },
    ],
  },
  {
    goal: 'R40',
    name: 'sees that the hook is gone, and leaves it so',
    patches: [
      { file: 'connection/guard.ts', find: '      await replace(round, family, seen, address);\n', replace: '' },
    ],
  },
  {
    goal: 'R43',
    name: 'tells it at every check',
    patches: [
      {
        file: 'connection/guard.ts',
        find: "    if (connection.state !== 'broken') {\n      const news = tokenDead(",
        replace: '    {\n      const news = tokenDead(',
      },
    ],
  },
  {
    goal: 'R44',
    name: 'each process renews by itself',
    patches: [
      {
        file: 'store/token-pairs.ts',
        find: "        .where((eb) => eb.or([eb('attempt', 'is', null), eb(since('attempt_at'), '>', staleMs)]))\n",
        replace: '',
      },
    ],
  },
  {
    goal: 'R45',
    name: 'takes what is found for other bookings',
    patches: [
      {
        file: 'store/changes.ts',
        find: 'const hash = changeHash(connectionId, key);',
        replace: 'const hash = changeHash(connectionId, key + arrival.source);',
      },
      { file: 'store/changes.ts', find: 'bookingOf: new Map(found.map(', replace: 'bookingOf: new Map([].map(' },
    ],
  },
  {
    goal: 'S6',
    name: 'posts with the token of whichever workspace it knows first',
    patches: [
      {
        file: 'slack/workspaces.ts',
        find: 'const found = await knownBy(installationId);\n      return found && (await tokenIn(found));',
        replace: 'const [found] = byId.values();\n      return found && installationId ? await tokenIn(found) : null;',
      },
    ],
  },
  {
    goal: 'S6',
    name: 'knows a meeting by its address at Calendly, whoever’s it is',
    patches: [
      {
        file: 'store/changes.ts',
        find: "=>\n  db\n    .selectFrom('booking_uri')\n    .select(['uri_hash', 'booking_id'])\n    .where('installation_id', '=', names[0]!.installationId)\n",
        replace:
          "=>\n  across(db, 'worker')\n    .selectFrom('booking_uri')\n    .select(['uri_hash', 'booking_id'])\n",
      },
    ],
  },
  ...deliveryControls,
];
