// The little HTTP the sandbox needs: read a body, match a path, send an answer.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Json = Record<string, unknown>;

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

const limit = 1024 * 1024;

export async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size > limit) throw new Error('The body is larger than 1 MiB.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Objects only; anything else reads as an empty one, and validation then says what is missing. */
export function parseObject(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
  } catch {
    return {};
  }
}

export function send(res: ServerResponse, answer: Answer, extra: Record<string, string> = {}): void {
  if (res.headersSent || res.destroyed) return;
  const text = bodyText(answer.body);
  const type = typeof answer.body === 'string' ? 'text/html; charset=utf-8' : 'application/json';
  res.writeHead(answer.status, { 'Content-Type': type, ...extra, ...answer.headers });
  res.end(text);
}

function bodyText(body: unknown): string | undefined {
  if (body === undefined) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Path parameters of `/scheduled_events/:event/invitees/:invitee`, or null when the path is another one. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split('/');
  const have = path.split('/');
  if (want.length !== have.length) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of want.entries()) {
    const value = have[index] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return found;
}

export function redirect(to: string): Answer {
  return { status: 302, body: '', headers: { Location: to } };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
