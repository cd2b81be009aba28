// The permissions the app asks a workspace for; manifest.yml says why each of them. A test holds the two together.

export const neededScopes = [
  'commands',
  'chat:write',
  'channels:read',
  'groups:read',
  'channels:join',
  'users:read',
] as const;

/** The app works without them: whoever installs it may say no to each. */
export const optionalScopes = ['users:read.email'] as const;

/** Those it cannot do without and was not given. */
export const lacking = (granted: readonly string[]): string[] =>
  neededScopes.filter((scope) => !granted.includes(scope));
