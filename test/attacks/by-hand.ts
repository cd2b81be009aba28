// Requests as Slack would send them, made by hand: by anybody, about anything, signed or not; and what the app answered in the end.

import { randomBytes } from 'node:crypto';
import type { Workspace } from '../../sandbox/slack/workspace.ts';
import type { World } from '../stories/world.ts';

/** Who sends: somebody of a workspace; `forged` without Slack's signature. */
export interface Sender {
  team: Workspace;
  user: string;
  forged?: boolean;
}

/** What a person would try. `value` and `metadata` are whatever the attacker likes. */
export type Try =
  | { command: string; channel: string }
  | { press: string; value: string; channel: string }
  | { submit: string; metadata: string; values?: Record<string, unknown> };

export interface Outcome {
  status: number;
  /** The words that were shown to the sender because of it, each once. */
  said: string;
}

const waits = /⏳/;

/** Sends it and waits until the sender has been answered; what a request without a signature is answered comes at once. */
export async function attempt(w: Pick<World, 'slack'>, sender: Sender, tried: Try): Promise<Outcome> {
  const { slack } = w;
  const { team, user } = sender;
  const channel = 'channel' in tried ? tried.channel : '';
  const viewId = `V${randomBytes(6).toString('hex').toUpperCase()}`;
  const before = { calls: slack.ledger.length, told: team.ephemerals(user).length };
  const answer = await slack.raw({
    body: bodyOf(sender, tried, viewId),
    ...(sender.forged ? { sign: false } : {}),
  });
  if (answer.status !== 200) return { status: answer.status, said: answer.body };
  const shown = () => [
    answer.body,
    ...team
      .ephemerals(user)
      .slice(before.told)
      .map((message) => JSON.stringify(message)),
    ...slack.ledger
      .slice(before.calls)
      .filter(
        ({ method, args }) => method.startsWith('views.') || (method === 'chat.postMessage' && args.channel === user),
      )
      .map(({ args }) => JSON.stringify(args)),
  ];
  const last = () => shown().findLast((text) => text !== '' && !waits.test(text));
  await slack.waitFor(last, { what: `an answer to ${JSON.stringify(tried)} for ${user} in #${channel}` });
  return { status: 200, said: wordsIn(shown()) };
}

function wordsIn(shown: readonly string[]): string {
  const all = shown.flatMap((json) => [...json.matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map((found) => found[1] ?? ''));
  return [...new Set(all)].filter((text) => !waits.test(text)).join('\n');
}

function bodyOf({ team, user }: Sender, tried: Try, viewId: string): string {
  const who = { team: { id: team.team.id }, user: { id: user, team_id: team.team.id } };
  if ('command' in tried) {
    const handles = team.handles(user, handleIn(team, tried.channel));
    return new URLSearchParams({
      command: '/calendly',
      text: tried.command,
      team_id: team.team.id,
      user_id: user,
      channel_id: tried.channel,
      ...handles,
    }).toString();
  }
  if ('press' in tried) {
    const action = { type: 'button', action_id: tried.press, block_id: 'b', value: tried.value };
    const handles = team.handles(user, handleIn(team, tried.channel));
    return payload({ ...who, ...handles, type: 'block_actions', channel: { id: tried.channel }, actions: [action] });
  }
  const values = Object.fromEntries(
    Object.entries(tried.values ?? {}).map(([name, value]) => [`b_${name}`, { [name]: elementOf(value) }]),
  );
  const view = {
    id: viewId,
    type: 'modal',
    callback_id: tried.submit,
    private_metadata: tried.metadata,
    title: { type: 'plain_text', text: 'By hand' },
    blocks: [],
    state: { values },
  };
  return payload({ ...who, type: 'view_submission', view });
}

/** What Slack hands out is of a channel of the same workspace, whatever the request then names. */
const handleIn = (team: Workspace, channel: string) => (team.hasChannel(channel) ? channel : team.channels.general);
const elementOf = (value: unknown) => (typeof value === 'string' ? { type: 'plain_text_input', value } : value);
const payload = (value: object) => new URLSearchParams({ payload: JSON.stringify(value) }).toString();
