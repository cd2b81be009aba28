// The API's table of contents, and what every call goes through: token, scope, then the endpoint.
import { insufficientScope, makePages, notFound, unauthenticated } from './answers.ts';
import { eventEndpoints } from './api-events.ts';
import { hookEndpoints } from './api-hooks.ts';
import { peopleEndpoints } from './api-people.ts';
import type { Endpoint, Ground } from './endpoint.ts';
import { type Answer, type Json, matchPath } from './http.ts';
import { allows } from './tokens.ts';

export type ApiRequest = { method: string; path: string; query: URLSearchParams; body: Json; bearer: string | null };

export function makeApi(ground: Ground) {
  const endpoints = [...peopleEndpoints(ground), ...eventEndpoints(ground), ...hookEndpoints(ground)];
  const page = makePages();

  /** Throws ApiError for anything but success. */
  return function answer(request: ApiRequest): Answer {
    const token = ground.tokens.check(request.bearer);
    if (typeof token === 'string') throw unauthenticated(token);
    const { endpoint, params } = find(endpoints, request);
    if (!allows(token, endpoint.scope)) throw insufficientScope(endpoint.scope);
    const member = ground.world.memberships.find((m) => m.user.uri === token.user);
    if (!member) throw unauthenticated('The access token is invalid');
    const address = `${ground.world.base}${request.path}`;
    return endpoint.run({
      token,
      me: token.user,
      organization: member.organization,
      params,
      query: request.query,
      body: request.body,
      page: (items) => page(items, address, request.query),
    });
  };
}

function find(endpoints: Endpoint[], request: ApiRequest): { endpoint: Endpoint; params: Record<string, string> } {
  for (const endpoint of endpoints) {
    const params = endpoint.method === request.method ? matchPath(endpoint.path, request.path) : null;
    if (params) return { endpoint, params };
  }
  throw notFound();
}
