// Prints what came of a run: one table of all goals, then what went wrong in words.

import type { Row } from './goal.ts';

export type Verdict = 'holds' | 'slow' | 'BROKEN' | 'ERROR';

export interface Line extends Row {
  goal: string;
  verdict: Verdict;
}

export interface ControlLine {
  control: string;
  goal: string;
  red: 'red' | 'NOT RED' | 'ERROR';
  why: string;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function report(lines: readonly Line[]): string {
  const rows = lines.map((line) => [line.goal, line.what, String(line.trials), line.figure, line.limit, line.verdict]);
  const wrong = lines.filter((line) => line.verdict !== 'holds' && line.why?.length);
  return [
    table(['goal', 'what', 'trials', 'figure', 'limit', 'verdict'], rows),
    ...wrong.map((line) => `\n${line.goal}, ${line.what}:\n${line.why?.map((words) => `  - ${words}`).join('\n')}`),
  ].join('\n');
}

export const controlReport = (lines: readonly ControlLine[]): string =>
  table(
    ['control', 'goal', 'red?', 'how it showed'],
    lines.map((line) => [line.control, line.goal, line.red, line.why]),
  );
