// The keys of a filter by the many words that people have for them (pure).

import { type FilterKey, filterKeys } from './subscription.ts';

const others: Record<string, FilterKey> = {
  event: 'type',
  hosts: 'host',
  owner: 'host',
  with: 'host',
  team: 'group',
  email: 'domain',
  invitee: 'domain',
  company: 'domain',
  answers: 'answer',
  question: 'answer',
  ahead: 'lead',
  notice: 'lead',
  place: 'location',
  where: 'location',
  payment: 'paid',
};

export function keyOf(word: string): FilterKey | null {
  const key = word.toLowerCase();
  return filterKeys.find((each) => each === key) ?? (Object.hasOwn(others, key) ? others[key]! : null);
}

/** All that is understood, for what lies near. */
export const keyWords: readonly string[] = [...filterKeys, ...Object.keys(others)];
