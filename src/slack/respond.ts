// Answers at a `response_url`: only ever sent to Slack.

import type { Logger } from 'pino';
import { request } from 'undici';
import type { Message } from './web.ts';

/** What a message sent to a `response_url` may hold besides its text. */
export interface Response extends Message {
  response_type?: 'ephemeral' | 'in_channel';
  replace_original?: boolean;
  delete_original?: boolean;
}

/**
 * Sends to a `response_url`, which is whatever the payload said: so only Slack's own host and the API's origin are ever called.
 * Failures are logged, not thrown: there is nobody left to tell. Answers whether Slack took it.
 */
export function responder({
  apiUrl,
  log,
}: {
  apiUrl: URL;
  log: Logger;
}): (url: string, response: Response) => Promise<boolean> {
  return async (url, response) => {
    if (!isResponseUrl(url, apiUrl)) {
      log.warn('a response_url outside of Slack was not called');
      return false;
    }
    try {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        // A message that is replaced keeps its kind; a new one is for this person alone.
        body: JSON.stringify(response.replace_original ? response : { response_type: 'ephemeral', ...response }),
        headersTimeout: 5_000,
        bodyTimeout: 5_000,
        signal: AbortSignal.timeout(5_000),
      });
      await body.dump();
      if (statusCode >= 300) log.warn({ statusCode }, 'Slack did not take an answer at the response_url');
      return statusCode < 300;
    } catch (error) {
      log.warn({ code: (error as { code?: unknown }).code }, 'an answer could not be sent to the response_url');
      return false;
    }
  };
}

export function isResponseUrl(text: string, apiUrl: URL): boolean {
  const url = URL.parse(text);
  if (url?.username !== '' || url.password !== '') return false;
  return url.origin === 'https://hooks.slack.com' || url.origin === apiUrl.origin;
}
