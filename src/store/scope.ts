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
} from 'kysely';

/** The column that names the installation, by table. */
type Keys = ReadonlyMap<string, string>;
/** What stands in a statement under which name: alias → table. */
type Names = Map<string, string>;
type Reading = SelectQueryNode | UpdateQueryNode | DeleteQueryNode;

/** The first table that is asked about every installation; null where each is held to one. */
export function looseTable(node: OperationNode, keys: Keys): string | null {
  return looseIn(node, keys, new Set());
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
function looseIn(node: unknown, keys: Keys, outer: ReadonlySet<string>): string | null {
  if (typeof node !== 'object' || node === null) return null;
  if (Array.isArray(node)) return first(node, (each) => looseIn(each, keys, outer));
  const { kind } = node as OperationNode;
  let held = outer;
  if (kind === 'SelectQueryNode' || kind === 'UpdateQueryNode' || kind === 'DeleteQueryNode') {
    const found = heldIn(node as Reading, keys, outer);
    if (typeof found === 'string') return found;
    held = found;
  } else if (kind === 'InsertQueryNode') {
    const loose = looseInsert(node as InsertQueryNode, keys);
    if (loose !== null) return loose;
  } else if (kind === 'RawNode') {
    const loose = looseText(textOf(node as RawNode), keys);
    if (loose !== null) return loose;
  } else if (leaves.has(kind)) return null;
  return first(Object.values(node), (each) => looseIn(each, keys, held));
}

function first<T>(list: readonly T[], look: (each: T) => string | null): string | null {
  for (const each of list) {
    const found = look(each);
    if (found !== null) return found;
  }
  return null;
}

/** The names that are held in here, or the table of one that is not. */
function heldIn(node: Reading, keys: Keys, outer: ReadonlySet<string>): ReadonlySet<string> | string {
  const names: Names = new Map();
  const joins: readonly JoinNode[] = node.joins ?? [];
  for (const source of [...sourcesOf(node), ...joins.map((join) => join.table)]) name(names, source, keys);
  const held = new Set([...outer].filter((each) => !names.has(each)));
  for (let before = -1; before < held.size; ) {
    before = held.size;
    for (const [alias] of names) if (isHeld(alias, node, joins, { names, held, keys })) held.add(alias);
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

interface Place {
  names: Names;
  held: ReadonlySet<string>;
  keys: Keys;
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
      return /\binstallation_id\b/.test(textOf(condition as RawNode));
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
function isKnown(node: OperationNode, { names, held, keys }: Place): boolean {
  if (node.kind !== 'ReferenceNode') return node.kind === 'ValueNode';
  const { table, column } = node as ReferenceNode;
  const from = table && tableOf(table);
  if (!from || !held.has(from)) return false;
  return columnOf(column as ColumnNode) === (keys.get(names.get(from) ?? from) ?? 'installation_id');
}

const columnOf = (column: ColumnNode): string | undefined => column.column?.name;

/** Each row bears its installation. */
function looseInsert({ into, columns }: InsertQueryNode, keys: Keys): string | null {
  const table = into ? tableOf(into) : '';
  const key = keys.get(table);
  return key === undefined || columns?.some((column) => columnOf(column) === key) ? null : table;
}

/** Plain SQL that reads or writes a table has to name the column somewhere. */
function looseText(text: string, keys: Keys): string | null {
  for (const [, table = ''] of text.matchAll(/\b(?:from|join|update|into)\s+"?(\w+)"?/gi)) {
    const key = keys.get(table);
    if (key !== undefined && !new RegExp(`\\b${key}\\b`).test(text)) return table;
  }
  return null;
}

/** With the names of tables and columns that were put in; anything else that was is a blank. */
function textOf({ sqlFragments, parameters }: RawNode): string {
  const words = parameters.map((each) => {
    if (each.kind === 'RawNode') return textOf(each as RawNode);
    if (each.kind === 'TableNode') return tableOf(each as TableNode);
    if (each.kind === 'ReferenceNode') return columnOf((each as ReferenceNode).column as ColumnNode) ?? '';
    if (each.kind === 'IdentifierNode') return (each as IdentifierNode).name;
    return ' ';
  });
  return sqlFragments.map((fragment, i) => `${fragment}${words[i] ?? ''}`).join('');
}
