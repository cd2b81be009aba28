// Whose meetings an account tells of: the whole organization's, a group's, or its own; what Calendly allows it, and what is taken where nobody chose.

import { Refusal } from '../errors.ts';
import type { Calendly, Connection, Group, Reach } from './connection.ts';

export const itself: Reach = { scope: 'user', group: null };
export const everybody: Reach = { scope: 'organization', group: null };
export const inGroup = (group: Group): Reach => ({ scope: 'group', group });

export const isSameReach = (a: Reach, b: Reach): boolean => a.scope === b.scope && a.group?.uri === b.group?.uri;

type Account = Pick<Connection, 'token' | 'userUri' | 'organizationUri' | 'role'>;

export const noLongerAllowed = () =>
  new Refusal(
    'Calendly no longer lets this account hear of that. Type {command} status, press “What I hear of”, and choose again.',
    { code: 'role_needed' },
  );

/** What Calendly lets an account choose from. */
export interface Allowed {
  /** The widest first; one's own meetings are always among them. */
  reaches: Reach[];
  /** The groups are not known: nobody asked, the permission to read them is missing, or Calendly does not tell. */
  hidesGroups: boolean;
}

/** Throws Outage, and Refusal where the token itself is the matter. */
export async function allowedTo(calendly: Pick<Calendly, 'ledGroups'>, account: Account): Promise<Allowed> {
  const groups = await ledGroups(calendly, account);
  const whole = account.role === 'user' ? [] : [everybody];
  return { reaches: [...whole, ...(groups ?? []).map(inGroup), itself], hidesGroups: groups === null };
}

/** The same without asking for groups. */
export const allowedByRole = ({ role }: Pick<Connection, 'role'>): Allowed => ({
  reaches: role === 'user' ? [itself] : [everybody, itself],
  hidesGroups: true,
});

async function ledGroups(calendly: Pick<Calendly, 'ledGroups'>, account: Account): Promise<Group[] | null> {
  const { token, userUri: user, organizationUri: organization, role } = account;
  try {
    return await calendly.ledGroups(token, { user, organization, role });
  } catch (error) {
    // Groups are a feature of some plans and take a permission of their own: an account that has neither serves for the rest.
    if (error instanceof Refusal && !/^(token|sign_in)_/.test(error.code)) return null;
    throw error;
  }
}

/**
 * What an account tells of from now on. `before`: how it was connected here until now; `asker`: whether whoever connects it may bring in what is not
 * theirs alone. What was chosen stays as long as Calendly allows it, and nobody's own meetings become a group's without a word.
 */
export function reachOf(
  allowed: Allowed,
  before: Pick<Connection, 'scope' | 'group' | 'isChosen' | 'role'> | null,
  role: Connection['role'],
  asker: { mayWiden: boolean },
): { reach: Reach; isHeldBack: boolean; others: Group[] } {
  const known = before && { scope: before.scope, group: before.group };
  const still = known && (allowed.reaches.find((each) => isSameReach(each, known)) ?? unseen(allowed, known));
  const groups = allowed.reaches.flatMap(({ group }) => group ?? []);
  const [group] = groups.length === 1 ? groups : [];
  const widest = role !== 'user' ? everybody : group ? inGroup(group) : itself;
  const wanted = still && (before?.isChosen || role === 'user') ? still : widest;
  const isHeldBack = wanted.scope !== 'user' && !asker.mayWiden;
  const reach = isHeldBack ? itself : wanted;
  return { reach, isHeldBack, others: groups.filter(({ uri }) => uri !== reach.group?.uri) };
}

/** A group that cannot be looked up need not be gone: Calendly says so when its hook is asked for. */
const unseen = ({ hidesGroups }: Allowed, known: Reach): Reach | null =>
  hidesGroups && known.scope === 'group' ? known : null;
