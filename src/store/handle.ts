// The one way to a handle on the database: what it is asked must stay inside one installation, else it is refused before it is sent. Whoever rightly looks at
// several says so, by one of the few reasons below.
//
// Looked at is what Kysely is about to write as text. Statements of the hot path are written once (see statement.ts), so that they pay nothing for it.

import { Kysely, type KyselyPlugin, type OperationNode } from 'kysely';
import { EmbeddedAdapter, type Engine } from './engine.ts';
import { everywhere, hold } from './held-to.ts';
import { ofInstallations } from './of-installations.ts';
import type { Schema } from './schema.ts';
import { type Found, looseTable } from './scope.ts';

type Db = Kysely<Schema>;

/** Why a statement may look beyond one installation. */
export const crossings = [
  // Keys are taken up and leases freed before anybody is served.
  'opening',
  // Whose request it is, is told by a secret that nobody else has, or by Slack's own id of the workspace.
  'door',
  // Whichever channel or account is due next is served, each row with its installation.
  'worker',
  // What is looked after by the clock is looked after everywhere, each row with its installation.
  'rounds',
  // A clock that is set back is everybody's.
  'clock',
  // What is old goes, and who removed the app, whoever that is.
  'forgetting',
  // Whoever runs the process counts, checks and re-seals all there is.
  'operator',
  // Yes or no: Calendly may end all sign-ins of a user at once, and is not asked where another one lives.
  'twin',
] as const;
export type Crossing = (typeof crossings)[number];

/** The column that names the installation, by table; of tables that are not here nothing is anybody's. */
const keyOf: ReadonlyMap<string, string> = new Map([
  ['installation', 'id'],
  ...ofInstallations.map(([table]): [string, string] => [table, 'installation_id']),
]);

type Query = ReturnType<KyselyPlugin['transformQuery']>;
const plugin = (read: (node: Query) => Query): KyselyPlugin => ({
  transformQuery: ({ node }) => read(node),
  transformResult: async ({ result }) => result,
});

const guard = plugin((node) => {
  refuseLoose(node, null);
  return node;
});

/** The same where the database is told to which installations a statement is held. */
const tellingGuard = plugin((node) => {
  const found: Found = { values: new Set(), isAboutRows: false };
  refuseLoose(node, found);
  if (!found.isAboutRows) return node;
  if (found.values.size === 0)
    throw new Error('a statement is held to an installation, but by no value that can be read');
  return hold(node, [...found.values]);
});

const everybody = plugin((node) => hold(node, everywhere));

function refuseLoose(node: OperationNode, found: Found | null): void {
  const loose = looseTable(node, keyOf, found);
  if (loose !== null)
    throw new Error(`a statement about “${loose}” names no installation; say why with across() if it is to cross them`);
}

/** A handle whose statements stay inside one installation; transactions begun from it are the same. */
export function handleOn({ dialect, name }: Pick<Engine, 'dialect' | 'name'>): Db {
  return new Kysely<Schema>({ dialect, plugins: [name === 'postgresql' ? tellingGuard : guard] });
}

/** The same connection or transaction, for one statement that may look at several installations. */
export function across<D extends Db>(on: D, _why: Crossing): D {
  const free = on.withoutPlugins();
  return (on.getExecutor().adapter instanceof EmbeddedAdapter ? free : free.withPlugin(everybody)) as D;
}
