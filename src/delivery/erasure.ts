// What forgetting a person comes to: what was found of them, and what became of it. Whoever asks for it reads this; the store does it.

/** What is kept of one address. */
export interface Traces {
  bookings: number;
  /** Bodies as Calendly sent them. */
  bodies: number;
  /** Cards in channels, to be edited. */
  cards: number;
  /** Lines of their threads, and messages that name several people, to be taken away. */
  lines: number;
  /** Notes in the record of who did what that name the address. */
  notes: number;
  /** Subscriptions whose filters name it, accounts that have it, and hosts that an admin set: they belong to whoever made them, and stay. */
  kept: { filters: string[]; accounts: number; hosts: number };
  /** Bookings that cannot be opened, so that nobody knows. */
  unread: number;
}

export interface Receipt extends Traces {
  /** UTC milliseconds of the database's clock: what came before it does not come back. */
  at: number;
}

export interface Erasures {
  /** Looks, and changes nothing. */
  traces(installationId: string, address: string): Promise<Traces>;
  /** Takes them out; may be repeated, and goes on where it was stopped. Messages are edited and taken away by the workers, from then on. */
  erase(installationId: string, address: string): Promise<Receipt>;
  /** How many of the messages of erased bookings still show what was. */
  stillToEdit(installationId: string): Promise<number>;
}
