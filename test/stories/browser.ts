// A browser that keeps cookies, presses buttons and shows pages as people read them.

export interface Shown {
  status: number;
  headers: Headers;
  html: string;
  /** As a person reads it. */
  text: string;
}

export type Browser = ReturnType<typeof browser>;

export function browser() {
  const cookies = new Map<string, string>();

  async function open(url: string, init: RequestInit = {}): Promise<Shown> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie ? { cookie } : {}), ...(init.headers as Record<string, string> | undefined) },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const html = await answer.text();
    return { status: answer.status, headers: answer.headers, html, text: readable(html) };
  }

  return {
    cookies,
    open,
    /** Presses the one button of a page. */
    async press(page: Shown, at: string, more: Record<string, string> = {}): Promise<Shown> {
      const action = /<form method="post" action="([^"]+)"/.exec(page.html)?.[1];
      const proof = /name="proof" value="([^"]+)"/.exec(page.html)?.[1];
      if (!action || !proof) throw new Error(`there is no button on: ${page.text}`);
      return open(new URL(action, at).href, {
        method: 'POST',
        body: new URLSearchParams({ proof }),
        headers: { 'sec-fetch-site': 'same-origin', ...more },
      });
    },
  };
}

function readable(html: string): string {
  return html
    .replace(/<(style|title)>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
}

/** From the link to Calendly's consent page; the address of that page. */
export async function goOn(b: Browser, url: string): Promise<string> {
  const pressed = await b.press(await b.open(url), url);
  const to = pressed.headers.get('location');
  if (pressed.status !== 303 || !to) throw new Error(`not sent to Calendly: ${pressed.status} ${pressed.text}`);
  return to;
}
