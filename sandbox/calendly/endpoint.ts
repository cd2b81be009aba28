// What an API endpoint is, and what it is given to work on.
import type { makeBookings } from './bookings.ts';
import type { Answer, Json } from './http.ts';
import type { Sender } from './sender.ts';
import type { Token, TokenBook } from './tokens.ts';
import type { World } from './world.ts';

/** `free-old` is a free plan before November 2026, when webhooks needed a paid one. `enterprise`: the largest, which may have data deleted. */
export type Plan = 'enterprise' | 'paid' | 'free' | 'free-old';

export type Bookings = ReturnType<typeof makeBookings>;

/** `plan` is that of every organization; `appKey` signs hooks made with OAuth tokens. */
export type Ground = {
  world: World;
  bookings: Bookings;
  sender: Sender;
  tokens: TokenBook;
  plan: () => Plan;
  appKey: () => string;
};

export type Call = {
  token: Token;
  /** The caller's user URI and organization URI. */
  me: string;
  organization: string;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Json;
  page: (items: unknown[]) => Answer;
};

export type Endpoint = { method: string; path: string; scope: string; run: (call: Call) => Answer };

export const one = (resource: object, status = 200): Answer => ({ status, body: { resource } });
