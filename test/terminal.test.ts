// The bar on a terminal: never longer than its line, gone when all is over, and none where nobody looks.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barOf, terminalBar } from '../src/terminal.ts';

test('is as long as what is done, and never longer than the line', () => {
  expect(barOf('Catching up', 120, 500, 80)).toBe(`Catching up ▕${'█'.repeat(7)}${'░'.repeat(23)}▏ 120 of 500`);
  expect(barOf('Catching up', 500, 500, 80)).toBe(`Catching up ▕${'█'.repeat(30)}▏ 500 of 500`);
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(10_000), fc.integer({ min: 0, max: 200 }), (done, total, columns) => {
      expect(barOf('Catching up', done, total, columns).length).toBeLessThanOrEqual(Math.max(0, columns - 1));
    }),
  );
});

test('sums up what is under way, and leaves a clean line', () => {
  const written: string[] = [];
  const bar = terminalBar({ isTTY: true, columns: 60, write: (text) => written.push(text) }, 'Catching up')!;
  bar.show('a', 10, 100);
  bar.show('b', 20, 50);
  expect(written.at(-1)).toMatch(/ 30 of 150\r$/);
  bar.over('a');
  expect(written.at(-1)).toMatch(/ 20 of 50\r$/);
  bar.over('b');
  expect(written.at(-1)).toBe('\x1b[2K\r');
  const before = written.length;
  bar.over('b');
  expect(written).toHaveLength(before);
});

test('is there on a terminal that does not know its width', () => {
  const written: string[] = [];
  terminalBar({ isTTY: true, columns: 0, write: (text) => written.push(text) }, 'Catching up')!.show('a', 1, 4);
  expect(written.at(-1)).toMatch(/▏ 1 of 4\r$/);
});

test('is none where nobody looks', () => {
  expect(terminalBar({ write: () => expect.unreachable() }, 'Catching up')).toBeNull();
});
