// Does a statement stay inside one installation? Read from the tree that Kysely builds of it (pure).
//
// A table is held when its installation is compared with a value, or with the installation of a table that is held. Pieces of plain SQL cannot be read; of
// them it counts that they name the column.

import type {
  AliasNode,
  BinaryOperationNode,
  ColumnNode,
  DeleteQueryNode,
  IdentifierNode,
  InsertQueryNode,
  JoinNode,
  OperationNode,
  OperatorNode,
  RawNode,
  ReferenceNode,
  SchemableIdentifierNode,
  SelectQueryNode,
  TableNode,
  UpdateQueryNode,
  ValueNode,
  ValuesNode,
} from 'kysely';

/** The column that names the installation, by table. */
type Keys = ReadonlyMap<string, string>;
/** What a statement is held to, for whoever asks: the values its installation is compared with, and whether there are rows of any in it. */
export interface Found {
  values: Set<unknown>;
  isAboutRows: boolean;
}
interface Reader {
  keys: Keys;
  found: Found | null;
}
/** What stands in a statement under which name: alias → table. */
type Names = Map<string, string>;
type Reading = SelectQueryNode | UpdateQueryNode | DeleteQueryNode;

/** The first table that is asked about every installation; null where each is held to one. What holds them is added to `found`. */
export function looseTable(node: OperationNode, keys: Keys, found: Found | null): string | null {
  return looseIn(node, { keys, found }, new Set());
}

/** Nothing can be asked in these. */
const leaves: ReadonlySet<string> = new Set([
  'ValueNode',
  'PrimitiveValueListNode',
  'ReferenceNode',
  'ColumnNode',
  'TableNode',
  'IdentifierNode',
  'OperatorNode',
]);

/** `outer`: names of the statement around this one that are held. */
function looseIn(node: unknown, reader: Reader, outer: ReadonlySet<string>): string | null {
  if (typeof node !== 'object' || node === null) return null;
  if (Array.isArray(node)) return first(node, (each) => looseIn(each, reader, outer));
  const { kind } = node as OperationNode;
  let held = outer;
  if (kind === 'SelectQueryNode' || kind === 'UpdateQueryNode' || kind === 'DeleteQueryNode') {
    const found = heldIn(node as Reading, reader, outer);
    if (typeof found === 'string') return found;
    held = found;
  } else if (kind === 'InsertQueryNode') {
    const loose = looseInsert(node as InsertQueryNode, reader);
    if (loose !== null) return loose;
  } else if (kind === 'RawNode') {
    const loose = looseText(node as RawNode, reader);
    if (loose !== null) return loose;
  } else if (leaves.has(kind)) return null;
  return first(Object.values(node), (each) => looseIn(each, reader, held));
}

function first<T>(list: readonly T[], look: (each: T) => string | null): string | null {
  for (const each of list) {
    const found = look(each);
    if (found !== null) return found;
  }
  return null;
}

/** The names that are held in here, or the table of one that is not. */
function heldIn(node: Reading, reader: Reader, outer: ReadonlySet<string>): ReadonlySet<string> | string {
  const { keys, found } = reader;
  const names: Names = new Map();
  const joins: readonly JoinNode[] = node.joins ?? [];
  for (const source of [...sourcesOf(node), ...joins.map((join) => join.table)]) name(names, source, keys);
  if (found && names.size > 0) found.isAboutRows = true;
  const held = new Set([...outer].filter((each) => !names.has(each)));
  for (let before = -1; before < held.size; ) {
    before = held.size;
    for (const [alias] of names) if (isHeld(alias, node, joins, { names, held, keys, found })) held.add(alias);
  }
  for (const [alias, table] of names) if (!held.has(alias)) return table;
  return held;
}

function sourcesOf(node: Reading): readonly OperationNode[] {
  if (node.kind === 'SelectQueryNode') return node.from?.froms ?? [];
  if (node.kind === 'DeleteQueryNode') return [...node.from.froms, ...(node.using?.tables ?? [])];
  return [...(node.table ? [node.table] : []), ...(node.from?.froms ?? [])];
}

function name(names: Names, source: OperationNode, keys: Keys): void {
  const isAlias = source.kind === 'AliasNode';
  const { node, alias } = source as AliasNode;
  const table = isAlias ? node : source;
  if (table.kind !== 'TableNode') return;
  const called = tableOf(table as TableNode);
  if (keys.has(called)) names.set(isAlias ? (alias as IdentifierNode).name : called, called);
}

const tableOf = ({ table }: TableNode): string => (table as SchemableIdentifierNode).identifier.name;

interface Place extends Reader {
  names: Names;
  held: ReadonlySet<string>;
}

