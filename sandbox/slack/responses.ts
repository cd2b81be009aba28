// response_url: lets the app answer a command or a click five times within half an hour, also where it is no member.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withFaults } from './api.ts';
import { readContent, refuse, removeMessage } from './chat.ts';
import { answerJson, answerText, flatHeaders, parseObject, readBody } from './http.ts';
import type { Hub, ResponseUrl } from './hub.ts';
import type { ApiCall, Json, Message } from './types.ts';

export async function handleResponse(hub: Hub, req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
  const text = (await readBody(req)).toString('utf8');
  const form = String(req.headers['content-type']).startsWith('application/x-www-form-urlencoded');
  const args = parseObject(form ? (new URLSearchParams(text).get('payload') ?? '') : text);
  const call: ApiCall = {
    at: Date.now(),
    method: 'response_url',
    token: null,
    team: path.split('/')[2] ?? null,
    args: { response_url: `${hub.url}${path}`, ...args },
    headers: flatHeaders(req),
    status: 200,
    answer: {},
    accepted: false,
  };
  const perform = () => {
    const target = args ? hub.useResponseUrl(path) : undefined;
    if (!target) refuseCall(call, 400, 'invalid_payload');
    else if (typeof target === 'string') refuseCall(call, 404, target);
    else {
      call.answer = respond(target, args ?? {});
      call.accepted = call.answer.ok === true;
      if (!call.accepted) call.status = 400;
    }
  };
  await withFaults(hub, res, call, perform, () => {
    if (call.accepted) answerText(res, 200, 'ok');
    else answerJson(res, call.status, call.answer);
  });
}

function refuseCall(call: ApiCall, status: number, error: string): void {
  call.status = status;
  call.answer = refuse(error);
}

/** Does what a response says; also used for the text with which an app acknowledges a command. */
export function respond(target: ResponseUrl, args: Json): Json {
  const { team, source } = target;
  const channel = team.channels.get(target.channel);
  if (!channel || !team.installed) return refuse('channel_not_found');
  if (args.delete_original === true) {
    if (source?.ephemeral) team.replaceEphemeral(target.user, source.ts, null);
    else if (source) removeMessage(team, channel, source);
    return { ok: true };
  }
  const content = readContent(args);
  if ('ok' in content) return content;
  const shown = content as Pick<Message, 'text' | 'blocks' | 'attachments'>;
  if (args.replace_original === true && source) {
    const { blocks: _blocks, attachments: _attachments, ...old } = source;
    const now = source.ephemeral ? undefined : team.find(channel, source.ts);
    if (source.ephemeral) team.replaceEphemeral(target.user, source.ts, { ...old, ...shown });
    else if (!now || now.deleted) return refuse('message_not_found');
    else team.replace(channel, { ...old, ...shown, edited: true });
    return { ok: true };
  }
  const thread = args.thread_ts ? { threadTs: String(args.thread_ts) } : {};
  if (args.response_type === 'in_channel') team.post(channel, { ...shown, ...thread, user: team.botUserId });
  else team.postEphemeral(channel.id, target.user, { ...shown, ...thread });
  return { ok: true };
}
