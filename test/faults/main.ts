// `npm run faults`: real processes under real faults, one table of what held. `--fast` for every change, goal ids for some, `--control` proves the goals.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { removeClusters } from './cluster.ts';
import { controls } from './controls.ts';
import type { Goal, Row, Run, Scale } from './goal.ts';
import { goals } from './goals.ts';
import { closeAll, closing } from './harness.ts';
import { plant } from './patch.ts';
import { type ControlLine, controlReport, type Line, report } from './report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fast: { type: 'boolean', default: false },
    control: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
const wanted = positionals.map((word) => word.toUpperCase());
const unknown = wanted.filter((id) => !goals.some((goal) => goal.id === id));
if (unknown.length > 0) {
  console.error(`There is no goal called ${unknown.join(', ')}. The goals are:`);
  for (const goal of goals) console.error(`  ${goal.id}  ${goal.title}`);
  process.exit(2);
}
const chosen = goals.filter((goal) => (wanted.length > 0 ? wanted.includes(goal.id) : !(values.fast && goal.fullOnly)));
/** A copy: whoever works on src meanwhile is not tried half-way. */
const copy = plant([]);
/** Two cores serve this many goals that mostly wait; with more they would wait for each other. */
const besideEachOther = 6;
const startedAt = Date.now();
const say = (words: string) =>
  console.error(`${String(Math.round((Date.now() - startedAt) / 1_000)).padStart(5)} s  ${words}`);

// Whatever ends this run, nothing it started may go on living.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
async function cleanUp(): Promise<void> {
  await closeAll();
  await removeClusters();
  copy.remove();
}

async function tryGoal(goal: Goal, scale: Scale, srcDir: string): Promise<Row[] | Error> {
  const run: Run = { scale, srcDir, say: (words) => say(`${goal.id}  ${words}`), pick: (numbers) => numbers[scale] };
  try {
    return await closing(() => goal.run(run));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** In a full run one at a time. Else those that mostly wait run beside each other, and the rest alone after them. */
async function each(work: (goal: Goal) => Promise<void>): Promise<void> {
  const quick = values.fast || values.control;
  const isAlone = (goal: Goal) =>
    goal.alone || (values.control && controls.some((control) => control.goal === goal.id && control.alone));
  const waiting = chosen.filter((goal) => quick && !isAlone(goal)).sort((a, b) => (b.waits ?? 0) - (a.waits ?? 0));
  const rest = chosen.filter((goal) => !waiting.includes(goal));
  const next = async () => {
    for (let goal = waiting.shift(); goal; goal = waiting.shift()) await work(goal);
  };
  await Promise.all(Array.from({ length: besideEachOther }, next));
  for (const goal of rest) await work(goal);
}

async function runGoals(): Promise<{ text: string; ok: boolean }> {
  const byGoal = new Map<Goal, Line[]>();
  await each(async (goal) => {
    const from = performance.now();
    const lines: Line[] = [];
    byGoal.set(goal, lines);
    say(`${goal.id}  ${goal.title}`);
    const rows = await tryGoal(goal, values.fast ? 'fast' : 'full', copy.srcDir);
    if (rows instanceof Error) {
      const why = [rows.stack ?? rows.message];
      lines.push({
        goal: goal.id,
        what: goal.title,
        trials: 0,
        figure: '–',
        limit: '–',
        ok: false,
        verdict: 'ERROR',
        why,
      });
    } else
      for (const row of rows)
        lines.push({ ...row, goal: goal.id, verdict: row.ok ? 'holds' : values.fast && row.slow ? 'slow' : 'BROKEN' });
    for (const line of lines) {
      say(`${goal.id}  ${line.what}: ${line.figure} – ${line.verdict}`);
      if (!line.ok) for (const words of line.why ?? []) say(`${goal.id}    ${words}`);
    }
    say(`${goal.id}  took ${Math.round((performance.now() - from) / 1_000)} s`);
  });
  const lines = chosen.flatMap((goal) => byGoal.get(goal) ?? []);
  return { text: report(lines), ok: lines.every(({ verdict }) => verdict === 'holds' || verdict === 'slow') };
}

/** An error proves nothing: only a figure beyond its limit counts as red. */
async function runControls(): Promise<{ text: string; ok: boolean }> {
  const byGoal = new Map<Goal, ControlLine[]>();
  await each(async (goal) => {
    const lines: ControlLine[] = [];
    byGoal.set(goal, lines);
    const mine = controls.filter((control) => control.goal === goal.id);
    if (mine.length === 0) lines.push({ control: '–', goal: goal.id, red: 'NOT RED', why: 'it has no control' });
    for (const control of mine) {
      say(`${goal.id}  planted: ${control.name}`);
      const { srcDir, remove } = plant(control.patches, copy.srcDir);
      const rows = await tryGoal(goal, 'control', srcDir);
      remove();
      const red = rows instanceof Error ? null : rows.filter((row) => !row.ok);
      const why =
        rows instanceof Error ? rows.message : (red ?? []).map((row) => `${row.what}: ${row.figure}`).join('; ');
      lines.push({
        control: control.name,
        goal: goal.id,
        red: red === null ? 'ERROR' : red.length > 0 ? 'red' : 'NOT RED',
        why: why.split('\n')[0] ?? '',
      });
      say(`${goal.id}  ${control.name}: ${lines.at(-1)?.red} ${why}`);
    }
  });
  const lines = chosen.flatMap((goal) => byGoal.get(goal) ?? []);
  return { text: controlReport(lines), ok: lines.every((line) => line.red === 'red') };
}

const { text, ok } = await (values.control ? runControls() : runGoals()).finally(cleanUp);
const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
const head = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${values.control ? 'controls' : values.fast ? 'fast' : 'full'}, ${minutes} min`;
console.log(`\n${head}\n\n${text}`);
if (values.save) writeFileSync(fileURLToPath(new URL('last-run.md', import.meta.url)), `${head}\n\n${text}\n`);
process.exit(ok ? 0 : 1);