/** By what the whole statement asks for, or by what joins it; an outer join holds only what it joins. */
function isHeld(alias: string, node: Reading, joins: readonly JoinNode[], place: Place): boolean {
  if (node.where && holds(node.where.where, alias, place)) return true;
  return joins.some((join) => {
    if (!join.on) return false;
    const joined: Names = new Map();
    name(joined, join.table, place.keys);
    return (join.joinType === 'InnerJoin' || joined.has(alias)) && holds(join.on.on, alias, place);
  });
}

function holds(condition: OperationNode, alias: string, place: Place): boolean {
  switch (condition.kind) {
    case 'ParensNode':
      return holds((condition as OperationNode & { node: OperationNode }).node, alias, place);
    case 'AndNode':
    case 'OrNode': {
      const { kind, left, right } = condition as OperationNode & { left: OperationNode; right: OperationNode };
      const [one, other] = [left, right].map((each) => holds(each, alias, place));
      return kind === 'AndNode' ? Boolean(one || other) : Boolean(one && other);
    }
    case 'BinaryOperationNode': {
      const { operator, leftOperand, rightOperand } = condition as BinaryOperationNode;
      if ((operator as OperatorNode).operator !== '=') return false;
      return (
        (isKeyOf(leftOperand, alias, place) && isKnown(rightOperand, place)) ||
        (isKeyOf(rightOperand, alias, place) && isKnown(leftOperand, place))
      );
    }
    case 'RawNode':
      return readText(condition as RawNode, 'installation_id', place.found);
    default:
      return false;
  }
}

/** Is it the column that names the installation of what goes by this name here? */
function isKeyOf(node: OperationNode, alias: string, { names, keys }: Place): boolean {
  if (node.kind !== 'ReferenceNode') return false;
  const { table, column } = node as ReferenceNode;
  if (columnOf(column as ColumnNode) !== keys.get(names.get(alias) ?? '')) return false;
  return table ? tableOf(table) === alias : names.size === 1;
}

/** A value, or the installation of what is held already. */
function isKnown(node: OperationNode, { names, held, keys, found }: Place): boolean {
  if (node.kind === 'ValueNode') found?.values.add((node as ValueNode).value);
  if (node.kind !== 'ReferenceNode') return node.kind === 'ValueNode';
  const { table, column } = node as ReferenceNode;
  const from = table && tableOf(table);
  if (!from || !held.has(from)) return false;
  return columnOf(column as ColumnNode) === (keys.get(names.get(from) ?? from) ?? 'installation_id');
}

const columnOf = (column: ColumnNode): string | undefined => column.column?.name;

/** Each row bears its installation. */
function looseInsert({ into, columns, values }: InsertQueryNode, { keys, found }: Reader): string | null {
  const table = into ? tableOf(into) : '';
  const key = keys.get(table);
  if (key === undefined) return null;
  const at = columns?.findIndex((column) => columnOf(column) === key) ?? -1;
  if (found) {
    found.isAboutRows = true;
    for (const row of values?.kind === 'ValuesNode' ? (values as ValuesNode).values : []) {
      const value: unknown = row.values[at];
      if (row.kind === 'PrimitiveValueListNode') found.values.add(value);
      else if ((value as OperationNode | undefined)?.kind === 'ValueNode') found.values.add((value as ValueNode).value);
    }
  }
  return at === -1 ? table : null;
}

/** Plain SQL that reads or writes a table has to name the column somewhere. */
function looseText(node: RawNode, { keys, found }: Reader): string | null {
  for (const [, table = ''] of textOf(node).matchAll(/\b(?:from|join|update|into)\s+"?(\w+)"?/gi)) {
    const key = keys.get(table);
    if (key === undefined) continue;
    if (found) found.isAboutRows = true;
    if (!readText(node, key, found)) return table;
  }
  return null;
}

/** Does it name the column? Then it may be compared with a value right there. */
function readText(node: RawNode, key: string, found: Found | null): boolean {
  const values: unknown[] = [];
  const text = textOf(node, values);
  if (found)
    for (const [, i] of text.matchAll(new RegExp(`\\b${key}\\b(?: \\|\\| '')? = \\$(\\d+) `, 'g')))
      found.values.add(values[Number(i)]);
  return new RegExp(`\\b${key}\\b`).test(text);
}

/** With the names of tables and columns that were put in. A value that was is added to `values`, and stands as its place there; anything else is a blank. */
function textOf({ sqlFragments, parameters }: RawNode, values: unknown[] = []): string {
  const words = parameters.map((each) => {
    if (each.kind === 'RawNode') return textOf(each as RawNode, values);
    if (each.kind === 'TableNode') return tableOf(each as TableNode);
    if (each.kind === 'ReferenceNode') return columnOf((each as ReferenceNode).column as ColumnNode) ?? '';
    if (each.kind === 'IdentifierNode') return (each as IdentifierNode).name;
    return each.kind === 'ValueNode' ? `$${values.push((each as ValueNode).value) - 1} ` : ' ';
  });
  return sqlFragments.map((fragment, i) => `${fragment}${words[i] ?? ''}`).join('');
}
