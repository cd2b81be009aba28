// What somebody asks about, read from what they paste: a message's link, a booking's link, an address (pure and total).

export type AskedAbout =
  | { by: 'message'; channelId: string; ts: string }
  | { by: 'email'; email: string }
  /** Whatever in a link could be an id of Calendly's. */
  | { by: 'link'; ids: string[] };

const message = /\/archives\/([A-Z0-9]{2,20})\/p(\d{10})(\d{6})\b/;

/** Null where it is none of them. */
export function readAskedAbout(typed: string): AskedAbout | null {
  const text = typed.trim().slice(0, 3_000);
  const [, channelId, seconds, micros] = message.exec(text) ?? [];
  if (channelId && seconds && micros) return { by: 'message', channelId, ts: `${seconds}.${micros}` };
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) {
    const parts = [...url.pathname.split('/'), ...[...url.searchParams.values()].slice(0, 20)];
    const ids = [...new Set(parts)].filter((part) => /^(?=.*\d)[\w-]{12,80}$|^[0-9a-f-]{36}$/i.test(part)).slice(0, 6);
    return ids.length > 0 ? { by: 'link', ids } : null;
  }
  const email = /^(?:mailto:)?([^\s@<>|]{1,200}@[^\s@<>|]{1,200})$/i.exec(text)?.[1];
  return email ? { by: 'email', email: email.toLowerCase() } : null;
}
