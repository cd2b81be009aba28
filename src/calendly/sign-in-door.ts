// The web side of signing in: the page a link opens, the press of its button, and the way back from Calendly. Every step ends on a page.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SignIn } from '../connection/sign-in.ts';
import { Gone, Outage, Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import { languageAccepted, type Texts, textsFor } from '../texts/index.ts';
import { asResponse, type Page } from './pages.ts';
import { confirmPage, donePage, failurePage } from './sign-in-pages.ts';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** `languages`: the header `Accept-Language`. */
export interface SignInDoor {
  /** `GET /calendly/connect/:link`: changes nothing, so that whatever opens links by itself may open it. */
  confirm(asked: { link: string; cookies: string | undefined; languages: string | undefined }): Promise<Reply>;
  /** `POST` to the same address: the button of that page. `fetchSite` is the header `Sec-Fetch-Site`. */
  press(asked: {
    link: string;
    cookies: string | undefined;
    languages: string | undefined;
    form: string;
    fetchSite: string | undefined;
  }): Promise<Reply>;
  /** `GET /calendly/callback`. */
  callback(asked: {
    query: URLSearchParams;
    cookies: string | undefined;
    languages: string | undefined;
  }): Promise<Reply>;
}

/** Seconds: as long as a link, and some for a slow way back. */
const cookieLife = 20 * 60;

export const connectPath = '/calendly/connect/';
export const callbackPath = '/calendly/callback';

/** Never throws. */
export function signInDoor(deps: {
  signIn: SignIn;
  publicUrl: URL;
  authUrl: URL;
  commandName: string;
  log: Logger;
}): SignInDoor {
  const { signIn, commandName, log } = deps;
  const isSecure = deps.publicUrl.protocol === 'https:';
  // Browsers let nobody but this very host, over https, set a cookie of that prefix.
  const cookieName = isSecure ? '__Host-sign-in' : 'sign-in';
  // Browsers hold the redirect after a press against this list as well, and Calendly's sign-in form stands at its other address.
  const formsGoTo = ["'self'", deps.authUrl.origin, ...siteOf(deps.authUrl)].join(' ');

  async function answer(
    doing: string,
    languages: string | undefined,
    work: (t: Texts) => Promise<Reply>,
  ): Promise<Reply> {
    const t = textsFor(languageAccepted(languages));
    try {
      return await work(t);
    } catch (error) {
      const reference = randomBytes(4).toString('hex');
      if (error instanceof Refusal || error instanceof Outage || error instanceof Gone)
        log.info({ doing, code: error.code }, 'a sign-in did not go on');
      else log.error({ err: error, doing, reference }, 'a sign-in failed');
      return asResponse(failurePage(error, commandName, reference, t));
    }
  }

  const show = (page: Page, browser: string): Reply => {
    const reply = asResponse(page, formsGoTo);
    const cookie = `${cookieName}=${browser}; Path=/; Max-Age=${cookieLife}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
    return { ...reply, headers: { ...reply.headers, 'set-cookie': cookie } };
  };

  return {
    confirm: ({ link, cookies, languages }) =>
      answer('confirm', languages, async (t) => {
        const known = cookieIn(cookies, cookieName);
        const { extras, ...asker } = await signIn.look({ link, browser: known });
        const browser = known ?? randomBytes(24).toString('base64url');
        return show(
          confirmPage(asker, extras, { action: `${connectPath}${link}`, proof: proofOf(browser) }, t),
          browser,
        );
      }),

    press: ({ link, cookies, languages, form, fetchSite }) =>
      answer('press', languages, async () => {
        const browser = cookieIn(cookies, cookieName);
        const isOwn = fetchSite === undefined || fetchSite === 'same-origin';
        if (browser === null || !isOwn || !isProof(new URLSearchParams(form).get('proof'), browser)) throw notPressed();
        const url = await signIn.leave({ link, browser });
        return {
          status: 303,
          headers: { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
          body: '',
        };
      }),

    callback: ({ query, cookies, languages }) =>
      answer('callback', languages, async (t) => {
        const result = await signIn.finish({ params: query, browser: cookieIn(cookies, cookieName) });
        log.info({ connection: result.connected.connection.id }, 'somebody connected an account by signing in');
        return asResponse(donePage(result, commandName, t));
      }),
  };
}

/** What only a page that was shown to this browser knows. */
function proofOf(browser: string): string {
  return hash('sha256', `proof ${browser}`, 'base64url');
}

function isProof(given: string | null, browser: string): boolean {
  const [wanted, got] = [Buffer.from(proofOf(browser)), Buffer.from(given ?? '')];
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

/** The browser's secret as we once gave it; anything else counts as none. */
function cookieIn(header: string | undefined, name: string): string | null {
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  const [value] = found;
  return found.length === 1 && value !== undefined && /^[\w-]{32}$/.test(value) ? value : null;
}

/** The other hosts of Calendly's own site. */
function siteOf({ hostname }: URL): string[] {
  return hostname.endsWith('.calendly.com') ? ['https://calendly.com', 'https://*.calendly.com'] : [];
}

function notPressed(): Refusal {
  return new Refusal(
    'That press did not come from my own page, or your browser keeps no cookies for it. Nothing was connected. Open the link from Slack once more and press the button there; if it stays, type {command} connect for a new link.',
    { code: 'not_pressed' },
  );
}
