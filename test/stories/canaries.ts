// What no log may hold, in any story: the secrets of this world, and whoever booked in it.

import type { CalendlySandbox } from '../../sandbox/calendly/server.ts';
import type { SlackSandbox } from '../../sandbox/slack/server.ts';

/** Shorter ones could be a word of anybody's. */
const tellsEnough = (word: string) => word.length >= 8 && /[@ ]/.test(word);

/** Throws where one of the lines has one; the app logs at debug in stories. */
export function refuseCanaries(
  logs: readonly string[],
  { slack, calendly, key }: { slack: SlackSandbox; calendly: CalendlySandbox; key: string },
): void {
  const hooks = calendly.hooks.flatMap((hook) => [hook.signing_key ?? '', hook.callback_url.split('/').at(-1) ?? '']);
  const people = calendly.bookings.flatMap(({ invitee }) => [
    invitee.email ?? '',
    invitee.name ?? '',
    ...invitee.questions_and_answers.map(({ answer }) => answer),
  ]);
  const secrets = [slack.botToken, slack.signingSecret, key, ...Object.values(calendly.tokens), ...hooks];
  const canaries = [...new Set([...secrets.filter((each) => each.length >= 16), ...people.filter(tellsEnough)])];
  for (const line of logs)
    for (const canary of canaries)
      if (line.includes(canary)) throw new Error(`The log has “${canary}”, which it must never have: ${line}`);
}
