// The figures with their floors and targets, and the tables that show them.

/** One number of a figure. `NaN` is "not measured here". */
interface Part {
  value: number;
  floor: number;
  target: number;
}

export interface Figure {
  name: string;
  /** `most`: floor and target are upper limits. `least`: lower ones. */
  limit: 'most' | 'least';
  parts: Part[];
  unit: string;
  digits: number;
}

type Verdict = 'target met' | 'floor met' | 'MISSED' | 'not measured';

export function figure(
  name: string,
  limit: Figure['limit'],
  parts: [value: number, floor: number, target: number][],
  unit = '',
  digits = 2,
): Figure {
  return { name, limit, unit, digits, parts: parts.map(([value, floor, target]) => ({ value, floor, target })) };
}

export function verdictOf({ limit, parts }: Figure): Verdict {
  const within = (value: number, bound: number) => (limit === 'most' ? value <= bound : value >= bound);
  if (parts.some(({ value }) => Number.isNaN(value))) return 'not measured';
  if (parts.every(({ value, target }) => within(value, target))) return 'target met';
  return parts.every(({ value, floor }) => within(value, floor)) ? 'floor met' : 'MISSED';
}

/** In Markdown, aligned, so that it reads well in a terminal too. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), 3));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function figuresTable(figures: Figure[]): string {
  const rows = figures.map((each) => {
    const sign = each.limit === 'most' ? '≤' : '≥';
    const words = (pick: (part: Part) => number, digits: number) =>
      `${each.parts.map((part) => number(pick(part), digits)).join(' / ')}${each.unit && ` ${each.unit}`}`;
    return [
      each.name,
      words((part) => part.value, each.digits),
      `${sign} ${words((part) => part.floor, 2)}`,
      `${sign} ${words((part) => part.target, 2)}`,
      verdictOf(each),
    ];
  });
  return table(['figure', 'ours', 'floor', 'target', 'verdict'], rows);
}

/** With at most so many digits behind the point. */
export function number(value: number, digits = 0): string {
  if (Number.isNaN(value)) return '–';
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
