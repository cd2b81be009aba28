// The server's half of a WebSocket (RFC 6455), as much of it as Socket Mode needs: text frames, ping, close.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export interface WebSocketPeer {
  send(text: string): void;
  ping(): void;
  close(code?: number): void;
  /** Cuts the connection without a word. */
  destroy(): void;
}

/** Answers the upgrade request; `onText` gets each whole text message, `onClose` comes once. */
export function acceptWebSocket(
  req: IncomingMessage,
  socket: Duplex,
  on: { text: (text: string) => void; close: () => void },
): WebSocketPeer {
  const key = String(req.headers['sec-websocket-key']);
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );

  let buffered: Buffer = Buffer.alloc(0);
  let fragments: Buffer[] = [];
  let closing = false;
  const write = (opcode: number, payload: Buffer) => {
    if (!socket.destroyed && socket.writable) socket.write(frame(opcode, payload));
  };
  const peer: WebSocketPeer = {
    send: (text) => write(TEXT, Buffer.from(text)),
    ping: () => write(PING, Buffer.from(String(Date.now()))),
    close(code = 1000) {
      if (closing) return;
      closing = true;
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(code);
      write(CLOSE, payload);
    },
    destroy: () => void socket.destroy(),
  };

  socket.on('data', (chunk: Buffer) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    for (let next = readFrame(buffered); next; next = readFrame(buffered)) {
      buffered = buffered.subarray(next.size);
      if (next.opcode === PING) write(PONG, next.payload);
      else if (next.opcode === CLOSE) {
        peer.close();
        socket.end();
      } else if (next.opcode !== PONG) {
        fragments.push(next.payload);
        if (!next.final) continue;
        const whole = Buffer.concat(fragments).toString('utf8');
        fragments = [];
        on.text(whole);
      }
    }
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', on.close);
  return peer;
}

function frame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (size < 126) head[1] = size;
  else if (size < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(size, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(size), 2);
  }
  return Buffer.concat([head, payload]);
}

/** The first whole frame in `data`, unmasked, or undefined while some of it is still missing. */
function readFrame(data: Buffer) {
  if (data.length < 2) return undefined;
  const first = data[0] ?? 0;
  const second = data[1] ?? 0;
  let size = second & 0x7f;
  let at = 2;
  if (size === 126) {
    if (data.length < 4) return undefined;
    size = data.readUInt16BE(2);
    at = 4;
  } else if (size === 127) {
    if (data.length < 10) return undefined;
    size = Number(data.readBigUInt64BE(2));
    at = 10;
  }
  const masked = (second & 0x80) !== 0;
  const start = masked ? at + 4 : at;
  if (data.length < start + size) return undefined;
  const payload = Buffer.from(data.subarray(start, start + size));
  if (masked) for (let i = 0; i < size; i++) payload[i] = (payload[i] ?? 0) ^ (data[at + (i & 3)] ?? 0);
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload, size: start + size };
}
