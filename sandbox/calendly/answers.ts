// The API's errors, word for word as Calendly writes them, and its way of paging lists.

import type { Answer, Json } from './http.ts';
import { secret } from './ids.ts';

/** Thrown by an endpoint to end the call with this answer. */
export class ApiError extends Error {
  readonly answer: Answer;
  constructor(status: number, title: string, message: string, more: Json = {}) {
    super(message);
    this.answer = { status, body: { title, message, ...more } };
  }
}

export type Detail = { parameter?: string; message: string; code?: string };

/** 400. Without details it is the opaque answer seen when a token lacks the scope of a subscribed event family. */
export function invalid(...details: Detail[]): ApiError {
  const more = details.length > 0 ? { details } : {};
  return new ApiError(400, 'Invalid Argument', 'The supplied parameters are invalid.', more);
}

export const missing = (parameter: string) => invalid({ parameter, message: 'is missing' });
export const unauthenticated = (message: string) => new ApiError(401, 'Unauthenticated', message);
export const denied = (message = 'You do not have permission to access this resource.') =>
  new ApiError(403, 'Permission Denied', message);
export const notFound = () =>
  new ApiError(404, 'Resource Not Found', 'The server could not find the requested resource.');
export const alreadyExists = (message: string) => new ApiError(409, 'Already Exists', message);
export const internal = () =>
  new ApiError(
    500,
    'Internal Server Error',
    'The server encountered an unexpected condition that prevented it from fulfilling the request.',
  );

export const insufficientScope = (...required: string[]) =>
  new ApiError(403, 'Insufficient scope', "This operation requires the scopes listed in the 'required_scopes' array.", {
    required_scopes: required,
  });

type Cursor = { offset: number; of: string };

/** Page tokens are opaque and belong to the query that made them. */
export function makePages() {
  const cursors = new Map<string, Cursor>();

  const tokenFor = (cursor: Cursor): string => {
    const token = secret(24);
    cursors.set(token, cursor);
    return token;
  };

  return function page<T>(items: T[], address: string, query: URLSearchParams): Answer {
    const count = countOf(query);
    const rest = new URLSearchParams(query);
    rest.delete('page_token');
    const of = `${address}?${rest}`;
    const offset = offsetOf(cursors, query.get('page_token'), of);
    const collection = items.slice(offset, offset + count);
    const next = offset + count < items.length ? tokenFor({ offset: offset + count, of }) : null;
    const previous = offset > 0 ? tokenFor({ offset: Math.max(0, offset - count), of }) : null;
    const link = (token: string | null) =>
      token && `${address}?${new URLSearchParams([...rest, ['page_token', token]])}`;
    return {
      status: 200,
      body: {
        collection,
        pagination: {
          count: collection.length,
          next_page: link(next),
          previous_page: link(previous),
          next_page_token: next,
          previous_page_token: previous,
        },
      },
    };
  };
}

function countOf(query: URLSearchParams): number {
  const text = query.get('count') ?? '20';
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1) throw invalid({ parameter: 'count', message: 'must be greater than 0' });
  if (count > 100) throw invalid({ parameter: 'count', message: 'must be less than or equal to 100' });
  return count;
}

function offsetOf(cursors: Map<string, Cursor>, token: string | null, of: string): number {
  if (token === null) return 0;
  const cursor = cursors.get(token);
  if (cursor?.of !== of) throw invalid({ parameter: 'page_token', message: 'is invalid' });
  return cursor.offset;
}

/** `start_time:asc` against the keys an endpoint sorts by. */
export function sorted<T>(
  items: T[],
  sort: string | null,
  keys: { [name: string]: (item: T) => string | number },
): T[] {
  if (sort === null) return items;
  const [name = '', direction = 'asc'] = sort.split(':');
  const key = keys[name];
  if (!key || !['asc', 'desc'].includes(direction)) throw invalid({ parameter: 'sort', message: 'is invalid' });
  const up = direction === 'asc' ? 1 : -1;
  return [...items].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? 0 : x < y ? -up : up;
  });
}
