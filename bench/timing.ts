// Does a refused signature tell by its time how much of it was right? Welch's t between signatures that are wrong in their first digits and in their last,
// drawn at random in one run (dudect: https://eprint.iacr.org/2016/1123). Below 4.5 nothing is told.

import { createHmac, randomInt } from 'node:crypto';
import { verifySignature } from '../src/calendly/signature.ts';
import { admit } from '../src/slack/gate.ts';
import { type Figure, figure, number } from './figures.ts';

const key = 'a-signing-key-of-thirty-two-chars';
const body = Buffer.from(JSON.stringify({ type: 'event_callback', event: { type: 'app_home_opened' } }));
const t = String(Math.floor(Date.now() / 1_000));
const now = Date.now();

/** A header whose signature is wrong in its first two digits, and one in its last. */
type Wrong = { early: string; late: string };

function wrong(before: string, right: string): Wrong {
  const other = (two: string) => (two === '00' ? '11' : '00');
  // As they come from the network: whole. What is still in pieces takes time to be joined, each piece its own.
  const whole = (text: string) => Buffer.from(before + text).toString('latin1');
  return {
    early: whole(other(right.slice(0, 2)) + right.slice(2)),
    late: whole(right.slice(0, -2) + other(right.slice(-2))),
  };
}

const hmac = (words: string) => createHmac('sha256', key).update(words).update(body).digest('hex');
const calendly = wrong(`t=${t},v1=`, hmac(`${t}.`));
const slack = wrong('v0=', hmac(`v0:${t}:`));
const bare = wrong('', hmac(`${t}.`));

/** What everybody writes first: it stops at the first digit that differs. */
function leaks(given: string): boolean {
  const expected = hmac(`${t}.`);
  for (let i = 0; i < expected.length; i++) if (expected[i] !== given[i]) return false;
  return true;
}

const checks: { name: string; wrong: Wrong; refuses(signature: string): boolean }[] = [
  {
    name: 'Calendly’s',
    wrong: calendly,
    refuses: (signature) => !verifySignature({ header: signature, rawBody: body, keys: [key], now }).ok,
  },
  {
    name: 'Slack’s',
    wrong: slack,
    refuses: (signature) =>
      !admit({
        headers: {
          'content-type': 'application/json',
          'x-slack-request-timestamp': t,
          'x-slack-signature': signature,
        },
        rawBody: body,
        secret: key,
        now,
      }).pass,
  },
  { name: 'one that leaks, to show that it would be seen', wrong: bare, refuses: (signature) => !leaks(signature) },
];

export function timings({ quick }: { quick: boolean }): { figures: Figure[]; rows: string[][] } {
  const samples = quick ? 50_000 : 200_000;
  const found = checks.map(({ name, wrong, refuses }) => ({ name, ...compare(wrong, refuses, samples) }));
  const worst = Math.max(...found.slice(0, 2).map(({ welch }) => welch));
  return {
    figures: [figure('a wrong signature’s time, early or late: |t|', 'most', [[worst, 4.5, 4.5]], '', 1)],
    rows: found.map(({ name, early, late, welch }) => [name, number(early, 1), number(late, 1), number(welch, 1)]),
  };
}

function compare(wrong: Wrong, refuses: (signature: string) => boolean, samples: number) {
  const times: Record<keyof Wrong, number[]> = { early: [], late: [] };
  // The first fifth only warms up.
  for (let i = -samples / 5; i < samples; i++) {
    const which = randomInt(2) === 0 ? 'early' : 'late';
    const signature = wrong[which];
    const from = process.hrtime.bigint();
    const refused = refuses(signature);
    const took = Number(process.hrtime.bigint() - from);
    if (!refused) throw new Error('a wrong signature was taken');
    if (i >= 0) times[which].push(took);
  }
  // What else the machine did hides everything: only the quicker nine tenths of both together count.
  const border = [...times.early, ...times.late].sort((a, b) => a - b)[Math.floor(samples * 0.9)] ?? 0;
  const [early, late] = [times.early, times.late].map((each) => momentsOf(each.filter((time) => time < border)));
  return {
    early: early!.mean / 1_000,
    late: late!.mean / 1_000,
    welch: Math.abs(early!.mean - late!.mean) / Math.sqrt(early!.variance / early!.n + late!.variance / late!.n),
  };
}

function momentsOf(times: readonly number[]): { n: number; mean: number; variance: number } {
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (times.length - 1);
  return { n: times.length, mean, variance };
}
