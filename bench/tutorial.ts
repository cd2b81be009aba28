// The usual way to write this app, as tutorials show it: a Bolt app with one more route that verifies, parses, and posts to Slack before it answers.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, LogLevel } from '@slack/bolt';
import { answerWith } from './talk.ts';

interface Booked {
  payload: {
    name: string;
    email: string;
    questions_and_answers: { question: string; answer: string }[];
    scheduled_event: { name: string; event_type: string; start_time: string };
  };
}

async function start(o: {
  slackUrl: string;
  botToken: string;
  signingKey: string;
  channels: { type: string; channel: string }[];
}): Promise<number> {
  const channelOf = new Map(o.channels.map(({ type, channel }) => [type, channel]));
  const app = new App({
    token: o.botToken,
    signingSecret: '0123456789abcdef',
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: o.slackUrl },
    customRoutes: [
      {
        path: '/calendly',
        method: 'POST',
        async handler(req, res) {
          const body = await bodyOf(req);
          if (!isSigned(req, body, o.signingKey)) {
            res.statusCode = 401;
            res.end();
            return;
          }
          const { payload }: Booked = JSON.parse(body.toString());
          const { name, event_type: type, start_time: startsAt } = payload.scheduled_event;
          const seconds = Math.floor(Date.parse(startsAt) / 1_000);
          const when = `<!date^${seconds}^{date_long_pretty} at {time}|${startsAt}>`;
          const answers = payload.questions_and_answers
            .slice(0, 3)
            .map((each) => `> *${each.question}* ${each.answer}`);
          await app.client.chat.postMessage({
            channel: channelOf.get(type) ?? '',
            text: `${name} booked by ${payload.name}`,
            blocks: [
              {
                type: 'section',
                text: {
                  type: 'mrkdwn',
                  text: `:white_check_mark: *${name}*\n${when}\n*${payload.name}* · ${payload.email}`,
                },
              },
              { type: 'section', text: { type: 'mrkdwn', text: answers.join('\n') } },
              { type: 'context', elements: [{ type: 'plain_text', text: 'Booked on Calendly' }] },
            ],
          });
          res.statusCode = 200;
          res.end();
        },
      },
    ],
  });
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  return (server.address() as AddressInfo).port;
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function isSigned(req: IncomingMessage, body: Buffer, key: string): boolean {
  const signed = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(req.headers['calendly-webhook-signature']));
  const expected = createHmac('sha256', key).update(`${signed?.[1]}.`).update(body).digest();
  return signed !== null && timingSafeEqual(expected, Buffer.from(signed[2]!, 'hex'));
}

const acts = { start };
export type TutorialActs = typeof acts;

answerWith(acts);
