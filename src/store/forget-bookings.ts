// Bookings go with their names; messages about them stay, and are about nobody's booking from then on.

import type { Tx } from './database.ts';

/** Both engines limit how many values one statement takes. */
const atOnce = 500;

/** The caller holds the installation: a fold that is under way with one of them ends before, or finds it gone. */
export async function forgetBookings(tx: Tx, installationId: string, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    await tx
      .updateTable('delivery')
      .set({ booking_id: null })
      .where('installation_id', '=', installationId)
      .where('booking_id', 'in', some)
      .execute();
    await tx
      .deleteFrom('booking_uri')
      .where('installation_id', '=', installationId)
      .where('booking_id', 'in', some)
      .execute();
    await tx.deleteFrom('booking').where('installation_id', '=', installationId).where('id', 'in', some).execute();
  }
}
