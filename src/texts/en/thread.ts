// The lines of a card’s thread, all answers in full, and the digest of meetings that were over.

import { words } from './words.ts';

const { plural } = words;
const roles = { host: 'host', invitee: 'invitee' };

export const thread = {
  moved: (by: string) => `🔁 Moved${by}`,
  canceled: (by: string) => `❌ Canceled${by}`,
  canceledBefore: (duration: string, by: string) => `❌ Canceled ${duration} before${by}`,
  canceledAfter: (duration: string, by: string) => `❌ Canceled ${duration} after its start${by}`,
  noShow: (who: string, by: string) => `👻 ${who} marked as a no-show${by}`,
  noShowUndone: (who: string, by: string) => `↩️ No-show mark of ${who} taken back${by}`,
  theInvitee: 'the invitee',
  /** With the blank before it; `role` null: nobody says. */
  by: (name: string, role: keyof typeof roles | null) => ` by ${name}${role ? ` (${roles[role]})` : ''}`,
  byRole: (role: keyof typeof roles) => ` by the ${roles[role]}`,
  joined: (count: number, names: string) => `${count} joined: ${names}`,
  left: (count: number, names: string) => `${count} left: ${names}`,
  more: (count: number) => `+${count} more`,
  sameGuests: 'The guests are the same as before',

  allAnswers: '📝 All answers',
  allAnswersOf: (who: string) => `📝 All answers of ${who}`,
  answer: 'Answer',

  overBeforeHeard: (count: number) =>
    plural(count, {
      one: `⏱ ${count} meeting was over before I heard of it:`,
      other: `⏱ ${count} meetings were over before I heard of them:`,
    }),
};
