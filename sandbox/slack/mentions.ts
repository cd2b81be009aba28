// Turns what a person typed after a slash command into what the app receives when `should_escape` is on.
import type { Team } from './team.ts';

const PIECES =
  /(<[@#!][^<>]*>)|(https?:\/\/[^\s<>]+)|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)|@([\w-]+(?:\.[\w-]+)*)|#([\w-]+)/gu;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `@ann` → `<@U…|ann>`, `#sales` → `<#C…|sales>` (a private channel without its name), `@sales-team` → `<!subteam^S…|@sales-team>`, links in angle brackets. */
export function escapeMentions(team: Team, user: string, text: string): string {
  let out = '';
  let last = 0;
  for (const match of text.matchAll(PIECES)) {
    out += escaped(text.slice(last, match.index)) + piece(team, user, match);
    last = match.index + match[0].length;
  }
  return out + escaped(text.slice(last));
}

function piece(team: Team, user: string, match: RegExpMatchArray): string {
  const [whole, ready, url, email, name, channelName] = match;
  if (ready) return ready;
  if (url) return `<${escaped(url)}>`;
  if (email) return `<mailto:${email}|${email}>`;
  if (name) {
    if (['here', 'channel', 'everyone'].includes(name)) return `<!${name}>`;
    const person = [...team.users.values()].find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (person) return `<@${person.id}|${person.name}>`;
    const group = [...team.groups.values()].find((each) => each.handle.toLowerCase() === name.toLowerCase());
    return group ? `<!subteam^${group.id}|@${group.handle}>` : escaped(whole);
  }
  const channel = [...team.channels.values()].find(
    (each) => each.name === channelName && !each.isIm && (!each.isPrivate || each.members.has(user)),
  );
  return channel ? `<#${channel.id}|${channel.isPrivate ? '' : channel.name}>` : escaped(whole);
}
