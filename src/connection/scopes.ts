// What the app asks of a Calendly account, and why: nothing more is asked for, and what is missing is named.

/** Each is needed to connect; a `:write` scope includes `:read` of its family (developer.calendly.com, authorization scopes). */
export const neededScopes: Record<string, string> = {
  'users:read': 'read whose account it is',
  'organizations:read': 'read your role and your organization’s name',
  'scheduled_events:read': 'read bookings: who meets whom, when, and the answers',
  'event_types:read': 'read the names of your event types',
  'webhooks:write': 'ask Calendly to tell me of changes',
};

/** Asked for only where a channel wants to hear of routing forms. */
export const routingScope = 'routing_forms:read';

/** Missed only where somebody cancels a meeting or marks a no-show from its card. */
export const cancelScope = 'scheduled_events:write';
/** Missed only where somebody shares a single-use link. */
export const linkScope = 'scheduling_links:write';

export const requiredScopes = (forms: boolean): readonly string[] => [
  ...Object.keys(neededScopes),
  ...(forms ? [routingScope] : []),
];

export const signInScopes = (forms: boolean): readonly string[] => [...requiredScopes(forms), cancelScope, linkScope];

/**
 * The needed scopes that Calendly did not grant. None where it did not say which it granted, or named no scope of today's kind, as it does for
 * apps from before March 2026: those have full access.
 */
export function missingScopes(granted: readonly string[] | null, forms = false): string[] {
  if (granted === null || !granted.some((scope) => scope.includes(':'))) return [];
  const has = new Set(granted.flatMap((scope) => [scope, scope.replace(/:write$/, ':read')]));
  return requiredScopes(forms).filter((scope) => !has.has(scope));
}
