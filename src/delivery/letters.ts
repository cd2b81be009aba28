// Letters: messages that wait for a person, because nobody knows whether they arrived (uncertain) or because they were given up (dead).

export interface Letter {
  id: string;
  /** Which trouble of this message is meant: when the try was made that brought it about, UTC milliseconds. A new try is a new incident. */
  incident: number;
  /** Slack conversation, or a person for a direct message. */
  channelId: string;
  kind: 'card' | 'reply' | 'notice';
  state: 'due' | 'sending' | 'shown' | 'held' | 'uncertain' | 'suppressed' | 'dead';
  /** Since when it is in this state, UTC milliseconds. */
  since: number;
  tries: number;
  /** A sentence of ours or an answer of Slack's; may hold `{channel}`, `{bot}` and `{command}`. */
  reason: string | null;
  /** Who may decide about it besides the admins: who made the subscription. Null when that is gone. */
  owner: string | null;
  /** What it speaks of. Never more than its channel would show: no person of the booking is named. */
  subject: Subject | null;
}

export interface Subject {
  title: string;
  /** UTC milliseconds. */
  when: { startsAt: number; endsAt: number } | null;
}

/** One letter at one of its troubles: whoever acts on an older one changes nothing. */
export type Incident = Pick<Letter, 'id' | 'incident'>;

export interface LetterStore {
  /** Those uncertain or dead, newest first; with `owner`, only that person's uncertain ones. */
  letters(
    installationId: string,
    o: { owner?: string; from: number; count: number },
  ): Promise<{ total: number; letters: Letter[] }>;
  /** These messages, in whatever state they are now; those that are gone are left out. */
  lettersOf(installationId: string, ids: readonly string[]): Promise<Letter[]>;
  /** Makes it due once more. False when somebody was faster. */
  resend(installationId: string, letter: Incident): Promise<boolean>;
  /** Closes it for good. False when somebody was faster. */
  close(installationId: string, letter: Incident, reason: string): Promise<boolean>;
}

/** Said of a letter that is there after all. */
export const foundByOwner = 'its owner found it in the channel';
export const droppedByAdmin = 'a workspace admin dropped it';
