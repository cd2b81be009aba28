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
  const link = (key: string, value: string, label: string, look = '') => {
    const next = new URLSearchParams(query);
    next.set(key, value);
    return `<p><a class="${look}" href="/oauth/v2/authorize?${escaped(next.toString())}">${escaped(label)}</a></p>`;
  };
  const scopes = (query.get('scope') ?? '').split(',').filter(Boolean);
  const teams = [...hub.teams.values()].map((team) => link('allow', team.id, `Allow in ${team.name}`, 'yes'));
  const orgs = [...hub.orgs.values()].map((org) => link('allow', org.id, `Allow in all of ${org.name}`, 'yes'));
  const asks =
    scopes.length > 0
      ? `<p>It asks for:</p><ul>${scopes.map((scope) => `<li><code>${escaped(scope)}</code></li>`).join('')}</ul>`
      : '';
  const title = `Add ${escaped(hub.appName)} to a workspace`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${css}</style><main><h1>${title}</h1>${asks}${[...teams, ...orgs].join('')}${link('deny', '1', 'Cancel')}</main>`;
}

const css = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:0}main{max-width:26rem;margin:10vh auto;padding:0 1.5rem}h1{font-size:1.4rem}
a{color:inherit}a.yes{display:block;padding:.6rem 1rem;border-radius:7px;background:#0b7a5f;color:#fff;font-weight:600;text-align:center;text-decoration:none}a.yes:hover{background:#086650}`;
