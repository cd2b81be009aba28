// What accounts are called, which one a person means, and when a reminder is due: for any accounts and any clock.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountCalled, accountNames } from '../../src/connection/names.ts';
import { dueReminder, reminderDays } from '../../src/connection/reminders.ts';
import { fold } from '../../src/subscription/nearest.ts';

const account = fc.record({
  label: fc.option(fc.constantFrom('Acme', 'acme ', 'Studio', 'Ada Host'), { nil: null }),
  scope: fc.constantFrom('organization' as const, 'user' as const),
  group: fc.option(fc.constantFrom({ uri: '1', name: 'Sales' }, { uri: '2', name: 'Acme' }), { nil: null }),
  organizationName: fc.option(fc.constantFrom('Acme', 'ACME', 'Studio', ''), { nil: null }),
  userName: fc.constantFrom('Ada Host', 'Bo Berg', ''),
  userEmail: fc.option(fc.constantFrom('ada@acme.example', 'bo@acme.example'), { nil: null }),
});
const accounts = fc.array(account, { maxLength: 8 }).map((all) => all.map((each, i) => ({ ...each, id: String(i) })));

describe('names', () => {
  test('no two accounts are called the same, and each is found by its own', () => {
    fc.assert(
      fc.property(accounts, (all) => {
        const names = accountNames(all);
        expect(new Set([...names.values()].map(fold)).size).toBe(all.length);
        for (const each of all) expect(accountCalled(names.get(each.id)!, all)?.id).toBe(each.id);
      }),
    );
  });

  test('what could be two accounts is neither', () => {
    const one = { label: null, scope: 'organization' as const, group: null, organizationName: 'Acme', userEmail: null };
    const all = [
      { ...one, id: '1', userName: 'Ada Host' },
      { ...one, id: '2', userName: 'Ada Hill' },
    ];
    expect(accountCalled('ada', all)).toBeNull();
    expect(accountCalled('Acme', all)).toBeNull();
    expect(accountCalled('ada hi', all)?.id).toBe('2');
    expect(accountCalled('', all)).toBeNull();
  });
});

describe('reminders', () => {
  const day = 86_400_000;
  test('of any run of checks come at most once for each day, in order, and never after the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2 * day, max: 60 * day }), { maxLength: 60 }), (times) => {
        let reminded = 0;
        const said: number[] = [];
        for (const at of times) {
          const due = dueReminder({ since: 0, reminded }, at);
          if (due === null) continue;
          expect(at).toBeGreaterThanOrEqual(due * day);
          said.push(due);
          reminded = due;
        }
        expect(said).toEqual([...new Set(said)].sort((a, b) => a - b));
        for (const each of said) expect(reminderDays).toContain(each);
      }),
    );
  });
});
