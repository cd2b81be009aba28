// S15: what a person types as a time beforehand is read at once, however many spaces are in it.

import { expect, test } from 'vitest';
import { readLead } from '../../src/subscription/rule-values.ts';

// Without its bound this takes minutes, and the whole app with it: the test would not end in time.
test('spaces without end are no time', () => {
  expect(readLead(`a${' '.repeat(6_000)}..${' '.repeat(6_000)}>`)).toBeNull();
  expect(readLead(`< ${' '.repeat(20)}24h`)).toEqual({ from: 0, to: 86_400_000 });
});
