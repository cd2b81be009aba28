// Whom admins let do what admins do in this app.

export const managers = {
  are: (who: string) => `App managers: ${who}. They may do here what workspace admins may.`,
  none: 'There are no app managers: only workspace admins look after this app.',
  usage:
    'A workspace admin names one with `{command} admin manager @ada`, and takes it back with `{command} admin manager @ada off`.',
  named: (who: string) =>
    `✅ ${who} is an app manager from now on: may connect a whole organization, change every subscription and send messages again. Only workspace admins name managers.`,
  over: (who: string) => `✅ ${who} is no app manager any more.`,
  guest: (who: string) => `${who} is a guest, and guests only read cards. Name a member of this workspace.`,
};
