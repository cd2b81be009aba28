// Serves the page around both sandboxes: its files, what there is to see, and the few things it can ask for.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname } from 'node:path';

const pages = new URL('./page/', import.meta.url);
const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const BODY_LIMIT = 10_000;
/** Nothing from elsewhere is loaded; the two frames are this machine's own. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src http://127.0.0.1:*; base-uri 'none'; form-action 'none'";

export type FrameParts = {
  view: () => Promise<object>;
  acts: Record<string, (given: Record<string, unknown>) => Promise<void> | void>;
};

export function makeFrame({ view, acts }: FrameParts): Server {
  return createServer((req, res) => {
    serve(req, res).catch((error: unknown) => {
      answer(res, 500, { ok: false, error: error instanceof Error ? error.message : String(error) });
    });
  });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    if (req.method === 'POST') return act(req, res, path.slice(1));
    if (path === '/demo.json') return answer(res, 200, await view());
    const name = path === '/' ? 'index.html' : path.slice(1);
    const kind = /^[\w-]+\.\w+$/.test(name) ? kinds[extname(name)] : undefined;
    const body = kind ? await readFile(new URL(name, pages)).catch(() => null) : null;
    const headers = { 'Cache-Control': 'no-store', 'Content-Security-Policy': policy };
    if (kind && body) res.writeHead(200, { ...headers, 'Content-Type': kind }).end(body);
    else res.writeHead(404, headers).end('There is nothing at this address.');
  }

  /** Only JSON, which other sites cannot send here unasked. */
  async function act(req: IncomingMessage, res: ServerResponse, name: string): Promise<void> {
    const work = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (!work) return answer(res, 404, { ok: false, error: 'There is nothing to do here.' });
    if (!req.headers['content-type']?.startsWith('application/json'))
      return answer(res, 415, { ok: false, error: 'Send JSON.' });
    try {
      await work(await readJson(req));
      answer(res, 200, { ok: true });
    } catch (error) {
      answer(res, 400, { ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function answer(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(body));
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of req) {
    text += String(chunk);
    if (text.length > BODY_LIMIT) throw new Error('That is too much.');
  }
  const given: unknown = JSON.parse(text || '{}');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error('Send an object.');
  return given as Record<string, unknown>;
}
