// A browser we have met: the secret cookie it carries, and the proof that a button was pressed on a page of ours.

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a page of ours answers. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A cookie of this name for pages at this address; `life` in seconds. */
export function browserCookie(name: string, publicUrl: URL, life: number) {
  const isSecure = publicUrl.protocol === 'https:';
  // Browsers let nobody but this very host, over https, set a cookie of that prefix.
  const fullName = isSecure ? `__Host-${name}` : name;
  return {
    /** The browser's secret as we once gave it; anything else counts as none. */
    read(header: string | undefined): string | null {
      const found = (header ?? '')
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part.startsWith(`${fullName}=`))
        .map((part) => part.slice(fullName.length + 1));
      const [value] = found;
      return found.length === 1 && value !== undefined && /^[\w-]{32}$/.test(value) ? value : null;
    },
    fresh: () => randomBytes(24).toString('base64url'),
    /** The same answer, which leaves the browser with this secret. */
    leave(reply: Reply, browser: string): Reply {
      const cookie = `${fullName}=${browser}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
      return { ...reply, headers: { ...reply.headers, 'set-cookie': cookie } };
    },
  };
}

/** What only a page that was shown to this browser knows. */
export function proofOf(browser: string): string {
  return hash('sha256', `proof ${browser}`, 'base64url');
}

/** Was the button of our own page pressed, in this browser? `fetchSite` is the header `Sec-Fetch-Site`. */
export function isPressed(form: string, fetchSite: string | undefined, browser: string): boolean {
  const [wanted, got] = [Buffer.from(proofOf(browser)), Buffer.from(new URLSearchParams(form).get('proof') ?? '')];
  const isOwn = fetchSite === undefined || fetchSite === 'same-origin';
  return isOwn && wanted.length === got.length && timingSafeEqual(wanted, got);
}
