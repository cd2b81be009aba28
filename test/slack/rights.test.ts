// Every right for every kind of person, by itself: who may, who is told what, and that nothing is done where nobody can say who asks.

import { describe, expect, it } from 'vitest';
import type { Host } from '../../src/booking/change.ts';
import type { Connection } from '../../src/connection/connection.ts';
import { Outage, Refusal } from '../../src/errors.ts';
import * as rights from '../../src/slack/commands/rights.ts';
import type { Answer } from '../../src/slack/people.ts';
import type { Visit } from '../../src/slack/visit.ts';
import { textsFor } from '../../src/texts/index.ts';

const t = textsFor('en');

/** What Slack and the admins say of whoever asks. `UME` is them, `UOTHER` somebody else. */
const people = {
  guest: { isGuest: true, leads: false, isAdmin: false },
  // A guest whom somebody made an admin by mistake stays a guest.
  'guest who leads': { isGuest: true, leads: true, isAdmin: true },
  member: { isGuest: false, leads: false, isAdmin: false },
  manager: { isGuest: false, leads: true, isAdmin: false },
  admin: { isGuest: false, leads: true, isAdmin: true },
};
type Person = keyof typeof people;

interface World {
  connections?: object[];
  addresses?: Record<string, Answer>;
}

function visitOf(who: Person | null, { connections = [], addresses = {} }: World = {}) {
  return {
    user: 'UME',
    t,
    workspace: { id: 'i', botUserId: 'UBOT', botToken: '' },
    slack: {
      async person() {
        if (who === null) throw new Outage('Slack does not answer', { code: 'slack_away' });
        return people[who];
      },
    },
    product: {
      connections: { connections: async () => connections },
      people: { personOf: async (_: string, address: string) => addresses[address] ?? { says: 'nobody knows' } },
    },
  } as unknown as Visit;
}

/** `yes`, or the code and the words of the refusal. */
async function asked(work: Promise<unknown>): Promise<'yes' | [code: string | undefined, words: string]> {
  try {
    await work;
    return 'yes';
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.message];
    throw error;
  }
}

const connection = (connectedBy: string, scope: Connection['scope'] = 'user') => ({ connectedBy, scope }) as Connection;
const mine = connection('UME');
const theirs = connection('UOTHER');
const forGuests = ['guest', t.common.forGuests];
const { admins, organization, group, managers, reach } = t.rights;

/** Each right: what asks for it, and what a member is answered. */
const cases: [name: string, ask: (visit: Visit) => Promise<void>, member: Awaited<ReturnType<typeof asked>>][] = [
  ['to be a member', (v) => rights.mustBeMember(v), 'yes'],
  ['to subscribe to one’s own', (v) => rights.maySubscribe(v, mine), 'yes'],
  ['… to another’s', (v) => rights.maySubscribe(v, theirs), ['not_yours', t.rights.subscribe('UOTHER')]],
  [
    '… to an organization’s',
    (v) => rights.maySubscribe(v, connection('UME', 'organization')),
    ['admins_only', organization],
  ],
  ['… to a group’s', (v) => rights.maySubscribe(v, connection('UME', 'group')), ['admins_only', group]],
  [
    '… to another’s organization',
    (v) => rights.maySubscribe(v, connection('UOTHER', 'organization')),
    ['not_yours', t.rights.subscribe('UOTHER')],
  ],
  ['to change what one made', (v) => rights.mayChange(v, { madeBy: 'UME' } as never), 'yes'],
  [
    '… what another made',
    (v) => rights.mayChange(v, { madeBy: 'UOTHER' } as never),
    ['not_yours', t.rights.change('UOTHER')],
  ],
  ['to disconnect one’s own', (v) => rights.mayDisconnect(v, mine), 'yes'],
  ['… another’s', (v) => rights.mayDisconnect(v, theirs), ['not_yours', t.rights.disconnect('UOTHER')]],
  ['to see what one’s own may tell of', (v) => rights.mayReach(v, mine, null).then(() => {}), 'yes'],
  ['to choose one’s own meetings', (v) => rights.mayReach(v, mine, 'user').then(() => {}), 'yes'],
  ['to choose more', (v) => rights.mayReach(v, mine, 'organization').then(() => {}), ['admins_only', reach]],
  ['… a group', (v) => rights.mayReach(v, mine, 'group').then(() => {}), ['admins_only', reach]],
  [
    'to choose for another’s',
    (v) => rights.mayReach(v, theirs, 'user').then(() => {}),
    ['not_yours', t.rights.choose('UOTHER')],
  ],
  ['… to see it', (v) => rights.mayReach(v, theirs, null).then(() => {}), ['not_yours', t.rights.choose('UOTHER')]],
  ['to rename one’s own', (v) => rights.mayRename(v, mine), 'yes'],
  ['… another’s', (v) => rights.mayRename(v, theirs), ['not_yours', t.rights.rename('UOTHER')]],
  ['to lead', (v) => rights.mustLead(v), ['admins_only', admins]],
  ['… said otherwise', (v) => rights.mustLead(v, t.rights.hosts), ['admins_only', t.rights.hosts]],
  ['to name managers', (v) => rights.mustBeAdmin(v), ['admins_only', managers]],
  ['to decide about one’s own message', (v) => rights.mayDecide(v, { owner: 'UME' }), 'yes'],
  ['… another’s', (v) => rights.mayDecide(v, { owner: 'UOTHER' }), ['not_yours', t.rights.decide('UOTHER')]],
  ['… nobody’s', (v) => rights.mayDecide(v, { owner: null }), ['not_yours', t.rights.decideAdmin]],
  [
    'to act on a meeting of another host',
    (v) => rights.mayAct(v, []),
    ['not_host', t.actions.notHost(t.actions.itsHost)],
  ],
];

