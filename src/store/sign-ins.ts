// Links to sign in with Calendly: made for one person, good for a quarter of an hour, used once. Secrets are kept as hashes, the verifier sealed.

import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { type Extra, extras } from '../connection/scopes.ts';
import type { SignInRecord, SignInStore } from '../connection/sign-in.ts';
import type { Database } from './database.ts';
import { across } from './handle.ts';
import { place } from './rows.ts';
import type { Schema } from './schema.ts';

/** So long a used or late link is still known, so that its page can say what to do. Milliseconds. */
const rememberedMs = 24 * 3_600_000;

/** What somebody signed in for, beside the bookings, is asked for again when they sign in anew, for 13 months. */
const grantedMs = 395 * 24 * 3_600_000;

/** As bits, the first of the list being the lowest. */
const packed = (wanted: readonly Extra[]): number =>
  extras.reduce((bits, extra, i) => bits | (wanted.includes(extra) ? 1 << i : 0), 0);
const unpacked = (bits: number): Extra[] => extras.filter((_, i) => (bits & (1 << i)) !== 0);

const hashed = (secret: string): Buffer => hash('sha256', secret, 'buffer');

export function signInStore({ db, engine, seal }: Database): SignInStore {
  const toRecord = (row: Schema['sign_in'] & { now: number }, browser: string | null): SignInRecord => {
    const isMine = browser !== null && row.browser_hash !== null && hashed(browser).equals(row.browser_hash);
    return {
      installationId: row.installation_id,
      slackUser: row.slack_user,
      verifier:
        row.verifier === null ? null : seal.open(row.verifier, place.verifier(row.installation_id, row.link_hash)),
      leftMs: row.expires_at - row.now,
      browser: row.browser_hash === null ? 'none' : isMine ? 'this' : 'other',
      isUsed: row.used_at !== null,
      isDone: row.done_at !== null,
      extras: unpacked(row.forms),
    };
  };

  const longAgo = sql<number>`${engine.now} - ${grantedMs}`;
  const read = () => across(db, 'door').selectFrom('sign_in').selectAll().select(engine.now.as('now'));

  return {
    async add(link, { installationId, slackUser, extras: wanted, lifeMs }) {
      await across(db, 'forgetting')
        .deleteFrom('sign_in')
        .where('expires_at', '<', sql<number>`${engine.now} - ${rememberedMs}`)
        .where((eb) => eb.or([eb('done_at', 'is', null), eb('forms', '=', 0), eb('expires_at', '<', longAgo)]))
        .execute();
      await db
        .insertInto('sign_in')
        .values({
          link_hash: hashed(link),
          installation_id: installationId,
          slack_user: slackUser,
          browser_hash: null,
          state_hash: null,
          verifier: null,
          created_at: engine.now,
          expires_at: sql<number>`${engine.now} + ${lifeMs}`,
          used_at: null,
          done_at: null,
          forms: packed(wanted),
        })
        .execute();
    },

    async askedBefore({ installationId, slackUser }) {
      const rows = await db
        .selectFrom('sign_in')
        .select('forms')
        .distinct()
        .where('installation_id', '=', installationId)
        .where('slack_user', '=', slackUser)
        .where('done_at', 'is not', null)
        .where('forms', '>', 0)
        .execute();
      return [...new Set(rows.flatMap(({ forms }) => unpacked(forms)))];
    },

    async byLink(link, browser) {
      const row = await read().where('link_hash', '=', hashed(link)).executeTakeFirst();
      return row ? toRecord(row, browser) : null;
    },

    async byState(state, browser) {
      const row = await read().where('state_hash', '=', hashed(state)).executeTakeFirst();
      return row ? toRecord(row, browser) : null;
    },

    async leave(link, { browser, state, verifier }) {
      const [linkHash, browserHash] = [hashed(link), hashed(browser)];
      const row = await across(db, 'door')
        .selectFrom('sign_in')
        .select('installation_id')
        .where('link_hash', '=', linkHash)
        .executeTakeFirst();
      if (!row) return false;
      const left = await across(db, 'door')
        .updateTable('sign_in')
        .set({
          browser_hash: browserHash,
          state_hash: hashed(state),
          verifier: seal.close(verifier, place.verifier(row.installation_id, linkHash)),
        })
        .where('link_hash', '=', linkHash)
        .where('used_at', 'is', null)
        .where(sql<boolean>`expires_at > ${engine.now}`)
        .where((eb) => eb.or([eb('browser_hash', 'is', null), eb('browser_hash', '=', browserHash)]))
        .returning('link_hash')
        .execute();
      return left.length > 0;
    },

    async use(state, browser) {
      const used = await across(db, 'door')
        .updateTable('sign_in')
        // The verifier has been read; nobody needs it again.
        .set({ used_at: engine.now, verifier: null })
        .where('state_hash', '=', hashed(state))
        .where('browser_hash', '=', hashed(browser))
        .where('used_at', 'is', null)
        .where(sql<boolean>`expires_at > ${engine.now}`)
        .returning('link_hash')
        .execute();
      return used.length > 0;
    },

    async done(state) {
      await across(db, 'door')
        .updateTable('sign_in')
        .set({ done_at: engine.now })
        .where('state_hash', '=', hashed(state))
        .execute();
    },
  };
}
