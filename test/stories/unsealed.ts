// Everything a database keeps, as somebody with its key could read it: each sealed value opened, all the rest as it stands.

import { sql } from 'kysely';
import { openBeside } from '../../src/store/database.ts';
import { across } from '../../src/store/handle.ts';
import { sealedColumns } from '../../src/store/sealed.ts';
import type { Storage } from '../storage.ts';

const tables = [
  ...new Set(sealedColumns.map(({ table }) => table)),
  ...(['subscription', 'booking_uri', 'lane', 'backfill', 'erased', 'named', 'digest', 'told'] as const),
];

/** `keys`: as ENCRYPTION_KEY has them. */
export async function unsealed(storage: Storage, keys: string): Promise<string> {
  const database = await openBeside({
    url: storage.url,
    folder: storage.folder,
    keys: keys.split(',').map((key) => Buffer.from(key, 'base64')),
  });
  try {
    const found: string[] = [];
    for (const table of tables) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
        across(database.db, 'operator'),
      );
      const sealed = sealedColumns.filter((each) => each.table === table);
      for (const row of rows)
        for (const [name, value] of Object.entries(row)) {
          const of = sealed.find(({ column }) => column === name);
          const bytes = value instanceof Uint8Array ? value : null;
          if (of && bytes && bytes.length > 0)
            found.push(`${table}.${name} ${database.seal.open(bytes, of.place(row))}`);
          else if (value !== null)
            found.push(`${table}.${name} ${bytes ? Buffer.from(bytes).toString('latin1') : value}`);
        }
    }
    return found.join('\n');
  } finally {
    await database.close();
  }
}
