// The web side of signing in: the page a link opens, the press of its button, and the way back from Calendly. Every step ends on a page.

import { randomBytes } from 'node:crypto';
import { browserCookie, isPressed, proofOf, type Reply } from '../browser.ts';
import type { SignIn } from '../connection/sign-in.ts';
import { Gone, Outage, Refusal } from '../errors.ts';
import type { Logger } from '../log.ts';
import { asResponse, type Page } from '../pages.ts';
import { languageAccepted, type Texts, textsFor } from '../texts/index.ts';
import { confirmPage, donePage, failurePage } from './sign-in-pages.ts';

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
  const cookie = browserCookie('sign-in', deps.publicUrl, cookieLife);
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

  const show = (page: Page, browser: string): Reply => cookie.leave(asResponse(page, formsGoTo), browser);

  return {
    confirm: ({ link, cookies, languages }) =>
      answer('confirm', languages, async (t) => {
        const known = cookie.read(cookies);
        const { extras, ...asker } = await signIn.look({ link, browser: known });
        const browser = known ?? cookie.fresh();
        return show(
          confirmPage(asker, extras, { action: `${connectPath}${link}`, proof: proofOf(browser) }, t),
          browser,
        );
      }),

    press: ({ link, cookies, languages, form, fetchSite }) =>
      answer('press', languages, async () => {
        const browser = cookie.read(cookies);
        if (browser === null || !isPressed(form, fetchSite, browser)) throw notPressed();
        const url = await signIn.leave({ link, browser });
        return {
          status: 303,
          headers: { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
          body: '',
        };
      }),

    callback: ({ query, cookies, languages }) =>
      answer('callback', languages, async (t) => {
        const result = await signIn.finish({ params: query, browser: cookie.read(cookies) });
        log.info({ connection: result.connected.connection.id }, 'somebody connected an account by signing in');
        return asResponse(donePage(result, commandName, t));
      }),
  };
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
