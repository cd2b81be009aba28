// Signs a request body the way Slack does (scheme v0), so that the app can check who sent it.
import { createHmac } from 'node:crypto';

/** Headers `x-slack-request-timestamp` (seconds) and `x-slack-signature` over `v0:<timestamp>:<raw body>`. */
export function signatureHeaders(secret: string, body: string | Buffer, timestamp = Math.floor(Date.now() / 1000)) {
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  return { 'x-slack-request-timestamp': String(timestamp), 'x-slack-signature': `v0=${hash}` };
}
