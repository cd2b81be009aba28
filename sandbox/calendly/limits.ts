// Calendly's rate limit: so many calls per user and window, told in headers on every answer.

export type RateLimit = { limit: number; perMs: number };

export function makeLimiter(rate: RateLimit) {
  const windows = new Map<string, { until: number; used: number }>();

  /** All tokens of one user share a window. `X-RateLimit-Reset` is in seconds from now, not a time. */
  return function count(user: string): { allowed: boolean; headers: Record<string, string> } {
    const now = Date.now();
    let window = windows.get(user);
    if (!window || window.until <= now) {
      window = { until: now + rate.perMs, used: 0 };
      windows.set(user, window);
    }
    window.used += 1;
    return {
      allowed: window.used <= rate.limit,
      headers: {
        'X-RateLimit-Limit': String(rate.limit),
        'X-RateLimit-Remaining': String(Math.max(0, rate.limit - window.used)),
        'X-RateLimit-Reset': String(Math.ceil((window.until - now) / 1000)),
      },
    };
  };
}
