// Which engine the settings ask for: a PostgreSQL server's where there is an address, else the embedded one in the data folder.

import { type Engine, sqliteBeside, sqliteEngine, sqliteToRead } from './engine.ts';

interface Settings {
  /** A PostgreSQL address; null for the embedded database in `folder`. */
  url: string | null;
  folder: string;
}

const server = async (url: string, onError: (error: unknown) => void, options?: string): Promise<Engine> =>
  (await import('./postgres-engine.ts')).postgresEngine(url, onError, options);

/** The app's own. Throws a Refusal when another process works in the folder. */
export const ownEngine = async ({ url, folder }: Settings, onError: (error: unknown) => void): Promise<Engine> =>
  url ? server(url, onError) : sqliteEngine(folder);

/** Only to be read, beside an app that may be running. Throws a Refusal where there is nothing yet. */
export const readingEngine = async ({ url, folder }: Settings): Promise<Engine> =>
  url ? server(url, () => {}, '-c default_transaction_read_only=on') : sqliteToRead(folder);

/** To be changed beside an app that may be running. Throws a Refusal where there is nothing yet. */
export const besideEngine = async ({ url, folder }: Settings): Promise<Engine> =>
  url ? server(url, () => {}) : sqliteBeside(folder);
