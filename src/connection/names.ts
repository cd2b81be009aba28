// What each Calendly account of a workspace is called, so that nobody takes one for another (pure).

import { fold } from '../subscription/nearest.ts';
import type { Connection } from './connection.ts';

type Named = Pick<Connection, 'id' | 'label' | 'scope' | 'group' | 'organizationName' | 'userName' | 'userEmail'>;

/**
 * By id, in the order given: the name people gave it, else the organization's or the group's where it hears of all of it, else its person's. Where two would be called
 * the same, the person is added, and where that does not help either, a number.
 */
export function accountNames(all: readonly Named[]): Map<string, string> {
  const short = all.map(shortName);
  const longer = all.map((each, i) =>
    isOnly(short, i) || each.label !== null ? short[i]! : withPerson(each, short[i]!),
  );
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [i, { id }] of all.entries()) {
    let name = longer[i]!;
    for (let n = 2; taken.has(key(name)); n++) name = `${longer[i]} ${n}`;
    taken.add(key(name));
    names.set(id, name);
  }
  return names;
}

/** The account a person means by what they typed: by its whole name, else by how its name, its person or its address begins, where only one does. */
export function accountCalled<T extends Named>(typed: string, all: readonly T[], names = accountNames(all)): T | null {
  const wanted = key(typed);
  if (wanted === '') return null;
  const words = (each: T) =>
    [names.get(each.id), shortName(each), each.organizationName, each.userName, each.userEmail].map((word) =>
      key(word ?? ''),
    );
  const called = all.filter((each) => key(names.get(each.id) ?? '') === wanted);
  if (called.length === 1) return called[0]!;
  const exact = all.filter((each) => words(each).includes(wanted));
  if (exact.length > 0) return exact.length === 1 ? exact[0]! : null;
  const begun = all.filter((each) => words(each).some((word) => word.startsWith(wanted)));
  return begun.length === 1 ? begun[0]! : null;
}

/** The same however it is spaced, cased, composed or quoted. */
const key = (name: string) => fold(name.replace(/["“”„«»]/g, ' '));

const shortName = ({ label, scope, group, organizationName, userName }: Named): string =>
  label ?? ((scope === 'organization' && organizationName) || group?.name || userName || 'Calendly account');

const isOnly = (names: readonly string[], at: number) =>
  names.every((name, i) => i === at || key(name) !== key(names[at]!));

const withPerson = ({ userName }: Named, name: string) =>
  userName === '' || key(userName) === key(name) ? name : `${name} (${userName})`;
