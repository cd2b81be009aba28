// What the app asks of a Calendly account, and why: nothing more is asked for, and what is missing is named.

/** Each is needed to connect; a `:write` scope includes `:read` of its family (developer.calendly.com, authorization scopes). */
export const neededScopes: Record<string, string> = {
  'users:read': 'read whose account it is',
  'organizations:read': 'read your role and your organization’s name',
  'scheduled_events:read': 'read bookings: who meets whom, when, and the answers',
  'event_types:read': 'read the names of your event types',
  'webhooks:write': 'ask Calendly to tell me of changes',
};

export const routingScope = 'routing_forms:read';
export const cancelScope = 'scheduled_events:write';
export const linkScope = 'scheduling_links:write';
export const groupScope = 'groups:read';
/** Missed only where an admin has somebody's data deleted at Calendly as well. */
export const forgetScope = 'data_compliance:write';

/** What takes a permission of its own, which is asked for only where somebody wants it: routing forms, what is pressed on cards, single-use links, filters by group. */
export const extras = ['forms', 'cards', 'links', 'groups'] as const;
export type Extra = (typeof extras)[number];

const scopeOf: Record<Extra, string> = {
  forms: routingScope,
  cards: cancelScope,
  links: linkScope,
  groups: groupScope,
};

/** In the order of the list above, each once. */
export const signInScopes = (wanted: readonly Extra[]): readonly string[] => [
  ...Object.keys(neededScopes),
  ...extras.filter((extra) => wanted.includes(extra)).map((extra) => scopeOf[extra]),
];

/**
 * The needed scopes that Calendly did not grant. None where it did not say which it granted, or named no scope of today's kind, as it does for
 * apps from before March 2026: those have full access.
 */
export function missingScopes(granted: readonly string[] | null, wanted: readonly Extra[] = []): string[] {
  if (granted === null || !granted.some((scope) => scope.includes(':'))) return [];
  const has = new Set(granted.flatMap((scope) => [scope, scope.replace(/:write$/, ':read')]));
  return signInScopes(wanted).filter((scope) => !has.has(scope));
}
