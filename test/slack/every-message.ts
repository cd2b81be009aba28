// Holds whatever an app has said to the sandbox Slack to Slack's limits, judged by a validator of our own: channels, threads, answers, windows, menus, Home tabs.

import type { SlackSandbox } from '../../sandbox/slack/server.ts';
import type { Answered, ApiCall } from '../../sandbox/slack/types.ts';
import { blockProblems, choiceProblems, errorProblems, textObjects, viewProblems } from './blocks.ts';

const said = ['chat.postMessage', 'chat.update', 'chat.postEphemeral', 'response_url'];
const shown = ['views.open', 'views.update', 'views.push', 'views.publish'];

/**
 * Throws with the first messages that Slack could refuse, or show otherwise than meant.
 * @param strangers whatever people outside wrote: none of their mentions and links may come out as one.
 */
export function judgeAll(slack: Pick<SlackSandbox, 'ledger' | 'answers'>, strangers: unknown = []): void {
  const theirs = [...new Set(JSON.stringify(strangers).match(/<[@!#][^<>\s"\\]+>|<\w+:[^<>\s"\\]+>/g))];
  const problems = [
    ...slack.ledger.flatMap((call) => told(call.method, call.args, [...problemsOf(call), ...calls(call.args, theirs)])),
    ...slack.answers.flatMap(({ kind, body }) =>
      told(`the answer to ${kind}`, body, [...problemsInAnswer({ kind, body }), ...calls(body, theirs)]),
    ),
  ].slice(0, 3);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

const told = (what: string, all: unknown, problems: string[]): string[] =>
  problems.map((problem) => `${what}: ${problem} in ${JSON.stringify(all).slice(0, 600)}`);

function problemsOf({ method, args }: Pick<ApiCall, 'method' | 'args'>): string[] {
  if (shown.includes(method)) return viewProblems(read(args.view));
  if (!said.includes(method) || args.delete_original === true) return [];
  return messageProblems(args);
}

function messageProblems({ text, blocks: given }: { text?: unknown; blocks?: unknown }): string[] {
  const blocks = read(given);
  const none = blocks === undefined || (Array.isArray(blocks) && blocks.length === 0);
  return blockProblems({ text: String(text ?? ''), ...(none ? {} : { blocks }) });
}

/** What goes back with Slack's own request is no call: a line to a command, what becomes of a window, the choices of a menu. */
function problemsInAnswer({ kind, body }: Answered): string[] {
  if (kind === 'events_api') return [];
  if (body.response_action === 'errors') return errorProblems(body.errors);
  if (body.response_action === 'clear') return [];
  if (body.response_action !== undefined) return viewProblems(body.view);
  if (body.options !== undefined || body.option_groups !== undefined) return choiceProblems(body);
  return messageProblems(body);
}

/** Who is called in it that may not be: everybody, or whom a stranger's words name. */
function calls(args: Record<string, unknown>, theirs: readonly string[]): string[] {
  const parsed = [String(args.text ?? ''), ...textObjects([read(args.blocks), read(args.view)]).flatMap(asParsed)];
  return parsed.flatMap((text) => [
    ...(text.match(/<!(?:channel|here|everyone)\b[^>]*>/g) ?? []).map((all) => `calls everybody by ${all}`),
    ...theirs.filter((one) => text.includes(one)).map((one) => `a stranger's ${one} works`),
  ]);
}

const asParsed = ({ type, text }: { type: string; text: string }) => (type === 'mrkdwn' ? [text] : []);

/** The SDK sends JSON as text. */
const read = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);
