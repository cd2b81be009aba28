// What a person's sign-in at Calendly gave us: a pair of tokens, by what name a connection carries it, and how the memory keeps it.

/** What Calendly's token endpoint answered. Its tokens are never logged, never shown. */
export interface Granted {
  access: string;
  /** Works once: its answer brings the next one. */
  refresh: string;
  expiresInMs: number;
  /** Null where Calendly did not say which. */
  scopes: readonly string[] | null;
  /** URI of the Calendly user; null where Calendly did not say. */
  owner: string | null;
}

export interface PairName {
  installationId: string;
  id: string;
}

/** Why a pair will never work again: Calendly refused it, or its successor got lost between Calendly's answer and our memory. */
export type Death = 'refused' | 'lost';

export interface Pair extends PairName {
  access: string;
  refresh: string;
  /** Grows with each renewal. */
  generation: number;
  /** Until the access token ends, by the database's clock; negative afterwards. */
  leftMs: number;
  /** How long it was good for when it was given out. */
  lifeMs: number;
  /** Before another try to renew it. */
  waitMs: number;
  /** `unreadable`: what is kept of it does not open, since it is damaged or its key is gone; then there are no tokens in it. */
  dead: Death | 'unreadable' | null;
}

/** Every read and write stays inside the named installation, save the two that look for work. */
export interface PairStore {
  add(name: PairName, granted: Granted): Promise<void>;
  read(name: PairName): Promise<Pair | null>;
  /**
   * The right to renew this generation, for one process at a time; null when another has it, or it is too early. Who has it is forgotten after
   * `staleMs`: then `unsure` is true, as it is when an earlier answer was not seen.
   */
  claim(name: PairName, generation: number, attempt: string, staleMs: number): Promise<{ unsure: boolean } | null>;
  /** Keeps the successor of this generation, whoever has the right by now: it is the only pair that works. False when there is a newer one, or none. */
  renewed(name: PairName, generation: number, granted: Granted): Promise<boolean>;
  /** Gives the right back; `unsure`: Calendly may have renewed it, but its answer was not seen. */
  failed(name: PairName, attempt: string, how: { unsure: boolean; waitMs: number }): Promise<void>;
  died(name: PairName, attempt: string, why: Death): Promise<void>;
  remove(name: PairName): Promise<void>;
  /** Is there another pair of the same Calendly user? */
  hasTwin(name: PairName): Promise<boolean>;
  /** Pairs in use that end within `soonMs` (a quarter of a shorter life), or whose renewal was cut short. */
  due(soonMs: number, staleMs: number): Promise<PairName[]>;
  /** Pairs that no connection uses, older than this: of a sign-in that was cut short, or of a connection that has another token now. */
  orphans(olderThanMs: number): Promise<PairName[]>;
}

/** Spaces: nothing a person may paste as a token looks like this, and no HTTP header is made of it by mistake. */
const prefix = 'signed in ';

/** What a connection carries in place of a personal access token. It stays the same through all renewals. */
export function tokenNamed({ installationId, id }: PairName): string {
  return `${prefix}${installationId} ${id}`;
}

/** Null for a personal access token. */
export function pairIn(token: string): PairName | null {
  const [installationId, id, ...rest] = token.startsWith(prefix) ? token.slice(prefix.length).split(' ') : [];
  return installationId && id && rest.length === 0 ? { installationId, id } : null;
}
