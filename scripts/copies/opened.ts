// What of a database that was put back cannot be opened any more, workspace by workspace, in words.

import { Refusal } from '../../src/errors.ts';
import { closedWorkspaces } from '../../src/store/key-census.ts';

/** A line for each workspace with such values; none where all opens, or where the copy is of another version. */
export async function closedIn(settings: Parameters<typeof closedWorkspaces>[0]): Promise<string[]> {
  try {
    return (await closedWorkspaces(settings)).map(({ teamId, gone }) => {
      const which = [...gone].map(([what, n]) => `${n} × ${what}`).join(', ');
      return `  ${teamId}: its accounts, webhooks and subscriptions are back. The key of ${which} is gone, because the workspace left, somebody was erased, or the keys were left out: nobody opens these any more.`;
    });
  } catch (error) {
    // The app tells it itself, once it has brought the tables up to date.
    if (error instanceof Refusal) return [];
    throw error;
  }
}
