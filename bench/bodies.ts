// Signed webhooks ready to be sent, 4.3 KB each, every one another booking; made beforehand, so that making them is never measured.

import { makeWebhook, sign } from '../sandbox/calendly/payloads.ts';

/** Where webhooks go, and what makes them true there. */
export interface Target {
  port: number;
  path: string;
  signingKey: string;
  /** The user who made the hook. */
  createdBy: string;
}

export interface EventTypeName {
  uri: string;
  name: string;
}

const bodyBytes = 4_300;
/** As much as a card shows, so that a booking is one message; what else makes a real webhook this long is what its conference brings along. */
const questions = ['What should we cover?', 'How did you hear of us?', 'Company'];
const answerLength = 200;
const syllables = [...'bdfghjklmnprstvz'].flatMap((first) => [...'aeiou'].map((second) => first + second));

/** Booking number `n`: its number stands in the invitee's name, by which a call to Slack is matched with its webhook. */
export function webhookBody(n: number, type: EventTypeName, createdBy: string): string {
  const make = (notes: string) =>
    makeWebhook('invitee.created', {
      createdBy,
      type,
      name: `Guest ${n}`,
      email: `guest.${n}@example.com`,
      answers: questions.map((question, i) => ({ question, answer: prose(n * 31 + i, answerLength) })),
      location: { type: 'zoom', status: 'pushed', join_url: `https://acme.zoom.us/j/8${n}`, data: { notes } },
    });
  return make(prose(n * 31 + questions.length, bodyBytes - Buffer.byteLength(make(''))));
}

/** As many letters as asked for, other ones for each seed, and as hard to compress as real sentences. */
function prose(seed: number, length: number): string {
  let state = seed + 1;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += `${syllables[(state >>> 16) % syllables.length]}${state >>> 30 === 0 ? ' ' : ''}`;
  }
  return text.slice(0, length);
}

/** The whole HTTP request, to be written to a socket as it is. */
export function webhookRequest(target: Target, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `POST ${target.path} HTTP/1.1`,
    `Host: 127.0.0.1:${target.port}`,
    'Content-Type: application/json',
    `Calendly-Webhook-Signature: ${sign(target.signingKey, bytes)}`,
    `Content-Length: ${bytes.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}
