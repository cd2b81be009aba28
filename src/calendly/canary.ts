// A signed message to our own public address, on the way Calendly's take: DNS, TLS, proxy, app. Says what answered wrong, and what to do.

import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';

export type Way = { ok: true } | { ok: false; sentence: string };

/** What the webhook endpoint takes for a canary; it is signed like any other message, kept by nobody, and answered by its own nonce. */
export const canaryEvent = 'calendly-for-slack.canary';

/** Slower than this, Calendly might give up as well; milliseconds. */
const patienceMs = 8_000;
/** More of an answer than this is not ours. */
const answerAtMost = 16_384;

/** Sends one canary to a hook's address (as in `hookUrl`), signed with its key. Never throws. */
export async function walkIn(hookAddress: string, signingKey: string): Promise<Way> {
  const { host } = new URL(hookAddress);
  const nonce = randomUUID();
  const body = JSON.stringify({ event: canaryEvent, created_at: new Date().toISOString(), payload: { uri: nonce } });
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac('sha256', signingKey).update(`${t}.${body}`).digest('hex');
  try {
    const answer = await request(hookAddress, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'calendly-webhook-signature': `t=${t},v1=${v1}` },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await shortText(answer.body);
    if (answer.statusCode === 200 && text.includes(nonce)) return { ok: true };
    return { ok: false, sentence: wrongAnswer(host, answer.statusCode, answer.headers, text) };
  } catch (error) {
    return { ok: false, sentence: noAnswer(host, error) };
  }
}

async function shortText(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > answerAtMost) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function wrongAnswer(
  host: string,
  status: number,
  headers: Record<string, string | string[] | undefined>,
  text: string,
): string {
  if (status >= 300 && status < 400)
    return `${host} redirects instead of answering (HTTP ${status}), and Calendly does not follow. Set PUBLIC_URL to the address that answers by itself.`;
  const isOurs = ['unauthorized', 'not found', 'cannot keep it now, please repeat'].includes(text);
  if (isOurs && status === 503) return 'My database cannot keep messages at this moment. The log says why.';
  // Our own words, but of an app that does not know this hook or its key.
  if (isOurs)
    return `Another app of this kind answers at ${host} (HTTP ${status}). See that PUBLIC_URL leads to this one, with this database.`;
  const page = /text\/html/i.test(String(headers['content-type'] ?? '')) || /^\s*</.test(text);
  if (status === 401 || status === 403)
    return `Something in front of me at ${host} asks for a password or refuses strangers (HTTP ${status}). Let it pass requests to /calendly/webhooks/ untouched.`;
  if (status >= 500)
    return `Something in front of me at ${host} answers HTTP ${status}. See that it leads to the port I listen on.`;
  if (status === 200 && !page) return `Something else answers at ${host}. See that PUBLIC_URL leads to me.`;
  return `${host} answers ${page ? 'with a web page' : 'something else'} (HTTP ${status}). See that PUBLIC_URL leads to me, path included.`;
}

function noAnswer(host: string, error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name ${host} is not known (DNS). See that PUBLIC_URL is spelled right and its record is published.`;
  if (code === 'ECONNREFUSED') return `Nobody listens at ${host}. See that the proxy or tunnel runs.`;
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code))
    return `The certificate of ${host} is not valid (${code}), so Calendly will not talk to it. Renew it.`;
  if (code === 'TimeoutError' || code.includes('TIMEOUT'))
    return `${host} did not answer within ${patienceMs / 1_000} seconds. See that its firewall lets requests from the internet in.`;
  return `${host} could not be reached (${code || 'unknown error'}). See that it can be reached from the internet.`;
}

/** The innermost code or name there is. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as Error & { code?: unknown };
  return codeOf(error.cause) || (typeof code === 'string' ? code : error.name === 'Error' ? '' : error.name);
}