describe.each(cases)('%s', (name, ask, member) => {
  it('members as said, those who lead always, guests never', async () => {
    expect(await asked(ask(visitOf('member')))).toEqual(member);
    expect(await asked(ask(visitOf('admin')))).toBe('yes');
    // Naming managers is for admins alone.
    expect(await asked(ask(visitOf('manager')))).toEqual(name === 'to name managers' ? member : 'yes');
    expect(await asked(ask(visitOf('guest')))).toEqual(forGuests);
    expect(await asked(ask(visitOf('guest who leads')))).toEqual(forGuests);
  });

  it('nobody where Slack does not say who asks', async () => {
    await expect(ask(visitOf(null))).rejects.toThrow(Outage);
  });
});

describe('who is a host', () => {
  const host = (name: string | null, email: string | null = null): Host =>
    ({ uri: `users/${name}`, name, email }) as Host;
  const act = (hosts: Host[], world: World = {}) => asked(rights.mayAct(visitOf('member', world), hosts));
  const own = { state: 'active', connectedBy: 'UME', standIn: null, userUri: 'users/Olga' };
  const olga = host('Olga', 'olga@acme.example');
  const no = ['not_host', t.actions.notHost('Olga')];

  it('whoever connected the host’s account themselves, while it works', async () => {
    expect(await act([olga], { connections: [own] })).toBe('yes');
    // One of several is enough.
    expect(await act([host('Bo'), olga], { connections: [{ ...own, userUri: 'users/x' }, own] })).toBe('yes');
    for (const change of [
      { userUri: 'users/x' },
      { connectedBy: 'UOTHER' },
      { state: 'broken' },
      { standIn: { userName: 'x' } },
    ])
      expect(await act([olga], { connections: [{ ...own, ...change }] })).toEqual(no);
    expect(await act([olga])).toEqual(no);
  });

  it('whoever has the host’s address in Slack, or was named by an admin', async () => {
    const world = (said: Answer): World => ({ addresses: { 'olga@acme.example': said } });
    expect(await act([olga], world({ says: 'slack', userId: 'UME' }))).toBe('yes');
    expect(await act([host('Bo'), olga], world({ says: 'admin', userId: 'UME', by: 'UADMIN' }))).toBe('yes');
    expect(await act([olga], world({ says: 'slack', userId: 'UOTHER' }))).toEqual(no);
    expect(await act([olga], world({ says: 'slack', userId: null }))).toEqual(no);
    expect(await act([olga], world({ says: 'nobody knows' }))).toEqual(no);
    // Without an address nobody is asked about.
    expect(await act([host('Olga')], { addresses: { null: { says: 'slack', userId: 'UME' } } })).toEqual(no);
  });

  it('of many hosts the first ten are looked up', async () => {
    const hosts = Array.from({ length: 12 }, (_, i) => host(`H${i}`, `h${i}@acme.example`));
    const knows = (i: number): World => ({ addresses: { [`h${i}@acme.example`]: { says: 'slack', userId: 'UME' } } });
    expect(await act(hosts, knows(9))).toBe('yes');
    expect(await act(hosts, knows(10))).toEqual(['not_host', t.actions.notHost(t.actions.itsHost)]);
  });

  it('is named in the refusal: up to three, harmless, and none who has no name', async () => {
    const words = async (...hosts: Host[]) => (await act(hosts))[1];
    expect(await words(host('Ada'), host('Bo'), host('Cy'))).toBe(t.actions.notHost(t.common.any(['Ada', 'Bo', 'Cy'])));
    expect(await words(host('Ada'), host(null), host(' '))).toBe(t.actions.notHost('Ada'));
    expect(await words(host('<!channel>'))).not.toContain('<!channel>');
    for (const hosts of [[], [host(null)], ['A', 'B', 'C', 'D'].map((name) => host(name))])
      expect(await words(...hosts)).toBe(t.actions.notHost(t.actions.itsHost));
  });
});
