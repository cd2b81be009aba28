// Holds whatever an app has said to the sandbox Slack to Slack's limits, judged by a validator of our own: channels, threads, answers, windows, Home tabs.

import type { SlackSandbox } from '../../sandbox/slack/server.ts';
import type { ApiCall } from '../../sandbox/slack/types.ts';
import { blockProblems, viewProblems } from './blocks.ts';

const said = ['chat.postMessage', 'chat.update', 'chat.postEphemeral', 'response_url'];
const shown = ['views.open', 'views.update', 'views.push', 'views.publish'];

/** Throws with the first messages that Slack could refuse, or show otherwise than meant. */
export function judgeAll(slack: Pick<SlackSandbox, 'ledger' | 'ephemerals' | 'users'>): void {
  // Some answers go back with Slack's own request, so they are no calls.
  const answers = Object.keys(slack.users)
    .flatMap((name) => slack.ephemerals(name))
    .map(({ text, blocks }) => ({ method: 'response_url', args: { text, blocks } }));
  const problems = [...slack.ledger, ...answers]
    .flatMap((call) =>
      problemsOf(call).map((problem) => `${call.method}: ${problem} in ${JSON.stringify(call.args).slice(0, 600)}`),
    )
    .slice(0, 3);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function problemsOf({ method, args }: Pick<ApiCall, 'method' | 'args'>): string[] {
  if (shown.includes(method)) return viewProblems(read(args.view));
  if (!said.includes(method) || args.delete_original === true) return [];
  const blocks = read(args.blocks);
  const none = blocks === undefined || (Array.isArray(blocks) && blocks.length === 0);
  return blockProblems({ text: String(args.text ?? ''), ...(none ? {} : { blocks }) });
}

/** The SDK sends JSON as text. */
const read = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);
