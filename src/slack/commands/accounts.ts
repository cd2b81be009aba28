// Which of the workspace's Calendly accounts work, and which of them a person may use.

import type { Connection } from '../../connection/connection.ts';
import { Refusal } from '../../errors.ts';
import type { Visit } from '../visit.ts';

/** The accounts this workspace has connected and that work; refuses with the cure when there is none. */
export async function workingConnections(visit: Pick<Visit, 'product' | 'workspace'>): Promise<Connection[]> {
  const all = await visit.product.connections.connections(visit.workspace.id);
  const working = all.filter((each) => each.state === 'active');
  if (working.length > 0) return working;
  const broken = all.find((each) => each.state === 'broken');
  if (broken)
    throw new Refusal(
      `The connection to Calendly does not work. ${broken.reason ?? ''} Type \`{command} connect\` to connect again.`.replace(
        '  ',
        ' ',
      ),
      { code: 'not_connected' },
    );
  throw new Refusal(
    all.length > 0
      ? 'Your Calendly account is disconnected. Type `{command} connect` to go on.'
      : 'No Calendly account is connected yet. Type `{command} connect` first.',
    { code: 'not_connected' },
  );
}

/** Those whose bookings this person may bring into a channel; all of them, where it is none, so that the refusal can name the owner. */
export async function permittedConnections(
  visit: Pick<Visit, 'product' | 'workspace' | 'slack' | 'user'>,
): Promise<Connection[]> {
  const working = await workingConnections(visit);
  const mine = working.filter((each) => each.connectedBy === visit.user);
  if (working.length < 2 || mine.length === working.length) return working;
  if ((await visit.slack.person(visit.user)).isAdmin) return working;
  return mine.length > 0 ? mine : working;
}
