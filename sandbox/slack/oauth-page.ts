// The page where a person adds the app to a workspace (OAuth), and the code it sends the browser back with.
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Codes } from './account.ts';
import { answerText } from './http.ts';
import type { Hub } from './hub.ts';

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** `/oauth/v2/authorize`: shows one button per workspace; a press comes back here with `allow=<team or organization id>` or `deny`; each `decline=<scope>` is not granted. */
export function authorize(hub: Hub, codes: Codes, res: ServerResponse, query: URLSearchParams): void {
  const redirectUri = query.get('redirect_uri') ?? '';
  const target = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  if (query.get('client_id') !== hub.clientId) {
    answerText(res, 400, 'Invalid client_id parameter');
    return;
  }
  if (!target || !/^https?:$/.test(target.protocol)) {
    answerText(res, 400, 'redirect_uri did not match any configured URIs');
    return;
  }
  target.searchParams.set('state', query.get('state') ?? '');
  const allow = query.get('allow');
  const holder = hub.teams.get(allow ?? '') ?? hub.orgs.get(allow ?? '');
  if (holder) {
    const code = randomBytes(16).toString('hex');
    const teams = hub.teamsOf(holder);
    const owner = teams.flatMap((team) => [...team.users.values()]).find((user) => user.isOwner);
    const declined = query.getAll('decline');
    const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope && !declined.includes(scope));
    // What was granted once stays until the app is removed.
    for (const team of teams)
      if (scopes.length > 0) team.scopes = team.installed ? [...new Set([...team.scopes, ...scopes])] : scopes;
    codes.issue(hub, code, holder, owner?.id ?? '', redirectUri);
    target.searchParams.set('code', code);
  } else if (query.has('deny')) target.searchParams.set('error', 'access_denied');
  else {
    answerText(res, 200, page(hub, query), 'text/html');
    return;
  }
  res.writeHead(302, { location: target.href, 'content-length': '0' }).end();
}

function page(hub: Hub, query: URLSearchParams): string {
  const link = (key: string, value: string, label: string) => {
    const next = new URLSearchParams(query);
    next.set(key, value);
    return `<p><a href="/oauth/v2/authorize?${escaped(next.toString())}">${escaped(label)}</a></p>`;
  };
  const teams = [...hub.teams.values()].map((team) => link('allow', team.id, `Allow in ${team.name}`));
  const orgs = [...hub.orgs.values()].map((org) => link('allow', org.id, `Allow in all of ${org.name}`));
  return `<!doctype html><title>Add ${escaped(hub.appName)}</title><h1>Add ${escaped(hub.appName)} to a workspace</h1>${[...teams, ...orgs].join('')}${link('deny', '1', 'Cancel')}`;
}
