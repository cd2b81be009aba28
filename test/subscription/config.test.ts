// A file of subscriptions: what is written by hand means what it would mean when typed, or is said to be wrong.

import { expect, it } from 'vitest';
import { readConfigFile } from '../../src/subscription/config.ts';

const accounts = [
  { id: 'c1', userUri: 'https://api.calendly.com/users/olga', email: 'olga@acme.example', label: null },
] as unknown as Parameters<typeof readConfigFile>[1]['accounts'];
const read = (rules: object[]) =>
  readConfigFile(
    {
      version: 1,
      workspace: 'T1',
      subscriptions: [{ channel: 'C0SALES', account: 'olga@acme.example', kinds: ['booked'], rules }],
    },
    { workspace: 'T1', accounts },
  );

it.each([
  ['Acme.com', 'acme.com'],
  ['@acme.com', 'acme.com'],
  ['*.acme.com', 'acme.com'],
  ['Ada@Acme.com', 'ada@acme.com'],
])('a domain written as %s is %s', (typed, domain) => {
  const result = read([{ key: 'domain', not: true, domain: typed }]);
  expect(result).toMatchObject({ ok: true, wanted: [{ filter: { rules: [{ key: 'domain', not: true, domain }] } }] });
});

it('what is no domain is said, with its place', () => {
  expect(read([{ key: 'domain', domain: 'acme .com' }])).toEqual({
    ok: false,
    problems: [
      {
        path: ['subscriptions', 0, 'rules', 0, 'domain'],
        message: 'is no domain or address, such as acme.com or ada@acme.com',
      },
    ],
  });
});

it('the address of a host is compared in small letters', () => {
  const result = read([{ key: 'host', uri: null, email: 'Mia@Acme.Example', name: 'Mia' }]);
  expect(result).toMatchObject({ ok: true, wanted: [{ filter: { rules: [{ email: 'mia@acme.example' }] } }] });
});
