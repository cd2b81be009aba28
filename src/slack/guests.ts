// Do guests read a channel? Its members are looked at, only so many, and what was seen of each is remembered for a while.

/** Who else reads a channel: other organizations (Slack Connect), or guests in it. `unknown`: Slack did not say. */
export type Outsiders = 'none' | 'organizations' | 'guests' | 'unknown';

interface GuestLookOptions {
  /** At most `limit` members, in Slack's order. */
  members(channel: string, limit: number): Promise<string[]>;
  isGuest(user: string): Promise<boolean>;
  /** By a clock that only goes forward, milliseconds. */
  now?: () => number;
}

/** Slack allows some hundred questions about people a minute; guests are let into small channels. */
const mostMembers = 200;
const atOnce = 8;
/** Members seldom become guests. Milliseconds. */
const rememberedMs = 3_600_000;
const mostRemembered = 5_000;

/** Answers whether there is a guest, `except` this one, among the members. Throws what the calls throw: then nobody knows. */
export function guestLook({ members, isGuest, now = () => performance.now() }: GuestLookOptions) {
  const seen = new Map<string, { until: number; isGuest: boolean }>();

  async function look(user: string): Promise<boolean> {
    const known = seen.get(user);
    if (known && known.until > now()) return known.isGuest;
    const answer = await isGuest(user);
    if (seen.size >= mostRemembered) seen.clear();
    seen.set(user, { until: now() + rememberedMs, isGuest: answer });
    return answer;
  }

  return async (channel: string, except?: string): Promise<boolean> => {
    const left = (await members(channel, mostMembers)).slice(0, mostMembers).filter((user) => user !== except);
    let found = false;
    const worker = async () => {
      for (let user = left.pop(); user !== undefined && !found; user = left.pop()) if (await look(user)) found = true;
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return found;
  };
}
