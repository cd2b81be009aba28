// Messages that wait for a person: what their owners are asked, and what admins see of them; and who a host is in Slack.

import { words } from './words.ts';

const { plural } = words;
const messages = (count: number) => `${count} ${plural(count, { one: 'message', other: 'messages' })}`;

export const letters = {
  notKept: 'A message that I no longer keep.',
  there: 'It is there',
  again: 'Send it again',
  asked: (count: number) =>
    `⚠️ Slack did not say whether ${messages(count)} of mine arrived. I do not send ${plural(count, { one: 'it', other: 'them' })} again by myself, so that nothing shows up twice. Please look in the channel, and tell me.`,
  thanks: 'Thank you. This is what came of it:',
  andMore: (count: number) => `… and ${count} more.`,
  tried: (at: string) => `Tried ${at}.`,
  shown: '✅ Sent again: it is there now.',
  sending: '🔁 I am sending it again.',
  held: '⏸ It waits: its channel is paused.',
  closed: (reason: string) => `✅ Closed: ${reason}.`,
  notEdited: 'I cannot edit that card, so news of its meeting comes as a new one.',
  notWanted: 'it is no longer wanted',
  uncertainAgain: '⚠️ Sent again, and once more Slack did not say whether it arrived. I ask you anew about that.',
  refusedAgain: '❌ Sent again, but Slack refused it. A workspace admin or app manager can see why.',
  kinds: { card: 'Card', reply: 'Line in a card’s thread', notice: 'Notice' },
  uncertain: '⚠️ uncertain',
  dead: '❌ dead',
  directTo: (who: string) => `a direct message to ${who}`,
  named: (kind: string, place: string) => `${kind} in ${place}`,
  changes: (received: number, shown: number, pending: number, suppressed: string, quarantined: number) =>
    `Changes: ${received} received = ${shown} for a channel + ${pending} pending + ${suppressed} + ${quarantined} quarantined`,
  messages: (m: {
    received: number;
    shown: number;
    pending: number;
    held: number;
    suppressed: number;
    uncertain: number;
    dead: number;
  }) =>
    `Messages: ${m.received} to send = ${m.shown} shown + ${m.pending} due + ${m.held} held + ${m.suppressed} suppressed + ${m.uncertain} uncertain + ${m.dead} dead`,
  unwanted: (count: number) => `${count} that no subscription wants`,
  muted: (count: number) => `${count} while muted`,
  halfOfMove: (count: number) => `${count} that told half of a move`,
  otherKind: (count: number) => `${count} of a kind that is not shown`,
  suppressed: (count: number, reasons: string) => `${count} suppressed${reasons ? ` (${reasons})` : ''}`,
  allArrived: '✅ Every message arrived: none is dead, none uncertain.',
  notShown: (count: number, range: string) =>
    `${messages(count)} could not be shown for certain${range}. Newest first:`,
  show: 'Show',
  noReason: 'No reason was kept.',
  sendAgain: 'Send again',
  drop: 'Drop',
  since: (at: string, tries: number) => `Since ${at}, after ${tries} ${plural(tries, { one: 'try', other: 'tries' })}.`,
  owner: (who: string) => `Its owner is ${who}.`,
  backToList: 'Back to the list',
  iKnow: (known: readonly string[], typed: string) => `I know ${words.all(known)}, but not “${typed}”.`,
  gone: 'I no longer keep that message. Type `{command} admin dead` to see those that wait.',
  noneOfYours:
    'None of your subscriptions’ messages waits for you. A workspace admin or app manager can see the others.',
  tooOld: 'That button is too old. Type `{command} status` to see what waits.',

  usage:
    'Type an e-mail address and who that is, such as `{command} admin host ada@example.com @ada`. In place of the name: `none`, never call them; `auto`, find them by e-mail again.',
  noAddress: (usage: string) => `That does not begin with an e-mail address. ${usage}`,
  notAGroup: 'A host is one person, not a group. To call a group, subscribe with `--mention` and its name.',
  whoIsMeant: (usage: string) =>
    `I cannot tell who is meant. Begin with @ and pick one person from the list that Slack shows. ${usage}`,
  nobody: 'nobody: never called',
  mayLookUp: 'Everybody else is found by the e-mail address that Slack has confirmed.',
  missingScope: (scope: string) =>
    `⚠️ I cannot look anybody else up: my Slack app lacks the permission \`${scope}\`. Add it at api.slack.com/apps → *OAuth & Permissions* → *Bot Token Scopes*, and reinstall me. Until then cards name these hosts without calling them.`,
  mayBe: '⚠️ Slack does not tell me right now whether I may look people up. Please try again in a minute.',
  unreadable: 'An address that I cannot read any more',
  pair: (address: string, who: string, by: string) => `${address} → ${who} (set by ${by})`,
  noHosts: 'No host was set by an admin.',
  hosts: (count: number) => `${count} ${plural(count, { one: 'host', other: 'hosts' })} set by an admin:`,
  howTo: (command: string) =>
    `Set one with \`${command} admin host ada@example.com @ada\`. With \`none\` in place of the name they are never called, with \`auto\` they are found by e-mail again.`,
  unknownHost: (address: string) => `I do not know who ${address} is.`,
  nobodyHas: (address: string) => `Nobody in this workspace who can be called has the address ${address}.`,
  setByAdmin: (address: string, who: string, by: string) => `${address} is ${who}. An admin set that (${by}).`,
  confirmed: (address: string, who: string) => `${address} is ${who}. Slack has that address confirmed.`,
  neverCalled: (address: string) => `✅ I never call ${address}: cards show the name.`,
  set: (address: string, who: string) =>
    `✅ ${address} is ${who}. Cards that mention their host call them from the next one on.`,
  foundAgain: (address: string) => `✅ ${address} is found by e-mail again.`,
  foundAlready: (address: string) => `✅ ${address} is found by e-mail already: no admin had set it.`,
};
