// The few things every HTTP route of the sandbox Slack does: read a body, decode it, answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from './checks.ts';
import type { Json } from './types.ts';

const MAX_BODY = 4 * 1024 * 1024;

export function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY) {
        reject(new Error('body too large'));
        req.destroy();
      } else chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.on('error', reject);
  });
}

export function answerJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (res.headersSent || res.destroyed) return;
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': length, ...headers });
  res.end(text);
}

export function answerText(
  res: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain',
  headers: Record<string, string> = {},
): void {
  if (res.headersSent || res.destroyed) return;
  const length = String(Buffer.byteLength(text));
  res.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': length, ...headers });
  res.end(text);
}

/** A JSON object, or undefined when the text is anything else. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function flatHeaders(req: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in req.headers) headers[name] = String(req.headers[name]);
  return headers;
}
