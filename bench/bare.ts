// The yardstick: a bare node:http server that checks the signature of a webhook and keeps nothing. Nothing that verifies can be faster.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWith } from './talk.ts';

let signingKey = '';

const server = createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const signed = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(req.headers['calendly-webhook-signature']));
    const expected = createHmac('sha256', signingKey).update(`${signed?.[1]}.`).update(Buffer.concat(chunks)).digest();
    res.statusCode = signed && timingSafeEqual(expected, Buffer.from(signed[2]!, 'hex')) ? 200 : 401;
    res.end();
  });
});

const acts = {
  /** Answers its port. */
  start(o: { signingKey: string }): Promise<number> {
    signingKey = o.signingKey;
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  },
};
export type BareActs = typeof acts;

answerWith(acts);
