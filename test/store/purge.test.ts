// What is kept of a workspace is purged whole: a new table that bears its id must be on the list.

import { expect, test } from 'vitest';
import { ofInstallations, ofNobody } from '../../src/store/of-installations.ts';
import { memory } from './memory.ts';

test('every table with an installation’s id is on the list of what is purged', async () => {
  const { database } = await memory();
  const tables = await database.db.introspection.getTables();
  const theirs = tables
    .filter(({ isView, columns }) => !isView && columns.some(({ name }) => name === 'installation_id'))
    .map(({ name }) => name);
  expect(theirs.length).toBeGreaterThan(15);
  expect(ofInstallations.map(([table]) => table as string).sort()).toEqual(theirs.sort());
  const others = tables.filter(({ name, isView }) => !isView && !theirs.includes(name)).map(({ name }) => name);
  expect(others.sort()).toEqual([...ofNobody].sort());
});
